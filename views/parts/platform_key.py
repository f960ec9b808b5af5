"""Where the key that seals this person's tokens comes from: the phone's or the computer's key store, or the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import flet as ft

from services.accounts.key_stores import PATIENCE, KeyStore, KeyStoreSilent, SystemKeyring, kept_key
from services.accounts.sealing import SealingKey
from services.safe_errors import describe
from services.workspace import Device


class PhoneKeyStore:
    """Android's Keystore and iOS' Keychain, through Flet. Made on the event loop, asked from other threads."""

    def __init__(self) -> None:
        import flet_secure_storage as secure  # packed for phones only

        # Readable in the background too once the phone was unlocked, and never part of a backup to another phone.
        apple = secure.IOSOptions(accessibility=secure.KeychainAccessibility.FIRST_UNLOCK_THIS_DEVICE)
        self._storage = secure.SecureStorage(ios_options=apple)
        self._loop = asyncio.get_running_loop()

    def get(self, name: str) -> str | None:
        found = self._ask(self._storage.get(name))
        return found if isinstance(found, str) else None

    def set(self, name: str, secret: str) -> None:
        self._ask(self._storage.set(name, secret))

    def _ask(self, call: Coroutine[Any, Any, Any]) -> Any:
        try:
            return asyncio.run_coroutine_threadsafe(call, self._loop).result(PATIENCE)
        except Exception as error:  # what the platform says, as Flet passes it on, or that it took too long
            raise KeyStoreSilent(describe(error)) from None


async def fetch_key(page: ft.Page, device: Device, secret: str, *, make_file: bool) -> SealingKey:
    """The key of this device; `secret` is what the browser keeps. Raises as `kept_key` does."""
    if page.web:
        return SealingKey.of_browser(secret)
    on_phone = page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)
    store: KeyStore = PhoneKeyStore() if on_phone else SystemKeyring()
    return await asyncio.to_thread(lambda: kept_key(device.folder, device.id, store, make_file=make_file))
