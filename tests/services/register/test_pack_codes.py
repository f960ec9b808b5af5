from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.register.pack_codes import PackCodes
from tests.services.conftest import product

Pair = tuple[str, str]


def row(*codes: Pair, spaces: bool = False) -> bytes:
    document = product(1, codes=[{"kind": kind, "value": value} for kind, value in codes], name='x "codes":[]')
    return json.dumps(document, separators=None if spaces else (",", ":")).encode()


def register(*codes: tuple[str, str, str]) -> PackCodes:
    """Of key, kind and value."""
    entered = PackCodes()
    for key, kind, value in codes:
        entered.add(key, row((kind, value)))
    return entered


@pytest.mark.parametrize("spaces", [True, False])
def test_codes_come_and_go(spaces: bool) -> None:
    codes = PackCodes()
    one, two = row(("exact", "a"), ("prefix", "https://t/p/"), spaces=spaces), row(("exact", "a"), spaces=spaces)
    codes.add("1", one)
    codes.add("1", one)
    assert (codes.find("a"), codes.find("https://t/p/9"), codes.find("https://")) == ("1", "1", None)
    codes.add("2", two)
    assert codes.find("a") is None
    codes.remove("1", one)
    assert (codes.find("a"), codes.find("https://t/p/9")) == ("2", None)
    codes.remove("1", one)
    codes.remove("3", b"null")
    codes.add("4", row(spaces=spaces))
    assert codes.find("a") == "2"
    codes.add("3", one)
    assert codes.find("https://t/p/9") == "3"


def test_a_kind_that_a_later_server_may_know_is_passed_over() -> None:
    codes = PackCodes()
    codes.add("1", row(("suffix", "a"), ("exact", "")))
    assert (codes.find("a"), codes.find("")) == (None, None)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("exact", "https://T.vn/1#a", "HTTPS://t.vn/1?utm_source=zalo"),
        ("exact", "https://t.vn/1?utm_source=qr&id=2", "https://t.vn/1?id=2&fbclid=x"),
        ("exact", "https://chợ.vn/1", "https://xn--ch-3bt.vn/1"),
        ("exact", "http://t.vn:80/1", "http://t.vn/1"),
        ("prefix", "https://T.vn/lo/", "https://t.vn/lo/7?zarsrc=30"),
        ("pattern", "https://T.vn/*?id=1", "https://t.vn/a?id=1&gclid=x"),
        ("exact", "HTX-01", "HTX-01"),
    ],
)
def test_addresses_are_compared_clean(kind: str, value: str, text: str) -> None:
    assert register(("1", kind, value)).find(text) == "1"


@pytest.mark.parametrize("text", ["htx-01", "HTX-01#a", "https://t.vn/A", "https://t.vn/a/", "http://t.vn/a"])
def test_texts_and_paths_are_compared_as_they_are(text: str) -> None:
    assert register(("1", "exact", "HTX-01"), ("1", "exact", "https://t.vn/a")).find(text) is None


@pytest.mark.parametrize(
    ("prefix", "text", "found"),
    [
        ("https://t.vn/p/1", "https://t.vn/p/1", True),
        ("https://t.vn/p/1", "https://t.vn/p/1/a", True),
        ("https://t.vn/p/1", "https://t.vn/p/1?a", True),
        ("https://t.vn/p?id=1", "https://t.vn/p?id=1&lot=2", True),
        ("https://t.vn/p/1", "https://t.vn/p/10", False),
        ("https://t.vn/p/1", "https://t.vn/p/1-a", False),
        ("https://t.vn/p/1", "https://t.vn/p/1ấ", False),
        ("https://t.vn/tra", "https://t.vn/tra-hoa-vang", False),
        ("https://t.vn/tra-", "https://t.vn/tra-hoa-vang", True),
        ("https://t.vn/p?id=", "https://t.vn/p?id=7", True),
        ("https://t.vn/p/", "https://t.vn/p/7", True),
        ("https://t.vn/p/", "https://t.vn/p", False),
        ("https://t.vn/p/", "https://t.vn/p/../q", False),
        ("https://t.vn/p/", "https://t.vn/p/%2E%2e/q", False),
        ("https://t.vn/p/", "https://t.vn/p/...", True),
        ("HTX-", "HTX-01", True),
        ("HTX", "HTXA-01", False),
        ("https://t.vn", "https://t.vn/p", False),
        ("https://t.vn/", "https://t.vn/p", False),
        ("https://t.vn/?", "https://t.vn/?p", False),
        ("https://", "https://t.vn/p", False),
        ("https://t", "https://t.vn/p", False),
        ("https:", "https://t.vn/p", False),
        ("-", "-1", False),
    ],
)
def test_a_beginning_ends_at_a_boundary_and_says_more_than_a_host(prefix: str, text: str, found: bool) -> None:
    assert register(("1", "prefix", prefix)).find(text) == ("1" if found else None)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("https://t.vn/*/sp7", "https://t.vn/lo1/sp7", True),
        ("https://t.vn/*/sp7", "https://t.vn//sp7", False),
        ("https://t.vn/*/sp7", "https://t.vn/a/b/sp7", False),
        ("https://t.vn/*/sp7", "https://t.vn/a?b/sp7", False),
        ("https://t.vn/*/sp7", "https://t.vn/../sp7", False),
        ("https://t.vn/*/sp7", "https://t.vn/lo1/sp70", False),
        ("https://t.vn/*/sp7", "https://t.vn/lo1/sp7?a", False),
        ("https://t.vn/sp7-*", "https://t.vn/sp7-a", True),
        ("https://t.vn/sp7-*", "https://t.vn/sp7-", False),
        ("https://t.vn/sp7?lot=*&id=*", "https://t.vn/sp7?lot=1&id=2", True),
        ("https://t.vn/sp7?lot=*", "https://t.vn/sp7?lot=1&id=2", False),
        ("https://t.vn/sp7/**", "https://t.vn/sp7/ab", True),
        ("https://t.vn/sp7/**", "https://t.vn/sp7/a", False),
        ("https://t.vn/sp*a*a*b", "https://t.vn/spxaxayb", True),
        ("https://t.vn/sp*a*a*b", "https://t.vn/spaaaaab", True),
        ("https://t.vn/sp*a*a*b", "https://t.vn/spaaaab", False),
        ("https://t.vn/sp.*", "https://t.vn/spxa", False),
        ("https://t.vn/sp7", "https://t.vn/sp7", True),
        ("OCOP-*-7", "OCOP-QN-7", True),
        ("https://t.vn/*", "https://t.vn/a", False),
        ("https://t.vn/*/*?*=*", "https://t.vn/a/b?c=d", False),
        ("https://*.vn/sp7", "https://evil.vn/sp7", False),
        ("https://*/sp7", "https://evil.vn/sp7", False),
        ("*", "a", False),
    ],
)
def test_a_star_stands_for_one_or_more_of_a_segment(pattern: str, text: str, found: bool) -> None:
    assert register(("1", "pattern", pattern)).find(text) == ("1" if found else None)


def test_exact_before_pattern_before_prefix_and_the_most_telling_of_each() -> None:
    codes = register(
        ("1", "prefix", "https://t.vn/a/"),
        ("2", "prefix", "https://t.vn/a/b/"),
        ("3", "pattern", "https://t.vn/a/b/*"),
        ("4", "pattern", "https://t.vn/a/b/c*"),
        ("5", "exact", "https://t.vn/a/b/cd"),
    )
    assert codes.find("https://t.vn/a/x/y") == "1"
    assert codes.find("https://t.vn/a/b/c/d") == "2"
    assert codes.find("https://t.vn/a/b/x") == "3"
    assert codes.find("https://t.vn/a/b/cx") == "4"
    assert codes.find("https://t.vn/a/b/cd") == "5"


@pytest.mark.parametrize(
    ("kind", "one", "two"),
    [
        ("exact", "https://t.vn/ab", "https://T.vn/ab#x"),
        ("pattern", "https://t.vn/a*", "https://t.vn/*b"),
        ("pattern", "https://t.vn/a*", "https://t.vn/a*"),
        ("prefix", "https://t.vn/ab", "https://t.vn/ab?utm_source=x"),
    ],
)
def test_what_is_said_of_two_products_names_neither(kind: str, one: str, two: str) -> None:
    codes = register(("1", kind, one), ("2", kind, two))
    assert codes.find("https://t.vn/ab" if kind != "pattern" else "https://t.vn/a-b") is None
    codes.remove("2", row((kind, two)))
    assert codes.find("https://t.vn/ab" if kind != "pattern" else "https://t.vn/a-b") == "1"


def test_two_patterns_of_one_product_do_not_contradict() -> None:
    assert (
        register(("1", "pattern", "https://t.vn/a*"), ("1", "pattern", "https://t.vn/*b")).find("https://t.vn/a-b")
        == "1"
    )


def test_hosts_are_those_of_the_codes_but_not_where_anybody_may_have_a_page() -> None:
    codes = PackCodes()
    one = row(("exact", "https://Shop.vn/1"), ("prefix", "https://u@trace.vn:8443/lo/"), ("exact", "HTX-01"))
    two = row(
        ("pattern", "http://shop.vn/*/a"),
        ("exact", "https://www.facebook.com/htx"),
        ("exact", "https://bit.ly/1"),
        ("exact", "https://[::1]/1"),
        ("prefix", "https://other.vn/"),
    )
    codes.add("1", one)
    assert codes.hosts == {"shop.vn", "trace.vn"}
    codes.add("2", two)
    assert codes.hosts == {"shop.vn", "trace.vn", "[::1]"}
    codes.remove("1", one)
    assert codes.hosts == {"shop.vn", "[::1]"}
    codes.remove("2", two)
    assert codes.hosts == frozenset()


TEXTS = st.lists(st.sampled_from(["https://t.vn/", "a", "b", "*", "/", "?", "ab", "-", "."]), max_size=6).map("".join)
CODES = st.lists(st.tuples(st.sampled_from(["exact", "pattern", "prefix"]), TEXTS), max_size=4)


@given(st.dictionaries(st.sampled_from("123"), CODES), st.sets(st.sampled_from("123")), TEXTS)
def test_what_went_leaves_nothing_behind(products: dict[str, list[Pair]], gone: set[str], text: str) -> None:
    codes, others = PackCodes(), PackCodes()
    for key, pairs in products.items():
        codes.add(key, row(*pairs))
        if key not in gone:
            others.add(key, row(*pairs))
    for key in gone & products.keys():
        codes.remove(key, row(*products[key]))
    assert (codes.find(text), codes.hosts) == (others.find(text), others.hosts)
