"""Addresses are read as browsers read them; what was expected comes from the WHATWG URL Standard and its tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import CodeError, Fault
from services.links import clean_address
from services.links.addresses import read_address

_PARTS = """
http https HTTPS httpſ : / \\ // ? # @ check.net.vn evil.example %2e %40 % 。 ｃ xn-- xn--a 1.2.3.4 0x7f 256 [::1] [ ]
:80 :443 :8080 :99999 é ộ с ß ❤ א . .. - _ * a B 0 utm_source=x fbclid id=1 & = ' \u0301 İ
"""
PARTS = st.sampled_from([*_PARTS.split(), " ", "\t", "\n", "\x00", "\x7f", "\u00ad", "\u202e"])
TEXTS = st.one_of(
    st.text(),
    st.lists(PARTS, max_size=9).map("".join),
    st.lists(PARTS, max_size=9).map(lambda parts: "https://" + "".join(parts)),
)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://t.vn/x", "t.vn"),
        ("HTTPS://T.VN", "t.vn"),
        ("https:t.vn", "t.vn"),
        ("https:/t.vn", "t.vn"),
        ("https:///t.vn", "t.vn"),
        ("https:\\\\t.vn\\x", "t.vn"),
        ("https:/\\t.vn", "t.vn"),
        (" \x00https://t.vn\n", "t.vn"),
        ("ht\ttps://t\n.v\rn/x", "t.vn"),
        ("https://t.vn\\@evil.example", "t.vn"),
        ("https://t.vn@evil.example", "evil.example"),
        ("https://t.vn:x@evil.example:8080/@t.vn", "evil.example"),
        ("https://a@b@t.vn/", "t.vn"),
        ("https://evil.example?@t.vn", "evil.example"),
        ("https://evil.example#@t.vn", "evil.example"),
        ("https://t.vn.", "t.vn"),
        ("https://a%2Evn/", "a.vn"),
        ("https://ａ。vn", "a.vn"),
        ("https://truyxuất.vn", "xn--truyxut-co4c.vn"),
        ("https://TRUYXUẤT.vn", "xn--truyxut-co4c.vn"),
        ("https://XN--truyxut-co4c.vn", "xn--truyxut-co4c.vn"),
        ("https://faß.example", "xn--fa-hia.example"),
        ("https://i❤.example", "xn--i-7iq.example"),
        ("https://a_b.vn", "a_b.vn"),
        ("https://1.2.3.4", "1.2.3.4"),
        ("https://16909060", "1.2.3.4"),
        ("https://0x1020304", "1.2.3.4"),
        ("https://01.0x2.772", "1.2.3.4"),
        ("https://1.2.3.4.", "1.2.3.4"),
        ("https://１.2.3.4", "1.2.3.4"),
        ("https://0", "0.0.0.0"),
        ("https://[::1]", "[::1]"),
        ("https://[2001:DB8:0:0::1]:80", "[2001:db8::1]"),
        ("https://localhost", "localhost"),
        ("https://co\u13f9.example", "xn--co-xgm.example"),  # Cherokee, whose small letters UTS 46 makes large
    ],
)
def test_a_browser_would_land_on_this_host(text: str, host: str) -> None:
    assert read_address(text).host == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "t.vn",
        "//t.vn",
        "ftp://t.vn",
        "httpſ://t.vn",
        "javascript:alert(1)//https://t.vn",
        "https",
        "https:",
        "https://",
        "https:///?x",
        "https://@",
        "https://a@/x",
        "https://:80",
        "https://t.vn:x",
        "https://t.vn:65536",
        "https://t.vn:" + 5000 * "9",
        "https://" + 5000 * "0",
        "https://t.vn:٣",
        "https://t. vn",
        "https://t.vn/a b",
        "https://t.vn/\x07a",
        "https://t.vn/\u202egnp.1",
        "https://t.\u202evn",
        "https://t\u200b.vn",
        "https://t.vn\ud800",
        "https://a..vn",
        "https://.vn",
        "https://a%00.vn",
        "https://a%.vn",
        "https://a%ff.vn",
        "https://a%2fb.vn",
        "https://a<b.vn",
        "https://xn--a",
        "https://xn--a.vn",
        "https://xn--a-.vn",
        "https://xn--" + "a" * 60 + ".vn",
        "https://" + "a" * 64 + ".vn",
        "https://" + "a." * 126 + "vn",
        "https://" + "ộ" * 64 + ".vn",
        "https://" + "ộấ" * 30 + ".vn",
        "https://\u0301a.vn",
        "https://אa.vn",
        "https://256.1.1.1",
        "https://1.2.3.4.5",
        "https://1.2.3.08",
        "https://a.1",
        "https://0xg.0x1",
        "https://[::1",
        "https://[::1%25eth0]",
        "https://[1.2.3.4]",
        "https://[]",
    ],
)
def test_no_browser_would_land_anywhere_or_nobody_could_see_where(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        read_address(text)
    assert caught.value.fault is Fault.BAD_LINK
    assert clean_address(text) == text


@pytest.mark.parametrize(
    ("text", "misleads"),
    [
        ("https://t.vn\\@evil.example", True),
        ("https://t.vn\\x@evil.example/", True),
        ("https://t.vn@evil.example", False),
        ("https://t.vn/\\@evil.example", False),
        ("https://t.vn\\x", False),
        ("https://t.vn?\\@evil.example", False),
    ],
)
def test_what_others_take_for_credentials(text: str, misleads: bool) -> None:
    assert read_address(text).misleads == misleads


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://t.vn", "https://t.vn"),
        ("https://t.vn/", "https://t.vn/"),
        ("HTTP://T.vn:80/A?B=C", "http://t.vn/A?B=C"),
        ("https://t.vn:443/", "https://t.vn/"),
        ("http://t.vn:443/", "http://t.vn:443/"),
        ("https://t.vn:08080/", "https://t.vn:8080/"),
        ("https://t.vn:" + 5000 * "0" + "80/", "https://t.vn:80/"),
        ("https://t.vn:/a", "https://t.vn/a"),
        ("https://t.vn./a", "https://t.vn/a"),
        ("https://t.vn/a#b", "https://t.vn/a"),
        ("https://t.vn/a#b?utm_source=x", "https://t.vn/a"),
        ("https://t.vn/a?#", "https://t.vn/a?"),
        ("https:\\\\t.vn\\a\\b?c\\d", "https://t.vn/a/b?c\\d"),
        ("https://t.vn/%7e/%41/../b//c", "https://t.vn/%7e/%41/../b//c"),
        ("https://t.vn/?b=2&a=1&&a=0", "https://t.vn/?b=2&a=1&&a=0"),
        ("https://t.vn/?utm_source=zalo&utm_medium=qr", "https://t.vn/"),
        ("https://t.vn/?id=7&utm_source=zalo&zarsrc=30&lot=L1&fbclid=x", "https://t.vn/?id=7&lot=L1"),
        ("https://t.vn?UTM_Source=x&id", "https://t.vn?id"),
        ("https://t.vn/?autm_source=x&ref=1&src=2&cid=3", "https://t.vn/?autm_source=x&ref=1&src=2&cid=3"),
        ("https://t.vn/utm_source=1", "https://t.vn/utm_source=1"),
        ("https://truyxuất.vn/ấ?utm_id=1", "https://xn--truyxut-co4c.vn/ấ"),
        ("https://a@T.vn/", "https://a@t.vn/"),
        ("https://0x7f.1/", "https://127.0.0.1/"),
        ("OCOP-QN-01#a?utm_source=x", "OCOP-QN-01#a?utm_source=x"),
        ("WWW.T.VN/a#b", "WWW.T.VN/a#b"),
    ],
)
def test_a_clean_address(text: str, clean: str) -> None:
    assert clean_address(text) == clean


@given(TEXTS)
def test_cleaning_is_done_once_and_changes_no_host(text: str) -> None:
    clean = clean_address(text)
    assert clean_address(clean) == clean
    try:
        address = read_address(text)
    except CodeError:
        assert clean == text
    else:
        again = read_address(clean)
        assert (again.scheme, again.host, again.port) == (address.scheme, address.host, address.port)
