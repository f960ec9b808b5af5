"""What judging says of a row: its outcome, why, what it would change, and what a person has to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imports.models import RowOutcome


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence about a row. `code` is its kind, `field` the cell it is about (empty: the row)."""

    code: str
    text: str
    field: str = ""

    def as_json(self) -> list[str]:
        """As a row keeps it."""
        return [self.code, self.field, self.text]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about a row: the answer's key, and its options as value and label.

    `kind` is set where the first option is a proposal; all proposals of a kind may be accepted at once.
    """

    key: str
    text: str
    options: tuple[tuple[str, str], ...]
    kind: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"key": self.key, "text": self.text, "options": [list(one) for one in self.options], "kind": self.kind}


@dataclass(slots=True)
class Judged:
    """The judgement of one row. `changes` are title, old and new text; `plan` is what publishing writes."""

    outcome: RowOutcome = RowOutcome.SAME
    reasons: list[Reason] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    product: int | None = None
    plan: dict[str, Any] | None = None

    def refuse(self, code: str, text: str, name: str = "") -> None:
        """Refuse the row for a reason."""
        self.outcome = RowOutcome.REFUSED
        self.reasons.append(Reason(code, text, name))

    def ask(self, ask: Ask) -> None:
        """Let a person decide; a refusal found elsewhere stands."""
        if self.outcome != RowOutcome.REFUSED:
            self.outcome = RowOutcome.ASKED
        self.asks.append(ask)

    @property
    def stopped(self) -> bool:
        """Whether the row cannot be published as it stands."""
        return self.outcome in {RowOutcome.REFUSED, RowOutcome.ASKED, RowOutcome.LEFT_OUT}
