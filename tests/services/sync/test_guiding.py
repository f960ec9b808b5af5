"""What the register tells inspectors comes to the device, and goes where the account may not have it any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.accounts.accounts import Accounts
from services.client.registry import Registry
from services.guidance.guidance import GuidanceBook
from services.notes.notebook import Notebook
from services.records.elsewhere import Elsewhere
from services.sync.guiding import guide
from services.sync.hearing import hear
from services.sync.outbox import send
from tests.services.conftest import INSPECTOR, new_id, opened, written
from tests.support.wire import Answer

Stranger = Callable[[Callable[[str, str], Answer]], Registry]
ACCOUNT = INSPECTOR[0]


@pytest.fixture
def book(tmp_path: Path) -> GuidanceBook:
    return GuidanceBook(tmp_path / "device")


def test_an_inspector_is_told_and_asks_for_what_is_new_alone(
    book: GuidanceBook, accounts: Accounts, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    guide(book, ACCOUNT, accounts, registry)
    told = book.of(ACCOUNT)
    assert told.products
    assert told.as_of
    answers = []
    ask = registry.guidance
    monkeypatch.setattr(registry, "guidance", lambda *given: answers.append(ask(*given)) or answers[-1])
    guide(book, ACCOUNT, accounts, registry)
    assert answers == [None], "it is as before"
    assert book.of(ACCOUNT) == told


@pytest.mark.parametrize(("status", "code", "stays"), [(403, "not_allowed", False), (404, "not_found", True)])
def test_who_may_not_have_it_loses_it_and_an_old_server_takes_nothing_away(
    book: GuidanceBook, accounts: Accounts, stranger: Stranger, status: int, code: str, stays: bool
) -> None:
    def refuse(_method: str, path: str) -> Answer:
        if "/auth/" in path:
            account = {"username": ACCOUNT, "name": "", "role": "inspector"}
            return 200, {}, json.dumps({"access": "a", "expires_in": 900, "refresh": "r", "account": account}).encode()
        return status, {}, json.dumps({"error": code, "detail": "No."}).encode()

    registry = stranger(refuse)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    book.keep(ACCOUNT, (), (), datetime(2026, 11, 28, tzinfo=UTC))
    guide(book, ACCOUNT, accounts, registry)
    assert (book.of(ACCOUNT).as_of is not None) is stays


def test_what_another_device_sent_is_listed_once_and_what_this_one_sent_is_not(
    notebook: Notebook, accounts: Accounts, registry: Registry, tmp_path: Path
) -> None:
    note = written(notebook, account=ACCOUNT)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    send(notebook.records, accounts, registry)
    other = tmp_path / "other"
    theirs = opened(other)
    theirs.sign_in(registry, *INSPECTOR, new_id())
    for folder, who, books in ((other, theirs, ()), (tmp_path / "device", accounts, (notebook.records,))):
        elsewhere, events = Elsewhere(folder), Notebook.open(tmp_path / f"events-{folder.name}").events
        for _time in range(2):
            hear(events, ACCOUNT, who, registry, cancelled=lambda: False, books=books, elsewhere=elsewhere)
        seen = {record.id for record in elsewhere.of(lambda _account: True)}
        assert (note.id in seen) is (folder == other)
        assert elsewhere.cursor(ACCOUNT, registry.url) is not None
