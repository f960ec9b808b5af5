"""Everything on the disk of one running app: the shared catalogue, and a device's own notes, accounts and settings.

ROOT/.lock                  one process at a time
ROOT/catalogue/             the copy of the register, shared by all
ROOT/devices/KEY-HASH/      one person's device: the phone or desktop itself, or one browser of the web version
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from pathlib import Path

from services.accounts import Accounts
from services.catalogue import Catalogue
from services.faults import describe
from services.notebook import Notebook
from services.photos import PhotoFolder
from services.registry import Registry
from services.settings import SettingsFile
from services.storage import FolderLock, Recovery, Store, StoreError, StoreWriteError
from services.sync import FETCH_EVERY, FetchReport, SendReport, fetch, send
from services.syncer import Cancelled, Progress, Syncer

_log = logging.getLogger(__name__)

_ONLY = 1  # the one document of the table `device`


class Device:
    """What belongs to one device. Two devices never see each other's notes, accounts or settings."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        """Open the device in `folder`. Raises StoreError."""
        self.folder = folder
        self._workspace = workspace
        self._identity = Store(folder / "device.json")
        self.settings = SettingsFile.open(folder)
        self.accounts = Accounts.open(folder)
        self.notebook = Notebook.open(folder)
        self.sender = Syncer(f"send {folder.name[:8]}", self._send)
        self.users = 0
        self._blocked = 0
        self.notebook.subscribe_outbox(self._wake)
        self.accounts.subscribe(self.wake)
        self.sender.subscribe(lambda: workspace.settle(self))
        if self.notebook.outbox():
            self.sender.start()

    @property
    def id(self) -> str:
        """The UUID by which the server knows this device; given once."""
        with self._workspace.lock:
            kept = self._identity.table("device").get(doc_id=_ONLY)
            if kept is not None:
                return str(kept["id"])
            given = str(uuid.uuid4())
            self._identity.commit({"device": {_ONLY: {"id": given}}})
            return given

    @property
    def photos(self) -> PhotoFolder:
        return self.notebook.photos

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        stores = [self._identity.recovered, self.settings.recovered, self.accounts.recovered]
        return [*filter(None, stores), *self.notebook.recovered]

    def wake(self) -> None:
        """Try to send now, because there may be a connection again."""
        if self.notebook.outbox():
            self._wake()

    @property
    def can_send(self) -> bool:
        """Whether a note is waiting for anything but its account's sign-in."""
        return len(self.notebook.outbox()) > self._blocked

    def release(self) -> None:
        """Say that a screen that asked for this device is gone. It stays open while it has something to send."""
        with self._workspace.lock:
            self.users -= 1
        self._workspace.settle(self)

    def close(self, timeout: float = 5) -> None:
        self.sender.stop(timeout)
        self.notebook.close()
        self.accounts.close()
        self.settings.close()
        self._identity.close()

    def _wake(self) -> None:
        self._blocked = 0
        self.sender.start()
        self.sender.wake()

    def _send(self, cancelled: Cancelled, progress: Progress) -> SendReport:
        registry = self._workspace.registry
        if registry is None:
            return SendReport(waiting=len(self.notebook.outbox()), problem="no_server")
        report = send(self.notebook, self.accounts, registry, cancelled=cancelled, progress=progress)
        self._blocked = report.blocked
        return report


class Workspace:
    """The app's folder, held by this process alone. Safe to use from several threads."""

    def __init__(self, root: Path, server: str | None) -> None:
        self.root = root
        self.lock = threading.RLock()
        self.registry: Registry | None = Registry(server) if server else None
        self._devices: dict[Path, Device] = {}
        self._closed = False
        self._folder_lock = FolderLock(root)
        try:
            self.catalogue = Catalogue.open(root / "catalogue")
            self.fetcher = Syncer("fetch", self._fetch, poll=FETCH_EVERY)
            for folder in sorted((root / "devices").glob("*")):
                if Notebook.has_unsent(folder):
                    self._open_unsent(folder)
        except BaseException:
            self._folder_lock.release()
            raise
        self.fetcher.start()

    @classmethod
    def open(cls, root: Path, *, server: str | None) -> Workspace:
        """Open the app's folder and begin to sync: the register, and every device's unsent notes.

        Raises FolderInUse, and StoreError where the catalogue cannot be opened.
        """
        return cls(root, server)

    def device(self, key: str) -> Device:
        """The device with this key, the same object for everybody who asks; give it back with `Device.release`."""
        folder = self.root / "devices" / hashlib.sha256(key.encode()).hexdigest()[:32]
        with self.lock:
            device = self._device(folder)
            device.users += 1
            return device

    def connect(self, server: str | None) -> None:
        """Use another server from now on. The old copy of the register stays until the new one has arrived."""
        with self.lock:
            self.registry = Registry(server) if server else None
        self.wake()

    def wake(self) -> None:
        """There may be a connection again: fetch and send now."""
        with self.lock:
            devices = list(self._devices.values())
        self.fetcher.wake()
        for device in devices:
            device.wake()

    def settle(self, device: Device) -> None:
        """Close a device that nobody uses and that has nothing it could send."""
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

        One that takes longer finds its stores closed: what it did is not recorded, and done again next time.
        """
        with self.lock:
            self._closed = True
            devices = list(self._devices.values())
            self._devices.clear()
        ends = time.monotonic() + timeout
        for syncer in (self.fetcher, *(device.sender for device in devices)):
            syncer.stop(0)
        self.fetcher.stop(timeout)
        for device in devices:
            device.close(max(0, ends - time.monotonic()))
        self.catalogue.close()
        self._folder_lock.release()

    def _device(self, folder: Path) -> Device:
        if self._closed:
            raise StoreWriteError(folder, "closed")
        device = self._devices.get(folder)
        if device is None:
            device = self._devices[folder] = Device(folder, self)
        return device

    def _open_unsent(self, folder: Path) -> None:
        try:
            self._device(folder)
        except StoreError as error:
            # Told to the person whose device it is, when they open it; everybody else's work goes on.
            _log.error("a device cannot be opened: %s", describe(error))

    def _fetch(self, cancelled: Cancelled, progress: Progress) -> FetchReport:
        registry = self.registry
        if registry is None:
            return FetchReport(problem="no_server")
        return fetch(self.catalogue, registry, cancelled=cancelled, progress=progress)
