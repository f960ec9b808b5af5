from __future__ import annotations

import json

import pytest

from services.pack_codes import PackCodes
from tests.services.conftest import product


def row(*codes: tuple[str, str], spaces: bool = False) -> bytes:
    document = product(1, codes=[{"kind": kind, "value": value} for kind, value in codes], name='x "codes":[]')
    return json.dumps(document, separators=None if spaces else (",", ":")).encode()


@pytest.mark.parametrize("spaces", [True, False])
def test_codes_come_and_go(spaces: bool) -> None:
    codes = PackCodes()
    one, two = row(("exact", "a"), ("prefix", "https://t/"), spaces=spaces), row(("exact", "a"), spaces=spaces)
    codes.add("1", one)
    codes.add("1", one)
    assert (codes.find("a"), codes.find("https://t/9"), codes.find("https://")) == ("1", "1", None)
    codes.add("2", two)
    assert codes.find("a") is None
    codes.remove("1", one)
    assert (codes.find("a"), codes.find("https://t/9")) == ("2", None)
    codes.remove("1", one)
    codes.remove("3", b"null")
    codes.add("4", row(spaces=spaces))
    assert codes.find("a") == "2"
    codes.add("3", one)
    assert codes.find("https://t/9") == "3"


def test_a_kind_that_a_later_server_may_know_is_passed_over() -> None:
    codes = PackCodes()
    codes.add("1", row(("suffix", "a"), ("exact", "")))
    assert (codes.find("a"), codes.find("")) == (None, None)
