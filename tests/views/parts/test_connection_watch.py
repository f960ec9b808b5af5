"""By what the device is connected, as it says itself: what that means, and that a change is acted on once it lasts."""

from __future__ import annotations

import asyncio

import flet as ft
import pytest

from services.sync.connection import Connection
from services.sync.syncer import Syncer
from services.workspace import Device, Workspace
from tests.views.headless import NEVER, Client
from views.parts import client_answers, connection_watch
from views.parts.connection_watch import connection_of

K = ft.ConnectivityType


@pytest.mark.parametrize(
    ("kinds", "meant"),
    [
        ([K.WIFI], Connection.UNMETERED),
        ([K.ETHERNET], Connection.UNMETERED),
        ([K.VPN, K.WIFI], Connection.UNMETERED),
        ([K.MOBILE], Connection.METERED),
        ([K.BLUETOOTH], Connection.METERED),
        ([K.VPN, K.MOBILE], Connection.METERED),
        ([K.VPN], Connection.UNKNOWN),
        ([K.OTHER], Connection.UNKNOWN),
        ([K.NONE], Connection.NONE),
        ([], Connection.NONE),
    ],
)
def test_what_the_kinds_of_connection_mean(kinds: list[ft.ConnectivityType], meant: Connection) -> None:
    assert connection_of(kinds) is meant


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """What devices are told, in order."""
    heard: list[Connection] = []

    def connected(device: Device, now: Connection) -> None:
        device.connection = now
        heard.append(now)

    monkeypatch.setattr(Device, "connected", connected)
    return heard


async def change(app: Client, *kinds: str) -> None:
    (service,) = [s for s in app.page._services._services if isinstance(s, ft.Connectivity)]
    await app.fire(service, "change", {"connectivity": list(kinds)})


async def test_it_is_asked_at_the_start(workspace: Workspace, told: list[Connection]) -> None:
    async with Client(workspace, answers={"get_connectivity": ["vpn", "mobile"]}) as app:
        await app.until(lambda: told == [Connection.METERED])


@pytest.mark.parametrize("answer", [NEVER, ["a kind of tomorrow"]], ids=["nothing", "something new"])
async def test_a_device_that_does_not_say_costs_nothing(
    workspace: Workspace, told: list[Connection], answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_answers, "PATIENCE", 0.05)
    async with Client(workspace, answers={"get_connectivity": answer}) as app:
        await asyncio.sleep(0.1)
        assert told == []
        assert app.session.device.connection is Connection.UNKNOWN
        await change(app, "wifi")
        await app.until(lambda: told == [Connection.UNMETERED])


async def test_only_a_change_that_lasts_counts(
    workspace: Workspace, told: list[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Client(workspace) as app:
        await app.until(lambda: told == [Connection.UNMETERED])
        monkeypatch.setattr(connection_watch, "SETTLED", 0.2)
        for kinds in (["none"], ["mobile"], ["none"], ["mobile"]):
            await change(app, *kinds)
        await app.until(lambda: len(told) > 1)
        assert told[1:] == [Connection.METERED]
        await change(app, "none")
    await asyncio.sleep(0.3)
    assert told[1:] == [Connection.METERED], "a window that is closed tells nothing any more"


async def test_a_change_wakes_fetching_and_sending(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_watch, "SETTLED", 0.01)
    woken: list[Syncer] = []
    monkeypatch.setattr(Syncer, "wake", lambda syncer, *, insist=False: woken.append(syncer))
    device = workspace.device("local")
    draft = device.notebook.new_draft()
    device.notebook.sign(draft.id, account=None, device=device.id, now=draft.started_at, clock_offset=None)
    async with Client(workspace, answers={"get_connectivity": ["none"]}) as app:
        await app.until(lambda: device.connection is Connection.NONE)
        woken.clear()
        await change(app, "mobile")
        await app.until(lambda: {workspace.fetcher, device.sender} <= set(woken))


async def test_in_the_background_an_app_does_not_poll_and_a_site_goes_on(workspace: Workspace) -> None:
    for web in (False, True):
        async with Client(workspace, web=web) as app:
            await app.life_cycle("inactive", "hide", "pause")
            assert (workspace.next_poll() is None) is not web
            await app.life_cycle("show", "resume")
            assert workspace.next_poll() is not None
