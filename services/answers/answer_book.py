"""Keeps the answers of one device: while they are written, and in the outbox until the server confirms them."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.accounts.viewer import Viewer
from services.answers.answer import MOST_PHOTOS, Answer, AnswerDraft, AnswerInvalid, body_of, merge
from services.notes import photos
from services.records.book import RecordBook, RecordState
from services.records.chain import Signer
from services.records.events import Event
from services.records.files import Photo, PhotoFolder, PhotoLost
from services.records.kind import ANSWER
from services.records.record import RecordInvalid
from services.storage.store import Recovery, Store, StoreWriteError
from services.subscriptions import Unsubscribe

_DRAFTS = "answer_drafts.json"


class AnswerClosed(Exception):
    """There is no such draft any more: it was signed, or another window has answered."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer and where its record stands. `reason` and `detail` are as a note has them."""

    answer: Answer
    state: RecordState
    reason: str | None
    detail: str | None
    photos_sent: int
    received_at: datetime | None


class AnswerBook:
    """The answers of one device. Each change is on the disk when its method returns, which may raise StoreWriteError.

    There is one draft for each event, and a signed answer hides it. Safe to use from several threads. Screens pass
    their `viewer`, and get nothing of other accounts.
    """

    def __init__(self, folder: Path, signer: Signer | None = None) -> None:
        """Open or begin the answers in `folder`; `signer` chains them. The caller holds the FolderLock.

        Raises StoreError.
        """
        self.photos = PhotoFolder(folder / "answer_photos")
        self.records = RecordBook(folder, ANSWER, self.photos, signer or Signer())
        self._store = Store(folder / _DRAFTS)
        drafts = map(AnswerDraft.from_json, self._store.table("drafts"))
        self._drafts = {draft.id: draft for draft in drafts if draft.id not in self.records}
        self._begun: dict[tuple[str, str | None], AnswerDraft] = {}  # by event and account, with nothing in them yet

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether the book in `folder` may hold unsent answers, told without opening it."""
        return RecordBook.has_unsent(folder, ANSWER)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*([self._store.recovered] if self._store.recovered else []), *self.records.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self.records.subscribe(callback)

    def begin(self, event: Event, viewer: Viewer) -> AnswerDraft:
        """The viewer's draft of an answer to this event, or a new one, which is kept once something is in it."""
        new = AnswerDraft(str(uuid.uuid4()), datetime.now(UTC), event.id, event.kind, event.record, viewer.account)
        with self.records.lock:
            kept = next((draft for draft in self.drafts(viewer) if draft.event == event.id), None)
            # Two windows that begin before either has written get the same one, so that only one of them answers.
            return kept or self._begun.setdefault((event.id, viewer.account), new)

    def drafts(self, viewer: Viewer) -> list[AnswerDraft]:
        """The viewer's drafts."""
        with self.records.lock:
            return [draft for draft in self._drafts.values() if viewer.owns(draft.account)]

    def save(self, draft: AnswerDraft, base: AnswerDraft) -> AnswerDraft:
        """Save the text written since `base`, the draft as last known stored; returns what is stored now.

        What another window wrote meanwhile is kept too; photos are those of add_photo and remove_photo. Raises
        AnswerClosed.
        """
        with self.records.change():
            stored = self._open(draft)
            return self._write(merge(base, draft, stored))

    def add_photo(self, draft: AnswerDraft, picture: bytes) -> AnswerDraft:
        """Prepare a picture, keep it, and put it into the draft. Raises BadPicture, AnswerInvalid, AnswerClosed."""
        jpeg = photos.prepare(picture)
        with self.records.change():
            stored = self._open(draft)
            if len(stored.photos) >= MOST_PHOTOS:
                raise AnswerInvalid("too_many_photos")
            photo = self.photos.keep(jpeg)
            return stored if photo in stored.photos else self._write(replace(stored, photos=(*stored.photos, photo)))

    def remove_photo(self, draft: AnswerDraft, sha256: str) -> AnswerDraft:
        """Take a photo out of the draft. Raises AnswerClosed."""
        with self.records.change():
            stored = self._open(draft)
            kept = tuple(photo for photo in stored.photos if photo.sha256 != sha256)
            stored = self._write(replace(stored, photos=kept))
            drafts = {photo.sha256 for each in self._drafts.values() for photo in each.photos}
            if sha256 not in drafts and not self.records.names_file(sha256):
                self.photos.remove(sha256)
            return stored

    def sign(
        self,
        draft: AnswerDraft,
        *,
        account: str,
        viewer: Viewer,
        device: str,
        now: datetime,
        clock_offset: int | None,
    ) -> Answer:
        """Turn a draft into an answer that never changes again. Raises AnswerClosed, AnswerInvalid, StoreWriteError.

        `account` is the name that the answer carries, `viewer` the account whose it is.
        """
        owner_id = None if viewer.account == account else viewer.account
        with self.records.change():
            stored = self._open(draft)
            if not viewer.owns(stored.account):
                raise AnswerClosed(draft.id)
            body = body_of(stored, account=account, device=device, now=now, clock_offset=clock_offset)
            try:
                answer = Answer.of(self.records.sign(body, owner_id))
            except RecordInvalid as invalid:
                raise AnswerInvalid(invalid.reason) from invalid
            self._drafts.pop(stored.id, None)
            self._begun.pop((stored.event, stored.account), None)
            with contextlib.suppress(StoreWriteError):  # the answer is kept, and hides the draft
                self._store.commit({"drafts": {_key(stored.id): None}})
        return answer

    def answers(self, viewer: Viewer, event: str | None = None) -> list[KeptAnswer]:
        """The viewer's answers (to this event), newest first."""
        with self.records.lock:
            kept = [self._kept(record_id) for record_id in self.records.newest(viewer.owns)]
        return [each for each in kept if event in (None, each.answer.event)]

    def answered(self, viewer: Viewer) -> frozenset[str]:
        """The ids of the events that the viewer has answered."""
        return frozenset(kept.answer.event for kept in self.answers(viewer))

    def retry(self, answer_id: str) -> None:
        """Put a refused answer back into the outbox."""
        self.records.retry(answer_id)

    def renew_drafts(self) -> None:
        """Give each draft another id: in a copied folder, the original's and the copy's become two answers."""
        with self.records.change():
            renewed = [replace(draft, id=str(uuid.uuid4())) for draft in self._drafts.values()]
            rows: dict[int, dict[str, Any] | None] = {_key(draft_id): None for draft_id in self._drafts}
            if renewed:
                self._store.commit({"drafts": rows | {_key(draft.id): draft.to_json() for draft in renewed}})
                self._drafts = {draft.id: draft for draft in renewed}

    @staticmethod
    def may_hold(folder: Path, viewer: Viewer) -> bool:
        """Whether there may be unsent answers or drafts of this viewer's account in `folder`, told without opening."""
        if AnswerBook.has_unsent(folder):
            return True
        try:
            drafts = (folder / _DRAFTS).read_bytes()
        except OSError:
            return False
        return any(json.dumps(name)[1:-1].encode() in drafts for name in (viewer.account, *viewer.names) if name)

    def bring_back(self, other: AnswerBook, viewer: Viewer) -> int:
        """Copy the answers of the viewer's account that wait in another book, move its drafts, and say how many.

        A draft is here before it is gone there. Raises StoreWriteError.
        """
        brought = 0
        for kept in other.answers(viewer):
            if kept.state is not RecordState.RECEIVED and kept.answer.id not in self.records:
                self._copy_photos(other, kept.answer.files)
                self.records.take_over(other.records.entry(kept.answer.id))
                brought += 1
        for draft in other.drafts(viewer):
            if draft.id not in self._drafts and draft.id not in self.records:
                self._copy_photos(other, draft.photos)
                with self.records.change():
                    self._write(draft)
                with other.records.change():
                    other._store.commit({"drafts": {_key(draft.id): None}})
                    other._drafts.pop(draft.id, None)
                brought += 1
        return brought

    def close(self) -> None:
        """Refuse every later change."""
        with self.records.lock:
            self._store.close()
            self.records.close()

    def _copy_photos(self, other: AnswerBook, files: Iterable[Photo]) -> None:
        for photo in files:
            with contextlib.suppress(PhotoLost):  # told when the answer is sent
                self.photos.keep(other.photos.read(photo.sha256))

    def _open(self, draft: AnswerDraft) -> AnswerDraft:
        if draft.id in self.records:
            raise AnswerClosed(draft.id)
        return self._drafts.get(draft.id, draft)

    def _write(self, draft: AnswerDraft) -> AnswerDraft:
        self._store.commit({"drafts": {_key(draft.id): draft.to_json()}})
        self._drafts[draft.id] = draft
        return draft

    def _kept(self, record_id: str) -> KeptAnswer:
        entry = self.records.entry(record_id)
        return KeptAnswer(
            Answer.of(entry.record), entry.state, entry.reason, entry.detail, entry.files_sent, entry.received_at
        )


def _key(draft_id: str) -> int:
    return uuid.UUID(draft_id).int
