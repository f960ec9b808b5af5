"""Writes what was read of a row as JSON and reads it back, so that it can be judged again without the file."""

from __future__ import annotations

from typing import Any

from imports.rows import ReadRow, RowKind
from imports.values import Field, Outcome, Problem, Value


def as_json(row: ReadRow) -> dict[str, Any]:
    """The row as JSON holds it."""
    return {
        "number": row.number,
        "kind": row.kind.value,
        "cells": list(row.cells),
        "outcomes": [outcome.value if outcome else None for outcome in row.outcomes],
        "values": {
            name.value: {
                "text": value.text,
                "outcome": value.outcome.value,
                "read": value.read,
                "proposed": list(value.proposed),
                "source": list(value.source) if value.source else None,
            }
            for name, value in row.values.items()
        },
        "carried": [name.value for name in row.carried],
        "problems": [problem_as_json(problem) for problem in row.problems],
        "hidden": row.hidden,
        "part": row.part,
    }


def from_json(stored: dict[str, Any]) -> ReadRow:
    """The row again."""
    return ReadRow(
        number=stored["number"],
        kind=RowKind(stored["kind"]),
        cells=tuple(stored["cells"]),
        outcomes=tuple(Outcome(one) if one else None for one in stored["outcomes"]),
        values={
            Field(name): Value(
                text=value["text"],
                outcome=Outcome(value["outcome"]),
                read=value["read"],
                proposed=tuple(value["proposed"]),
                source=(value["source"][0], value["source"][1]) if value["source"] else None,
            )
            for name, value in stored["values"].items()
        },
        carried=tuple(Field(name) for name in stored["carried"]),
        problems=tuple(problem_from_json(problem) for problem in stored["problems"]),
        hidden=stored["hidden"],
        part=stored["part"],
    )


def problem_as_json(problem: Problem) -> list[str]:
    """Code, field and detail."""
    return [problem.code, problem.field.value if problem.field else "", problem.detail]


def problem_from_json(stored: list[str]) -> Problem:
    """The problem again."""
    code, name, detail = stored
    return Problem(code, Field(name) if name else None, detail)
