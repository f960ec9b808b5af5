"""Audits as a part of the device: sent by themselves with an account, never without one, one list for two tills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.records.book import RecordState
from services.workspace import Device, Workspace
from tests.services.audits.conftest import MINH, pack
from tests.services.conftest import INSPECTOR, KEY, until
from tests.support.registry_server import RegistryServer

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


def signed_in(workspace: Workspace, key: str) -> Device:
    device = workspace.device(key)
    device.accounts.unlock(KEY)
    assert until(lambda: workspace.schemas is not None)
    device.sign_in(*INSPECTOR)
    return device


def counted(device: Device, *packs: int) -> str:
    audits, author = device.audits, device.author
    audit = audits.open("Cửa hàng", "Kệ 1", author.viewer).id
    for n in packs:
        audits.take(audit, pack(n))
    return audits.close(audit, author).id


def test_two_tills_of_an_account_see_one_list(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(server.url)
    here, there = signed_in(workspace, "here"), signed_in(workspace, "there")
    first, second = counted(here, 1, 2), counted(there, 2, 3)
    viewer = here.accounts.viewer
    assert until(lambda: here.audits.records.counts() == {RecordState.RECEIVED: 1}, 30)
    assert until(lambda: there.audits.records.counts() == {RecordState.RECEIVED: 1}, 30)
    here.send_now()
    assert until(lambda: len(here.audits.audits(viewer)) == 2, 30)
    assert {kept.id: kept.elsewhere for kept in here.audits.audits(viewer)} == {first: False, second: True}
    assert sorted(line.quantity for line in here.audits.union(viewer).lines) == [1, 1, 2]
    assert here.journal.entries(viewer) == [], "audits have a list of their own"
    assert here.unsent(viewer).records == 0


def test_without_an_account_nothing_is_sent_and_all_is_there_again(open_workspace: Open, tmp_path: Path) -> None:
    workspace = open_workspace(None)
    device = workspace.device("local")
    audit = counted(device, 1)
    running = device.audits.open("", "", device.accounts.viewer).id
    assert (device.can_send, device.recovered, device.unfinished_of(MINH)) == (False, [], 0)
    workspace.close()
    again = open_workspace(None).device("local")
    assert again.audits.without_account() == [running, audit]
    assert (again.audits.records.waiting, again.own_list.products()) == (0, ())
