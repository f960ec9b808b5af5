from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from services.accounts.key_stores import KeyStoreSilent, SystemKeyring, kept_key
from services.accounts.sealing import KeyKeeper
from services.storage.store import StoreWriteError

NAME = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11"


class Chest(keyring.backend.KeyringBackend):
    """A key store as keyring's backends are, which can be locked, slow and forgetful."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.silent: threading.Event | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        self.kept[service, username] = password

    def _answer(self) -> None:
        if self.silent:
            self.silent.wait(10)
        if self.locked:
            raise keyring.errors.KeyringLocked("the password is needed")


@pytest.fixture
def chest() -> Iterator[Chest]:
    before = keyring.get_keyring()
    chest = Chest()
    keyring.set_keyring(chest)
    yield chest
    keyring.set_keyring(before)


def test_a_key_is_made_once_and_lies_in_the_key_store_alone(chest: Chest, tmp_path: Path) -> None:
    key = kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)
    assert key.keeper is KeyKeeper.STORE
    assert kept_key(tmp_path, NAME, SystemKeyring(), make_file=False) == key
    assert list(chest.kept.values()) == [key.text]
    assert list(tmp_path.iterdir()) == []
    assert kept_key(tmp_path, "another device", SystemKeyring(), make_file=True) != key


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_without_a_key_store_the_key_lies_in_a_file_for_its_owner_alone(
    chest: Chest, backend: type[keyring.backend.KeyringBackend], tmp_path: Path
) -> None:
    keyring.set_keyring(backend())
    key = kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)
    assert key.keeper is KeyKeeper.FILE
    assert kept_key(tmp_path, NAME, SystemKeyring(), make_file=False) == key
    assert [(p.name, p.stat().st_mode & 0o777) for p in tmp_path.iterdir()] == [("sealing.key", 0o600)]


def test_a_store_that_forgets_what_it_takes_counts_as_none(chest: Chest, tmp_path: Path) -> None:
    chest.set_password = lambda *_given: None  # type: ignore[method-assign]
    assert kept_key(tmp_path, NAME, SystemKeyring(), make_file=True).keeper is KeyKeeper.FILE


def test_a_store_that_does_not_answer_is_given_up(chest: Chest, tmp_path: Path) -> None:
    chest.silent = threading.Event()
    assert kept_key(tmp_path, NAME, SystemKeyring(patience=0.05), make_file=True).keeper is KeyKeeper.FILE
    chest.silent.set()


def test_a_locked_store_whose_key_is_needed_is_no_reason_for_another_key(chest: Chest, tmp_path: Path) -> None:
    key = kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)
    chest.locked = True
    with pytest.raises(KeyStoreSilent) as silent:
        kept_key(tmp_path, NAME, SystemKeyring(), make_file=False)
    assert "the password" not in str(silent.value), "what a key store says is not passed on"
    assert list(tmp_path.iterdir()) == []
    chest.locked = False
    assert kept_key(tmp_path, NAME, SystemKeyring(), make_file=False) == key


def test_a_key_moves_from_its_file_into_the_store_when_there_is_one(chest: Chest, tmp_path: Path) -> None:
    chest.locked = True
    filed = kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)
    assert filed.keeper is KeyKeeper.FILE
    chest.locked = False
    moved = kept_key(tmp_path, NAME, SystemKeyring(), make_file=False)
    assert (moved.value, moved.keeper) == (filed.value, KeyKeeper.STORE)
    assert list(tmp_path.iterdir()) == []
    assert kept_key(tmp_path, NAME, SystemKeyring(), make_file=False) == moved


@pytest.mark.parametrize("rubbish", ["", "rubbish", "AAAA", "ß"])
def test_rubbish_in_the_store_or_in_the_file_is_replaced_by_a_new_key(
    chest: Chest, tmp_path: Path, rubbish: str
) -> None:
    chest.kept["vn.ocopverify.app", NAME] = rubbish
    key = kept_key(tmp_path, NAME, SystemKeyring(), make_file=False)
    assert chest.kept["vn.ocopverify.app", NAME] == key.text
    chest.locked = True
    (tmp_path / "sealing.key").write_text(rubbish)
    filed = kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)
    assert filed == kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)


def test_a_file_that_cannot_be_written_is_told(chest: Chest, tmp_path: Path) -> None:
    chest.locked = True
    (tmp_path / "sealing.tmp").mkdir()
    with pytest.raises(StoreWriteError):
        kept_key(tmp_path, NAME, SystemKeyring(), make_file=True)
