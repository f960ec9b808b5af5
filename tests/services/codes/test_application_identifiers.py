"""The table of identifiers, beside that of biip, which somebody else has taken from the same standard."""

import re

import pytest
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as OTHERS

from services.codes import application_identifiers
from services.codes.application_identifiers import KEYS, NOT_ATTRIBUTES, Component, contradicting, find
from services.codes.values import RULES

EACH = pytest.mark.parametrize("ai", sorted(OTHERS))
STRICTER = {"30": {0}, "7004": {0}, "8010": {1, 2, 3, 4}}
"""Lengths on which the two differ: an empty number is none; a CPID of fewer than five characters is one to us."""
NOT_DIGITS = {"4330", "4331", "4332", "4333", "7258", "8003"}


def lengths(components: tuple[Component, ...]) -> set[int]:
    """All lengths that a value may have."""
    reached, ends = {0}, set()
    for component in components:
        if component.optional:
            ends |= reached
        reached = {n + more for n in reached for more in range(component.least, component.most + 1)}
    return reached | ends


def test_both_know_the_same_identifiers() -> None:
    found = {f"{number:0{width}}" for width in (2, 3, 4) for number in range(10**width)}
    assert {ai for ai in found if (known := find(ai)) and known.ai == ai} == set(OTHERS)


@EACH
def test_both_know_which_end_without_fnc1_and_how_long_values_are(ai: str) -> None:
    known, other = find(ai + "0"), OTHERS[ai]
    assert known is not None
    assert known.ai == ai
    assert known.predefined is not other.separator_required
    if ai not in NOT_DIGITS:  # biip's pattern also tells what characters there are
        theirs = {length for length in range(100) if re.fullmatch(other.pattern, ai + "1" * length)}
        assert lengths(known.components) ^ theirs == STRICTER.get(ai, set())
    assert known.longest == max(lengths(known.components))


@EACH
def test_every_rule_of_the_table_exists(ai: str) -> None:
    known = find(ai)
    assert known is not None
    assert all(rule in RULES for component in known.components for rule in component.rules)


@pytest.mark.parametrize(
    "text", ["", "0", "04", "05", "23", "31", "3106", "394", "3944", "800", "80x9", "7", "89", "x1"]
)
def test_what_is_no_identifier_is_not_found(text: str) -> None:
    assert find(text) is None


def test_the_decimal_point_of_a_measure_is_one_of_its_digits() -> None:
    assert [ai for ai in (f"310{n}" for n in range(10)) if find(ai)] == [f"310{n}" for n in range(6)]
    assert [ai for ai in (f"392{n}" for n in range(10)) if find(ai)] == [f"392{n}" for n in range(10)]
    assert [ai for ai in (f"394{n}" for n in range(10)) if find(ai)] == [f"394{n}" for n in range(4)]


@pytest.mark.parametrize(
    ("ai", "components"),
    [
        ("01", (Component("N", 14, 14, False, ("sum", "prefix1")),)),
        ("10", (Component("X", 1, 20, False, ()),)),
        ("8010", (Component("Y", 1, 30, False, ("prefix",)),)),
        ("7011", (Component("N", 6, 6, False, ("day",)), Component("N", 4, 4, True, ("hour_minute",)))),
        ("8043", (Component("N", 18, 18, False, ()), Component("N", 1, 2, True, ()))),
    ],
)
def test_a_format_is_taken_apart(ai: str, components: tuple[Component, ...]) -> None:
    known = find(ai)
    assert known is not None
    assert known.components == components


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("01", "02"), ("01", "03"), ("01", "255"), ("01", "37"), ("01", "8006"), ("02", "03"), ("02", "8026"),
        ("03", "37"), ("21", "235"), ("255", "02"), ("255", "415"), ("255", "8006"), ("255", "8020"), ("255", "8026"),
        ("3900", "3910"), ("3901", "3940"), ("3909", "8111"), ("3920", "3930"), ("3922", "3950"), ("3933", "3951"),
        ("3943", "8111"), ("3955", "8005"), ("3100", "3101"), ("3922", "3923"), ("3620", "3625"),
        ("420", "421"), ("421", "4307"), ("426", "422"), ("426", "423"), ("426", "424"), ("426", "425"),
        ("4330", "4331"), ("4332", "4333"), ("7250", "7251"), ("7256", "7253"), ("7256", "7254"), ("7256", "7255"),
        ("7259", "7253"), ("7259", "7254"), ("7259", "7255"), ("7259", "7256"), ("8006", "37"), ("8006", "8026"),
        ("8017", "8018"),
    ],
)  # fmt: skip
def test_some_identifiers_contradict_each_other_in_either_order(one: str, other: str) -> None:
    for pair in ((one, other), (other, one)):
        assert set(contradicting(("99", *pair)) or ()) == {one, other}


def test_all_others_go_together() -> None:
    assert contradicting(["01", "10", "21", "3103", "3202", "3922", "7003", "4330", "4332"]) is None
    assert contradicting(["3100", "3110", "3200", "3300", "400", "410", "411"]) is None
    assert contradicting([]) is None


def test_the_keys_and_their_qualifiers_are_identifiers() -> None:
    every = {ai for key, orders in KEYS.items() for ai in (key, *(q for order in orders for q in order))}
    assert all((known := find(ai)) and known.ai == ai for ai in every | NOT_ATTRIBUTES)


@pytest.mark.parametrize("wrong", ["N", "Q6", "N6sum"])
def test_a_format_that_is_written_wrong_is_named_and_no_identifier_known_by_it(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application_identifiers, "_FORMATS", f"N14 sum | 01\n{wrong} | 10")
    application_identifiers._table.cache_clear()
    try:
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            find("01")
    finally:
        application_identifiers._table.cache_clear()
