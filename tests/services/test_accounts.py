from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.accounts import Account, Accounts
from services.registry import Registry, Session, SignInNeeded, Unreachable
from tests.services.conftest import COLLEAGUE, DEVICE, INSPECTOR, new_id
from tests.services.wire import Answer, captive_portal


@pytest.fixture
def device() -> str:
    return new_id()


def session_of(accounts: Accounts) -> Session:
    assert accounts._session
    return accounts._session


def expire(accounts: Accounts) -> Session:
    """Make the access token old, as after a day without network."""
    expired = replace(session_of(accounts), access_expires=datetime.now(UTC) - timedelta(days=1))
    accounts._keep(expired)
    return expired


def test_signing_in_survives_a_restart(accounts: Accounts, registry: Registry, device: str, tmp_path: Path) -> None:
    assert accounts.current is None
    assert accounts.access_token(registry) is None
    account = accounts.sign_in(registry, *INSPECTOR, device)
    assert account == Account("kiemtra01", "Cán bộ kiểm tra mẫu 01", "inspector")
    again = Accounts.open(tmp_path / "device")
    assert again.current == account
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
    assert Accounts.open(tmp_path / "device").access_token(registry) == token
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
    accounts: Accounts, registry: Registry, device: str
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    registry.sign_out(session_of(accounts).refresh)
    expire(accounts)
    with pytest.raises(SignInNeeded):
        accounts.access_token(registry)
    assert accounts.current
    accounts.sign_in(registry, *INSPECTOR, device)
    assert accounts.access_token(registry)


def test_signing_out_revokes_and_leaves_no_token_on_the_disk(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    session = session_of(accounts)
    assert accounts.sign_out(registry) is True
    assert accounts.current is None
    with pytest.raises(SignInNeeded):
        registry.refresh(session.refresh)
    with pytest.raises(SignInNeeded):
        registry.inspections(session.access)
    for path in (tmp_path / "device").iterdir():
        assert session.refresh not in path.read_text()
    assert Accounts.open(tmp_path / "device").current is None
    assert accounts.sign_out(registry) is True


def test_signing_out_works_without_the_server_and_says_so(accounts: Accounts, registry: Registry, device: str) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    assert accounts.sign_out(None) is False
    assert accounts.current is None


def test_a_colleagues_sign_in_replaces_and_revokes(
    accounts: Accounts, registry: Registry, device: str, tmp_path: Path
) -> None:
    accounts.sign_in(registry, *INSPECTOR, device)
    earlier = session_of(accounts)
    accounts.sign_in(registry, *COLLEAGUE, device)
    assert accounts.current
    assert accounts.current.username == COLLEAGUE[0]
    assert accounts.access_token(registry, username=INSPECTOR[0]) is None
    assert accounts.access_token(registry, username=COLLEAGUE[0])
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
    accounts.sign_out(registry)
    assert seen == [account, None]
