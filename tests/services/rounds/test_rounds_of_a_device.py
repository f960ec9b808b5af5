"""Rounds as a part of the device: sent by themselves, undone until then, and kept apart like notes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import workspace as module
from services.client.registry import Registry
from services.history.history import Look
from services.papers.kept_record import kept_record
from services.records.book import RecordState
from services.rounds.inspection import Finding, Found, Shows
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, Role, Signature
from services.rounds.round_book import RoundBook
from services.sync.connection import Connection
from services.workspace import Device, Workspace
from tests.services.conftest import INSPECTOR, KEY, picture, until
from tests.support.record_kinds import NOW
from tests.support.registry_server import RegistryServer

PLACE = Place(PlaceKind.SHOP, "Cửa hàng Hạ Long")
FOUND = Found(gtin="09521234567899", product_name="Trà", findings=(Finding.OTHER,), text="Tem mờ")

Open = Callable[[str | None], Workspace]


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Open]:
    opened: list[Workspace] = []

    def make(server: str | None) -> Workspace:
        opened.append(Workspace.open(tmp_path / "root", server=server))
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


def signed_in(workspace: Workspace, key: str = "local") -> Device:
    device = workspace.device(key)
    device.accounts.unlock(KEY)
    assert until(lambda: workspace.schemas is not None)
    device.sign_in(*INSPECTOR)
    return device


def inspected(device: Device, colour: str = "red") -> str:
    rounds, author = device.rounds, device.author
    said = rounds.current(author.viewer) or rounds.open(PLACE, Inspected("Hoa"), (), None, author.viewer)
    draft = rounds.begin(said.id, FOUND, author)
    rounds.add_photo(draft.id, picture(colour), Shows.FRONT)
    return rounds.finish(draft.id, author).id


def test_inspections_and_their_round_arrive_once(
    open_workspace: Open, server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNDO_SECONDS", 0.5)
    device = signed_in(open_workspace(server.url))
    device.connected(Connection.UNMETERED)
    rounds, viewer = device.rounds, device.accounts.viewer
    undone = inspected(device)
    draft = rounds.undo(undone, viewer)
    rounds.save(replace(draft, found=replace(draft.found, text="Tem rách")), draft)
    first = rounds.finish(draft.id, device.author)
    second = inspected(device, "blue")
    assert until(lambda: rounds.inspections.counts() == {RecordState.RECEIVED: 2})
    said = rounds.current(viewer)
    assert said
    device.looked(Look(datetime.now(UTC), "x" * 9000, "malformed", "Mã hỏng", owner=viewer.account))
    content = rounds.to_sign(said.id, device.author)
    rounds.sign(said.id, Signature(Role.INSPECTOR, "Minh", NOW, content, (((1, 2), (3, 4)),)), device.author)
    closed = rounds.close(said.id, device.author)
    assert [name for name, _sha256 in closed.inspections] == [first.id, second]
    assert (closed.prev, first.prev) == (rounds.inspections.record(second).sha256, None)
    assert until(lambda: rounds.closed.counts() == {RecordState.RECEIVED: 1})
    assert [len(look.text) for look in closed.said.looked_at] == [500]
    assert not RoundBook.has_unsent(device.folder)
    registry = Registry(server.url)
    token = device.accounts.access_token(registry)
    held = registry.records(token).records
    registry.close()
    for record in (first, rounds.inspections.record(second), closed):
        assert [each["sha256"] for each in held if each["id"] == record.id] == [record.sha256]


def test_photos_of_inspections_wait_for_wifi(
    open_workspace: Open, server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNDO_SECONDS", 0.1)
    device = signed_in(open_workspace(server.url))
    device.settings.change(photos_on_wifi_only=True)
    device.connected(Connection.METERED)
    name = inspected(device)
    assert until(lambda: device.rounds.inspections.entry(name).reason == "photos_wait_for_wifi")
    assert device.rounds.inspections.has_receipt(name)
    assert device.rounds.inspections.unsent().files == 1
    device.connected(Connection.UNMETERED)
    assert until(lambda: device.rounds.inspections.entry(name).state is RecordState.RECEIVED)


def test_a_lost_and_a_copied_folder_keep_the_round(
    open_workspace: Open, server: RegistryServer, tmp_path: Path
) -> None:
    workspace = open_workspace(server.url)
    lost = signed_in(workspace, "lost")
    name = inspected(lost)
    begun = lost.rounds.current(lost.accounts.viewer)
    assert begun
    lost.release()
    assert workspace.device("lost") is lost, "it stays open while an inspection waits"
    lost.release()
    here = workspace.device("found")
    here.accounts.unlock(KEY)
    assert here.sign_in(*INSPECTOR) == 2
    assert here.rounds.current(here.accounts.viewer) == begun
    assert name in here.rounds.inspections
    folder = here.folder
    workspace.close()
    copy = tmp_path / "copy" / "devices" / folder.name
    shutil.copytree(folder, copy)
    copied = Workspace.open(tmp_path / "copy", server=None)
    try:
        device = copied.device("found")
        renewed = device.rounds.current(device.accounts.viewer)
        assert renewed
        assert renewed.id != begun.id
        assert renewed == replace(begun, id=renewed.id)
        assert [each.id for each in device.rounds.inspections_of(renewed.id, device.accounts.viewer)] == [name]
    finally:
        copied.close()


def test_what_a_lost_browser_signed_while_locked_is_sent_from_another_and_its_paper_bears_both_keys(
    open_workspace: Open, server: RegistryServer
) -> None:
    workspace = open_workspace(server.url)
    lost = signed_in(workspace, "one")
    first = inspected(lost)
    workspace.close()
    workspace = open_workspace("http://127.0.0.1:9")
    lost = workspace.device("one")
    assert lost.accounts.locked
    second = inspected(lost, "blue")
    assert lost.rounds.inspections.entry(second).signature is None
    workspace.close()
    workspace = open_workspace(server.url)
    here = signed_in(workspace, "two")
    said = here.rounds.current(here.accounts.viewer)
    assert said is not None
    here.rounds.close(said.id, here.author)
    assert until(lambda: not any(book.waiting for book in here.rounds.books), 60)
    assert not here.rounds.inspections.refused()
    registry, accounts = workspace.registry, here.accounts
    assert registry is not None
    kept = kept_record(said.id, here.rounds, accounts.viewer, accounts, registry.addresses)
    assert kept is not None
    assert [each.id for each in kept.inspections] == [first, second]
    kids = {signature.partition(";")[0] for signature in kept.proof.signatures.values()}
    assert len(kids) == 3
    assert kept.proof.certificates.keys() == kids
