"""Gets the key that seals this person's tokens from the phone's or the computer's key store, or from the browser."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Coroutine
from typing import TypeVar

import flet as ft

from services.accounts.key_stores import PATIENCE, KeyStore, KeyStoreSilent, SystemKeyring, kept_key
from services.accounts.sealing import SealingKey
from services.safe_errors import describe
from services.storage.store import StoreError
from services.workspace import Device
from views.parts.client_answers import answer_of
from views.parts.shared import Shared

T = TypeVar("T")

log = logging.getLogger(__name__)


class PhoneKeyStore:
    """Android's Keystore and iOS' Keychain, through Flet. Made on the event loop, used from other threads."""

    def __init__(self) -> None:
        import flet_secure_storage as secure  # packed for phones only

        # Readable in the background once the phone was unlocked, and never restored to another phone from a backup.
        apple = secure.IOSOptions(accessibility=secure.KeychainAccessibility.FIRST_UNLOCK_THIS_DEVICE)
        self._storage = secure.SecureStorage(ios_options=apple)
        self._loop = asyncio.get_running_loop()

    def get(self, name: str) -> str | None:
        found = self._ask(self._storage.get(name))
        return found if isinstance(found, str) else None

    def set(self, name: str, secret: str) -> None:
        self._ask(self._storage.set(name, secret))

    def _ask(self, call: Coroutine[object, None, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(call, self._loop).result(PATIENCE)
        except Exception as error:  # an error of the platform, passed on by Flet, or a time-out
            raise KeyStoreSilent(describe(error)) from None


class AccountKey(ft.Observable):
    """Fetches the key that opens the account's tokens; `unlocking` is true meanwhile."""

    def __init__(self, page: ft.Page, device: Device, secret: str) -> None:
        """`secret` is the one from `browser_secret`."""
        self.unlocking = False
        self._page = page
        self._device = device
        self._secret = secret
        self._one_at_a_time = asyncio.Lock()

    async def unlock(self, *, make_file: bool = False) -> None:
        """Fetch the key, unless it is here already. That may fail: see `Accounts.locked`.

        With `make_file` there has to be a key, since somebody signs in: where no key store answers, it is kept in a
        file, which may raise StoreError.
        """
        accounts = self._device.accounts
        async with self._one_at_a_time:
            if accounts.key_keeper is not None:
                return
            self.unlocking = True
            try:
                key = await self._fetch(make_file=make_file or not accounts.sealed)
                await asyncio.to_thread(accounts.unlock, key)
            except (KeyStoreSilent, StoreError) as error:
                log.warning("the key of a device could not be had: %s", describe(error))
                if make_file:
                    raise
            finally:
                self.unlocking = False

    async def _fetch(self, *, make_file: bool) -> SealingKey:
        """Get the key from where this platform keeps it. Raises as `kept_key` does."""
        page, device = self._page, self._device
        if page.web:
            return SealingKey.of_browser(self._secret)
        on_phone = page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)
        store: KeyStore = PhoneKeyStore() if on_phone else SystemKeyring()
        return await asyncio.to_thread(lambda: kept_key(device.folder, device.key_name, store, make_file=make_file))


use_account_key = Shared[AccountKey]()


async def browser_secret(page: ft.Page) -> str:
    """The secret that picks this device's store among others and, on the web, seals its tokens.

    On the web one process serves many browsers: each keeps a random secret of its own, which nobody else can guess.
    """
    if not page.web:
        return "local"
    storage = ft.SharedPreferences()
    secret = await answer_of(page, lambda: storage.get("ocop.device"))
    if not isinstance(secret, str):
        secret = made = secrets.token_urlsafe(32)
        await answer_of(page, lambda: storage.set("ocop.device", made))
    return secret
