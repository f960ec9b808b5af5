"""A running audit on the disk: its changes one after another, each in a document of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.audits.audit import OpenAudit
from services.audits.counting import UNDOABLE, Count
from services.records.pauses import Pause
from services.storage.segments import Segments

MOST_CHANGES = 20_000
"""So many changes one audit takes: it is opened by making them all again."""


class Running:
    """One running audit: `head` is the key of the document that opened it, which its changes name (`of`).

    The head is removed first when the audit is closed or dropped, and changes without a head are nobody's.
    """

    def __init__(self, changes: Segments, head: int, keys: list[int]) -> None:
        self._changes = changes
        self.head = head
        self.keys = keys
        self.count = Count()
        self._read()

    @property
    def said(self) -> OpenAudit:
        """The audit as it stands."""
        lines = tuple(sorted(self.count.lines.values(), key=lambda line: line.n))
        touched = tuple(self.count.touched)
        shelf, may_undo = self.count.shelf, self._last() is not None
        return replace(self._opened, shelf=shelf, lines=lines, touched=touched, may_undo=may_undo)

    @property
    def id(self) -> str:
        return self._opened.id

    @property
    def account(self) -> str | None:
        return self._opened.account

    @property
    def is_paused(self) -> bool:
        return self._opened.is_paused

    @property
    def pauses(self) -> tuple[Pause, ...]:
        return self._opened.pauses

    @property
    def opened_at(self) -> datetime:
        return self._opened.opened_at

    @property
    def is_full(self) -> bool:
        return len(self.keys) >= MOST_CHANGES

    def make(self, key: int, change: Mapping[str, Any]) -> int | None:
        """Make a change, durable on return; returns the number of the line that it touched. Raises StoreWriteError."""
        self._changes.put(key, {"of": self.head, **change})
        self.keys.append(key)
        return self._apply(change)

    def undo(self) -> Mapping[str, Any] | None:
        """Take the last change that can be undone back, and return it; durable on return. Raises StoreWriteError."""
        key = self._last()
        if key is None:
            return None
        change = self._changes.get(key)
        self._changes.drop(key)
        self.keys.remove(key)
        next_n = self.count.next_n
        self._read()
        self.count.next_n = max(next_n, self.count.next_n)
        return change

    def rewrite_head(self, **fields: Any) -> None:
        """Change what the head says; durable on return. Raises StoreWriteError."""
        self._changes.put(self.head, {**self._changes.get(self.head), **fields})
        self._read()

    def documents(self) -> list[Mapping[str, Any]]:
        """The head and all changes."""
        return [self._changes.get(key) for key in (self.head, *self.keys)]

    def _last(self) -> int | None:
        return next((key for key in reversed(self.keys) if self._changes.get(key)["what"] in UNDOABLE), None)

    def _read(self) -> None:
        head = self._changes.get(self.head)
        self._opened = OpenAudit(
            head["id"], datetime.fromisoformat(head["at"]), head["shop"], head["shelf"], head["account"]
        )
        self.count = Count()
        self.count.shelf = head["shelf"]
        for key in self.keys:
            self._apply(self._changes.get(key))

    def _apply(self, change: Mapping[str, Any]) -> int | None:
        what = change["what"]
        if what not in ("paused", "resumed"):
            return self.count.apply(change)
        at = datetime.fromisoformat(change["at"])
        pauses = self._opened.pauses
        if what == "paused":
            pauses = (*pauses, Pause(at))
        elif self.is_paused:
            pauses = (*pauses[:-1], replace(pauses[-1], until=max(at, pauses[-1].since)))
        self._opened = replace(self._opened, pauses=pauses)
        return None


def read_running(changes: Segments) -> tuple[list[Running], list[int]]:
    """The running audits among these documents, and the keys of what belongs to none."""
    of_head: dict[int, list[int]] = {}
    nobodys = []
    for key in sorted(changes):  # a head comes before its changes
        change = changes.get(key)
        if change["what"] == "opened":
            of_head[key] = []
        elif change.get("of") in of_head:
            of_head[change["of"]].append(key)
        else:
            nobodys.append(key)
    return [Running(changes, head, keys) for head, keys in of_head.items()], nobodys
