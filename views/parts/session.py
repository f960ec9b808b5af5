"""One person's running app: the page, the device's store, the language, and what the screens watch for change."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import flet as ft

from services.accounts.key_stores import KeyStoreSilent
from services.accounts.viewer import Viewer
from services.camera.frames import FrameReader
from services.decoding import DESKTOP, PHONE, FrameTracker
from services.register.catalogue import CopyState
from services.register.certificates import Today, believed_today
from services.register.localities import Gazetteer
from services.register.lookup import NO_FILTER, Filter
from services.safe_errors import describe
from services.storage.store import StoreError
from services.sync.syncer import SyncStatus
from services.workspace import Device, Workspace
from views.parts.client_answers import answer_of
from views.parts.connection import ConnectionWatch
from views.parts.platform_key import fetch_key
from views.parts.texts import Texts
from views.parts.wedge import Wedge
from views.parts.words import problem_sentence

WIDE = 840
"""From this width in logical pixels on, a rail stands beside the screen instead of a bar below it (Material 3)."""

_GATHER = 0.1
"""Changes that come within so many seconds are drawn together: sending makes many."""

log = logging.getLogger(__name__)

PAGE = 50
"""Rows of a list that are drawn at a time."""


@dataclass(frozen=True)
class Sought:
    """What the person looks up in the register: words and filters, and how many rows of what they find are drawn."""

    text: str = ""
    where: Filter = NO_FILTER
    limit: int = PAGE


NOTHING_SOUGHT = Sought()


class Session(ft.Observable):
    """What the screens of one person share; a changed field redraws the screens that use it.

    `away` is true while the app is in the background; `notes_version` grows with each change of the notebook or of who
    may look into it; `accounts_version` with each of the account's state; `unlocking` is true while its key is fetched;
    `wedge_typed` is set by a screen whose field may catch what a handheld scanner types, and is told what that was;
    `compared` holds a pack's codes, and the stars on its label, while the person looks for its other code;
    `sought` stays when the person leaves the register's screen and comes back.
    """

    def __init__(self, page: ft.Page, workspace: Workspace, device: Device, key: str, language: str) -> None:
        """`key` is what `device_key` gave."""
        self.page = page
        self.workspace = workspace
        self.device = device
        self.texts = Texts(device.settings.value.language or language)
        self.wide = False
        self.away = False
        self.copy: CopyState = workspace.catalogue.copy
        self.fetching: SyncStatus = workspace.fetcher.status
        self.sending: SyncStatus = device.sender.status
        self.notes_version = 0
        self.account = device.accounts.current
        self.accounts_version = 0
        self.unlocking = False
        self._unlock = asyncio.Lock()
        self._device_key = key
        self.connection_watch: ConnectionWatch | None = None
        self.on_phone = not page.web and page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)
        self.reader = FrameReader(FrameTracker(PHONE if self.on_phone else DESKTOP))
        self.judged_gtin: str | None = None
        self.compared: tuple[tuple[tuple[str, str], ...], int | None] | None = None
        self.sought = NOTHING_SOUGHT
        self.wedge = Wedge()
        self.wedge_typed: Callable[[str], None] | None = None
        loop = asyncio.get_running_loop()
        here = contextvars.copy_context()  # Flet finds the page of a change in the context it is made in

        self._catching_up: asyncio.TimerHandle | None = None
        self._notes_changed = False

        def catch_up_soon(*, notes: bool) -> None:
            self._notes_changed |= notes
            if self._catching_up is None:
                self._catching_up = loop.call_later(_GATHER, self._catch_up, context=here)

        def soon(*, notes: bool = False) -> Callable[[], object]:
            return lambda: loop.call_soon_threadsafe(partial(catch_up_soon, notes=notes), context=here)

        self._unsubscribe = [
            workspace.fetcher.subscribe(soon()),
            device.sender.subscribe(soon()),
            device.notebook.subscribe(soon(notes=True)),
            device.accounts.subscribe(lambda: loop.call_soon_threadsafe(self._account_changed, context=here)),
        ]

    def close(self) -> None:
        """Stop watching and give the device back; the sending of what was recorded goes on."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        if self._catching_up:
            self._catching_up.cancel()
        if self.connection_watch:
            self.connection_watch.close()
        self.device.release()

    def refresh(self) -> None:
        """Draw everything as it is now: Flet drops what changes while its client is not connected."""
        self._notes_changed = True
        self._catch_up()

    @property
    def gazetteer(self) -> Gazetteer:
        """The administrative units, of today and before, that the device's copy of the register tells of."""
        return Gazetteer(self.workspace.catalogue.register.localities)

    @property
    def viewer(self) -> Viewer:
        """Whose notes this person may see: every screen that reads the notebook names it."""
        return Viewer(self.account.username if self.account else None)

    async def unlock(self, *, make_file: bool = False) -> None:
        """Fetch the key that opens the account's tokens, unless it is here; it may stay away, see `Accounts.locked`.

        `make_file`: somebody signs in, so there has to be a key; where no key store answers, it is kept in a file.
        Raises StoreError then.
        """
        accounts = self.device.accounts
        async with self._unlock:
            if accounts.key_place is not None:
                return
            self.unlocking = True
            try:
                key = await fetch_key(
                    self.page, self.device, self._device_key, make_file=make_file or not accounts.sealed
                )
                await asyncio.to_thread(accounts.unlock, key)
            except (KeyStoreSilent, StoreError) as error:
                log.warning("the key of a device could not be had: %s", describe(error))
                if make_file:
                    raise
            finally:
                self.unlocking = False

    def now(self) -> datetime:
        """The time by the server's clock where it has been heard, by the device's otherwise."""
        offset = self.workspace.registry.clock_offset if self.workspace.registry else None
        return datetime.now(UTC) + timedelta(seconds=offset or 0)

    def today(self) -> Today:
        """The day that it is believed to be, by that time and the copy's."""
        return believed_today(self.now(), self.copy.as_of)

    def say(self, message: str) -> None:
        """Tell the person something in passing."""
        self.page.show_dialog(
            ft.SnackBar(ft.Text(message), behavior=ft.SnackBarBehavior.FLOATING, show_close_icon=True)
        )

    def guard(self, handler: Callable[..., Any]) -> Callable[[Any], Awaitable[None]]:
        """Wrap an event handler so that an unforeseen error tells the person and the log, and covers no screen."""

        async def guarded(event: Any) -> None:
            try:
                result = handler(event)
                if asyncio.iscoroutine(result):
                    await result
            except Exception:
                log.exception("a handler failed")
                self.say(problem_sentence(self.texts, "internal"))

        return guarded

    def set_language(self, language: str) -> None:
        """Show everything in another language from now on."""
        self.texts = Texts(language)

    def _catch_up(self) -> None:
        self._catching_up = None
        self.fetching = self.workspace.fetcher.status
        self.copy = self.workspace.catalogue.copy
        self.sending = self.device.sender.status
        if self._notes_changed:
            self._notes_changed = False
            self.notes_version += 1

    def _account_changed(self) -> None:
        self.account = self.device.accounts.current
        self.accounts_version += 1
        self.notes_version += 1


SESSION = ft.create_context(cast("Session | None", None))


def use_session() -> Session:
    """The session of the screen that is being drawn."""
    session = ft.use_context(SESSION)
    if session is None:
        raise RuntimeError("a screen was drawn outside a session")
    return session


async def device_key(page: ft.Page) -> str:
    """What tells this device's store from others'.

    On the web one process serves many browsers: each keeps a random key of its own, which nobody else can guess.
    """
    if not page.web:
        return "local"
    storage = ft.SharedPreferences()
    key = await answer_of(page, lambda: storage.get("ocop.device"))
    if not isinstance(key, str):
        key = made = secrets.token_urlsafe(32)
        await answer_of(page, lambda: storage.set("ocop.device", made))
    return key


async def device_language(page: ft.Page) -> str:
    """English where the device prefers English, else Vietnamese."""
    try:
        info = await answer_of(page, lambda: asyncio.wait_for(page.get_device_info(), 3))
    except (TimeoutError, RuntimeError, ft.FletUnsupportedPlatformException):
        info = None
    languages = [locale.language_code for locale in info.locales] if info and info.locales else []
    if not languages and isinstance(info, ft.WebDeviceInfo) and info.language:
        languages = [info.language]
    return "en" if languages and languages[0].lower().startswith("en") else "vi"
