"""The paper says verdicts as the screens do, and each of its values has words."""

from __future__ import annotations

import pytest

from printing.record_content import Mark, Table
from services.papers.faults import FaultCode
from services.papers.products import products
from services.papers.words import ANSWERS, FAULTS, FINDINGS, PLACES, ROLES, SALES, SEALS, SHOWS, VERDICTS, Both
from services.records.kind import INSPECTION
from services.records.record import seal
from services.rounds.inspection import Answered, Finding, Inspection, Sale, Seal, Shows
from services.rounds.place import PlaceKind
from services.rounds.round import Role
from tests.support.closed_rounds import closed_round
from views.design import Tone
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS

MARKS = {Tone.GOOD: Mark.FINE, Tone.CAUTION: Mark.ATTENTION, Tone.BAD: Mark.STOP, Tone.UNKNOWN: Mark.UNKNOWN}


def test_verdicts_have_the_words_and_the_shape_of_the_screens() -> None:
    assert {status: (words, MARKS[tone]) for status, (words, tone, _icon) in STATUS.items()} == VERDICTS


@pytest.mark.parametrize(
    ("amount", "words"),
    [(1234567.5, "1234567,5"), (1_000_000, "1000000"), (12.0, "12"), (0.1, "0,1"), (1e-7, "0,0000001")],
)
def test_an_amount_is_written_to_its_last_digit(amount: float, words: str) -> None:
    closed = closed_round(1, 0)
    body = closed.inspections[0].body | {"quantity": {"amount": amount, "unit": "kg"}}
    inspection = Inspection.of(seal(INSPECTION, body))
    (table, *_rest) = products(closed.round, [inspection], Both([Texts("vi")])).blocks
    assert isinstance(table, Table)
    assert table.rows[0][4][0].text == f"{words}\N{NO-BREAK SPACE}kg"


def test_every_value_has_words() -> None:
    for values, words in (
        (Finding, FINDINGS),
        (Sale, SALES),
        (Seal, SEALS),
        (Shows, SHOWS),
        (Answered, ANSWERS),
        (PlaceKind, PLACES),
        (Role, ROLES),
    ):
        assert list(words) == list(values)
    assert set(FAULTS) == set(FaultCode)
