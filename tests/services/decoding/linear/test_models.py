"""The models draw what the standards say, and the exact minimum over all codes is exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.codes import check_digit
from services.codes.gtin import has_valid_check_digit
from services.decoding.linear import code128
from services.decoding.linear.code128 import code_128
from services.decoding.linear.ean import ean_8, ean_13, upc_e
from services.decoding.linear.itf14 import itf_14
from services.decoding.linear.layout import Layout
from services.decoding.linear.templates import darkness, samples, templates
from services.decoding.linear.trellis import best, best_two, best_with_next_cost
from tests.services.decoding.linear.strips import modules

LAYOUTS = {"EAN-13": ean_13(), "EAN-8": ean_8(), "UPC-E": upc_e(), "ITF-14": itf_14(2.5), "Code 128": code_128(6)}


def sharp(layout: Layout, hypothesis: int, code: list[int]) -> list[int]:
    """One sample a module: 1 dark, 0 light."""
    row = np.zeros(round(layout.modules), int)
    for begin, end in layout.bars(hypothesis, code):
        row[round(begin) : round(end)] = 1
    return row.tolist()


@pytest.mark.parametrize(
    ("layout", "hypothesis", "code", "text", "kind"),
    [
        (ean_13(), 9, "520007900017", "9520007900017", "EAN13"),
        (ean_8(), 0, "96385074", "96385074", "EAN8"),
        (itf_14(2.0), 0, None, "18901234567897", "ITF"),
    ],
)
def test_draws_what_another_implementation_draws(
    layout: Layout, hypothesis: int, code: str | None, text: str, kind: str
) -> None:
    choices = [int(d) for d in code] if code else [int(text[i : i + 2]) for i in range(0, 14, 2)]
    drawn = (modules(text, kind) < 128).astype(int).tolist()
    if kind == "ITF":  # drawn with another ratio: the order of wide and narrow elements is what counts
        ours, theirs = (np.diff(np.flatnonzero(np.diff([0, *row, 0]))) for row in (sharp(layout, 0, choices), drawn))
        assert (ours > 1).tolist() == (theirs > 1).tolist()
    else:
        assert sharp(layout, hypothesis, choices) == drawn


@pytest.mark.parametrize("text", ["01234565", "04965802", "12345670", "05096893", "01234543", "01293836"])
def test_a_upc_e_says_what_it_was_drawn_from(text: str) -> None:
    number = text[:7] + next(d for d in "0123456789" if has_valid_check_digit(text[:7] + d, True))
    row = (modules(number[:7], "UPCE") < 128).astype(np.float32)
    dark = np.pad(np.repeat(row, 4), (12, 12))
    found = best(upc_e(), templates(upc_e(), 0.25, 0.0), dark.astype(np.float32))
    told = upc_e().tell(found.hypothesis, list(found.choices))
    assert told is not None
    assert told.text == number


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(("blur", "spread"), [(0.4, 0.0), (0.75, -0.2), (1.1, 0.1)])
def test_costs_are_squared_differences(name: str, blur: float, spread: float) -> None:
    layout = LAYOUTS[name]
    t = templates(layout, blur, spread)
    dark = np.random.default_rng(7).uniform(0, 1, samples(layout.modules)).astype(np.float32)
    first, second = best_two(layout, t, dark)
    for code in (first, second):
        drawn = darkness(layout.bars(code.hypothesis, list(code.choices)), layout.modules, blur, spread)[0]
        if code is first or not code.same(first):  # otherwise a bound on the next one's cost
            assert code.cost == pytest.approx(float(((drawn - dark) ** 2).sum()), rel=0.01)
    assert first.cost == best(layout, t, dark).cost <= second.cost
    assert best_with_next_cost(layout, t, dark) == (first, pytest.approx(second.cost))


@settings(max_examples=25)
@given(st.text("0123456789", min_size=7, max_size=7), st.sampled_from([0.3, 0.75, 1.1]))
def test_finds_the_code_that_was_drawn(payload: str, blur: float) -> None:
    digits = [int(d) for d in payload + str(check_digit(payload))]
    dark = darkness(ean_8().bars(0, digits), 67, blur, 0.0)[0]
    first, next_cost = best_with_next_cost(ean_8(), templates(ean_8(), blur, 0.0), dark)
    assert list(first.choices) == digits
    assert next_cost > 10 * first.cost


def test_the_next_code_is_the_best_of_all_others() -> None:
    """The next code as found the long way, over all codes that differ in at most two digits."""
    layout, rng = ean_8(), np.random.default_rng(3)
    t = templates(layout, 0.6, 0.0)
    dark = darkness(layout.bars(0, [9, 6, 3, 8, 5, 0, 7, 4]), 67, 0.6, 0.0)[0]
    dark = (dark + rng.normal(0, 0.1, len(dark))).astype(np.float32)
    first, second = best_two(layout, t, dark)
    costs = []
    for i in range(8):
        for j in range(i):
            for a in range(10):
                for b in range(10):
                    other = list(first.choices)
                    other[i], other[j] = a, b
                    if tuple(other) != first.choices and has_valid_check_digit("".join(map(str, other))):
                        costs.append(float(((darkness(layout.bars(0, other), 67, 0.6, 0.0)[0] - dark) ** 2).sum()))
    assert second.cost == pytest.approx(min(costs), rel=0.01)


@pytest.mark.parametrize(
    ("start", "values", "text", "gs1"),
    [
        (1, [33, 34, 17], "AB1", False),
        (2, [12, 34], "1234", False),
        (2, [102, 1, 9, 52, 102, 10], "010952\x1d10", True),
        (1, [33, 99, 12, 100, 34], "A12B", False),
        (0, [64, 33], "\x00A", False),
        (1, [65, 98, 65, 65], "a\x01a", False),
        (1, [100, 83, 65], "óa", False),
        (1, [100, 100, 83, 83, 100, 65, 83], "óóaó", False),
        (1, [100, 100, 83, 100, 100, 65], "óa", False),
        (1, [96, 97, 33], "A", False),
    ],
)
def test_code_128_spells(start: int, values: list[int], text: str, gs1: bool) -> None:
    told = code128.tell(start, values)
    assert told is not None
    assert (told.text, told.gs1) == (text, gs1)


def test_code_128_without_text_says_nothing() -> None:
    assert code128.tell(2, [102, 100]) is None
