"""Notes are sent as servers of version 0.1.0 take them: the register does not say which forms it knows."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.accounts.accounts import Accounts
from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.notes.content import NotedCode
from services.notes.note import Inspection, NoteState
from services.notes.notebook import Notebook
from services.sync.outbox import SendReport, send
from tests.services.conftest import COLLEAGUE, INSPECTOR, change_register, new_id, picture, until, written
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer, Proxy, SlowLine, captive_portal

Stranger = Callable[[Callable[[str, str], Answer]], Registry]


def confirmed(registry: Registry, inspection: Inspection, token: str | None = None) -> tuple[int, int]:
    """How many of the note's photos the server has, and of how many. Sending the note again is harmless."""
    return len(registry.put_inspection(inspection, token).files_stored), len(inspection.photos)


def states(notebook: Notebook) -> list[tuple[str, str | None]]:
    """Oldest first."""
    return [(note.state.value, note.reason) for note in reversed(notebook.notes(limit=1000))]


def test_notes_and_photos_arrive(notebook: Notebook, accounts: Accounts, registry: Registry) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    mine = written(notebook, account=INSPECTOR[0], colours=("red", "blue"))
    nobodys = written(notebook, colours=("green",))
    seen: list[tuple[int, int]] = []
    report = send(notebook.records, accounts, registry, progress=lambda *at: seen.append(at))
    assert report == SendReport(received=2, photos=3)
    total = 2 * 1024 + sum(photo.size for note in (mine, nobodys) for photo in note.photos)
    assert (seen[0], seen[-1]) == ((0, total), (total, total))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert notebook.counts()[NoteState.RECEIVED] == 2
    assert confirmed(registry, mine, accounts.access_token(registry)) == (2, 2)
    assert confirmed(registry, nobodys) == (1, 1)


@pytest.mark.parametrize("is_old", [True, False], ids=["0.1.0", "later"])
def test_where_the_server_was_not_asked_yet_what_it_takes_is_tried(
    notebook: Notebook, accounts: Accounts, proxy: Proxy, is_old: bool
) -> None:
    """So the first notes of a new device go on where they broke off, and need not wait for the register."""
    body = b'{"error": "not_found", "detail": "There is nothing at this address."}'
    date = b"Mon, 23 Nov 2026 08:00:00 GMT"
    nothing = b"HTTP/1.1 404 Not Found\r\nDate: %b\r\nContent-Length: %d\r\n\r\n%b" % (date, len(body), body)
    proxy.gateway = lambda request: nothing if is_old and b"/records/" in request.split(b"\r\n")[0] else request
    written(notebook, colours=("red",))
    registry = Registry(proxy.url)
    assert send(notebook.records, accounts, registry, is_told=False) == SendReport(received=1, photos=1)
    rooms = [line.split(b"/")[3] for line in proxy.requests]
    assert rooms == ([b"records", b"inspections", b"inspections"] if is_old else [b"records"])


def test_a_lost_answer_leads_to_one_note(
    notebook: Notebook, accounts: Accounts, server: RegistryServer, proxy: Proxy
) -> None:
    registry = Registry(proxy.url)
    session = accounts.sign_in(registry, *INSPECTOR, new_id())
    inspection = written(notebook, account=session.username, colours=("red",))

    proxy.cut("PUT /api/v1/inspections/")
    assert send(notebook.records, accounts, registry).problem == "no_connection"
    assert states(notebook) == [("waiting", "no_connection")]
    token = accounts.access_token(registry)
    assert token
    rows = registry.inspections(token, None).inspections
    assert [row["id"] for row in rows if row["id"] == inspection.id], "the server has it, though we were not told"

    proxy.cut("PUT /api/v1/inspections/" + inspection.id + "/photos/")
    assert send(notebook.records, accounts, registry).problem == "no_connection"
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=1)
    mine = [row for row in registry.inspections(token, None).inspections if row["id"] == inspection.id]
    assert [(row["body"], [photo["stored"] for photo in row["photos"]]) for row in mine] == [(inspection.body, [True])]


def test_sending_goes_on_at_the_photo_where_it_stopped(notebook: Notebook, accounts: Accounts, proxy: Proxy) -> None:
    registry = Registry(proxy.url)
    inspection = written(notebook, colours=("red", "blue", "green"))
    second = inspection.photos[1].sha256
    proxy.cut(f"PUT /api/v1/inspections/{inspection.id}/photos/{second}")
    report = send(notebook.records, accounts, registry)
    assert (report.photos, report.waiting, report.problem) == (1, 1, "no_connection")
    proxy.requests.clear()
    assert send(Notebook.open(notebook.folder).records, accounts, registry) == SendReport(received=1, photos=2)
    sent = [line.split()[1].decode().rsplit("/", 1)[1] for line in proxy.requests]
    assert sent == [photo.sha256 for photo in inspection.photos[1:]]


def test_a_captive_portal_leaves_the_note_waiting(
    notebook: Notebook, accounts: Accounts, registry: Registry, stranger: Stranger
) -> None:
    written(notebook, colours=("red",))
    report = send(notebook.records, accounts, stranger(captive_portal))
    assert report == SendReport(waiting=1, problem="not_the_registry")
    assert states(notebook) == [("waiting", "not_the_registry")]
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=1)


def test_refused_notes_are_set_aside_and_the_next_is_sent(
    notebook: Notebook, accounts: Accounts, registry: Registry, tmp_path: Path
) -> None:
    taken = written(notebook)
    other = Notebook.open(tmp_path / "other")
    draft = other.new_draft(id=taken.id, text="Khác")
    registry.put_inspection(
        other.sign(draft.id, account=None, device=taken.body["device"], now=draft.started_at, clock_offset=None), None
    )
    bad = notebook.new_draft(code=NotedCode("x", "longer than the contract has room for it, " * 2))
    notebook.sign(bad.id, account=None, device=new_id(), now=bad.started_at, clock_offset=None)
    good = written(notebook)

    assert send(notebook.records, accounts, registry) == SendReport(received=1, refused=2)
    assert states(notebook) == [("refused", "id_taken"), ("refused", "bad_request"), ("received", None)]
    assert confirmed(registry, good) == (0, 0)
    notebook.retry(taken.id)
    assert send(notebook.records, accounts, registry) == SendReport(refused=1)


def test_a_photo_that_was_lost_sets_its_note_aside_but_sends_the_rest(
    notebook: Notebook, accounts: Accounts, registry: Registry
) -> None:
    inspection = written(notebook, colours=("red", "blue"))
    notebook.photos.path(inspection.photos[0].sha256).unlink()
    next_one = written(notebook)
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=1, refused=1)
    assert states(notebook) == [("refused", "photo_missing"), ("received", None)]
    assert confirmed(registry, inspection) == (1, 2)
    assert confirmed(registry, next_one) == (0, 0)


def test_a_note_is_never_sent_with_another_accounts_token(notebook: Notebook, accounts: Accounts, proxy: Proxy) -> None:
    registry = Registry(proxy.url)
    device = new_id()
    accounts.sign_in(registry, *INSPECTOR, device)
    a = written(notebook, account=INSPECTOR[0], colours=("red",))
    accounts.sign_out()
    assert send(notebook.records, accounts, registry) == SendReport(waiting=1, blocked=1)

    accounts.sign_in(registry, *COLLEAGUE, device)
    b = written(notebook, account=COLLEAGUE[0])
    nobodys = written(notebook)
    proxy.requests.clear()
    assert send(notebook.records, accounts, registry) == SendReport(received=2, waiting=1, blocked=1)
    assert states(notebook) == [("waiting", "other_account"), ("received", None), ("received", None)]
    paths = [line.split()[1].decode() for line in proxy.requests]
    assert sorted(paths) == sorted(f"/api/v1/inspections/{note.id}" for note in (b, nobodys))

    accounts.sign_in(registry, *INSPECTOR, device)
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=1)
    assert confirmed(registry, a, accounts.access_token(registry)) == (1, 1)


def test_a_revoked_session_waits_for_a_sign_in_and_nobodys_notes_go(
    notebook: Notebook, accounts: Accounts, registry: Registry
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    session = accounts._session
    assert session
    registry.sign_out(session.refresh)
    mine = written(notebook, account=INSPECTOR[0])
    written(notebook)
    report = send(notebook.records, accounts, registry)
    assert report == SendReport(received=1, waiting=1, blocked=1, problem="sign_in_needed")
    assert states(notebook) == [("waiting", "sign_in_needed"), ("received", None)]
    accounts.sign_in(registry, *INSPECTOR, new_id())
    assert send(notebook.records, accounts, registry) == SendReport(received=1)
    assert confirmed(registry, mine, accounts.access_token(registry)) == (0, 0)


def test_a_token_the_server_no_longer_takes_is_refreshed(
    notebook: Notebook, accounts: Accounts, server: RegistryServer, registry: Registry
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    change_register(server, "from accounts.models import AccessToken; AccessToken.objects.all().delete()")
    written(notebook, account=INSPECTOR[0], colours=("red",))
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=1)


def test_a_server_that_lost_a_note_gets_it_again_with_its_photo(
    notebook: Notebook, accounts: Accounts, server: RegistryServer, registry: Registry
) -> None:
    inspection = written(notebook, colours=("red",))
    notebook.records.record_receipt(registry.put_inspection(inspection, None))
    lost = f"from inspections.models import *; Inspection.objects.filter(pk='{inspection.id}').delete()"
    change_register(server, lost)
    with pytest.raises(Refused):
        registry.put_photo(inspection.id, inspection.photos[0].sha256, b"", None, inspection.body["device"])
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=1)
    assert confirmed(registry, inspection) == (1, 1)


def failing_for(bad: set[str], seen: list[str]) -> Callable[[str, str], Answer]:
    """A registry that fails for some notes and takes the others."""
    digests: dict[str, str] = {}

    def answer(method: str, path: str) -> Answer:
        note_id = path.rsplit("/", 1)[1]
        seen.append(note_id)
        if note_id in bad:
            return 500, {}, b"boom"
        body: dict[str, Any] = {"id": note_id, "sha256": digests[note_id], "photos": []}
        return 201, {}, json.dumps(body | {"received_at": "2026-11-23T08:00:00Z"}).encode()

    answer.digests = digests  # type: ignore[attr-defined]
    return answer


def test_notes_the_server_fails_on_do_not_block_the_others(
    notebook: Notebook, accounts: Accounts, stranger: Stranger
) -> None:
    notes = [written(notebook, str(n)) for n in range(8)]
    seen: list[str] = []
    answer = failing_for({note.id for note in notes[:4]}, seen)
    answer.digests.update({note.id: note.sha256 for note in notes})  # type: ignore[attr-defined]
    registry = stranger(answer)
    report = send(notebook.records, accounts, registry)
    assert (report.received, report.waiting, report.problem) == (0, 8, "server_error")
    assert len(seen) == 3, "three in a row: not one note's trouble, but the server's"
    report = send(notebook.records, accounts, registry)
    assert (report.received, report.waiting) == (4, 4)


def test_patience_asked_for_ends_the_pass_at_once(notebook: Notebook, accounts: Accounts, stranger: Stranger) -> None:
    for n in range(3):
        written(notebook, str(n))
    requests: list[str] = []

    def busy(method: str, path: str) -> Answer:
        requests.append(path)
        return 429, {"Retry-After": "30"}, b"{}"

    report = send(notebook.records, accounts, stranger(busy))
    assert (report.problem, report.retry_after, len(requests)) == ("too_many_requests", 30, 1)


def test_sending_can_be_cancelled(notebook: Notebook, accounts: Accounts, registry: Registry) -> None:
    for n in range(3):
        written(notebook, str(n))
    report = send(notebook.records, accounts, registry, cancelled=lambda: notebook.counts()[NoteState.RECEIVED] == 1)
    assert (report.received, report.waiting, report.problem) == (1, 2, "cancelled")


class SlowReader:
    """A server that takes what it is sent at so many bytes a second, and answers nothing."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.taken = 0
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        connection, _ = self._listener.accept()
        with connection, contextlib.suppress(OSError):
            while piece := connection.recv(self._rate // 20):
                self.taken += len(piece)
                time.sleep(0.05)

    def close(self) -> None:
        self._listener.close()


@pytest.mark.parametrize("rate", [100_000, 2_000], ids=["slow", "standing still"])
def test_a_cancel_ends_an_upload_in_its_midst(
    notebook: Notebook, accounts: Accounts, registry: Registry, rate: int
) -> None:
    draft = notebook.new_draft(photos=(notebook.photos.keep(os.urandom(8 * 1024 * 1024)),))
    inspection = notebook.sign(draft.id, account=None, device=new_id(), now=draft.started_at, clock_offset=None)
    notebook.records.record_receipt(registry.put_inspection(inspection, None))
    slow = SlowReader(rate)
    reports: list[SendReport] = []
    cancel = threading.Event()
    sending = threading.Thread(
        target=lambda: reports.append(send(notebook.records, accounts, Registry(slow.url), cancelled=cancel.is_set))
    )
    sending.start()
    assert until(lambda: slow.taken > 0)
    cancel.set()
    sending.join(5)
    assert reports == [SendReport(waiting=1, problem="cancelled")]
    assert states(notebook) == [("waiting", None)], "it has not failed"
    assert until(lambda: "request" not in {thread.name for thread in threading.enumerate()})
    assert slow.taken < 1_000_000, "and the rest is not sent"
    slow.close()


def test_a_photo_on_a_slow_line_is_sent_however_long_it_takes(
    notebook: Notebook, accounts: Accounts, server: RegistryServer
) -> None:
    jpeg = picture() + bytes(1_200_000)
    draft = notebook.new_draft(photos=(notebook.photos.keep(jpeg),))
    notebook.sign(draft.id, account=None, device=new_id(), now=draft.started_at, clock_offset=None)
    slow = SlowLine(server.port, rate=600_000)
    seen: list[tuple[int, int]] = []
    registry = Registry(slow.url, timeout=(0.3, 1), deadline=1)  # the photo takes two seconds
    report = send(notebook.records, accounts, registry, progress=lambda *at: seen.append(at))
    assert report == SendReport(received=1, photos=1)
    assert len({done for done, _total in seen}) > 3, "and tells how far it is while it goes"
    slow.close()


def test_photos_wait_for_a_connection_they_may_go_over(
    notebook: Notebook, accounts: Accounts, registry: Registry
) -> None:
    inspection = written(notebook, colours=("red", "blue"))
    bare = written(notebook)
    assert send(notebook.records, accounts, registry, photos_allowed=lambda: False) == SendReport(
        received=1, waiting=1, held=1
    )
    assert states(notebook) == [("waiting", "photos_wait_for_wifi"), ("received", None)]
    assert confirmed(registry, inspection) == (0, 2)
    assert confirmed(registry, bare) == (0, 0)
    assert send(notebook.records, accounts, registry, photos_allowed=lambda: False) == SendReport(waiting=1, held=1)
    assert send(notebook.records, accounts, registry) == SendReport(received=1, photos=2)
    assert confirmed(registry, inspection) == (2, 2)


def test_leaving_the_wifi_ends_the_photos_at_the_next_one(
    notebook: Notebook, accounts: Accounts, registry: Registry
) -> None:
    inspection = written(notebook, colours=("red", "blue", "green"))
    next_one = written(notebook, colours=("black",))
    allowed = lambda: len(notebook.records.unsent_files(inspection.id)) > 2  # noqa: E731
    report = send(notebook.records, accounts, registry, photos_allowed=allowed)
    assert report == SendReport(photos=1, waiting=2, held=2)
    assert confirmed(registry, next_one) == (0, 1), "notes still go"


@pytest.mark.parametrize("order", [1, -1], ids=["note first", "correction first"])
def test_a_correction_and_its_note_arrive_in_any_order(
    notebook: Notebook, accounts: Accounts, registry: Registry, order: int
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    wrong = written(notebook, "Nhãn in 5 sao", account=INSPECTOR[0], colours=("red",))
    draft = notebook.correct(wrong.id, account=INSPECTOR[0])
    notebook.save_draft(replace(draft, text="Nhãn in 4 sao"))
    right = notebook.sign(draft.id, account=INSPECTOR[0], device=new_id(), now=draft.started_at, clock_offset=None)
    if order < 0:
        notebook.records.record_failure(wrong.id, "server_error")
        assert [inspection.id for inspection in notebook.outbox()] == [right.id, wrong.id]
    assert send(notebook.records, accounts, registry) == SendReport(received=2, photos=2)
    token = accounts.access_token(registry)
    assert token
    rows = {row["id"]: row for row in registry.inspections(token).inspections}
    assert rows[wrong.id]["body"] == wrong.body
    assert rows[right.id]["body"]["supersedes"] == wrong.id
    for note in (wrong, right):
        assert confirmed(registry, note, token) == (1, 1), "each has the photo of its own"


def test_a_receipt_that_cannot_be_saved_is_asked_for_again(
    notebook: Notebook, accounts: Accounts, registry: Registry
) -> None:
    inspection = written(notebook)
    notebook.close()
    assert send(notebook.records, accounts, registry) == SendReport(waiting=1, problem="not_saved")
    again = Notebook.open(notebook.folder)
    assert send(again.records, accounts, registry) == SendReport(received=1)
    assert confirmed(registry, inspection) == (0, 0)


def test_the_proxy_of_these_tests_loses_answers(proxy: Proxy) -> None:
    registry = Registry(proxy.url, timeout=(1, 2))
    proxy.cut("GET /api/v1/changes")
    with pytest.raises(Unreachable):
        registry.changes(None, 1)
    assert len(proxy.requests) == 1
    assert registry.changes(None, 1).changes
