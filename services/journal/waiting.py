"""Tells what waits for a person: questions of the office, its answers that they have not seen, and refused records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.accounts.viewer import Viewer
from services.answers.answer_book import KeptAnswer
from services.journal.journal import JournalEntry
from services.journal.seen import SeenEvents
from services.notes.note import NoteState
from services.records.book import RecordState
from services.records.events import Event

_ENDS_A_QUESTION = frozenset({"decided", "closed"})
_QUIET = frozenset({"received", "reviewing"})
"""States that are no answer: they are news only where the office wrote something with them."""


class Waits(StrEnum):
    """Why something waits, in the order in which it is listed."""

    ASKED = "asked"
    REFUSED = "refused"
    NEWS = "news"


@dataclass(frozen=True)
class Matter:
    """Something that waits: why, the record that it is about, and the event, or the answer that was refused."""

    why: Waits
    entry: JournalEntry
    event: Event | None = None
    answer: KeptAnswer | None = None


def matters(
    entries: Iterable[JournalEntry],
    answers: Sequence[KeptAnswer],
    answered: Collection[str],
    seen: SeenEvents,
    viewer: Viewer,
    now: datetime,
) -> list[Matter]:
    """What waits for the viewer: questions first, then refused records, then news, each newest first.

    `answers` are those of this device, `answered` the ids of the events answered from any.
    """
    refused = {kept.answer.event: kept for kept in answers if kept.state is RecordState.REFUSED}
    found: list[Matter] = []
    for entry in entries:
        found += [Matter(Waits.ASKED, entry, event) for event in open_questions(entry.events, answered)]
        if entry.state is NoteState.REFUSED and not entry.corrected_by:
            found.append(Matter(Waits.REFUSED, entry))
        found += [
            Matter(Waits.REFUSED, entry, event, refused[event.id]) for event in entry.events if event.id in refused
        ]
        news = [event for event in entry.events if _says(event) and seen.is_new(viewer.account, event, now)]
        if news:
            found.append(Matter(Waits.NEWS, entry, news[-1]))
    order = list(Waits)
    return sorted(found, key=lambda matter: (order.index(matter.why), -_moment(matter).timestamp()))


def open_questions(events: Sequence[Event], answered: Collection[str]) -> list[Event]:
    """The office's questions that nobody has answered, and that no decision came after; oldest first."""
    asked: list[Event] = []
    for event in events:
        if event.state in _ENDS_A_QUESTION:
            asked.clear()
        elif event.state == "more_wanted" and event.id not in answered:
            asked.append(event)
    return asked


def _says(event: Event) -> bool:
    return event.state != "more_wanted" and (event.state not in _QUIET or bool(event.text or event.number))


def _moment(matter: Matter) -> datetime:
    return matter.event.at if matter.event else matter.entry.said.at
