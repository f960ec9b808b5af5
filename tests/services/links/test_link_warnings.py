"""What is called out of a link. All known hosts are fictional."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import CodeError
from services.links import LinkWarning, read_link
from tests.services.links.test_addresses import TEXTS

KNOWN = frozenset(
    {
        "check.net.vn",
        "truyxuat.example",
        "QN.ocopvan.com.",
        "đặcsảnvân.vn",
        "htx.github.io",
        "bit.ly",
        "com.vn",
        "10.1.2.3",
        "::1",
    }
)


@pytest.mark.parametrize(
    ("url", "domain", "warnings"),
    [
        ("https://check.net.vn/1", "check.net.vn", []),
        ("https://qn.check.net.vn/1", "check.net.vn", []),
        ("https://CHECK.net.vn.:443/1", "check.net.vn", []),
        ("https://qn.ocopvan.com/", "ocopvan.com", []),
        ("https://a.qn.ocopvan.com/", "ocopvan.com", []),
        ("https://www.ocopvan.com/", "ocopvan.com", ["unknown_domain"]),
        ("https://đặcsảnvân.vn/", "đặcsảnvân.vn", []),
        ("https://xn--csnvn-6qa83ak20scfa.vn/", "đặcsảnvân.vn", []),
        ("https://check.com.vn/", "check.com.vn", ["lookalike", "unknown_domain"]),
        ("https://com.vn/", "com.vn", []),
        ("https://nha.com.vn/", "nha.com.vn", ["unknown_domain"]),
        ("https://htx.github.io/a", "htx.github.io", []),
        ("https://another.github.io/a", "another.github.io", ["unknown_domain"]),
        ("https://bit.ly/a", "bit.ly", ["shortener"]),
        ("https://a.bit.ly/a", "bit.ly", ["shortener", "unknown_domain"]),
        ("https://s.shopee.vn/a", "shopee.vn", ["shortener", "unknown_domain"]),
        ("https://shopee.vn/a", "shopee.vn", ["unknown_domain"]),
        ("https://ocop-quảngninh.vn/", "ocop-quảngninh.vn", ["unknown_domain"]),
        ("https://ocop-quảngninh.com/", "ocop-quảngninh.com", ["idn", "unknown_domain"]),
        ("https://приказ.vn/", "приказ.vn", ["idn", "unknown_domain"]),
        ("https://güte.vn/", "xn--gte-hoa.vn", ["idn", "unknown_domain"]),
        ("https://сosco.vn/", "xn--osco-k6d.vn", ["idn", "unknown_domain"]),
        ("https://10.1.2.3/", "10.1.2.3", ["ip_address"]),
        ("https://0x0a010203/", "10.1.2.3", ["ip_address"]),
        ("https://[::1]:8443/", "[::1]", ["ip_address", "port"]),
        ("http://167838211:8080/", "10.1.2.3", ["ip_address", "not_https", "port"]),
        ("https://1.10.1.2.3.vn/", "3.vn", ["unknown_domain"]),
        ("https://10.1.2.4/", "10.1.2.4", ["ip_address", "unknown_domain"]),
        ("https://check.net.vn@evil.example/", "evil.example", ["lookalike", "credentials", "unknown_domain"]),
        ("https://a:b@check.net.vn/", "check.net.vn", ["credentials"]),
        ("https://@check.net.vn/", "check.net.vn", ["credentials"]),
        ("https://check.net.vn\\@evil.example/", "check.net.vn", ["credentials"]),
        ("https://check.net.vn/@evil.example", "check.net.vn", []),
        ("http://check.net.vn:80/", "check.net.vn", ["not_https"]),
        ("http://check.net.vn:443/", "check.net.vn", ["not_https", "port"]),
        ("http://may-chu/", "may-chu", ["local_name", "not_https", "unknown_domain"]),
        ("https://may-chu.local/", "may-chu.local", ["local_name", "unknown_domain"]),
        ("https://local.vn/", "local.vn", ["unknown_domain"]),
    ],
)
def test_what_is_called_out(url: str, domain: str, warnings: list[str]) -> None:
    link = read_link(url, KNOWN)
    assert (link.url, link.domain) == (url, domain)
    assert [warning.value for warning in link.warnings] == warnings


def test_a_label_that_passes_for_another_is_not_shown_as_it_would_look() -> None:
    assert read_link("https://сheck.net.vn/", KNOWN).host == "xn--heck-k6d.net.vn"
    assert read_link("https://truyxuất.vn/", KNOWN).host == "truyxuất.vn"
    assert read_link("https://商店.example/", KNOWN).host == "商店.example"
    assert read_link("https://check.net.vn⁄a.example/", KNOWN).host.startswith("check.net.xn--")
    assert read_link("https://متجر.example/", KNOWN).host == "xn--pgbep1f.example"


def test_the_address_that_would_be_opened_is_clean() -> None:
    link = read_link("HTTPS://Check.net.vn/1?utm_source=zalo#a", KNOWN)
    assert (link.clean, link.host) == ("https://check.net.vn/1", "check.net.vn")


def test_nothing_is_known_of_nothing() -> None:
    assert read_link("https://check.net.vn/", []).warnings == (LinkWarning.UNKNOWN_DOMAIN,)


@given(TEXTS, st.frozensets(st.one_of(TEXTS, st.sampled_from(["check.net.vn", "_.vn", "商店.vn"])), max_size=4))
def test_any_text_is_a_link_or_a_bad_one_whatever_is_known(text: str, known: frozenset[str]) -> None:
    try:
        link = read_link(text, known)
    except CodeError:
        return
    assert ("." + link.host).endswith("." + link.domain)
    assert (link.resembles is not None) == (LinkWarning.LOOKALIKE in link.warnings)
    assert list(link.warnings) == [warning for warning in LinkWarning if warning in link.warnings]
    again = read_link(link.clean, known)
    assert (again.clean, again.host, again.domain) == (link.clean, link.host, link.domain)


@given(
    st.sets(
        st.from_regex(r"vuon[a-z0-9]{0,12}(-[a-z]{1,5})?\.(vn|com|com\.vn|net\.vn|example)", fullmatch=True), min_size=1
    )
)
def test_a_known_domain_and_what_is_under_it_is_no_lookalike(known: set[str]) -> None:
    for domain in known:
        for host in (domain, f"www.{domain}"):
            assert read_link(f"https://{host}/", known).warnings == ()
