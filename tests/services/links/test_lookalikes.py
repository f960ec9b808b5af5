"""Which names are taken for known ones, and which are not. All known names are fictional."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.domains import KNOWN, ORDINARY, lookalikes
from services.links import read_link
from services.links.confusables import skeleton
from services.links.lookalikes import slips_between

DOMAINS = {
    "check.net.vn",
    "ocopquangninh.vn",
    "traxanh-bache.vn",
    "tihi.vn",
    "quangninhfood.com",
    "loai24.vn",
    "chợquê.vn",
    "qn.langnghevan.org.vn",
}


@pytest.mark.parametrize(
    ("host", "resembles"),
    [
        # Letters that look the same
        ("сheck.net.vn", "check.net.vn"),
        ("сһесκ.net.vn", "check.net.vn"),
        ("сһесκ.com", "check.net.vn"),
        ("chéck.net.vn", "check.net.vn"),
        ("ộcopquảngninh.vn", "ocopquangninh.vn"),
        ("0copquangn1nh.vn", "ocopquangninh.vn"),
        ("ocopquanqninh.vn", "ocopquangninh.vn"),
        ("quangninhf00d.com", "quangninhfood.com"),
        ("traxanh-ḅache.vn", "traxanh-bache.vn"),
        ("tlhi.vn", "tihi.vn"),
        ("loaı24.vn", "loai24.vn"),
        ("choque.vn", "chợquê.vn"),
        # A slip of the finger
        ("chek.net.vn", "check.net.vn"),
        ("cehck.net.vn", "check.net.vn"),
        ("hceck.net.vn", "check.net.vn"),
        ("checkk.net.vn", "check.net.vn"),
        ("ocopquangnin.vn", "ocopquangninh.vn"),
        ("ocpoquangnnh.vn", "ocopquangninh.vn"),
        ("traxanhbache.vn", "traxanh-bache.vn"),
        # A known name in another
        ("check.net.vn.evil.example", "check.net.vn"),
        ("www.check.net.vn.evil.example", "check.net.vn"),
        ("сheck.net.vn.evil.example", "check.net.vn"),
        ("check-net-vn.evil.example", "check.net.vn"),
        ("check.net.vn-tracuu.example", "check.net.vn"),
        ("check-net.vn", "check.net.vn"),
        ("checknet.vn", "check.net.vn"),
        ("checknetvn.com", "check.net.vn"),
        ("wwwcheck.net.vn", "check.net.vn"),
        ("qn-langnghevan.org.vn", "langnghevan.org.vn"),
        ("tra-langnghevan.org.vn", "langnghevan.org.vn"),
        # The same name under another suffix
        ("check.com.vn", "check.net.vn"),
        ("check.vn", "check.net.vn"),
        ("a.b.check.com.vn", "check.net.vn"),
        ("langnghevan.vn", "langnghevan.org.vn"),
    ],
)
def test_it_could_be_taken_for(host: str, resembles: str) -> None:
    assert read_link(f"https://{host}/", DOMAINS).resembles == resembles


@pytest.mark.parametrize(
    "host",
    [
        "check.net.vn",
        "www.check.net.vn",
        "langnghevan.org.vn",  # not known, but the known host's own domain
        "shop.langnghevan.org.vn",
        "net.vn",
        "tihi.com",  # a short name is another's under another suffix
        "kihi.vn",  # and by another letter
        "ticket.net.vn",
        "checks.com",
        "my-check.net.vn",  # a word behind a hyphen
        "check.evil.example",
        "ocopquangbinh.vn",  # another province
        "ocophalong.vn",
        "quangninhbook.com",
        "loai25.vn",  # another number
        "loai365.vn",
        "check.gov.vn",  # only the state gets such names
        "chek.gov.vn",
        "10.0.0.1",
        "localhost",
    ],
)
def test_it_is_another(host: str) -> None:
    assert read_link(f"https://{host}/", DOMAINS).resembles is None


def test_a_known_name_without_a_plain_letter_is_like_none_that_has_only_its_suffix() -> None:
    known = {"商店.vn", "_._", "ร้านค้า.com.vn", "vn", "_.vn"}
    for host in ("nha.vn", "nha.com.vn", "商店.com", "nhà.vn", "a._"):
        assert read_link(f"https://{host}/", known).resembles is None
    assert read_link("https://商店.vn.evil.example/", known).resembles == "商店.vn"


def test_no_ordinary_name_is_called_a_lookalike() -> None:
    assert [name for name in ORDINARY if read_link(f"https://{name}/", KNOWN).resembles] == []


def test_most_lookalikes_made_by_rule_are_called_out() -> None:
    rng = random.Random(7)
    made = [(name, domain) for _ in range(3) for domain in KNOWN for _, name in lookalikes(domain, rng)]
    found = sum(read_link(f"https://{name}/", KNOWN).resembles == domain for name, domain in made)
    assert len(made) > 500
    assert found / len(made) > 0.95


def test_skeletons() -> None:
    assert skeleton("modern") == skeleton("rnoclem") == skeleton("mõdẹrn")
    assert skeleton("vvow") == skeleton("w0w")
    assert skeleton("trà") != skeleton("tre")


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_slips_are_counted_as_by_definition(one: str, two: str, most: int) -> None:
    def distance(a: int, b: int) -> int:
        if not a or not b:
            return a + b
        least = min(distance(a - 1, b) + 1, distance(a, b - 1) + 1, distance(a - 1, b - 1) + (one[a - 1] != two[b - 1]))
        if a > 1 and b > 1 and one[a - 2 : a] == two[b - 2 : b][::-1]:
            least = min(least, distance(a - 2, b - 2) + 1)
        return least

    one, two = one[:5], two[:5]
    assert slips_between(one, two, most) == min(distance(len(one), len(two)), most + 1)
