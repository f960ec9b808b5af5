"""The notes of one device: durable before a method returns, and in the outbox until the server has confirmed them."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from services.accounts.viewer import Viewer
from services.client.answers import Receipt
from services.notes import photos
from services.notes.export import Describe, Progress, write_zip
from services.notes.note import (
    MOST_PHOTOS,
    Draft,
    DraftClosed,
    Inspection,
    Note,
    NoteInvalid,
    NoteState,
    correction,
    rfc3339,
    sign,
)
from services.notes.photos import Photo, PhotoFolder, PhotoLost
from services.storage.segments import Segments
from services.storage.store import (
    Migration,
    Recovery,
    Store,
    StoreWriteError,
    Tables,
    make_folder,
)
from services.subscriptions import Subscriptions, Unsubscribe


class Unsent(NamedTuple):
    """What the server has not confirmed: so many notes, so many photos of these and of others, and the photos' size."""

    notes: int
    photos: int
    photo_bytes: int


class Notebook:
    """The notes of one device. What a method changed is on the disk when it returns; it may raise StoreWriteError.

    Drafts are one small file, signed notes are in segments, photos are files of their own. A signed note hides the
    draft with its id, so signing is one replace; the draft's row leaves the disk with the next write of drafts, and
    until then it is a second copy of the youngest note. Safe to use from several threads.

    Screens name their `viewer`, who then finds nothing of other accounts; without one, methods work on everything.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = PhotoFolder(folder / "photos")
        self._drafts_store = Store(folder / "drafts.json", migrations=_DRAFT_MIGRATIONS)
        self._notes = Segments(folder / "notes")
        self._lock = threading.RLock()
        self._changed = Subscriptions()
        self._entered = Subscriptions()
        self._sending: str | None = None
        self._failures: dict[str, tuple[int, str]] = {}  # of each note: how often it failed, and why it waits
        table = self._drafts_store.table("drafts")
        self._drafts = {d["id"]: Draft.from_json(d) for d in table if d.doc_id not in self._notes}
        self._signed_drafts = {d.doc_id for d in table if d.doc_id in self._notes}
        self._discarded: set[str] = set()
        rows = [self._notes.get(key) for key in self._notes]
        self._waiting = {_key(row["id"]) for row in rows if _is_waiting(row)}
        self._corrected = {row["body"]["supersedes"]: str(row["id"]) for row in rows if row["body"]["supersedes"]}

    @classmethod
    def open(cls, folder: Path) -> Notebook:
        """Open or begin the notebook in `folder`. The caller holds the FolderLock. Raises StoreError."""
        return cls(folder)

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether the notebook in `folder` may hold unsent notes, told without opening it."""
        return _unsent_mark(folder).exists()

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*filter(None, [self._drafts_store.recovered]), *self._notes.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def subscribe_outbox(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` when a note has entered the outbox: signed, or to be tried again."""
        return self._entered.add(callback)

    # Drafts

    def new_draft(self, **fields: Any) -> Draft:
        """Begin a draft with any of Draft's fields given."""
        started: dict[str, Any] = {"id": str(uuid.uuid4()), "started_at": datetime.now(UTC)}
        draft = Draft(**started | fields)
        with self._change():
            self._write_draft(draft)
        return draft

    def correct(self, note_id: str, *, account: str | None = None) -> Draft:
        """The account's draft that corrects a signed note: one already begun, or a new one that says what that says.

        The note itself stays as it is. Photos whose files are lost are left out. Raises KeyError, StoreWriteError.
        """
        with self._lock:
            begun = self._correction_draft(note_id, Viewer(account))
            if begun is not None:
                return begun
            inspection = _inspection(self._notes.get(_key(note_id)))
            there = tuple(photo for photo in inspection.photos if self._is_there(photo))
            return self.new_draft(**correction(inspection, there), account=account)

    def save_draft(self, draft: Draft) -> Draft:
        """Keep the draft as it is now, and return what was kept: its photos are those of add_photo and remove_photo.

        So a save that was begun before a photo came does not undo it. Raises DraftClosed when it comes too late.
        """
        with self._change():
            if draft.id in self._discarded or _key(draft.id) in self._notes:
                raise DraftClosed(draft.id)
            if draft.id in self._drafts:
                draft = replace(draft, photos=self._drafts[draft.id].photos)
            self._write_draft(draft)
        return draft

    def draft(self, draft_id: str, *, viewer: Viewer | None = None) -> Draft | None:
        """The draft with this id, where there is one for the viewer."""
        with self._lock:
            draft = self._drafts.get(draft_id)
            return draft if draft and _sees(viewer, draft.account) else None

    def drafts(self, *, viewer: Viewer | None = None) -> list[Draft]:
        """The viewer's drafts, the last begun first, whatever the clock said."""
        with self._lock:
            return [draft for draft in reversed(self._drafts.values()) if _sees(viewer, draft.account)]

    def discard_draft(self, draft_id: str) -> None:
        """Throw a draft and its photos away, as the person asked."""
        with self._change():
            draft = self._drafts.get(draft_id)
            if draft is not None:
                self._write_drafts({_key(draft_id): None})
                del self._drafts[draft_id]
                self._discarded.add(draft_id)
                self._drop_photos(draft.photos)

    def add_photo(self, draft_id: str, picture: bytes) -> Draft:
        """Prepare a picture, keep it, and put it into the draft. Raises BadPicture, NoteInvalid, DraftClosed."""
        jpeg = photos.prepare(picture)
        with self._change():
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
        with self._change():
            draft = self._open_draft(draft_id)
            removed = tuple(photo for photo in draft.photos if photo.sha256 == sha256)
            draft = replace(draft, photos=tuple(photo for photo in draft.photos if photo not in removed))
            self._write_draft(draft)
            self._drop_photos(removed)
        return draft

    def sign(
        self, draft_id: str, *, account: str | None, device: str, now: datetime, clock_offset: int | None
    ) -> Inspection:
        """Turn a draft into a note that never changes again. Raises DraftClosed, NoteInvalid, StoreWriteError.

        For an account, another's draft is as good as closed.
        """
        with self._change():
            draft = self._open_draft(draft_id)
            if not Viewer(account).sees(draft.account):
                raise DraftClosed(draft_id)
            inspection = sign(draft, account=account, device=device, now=now, clock_offset=clock_offset)
            self._write_note(
                {
                    "id": inspection.id,
                    "body": inspection.body,
                    "sha256": inspection.sha256,
                    "product_name": inspection.product_name,
                    "received_at": None,
                    "photos_sent": [],
                    "refused": None,
                }
            )
            del self._drafts[draft_id]
            self._signed_drafts.add(_key(draft_id))
            if draft.supersedes:
                self._corrected[draft.supersedes] = inspection.id
        self._entered.notify()
        return inspection

    # The list

    def note(self, note_id: str, *, viewer: Viewer | None = None) -> Note | None:
        """The draft or signed note with this id, where there is one for the viewer."""
        with self._lock:
            if note_id in self._drafts:
                draft = self.draft(note_id, viewer=viewer)
                return Note(note_id, NoteState.DRAFT, draft=draft) if draft else None
            if not _is_uuid(note_id):  # it comes from an address that anybody may have typed
                return None
            there = _key(note_id) in self._notes and self._is_seen(_key(note_id), viewer)
            return self._note(_key(note_id), viewer) if there else None

    def notes(self, *, viewer: Viewer | None = None, limit: int = 50, offset: int = 0) -> list[Note]:
        """Drafts, then signed notes, each newest first (by order of signing, whatever the clock said)."""
        with self._lock:
            drafts = self.drafts(viewer=viewer)
            begin = max(0, offset - len(drafts))
            end = max(0, offset + limit - len(drafts))
            rows = [Note(d.id, NoteState.DRAFT, draft=d) for d in drafts[offset : offset + limit]]
            return rows + [self._note(key, viewer) for key in islice(self._newest(viewer), begin, end)]

    def set_aside(self, *, viewer: Viewer | None = None) -> list[Note]:
        """The notes that were refused and that no later note corrects: somebody has to see to them. Newest first."""
        with self._lock:
            keys = [key for key in self._newest(viewer) if self._notes.get(key)["refused"]]
            return [note for note in (self._note(key, viewer) for key in keys) if note.corrected_by is None]

    def count(self, *, viewer: Viewer | None = None) -> int:
        """How many drafts and signed notes there are."""
        return sum(self.counts(viewer=viewer).values())

    def counts(self, *, viewer: Viewer | None = None) -> dict[NoteState, int]:
        """How many notes are in each state."""
        with self._lock:
            states = Counter(self._state(self._notes.get(key)) for key in self._newest(viewer))
            states[NoteState.DRAFT] = len(self.drafts(viewer=viewer))
            return {state: states[state] for state in NoteState}

    # The outbox

    def outbox(self) -> list[Inspection]:
        """Notes still to be sent, wholly or in part: those that failed least in this run first, then oldest first."""
        with self._lock:
            waiting = [self._notes.get(key) for key in self._notes if key in self._waiting]
            waiting.sort(key=lambda row: self._failures.get(row["id"], (0, ""))[0])
            return [_inspection(row) for row in waiting]

    def waiting_of(self, account: str | None) -> tuple[int, int]:
        """How many notes wait to be sent: those signed under this account, and those under any other."""
        with self._lock:
            accounts = Counter(self._account(key) for key in self._waiting)
        return accounts[account], sum(n for other, n in accounts.items() if other not in (None, account))

    def unsent(self, *, viewer: Viewer | None = None) -> Unsent:
        """How much there is to be sent."""
        with self._lock:
            rows = [self._notes.get(key) for key in self._waiting if self._is_seen(key, viewer)]
            sizes = [p["size"] for row in rows for p in row["body"]["photos"] if p["sha256"] not in row["photos_sent"]]
            return Unsent(sum(row["received_at"] is None for row in rows), len(sizes), sum(sizes))

    def unsent_photos(self, note_id: str) -> list[Photo]:
        """The note's photos the server has not confirmed."""
        with self._lock:
            row = self._notes.get(_key(note_id))
            return [photo for photo in _inspection(row).photos if photo.sha256 not in row["photos_sent"]]

    def has_receipt(self, note_id: str) -> bool:
        """Whether the server has confirmed the note itself (its photos apart)."""
        with self._lock:
            return self._notes.get(_key(note_id))["received_at"] is not None

    def mark_sending(self, note_id: str | None) -> None:
        """Say which note is on its way now; kept in memory only, since after a restart none is."""
        with self._change():
            self._sending = note_id

    def record_failure(self, note_id: str, reason: str) -> None:
        """Remember, in memory only, that a try failed: shown with the note, and others go first next time."""
        with self._change():
            self._failures[note_id] = (self._failures.get(note_id, (0, ""))[0] + 1, reason)

    def record_waiting(self, note_id: str, reason: str) -> None:
        """Remember, in memory only, what a note waits for; it was not tried, so it has not failed."""
        failed, earlier = self._failures.get(note_id, (0, ""))
        if reason != earlier:
            with self._change():
                self._failures[note_id] = (failed, reason)

    def record_receipt(self, receipt: Receipt) -> None:
        """Keep the server's receipt. Raises ValueError where it is not this note's, KeyError for an unknown note."""
        with self._change():
            row = self._notes.get(_key(receipt.id))
            if row["sha256"] != receipt.sha256:
                raise ValueError("the receipt is for another body")
            named = {photo["sha256"] for photo in row["body"]["photos"]}
            # Its word alone: a server restored from a backup no longer has what it said it had.
            sent = sorted(receipt.photos_stored & named)
            self._write_note(row, received_at=rfc3339(receipt.received_at), photos_sent=sent, refused=None)

    def record_photo(self, note_id: str, sha256: str) -> None:
        """Keep that the server has stored this photo of the note."""
        with self._change():
            row = self._notes.get(_key(note_id))
            self._write_note(row, photos_sent=sorted({*row["photos_sent"], sha256}))

    def record_refusal(self, note_id: str, code: str, detail: str) -> None:
        """Set a note aside: it stays visible and can be exported or tried again, and holds up no other."""
        with self._change():
            self._write_note(self._notes.get(_key(note_id)), refused={"code": code, "detail": detail})

    def retry(self, note_id: str) -> None:
        """Put a refused note back into the outbox."""
        with self._change():
            self._write_note(self._notes.get(_key(note_id)), refused=None)
        self._entered.notify()

    def export(
        self,
        target: IO[bytes],
        notes: Sequence[Note] | None = None,
        *,
        describe: Describe | None = None,
        progress: Progress = lambda _done, _total: True,
    ) -> bool:
        """Write these notes, or all, as a zip: see services.export.write_zip. False: `progress` ended it."""
        chosen = self.notes(limit=self.count()) if notes is None else notes
        return write_zip(target, chosen, self.photos, describe=describe, progress=progress)

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._drafts_store.close()
            self._notes.close()

    def _account(self, key: int) -> str | None:
        account: str | None = self._notes.get(key)["body"]["account"]
        return account

    def _is_seen(self, key: int, viewer: Viewer | None) -> bool:
        return _sees(viewer, self._account(key))

    def _newest(self, viewer: Viewer | None) -> Iterator[int]:
        """The keys of the viewer's signed notes, the last signed first."""
        return (key for key in reversed(self._notes) if self._is_seen(key, viewer))

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self._lock:
            yield
        self._changed.notify()

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

    def _write_note(self, row: Mapping[str, Any], **fields: Any) -> None:
        row = dict(row) | fields
        key = _key(row["id"])
        if _is_waiting(row):
            # Before the note, so that no unsent note is ever without it.
            self._mark_unsent()
        self._notes.put(key, row)
        self._failures.pop(row["id"], None)
        if _is_waiting(row):
            self._waiting.add(key)
            return
        self._waiting.discard(key)
        if not self._waiting:
            # What was recorded is on the disk: a mark that stays only has the device opened at the next start.
            with contextlib.suppress(OSError):
                _unsent_mark(self.folder).unlink()

    def _mark_unsent(self) -> None:
        mark = _unsent_mark(self.folder)
        make_folder(mark.parent)
        try:
            mark.touch(mode=0o600)
        except OSError as error:
            raise StoreWriteError(mark, error.strerror or str(error)) from error

    def _drop_photos(self, removed: tuple[Photo, ...]) -> None:
        used = {photo.sha256 for draft in self._drafts.values() for photo in draft.photos}
        used |= {p["sha256"] for key in self._notes for p in self._notes.get(key)["body"]["photos"]}
        for photo in removed:
            if photo.sha256 not in used:
                self.photos.remove(photo.sha256)

    def _is_there(self, photo: Photo) -> bool:
        try:
            self.photos.read(photo.sha256)
        except PhotoLost:
            return False
        return True

    def _correction_draft(self, note_id: str, viewer: Viewer | None) -> Draft | None:
        return next((draft for draft in self.drafts(viewer=viewer) if draft.supersedes == note_id), None)

    def _state(self, row: Mapping[str, Any]) -> NoteState:
        if row["refused"]:
            return NoteState.REFUSED
        if not _is_waiting(row):
            return NoteState.RECEIVED
        return NoteState.SENDING if row["id"] == self._sending else NoteState.WAITING

    def _note(self, key: int, viewer: Viewer | None) -> Note:
        row = self._notes.get(key)
        state = self._state(row)
        reason = self._failures.get(row["id"], (0, None))[1]
        begun = self._correction_draft(row["id"], viewer)
        return Note(
            id=row["id"],
            state=state,
            inspection=_inspection(row),
            reason=row["refused"]["code"] if row["refused"] else reason,
            detail=row["refused"]["detail"] if row["refused"] else None,
            photos_sent=len(row["photos_sent"]),
            received_at=datetime.fromisoformat(row["received_at"]) if row["received_at"] else None,
            corrected_by=self._corrected.get(row["id"]),
            correction_draft=begun.id if begun else None,
        )


def _is_uuid(note_id: str) -> bool:
    try:
        uuid.UUID(note_id)
    except ValueError:
        return False
    return True


def _drafts_of_nobody(tables: Tables) -> Tables:
    """From schema 1, whose drafts do not say who began them, to schema 2."""
    drafts = {key: {**draft, "account": None} for key, draft in tables.get("drafts", {}).items()}
    return {**tables, "drafts": drafts}


_DRAFT_MIGRATIONS: tuple[Migration, ...] = (_drafts_of_nobody,)


def _sees(viewer: Viewer | None, account: str | None) -> bool:
    return viewer is None or viewer.sees(account)


def _key(note_id: str) -> int:
    return uuid.UUID(note_id).int


def _is_waiting(row: Mapping[str, Any]) -> bool:
    """Whether something of a signed note is still to be sent."""
    if row["refused"]:
        return False
    return row["received_at"] is None or len(row["photos_sent"]) < len(row["body"]["photos"])


def _inspection(row: Mapping[str, Any]) -> Inspection:
    return Inspection(row["id"], row["body"], row["sha256"], row["product_name"])


def _unsent_mark(folder: Path) -> Path:
    """A file that is there while notes are unsent. Beside the segments, so that their folder's fsync covers it."""
    return folder / "notes" / "unsent"
