"""The app in a process of its own, which can be killed at any moment and started again on the same folder."""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from services.accounts.sealing import SealingKey
from services.audits.audit import Seen
from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.notes.content import Position
from services.notes.notebook import Notebook
from services.notes.photos import prepare
from services.records.book import RecordBook
from services.records.kind import AUDIT, INSPECTION, ROUND
from services.records.record import Record
from services.rounds.checks import RoundInvalid
from services.rounds.inspection import Found, Shows
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Role, Signature
from services.sync.connection import Connection
from services.sync.outbox import SendReport, send
from services.sync.syncer import Cancelled, Progress, Syncer
from services.workspace import Device, NotSettled, Workspace
from tests.faults.fieldwork import INSPECTORS, OTHER_KINDS, Finding, finding, inspector_of, number_in, picture
from tests.support.record_kinds import SAMPLES, sign, words_of

PHONE, BROWSER = "local", "browser"
# Somebody notices a connection and comes back to the app so often: it cuts the pauses after a failure short.
_WAKE_EVERY, _FETCH_EVERY, _WALK = 0.05, 0.5, 0.7


@dataclass(frozen=True)
class Job:
    """What one process of the app has to do: the notes that are not written yet, and to send them all."""

    folder: Path
    server: str
    seed: int
    notes: int
    patience: float

    @property
    def journal(self) -> Path:
        """One line a confirmed note: what the person was told is kept."""
        return self.folder / "journal"

    @property
    def moved(self) -> Path:
        """The server's address since it has moved."""
        return self.folder / "moved"

    @property
    def address(self) -> str:
        """Where people are told that the server is now."""
        return self.moved.read_text() if self.moved.exists() and self.moved.stat().st_size else self.server

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"


def run(job: Job) -> None:
    """Write and send until every note has been received; the process ends with 0 then."""
    threading.Thread(target=_end_with_the_trial, daemon=True).start()
    logging.basicConfig(filename=job.log, level=logging.WARNING, force=True)
    workspace = Workspace.open(job.workspace, server=None)
    _connect(workspace, job)
    people = _People(job, workspace, {key: workspace.device(key) for key in (PHONE, BROWSER)})
    people.write_notes()
    people.sign_in_until_all_is_sent()
    people.wait_for(lambda: workspace.fetcher.status.last_success is not None)
    people.close()
    workspace.close(30)


def _connect(workspace: Workspace, job: Job) -> None:
    """Set the address that people are told of."""
    if workspace.registry is None or workspace.registry.url != job.address:
        workspace.use(Registry(job.address, timeout=(2, job.patience), deadline=2 * job.patience))


def _end_with_the_trial() -> None:
    """An app without its trial would send to whoever gets the proxy's port next."""
    trial = multiprocessing.parent_process()
    if trial is not None:
        trial.join()
        os._exit(1)


class _People:
    def __init__(self, job: Job, workspace: Workspace, devices: dict[str, Device]) -> None:
        self._job = job
        self._workspace = workspace
        self._devices = devices
        self._fetched = 0.0
        for device in devices.values():
            device.accounts.unlock(SealingKey.of_browser("the same text in every run"))
            device.settings.change(photos_on_wifi_only=True)
        phone = devices[PHONE]
        # Which the device sends by itself.
        self._books = {
            book.kind.name: book for book in (phone.reports.records, *phone.rounds.books, phone.audits.records)
        }
        further = [name for name in OTHER_KINDS if name not in self._books]
        self._books |= {
            name: RecordBook(phone.folder, SAMPLES[name].kind, phone.photos, phone.signer) for name in further
        }
        self._senders = [Syncer(f"send {name}", partial(self._send, self._books[name])) for name in further]
        for sender in self._senders:
            sender.start()
        self._written = {
            (name, number_in(words_of(book.record(record_id).body)))
            for name, book in self._books.items()
            for record_id in book.newest()
        }
        signed = [note for device in devices.values() for note in _signed(device.notebook)]
        self._ids = {number_in(note.inspection.body["text"]): note.id for note in signed if note.inspection}

    def write_notes(self) -> None:
        """Every note that is not there yet, in order, the inspectors taking turns on the phone."""
        for number in range(self._job.notes):
            wanted = finding(self._job.seed, number)
            if number not in self._ids:
                device = self._devices[BROWSER if wanted.account is None else PHONE]
                if wanted.account is not None:
                    self._sign_in(device, wanted.account)
                self._write(device, wanted)
            for name in wanted.others:
                if (name, number) not in self._written:
                    self._write_record(name, wanted)
            self._wake()

    def sign_in_until_all_is_sent(self) -> None:
        """Who still has notes on the phone comes back and signs in."""
        phone = self._devices[PHONE]
        books = [*(device.notebook.records for device in self._devices.values()), *self._books.values()]
        while waiting := [record for book in books for record in book.outbox()]:
            accounts = {note.account for note in waiting} - {None}
            if accounts and not any(phone.accounts.viewer.owns(account) for account in accounts):
                self._sign_in(phone, inspector_of(min(filter(None, accounts))) or "")
            self._sign_in_again(phone)
            time.sleep(_WAKE_EVERY)
            self._wake()

    def close(self) -> None:
        for sender in self._senders:
            sender.stop()

    def wait_for(self, done: Callable[[], bool]) -> None:
        while not done():
            time.sleep(_WAKE_EVERY)
            self._wake()

    def _write(self, device: Device, wanted: Finding) -> None:
        notebook = device.notebook
        for draft in notebook.drafts():  # left by a kill; the person finds and discards it
            notebook.discard_draft(draft.id)
        opened = notebook.new_draft(supersedes=None if wanted.corrects is None else self._ids[wanted.corrects])
        # Written in two windows: the second was drawn before the first was written in, and saves after it.
        place = Position(20.95, 107.0 + wanted.number / 7919)
        notebook.save_draft(replace(opened, text=wanted.text, place=place), opened)
        draft = notebook.save_draft(replace(opened, outcome="mislabelled"), opened)
        for number in wanted.pictures:
            notebook.add_photo(draft.id, picture(self._job.seed, number))
        registry, current = self._workspace.registry, device.accounts.current
        signed = notebook.sign(
            draft.id,
            account=current.username if wanted.account and current else None,
            viewer=device.accounts.viewer,
            device=device.id,
            now=datetime.now(UTC),
            clock_offset=registry.clock_offset if registry else None,
        )
        self._ids[wanted.number] = signed.id
        self._tell(wanted, signed)

    def _write_record(self, name: str, wanted: Finding) -> None:
        """A record of another kind, with the pictures of the note."""
        own = {INSPECTION.name: self._inspect, ROUND.name: self._close_round, AUDIT.name: self._count}
        if name in own:
            self._sign_in(self._devices[PHONE], wanted.account or "")
            self._tell(wanted, own[name](wanted))
            return
        book = self._books[name]
        files = [book.files.keep(prepare(picture(self._job.seed, number))) for number in wanted.pictures]
        self._tell(wanted, sign(book, wanted.text, account=wanted.account, files=files, device=self._devices[PHONE].id))

    def _inspect(self, wanted: Finding) -> Record:
        """An inspection in the open round, or in a new one."""
        phone = self._devices[PHONE]
        rounds, author = phone.rounds, phone.author
        said = rounds.current(author.viewer) or rounds.open(
            Place(PlaceKind.MARKET, "Chợ Hạ Long"), None, (), None, author.viewer
        )
        for left in rounds.drafts(author.viewer):  # by a kill; the person finds and discards it
            rounds.discard(left.id)
        draft = rounds.begin(said.id, Found(text=wanted.text), author)
        for number in wanted.pictures:
            rounds.add_photo(draft.id, picture(self._job.seed, number), Shows.OTHER)
        inspection = rounds.finish(draft.id, author)
        if wanted.number % 2:
            return inspection
        # The person sees a mistake at once; unless it is on its way by then, it is written anew under the same id.
        with contextlib.suppress(RoundInvalid):
            inspection = rounds.finish(rounds.undo(inspection.id, author.viewer).id, author)
        return inspection

    def _count(self, wanted: Finding) -> Record:
        """An audit of a few packs; one that a kill has left running goes on."""
        phone = self._devices[PHONE]
        audits, author = phone.audits, phone.author
        said = audits.current(author.viewer) or audits.open("Chợ Hạ Long", "Kệ 1", author.viewer)
        for n in (11, 12, 11):
            audits.take(said.id, Seen(f"95200000000{n}", "ean_13", "camera"))
        audits.undo(said.id)
        return audits.close(said.id, author, remarks=wanted.text)

    def _close_round(self, wanted: Finding) -> Record:
        """The round's record, signed by a person."""
        phone = self._devices[PHONE]
        rounds, author = phone.rounds, phone.author
        said = rounds.current(author.viewer)
        assert said
        rounds.change(said, replace(said, remarks=wanted.text), author)
        content = rounds.to_sign(said.id, author)
        rounds.sign(said.id, Signature(Role.INSPECTOR, "Minh", datetime.now(UTC), content, (((1, 2),),)), author)
        return rounds.close(said.id, author)

    def _tell(self, wanted: Finding, signed: Record) -> None:
        """The person sees that it is kept."""
        line = json.dumps({"number": wanted.number, "id": signed.id, "sha256": signed.sha256})
        with self._job.journal.open("ab", buffering=0) as journal:
            journal.write(line.encode() + b"\n")
            os.fsync(journal.fileno())

    def _sign_in(self, phone: Device, username: str) -> None:
        """Hand the phone to this person, if it is not theirs already; tried again until the server has answered."""
        while not phone.accounts.viewer.owns(username):
            if phone.accounts.current is not None:
                phone.accounts.sign_out()
            try:
                self._try_sign_in(phone, username)
            except Unreachable:
                time.sleep(_WAKE_EVERY)

    def _sign_in_again(self, phone: Device) -> None:
        """A session may have ended: a sign-in that was sent twice ends the first one's."""
        current = phone.accounts.current
        needed = phone.accounts.sign_in_needed or phone.sender.status.last_problem == "sign_in_needed"
        if current is not None and needed:
            try:
                self._try_sign_in(phone, inspector_of(current.username) or "")
            except Unreachable:
                return

    def _try_sign_in(self, phone: Device, username: str) -> None:
        _connect(self._workspace, self._job)
        try:
            phone.sign_in(username, dict(INSPECTORS)[username])
        except (Refused, NotSettled) as refused:
            logging.getLogger(__name__).warning("signing in: %s", refused)
            time.sleep(_WAKE_EVERY)

    def _send(self, book: RecordBook, cancelled: Cancelled, progress: Progress) -> SendReport:
        phone, registry, schemas = self._devices[PHONE], self._workspace.registry, self._workspace.schemas
        assert registry
        if problem := self._workspace.problem_with(registry):
            return SendReport(waiting=book.waiting, problem=problem)
        allowed = lambda: phone.photos_allowed  # noqa: E731
        return send(book, phone.accounts, registry, schemas=schemas, photos_allowed=allowed, cancelled=cancelled)

    def _wake(self) -> None:
        _connect(self._workspace, self._job)
        # People walk in and out of a Wi-Fi: over what is paid by volume, records go without their photos.
        paid = int(time.monotonic() / _WALK) % 2 == 0
        for device in self._devices.values():
            device.connected(Connection.METERED if paid else Connection.UNMETERED)
        for book in self._books.values():
            book.end_rests()
        for sender in self._senders:
            if not sender.status.running:
                sender.wake()
        for device in self._devices.values():
            if not device.sender.status.running:
                device.wake()
        if time.monotonic() - self._fetched > _FETCH_EVERY:
            self._fetched = time.monotonic()
            self._workspace.fetcher.wake()


def _signed(notebook: Notebook) -> list:  # type: ignore[type-arg]
    return [note for note in notebook.notes(limit=notebook.count()) if note.inspection]
