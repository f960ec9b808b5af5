"""Keeps the reports of one device: while they are written, until the server confirms them, and what is said of them."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.accounts.viewer import Viewer
from services.client.answers import ReportAnswer
from services.notes import photos
from services.records.book import Entry, RecordBook, RecordState
from services.records.events import Event
from services.records.files import PhotoFolder, PhotoLost
from services.records.kind import REPORT
from services.reports.report import MOST_PHOTOS, Report, ReportDraft, ReportInvalid, Subject, merge, sign
from services.reports.secret_file import Secret, SecretFile
from services.storage.store import Recovery, Store, StoreWriteError
from services.subscriptions import Subscriptions, Unsubscribe

_MOST_ASKED = 20
"""So many reports are asked after in one pass, the newest."""


class ReportClosed(Exception):
    """There is no such draft any more: it was sent off or discarded."""


@dataclass(frozen=True)
class KeptReport:
    """A row of the list of reports: what it says, where its record stands, and what the office said, oldest first.

    `reason` and `detail` are as a note has them. `address` is for people: it shows what became of the report, and is
    None while no server is known. `stage` is the office's state of it, None until the server was asked.
    """

    report: Report
    state: RecordState
    reason: str | None
    detail: str | None
    photos_sent: int
    received_at: datetime | None
    address: str | None
    stage: str | None = None
    events: tuple[Event, ...] = ()


class ReportBook:
    """The reports of one device. Each change is on the disk when its method returns, which may raise StoreWriteError.

    Drafts and answers are in one small file, secrets in another, reports in a RecordBook, and each photo in a file of
    its own. A signed report hides the draft with its id, as in the notebook. Safe to use from several threads.

    Screens pass their `viewer`, and then get nothing of other accounts.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the reports in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self.photos = PhotoFolder(folder / "report_photos")
        self.records = RecordBook(folder, REPORT, self.photos)
        self._secrets = SecretFile(folder)
        self._store = Store(folder / "reports.json")
        self._changed = Subscriptions()
        self._lock = self.records.lock
        drafts = [ReportDraft.from_json(row) for row in self._store.table("drafts")]
        self._drafts = {draft.id: draft for draft in drafts if draft.id not in self.records}
        self._signed = {_key(draft.id) for draft in drafts if draft.id in self.records}
        self._closed: set[str] = set()
        self._answers = {row["id"]: _answer(row) for row in self._store.table("answers")}
        self._doubted: set[str] = set()
        self._asking = threading.Lock()

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether the book in `folder` may hold unsent reports, told without opening it."""
        return RecordBook.has_unsent(folder, REPORT)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*filter(None, [self._store.recovered, self._secrets.recovered]), *self.records.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change of reports, drafts or answers, from the thread that made it."""
        ends = (self.records.subscribe(callback), self._changed.add(callback))

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    # Drafts

    def begin(self, subject: Subject, viewer: Viewer) -> ReportDraft:
        """The viewer's latest draft on this subject, or a new one, which is kept once something is in it."""
        with self._lock:
            begun = next((draft for draft in self.drafts(viewer) if draft.subject == subject), None)
        return begun or ReportDraft(str(uuid.uuid4()), datetime.now(UTC), subject, viewer.account)

    def draft(self, draft_id: str, viewer: Viewer) -> ReportDraft | None:
        """The draft with this id, or None where the viewer has none."""
        draft = self._drafts.get(draft_id)
        return draft if draft and viewer.sees(draft.account) else None

    def drafts(self, viewer: Viewer) -> list[ReportDraft]:
        """The viewer's drafts, the latest first."""
        with self._lock:
            return [draft for draft in reversed(self._drafts.values()) if viewer.sees(draft.account)]

    def save(self, draft: ReportDraft, base: ReportDraft) -> ReportDraft:
        """Save what was written since `base`, the draft as last known stored; returns what is stored now.

        What another window wrote meanwhile is kept too; photos are those of add_photo and remove_photo. Raises
        ReportClosed.
        """
        with self.records.change():
            stored = self._open(draft.id) or base
            draft = merge(base, draft, stored)
            self._write_draft(draft)
        return draft

    def add_photo(self, draft: ReportDraft, picture: bytes) -> ReportDraft:
        """Prepare a picture, keep it, and put it into the draft. Raises BadPicture, ReportInvalid, ReportClosed."""
        jpeg = photos.prepare(picture)
        with self.records.change():
            stored = self._open(draft.id) or draft
            if len(stored.photos) >= MOST_PHOTOS:
                raise ReportInvalid("too_many_report_photos")
            photo = self.photos.keep(jpeg)
            if photo not in stored.photos:
                stored = replace(stored, photos=(*stored.photos, photo))
                self._write_draft(stored)
        return stored

    def remove_photo(self, draft: ReportDraft, sha256: str) -> ReportDraft:
        """Take a photo out of the draft. Raises ReportClosed."""
        with self.records.change():
            stored = self._open(draft.id) or draft
            stored = replace(stored, photos=tuple(photo for photo in stored.photos if photo.sha256 != sha256))
            self._write_draft(stored)
            self._drop_photos({sha256})
        return stored

    def discard(self, draft_id: str) -> None:
        """Throw a draft and its photos away, as the person asked."""
        with self.records.change():
            draft = self._drafts.get(draft_id)
            if draft is not None:
                self._remove_draft(draft_id)
                self._drop_photos({photo.sha256 for photo in draft.photos})
                with contextlib.suppress(StoreWriteError):  # as in services.notes.notebook: the draft has gone already
                    self._store.commit({})  # the earlier generation of the file does not hold its words either

    def sign(
        self,
        draft: ReportDraft,
        *,
        account: str | None,
        viewer: Viewer,
        device: str,
        now: datetime,
        clock_offset: int | None,
        site: str | None,
    ) -> Report:
        """Turn a draft into a report that never changes again, and draw its secret.

        `site` is the server's address as far as it is known. Raises ReportClosed, ReportInvalid, StoreWriteError.
        """
        owner_id = None if viewer.account == account else viewer.account
        with self.records.change():
            draft = self._open(draft.id) or draft
            if not viewer.sees(draft.account):
                raise ReportClosed(draft.id)
            # The secret before the record that names its hash: no report is ever without it.
            secret = self._secrets.make(draft.id, site)
            report = sign(
                draft,
                secret.content,
                account=account,
                device=device,
                now=now,
                clock_offset=clock_offset,
                owner_id=owner_id,
            )
            self.records.add(report)
            if self._drafts.pop(draft.id, None):
                self._signed.add(_key(draft.id))
        return report

    def renew_drafts(self) -> None:
        """Give each draft another id: in a copied folder, the original's and the copy's become two reports."""
        with self.records.change():
            renewed = [replace(draft, id=str(uuid.uuid4())) for draft in self._drafts.values()]
            if renewed:
                gone: dict[int, dict[str, Any] | None] = {_key(draft_id): None for draft_id in self._drafts}
                self._store.commit({"drafts": gone | {_key(draft.id): draft.to_json() for draft in renewed}})
                self._drafts = {draft.id: draft for draft in renewed}

    @staticmethod
    def may_hold(folder: Path, viewer: Viewer) -> bool:
        """Whether there may be unsent reports or drafts of this viewer's account in `folder`, told without opening."""
        if ReportBook.has_unsent(folder):
            return True
        try:
            drafts = (folder / "reports.json").read_bytes()
        except OSError:
            return False
        names = [name for name in (viewer.account, *viewer.names) if name]
        return any(json.dumps(name).encode() in drafts or name.encode() in drafts for name in names)

    def bring_back(self, other: ReportBook, viewer: Viewer) -> int:
        """Copy the reports of the viewer's account that wait in another book, move its drafts, and say how many."""
        brought = 0
        for record in other.records.outbox():
            if viewer.owns(record.owner) and record.id not in self.records:
                if (secret := other._secrets.get(record.id)) is not None:
                    self._secrets.keep(record.id, secret)
                self._copy_photos(other, {file.sha256 for file in record.files})
                self.records.take_over(other.records.entry(record.id))
                brought += 1
        for draft in other.drafts(viewer):
            if viewer.owns(draft.account):
                self._copy_photos(other, {photo.sha256 for photo in draft.photos})
                with self.records.change():
                    self._write_draft(draft)
                other.discard(draft.id)
                brought += 1
        return brought

    # The list

    def report(self, report_id: str, viewer: Viewer) -> KeptReport | None:
        """The report with this id, or None where the viewer has none."""
        with self._lock:
            if report_id not in self.records:
                return None
            entry = self.records.entry(report_id)
            return self._kept(entry) if viewer.sees(entry.record.owner) else None

    def reports(self, viewer: Viewer) -> list[KeptReport]:
        """The viewer's reports, newest first."""
        with self._lock:
            return [self._kept(self.records.entry(report_id)) for report_id in self.records.newest(viewer.sees)]

    # What became of them

    def address_to(self, site: str, addresses: Collection[str]) -> None:
        """Take note of the server that gets what waits, at `site`; `addresses` are all that are known to be its own."""
        for record in self.records.outbox():
            secret = self._secrets.get(record.id)
            known = secret is None or secret.site in addresses or self.records.has_receipt(record.id)
            if not known and self.records.bound_to(record.id) is None:
                self._secrets.address_to(site, [record.id])
                self._changed.notify()

    def to_ask(self, addresses: Collection[str], viewer: Viewer) -> list[tuple[str, Secret]]:
        """The reports to ask the server at these addresses after, and their secrets: received there, not closed."""
        with self._lock:
            wanted: list[tuple[str, Secret]] = []
            for report_id in self.records.newest(viewer.sees):
                secret, answer = self._secrets.get(report_id), self._answers.get(report_id)
                open_there = secret is not None and secret.site in addresses and self.records.has_receipt(report_id)
                if secret and open_there and not (answer and answer.state == "closed"):
                    wanted.append((report_id, secret))
            return wanted[:_MOST_ASKED]

    def keep_answer(self, answer: ReportAnswer) -> None:
        """Keep what the server said of a report; what it has said once stays, though a restored server lost it."""
        with self._asking:
            earlier = self._answers.get(answer.id)
            said = {event.id: event for event in (*(earlier.events if earlier else ()), *answer.events)}
            answer = replace(answer, events=tuple(sorted(said.values(), key=lambda event: event.at)))
            if answer == earlier:
                return
            row = {
                "id": answer.id,
                "received_at": answer.received_at.isoformat() if answer.received_at else None,
                "state": answer.state,
                "events": [event.to_json() for event in answer.events],
            }
            with self._lock:
                self._store.commit({"answers": {_key(answer.id): row}})
                self._answers[answer.id] = answer
        self._changed.notify()

    def doubt(self, report_id: str) -> None:
        """Send a report again that the server confirmed and does not know now; once while the app runs."""
        if report_id not in self._doubted:
            self._doubted.add(report_id)
            self.records.doubt(lambda record: record.id == report_id)

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()
            self._secrets.close()
            self.records.close()

    def _open(self, draft_id: str) -> ReportDraft | None:
        """The stored draft; None where it was not stored yet."""
        if draft_id in self._closed or draft_id in self.records:
            raise ReportClosed(draft_id)
        return self._drafts.get(draft_id)

    def _write_draft(self, draft: ReportDraft) -> None:
        signed: dict[int, dict[str, Any] | None] = dict.fromkeys(self._signed)
        self._store.commit({"drafts": signed | {_key(draft.id): draft.to_json()}})
        self._signed.clear()
        self._drafts[draft.id] = draft
        self._changed.notify()

    def _remove_draft(self, draft_id: str) -> None:
        self._store.commit({"drafts": {_key(draft_id): None}})
        del self._drafts[draft_id]
        self._closed.add(draft_id)
        self._changed.notify()

    def _drop_photos(self, removed: Collection[str]) -> None:
        used = {photo.sha256 for draft in self._drafts.values() for photo in draft.photos}
        for sha256 in removed:
            if sha256 not in used and not self.records.names_file(sha256):
                self.photos.remove(sha256)

    def _copy_photos(self, other: ReportBook, names: Collection[str]) -> None:
        for sha256 in names:
            with contextlib.suppress(PhotoLost):  # told when the report is sent
                self.photos.keep(other.photos.read(sha256))

    def _kept(self, entry: Entry) -> KeptReport:
        report, answer = Report.of(entry.record), self._answers.get(entry.record.id)
        secret = self._secrets.get(report.id)
        return KeptReport(
            report=report,
            state=entry.state,
            reason=entry.reason,
            detail=entry.detail,
            photos_sent=entry.files_sent,
            received_at=entry.received_at,
            address=f"{secret.site}/report/{report.id}#{secret.value}" if secret and secret.site else None,
            stage=answer.state if answer else None,
            events=answer.events if answer else (),
        )


def _answer(row: Mapping[str, Any]) -> ReportAnswer:
    return ReportAnswer(
        id=row["id"],
        received_at=datetime.fromisoformat(row["received_at"]) if row["received_at"] else None,
        state=row["state"],
        events=tuple(map(Event.from_json, row["events"])),
    )


def _key(report_id: str) -> int:
    return uuid.UUID(report_id).int
