"""Lists notes, inspections and rounds together, newest first, and finds them again by words and filters."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.accounts.viewer import Viewer
from services.answers.answer_book import AnswerBook
from services.journal.said import Said, said_of, said_of_draft
from services.notes.note import NoteState
from services.notes.notebook import Notebook
from services.records.book import RecordBook
from services.records.elsewhere import Distant, Elsewhere, Removed
from services.records.events import Event
from services.records.kind import ANSWER, AUDIT, NOTE
from services.register.certificates import VIETNAM
from services.register.search import fold


class Became(StrEnum):
    """What became of a record, as one word: what the office did last, else where the record stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    REFUSED = "refused"
    RECEIVED = "received"
    REVIEWING = "reviewing"
    ASKED = "asked"
    ANSWERED = "answered"
    DECIDED = "decided"


_AFTER = {
    "received": Became.RECEIVED,
    "reviewing": Became.REVIEWING,
    "more_wanted": Became.ASKED,
    "decided": Became.DECIDED,
    "closed": Became.DECIDED,
}


@dataclass(frozen=True)
class JournalEntry:
    """A row of the list: what it says, where its record stands, and what the office said of it, oldest first.

    `body` is the record's, None for a draft. `elsewhere`: another device of the account sent it;
    `removed` is what the register has taken out of it since. `became` sums it up.
    """

    id: str
    kind: str
    said: Said
    state: NoteState
    became: Became
    body: Mapping[str, Any] | None = None
    reason: str | None = None
    detail: str | None = None
    files_sent: int = 0
    received_at: datetime | None = None
    corrected_by: str | None = None
    events: tuple[Event, ...] = ()
    elsewhere: bool = False
    removed: tuple[Removed, ...] = ()

    @property
    def day(self) -> date:
        """Its day in Vietnam."""
        return self.said.at.astimezone(VIETNAM).date()


@dataclass(frozen=True)
class JournalFilter:
    """What an entry must match besides words; None: anything. Both days count; `product` is a GTIN of 14 digits."""

    since: date | None = None
    until: date | None = None
    kind: str | None = None
    place: str | None = None
    product: str | None = None
    verdict: str | None = None
    finding: str | None = None
    became: Became | None = None

    def lets_through(self, entry: JournalEntry) -> bool:
        """Whether the entry matches."""
        said = entry.said
        return (
            (self.since is None or self.since <= entry.day)
            and (self.until is None or entry.day <= self.until)
            and self.kind in (None, entry.kind)
            and self.place in (None, said.place)
            and self.product in (None, said.gtin)
            and self.verdict in (None, said.verdict)
            and (self.finding is None or self.finding in said.findings)
            and self.became in (None, entry.became)
        )


EVERYTHING = JournalFilter()


@dataclass(frozen=True)
class Choices:
    """What there is to choose from in the filters, each by how often it occurs, the most first.

    `products` are GTINs with names; `months` are their first days, the latest first.
    """

    places: tuple[str, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    verdicts: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    became: tuple[Became, ...] = ()
    months: tuple[date, ...] = ()
    kinds: tuple[str, ...] = ()


class Journal:
    """What the books of one device hold, read together. Blocks, so ask from a thread; safe to use from several."""

    def __init__(
        self,
        notebook: Notebook,
        books: Sequence[RecordBook],
        elsewhere: Elsewhere,
        answers: AnswerBook,
    ) -> None:
        """`books` hold inspections and rounds."""
        self._notebook = notebook
        self._books = (notebook.records, *books)
        self._elsewhere = elsewhere
        self._answers = answers
        self._lock = threading.Lock()
        self._version = 0
        self._read: tuple[int, Viewer, list[JournalEntry]] | None = None
        self._said: dict[tuple[str, str], Said] = {}
        for subscribe in (
            notebook.subscribe,
            *(book.subscribe for book in books),
            elsewhere.subscribe,
            answers.subscribe,
        ):
            subscribe(self._read_anew)

    def answered(self, viewer: Viewer) -> frozenset[str]:
        """The ids of the events that the viewer has answered, from this device or another."""
        distant = (record.body.get("event") for record in self._elsewhere.of(viewer.owns) if record.kind == ANSWER.name)
        return self._answers.answered(viewer).union(each for each in distant if isinstance(each, str))

    def entries(self, viewer: Viewer) -> list[JournalEntry]:
        """All that the viewer may see: drafts of notes first, then the rest, each newest first."""
        with self._lock:
            version = self._version
            if self._read is None or self._read[:2] != (version, viewer):
                self._read = version, viewer, self._entries(viewer)
            return self._read[2]

    def find(self, viewer: Viewer, query: str, where: JournalFilter = EVERYTHING) -> list[JournalEntry]:
        """Entries where each word of `query` begins a word, or is part of a number, and that the filter lets through.

        Diacritics and case are ignored. Words of the office (its sentences, the number of a decision) are searched too.
        """
        words = fold(query).split()
        return [each for each in self.entries(viewer) if where.lets_through(each) and _matches(each, words)]

    def entry(self, viewer: Viewer, record_id: str) -> JournalEntry | None:
        """The entry with this id, or None where the viewer has none."""
        return next((each for each in self.entries(viewer) if each.id == record_id), None)

    def choices(self, viewer: Viewer) -> Choices:
        """What the filters offer."""
        entries = self.entries(viewer)
        names = {entry.said.gtin: entry.said.name for entry in reversed(entries) if entry.said.gtin and entry.said.name}
        return Choices(
            places=_often(entry.said.place for entry in entries),
            products=tuple((gtin, names.get(gtin) or gtin) for gtin in _often(entry.said.gtin for entry in entries)),
            verdicts=_often(entry.said.verdict for entry in entries),
            findings=_often(finding for entry in entries for finding in entry.said.findings),
            became=tuple(Became(each) for each in _often(entry.became.value for entry in entries)),
            months=tuple(sorted({entry.day.replace(day=1) for entry in entries}, reverse=True)),
            kinds=_often(entry.kind for entry in entries),
        )

    def _read_anew(self) -> None:
        self._version += 1

    def _entries(self, viewer: Viewer) -> list[JournalEntry]:
        answered = self.answered(viewer)
        drafts = [
            JournalEntry(draft.id, NOTE.name, said_of_draft(draft), NoteState.DRAFT, Became.DRAFT)
            for draft in self._notebook.drafts(viewer=viewer)
        ]
        kept = [entry for book in self._books for entry in self._of_book(book, viewer, answered)]
        here = {entry.id for entry in kept}
        distant = self._elsewhere.of(viewer.owns)
        corrected = {record.body.get("supersedes"): record.id for record in distant if record.body.get("supersedes")}
        for record in distant:
            if record.id not in here and record.kind not in (ANSWER.name, AUDIT.name):
                with contextlib.suppress(KeyError, TypeError, ValueError):  # of a later form: it is on the server
                    kept.append(self._of_distant(record, viewer, answered, corrected))
        kept.sort(key=lambda entry: entry.said.at, reverse=True)
        return drafts + kept

    def _of_book(self, book: RecordBook, viewer: Viewer, answered: frozenset[str]) -> Iterator[JournalEntry]:
        corrections, kind = book.corrections(), book.kind.name
        with book.lock:
            entries = [book.entry(record_id) for record_id in book.newest(viewer.sees)]
        for entry in entries:
            record = entry.record
            key = (record.sha256, record.id)
            if key not in self._said:
                self._said[key] = said_of(kind, record.body, entry.beside.get("product_name"))
            state, events = NoteState(entry.state.value), self._events(record.id, kind, viewer)
            yield JournalEntry(
                id=record.id,
                kind=kind,
                said=self._said[key],
                state=state,
                became=_became(state, events, answered),
                body=record.body,
                reason=entry.reason,
                detail=entry.detail,
                files_sent=entry.files_sent,
                received_at=entry.received_at,
                corrected_by=corrections.get(record.id),
                events=events,
            )

    def _of_distant(
        self, record: Distant, viewer: Viewer, answered: frozenset[str], corrected: Mapping[Any, str]
    ) -> JournalEntry:
        key = (record.sha256, record.id)
        if key not in self._said:
            self._said[key] = said_of(record.kind, record.body)
        events = self._events(record.id, record.kind, viewer)
        return JournalEntry(
            id=record.id,
            kind=record.kind,
            said=self._said[key],
            state=NoteState.RECEIVED,
            became=_became(NoteState.RECEIVED, events, answered),
            body=record.body,
            files_sent=len(record.files_stored),
            received_at=record.received_at,
            corrected_by=corrected.get(record.id),
            events=events,
            elsewhere=True,
            removed=record.removed,
        )

    def _events(self, record_id: str, kind: str, viewer: Viewer) -> tuple[Event, ...]:
        return self._notebook.events.of(record_id, viewer.sees, kind=kind)


def _became(state: NoteState, events: Sequence[Event], answered: frozenset[str]) -> Became:
    if state is NoteState.REFUSED:
        return Became.REFUSED
    if events:
        last = events[-1]
        after = _AFTER.get(last.state, Became.REVIEWING)
        return Became.ANSWERED if after is Became.ASKED and last.id in answered else after
    return Became.RECEIVED if state is NoteState.RECEIVED else Became.WAITING


def _matches(entry: JournalEntry, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = entry.said.words
    if entry.events:
        text += " " + fold(" ".join(f"{event.text} {event.number or ''}" for event in entry.events))
    return all(f" {word}" in text or (word.isdigit() and word in text) for word in words)


def _often(values: Iterable[str | None]) -> tuple[str, ...]:
    counted: dict[str, int] = {}
    for value in values:
        if value:
            counted[value] = counted.get(value, 0) + 1
    return tuple(sorted(counted, key=lambda one: (-counted[one], one)))
