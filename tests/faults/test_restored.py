"""A server that is restored from an older copy of its database and has forgotten what it confirmed since."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from services.accounts.accounts import Accounts
from services.client.registry import Registry
from services.notes.notebook import Notebook
from services.sync.outbox import SendReport, send
from tests.faults.plan import Fault
from tests.faults.proxy import Proxy
from tests.faults.reckoning import Stored, compare
from tests.faults.test_each_fault import written
from tests.support.registry_server import RegistryServer


def test_a_note_that_was_half_sent_arrives_whole_at_the_restored_server(tmp_path: Path) -> None:
    notebook, accounts = Notebook.open(tmp_path / "device"), Accounts.open(tmp_path / "device")
    with RegistryServer(tmp_path / "registry") as server:
        server.stop()
        copied = tmp_path / "backup.sqlite3"
        shutil.copy(server.data / "registry.sqlite3", copied)
        server.start()
        note = written(notebook, None, 1)
        second = note.photos[1].sha256
        proxy = Proxy(
            server.port,
            lambda n, method, path: Fault("reset_before_the_request", Random(1)) if path.endswith(second) else None,
            10,
        )
        assert send(notebook.records, accounts, Registry(proxy.url)).photos == 1
        proxy.close()

        server.kill()
        for name in ("registry.sqlite3-wal", "registry.sqlite3-shm"):
            (server.data / name).unlink(missing_ok=True)
        shutil.copy(copied, server.data / "registry.sqlite3")
        shutil.rmtree(server.data / "photos")
        server.start()
        registry = Registry(server.url)
        report = send(notebook.records, accounts, registry)
        assert (report.received, report.waiting) == (1, 0)
        photo_bytes = {photo.sha256: notebook.photos.read(photo.sha256) for photo in note.photos}
        assert compare([note], photo_bytes, Stored.read(server.data, None)).faults == []
        assert send(notebook.records, accounts, registry) == SendReport()
