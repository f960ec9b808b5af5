"""What is an invitation and what is a product's code are never taken for each other."""

from __future__ import annotations

import pytest

from services.accounts.invitation import read_invitation
from services.codes import ProductCode, TraceLink, parse

TOKEN = "Ab0_-" * 8 + "xyz"


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (f"https://so.example/invite/{TOKEN}", "https://so.example"),
        (f"  HTTPS://So.Example:8443/ocop/invite/{TOKEN}/\n", "https://so.example:8443/ocop"),
        (f"http://127.0.0.1:8400/invite/{TOKEN}", "http://127.0.0.1:8400"),
    ],
)
def test_an_invitation_names_its_server(text: str, server: str) -> None:
    found = read_invitation(text)
    assert found is not None
    assert (found.server, found.token) == (server, TOKEN)
    assert TOKEN not in repr(found)
    assert not isinstance(parse(text), ProductCode)


@pytest.mark.parametrize(
    "text",
    [
        "8935207900011",
        "https://so.example/01/09520007900017",
        f"https://so.example/01/09520007900017/10/invite/{TOKEN}",
        f"https://so.example/invite/{TOKEN}?x=1",
        f"https://so.example/invite/{TOKEN}#x",
        f"https://so.example/invite/{TOKEN[1:]}",
        f"https://so.example/invites/{TOKEN}",
        f"https://user:secret@so.example/invite/{TOKEN}",
        f"javascript:https://so.example/invite/{TOKEN}",
        f"so.example/invite/{TOKEN}",
        f"xem https://so.example/invite/{TOKEN}",
        f"https://truy.example/p/1/invite/{TOKEN} và",
        "",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert read_invitation(text) is None
    assert isinstance(parse("https://truy.example/p/123"), TraceLink), "codes of packs stay what they are"
