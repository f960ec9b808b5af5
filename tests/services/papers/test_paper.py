"""The code on a paper record: what it says is signed, fits a code of a size that is read, and is checked offline."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import rfc8785

from printing.qr import qr_code
from printing.record import QR_LEAST, QR_ROOM
from printing.symbols import DoesNotFit
from services.decoding import decode
from services.papers.faults import FaultCode
from services.papers.paper import Paper, check_paper, is_paper, paper_link
from services.papers.trust import Trust, padless, unpadded
from tests.printing.label_pixels import pixels
from tests.support.closed_rounds import AT, ISSUER_KEY, SITE, TRUST, Key, certificate, closed_round

KEY = Key(7)
PAPER = Paper.of((made := closed_round(2, 1)).round, made.inspections)
LINK = paper_link(SITE, PAPER, KEY, certificate(KEY))


def said(link: str = LINK) -> dict[str, object]:
    document: dict[str, object] = json.loads(unpadded(link.partition("?p=")[2]))
    return document


def saying(document: dict[str, object], link: str = LINK) -> str:
    return link.partition("?p=")[0] + "?p=" + padless(rfc8785.dumps(document))  # type: ignore[arg-type]


def codes(link: str, trust: Trust = TRUST) -> list[FaultCode]:
    return [fault.code for fault in check_paper(link, trust).faults]


def test_a_good_code_says_who_signed_what() -> None:
    checked = check_paper(LINK, TRUST)
    assert checked.faults == ()
    assert checked.paper == PAPER
    assert checked.key is not None
    assert (checked.key.kid, checked.key.name) == (KEY.kid, "Nguyễn Thu Hà")


@pytest.mark.parametrize("member", ["hash", "day", "products", "findings", "photos"])
def test_each_fact_is_signed(member: str) -> None:
    other = {"hash": "0" * 64, "day": "2026-11-27"}.get(member, 9)
    assert codes(saying(said() | {member: other})) == [FaultCode.PAPER_ALTERED]


def test_the_code_belongs_to_one_round() -> None:
    assert codes(LINK.replace(PAPER.id, "00000d07-0000-4000-8000-000000000001")) == [FaultCode.PAPER_ALTERED]


def test_what_the_key_is_worth() -> None:
    assert codes(LINK, Trust()) == [FaultCode.UNKNOWN_ISSUER]
    assert codes(LINK, replace(TRUST, revoked={KEY.kid: AT})) == [FaultCode.KEY_REVOKED]
    assert codes(LINK, Trust((replace(ISSUER_KEY, valid_to=AT - timedelta(days=100)),))) == [FaultCode.BAD_CERTIFICATE]
    assert codes(saying(said() | {"cert": certificate(Key(8))})) == [FaultCode.BAD_CERTIFICATE]
    assert codes(paper_link(SITE, PAPER, KEY, None)) == [FaultCode.NO_CERTIFICATE]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        (LINK, True),
        (LINK.partition("&")[0] + "&p=x", False),
        ("https://ocop.example/p/09521234567899", False),
        ("09521234567899", False),
        ("http://[/proof/", False),
        (LINK.replace("https", "ftp"), False),
        (LINK + "A" * 4096, False),
    ],
)
def test_only_the_address_of_a_paper_leads_there(text: str, *, paper: bool) -> None:
    assert is_paper(text) is paper


@pytest.mark.parametrize("encoded", ["", "x", "e30", "W10", padless(b"[" * 900), padless(b'{"v":1}'), "ư"])
def test_what_cannot_be_read_is_told(encoded: str) -> None:
    assert codes(f"{SITE}/proof/{PAPER.id}?p={encoded}") == [FaultCode.UNREAD_FORM]


@pytest.mark.parametrize("count", [-1, 2**63, 10**400], ids=["negative", "large", "very large"])
def test_what_is_no_count_is_told(count: int) -> None:
    members = json.dumps(said() | {"products": count}).encode()
    assert codes(f"{SITE}/proof/{PAPER.id}?p={padless(members)}") == [FaultCode.UNREAD_FORM]


def test_a_scanner_reads_the_code_in_its_printed_size() -> None:
    drawn = qr_code(LINK, QR_ROOM, least=QR_LEAST)
    assert drawn.x * drawn.width <= QR_ROOM
    assert [symbol.text for symbol in decode(pixels(drawn), budget=10)] == [LINK]


def test_the_largest_code_that_is_drawn_is_read_and_a_larger_one_is_refused() -> None:
    longest = "https://ocop.example/proof/" + "A1b" * 447 + "ab"
    drawn = qr_code(longest, QR_ROOM, least=QR_LEAST)
    assert (drawn.width - 8 - 17) / 4 == 30
    assert [symbol.text for symbol in decode(pixels(drawn), budget=10)] == [longest]
    with pytest.raises(DoesNotFit):
        qr_code(longest + "A", QR_ROOM, least=QR_LEAST)
