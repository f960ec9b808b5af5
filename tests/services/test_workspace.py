from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.client.registry import Registry
from services.notes.note import NoteState
from services.notes.notebook import Notebook
from services.storage.store import FolderInUse, Store
from services.sync.connection import Connection
from services.sync.passes import FetchReport
from services.workspace import Device, Workspace
from tests.services.conftest import INSPECTOR, KEY, until, written
from tests.support.registry_server import RegistryServer, free_port


def received(device: Device) -> int:
    return device.notebook.counts()[NoteState.RECEIVED]


@pytest.fixture
def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Callable[[str | None], Workspace]]:
    opened: list[Workspace] = []

    def make(server: str | None) -> Workspace:
        opened.append(Workspace.open(tmp_path / "root", server=server))
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


Open = Callable[[str | None], Workspace]


def test_it_fetches_the_register_by_itself(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(server.url)
    assert until(lambda: workspace.catalogue.copy.complete)
    assert workspace.catalogue.copy.products == 393
    assert until(lambda: workspace.fetcher.status.last_success is not None)


def test_one_process_a_folder(open_workspace: Open, tmp_path: Path) -> None:
    workspace = open_workspace(None)
    with pytest.raises(FolderInUse) as error:
        Workspace.open(tmp_path / "root", server=None)
    assert str(tmp_path / "root") in str(error.value)
    workspace.close()
    open_workspace(None)


def test_a_signed_note_is_sent_by_itself(open_workspace: Open, server: RegistryServer) -> None:
    device = open_workspace(server.url).device("local")
    assert not device.sender._started
    written(device.notebook, colours=("red",))
    assert until(lambda: received(device) == 1)


def test_what_a_restored_server_may_lack_is_offered_again_with_the_next_pass(
    open_workspace: Open, server: RegistryServer
) -> None:
    """An earlier try may have found no room on the disk; the mark stays until all is in the outbox."""
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    written(device.notebook, colours=("red",))
    assert until(lambda: received(device) == 1 and workspace.fetcher.status.last_success is not None)
    mark = device.folder / "restored"
    mark.touch()
    with_doubts: list[int] = []
    device.notebook.records.subscribe_outbox(lambda: with_doubts.append(device.notebook.records.waiting))
    workspace.fetch_now()
    assert until(lambda: not mark.exists() and received(device) == 1 and not device.notebook.records.waiting)
    assert with_doubts[0] == 1


def test_a_device_keeps_its_id_and_two_devices_share_nothing(open_workspace: Open, tmp_path: Path) -> None:
    workspace = open_workspace(None)
    one, other = workspace.device("one"), workspace.device("other")
    assert workspace.device("one") is one
    assert one.id != other.id
    written(one.notebook)
    one.settings.change(language="en")
    assert (other.notebook.count(), other.settings.value.language) == (0, None)
    kept = one.id
    folders = sorted(path.name for path in (tmp_path / "root" / "devices").iterdir())
    assert len(folders) == 2
    assert all(len(name) == 32 and "one" not in name for name in folders)
    workspace.close()
    assert open_workspace(None).device("one").id == kept


def test_unsent_notes_of_an_earlier_run_are_sent_though_nobody_opens_their_device(
    open_workspace: Open, server: RegistryServer, nowhere: str, tmp_path: Path
) -> None:
    workspace = open_workspace(nowhere)
    for key in ("a", "b"):
        device = workspace.device(key)
        written(device.notebook, colours=("red",))
        device.release()
    workspace.device("c").release()
    workspace.close()

    workspace = open_workspace(server.url)
    assert until(lambda: not workspace._devices), "sent, and closed again"
    for folder in (tmp_path / "root" / "devices").iterdir():
        assert not Notebook.has_unsent(folder)
    assert received(workspace.device("a")) == 1


def test_a_device_nobody_uses_closes_when_it_has_nothing_to_send(
    open_workspace: Open, server: RegistryServer, nowhere: str
) -> None:
    workspace = open_workspace(nowhere)
    idle = workspace.device("idle")
    workspace.device("idle")
    idle.release()
    assert workspace._devices, "the other screen still has it"
    idle.release()
    assert not workspace._devices

    busy = workspace.device("busy")
    written(busy.notebook)
    busy.release()
    assert until(lambda: busy.sender.status.last_problem == "no_connection")
    assert workspace.device("busy") is busy
    busy.release()
    workspace.connect(server.url)
    assert until(lambda: not workspace._devices)
    assert received(workspace.device("busy")) == 1


def test_notes_that_wait_for_a_sign_in_keep_no_device_open(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(server.url)
    device = workspace.device("x")
    written(device.notebook, account=INSPECTOR[0])
    assert until(lambda: device.sender.status.waiting == 1 and not device.sender.status.running)
    device.release()
    assert until(lambda: not workspace._devices)

    device = workspace.device("x")
    assert device.notebook.count() == 1
    registry = workspace.registry
    assert registry
    device.accounts.sign_in(registry, *INSPECTOR, device.id)
    assert until(lambda: received(device) == 1), "the sign-in woke the sender"


def test_without_a_server_everything_waits(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(None)
    device = workspace.device("local")
    written(device.notebook)
    assert until(lambda: device.sender.status.last_problem == "no_server")
    assert until(lambda: workspace.fetcher.status.last_problem == "no_server")
    workspace.connect(server.url)
    assert until(lambda: received(device) == 1)
    assert until(lambda: workspace.catalogue.copy.complete)


def test_notes_wait_out_a_server_that_is_down(open_workspace: Open, tmp_path: Path) -> None:
    server = RegistryServer(tmp_path / "registry")
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    written(device.notebook, colours=("red", "blue"))
    assert until(lambda: device.sender.status.last_problem == "no_connection")
    with server:
        workspace.wake()
        assert until(lambda: received(device) == 1)
        assert until(lambda: workspace.catalogue.copy.products == 393)


def rested(device: Device) -> bool:
    return device.sender.status.last_success is not None and not device.sender.status.running


def test_photos_wait_for_wifi_and_go_when_it_comes(open_workspace: Open, server: RegistryServer) -> None:
    device = open_workspace(server.url).device("local")
    device.settings.change(photos_on_wifi_only=True)
    assert not device.photos_allowed, "nobody has said what the connection costs"
    device.connected(Connection.METERED)
    written(device.notebook, colours=("red",))
    assert until(lambda: rested(device))
    (note,) = device.notebook.notes()
    assert (note.received_at is None, note.photos_sent, note.reason) == (False, 0, "photos_wait_for_wifi")
    assert not device.can_send, "it need not stay open for that"
    passes: list[None] = []
    device.sender.subscribe(lambda: passes.append(None))
    assert not until(lambda: bool(passes), timeout=0.5), "no spinning, no back-off"
    device.connected(Connection.UNMETERED)
    assert until(lambda: received(device) == 1)


def test_photos_can_be_sent_now_for_this_once(open_workspace: Open, server: RegistryServer) -> None:
    device = open_workspace(server.url).device("local")
    device.settings.change(photos_on_wifi_only=True)
    device.connected(Connection.METERED)
    written(device.notebook, colours=("red",))
    assert until(lambda: rested(device))
    device.send_photos_now()
    assert until(lambda: received(device) == 1)
    assert until(lambda: not device.photos_allowed), "this once"
    written(device.notebook, colours=("blue",))
    assert until(lambda: device.notebook.notes()[0].reason == "photos_wait_for_wifi")


def test_the_wish_to_send_photos_now_outlasts_a_failed_try(
    open_workspace: Open, server: RegistryServer, nowhere: str
) -> None:
    workspace = open_workspace(nowhere)
    device = workspace.device("local")
    device.settings.change(photos_on_wifi_only=True)
    written(device.notebook, colours=("red",))
    device.send_photos_now()
    assert until(lambda: device.sender.status.last_problem == "no_connection")
    workspace.connect(server.url)
    assert until(lambda: received(device) == 1)


def test_another_connection_is_tried_at_once(open_workspace: Open, tmp_path: Path) -> None:
    server = RegistryServer(tmp_path / "registry")
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    device.connected(Connection.NONE)
    written(device.notebook)
    assert until(lambda: device.sender.status.last_problem == "no_connection")
    with server:
        device.connected(Connection.METERED)
        assert until(lambda: received(device) == 1)
        assert until(lambda: workspace.catalogue.copy.complete)


def test_in_the_background_the_register_is_not_asked_for(
    open_workspace: Open, server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(server.url)
    assert until(lambda: workspace.catalogue.copy.complete)
    assert until(lambda: not workspace.fetcher.status.running)
    workspace.be_away(True)
    assert workspace.next_poll() is None
    passes: list[None] = []
    workspace.fetcher.subscribe(lambda: passes.append(None))
    device = workspace.device("local")
    device.connected(Connection.UNMETERED)
    written(device.notebook)
    assert until(lambda: received(device) == 1), "what was recorded is sent all the same"
    assert passes == []
    workspace.be_away(False)
    workspace.wake_fetcher()
    assert until(lambda: bool(passes))


def test_polls_become_seldom_while_nothing_changes(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(server.url)
    assert until(lambda: workspace.catalogue.copy.complete)
    pauses = []
    for quiet in range(7):
        assert until(lambda quiet=quiet: workspace._quiet_fetches == quiet)  # type: ignore[misc]
        pauses.append(workspace.next_poll())
        workspace.fetcher.wake()
    assert pauses == [900, 900, 1800, 3600, 7200, 7200, 7200]


def test_what_waits_for_a_newer_server_goes_when_the_register_says_that_it_is_one(
    open_workspace: Open, server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(server.url)
    assert until(lambda: workspace.schemas is not None)
    assert workspace.schemas == dict.fromkeys(("answer", "audit", "inspection", "note", "report", "round"), (1,))
    document = dict(workspace.catalogue._copy.document["register"]) | {"schemas": {"note": [2]}}
    copy = workspace.catalogue.copy
    assert copy.cursor
    assert copy.as_of
    changed = {"more": False, "register": document, "as_of": copy.as_of}
    workspace.catalogue.apply([], copy.cursor, **changed)  # type: ignore[arg-type]
    device = workspace.device("local")
    written(device.notebook)
    assert until(lambda: device._stuck == 1)
    [note] = device.notebook.notes()
    assert (note.state, note.reason) == (NoteState.WAITING, "server_too_old")
    assert not device.can_send
    changed = {"more": False, "register": document | {"schemas": {"note": [1, 2]}}, "as_of": copy.as_of}

    def fetch_schemas(*_arguments: object, **_options: object) -> FetchReport:
        workspace.catalogue.apply([], "another", **changed)  # type: ignore[arg-type]
        return FetchReport()

    monkeypatch.setattr("services.workspace.fetch", fetch_schemas)
    workspace.fetcher.wake()
    assert until(lambda: received(device) == 1)


def test_a_signed_in_device_hears_of_its_notes_on_the_registers_rhythm(
    open_workspace: Open, server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(server.url)
    assert until(lambda: workspace.schemas is not None)
    heard: list[str] = []
    monkeypatch.setattr("services.workspace.hear", lambda events, username, *_rest, **_options: heard.append(username))
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    assert device._next_poll() is None
    registry = Registry(server.url)
    device.accounts.sign_in(registry, *INSPECTOR, device.id)
    assert device._next_poll() == workspace.next_poll(), "its other devices may have sent something"
    assert until(lambda: bool(heard)), "at once"
    heard.clear()
    written(device.notebook, account=INSPECTOR[0])
    # Once or more: a wake that comes while it sends asks for another pass.
    assert until(lambda: bool(heard)), "after sending"
    assert device._next_poll() == workspace.next_poll()
    monkeypatch.setattr(workspace, "next_poll", lambda: 0.05)
    device.wake()
    before = len(heard)
    assert until(lambda: len(heard) > before + 2)
    current = device.accounts.current
    assert current
    assert set(heard) == {current.id}
    monkeypatch.setattr(workspace, "next_poll", lambda: None)
    device.accounts.sign_out()
    assert device._next_poll() is None


def test_a_device_that_cannot_be_opened_stops_nobody_else(open_workspace: Open, tmp_path: Path, nowhere: str) -> None:
    workspace = open_workspace(nowhere)
    good, bad = workspace.device("good"), workspace.device("bad")
    written(good.notebook)
    written(bad.notebook)
    workspace.close()
    newer = Store(bad.folder / "drafts.json", migrations=[lambda tables: tables] * 2)
    newer.commit({})
    workspace = open_workspace(nowhere)
    assert set(workspace._devices) == {good.folder}


def test_what_had_to_be_recovered_is_told(open_workspace: Open) -> None:
    workspace = open_workspace(None)
    device = workspace.device("local")
    device.settings.change(theme="dark")
    written(device.notebook)
    workspace.close()
    for name in ("settings.json", "notes/000001.json"):
        (device.folder / name).write_bytes(b"")
    device = open_workspace(None).device("local")
    assert sorted(recovery.path.name for recovery in device.recovered) == ["000001.json", "settings.json"]


def test_after_closing_nothing_is_written(open_workspace: Open, server: RegistryServer, tmp_path: Path) -> None:
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    written(device.notebook)
    workspace.close()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "root").rglob("*")}
    threads = [thread.name for thread in threading.enumerate() if thread.name.startswith(("send", "fetch"))]
    assert threads == []
    time.sleep(0.2)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "root").rglob("*")} == before


def test_many_screens_of_one_device_get_one_object(open_workspace: Open) -> None:
    workspace = open_workspace(None)
    seen: set[int] = set()
    threads = [threading.Thread(target=lambda: seen.add(id(workspace.device("x")))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1


def test_a_registry_of_its_own_for_each_server(open_workspace: Open) -> None:
    workspace = open_workspace("https://a.example/")
    assert isinstance(workspace.registry, Registry)
    assert workspace.registry.url == "https://a.example"
    workspace.connect(None)
    assert workspace.registry is None
