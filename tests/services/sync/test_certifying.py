"""The device's keys: made here, kept under the seal, certified by the real server, renewed where they are of no use."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.accounts.accounts import Accounts
from services.accounts.device_key import DeviceKey
from services.accounts.sealing import KeyKeeper, SealingKey
from services.client.answers import Refused
from services.client.registry import Registry
from services.sync.certifying import certify, is_certified
from services.workspace import Device, Workspace
from tests.services.conftest import COLLEAGUE, INSPECTOR, KEY, new_id, opened, until
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer

DEVICE = new_id()


@pytest.fixture
def account(accounts: Accounts, registry: Registry) -> str:
    """The id of the account that is signed in."""
    return accounts.sign_in(registry, *INSPECTOR, DEVICE).key


def key_of(accounts: Accounts, account: str, device: str = DEVICE) -> DeviceKey:
    key = accounts.signing_key(account, device)
    assert key
    return key


def revoke(server: RegistryServer, kid: str) -> None:
    """As the office does, but for what the devices are told."""
    with closing(sqlite3.connect(server.data / "registry.sqlite3", timeout=20)) as database, database:
        changed = database.execute(
            "UPDATE accounts_devicekey SET revoked_at = '2026-11-23 08:00:00' WHERE kid = ?", [kid]
        )
        assert changed.rowcount == 1


def test_a_key_is_certified_at_sign_in_and_kept_under_the_seal(
    accounts: Accounts, registry: Registry, account: str, tmp_path: Path
) -> None:
    key = key_of(accounts, account)
    assert (key.certificate(registry.addresses) or "").count(".") == 2
    assert key.certificate(["http://elsewhere"]) is None
    kept = (tmp_path / "device" / "device_keys.json").read_bytes()
    assert key.public_text.encode() in kept
    assert key.private not in kept
    assert key.private.hex() not in repr(key)
    again = opened(tmp_path / "device")
    assert again.signing_key(account, DEVICE) == key
    assert again.signing_key(INSPECTOR[0], DEVICE) == key, "by the name as well"
    assert Accounts.open(tmp_path / "device").signing_key(account, DEVICE) is None, "locked"
    # signed in once more, here: the same key, so that its chain goes on
    accounts.sign_out()
    accounts.sign_in(registry, *INSPECTOR, DEVICE)
    assert key_of(accounts, account).kid == key.kid


def test_each_account_and_each_device_has_a_key_of_its_own(accounts: Accounts, registry: Registry) -> None:
    kids = set()
    for who in (INSPECTOR, COLLEAGUE):
        account = accounts.sign_in(registry, *who, DEVICE).key
        kids |= {key_of(accounts, account).kid, key_of(accounts, account, new_id()).kid}
    assert len(kids) == 4


def test_what_another_seal_keeps_is_replaced(
    accounts: Accounts, registry: Registry, account: str, tmp_path: Path
) -> None:
    before = key_of(accounts, account)
    emptied = opened(tmp_path / "device", SealingKey.new(KeyKeeper.FILE))
    assert not is_certified(account, DEVICE, emptied, registry)
    emptied.sign_in(registry, *INSPECTOR, DEVICE)
    after = key_of(emptied, account)
    assert after.kid != before.kid
    assert is_certified(account, DEVICE, emptied, registry)
    assert emptied.keys.certificate_of(before.kid, registry.addresses) == before.certificate(registry.addresses)


def test_a_session_that_is_open_already_has_its_key_certified(
    accounts: Accounts, registry: Registry, account: str
) -> None:
    device = new_id()  # after an update, or in a copied folder
    assert not is_certified(account, device, accounts, registry)
    assert certify(account, device, accounts, registry)
    assert is_certified(account, device, accounts, registry)
    assert certify(account, device, accounts, registry), "and is not asked for again"


@pytest.mark.parametrize("signs_in", [True, False])
def test_a_revoked_key_is_replaced(
    accounts: Accounts, registry: Registry, account: str, server: RegistryServer, signs_in: bool
) -> None:
    before = key_of(accounts, account)
    revoke(server, before.kid)
    if signs_in:
        accounts.sign_in(registry, *INSPECTOR, DEVICE)
        assert not is_certified(account, DEVICE, accounts, registry), "its certificate is gone"
    else:
        accounts.keys.certified(account, DEVICE, before, registry.url, None)
    assert certify(account, DEVICE, accounts, registry)
    after = key_of(accounts, account)
    assert after.kid != before.kid
    assert is_certified(account, DEVICE, accounts, registry)
    for key in (before, after):
        assert accounts.keys.certificate_of(key.kid, registry.addresses) == key.certificate(registry.addresses)
    assert accounts.keys.certificate_of(before.kid, ["http://elsewhere"]) is None


def test_a_server_of_an_earlier_version_certifies_nothing(
    accounts: Accounts, account: str, stranger: Callable[[Callable[[str, str], Answer]], Registry], registry: Registry
) -> None:
    old = stranger(lambda _method, _path: (404, {}, b'{"error": "not_found", "detail": "No."}'))
    old.addresses = frozenset({old.url, registry.url})
    device = new_id()
    with pytest.raises(Refused):
        certify(account, device, accounts, old)
    assert accounts.signing_key(account, device), "records are signed all the same"


# The device as a whole


@pytest.fixture
def open_workspace(tmp_path: Path, server: RegistryServer) -> Iterator[Callable[[str], Workspace]]:
    workspaces: list[Workspace] = []

    def make(folder: str) -> Workspace:
        workspaces.append(Workspace.open(tmp_path / folder, server=server.url))
        assert until(lambda: workspaces[-1].catalogue.copy.complete, 30)
        return workspaces[-1]

    yield make
    for workspace in workspaces:
        workspace.close()


def certified(workspace: Workspace) -> Callable[[Device], DeviceKey | None]:
    def key(device: Device) -> DeviceKey | None:
        account, registry = device.accounts.current, workspace.registry
        found = device.accounts.keys.of(account.key, device.id) if account else None
        return found if found and registry and found.certificate(registry.addresses) else None

    return key


def test_a_device_has_its_key_certified_by_itself_and_a_copy_another_one(
    open_workspace: Callable[[str], Workspace], tmp_path: Path
) -> None:
    workspace = open_workspace("phone")
    key, device = certified(workspace), workspace.device("local")
    device.accounts.unlock(KEY)
    device.sign_in(*INSPECTOR)
    first = key(device)
    assert first, "at sign-in"
    account = device.accounts.viewer.account
    assert account
    # as an app of an earlier version left it: signed in, without a key
    (device.folder / "device_keys.json").unlink()
    workspace.close()
    shutil.copytree(tmp_path / "phone", tmp_path / "copied")
    kids = {first.kid}
    for folder in ("phone", "copied"):
        workspace = open_workspace(folder)
        device = workspace.device("local")
        device.accounts.unlock(KEY)
        key = certified(workspace)
        assert until(lambda key=key, device=device: key(device) is not None, 20), folder  # type: ignore[misc]
        found = key(device)
        assert found
        kids.add(found.kid)
        workspace.close()
    assert len(kids) == 3
