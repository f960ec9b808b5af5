"""A server that is restored from an older copy of its database and has forgotten what it confirmed since."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import requests

from services.accounts.accounts import Accounts
from services.accounts.sealing import SealingKey
from services.client.registry import Registry
from services.notes.notebook import Notebook
from services.register.products import Product
from services.sync.outbox import SendReport, send
from services.workspace import Workspace
from tests.faults.fieldwork import INSPECTORS
from tests.faults.plan import Fault
from tests.faults.proxy import Proxy
from tests.faults.reckoning import Stored, compare
from tests.faults.test_each_fault import written
from tests.services.conftest import change_register
from tests.support.registry_server import RegistryServer

WITHDRAW_THREE = """
from register.models import Certificate
for certificate in Certificate.objects.order_by("number")[:3]:
    certificate.withdrawn_on = "2026-01-01"
    certificate.withdrawn_reason = "Vi phạm"
    certificate.save()
"""
RENAME_FIVE = """
from register.models import Product
for product in Product.objects.order_by("-gtin")[:5]:
    product.name += " xyzzy"
    product.save()
"""


def test_a_note_that_was_half_sent_arrives_whole_at_the_restored_server(tmp_path: Path) -> None:
    notebook, accounts = Notebook.open(tmp_path / "device"), Accounts.open(tmp_path / "device")
    with RegistryServer(tmp_path / "registry") as server:
        back_up(server, tmp_path / "backup.sqlite3")
        note = written(notebook, None, 1)
        second = note.photos[1].sha256
        proxy = Proxy(
            server.port,
            lambda n, method, path: Fault("reset_before_the_request", Random(1)) if path.endswith(second) else None,
            10,
        )
        assert send(notebook.records, accounts, Registry(proxy.url)).photos == 1
        proxy.close()

        restore(server, tmp_path / "backup.sqlite3")
        registry = Registry(server.url)
        report = send(notebook.records, accounts, registry)
        assert (report.received, report.waiting) == (1, 0)
        photo_bytes = {photo.sha256: notebook.photos.read(photo.sha256) for photo in note.photos}
        assert compare([note], photo_bytes, Stored.read(server.data, None, "note")).faults == []
        assert send(notebook.records, accounts, registry) == SendReport()


def test_a_device_that_polls_notices_a_restored_database_and_gives_back_what_that_has_lost(tmp_path: Path) -> None:
    """The office edits, a backup is restored, and the office edits on: at the cursors that devices know already."""
    backup = tmp_path / "backup.sqlite3"
    username, password = INSPECTORS[0]
    with RegistryServer(tmp_path / "registry") as server:

        def restore_and_edit_on() -> None:
            restore(server, backup)
            change_register(server, WITHDRAW_THREE)
            edited.set()

        edited = threading.Event()
        ahead: list[Fault] = []
        proxy = Proxy(
            server.port,
            lambda n, method, path: ahead.pop() if ahead and "/changes" in path else None,
            10,
            restore_database=restore_and_edit_on,
        )
        workspace = Workspace.open(tmp_path / "device", server=proxy.url)
        device = workspace.device("local")
        book = device.notebook.records
        device.accounts.unlock(SealingKey.of_browser("a browser"))
        assert workspace.registry
        account = device.accounts.sign_in(workspace.registry, username, password, device.id)
        until(lambda: workspace.catalogue.copy.complete)
        back_up(server, backup)

        notes = [written(device.notebook, who, number) for number, who in enumerate((username, None))]
        change_register(server, RENAME_FIVE)
        workspace.wake()
        until(lambda: not book.waiting and len(workspace.catalogue.search("xyzzy", limit=9)) == 5)
        until(lambda: device.notebook.events.cursor(account.key, proxy.url))
        ahead.append(Fault("database_restored", Random(1)))
        workspace.wake()
        assert edited.wait(60)
        device.accounts.sign_in(workspace.registry, username, password, device.id)  # its session was forgotten too
        until(
            lambda: workspace.wake() or (len(Stored.read(server.data, None, "note").photos) == 4 and not book.waiting)
        )

        truth = requests.get(f"{server.url}/api/v1/snapshot", timeout=30).json()["products"]
        assert sum(c["withdrawn_reason"] == "Vi phạm" for each in truth for c in each["certificates"]) == 3
        until(lambda: all(workspace.catalogue.product(p["gtin"]) == Product.from_json(p) for p in truth))
        photo_bytes = {photo.sha256: book.files.read(photo.sha256) for note in notes for photo in note.photos}
        assert compare(notes, photo_bytes, Stored.read(server.data, None, "note")).faults == []
        workspace.close()
        proxy.close()


def test_a_note_without_an_account_comes_back_from_a_device_that_was_closed_meanwhile(tmp_path: Path) -> None:
    with RegistryServer(tmp_path / "registry") as server:
        workspace = Workspace.open(tmp_path / "device", server=server.url)
        until(lambda: workspace.catalogue.copy.complete)
        back_up(server, tmp_path / "backup.sqlite3")
        device = workspace.device("a browser's key")
        note, folder = written(device.notebook, None, 1), device.folder
        until(lambda: not device.notebook.records.waiting)
        device.release()
        change_register(server, RENAME_FIVE)
        until(lambda: workspace.wake() or len(workspace.catalogue.search("xyzzy", limit=9)) == 5)
        restore(server, tmp_path / "backup.sqlite3")
        until(lambda: workspace.wake() or not workspace.catalogue.search("xyzzy", limit=9))
        assert (folder / "restored").exists()
        workspace.close()
        workspace = Workspace.open(tmp_path / "device", server=server.url)  # at the next start, before anybody comes
        until(lambda: len(Stored.read(server.data, None, "note").photos) == 2 and not (folder / "restored").exists())
        (row,) = Stored.read(server.data, None, "note").notes
        assert row[0] == note.id
        until(lambda: Stored.read(server.data, None, "note").files)
        workspace.close()


def back_up(server: RegistryServer, to: Path) -> None:
    """Copy the database of the running server."""
    with closing(sqlite3.connect(server.data / "registry.sqlite3")) as kept, closing(sqlite3.connect(to)) as copy:
        kept.backup(copy)


def restore(server: RegistryServer, backup: Path) -> None:
    """Put an earlier copy in the place of the database, as after the loss of a disk: photos are gone too."""
    server.kill()
    for name in ("registry.sqlite3-wal", "registry.sqlite3-shm"):
        (server.data / name).unlink(missing_ok=True)
    shutil.copy(backup, server.data / "registry.sqlite3")
    shutil.rmtree(server.data / "photos")
    server.start()


def until(done: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.2)
