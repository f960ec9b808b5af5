"""Describes answers as a kind of record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from answers.answer import Answer
from answers.models import Answer as StoredAnswer
from answers.models import AnswerPhoto
from records.kinds import REMOVED, Kind, as_column
from register.folding import fold


def _columns(answer: Answer) -> dict[str, Any]:
    """Read from an answer what lists show of it."""
    text = as_column(answer.text)
    return {
        "event": UUID(answer.event),
        "to_kind": answer.to.kind,
        "to_record": UUID(answer.to.id),
        "text": text,
        "search_text": fold(text),
    }


ANSWER = Kind(
    name="answer",
    forms={1: Answer},
    records_model=StoredAnswer,
    files_model=AnswerPhoto,
    from_nobody=False,
    chained=True,
    columns=_columns,
    erasable={"text": lambda _: {"text": REMOVED}},
)
