"""The server's address as people type it."""

from __future__ import annotations

import unicodedata

import pytest

import main
from services.client.address import server_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://ocop.example", "https://ocop.example"),
        ("Https://OCOP.Example/", "https://ocop.example"),
        (" HTTPS://ocop.example:443// \n", "https://ocop.example"),
        ("\ufeffhttp://ocop.example:8080\u200b", "http://ocop.example:8080"),
        ("ocop.example", "https://ocop.example"),
        ("ocop.example:8443/so/", "https://ocop.example:8443/so"),
        ("https:ocop.example", "https://ocop.example"),
        ("https://ocop.example/#top", "https://ocop.example"),
        ("sổ.example", "https://xn--s-0xm.example"),
        (unicodedata.normalize("NFD", "HTTPS://SỔ.example"), "https://xn--s-0xm.example"),
        ("http://127.0.0.1:8551", "http://127.0.0.1:8551"),
        ("localhost:8551", "https://localhost:8551"),
        ("[::1]:8551", "https://[::1]:8551"),
    ],
)
def test_an_address_is_taken_however_it_is_typed(typed: str, address: str) -> None:
    assert server_address(typed) == address
    assert server_address(address) == address


@pytest.mark.parametrize(
    "typed",
    ["", " ", "https://", "ftp://ocop.example", "javascript://x", "a b", "https://a.example/?x=1", "https://u:p@a.example",
     "https://a.example:x", "máy chủ của sở"],
)  # fmt: skip
def test_what_is_no_servers_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        server_address(typed)


def test_the_command_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["labels", "--server", "ftp://ocop.example", "--all"])
    assert "ftp://ocop.example is no address of a server" in str(ended.value)
