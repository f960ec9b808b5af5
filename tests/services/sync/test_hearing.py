"""What the office says of an account's records comes to the device, once, and to that account alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.accounts.accounts import Accounts
from services.client.answers import Refused, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.notes.notebook import Notebook
from services.records.events import EventBook
from services.records.record import Receipt
from services.sync.hearing import hear
from services.sync.outbox import send
from tests.services.conftest import INSPECTOR, change_register, new_id, written
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer

Stranger = Callable[[Callable[[str, str], Answer]], Registry]
ACCOUNT = INSPECTOR[0]
SAY = """
from accounts.models import User
from records.events import write
from records.kinds import kind_named
note = kind_named("note")
office = User.objects.get(username="quantri")
write(note, note.records.get(pk="{record}"), "{state}", "Đã thu hồi", "12/QĐ", office)
"""


def never() -> bool:
    return False


def event(record: str, state: str = "decided", **changed: Any) -> dict[str, Any]:
    at = "2026-11-23T08:00:00Z"
    return {"id": new_id(), "record": record, "at": at, "state": state, "text": "", "number": None, **changed}


def paged(pages: list[list[dict[str, Any]]], asked: list[str | None]) -> Callable[[str, str], Answer]:
    """A server with these pages of events; a cursor is the number of the next page."""

    def answer(method: str, path: str) -> Answer:
        if "/auth/" in path:
            account = {"username": ACCOUNT, "name": "", "role": "inspector"}
            return 200, {}, json.dumps({"access": "a", "expires_in": 900, "refresh": "r", "account": account}).encode()
        since = parse_qs(urlsplit(path).query).get("since", [None])[0]
        asked.append(since)
        if since == "gone":
            return 410, {}, json.dumps({"error": "cursor_too_old", "detail": "Start over."}).encode()
        n = int(since or 0)
        body = {"records": [], "events": pages[n] if n < len(pages) else [], "next_cursor": str(min(n + 1, len(pages)))}
        return 200, {}, json.dumps(body | {"more": n + 1 < len(pages)}).encode()

    return answer


@pytest.fixture
def events(tmp_path: Path) -> EventBook:
    return EventBook(tmp_path / "device")


def test_events_come_without_the_records_that_they_are_about(
    notebook: Notebook, accounts: Accounts, registry: Registry
) -> None:
    """Else the first question of an account with a long history would bring all of it."""
    written(notebook, account=ACCOUNT)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    send(notebook.records, accounts, registry)
    token = accounts.access_token(registry) or ""
    assert registry.records(token).records
    assert registry.records(token, only_events=True).records == []


def test_every_page_is_kept_and_the_next_question_goes_on_there(
    events: EventBook, accounts: Accounts, stranger: Stranger
) -> None:
    asked: list[str | None] = []
    record = new_id()
    registry = stranger(paged([[event(record, "received")], [event(record)], []], asked))
    accounts.sign_in(registry, *INSPECTOR, new_id())
    hear(events, ACCOUNT, accounts, registry, cancelled=never)
    assert [each.state for each in events.of(record)] == ["received", "decided"]
    assert asked == [None, "1", "2"]
    hear(events, ACCOUNT, accounts, registry, cancelled=never)
    assert asked[3:] == ["3"]


def test_a_cancel_between_two_pages_keeps_the_first_and_goes_on_there_later(
    events: EventBook, accounts: Accounts, stranger: Stranger
) -> None:
    asked: list[str | None] = []
    record = new_id()
    registry = stranger(paged([[event(record, "received")], [event(record)]], asked))
    accounts.sign_in(registry, *INSPECTOR, new_id())
    hear(events, ACCOUNT, accounts, registry, cancelled=lambda: bool(asked))
    assert [each.state for each in events.of(record)] == ["received"]
    hear(events, ACCOUNT, accounts, registry, cancelled=never)
    assert [each.state for each in events.of(record)] == ["received", "decided"]
    assert asked == [None, "1"]


def test_a_cursor_that_is_too_old_starts_over_and_doubles_nothing(
    events: EventBook, accounts: Accounts, stranger: Stranger
) -> None:
    asked: list[str | None] = []
    record = new_id()
    registry = stranger(paged([[event(record)]], asked))
    accounts.sign_in(registry, *INSPECTOR, new_id())
    hear(events, ACCOUNT, accounts, registry, cancelled=never)
    events.keep(ACCOUNT, registry.url, [], "gone")
    hear(events, ACCOUNT, accounts, registry, cancelled=never)
    assert asked == [None, "gone", None]
    assert len(events.of(record)) == 1
    assert events.cursor(ACCOUNT, registry.url) == "1"


def test_a_server_that_does_not_know_what_it_has_just_given_is_left_for_the_next_pass(
    events: EventBook, accounts: Accounts, stranger: Stranger
) -> None:
    asked: list[str | None] = []
    said = paged([[], []], asked)

    def forgetful(method: str, path: str) -> Answer:
        status, headers, body = said(method, path)
        return status, headers, body.replace(b'"next_cursor": "1"', b'"next_cursor": "gone"')

    registry = stranger(forgetful)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    events.keep(ACCOUNT, registry.url, [], "gone")
    with pytest.raises(Refused):
        hear(events, ACCOUNT, accounts, registry, cancelled=lambda: len(asked) > 9)
    assert asked == ["gone", None, "gone"]
    assert events.cursor(ACCOUNT, registry.url) == "gone"


def test_a_page_that_is_not_the_contracts_is_not_taken_in_part(
    events: EventBook, accounts: Accounts, stranger: Stranger
) -> None:
    record = new_id()
    registry = stranger(paged([[event(record), event(record, number=7)]], []))
    accounts.sign_in(registry, *INSPECTOR, new_id())
    with pytest.raises(Unreachable, match="not_the_registry"):
        hear(events, ACCOUNT, accounts, registry, cancelled=never)
    assert events.of(record) == ()
    assert events.cursor(ACCOUNT, registry.url) is None


def test_nobody_else_is_asked_for(events: EventBook, accounts: Accounts, stranger: Stranger) -> None:
    registry = stranger(paged([[]], []))
    accounts.sign_in(registry, *INSPECTOR, new_id())
    with pytest.raises(SignInNeeded):
        hear(events, "kiemtra02", accounts, registry, cancelled=never)


def test_what_the_office_says_at_the_real_server(
    notebook: Notebook, accounts: Accounts, server: RegistryServer, registry: Registry
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    note = written(notebook, account=ACCOUNT)
    send(notebook.records, accounts, registry, schemas={"note": (1,)})
    hear(notebook.events, ACCOUNT, accounts, registry, cancelled=never)
    kept = notebook.note(note.id)
    assert kept
    assert kept.events == ()
    changes: list[None] = []
    notebook.subscribe(lambda: changes.append(None))
    change_register(server, SAY.format(record=note.id, state="decided"))
    hear(notebook.events, ACCOUNT, accounts, registry, cancelled=never)
    hear(notebook.events, ACCOUNT, accounts, registry, cancelled=never)
    kept = Notebook.open(notebook.folder).note(note.id)
    assert kept
    [said] = kept.events
    assert (said.record, said.state, said.text, said.number) == (note.id, "decided", "Đã thu hồi", "12/QĐ")
    assert len(changes) == 1


def test_what_the_server_has_lost_is_sent_again(
    events: EventBook, accounts: Accounts, stranger: Stranger, notebook: Notebook
) -> None:
    """The cursor is unknown there, so everything that it still holds is listed and compared with the receipts."""
    there, lost, halved, other = (
        written(notebook, account=account, colours=("red",)) for account in (ACCOUNT, ACCOUNT, ACCOUNT, "kiemtra02")
    )
    book = notebook.records
    for note in (there, lost, halved, other):
        files = frozenset(photo.sha256 for photo in note.photos)
        book.record_receipt(Receipt(note.id, note.sha256, datetime(2026, 11, 23, tzinfo=UTC), files))
    assert not book.waiting
    rows = [
        {"kind": "note", "id": note.id, "sha256": note.sha256, "files": [{"sha256": p.sha256, "stored": stored}]}
        for note, stored in ((there, True), (halved, False))
        for p in note.photos[:1]
    ]
    asked: list[str | None] = []
    said = paged([[], []], asked)

    def listed(method: str, path: str) -> Answer:
        status, headers, body = said(method, path)
        document = json.loads(body)
        if "records" in document and "only=events" not in path:
            document["records"] = rows[:1] if len(asked) == 2 else rows[1:]
        return status, headers, json.dumps(document).encode()

    registry = stranger(listed)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    events.keep(ACCOUNT, registry.url, [], "gone")
    hear(events, ACCOUNT, accounts, registry, cancelled=lambda: len(asked) == 2, books=[book])
    assert (book.waiting, events.cursor(ACCOUNT, registry.url)) == (0, "gone"), "cut off, so it begins again"
    asked.clear()
    hear(events, ACCOUNT, accounts, registry, cancelled=never, books=[book])
    assert asked == ["gone", None, "1"]
    assert {record.id for record in book.outbox()} == {lost.id, halved.id}
    assert {book.entry(each).reason for each in (lost.id, halved.id)} == {"server_restored"}
    assert events.cursor(ACCOUNT, registry.url) == "2"
