from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.accounts.accounts import Account, Accounts
from services.accounts.sealing import KeyKeeper, SealingKey
from services.client.answers import SignIn, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.storage.store import Store, StoreTooNew, StoreWriteError
from tests.services.conftest import COLLEAGUE, DEVICE, INSPECTOR, KEY, new_id, opened
from tests.support.wire import Answer, Proxy, captive_portal


@pytest.fixture
def device() -> str:
    return new_id()


def session_of(accounts: Accounts) -> SignIn:
    assert accounts._session
    return accounts._session


def expire(accounts: Accounts) -> SignIn:
    """Make the access token old, as after a day without network."""
    expired = replace(session_of(accounts), access_expires=datetime.now(UTC) - timedelta(days=1))
    accounts._keep(expired)
    return expired


def test_signing_in_survives_a_restart(accounts: Accounts, registry: Registry, device: str, tmp_path: Path) -> None:
    assert accounts.current is None
    assert accounts.access_token(registry) is None
    account = accounts.sign_in(registry, *INSPECTOR, device)
    assert account.id
    assert account == Account("kiemtra01", "Cán bộ kiểm tra mẫu 01", "inspector", account.id)
    again = opened(tmp_path / "device")
    assert again.current == account
    assert not again.sign_in_needed
    token = again.access_token(registry)
    assert token
    assert registry.inspections(token).more in (True, False)


def test_wrong_credentials_change_nothing(accounts: Accounts, registry: Registry, device: str) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    with pytest.raises(SignInNeeded) as error:
        accounts.sign_in(registry, COLLEAGUE[0], "wrong", device)
    assert error.value.code == "wrong_credentials"
    assert accounts.current
    assert accounts.current.username == INSPECTOR[0]


def test_an_expired_access_token_is_refreshed_and_kept(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    old = expire(accounts).access
    token = accounts.access_token(registry)
    assert token
    assert token != old
    assert accounts.access_token(registry) == token
    assert opened(tmp_path / "device").access_token(registry) == token
    assert accounts.access_token(registry, rejected=token) not in (None, token)


def test_offline_the_account_stays(
    accounts: Accounts,
    registry: Registry,
    device: str,
    stranger: Callable[[Callable[[str, str], Answer]], Registry],
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    portal = stranger(captive_portal)
    accounts._keep(replace(expire(accounts), server=portal.url))
    with pytest.raises(Unreachable):
        accounts.access_token(portal)
    assert accounts.current
    assert accounts.current.username == INSPECTOR[0]


def test_a_revoked_session_asks_for_a_sign_in_and_keeps_the_account(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    registry.sign_out(session_of(accounts).refresh)
    dead = expire(accounts).refresh
    with pytest.raises(SignInNeeded):
        accounts.access_token(registry)
    assert accounts.current
    assert accounts.sign_in_needed
    again = opened(tmp_path / "device")
    assert again.current == accounts.current
    assert again.sign_in_needed
    assert dead not in everything(accounts), "it is not sent again"
    accounts.sign_in(registry, *INSPECTOR, device)
    assert accounts.access_token(registry)
    assert not accounts.sign_in_needed


def test_signing_out_revokes_and_leaves_no_token_on_the_disk(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    session = session_of(accounts)
    accounts.sign_out()
    assert accounts.current is None
    accounts.revoke_left(registry)
    assert accounts.left(registry.url) == []
    with pytest.raises(SignInNeeded):
        registry.refresh(session.refresh)
    with pytest.raises(SignInNeeded):
        registry.inspections(session.access)
    for path in (tmp_path / "device").iterdir():
        assert session.refresh not in path.read_text()
    assert opened(tmp_path / "device").current is None
    accounts.sign_out()
    assert accounts.left(registry.url) == []


def test_a_sign_out_without_connection_is_told_to_the_server_later(
    accounts: Accounts,
    registry: Registry,
    device: str,
    tmp_path: Path,
    stranger: Callable[[Callable[[str, str], Answer]], Registry],
) -> None:
    account = accounts.sign_in(registry, *INSPECTOR, device)
    session = session_of(accounts)
    portal = stranger(captive_portal)
    accounts._keep(replace(session, server=portal.url))
    accounts.sign_out()
    assert accounts.current is None
    with pytest.raises(Unreachable):
        accounts.revoke_left(portal)
    assert registry.refresh(session.refresh).account == account, "still good there"

    accounts.sign_in(registry, *INSPECTOR, device)
    second = session_of(accounts)
    accounts.sign_out()
    again = opened(tmp_path / "device")
    assert len(again.left(registry.url)) == len(again.left(portal.url)) == 1
    again.revoke_left(registry)
    with pytest.raises(SignInNeeded):
        registry.refresh(second.refresh)
    assert (again.left(registry.url), len(again.left(portal.url))) == ([], 1), "each server is told of its own"


def test_a_sign_out_while_locked_is_told_when_the_key_is_there(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    session = session_of(accounts)
    locked = Accounts.open(tmp_path / "device")
    locked.sign_out()
    assert locked.current is None
    assert locked.left(registry.url) == []
    locked.unlock(KEY)
    locked.revoke_left(registry)
    with pytest.raises(SignInNeeded):
        registry.refresh(session.refresh)


def test_a_colleagues_sign_in_replaces_and_revokes(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    earlier = session_of(accounts)
    accounts.sign_in(registry, *COLLEAGUE, device)
    assert accounts.current
    assert accounts.current.username == COLLEAGUE[0]
    assert accounts.access_token(registry, account=INSPECTOR[0]) is None
    assert accounts.access_token(registry, account=COLLEAGUE[0])
    accounts.revoke_left(registry)
    with pytest.raises(SignInNeeded):
        registry.refresh(earlier.refresh)
    assert all(earlier.refresh not in path.read_text() for path in (tmp_path / "device").iterdir())


def test_tokens_go_to_no_other_server(accounts: Accounts, registry: Registry, device: str) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    assert accounts.access_token(Registry("https://other.example")) is None


def test_tokens_are_for_the_owner_alone_and_in_no_repr_or_log(
    accounts: Accounts, registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    accounts.sign_in(registry, *INSPECTOR, DEVICE)
    expire(accounts)
    accounts.access_token(registry)
    session = session_of(accounts)
    shown = repr(session) + repr(accounts) + caplog.text
    assert caplog.text, "urllib3 logs every request"
    for secret in (session.access, session.refresh, INSPECTOR[1]):
        assert secret not in shown
    assert {oct(p.stat().st_mode & 0o777) for p in (tmp_path / "device").iterdir()} == {"0o600"}


def test_sign_in_and_sign_out_are_announced(accounts: Accounts, registry: Registry, device: str) -> None:
    seen: list[Account | None] = []
    accounts.subscribe(lambda: seen.append(accounts.current))
    account = accounts.sign_in(registry, *INSPECTOR, device)
    accounts.sign_out()
    assert seen == [account, None]


# The seal


def everything(accounts: Accounts) -> str:
    """All files of the folder, and all that is sealed in them, as the device itself could read it."""
    folder = accounts._store.durable.path.parent
    clear = "".join(path.read_text() for path in folder.iterdir())
    rows = [*accounts._store.table("session"), *accounts._store.table("left")]
    return clear + "".join(session.access + session.refresh for row in rows if (session := accounts._opened(row)))


def test_until_it_is_unlocked_everything_waits_in_the_accounts_name(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    account = accounts.sign_in(registry, *INSPECTOR, device)
    again = Accounts.open(tmp_path / "device")
    assert (again.current, again.locked, again.sign_in_needed) == (account, True, False)
    with pytest.raises(SignInNeeded) as needed:
        again.access_token(registry, account=INSPECTOR[0])
    assert needed.value.code == "locked"
    assert again.access_token(registry, account=COLLEAGUE[0]) is None
    unlocked: list[bool] = []
    again.subscribe(lambda: unlocked.append(again.locked))
    again.unlock(KEY)
    again.unlock(KEY)
    assert unlocked == [False]
    assert again.access_token(registry, account=INSPECTOR[0])


def test_another_key_asks_for_a_sign_in_and_spoils_nothing(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    account = accounts.sign_in(registry, *INSPECTOR, device)
    lost = session_of(accounts)
    other = opened(tmp_path / "device", SealingKey.new(KeyKeeper.FILE))
    assert (other.current, other.locked, other.sign_in_needed) == (account, False, True)
    with pytest.raises(SignInNeeded) as needed:
        other.access_token(registry)
    assert needed.value.code == "not_signed_in"
    assert opened(tmp_path / "device").access_token(registry), "the right key still opens it"

    other.sign_in(registry, *INSPECTOR, device)
    assert other.access_token(registry)
    assert other.left(registry.url) == []
    again = opened(tmp_path / "device")
    assert again.sign_in_needed
    again.revoke_left(registry)
    with pytest.raises(SignInNeeded):
        registry.refresh(lost.refresh)


@pytest.mark.parametrize("field", ["server", "account", "sealed"])
def test_a_seal_holds_for_its_server_and_its_account_alone(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path, field: str
) -> None:
    account = accounts.sign_in(registry, *INSPECTOR, device)
    store = accounts._store
    (row,) = store.table("session")
    changed = {
        "server": "https://thief.example",
        "account": {**vars(account), "username": COLLEAGUE[0]},
        "sealed": row["sealed"][:-8] + "AAAAAAA=",
    }
    store.commit({"session": {1: {**row, field: changed[field]}}})
    assert opened(tmp_path / "device").sign_in_needed


def test_tokens_of_the_previous_version_are_sealed_at_the_first_unlocking(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    account = accounts.sign_in(registry, *INSPECTOR, device)
    session = session_of(accounts)
    earlier = {
        "account": vars(account),
        "server": registry.url,
        "access": session.access,
        "access_expires": session.access_expires.isoformat(),
        "refresh": session.refresh,
    }
    folder = tmp_path / "earlier"
    for number in range(2):
        Store(folder / "accounts.json").commit({"session": {1: earlier, 2 + number: {}}})
    Store(folder / "accounts.json").commit({"session": {2: None, 3: None}})
    accounts = Accounts.open(folder)
    assert (accounts.current, accounts.locked, accounts.sealed) == (account, True, False)
    accounts.unlock(KEY)
    assert accounts.access_token(registry) == session.access
    for path in folder.iterdir():
        assert session.refresh not in path.read_text(), path.name
        assert session.access not in path.read_text(), path.name
    assert opened(folder).access_token(registry) == session.access
    with pytest.raises(StoreTooNew):
        Store(folder / "accounts.json")


def test_without_a_key_no_token_reaches_the_disk(registry: Registry, device: str, tmp_path: Path) -> None:
    accounts = Accounts.open(tmp_path / "device")
    accounts.sign_in(registry, *INSPECTOR, device)
    session = session_of(accounts)
    assert accounts.access_token(registry) == session.access
    assert all(session.refresh not in path.read_text() for path in (tmp_path / "device").iterdir())
    accounts.unlock(KEY)
    assert opened(tmp_path / "device").access_token(registry) == session.access


def test_a_sign_in_that_cannot_be_kept_leaves_no_session_on_the_server(
    accounts: Accounts, registry: Registry, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[SignIn] = []
    sign_in = registry.sign_in
    monkeypatch.setattr(registry, "sign_in", lambda *asked: given.append(sign_in(*asked)) or given[0])  # type: ignore[func-returns-value]
    accounts.close()
    with pytest.raises(StoreWriteError):
        accounts.sign_in(registry, *INSPECTOR, device)
    assert accounts.current is None
    with pytest.raises(SignInNeeded):
        registry.refresh(given[0].refresh)


# The clock


@pytest.mark.parametrize("shift", [timedelta(days=-400), timedelta(hours=-2), timedelta(hours=2), timedelta(days=400)])
def test_a_wrong_clock_costs_one_refresh_at_most(
    accounts: Accounts,
    proxy: Proxy,
    device: str,
    monkeypatch: pytest.MonkeyPatch,
    shift: timedelta,
) -> None:
    registry = Registry(proxy.url)
    accounts.sign_in(registry, *INSPECTOR, device)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + shift

    for module in ("services.accounts.accounts", "services.client.registry"):
        monkeypatch.setattr(f"{module}.datetime", Clock)
    proxy.requests.clear()
    for _number in range(20):
        token = accounts.access_token(registry)
        assert token
        registry.inspections(token)
    refreshes = [line for line in proxy.requests if b"/auth/refresh" in line]
    assert len(refreshes) == (1 if shift > timedelta() else 0)
    registry.close()


def test_a_token_that_is_dead_though_the_clock_says_otherwise_is_refreshed_at_once(
    accounts: Accounts, registry: Registry, device: str
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    accounts._keep(replace(session_of(accounts), access="dead", access_expires=datetime(2099, 1, 1, tzinfo=UTC)))
    assert accounts.access_token(registry) == "dead"
    fresh = accounts.access_token(registry, rejected="dead")
    assert fresh not in (None, "dead")
    assert accounts.access_token(registry) == fresh
