"""One product while its row is read, and what stands above it."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field

from imports.values import Field, Outcome, Problem, Read, Value


@dataclass
class Above:
    """What stands above a row: what titles and sections say for it, the last product, and what merged cells hold."""

    title: Mapped[Field, Value] = field(default_factory=dict)
    section: dict[Field, Value] = field(default_factory=dict)
    last: Mapped[Field, Value] = field(default_factory=dict)
    merged: dict[tuple[int, int], dict[Field, Value]] = field(default_factory=dict)
    origins: frozenset[tuple[int, int]] = frozenset()


@dataclass
class Product:
    """One product while it is read."""

    number: int
    values: dict[Field, Value] = field(default_factory=dict)
    carried: list[Field] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    personal: set[int] = field(default_factory=set)
    asks_carry: bool = False

    def put(self, name: Field, text: str, read: Read, source: tuple[int, int] | None) -> None:
        """Keep what a cell says as the field's value; the cell's outcome is the value's."""
        self.values[name] = Value(
            text, read.outcome, read.read if read.outcome is Outcome.TAKEN else None, read.proposed, source
        )
        self.note(name, *read.problems)

    def note(self, name: Field, *problems: tuple[str, str]) -> None:
        self.problems += [Problem(code, name, detail) for code, detail in problems]

    def carry(self, name: Field, value: Value) -> None:
        """Take a value of a row above. One that waits there waits here too."""
        outcome = Outcome.CARRIED if value.outcome is Outcome.TAKEN else value.outcome
        self.values[name] = Value(value.text, outcome, value.read, value.proposed, value.source)
        self.carried.append(name)

    def replace(self, name: Field, read: Read) -> None:
        """Say something else of a value that was read."""
        old = self.values[name]
        self.put(name, old.text, read, old.source)

    def is_taken(self, name: Field) -> bool:
        value = self.values.get(name)
        return value is not None and value.outcome is Outcome.TAKEN

    def settled(self, name: Field) -> str:
        """What a field says where that is settled, else empty."""
        value = self.values.get(name)
        return str(value.read) if value and value.read is not None else ""
