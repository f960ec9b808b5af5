"""Holds the rounds and inspections of one device on the disk and in memory; RoundBook says what is done with them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.records.book import RecordBook
from services.records.chain import Signer
from services.records.events import EventBook
from services.records.files import PhotoLost, PhotoUnreadable
from services.records.kind import INSPECTION, ROUND
from services.records.record import Record, RecordInvalid
from services.rounds.begun import Begun
from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.inspection import Inspection, InspectionDraft, Picture
from services.rounds.kept import KeptInspection, KeptRound
from services.rounds.pictures import InspectionPhotos
from services.rounds.place import Place
from services.rounds.round import OpenRound, Round
from services.rounds.round import content_hash as hash_of
from services.rounds.sealing import room_for_inspections, round_body
from services.storage.store import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe


class Shelf:
    """What rounds and inspections share: their files, their books, and which belongs to which.

    A signed inspection hides the draft with its id, and a closed round the open one, as in the notebook.
    """

    def __init__(self, folder: Path, signer: Signer | None = None, events: EventBook | None = None) -> None:
        """Open or begin the rounds in `folder`. The caller holds the FolderLock. Raises StoreError.

        `signer` signs the records and chains them; `events` are what the office says of them.
        """
        signer = signer or Signer()
        self.photos = InspectionPhotos(folder / "inspection_photos")
        self.inspections = RecordBook(folder, INSPECTION, self.photos, signer)
        self.closed = RecordBook(folder, ROUND, self.photos, signer)
        self._events = events
        self._store = Store(folder / "rounds.json")
        self._changed = Subscriptions()
        self._lock = self.inspections.lock
        rows = list(self._store.table("rounds"))
        self._rounds = {row["id"]: OpenRound.from_json(row) for row in rows if row["id"] not in self.closed}
        self._earlier = {row["id"]: tuple(row.get("earlier_ids", ())) for row in rows}
        self._begun = {row["id"]: Begun.from_json(row["begun"]) for row in rows if row.get("begun")}
        drafts = [InspectionDraft.from_json(row) for row in self._store.table("drafts")]
        self._drafts = {draft.id: draft for draft in drafts if draft.id not in self.inspections}
        # Rows that a record hides: they go with the next write.
        self._hidden: dict[str, set[int]] = {
            "rounds": {key(row["id"]) for row in rows if row["id"] in self.closed},
            "drafts": {key(draft.id) for draft in drafts if draft.id in self.inspections},
            "heads": set(),
        }
        # Rounds that are not opened yet: what is being said at their heads.
        self._heads = {row["id"]: OpenRound.from_json(row) for row in self._store.table("heads")}
        self._gone: set[str] = set()
        self._of_round: dict[str, list[str]] = {}
        self._originals: dict[str, tuple[Picture, ...]] = {}
        for inspection_id in reversed([*self.inspections.newest()]):
            self._enter(inspection_id)
        self._corrected = self.inspections.corrections()
        for round_id in self.closed.newest():
            self._enter_round(round_id)

    @property
    def books(self) -> tuple[RecordBook, RecordBook]:
        """The books of its records, in the order in which they are sent: a round after its inspections."""
        return self.inspections, self.closed

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether there may be unsent inspections or rounds in `folder`, told without opening it."""
        return RecordBook.has_unsent(folder, INSPECTION) or RecordBook.has_unsent(folder, ROUND)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*filter(None, [self._store.recovered]), *self.inspections.recovered, *self.closed.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change of rounds or inspections, from the thread that made it."""
        ends = [book.subscribe(callback) for book in self.books] + [self._changed.add(callback)]

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    def shut(self) -> None:
        """Refuse every later change, because the app ends."""
        with self._lock:
            self._store.close()
            for book in self.books:
                book.close()

    # What is behind

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self.inspections.change(), self.closed.change():
            yield

    def _open(self, round_id: str, viewer: Viewer) -> OpenRound:
        said = self._rounds.get(round_id)
        if said is None or not viewer.owns(said.account):
            raise RoundClosed(round_id)
        return said

    def _open_draft(self, draft_id: str) -> InspectionDraft:
        if draft_id not in self._drafts:
            raise RoundClosed(draft_id)
        return self._drafts[draft_id]

    def _begun_in(self, round_id: str) -> Begun:
        return self._begun.get(round_id, Begun())

    def _row(self, said: OpenRound, begun: Begun) -> dict[str, Any]:
        beside = {"earlier_ids": list(self._earlier.get(said.id, ())), "begun": begun.to_json()}
        return said.to_json() | beside

    def _write(
        self,
        said: OpenRound,
        *,
        heads: dict[str, dict[str, Any] | None] | None = None,
        begun: Begun | None = None,
    ) -> OpenRound:
        begun = self._begun_in(said.id) if begun is None else begun
        row = self._row(said, begun)
        self._commit(rounds={said.id: row}, heads=heads)
        # As they are read again: a moment is of a whole second.
        self._rounds[said.id], self._begun[said.id] = OpenRound.from_json(row), Begun.from_json(row["begun"])
        return self._rounds[said.id]

    def _write_draft(self, draft: InspectionDraft) -> None:
        self._commit(drafts={draft.id: draft.to_json()})
        self._drafts[draft.id] = draft

    def _commit(
        self,
        rounds: dict[str, dict[str, Any] | None] | None = None,
        drafts: dict[str, dict[str, Any] | None] | None = None,
        heads: dict[str, dict[str, Any] | None] | None = None,
    ) -> None:
        said = {"rounds": rounds or {}, "drafts": drafts or {}, "heads": heads or {}}
        self._store.commit(
            {
                table: dict.fromkeys(self._hidden[table]) | {key(each): row for each, row in rows.items()}
                for table, rows in said.items()
            }
        )
        for hidden in self._hidden.values():
            hidden.clear()

    def _add(self, book: RecordBook, body: dict[str, Any], author: Author, **beside: Any) -> Record:
        try:
            return book.sign(body, author.owner_id, **beside)
        except RecordInvalid as invalid:
            raise RoundInvalid(invalid.reason) from invalid

    def _enter(self, inspection_id: str) -> None:
        entry = self.inspections.entry(inspection_id)
        self._of_round.setdefault(entry.record.body["round"], []).append(inspection_id)
        if kept := entry.beside.get("originals"):
            self._originals[inspection_id] = tuple(map(Picture.from_json, kept))

    def _enter_round(self, round_id: str) -> None:
        if earlier := self.closed.entry(round_id).beside.get("earlier_ids"):
            self._earlier[round_id] = tuple(earlier)

    def _inspected_at(self, inspection_id: str) -> datetime:
        """When the product was inspected first: a correction made days later is judged by that day."""
        record = self.inspections.record(inspection_id)
        while (earlier := record.body["supersedes"]) is not None and earlier in self.inspections:
            record = self.inspections.record(earlier)
        return inspection_of(record).signed_at

    def _signed_of(self, round_id: str) -> list[str]:
        ids = (*self._earlier.get(round_id, ()), round_id)
        return [inspection for each in ids for inspection in self._of_round.get(each, ())]

    def _standing(self, round_id: str) -> list[str]:
        return [each for each in self._signed_of(round_id) if each not in self._corrected]

    def _named(self, round_id: str) -> list[tuple[str, str]]:
        return [(each, self.inspections.record(each).sha256) for each in self._standing(round_id)]

    def _drafts_of(self, round_id: str) -> list[str]:
        return [draft.id for draft in self._drafts.values() if draft.round == round_id]

    def _room(self, said: OpenRound, author: Author) -> int:
        room = room_for_inspections(said, self._named(said.id), author, said.opened_at)
        return room - len(self._drafts_of(said.id))

    def _body(self, said: OpenRound, author: Author, now: datetime) -> dict[str, Any]:
        return round_body(self._without_inspected(said), self._named(said.id), author, now)

    def _content(self, said: OpenRound, author: Author) -> str:
        return hash_of(self._body(said, author, said.opened_at))

    def _without_inspected(self, said: OpenRound) -> OpenRound:
        """The round without the looks at products that were inspected in it."""
        inspected: set[str] = set()
        for each in self._standing(said.id):
            body = self.inspections.record(each).body
            inspected |= {body["gtin"] or "", *(code["text"] for code in body["codes"])}
        return replace(said, looked_at=tuple(e for e in said.looked_at if not {e.gtin or e.text, e.text} & inspected))

    def _place_of(self, draft: InspectionDraft) -> Place:
        """The place of the draft's round; of the inspection that it corrects where the round is closed."""
        if (said := self._rounds.get(draft.round)) is not None:
            return said.place
        if draft.supersedes is None or draft.supersedes not in self.inspections:
            raise RoundInvalid("round_closed")
        return inspection_of(self.inspections.record(draft.supersedes)).place

    def _kept_inspection(self, inspection_id: str, viewer: Viewer) -> KeptInspection:
        entry = self.inspections.entry(inspection_id)
        inspection = inspection_of(entry.record)
        drafts = (draft.id for draft in self._drafts.values() if draft.supersedes == inspection_id)
        correction = next(drafts, None)
        return KeptInspection(
            id=inspection_id,
            round=inspection.round,
            found=inspection.found,
            pictures=(*inspection.pictures, *self._originals.get(inspection_id, ())),
            inspection=inspection,
            entry=entry,
            corrected_by=self._corrected.get(inspection_id),
            correction_draft=correction,
            may_undo=correction is None and self.inspections.may_take_back(inspection_id),
            events=self._events.of(inspection_id, viewer.sees, kind=INSPECTION.name) if self._events else (),
        )

    def _kept_open(self, said: OpenRound) -> KeptRound:
        standing, drafts = tuple(self._standing(said.id)), tuple(self._drafts_of(said.id))
        return KeptRound(said.id, self._without_inspected(said), standing, drafts)

    def _kept_round(self, round_id: str, viewer: Viewer) -> KeptRound:
        entry = self.closed.entry(round_id)
        closed = Round.of(entry.record)
        return KeptRound(
            round_id,
            closed.said,
            tuple(inspection for inspection, _sha256 in closed.inspections),
            tuple(self._drafts_of(round_id)),
            closed,
            entry,
            self._events.of(round_id, viewer.sees, kind=ROUND.name) if self._events else (),
        )

    def _is_there(self, picture: Picture) -> bool:
        try:
            self.photos.read(picture.file.sha256)
        except PhotoUnreadable:
            return True
        except PhotoLost:
            return False
        return True

    def _drop_photos(self, pictures: tuple[Picture, ...]) -> None:
        used = {each.file.sha256 for draft in self._drafts.values() for each in draft.pictures}
        used |= {each.file.sha256 for kept in self._originals.values() for each in kept}
        for sha256 in {picture.file.sha256 for picture in pictures} - used:
            if not self.inspections.names_file(sha256):
                self.photos.remove(sha256)

    def _copy_photos(self, other: Shelf, pictures: list[Picture] | tuple[Picture, ...]) -> None:
        for picture in pictures:
            with contextlib.suppress(PhotoLost):  # told when the inspection is sent
                self.photos.keep(other.photos.read(picture.file.sha256))


def kept_draft(draft: InspectionDraft) -> KeptInspection:
    """A draft as a row of the list."""
    return KeptInspection(draft.id, draft.round, draft.found, draft.pictures, draft=draft)


def inspection_of(record: Record) -> Inspection:
    """The inspection of a record."""
    return Inspection.of(record)


def key(record_id: str) -> int:
    """The key of a record's row."""
    return uuid.UUID(record_id).int
