"""Looks through whole columns before cells are read.

It finds the order of day and month, days that a program may have swapped, old codings, and what is asked once for a
column.
"""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from dataclasses import dataclass

from imports.cells import Kind, Row
from imports.days import DMY, MDY, Order, order_of, swapped
from imports.texts import codings, surely_unicode
from imports.values import Field, Problem, Question

DAYS = (Field.DECISION_NUMBER, Field.DECISION_DATE, Field.VALID_FROM, Field.VALID_TO)
"""Fields whose cells may hold days; a decision's cell holds one beside its number."""
AS_HELD, SWAPPED = "as_held", "swapped"
YES, NO = "yes", "no"
READ, LEAVE_OUT = "read", "leave_out"
_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """What was found: by column the order (empty: open), how held days are taken, and its possible old codings."""

    orders: Mapped[int, str]
    held: Mapped[int, str]
    letters: Mapped[int, frozenset[str]]
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]


def look_through(rows: list[Row], columns: Mapped[Field, int], answers: Mapped[str, str]) -> Columns:
    """Look through the rows below the header."""
    orders: dict[int, str] = {}
    held: dict[int, str] = {}
    questions: list[Question] = []
    problems: list[Problem] = []
    for name in DAYS:
        column = columns.get(name)
        if column is None:
            continue
        order = order_of(row.cell(column).text for row in rows if row.cell(column).kind is Kind.TEXT)
        orders[column] = order.decided or _answer(answers, f"day_order:{column}", {DMY, MDY})
        if order.is_open:
            questions.append(Question(f"day_order:{column}", "day_order", name, column, (DMY, MDY), _examples(order)))
        elif order.decided:
            proof = (order.dmy or order.mdy)[0]
            problems.append(Problem(f"day_order_{order.decided}", name, proof))
        held[column] = AS_HELD
        if order.decided == DMY and (suspect := _suspects(rows, column)):
            key = f"days_held:{column}"
            held[column] = _answer(answers, key, {AS_HELD, SWAPPED})
            questions.append(Question(key, "days_held", name, column, (AS_HELD, SWAPPED), suspect))
    letters = _old_codings(rows)
    return Columns(orders, held, letters, tuple(questions), tuple(problems))


def _old_codings(rows: list[Row]) -> dict[int, frozenset[str]]:
    """The old codings by column; those of the whole sheet where no text of a column tells which one it is in."""
    own: dict[int, frozenset[str]] = {}
    telling_nothing: list[int] = []
    for column in range(max((len(row.cells) for row in rows), default=0)):
        texts = [text for row in rows if not (text := row.cell(column).text).isascii()]
        own[column] = codings(texts)
        if not own[column] and not any(map(surely_unicode, texts)):
            telling_nothing.append(column)
    whole = frozenset[str]().union(*own.values())
    return own | dict.fromkeys(telling_nothing, whole)


def _suspects(rows: list[Row], column: int) -> tuple[str, ...]:
    """Days that the file holds as days, where each could come of a program that took the day for the month.

    A program set to American dates turns a typed 3/4/2020 into the day of 4 March and leaves 23/12/2019 as a text.
    """
    days = [cell.date for row in rows if (cell := row.cell(column)).date]
    if not days or any(day.day > 12 for day in days):
        return ()
    return tuple(f"{day:%d/%m/%Y}" for day in days if swapped(day))[:_EXAMPLES]


def _answer(answers: Mapped[str, str], key: str, allowed: set[str]) -> str:
    given = answers.get(key, "")
    return given if given in allowed else ""


def _examples(order: Order) -> tuple[str, ...]:
    """Some dates of each kind, those that decide first."""
    return tuple(dict.fromkeys((*order.dmy[:1], *order.mdy[:1], *order.either)))[:_EXAMPLES]
