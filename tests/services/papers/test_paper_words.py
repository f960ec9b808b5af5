"""The paper says verdicts as the screens do, and each of its values has words."""

from __future__ import annotations

from printing.record_content import Mark
from services.papers.faults import FaultCode
from services.papers.words import ANSWERS, FAULTS, FINDINGS, PLACES, ROLES, SALES, SEALS, SHOWS, VERDICTS
from services.rounds.inspection import Answered, Finding, Sale, Seal, Shows
from services.rounds.place import PlaceKind
from services.rounds.round import Role
from views.design import Tone
from views.parts.verdict_words import STATUS

MARKS = {Tone.GOOD: Mark.FINE, Tone.CAUTION: Mark.ATTENTION, Tone.BAD: Mark.STOP, Tone.UNKNOWN: Mark.UNKNOWN}


def test_verdicts_have_the_words_and_the_shape_of_the_screens() -> None:
    assert {status: (words, MARKS[tone]) for status, (words, tone, _icon) in STATUS.items()} == VERDICTS


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
