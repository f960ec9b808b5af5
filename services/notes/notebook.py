"""Keeps the notes of one device: durably before a method returns, and in the outbox until the server confirms them."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from services.accounts.viewer import Viewer
from services.notes import photos
from services.notes.export import Describe, Progress, write_zip
from services.notes.merging import merge
from services.notes.note import (
    MOST_PHOTOS,
    Draft,
    DraftClosed,
    Inspection,
    Note,
    NoteInvalid,
    NoteState,
    correction,
    sign,
)
from services.records.book import RecordBook, Sees, Unsent
from services.records.events import EventBook
from services.records.files import Photo, PhotoFolder, PhotoLost, PhotoUnreadable
from services.records.kind import NOTE
from services.storage.store import Migration, Recovery, Store, StoreWriteError, Tables
from services.subscriptions import Unsubscribe


class Notebook:
    """The notes of one device. Each change is on the disk when its method returns, which may raise StoreWriteError.

    Drafts are in one small file, signed notes in a RecordBook, and each photo in a file of its own. A signed note hides
    the draft with its id, so signing replaces one file only. The draft's row stays on the disk until the next write of
    drafts, as a second copy of the newest note. Safe to use from several threads.

    Screens pass their `viewer`, and then get nothing of other accounts; without a viewer, methods work on all notes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = PhotoFolder(folder / "photos")
        self.records = RecordBook(folder, NOTE, self.photos)
        self.events = EventBook(folder)
        self._drafts_store = Store(folder / "drafts.json", migrations=_DRAFT_MIGRATIONS)
        self._lock = self.records.lock
        table = self._drafts_store.table("drafts")
        self._drafts = {d["id"]: Draft.from_json(d) for d in table if d["id"] not in self.records}
        self._signed_drafts = {d.doc_id for d in table if d["id"] in self.records}
        self._discarded: set[str] = set()
        self._corrected = self.records.corrections()

    @classmethod
    def open(cls, folder: Path) -> Notebook:
        """Open or begin the notebook in `folder`. The caller holds the FolderLock. Raises StoreError."""
        return cls(folder)

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether the notebook in `folder` may hold unsent notes, told without opening it."""
        return RecordBook.has_unsent(folder, NOTE)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*filter(None, [self._drafts_store.recovered, self.events.recovered]), *self.records.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change of notes or events, from the thread that made it."""
        ends = (self.records.subscribe(callback), self.events.subscribe(callback))

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    # Drafts

    def new_draft(self, **fields: Any) -> Draft:
        """Begin a draft; the arguments are any of Draft's fields."""
        started: dict[str, Any] = {"id": str(uuid.uuid4()), "started_at": datetime.now(UTC)}
        draft = Draft(**started | fields)
        with self.records.change():
            self._write_draft(draft)
        return draft

    def correct(self, note_id: str, *, account: str | None = None, viewer: Viewer | None = None) -> Draft:
        """The account's draft that corrects a signed note: the one already begun, or else a new copy of the note.

        The signed note does not change. Photos whose files are lost are left out. Raises KeyError, StoreWriteError.
        """
        viewer = viewer or Viewer(account)
        with self._lock:
            begun = self._correction_draft(note_id, viewer)
            if begun is not None:
                return begun
            inspection = self._inspection(note_id)
            there = tuple(photo for photo in inspection.photos if self._is_there(photo))
            return self.new_draft(**correction(inspection, there), account=viewer.account)

    def save_draft(self, draft: Draft, base: Draft | None = None) -> Draft:
        """Save the draft, and return it as saved: its photos are those that add_photo and remove_photo have kept.

        So a save that was begun before a photo was added does not remove the photo. With `base`, the draft as the
        caller last knew it stored, what another window saved since then is kept too (services.notes.merging). Raises
        DraftClosed.
        """
        with self.records.change():
            if draft.id in self._discarded or draft.id in self.records:
                raise DraftClosed(draft.id)
            if draft.id in self._drafts:
                stored = self._drafts[draft.id]
                draft = merge(base, draft, stored) if base else replace(draft, photos=stored.photos)
            self._write_draft(draft)
        return draft

    def draft(self, draft_id: str, *, viewer: Viewer | None = None) -> Draft | None:
        """The draft with this id, or None where the viewer has none."""
        with self._lock:
            draft = self._drafts.get(draft_id)
            return draft if draft and _sees(viewer)(draft.account) else None

    def drafts(self, *, viewer: Viewer | None = None) -> list[Draft]:
        """The viewer's drafts, in the order in which they were begun, the latest first."""
        with self._lock:
            return [draft for draft in reversed(self._drafts.values()) if _sees(viewer)(draft.account)]

    def discard_draft(self, draft_id: str) -> None:
        """Throw a draft and its photos away, as the person asked."""
        with self.records.change():
            draft = self._drafts.get(draft_id)
            if draft is not None:
                self._write_drafts({_key(draft_id): None})
                del self._drafts[draft_id]
                self._discarded.add(draft_id)
                self._drop_photos(draft.photos)
                # The earlier generation of the file is to lose its words too. The draft is thrown away whether or not
                # the disk takes that; the next write does it then.
                with contextlib.suppress(StoreWriteError):
                    self._write_drafts({})

    def add_photo(self, draft_id: str, picture: bytes) -> Draft:
        """Prepare a picture, keep it, and put it into the draft. Raises BadPicture, NoteInvalid, DraftClosed."""
        jpeg = photos.prepare(picture)
        with self.records.change():
            draft = self._open_draft(draft_id)
            if len(draft.photos) >= MOST_PHOTOS:
                raise NoteInvalid("too_many_photos")
            photo = self.photos.keep(jpeg)
            if photo not in draft.photos:
                draft = replace(draft, photos=(*draft.photos, photo))
                self._write_draft(draft)
        return draft

    def remove_photo(self, draft_id: str, sha256: str) -> Draft:
        """Take a photo out of a draft. Raises DraftClosed."""
        with self.records.change():
            draft = self._open_draft(draft_id)
            removed = tuple(photo for photo in draft.photos if photo.sha256 == sha256)
            draft = replace(draft, photos=tuple(photo for photo in draft.photos if photo not in removed))
            self._write_draft(draft)
            self._drop_photos(removed)
        return draft

    def sign(
        self,
        draft_id: str,
        *,
        account: str | None,
        device: str,
        now: datetime,
        clock_offset: int | None,
        viewer: Viewer | None = None,
    ) -> Inspection:
        """Turn a draft into a note that never changes again. Raises DraftClosed, NoteInvalid, StoreWriteError.

        `account` is the name that the note carries, `viewer` the account whose note it is (unless given, that name).
        Another account's draft counts as closed.
        """
        viewer = viewer or Viewer(account)
        owner_id = None if viewer.account == account else viewer.account
        with self.records.change():
            draft = self._open_draft(draft_id)
            if not viewer.sees(draft.account):
                raise DraftClosed(draft_id)
            if account is None and draft.supersedes and draft.supersedes in self.records:
                # Without an account the server knows the sender by the device, which is another one after a copy.
                device = self.records.record(draft.supersedes).device
            inspection = sign(
                draft, account=account, device=device, now=now, clock_offset=clock_offset, owner_id=owner_id
            )
            self.records.add(inspection, product_name=inspection.product_name)
            del self._drafts[draft_id]
            self._signed_drafts.add(_key(draft_id))
            if draft.supersedes:
                self._corrected[draft.supersedes] = inspection.id
        return inspection

    def renew_drafts(self) -> None:
        """Give each draft another id: in a copied folder, the original's and the copy's become two notes."""
        with self.records.change():
            renewed = [replace(draft, id=str(uuid.uuid4())) for draft in self._drafts.values()]
            gone: dict[int, dict[str, Any] | None] = {_key(draft_id): None for draft_id in self._drafts}
            if renewed:
                self._write_drafts(gone | {_key(draft.id): draft.to_json() for draft in renewed})
                self._drafts = {draft.id: draft for draft in renewed}

    @staticmethod
    def may_hold(folder: Path, viewer: Viewer) -> bool:
        """Whether there may be unsent notes or drafts of this viewer's account in `folder`, told without opening it."""
        if Notebook.has_unsent(folder):
            return True
        try:
            drafts = (folder / "drafts.json").read_bytes()
        except OSError:
            return False
        names = [name for name in (viewer.account, *viewer.names) if name]
        return any(name.encode() in drafts or json.dumps(name)[1:-1].encode() in drafts for name in names)

    def bring_back(self, other: Notebook, viewer: Viewer) -> int:
        """Copy the notes of the viewer's account that wait in another notebook, move its drafts, and say how many.

        A draft is here before it is gone there. Raises StoreWriteError.
        """
        brought = 0
        for note in other.notes(viewer=viewer, limit=other.count()):
            owner = note.draft.account if note.draft else note.inspection.owner if note.inspection else None
            if not viewer.owns(owner) or note.state is NoteState.RECEIVED or note.id in self.records:
                continue
            for photo in note.photos:
                with contextlib.suppress(PhotoLost):  # told when the note is sent
                    self.photos.keep(other.photos.read(photo.sha256))
            if note.draft:
                if note.id not in self._drafts:
                    with self.records.change():
                        self._write_draft(note.draft)
                other.discard_draft(note.id)
            else:
                self.records.take_over(other.records.entry(note.id))
            brought += 1
        return brought

    # The list

    def note(self, note_id: str, *, viewer: Viewer | None = None) -> Note | None:
        """The draft or signed note with this id, or None where the viewer has none."""
        with self._lock:
            if note_id in self._drafts:
                draft = self.draft(note_id, viewer=viewer)
                return Note(note_id, NoteState.DRAFT, draft=draft) if draft else None
            if note_id not in self.records:
                return None
            note = self._note(note_id, viewer)
            return note if note.inspection and _sees(viewer)(note.inspection.account) else None

    def notes(self, *, viewer: Viewer | None = None, limit: int = 50, offset: int = 0) -> list[Note]:
        """Drafts, then signed notes, each newest first by the order in which they were begun or signed."""
        with self._lock:
            drafts = self.drafts(viewer=viewer)
            begin = max(0, offset - len(drafts))
            end = max(0, offset + limit - len(drafts))
            rows = [Note(d.id, NoteState.DRAFT, draft=d) for d in drafts[offset : offset + limit]]
            signed = islice(self.records.newest(_sees(viewer)), begin, end)
            return rows + [self._note(note_id, viewer) for note_id in signed]

    def set_aside(self, *, viewer: Viewer | None = None) -> list[Note]:
        """The refused notes that no later note corrects, newest first: somebody has to deal with them."""
        with self._lock:
            refused = self.records.refused(_sees(viewer))
            return [self._note(note_id, viewer) for note_id in refused if note_id not in self._corrected]

    def count(self, *, viewer: Viewer | None = None) -> int:
        """The number of drafts and signed notes."""
        return sum(self.counts(viewer=viewer).values())

    def counts(self, *, viewer: Viewer | None = None) -> dict[NoteState, int]:
        """How many notes are in each state."""
        with self._lock:
            signed = self.records.counts(_sees(viewer))
            states = {NoteState(state.value): n for state, n in signed.items()}
            states[NoteState.DRAFT] = len(self.drafts(viewer=viewer))
            return {state: states.get(state, 0) for state in NoteState}

    def outbox(self) -> list[Inspection]:
        """Notes still to be sent, wholly or in part, in the order in which they are tried."""
        with self._lock:
            return [self._inspection(record.id) for record in self.records.outbox()]

    def waiting_of(self, viewer: Viewer) -> tuple[int, int]:
        """The numbers of notes that wait to be sent: the viewer's own, and those of all other accounts."""
        return viewer.share(self.records.waiting_by_account())

    def unsent(self, *, viewer: Viewer | None = None) -> Unsent:
        """How much still has to be sent."""
        return self.records.unsent(_sees(viewer))

    def retry(self, note_id: str) -> None:
        """Put a refused note back into the outbox."""
        self.records.retry(note_id)

    def export(
        self,
        target: IO[bytes],
        notes: Sequence[Note] | None = None,
        *,
        describe: Describe | None = None,
        progress: Progress = lambda _done, _total: True,
    ) -> int | None:
        """Write these notes, or all, as a zip; returns how many photos are left out (services.notes.export)."""
        chosen = self.notes(limit=self.count()) if notes is None else notes
        return write_zip(target, chosen, self.photos, describe=describe, progress=progress)

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._drafts_store.close()
            self.records.close()
            self.events.close()

    def _open_draft(self, draft_id: str) -> Draft:
        if draft_id not in self._drafts:
            raise DraftClosed(draft_id)
        return self._drafts[draft_id]

    def _write_draft(self, draft: Draft) -> None:
        self._write_drafts({_key(draft.id): draft.to_json()})
        self._drafts[draft.id] = draft

    def _write_drafts(self, rows: dict[int, dict[str, Any] | None]) -> None:
        self._drafts_store.commit({"drafts": dict.fromkeys(self._signed_drafts) | rows})
        self._signed_drafts.clear()

    def _drop_photos(self, removed: tuple[Photo, ...]) -> None:
        used = {photo.sha256 for draft in self._drafts.values() for photo in draft.photos}
        for photo in removed:
            if photo.sha256 not in used and not self.records.names_file(photo.sha256):
                self.photos.remove(photo.sha256)

    def _is_there(self, photo: Photo) -> bool:
        try:
            self.photos.read(photo.sha256)
        except PhotoUnreadable:
            return True
        except PhotoLost:
            return False
        return True

    def _correction_draft(self, note_id: str, viewer: Viewer | None) -> Draft | None:
        return next((draft for draft in self.drafts(viewer=viewer) if draft.supersedes == note_id), None)

    def _inspection(self, note_id: str) -> Inspection:
        entry = self.records.entry(note_id)
        return Inspection.of(entry.record, entry.beside["product_name"])

    def _note(self, note_id: str, viewer: Viewer | None) -> Note:
        entry = self.records.entry(note_id)
        begun = self._correction_draft(note_id, viewer)
        return Note(
            id=note_id,
            state=NoteState(entry.state.value),
            inspection=Inspection.of(entry.record, entry.beside["product_name"]),
            reason=entry.reason,
            detail=entry.detail,
            photos_sent=entry.files_sent,
            received_at=entry.received_at,
            corrected_by=self._corrected.get(note_id),
            correction_draft=begun.id if begun else None,
            events=self.events.of(note_id, _sees(viewer)),
        )


def _drafts_of_nobody(tables: Tables) -> Tables:
    """Migrate from schema 1, whose drafts do not say who began them, to schema 2."""
    drafts = {key: {**draft, "account": None} for key, draft in tables.get("drafts", {}).items()}
    return {**tables, "drafts": drafts}


_DRAFT_MIGRATIONS: tuple[Migration, ...] = (_drafts_of_nobody,)


def _sees(viewer: Viewer | None) -> Sees:
    return viewer.sees if viewer else lambda _account: True


def _key(note_id: str) -> int:
    return uuid.UUID(note_id).int
