"""Keeps a device's sealing key in the platform's key store, or in a file where no key store answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from services.accounts.sealing import KeyKeeper, SealingKey
from services.safe_errors import describe
from services.storage.store import StoreReadError, StoreWriteError, make_folder, sync_folder, write_synced

if TYPE_CHECKING:  # not installed on phones
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)

SERVICE = "vn.ocopverify.app"
"""The name of the key in the platform's key store; its account is the device's UUID."""

PATIENCE = 30.0
"""How long a key store may take, in seconds: a person may have to type the password of a locked one."""


class KeyStoreSilent(Exception):
    """The platform's key store is not there, is locked, refuses, or takes too long."""


class KeyStore(Protocol):
    """The platform's store of secrets. Both calls may block, and raise KeyStoreSilent."""

    def get(self, name: str) -> str | None:
        """The secret with this name, or None where the store has none."""

    def set(self, name: str, secret: str) -> None:
        """Keep a secret."""


def kept_key(folder: Path, name: str, store: KeyStore, *, make_file: bool) -> SealingKey:
    """The key of the device in `folder`, called `name` in the store. It is made when it is first asked for.

    A key that had to be kept in a file moves into the store once the store answers. With `make_file` False no such file
    is begun, because the tokens are already sealed with the store's key; KeyStoreSilent is raised instead. Blocks.
    Raises StoreError.
    """
    file = folder / "sealing.key"
    filed = _read(file)
    try:
        if filed is None:
            return _from_store(store, name) or _into_store(store, name, SealingKey.new(KeyKeeper.STORE))
        moved = _into_store(store, name, filed)
    except KeyStoreSilent:
        if filed is not None:
            return filed
        if not make_file:
            raise
        return _into_file(file, SealingKey.new(KeyKeeper.FILE))
    _remove(file)
    return moved


def _from_store(store: KeyStore, name: str) -> SealingKey | None:
    text = store.get(name)
    if text is None:
        return None
    try:
        return SealingKey.from_text(text, KeyKeeper.STORE)
    except ValueError:
        _log.warning("what the key store holds for this device is not a key; a new one is made")
        return None


def _into_store(store: KeyStore, name: str, key: SealingKey) -> SealingKey:
    store.set(name, key.text)
    if store.get(name) != key.text:  # some backends accept a secret and do not keep it
        raise KeyStoreSilent("it does not keep what it is given")
    return SealingKey(key.value, KeyKeeper.STORE)


def _read(file: Path) -> SealingKey | None:
    try:
        return SealingKey.from_text(file.read_text("ascii"), KeyKeeper.FILE)
    except FileNotFoundError:
        return None
    except ValueError:
        _log.warning("the key file of a device is damaged; a new key is made")
        return None
    except OSError as error:
        raise StoreReadError(file, error.strerror or str(error)) from error


def _into_file(file: Path, key: SealingKey) -> SealingKey:
    make_folder(file.parent)
    try:
        whole = file.with_suffix(".tmp")
        write_synced(whole, key.text.encode())
        whole.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise StoreWriteError(file, error.strerror or str(error)) from error
    return key


def _remove(file: Path) -> None:
    try:
        file.unlink()
        sync_folder(file.parent)
    except OSError as error:  # the next start tries to remove it again
        _log.warning("a key file that is needed no longer stays: %s", describe(error))


class SystemKeyring:
    """Windows' Credential Locker, macOS' Keychain, or a Linux desktop's Secret Service or KWallet, through keyring.

    Each call runs in a thread of its own and is abandoned after `patience` seconds: D-Bus may wait for a person.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience

    def get(self, name: str) -> str | None:
        return self._ask(lambda keyring: keyring.get_password(SERVICE, name))

    def set(self, name: str, secret: str) -> None:
        self._ask(lambda keyring: keyring.set_password(SERVICE, name, secret))

    def _ask(self, call: Callable[[KeyringBackend], str | None]) -> str | None:
        answers: list[str | None] = []
        errors: list[str] = []

        def ask() -> None:
            try:
                answers.append(call(_backend()))
            except Exception as error:  # each backend has its own
                errors.append(describe(error))

        thread = threading.Thread(target=ask, name="key store", daemon=True)
        thread.start()
        thread.join(self._patience)
        if not answers:
            raise KeyStoreSilent(errors[0] if errors else "it does not answer")
        return answers[0]


def _backend() -> KeyringBackend:
    import keyring.core

    backend = keyring.core.get_keyring()
    # keyring gives less than 1 to backends it does not recommend: no backend, one that forgets, one that writes in
    # clear.
    if not keyring.core.recommended(backend):
        raise KeyStoreSilent("there is none")
    return backend
