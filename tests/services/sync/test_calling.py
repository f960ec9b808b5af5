"""With which token the server is called, and what becomes of one that it does not take."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from services.accounts.accounts import Accounts
from services.client.answers import SentRecords, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.sync.calling import call_as
from tests.services.conftest import COLLEAGUE, INSPECTOR, new_id
from tests.support.wire import Answer, Stranger

ACCOUNT = INSPECTOR[0]
NOT_SIGNED_IN = 401, {}, json.dumps({"error": "not_signed_in", "detail": "No."}).encode()


class Office:
    """A registry that gives a new token each time it is asked for one, and takes those that it is told to take."""

    def __init__(self) -> None:
        self.given = 0
        self.takes: set[str] = set()
        self._server = Stranger(self._answer)
        self.registry = Registry(self._server.url)

    def _answer(self, method: str, path: str) -> Answer:
        if "/auth/" in path:
            self.given += 1
            account = {"username": ACCOUNT, "name": "", "role": "inspector"}
            tokens = {"access": f"token-{self.given}", "expires_in": 900, "refresh": "r", "account": account}
            return 200, {}, json.dumps(tokens).encode()
        if self.asked_with()[-1] not in self.takes:
            return NOT_SIGNED_IN
        return 200, {}, json.dumps({"records": [], "events": [], "next_cursor": "1", "more": False}).encode()

    def asked_with(self) -> list[str | None]:
        """The tokens of the calls themselves, oldest first."""
        headers = [headers for _method, path, headers in self._server.requests if "/auth/" not in path]
        return [each.get("Authorization", "").removeprefix("Bearer ") or None for each in headers]

    def ask(self, token: str | None) -> SentRecords:
        return self.registry.records(token or "")

    def close(self) -> None:
        self.registry.close()
        self._server.close()


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.close()


def test_a_token_that_is_not_taken_is_changed_for_a_new_one_once(office: Office, accounts: Accounts) -> None:
    accounts.sign_in(office.registry, *INSPECTOR, new_id())
    office.takes = {"token-2"}
    assert call_as(ACCOUNT, accounts, office.registry, office.ask).next_cursor == "1"
    assert office.asked_with() == ["token-1", "token-2"]


def test_a_server_that_takes_none_of_its_own_tokens_has_a_fault_that_no_sign_in_mends(
    office: Office, accounts: Accounts
) -> None:
    accounts.sign_in(office.registry, *INSPECTOR, new_id())
    with pytest.raises(Unreachable, match="server_error"):
        call_as(ACCOUNT, accounts, office.registry, office.ask)
    assert office.asked_with() == ["token-1", "token-2"], "and it is not asked for ever"
    assert accounts.viewer.account == ACCOUNT, "nobody is signed out for it"


def test_who_signs_out_meanwhile_is_not_signed_in_again(office: Office, accounts: Accounts) -> None:
    accounts.sign_in(office.registry, *INSPECTOR, new_id())

    def ask(token: str | None) -> SentRecords:
        accounts.sign_out()
        return office.ask(token)

    with pytest.raises(SignInNeeded):
        call_as(ACCOUNT, accounts, office.registry, ask)
    assert office.asked_with() == ["token-1"]
    assert office.given == 1


def test_nobody_elses_token_is_used(office: Office, accounts: Accounts) -> None:
    for _ in range(2):
        with pytest.raises(SignInNeeded, match="not_signed_in"):
            call_as(COLLEAGUE[0], accounts, office.registry, office.ask)
        accounts.sign_in(office.registry, *INSPECTOR, new_id())
    assert office.asked_with() == []


def test_who_asks_for_a_sign_in_where_nobody_was_said_to_be_signed_in_is_not_the_registry(
    office: Office, accounts: Accounts
) -> None:
    accounts.sign_in(office.registry, *INSPECTOR, new_id())
    with pytest.raises(Unreachable, match="not_the_registry"):
        call_as(None, accounts, office.registry, lambda token: office.ask(token and "never"))
    assert office.asked_with() == [None]
