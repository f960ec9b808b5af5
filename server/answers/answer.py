"""The answer as it is sent, in schema 1 (docs/api.md, "Answers")."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from records.wire import Record, Strict, Uuid


class Answers(Strict):
    """The record that the event is about."""

    kind: str = Field(pattern=r"^[a-z_]{1,20}$")
    id: Uuid


class Answer(Record):
    """What a sender says to a question of the office: to an event on one of their records."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["answer"]
    event: Uuid
    to: Answers
    text: str = Field(min_length=1, max_length=5000)
