"""Tracks what changes by itself on a device: the register's copy, fetching, sending, the notes and the account."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable
from functools import partial

import flet as ft

from services.accounts.viewer import Viewer
from services.register.catalogue import CopyState
from services.rounds.kept import KeptRound
from services.sync.syncer import SyncStatus
from services.workspace import Device, Workspace
from views.parts.shared import Shared

log = logging.getLogger(__name__)

_GATHER = 0.1
"""Changes that come within so many seconds are drawn together: sending makes many."""


_BETWEEN_AUDITS = 1.0
"""A running audit changes with each scan, which its own window draws by itself: others follow so often (seconds)."""


class DeviceState(ft.Observable):
    """The state that the screens were last told; a change redraws the screens that use it.

    `viewer` is whose notes this person may see; every screen passes it when it reads the notebook. `round` is the round
    that the viewer has open. `notes_version` grows with each change of notes, rounds, reports or their viewer;
    `accounts_version` with each change of the account's state, `looks_version` with each change of the history, and
    `audits_version` with each change of the audits of shelves or of the shop's own list.
    """

    def __init__(self, workspace: Workspace, device: Device) -> None:
        self.copy: CopyState = workspace.catalogue.copy
        self.fetching: SyncStatus = workspace.fetcher.status
        self.sending: SyncStatus = device.sender.status
        self.account = device.accounts.current
        self.viewer: Viewer = device.accounts.viewer
        self.round: KeptRound | None = open_round(device, self.viewer)
        self.notes_version = 0
        self.accounts_version = 0
        self.looks_version = 0
        self.audits_version = 0


def open_round(device: Device, viewer: Viewer) -> KeptRound | None:
    """The round that the viewer has open; what is read of it is in memory."""
    said = device.rounds.current(viewer)
    return device.rounds.round(said.id, viewer) if said else None


use_device_state = Shared[DeviceState]()


class DeviceWatch:
    """Copies changes in the workspace and on the device into `state`. Made on the page's event loop."""

    def __init__(
        self,
        state: DeviceState,
        workspace: Workspace,
        device: Device,
        account_changed: Callable[[str | None], object] = lambda _role: None,
        waiting_changed: Callable[[int], object] = lambda _number: None,
    ) -> None:
        self._tell_of_account = account_changed
        self._tell_of_waiting = waiting_changed
        self._counting: asyncio.Task[None] | None = None
        self._count_again = False
        self._state = state
        self._workspace = workspace
        self._device = device
        self._notes_changed = self._looks_changed = self._audits_changed = False
        self._gathering: asyncio.TimerHandle | None = None
        self._quiet_until = 0.0
        loop = asyncio.get_running_loop()
        here = contextvars.copy_context()  # Flet takes the page to update from the context in which a change is made

        def catch_up_soon(*, notes: bool, looks: bool, audits: bool) -> None:
            self._notes_changed |= notes
            self._looks_changed |= looks
            self._audits_changed |= audits
            if self._gathering is None:
                wait = _GATHER if notes or looks or not audits else max(_GATHER, self._quiet_until - loop.time())
                self._gathering = loop.call_later(wait, self._catch_up, context=here)

        def soon(*, notes: bool = False, looks: bool = False, audits: bool = False) -> Callable[[], object]:
            catch_up = partial(catch_up_soon, notes=notes, looks=looks, audits=audits)
            return lambda: loop.call_soon_threadsafe(catch_up, context=here)

        self._unsubscribe = [
            workspace.fetcher.subscribe(soon()),
            device.sender.subscribe(soon()),
            device.notebook.subscribe(soon(notes=True)),
            device.reports.subscribe(soon(notes=True)),
            device.rounds.subscribe(soon(notes=True)),
            device.answers.subscribe(soon(notes=True)),
            device.audits.subscribe(soon(audits=True)),
            device.own_list.subscribe(soon(audits=True)),
            device.elsewhere.subscribe(soon(notes=True, audits=True)),
            device.seen.subscribe(soon(notes=True)),
            device.guidance.subscribe(soon(notes=True)),
            device.history.subscribe(soon(looks=True)),
            device.accounts.subscribe(lambda: loop.call_soon_threadsafe(self._account_changed, context=here)),
        ]
        self._count_soon()

    def refresh(self) -> None:
        """Redraw everything: Flet drops changes while its client is not connected."""
        self._notes_changed = self._looks_changed = self._audits_changed = True
        self._catch_up()

    def close(self) -> None:
        """Stop watching."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        if self._gathering:
            self._gathering.cancel()
        if self._counting:
            self._counting.cancel()

    def _catch_up(self) -> None:
        self._gathering = None
        self._state.fetching = self._workspace.fetcher.status
        self._state.copy = self._workspace.catalogue.copy
        self._state.sending = self._device.sender.status
        if self._notes_changed:
            self._notes_changed = False
            self._state.round = open_round(self._device, self._state.viewer)
            self._state.notes_version += 1
            self._count_soon()
        if self._looks_changed:
            self._looks_changed = False
            self._state.looks_version += 1
        if self._audits_changed:
            self._audits_changed = False
            self._quiet_until = asyncio.get_running_loop().time() + _BETWEEN_AUDITS
            self._state.audits_version += 1

    def _account_changed(self) -> None:
        self._state.account = self._device.accounts.current
        self._tell_of_account(self._state.account.role if self._state.account else None)
        self._state.viewer = self._device.accounts.viewer
        self._state.round = open_round(self._device, self._state.viewer)
        self._state.accounts_version += 1
        self._state.audits_version += 1
        self._state.notes_version += 1
        self._count_soon()

    def _count_soon(self) -> None:
        """Count what waits for the person, one count at a time."""
        self._count_again = True
        if self._counting is None or self._counting.done():
            self._counting = asyncio.get_running_loop().create_task(self._count())

    async def _count(self) -> None:
        while self._count_again:
            self._count_again = False
            try:
                found = await asyncio.to_thread(self._device.matters, self._state.viewer)
            except Exception:
                log.exception("what waits could not be counted")
                return
            self._tell_of_waiting(len(found))
