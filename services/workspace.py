"""Holds what one running app has on the disk: the shared catalogue, and what each device keeps and has still to send.

ROOT/.lock                  one process at a time
ROOT/catalogue/             the copy of the register, shared by all
ROOT/pictures/              pictures of products, shared by all
ROOT/checklists/            the versions of the checklists, shared by all
ROOT/devices/KEY-HASH/      one person's device: the phone or desktop itself, or one browser of the web version
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.accounts.accounts import Accounts, SignInNeed
from services.accounts.author import Author
from services.accounts.entries import name_of, password_of
from services.accounts.invitation import Invitation
from services.accounts.viewer import Viewer
from services.answers.answer_book import AnswerBook
from services.audits.audit_book import AuditBook
from services.audits.own_list import OwnList
from services.checklists.annex_groups import AnnexGroups
from services.checklists.versions import Versions
from services.client.answers import Invited, OpenSession, ProductAnswer, Refused, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.device_id import DeviceId
from services.guidance.guidance import GuidanceBook
from services.history.history import History, Look
from services.journal.journal import Journal
from services.journal.seen import SeenEvents
from services.journal.waiting import Matter, matters
from services.notes.notebook import Notebook
from services.records.book import RecordBook, Unsent
from services.records.chain import Signer
from services.records.elsewhere import Elsewhere
from services.records.files import PhotoFolder
from services.records.kind import REPORT
from services.register.catalogue import Catalogue
from services.register.certificates import Today, believed_today
from services.register.pictures import Pictures
from services.reports.report_book import ReportBook
from services.rounds.checks import RoundClosed
from services.rounds.round import LookedAt
from services.rounds.round_book import UNDO_SECONDS, RoundBook
from services.rounds.templates import Templates
from services.safe_errors import describe
from services.settings import SettingsFile
from services.storage.store import FolderLock, Recovery, StoreError, StoreWriteError, sync_folder
from services.sync.calling import call_as
from services.sync.certifying import certify, is_certified
from services.sync.connection import Connection
from services.sync.following import follow
from services.sync.guiding import guide
from services.sync.hearing import hear
from services.sync.outbox import Schemas, SendReport, send
from services.sync.passes import FETCH_EVERY, SELDOMEST_FETCH, FetchReport, fetch, fetch_checklists
from services.sync.pictures import LabelReport, fetch_labels, fetch_picture
from services.sync.standing import Addresses, Standing
from services.sync.syncer import Cancelled, Progress, Syncer, not_told

_log = logging.getLogger(__name__)

_RESTORED = "restored"
"""An empty file in a device's folder: the server was restored since the device was last open, and may lack its records.
"""
_BOOKS = (Notebook, ReportBook, RoundBook, AnswerBook, AuditBook)

_LINE_IS_GOOD = (
    None, "sign_in_needed", "locked", "photo_unreadable", "too_large_on_the_way", "altered_on_the_way",
)  # fmt: skip
"""The problems of a pass after which the server is asked for more: they are those of single records."""


class Device:
    """The data of one device. Two devices never see each other's notes, accounts or settings."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        """Open the device in `folder`. Raises StoreError."""
        self.folder = folder
        self._workspace = workspace
        self._identity = DeviceId(folder)
        self.settings = SettingsFile.open(folder)
        self.accounts = Accounts.open(folder)
        self.accounts.count_waiting = lambda: self.waiting_of(self.accounts.viewer)[0]
        self.signer = Signer(self.accounts.signing_key, self.accounts.one_name)
        """What signs the records of the chained kinds, whose books share it."""
        self.notebook = Notebook.open(folder)
        self.history = History(folder / "history")
        self.reports = ReportBook(folder)
        self.rounds = RoundBook(folder, self.signer, self.notebook.events)
        self.templates = Templates(folder)
        self.annex_groups = AnnexGroups.open(folder)
        self.answers = AnswerBook(folder, self.signer)
        self.elsewhere = Elsewhere(folder)
        self.audits = AuditBook(folder, self.signer, self.elsewhere)
        self.own_list = OwnList(folder)
        self._books: tuple[RecordBook, ...] = (
            self.notebook.records,
            self.reports.records,
            *self.rounds.books,
            self.answers.records,
            self.audits.records,
        )
        self.guidance = GuidanceBook(folder)
        self.seen = SeenEvents(folder)
        self.journal = Journal(self.notebook, self.rounds.books, self.elsewhere, self.answers)
        self._identity.renew_where_copied(self._renew_drafts)
        self.sender = Syncer(f"send {folder.name[:8]}", self._send, poll=self._next_poll)
        self.users = 0
        self.connection = Connection.UNKNOWN
        self._stuck = self._ahead = 0
        self._photos_once = False
        self._asked_to_certify: tuple[str, str] | None = None
        self._wake_after_undo: threading.Timer | None = None
        for book in self._books:
            # An inspection may be undone until it is taken up, so a line does not take it up at once.
            book.subscribe_outbox(self._wake_soon if book is self.rounds.inspections else self._wake)
        self.accounts.subscribe(self.wake)
        self.accounts.subscribe(workspace.want_labels)
        self.sender.subscribe(lambda: workspace.settle(self))
        self.offer_again()
        if self._waiting:
            self.sender.start()

    @property
    def id(self) -> str:
        """The UUID by which the server knows this device. It changes only where the folder was copied."""
        with self._workspace.lock:
            return self._identity.id

    @property
    def key_name(self) -> str:
        """The name of the device's key in the platform's key store."""
        with self._workspace.lock:
            return self._identity.key_name

    @property
    def photos(self) -> PhotoFolder:
        return self.notebook.photos

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        stores = [
            self._identity.recovered, self.settings.recovered, self.accounts.recovered, self.annex_groups.recovered,
            self.templates.recovered, self.elsewhere.recovered, self.guidance.recovered, self.seen.recovered,
            self.own_list.recovered,
        ]  # fmt: skip
        books = (self.notebook, self.reports, self.rounds, self.answers, self.audits)
        return [*filter(None, stores), *(recovery for book in books for recovery in book.recovered)]

    def wake(self) -> None:
        """Send records and fetch what the office said now, because there may be a connection again."""
        if self._waiting or self._left or self._heard_for or self._follows or self._uncertified:
            self._wake()

    def send_now(self) -> None:
        """Send and fetch because the person asks for it: nothing rests, and no wish of the server's is kept to."""
        self._end_rests()
        self._wake(insist=True)

    def looked(self, look: Look) -> None:
        """Keep what the person looks at, unless they want none kept; an open round notes it anyway.

        Raises StoreError.
        """
        if self.settings.value.keep_history:
            self.history.add(look)
        said = self.rounds.current(self.accounts.viewer)
        if said is not None:
            with contextlib.suppress(RoundClosed):  # just now
                # All moments of a round are by the device's clock (docs/api.md), those of the history by the best.
                seen = LookedAt(look.text, look.gtin, look.verdict, datetime.now(UTC))
                self.rounds.looked(said.id, seen, self.accounts.viewer)

    def looked_at(self) -> list[str]:
        """The GTINs that were looked at lately; none where that cannot be read."""
        try:
            return self.history.products()
        except StoreError as error:
            _log.error("the history cannot be read: %s", describe(error))
            return []

    def matters(self, viewer: Viewer) -> list[Matter]:
        """What waits for this person. Blocks."""
        return matters(
            self.journal.entries(viewer),
            self.answers.answers(viewer),
            self.journal.answered(viewer),
            self.seen,
            viewer,
            self._workspace.now(),
        )

    def unsent(self, viewer: Viewer) -> Unsent:
        """How much of what this person recorded is still to be sent; reports are counted apart."""
        every = [book.unsent(viewer.sees) for book in self._books if book.kind is not REPORT]
        return Unsent(*(sum(each) for each in zip(*every, strict=True)))

    def waiting_of(self, viewer: Viewer) -> tuple[int, int]:
        """The numbers of records that wait to be sent: the viewer's own, and those of all other accounts."""
        accounts: Counter[str | None] = Counter()
        for book in self._books:
            accounts += book.waiting_by_account()
        return viewer.share(accounts)

    def unfinished_of(self, viewer: Viewer) -> int:
        """How many drafts of this account are not signed off, its open rounds and running audits among them."""
        owners = [
            *(draft.account for draft in self.notebook.drafts(viewer=viewer)),
            *(draft.account for draft in self.reports.drafts(viewer)),
            *(draft.account for draft in self.rounds.drafts(viewer)),
            *(draft.account for draft in self.answers.drafts(viewer)),
            *(kept.said.account for kept in self.rounds.rounds(viewer) if kept.closed is None),
        ]
        return sum(map(viewer.owns, owners)) + self.audits.unfinished(viewer)

    @property
    def author(self) -> Author:
        """Who writes inspections, rounds and audits on this device now."""
        account = self.accounts.current
        name = account.username if account else None
        return Author(name, self.id, self.accounts.viewer, self._workspace.clock_offset)

    @property
    def sign_in_need(self) -> SignInNeed | None:
        """What keeps the account's notes waiting for a sign-in; None where they wait for none."""
        registry = self._workspace.registry
        if self._workspace.standing is not Standing.KNOWN:
            return None
        return self.accounts.need(registry)

    def sign_in(self, username: str, password: str, new_password: str | None = None, code: str | None = None) -> int:
        """Make this the device's account, and take over what waits for it in other folders of this workspace.

        Those are the folders of browsers that have lost their key. Returns how many notes and drafts came from there.
        `new_password` takes the place of the account's password, `code` is one of its second factor. Raises Refused
        (SignInNeeded for wrong credentials), Unreachable, StoreError, and NotSettled where nobody knows yet whose
        server this is.
        """
        registry = self._settled()
        self._asked_to_certify = None
        wanted = password_of(new_password) if new_password else None
        self.accounts.sign_in(registry, name_of(username), password_of(password), self.id, wanted, code)
        return self._workspace.bring_back(self)

    def own_sessions(self) -> list[OpenSession]:
        """Where the account is signed in, this device first. Raises Refused (SignInNeeded), Unreachable, NotSettled."""
        registry, account = self._settled(), self._signed_in()
        return call_as(account, self.accounts, registry, lambda token: registry.sessions(token or ""))

    def end_sessions(self, password: str, device: str | None) -> int:
        """End the account's session on another device (None: on all others), and give how many have ended.

        Raises as `own_sessions` does; SignInNeeded `wrong_credentials` where the password is not the account's.
        """
        registry, account, typed = self._settled(), self._signed_in(), password_of(password)
        return call_as(
            account, self.accounts, registry, lambda token: registry.end_sessions(token or "", typed, device)
        )

    def look_at(self, invitation: Invitation) -> Invited:
        """Whom an invitation is for. Only the server that gave it is told of it. Raises as `sign_in` does."""
        return self._giver(invitation).look_at_invitation(invitation.token)

    def redeem(self, invitation: Invitation, invited: Invited, password: str) -> int:
        """Set the password of the account that the person was invited to, and sign in as `sign_in` does."""
        registry = self._giver(invitation)
        self._asked_to_certify = None
        self.accounts.redeem(registry, invited.username, invitation.token, password_of(password), self.id)
        return self._workspace.bring_back(self)

    def _settled(self) -> Registry:
        registry = self._workspace.registry
        if registry is None:
            raise NotSettled("no_server")
        if problem := self._workspace.problem_with(registry):
            raise NotSettled(problem)
        return registry

    def _signed_in(self) -> str:
        account = self.accounts.current
        if account is None:
            raise SignInNeeded("not_signed_in", "nobody is signed in here", 401)
        return account.key

    def _giver(self, invitation: Invitation) -> Registry:
        registry = self._settled()
        if invitation.server not in registry.addresses:
            raise NotSettled("invitation_elsewhere")
        return registry

    def server_renewed(self) -> None:
        """Try records that waited for a newer server, and fetch events: the server takes other forms than before."""
        if self._ahead or self._heard_for or self._follows:
            self._wake()

    def server_restored(self) -> None:
        """Send again what this device has sent without an account: nobody can ask the restored server for it.

        Until all of it is in the outbox, the folder is marked, so that what ends the app does not forget it.
        """
        for book in self._books:
            book.doubt(lambda record: record.account is None)
        with contextlib.suppress(OSError):  # then it is only sent once more
            (self.folder / _RESTORED).unlink(missing_ok=True)

    def offer_again(self) -> None:
        """Do what `server_restored` does, where an earlier try was cut short, by the app's end or for want of space."""
        if (self.folder / _RESTORED).exists():
            with _told("that the server was restored"):
                self.server_restored()

    def bind(self, address: str | None) -> None:
        """Let only the server at this address get what waits now; None: let any server get it."""
        for book in self._books:
            book.bind(address)

    def connected(self, connection: Connection) -> None:
        """Take over how the device is connected now. Where that has changed, what waits is tried."""
        earlier, self.connection = self.connection, connection
        if connection not in (earlier, Connection.NONE):
            self._end_rests()
            if self._workspace.registry is not None:
                self._workspace.registry.connected_anew()
            self._workspace.wake_fetcher()
            self.wake()
            self._workspace.want_labels()

    def limit_pictures(self) -> None:
        """Let pictures take as much room as this device's person has chosen. Not for one of several browsers."""
        self._workspace.pictures.seen.limit(self.settings.value.pictures_mb * 1_000_000)

    @property
    def wants_labels(self) -> bool:
        """Whether every product's label may be fetched in advance: for an inspector, and where that costs nothing."""
        if self.users <= 0 or self.connection is not Connection.UNMETERED or not self.settings.value.labels_ahead:
            return False
        return self._is_inspector

    @property
    def photos_allowed(self) -> bool:
        """Whether photos may be sent over the current connection.

        They may not where its cost is unknown: a wrong guess would cost the person money. The screen shows that photos
        wait, with a button that sends them all the same.
        """
        if self._photos_once or not self.settings.value.photos_on_wifi_only:
            return True
        return self.connection is Connection.UNMETERED

    def ask_after_reports(self) -> None:
        """Ask now what became of the reports, because the person looks at them."""
        if self._follows:
            self._wake()

    def send_photos_now(self) -> None:
        """Send the photos that wait over any connection, this once."""
        self._photos_once = True
        self.send_now()

    @property
    def is_sending_records(self) -> bool:
        """Whether records, apart from their photos, are on their way: they go before what is fetched.

        So they do between two tries of which the first took too long: what is fetched may have filled the line.
        """
        status = self.sender.status
        if not status.running and status.last_problem != "timed_out":
            return False
        return any(book.unsent(self.accounts.viewer.sees).records for book in self._books)

    @property
    def can_send(self) -> bool:
        """Whether anything can be sent: a sign-out, or a record that waits for no sign-in, line or newer server."""
        return self._waiting > self._stuck or self._left

    def release(self) -> None:
        """Give the device back when a screen that asked for it is gone. It stays open while it has anything to send."""
        with self._workspace.lock:
            self.users -= 1
        self._workspace.settle(self)

    def close(self, timeout: float = 5) -> None:
        if self._wake_after_undo is not None:
            self._wake_after_undo.cancel()
        self.sender.stop(timeout)
        self.notebook.close()
        self.rounds.shut()
        self.audits.shut()
        self.own_list.close()
        self.templates.close()
        self.history.close()
        self.reports.close()
        for kept in (self.answers, self.elsewhere, self.guidance, self.seen):
            kept.close()
        self.accounts.close()
        self.settings.close()
        self.annex_groups.close()
        self._identity.close()

    @property
    def _left(self) -> bool:
        """Whether the server still has to be told of a sign-out."""
        registry = self._workspace.registry
        return registry is not None and bool(self.accounts.left(*registry.addresses))

    @property
    def _heard_for(self) -> str | None:
        """The account to fetch events for: it is signed in, and may have sent records from any device."""
        viewer = self.accounts.viewer
        return None if self.users <= 0 or self._workspace.schemas is None else viewer.account

    @property
    def _is_inspector(self) -> bool:
        account = self.accounts.current
        return account is not None and account.role == "inspector"

    @property
    def _may_be_guided(self) -> bool:
        account = self.accounts.current
        return account is not None and account.role != "shop"

    @property
    def _follows(self) -> bool:
        """Whether a screen uses this device, and there are reports to ask the server after."""
        registry = self._workspace.registry
        if registry is None or self.users <= 0 or self._workspace.schemas is None:
            return False
        return bool(self.reports.to_ask(registry.addresses, self.accounts.viewer))

    @property
    def _uncertified(self) -> str | None:
        """The account whose key on this device the server has still to certify; None where it is, or was asked."""
        registry, account = self._workspace.registry, self.accounts.viewer.account
        if registry is None or account is None or self._workspace.schemas is None:
            return None
        if self._asked_to_certify == (account, registry.url) or self.sign_in_need is not None:
            return None
        return None if is_certified(account, self.id, self.accounts, registry) else account

    @property
    def _waiting(self) -> int:
        """How many records of any kind are still to be sent."""
        return sum(book.waiting for book in self._books)

    def _end_rests(self) -> None:
        for book in self._books:
            book.end_rests()

    def _renew_drafts(self) -> None:
        self.notebook.renew_drafts()
        self.reports.renew_drafts()
        self.rounds.renew_drafts()
        self.answers.renew_drafts()
        self.audits.renew_drafts()

    def _next_poll(self) -> float | None:
        return self._workspace.next_poll() if self._heard_for or self._follows else None

    def _wake(self, *, insist: bool = False) -> None:
        self._stuck = 0
        self.sender.start()
        self.sender.wake(insist=insist)

    def _wake_soon(self) -> None:
        if self._wake_after_undo is not None:
            self._wake_after_undo.cancel()
        self._wake_after_undo = threading.Timer(UNDO_SECONDS, self._wake)
        self._wake_after_undo.daemon = True
        self._wake_after_undo.start()

    def _send(self, cancelled: Cancelled, progress: Progress) -> SendReport:
        registry = self._workspace.registry
        if registry is None:
            return SendReport(waiting=self._waiting, problem="no_server")
        if problem := self._workspace.problem_with(registry):
            return SendReport(waiting=self._waiting, problem=problem)
        once = self._photos_once
        report = SendReport()
        try:
            self.reports.address_to(registry.url, registry.addresses)
        except StoreWriteError:
            return SendReport(waiting=self._waiting, problem="not_saved")
        self._certify(registry)
        for book in self._books:
            if report.retry_after is not None:  # the server asks for patience
                report += SendReport(waiting=book.waiting)
                continue
            report += send(
                book,
                self.accounts,
                registry,
                schemas=self._workspace.schemas,
                is_told=self._workspace.is_told,
                photos_allowed=lambda: self.photos_allowed,
                cancelled=cancelled,
                progress=progress if book.waiting else not_told,
            )
        self._ahead = report.ahead
        self._stuck = report.blocked + report.held + report.ahead
        if report.problem in _LINE_IS_GOOD:
            report = self._revoke_left(registry, report)
        if report.problem in _LINE_IS_GOOD:
            self._hear(registry, cancelled)
        if once and report.problem in (None, "cancelled", "sign_in_needed", "locked"):
            self._photos_once = False  # everything was sent, or the person changed their mind
        return report

    def _certify(self, registry: Registry) -> None:
        """Have the account's key certified, once in a run: a server that cannot do it is not asked in each pass."""
        account = self._uncertified
        if account is not None:
            with _told("a certificate for the device's key"):
                with contextlib.suppress(Refused):
                    certify(account, self.id, self.accounts, registry)
                self._asked_to_certify = account, registry.url

    def _revoke_left(self, registry: Registry, report: SendReport) -> SendReport:
        try:
            self.accounts.revoke_left(registry)
        except Unreachable as error:
            return replace(report, problem=error.reason, retry_after=error.retry_after)
        except StoreWriteError:
            return replace(report, problem="not_saved")
        return report

    def _hear(self, registry: Registry, cancelled: Cancelled) -> None:
        """Fetch what the office said. A failure does not undo what was sent, and the next pass asks again."""
        account = self._heard_for
        with _told("events"):
            if account is not None:
                hear(
                    self.notebook.events,
                    account,
                    self.accounts,
                    registry,
                    cancelled=cancelled,
                    books=self._books,
                    elsewhere=self.elsewhere,
                )
        with _told("what inspectors are told"):
            if account is not None and self._may_be_guided:
                guide(self.guidance, account, self.accounts, registry)
        with _told("what became of reports"):
            if self._follows:
                follow(self.reports, self.accounts.viewer, registry, cancelled=cancelled)


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Log why something could not be fetched, and go on."""
    try:
        yield
    except (Unreachable, Refused, StoreWriteError) as error:
        _log.info("%s could not be fetched: %s", what, describe(error))


def mark_restored(root: Path) -> None:
    """Let every device know, also those that are closed: each offers its records once it is opened.

    The marks are durable on return. After a power cut nothing else would tell of what the new copy has replaced.
    """
    for folder in (root / "devices").glob("*"):
        try:
            (folder / _RESTORED).touch(mode=0o600)
            sync_folder(folder)
        except OSError as error:
            _log.error("a device could not be marked: %s", describe(error))


class NotSettled(Exception):
    """Nothing may be sent to the server yet; `reason` says why, as SendReport's `problem` does."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Workspace:
    """The app's folder, held by this process alone. Safe to use from several threads."""

    def __init__(self, root: Path, server: str | None) -> None:
        self.root = root
        self.lock = threading.RLock()
        self.registry: Registry | None = Registry(server) if server else None
        self._devices: dict[Path, Device] = {}
        self._closed = False
        self._away = False
        self._quiet_fetches = 0
        self._folder_lock = FolderLock(root)
        try:
            self.catalogue = Catalogue.open(root / "catalogue")
            self._addresses = Addresses(root, self.catalogue)
            self.checklists = Versions(root / "checklists")
            self.fetcher = Syncer("fetch", self._fetch, poll=self.next_poll)
            self.pictures = Pictures(root / "pictures", self._picture, self.catalogue.pictures)
            self.labels = Syncer("labels", self._labels)
            for folder in sorted((root / "devices").glob("*")):
                if any(book.has_unsent(folder) for book in _BOOKS) or (folder / _RESTORED).exists():
                    self._open_unsent(folder)
        except BaseException:
            self._folder_lock.release()
            raise
        self.fetcher.start()

    @classmethod
    def open(cls, root: Path, *, server: str | None) -> Workspace:
        """Open the app's folder, and begin to sync the register and every device's unsent notes.

        Raises FolderInUse, and StoreError where the catalogue cannot be opened.
        """
        return cls(root, server)

    def device(self, key: str) -> Device:
        """The device with this key, the same object for every caller; give it back with `Device.release`."""
        folder = self.root / "devices" / hashlib.sha256(key.encode()).hexdigest()[:32]
        with self.lock:
            device = self._device(folder)
            device.users += 1
            return device

    def connect(self, server: str | None) -> None:
        """Use another address from now on.

        Nothing is sent there until it has proved that it is the same register, or the person has decided (`standing`).
        What waits now is for the register that it was written for. The old copy stays until another one is complete.
        """
        self.use(Registry(server) if server else None)

    def use(self, registry: Registry | None) -> None:
        """Use this server from now on, as `connect` does."""
        with self.lock:
            self.registry = registry
            self._bind(self._devices.values())
        self.wake()

    @property
    def standing(self) -> Standing:
        """What is known of the server at the present address."""
        return self._addresses.standing(self.registry) if self.registry else Standing.KNOWN

    def problem_with(self, registry: Registry) -> str | None:
        """Why nothing may be sent to this server, as a report's `problem`; it is asked for its proof where needed."""
        try:
            standing = self._addresses.settle(registry)
        except Unreachable as error:
            return error.reason
        except StoreWriteError:
            return "not_saved"
        if standing is Standing.KNOWN:
            return None
        return "another_register" if standing is Standing.ANOTHER else "unproved_server"

    def accept_server(self, *, same: bool) -> None:
        """Take over the person's word on a server that has proved nothing: the `same` register as before, or another.

        Either way one has to sign in there anew. What waited goes there only if it is the same. Raises StoreWriteError.
        """
        if self.registry is None:
            return
        if same:
            for device in self._all_devices():
                device.bind(None)
        self._addresses.accept(self.registry)
        self.wake()

    def bring_back(self, device: Device) -> int:
        """Copy what waits for the device's account in folders that nobody uses; returns how much that is.

        A browser that has lost its key cannot reach its folder any more. Its notes stay there too: whoever sends one
        first, the server takes it once. Drafts move. Raises StoreError.
        """
        brought = 0
        for folder in sorted((self.root / "devices").glob("*")):
            viewer = device.accounts.viewer
            if folder == device.folder or not any(book.may_hold(folder, viewer) for book in _BOOKS):
                continue
            with self.lock:
                try:
                    other = self._device(folder)
                except StoreError as error:
                    _log.error("a device cannot be opened: %s", describe(error))
                    continue
                if other.users > 0:  # its own browser is here, and sends by itself
                    continue
                other.users += 1  # so that it stays open meanwhile
            try:
                device.accounts.keys.bring_back(other.accounts.keys, viewer.owns)
                brought += device.notebook.bring_back(other.notebook, viewer)
                brought += device.reports.bring_back(other.reports, viewer)
                brought += device.rounds.bring_back(other.rounds, viewer)
                brought += device.answers.bring_back(other.answers, viewer)
                brought += device.audits.bring_back(other.audits, viewer)
            finally:
                other.release()
        return brought

    def now(self) -> datetime:
        """The time by the server's clock where that is known, otherwise by the device's."""
        return datetime.now(UTC) + timedelta(seconds=self.clock_offset or 0)

    def today(self) -> Today:
        """The day that it is believed to be, by `now` and the dates in the register's copy."""
        return believed_today(self.now(), self.catalogue.copy.as_of)

    @property
    def clock_offset(self) -> int | None:
        """How many seconds the server's clock is ahead of the device's; None where that is not known."""
        registry = self.registry
        return registry.clock_offset if registry and self.standing is Standing.KNOWN else None

    def product(self, gtin: str, *, cancelled: Cancelled) -> ProductAnswer:
        """What the register says of this GTIN (14 digits) now. Raises Refused, and Unreachable where nobody may say."""
        registry = self.registry
        if registry is None:
            raise Unreachable("no_server")
        if problem := self.problem_with(registry):
            raise Unreachable(problem)
        return registry.product(gtin, cancelled=cancelled)

    def want_labels(self) -> None:
        """Fetch the labels that are missing now, if any device wants them."""
        if self._wants_labels():
            self.labels.start()
            self.labels.wake()

    @property
    def schemas(self) -> Schemas:
        """The forms of records that the server takes, as the register's copy says; None where it does not say."""
        return self.catalogue.register.schemas if self.is_told else None

    @property
    def is_told(self) -> bool:
        """Whether the copy of the register is this server's, so that `schemas` is what it says."""
        registry = self.registry
        return registry is not None and self.catalogue.copy.source in registry.addresses

    def be_away(self, away: bool) -> None:
        """Take over whether the app is in the background, where it does not poll."""
        self._away = away

    def wake_fetcher(self) -> None:
        """Fetch the register now, because there may be a connection again; not while the app is in the background."""
        if not self._away:
            self.fetcher.wake()

    def fetch_now(self) -> None:
        """Fetch the register because the person asks for it, even where the server asked for patience."""
        self.fetcher.wake(insist=True)

    def wake(self) -> None:
        """Fetch and send now, because there may be a connection again."""
        self.wake_fetcher()
        for device in self._all_devices():
            device.wake()

    def settle(self, device: Device) -> None:
        """Close a device that no screen uses and that has nothing it can send."""
        with self.lock:
            status = device.sender.status
            if device.users > 0 or status.running or self._devices.get(device.folder) is not device:
                return
            if device.can_send:
                return
            del self._devices[device.folder]
            device.close(timeout=0)

    def close(self, timeout: float = 5) -> None:
        """End syncing and give the folder back. Waits up to `timeout` seconds for requests that are under way.

        A request that takes longer finds its stores closed: its result is not recorded, and it is repeated next time.
        """
        with self.lock:
            self._closed = True
            devices = list(self._devices.values())
            self._devices.clear()
        ends = time.monotonic() + timeout
        self.pictures.close()
        for syncer in (self.fetcher, self.labels, *(device.sender for device in devices)):
            syncer.stop(0)
        self.fetcher.stop(timeout)
        self.labels.stop(max(0, ends - time.monotonic()))
        for device in devices:
            device.close(max(0, ends - time.monotonic()))
        self.catalogue.close()
        self._addresses.close()
        self._folder_lock.release()

    def _all_devices(self) -> list[Device]:
        with self.lock:
            return list(self._devices.values())

    def _device(self, folder: Path) -> Device:
        if self._closed:
            raise StoreWriteError(folder, "closed")
        device = self._devices.get(folder)
        if device is None:
            device = self._devices[folder] = Device(folder, self)
            self._bind([device])
        return device

    def _bind(self, devices: Iterable[Device]) -> None:
        """Keep what waits for the register that the copy is of, while it is not known who is at the address."""
        source = self.catalogue.copy.source
        if self.registry is not None and source is not None and self.standing is not Standing.KNOWN:
            for device in devices:
                device.bind(source)

    def _open_unsent(self, folder: Path) -> None:
        try:
            self._device(folder)
        except StoreError as error:
            # The person whose device it is will be told when they open it; other devices go on.
            _log.error("a device cannot be opened: %s", describe(error))

    def _fetch(self, cancelled: Cancelled, progress: Progress) -> FetchReport:
        registry = self.registry
        if registry is None:
            return FetchReport(problem="no_server")
        if problem := self.problem_with(registry):
            return FetchReport(problem=problem)
        taken = self.schemas
        report = fetch(
            self.catalogue,
            registry,
            cancelled=cancelled,
            progress=progress,
            gives_way=self._records_go_first,
            when_unknown=lambda: mark_restored(self.root),
            when_restored=self._server_restored,
        )
        if report.problem is None:
            for device in self._all_devices():
                device.offer_again()
            fetch_checklists(self.checklists, registry, self.catalogue.register.checklists, cancelled=cancelled)
        if self.schemas != taken:
            for device in self._all_devices():
                device.server_renewed()
        if report.changes:
            self.pictures.follow_register()
            self.want_labels()
        loud = report.changes or report.problem not in (None, "wrong_count", "emptied")
        self._quiet_fetches = 0 if loud else self._quiet_fetches + 1
        return report

    def _picture(self, sha256: str, width: int, cancelled: Cancelled) -> bytes | None:
        registry = self.registry
        if registry is None:
            raise Unreachable("no_server")
        if problem := self.problem_with(registry):
            raise Unreachable(problem)
        return fetch_picture(registry, sha256, width, cancelled=cancelled, gives_way=self._records_go_first)

    def _wants_labels(self) -> bool:
        return any(device.wants_labels for device in self._all_devices())

    def _labels(self, cancelled: Cancelled, progress: Progress) -> LabelReport:
        looked_at = [gtin for device in self._all_devices() for gtin in device.looked_at()]
        return fetch_labels(
            self.catalogue,
            self.pictures,
            allowed=self._wants_labels,
            looked_at=looked_at,
            cancelled=cancelled,
            progress=progress,
        )

    def _records_go_first(self) -> bool:
        return any(device.is_sending_records for device in self._all_devices())

    def _server_restored(self) -> None:
        for device in self._all_devices():
            with _told("that the server was restored"):  # and one device's full disk takes it from no other
                device.server_restored()

    def next_poll(self) -> float | None:
        """Seconds until the next poll: longer each time that nothing is new; None in the background."""
        if self._away:
            return None
        return float(min(SELDOMEST_FETCH, FETCH_EVERY * 2 ** max(0, min(self._quiet_fetches, 10) - 1)))
