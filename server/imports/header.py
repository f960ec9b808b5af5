"""Finds the header row of a sheet, which column holds which field, and what the title above it says."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field

from imports.cells import Sheet
from imports.values import Field, Problem, Question, Value


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column, counted from 0, holds which field.

    `header_row` is the number of the header's last row (0: the sheet has none), `by` is "words" or "person".
    """

    header_row: int
    columns: Mapped[Field, int]
    by: str = "words"


@dataclass(frozen=True, slots=True)
class Header:
    """What was found: `words` are the header's own words by column, `title` what the rows above say for all rows.

    With `questions` (two columns for one field) the mapping lacks those fields until they are answered.
    """

    mapping: Mapping
    words: tuple[str, ...] = ()
    title: Mapped[Field, Value] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()


def find_header(sheet: Sheet, answers: Mapped[str, str] | None = None) -> Header:
    """Find the header; `answers` settles its questions (`{"column:gtin": "7"}`)."""
    raise NotImplementedError
