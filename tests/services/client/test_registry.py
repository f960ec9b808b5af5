from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from services.client.answers import Refused, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.notes.content import NotedCode
from services.notes.notebook import Notebook
from services.register.about import Register
from services.register.arriving import Arriving
from services.register.certificates import believed_today, worth
from services.register.products import Product
from services.register.statements import check_statement, statement_in
from tests.services.conftest import DEVICE, INSPECTOR, new_id, picture, product, written
from tests.support import wire
from tests.support.wire import Answer, captive_portal

Stranger = Callable[[Callable[[str, str], Answer]], Registry]


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(Unreachable) as error:
        call()
    return error.value.reason


def answer(status: int, document: Any = None, **headers: str) -> Callable[[str, str], Answer]:
    body = b"" if document is None else json.dumps(document).encode()
    return lambda method, path: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


# With the real server


def test_the_snapshot_is_the_register(registry: Registry) -> None:
    snapshot = registry.snapshot()
    assert snapshot
    assert len(snapshot.products) == 393
    assert snapshot.register["sample"] is True
    assert all(Product.from_json(json.loads(product)).gtin.startswith("0952") for product in snapshot.products)
    assert abs(snapshot.as_of - datetime.now(UTC)) < timedelta(seconds=5)
    assert registry.snapshot(snapshot.etag) is None


def test_changes_page_by_page_are_the_same_register(registry: Registry) -> None:
    seen: dict[str, Any] = {}
    cursor, more = None, True
    while more:
        page = registry.changes(cursor, 100)
        seen |= {change["product"]["gtin"]: change["product"] for change in page.changes}
        cursor, more = page.next_cursor, page.more
    snapshot = registry.snapshot()
    assert snapshot
    assert seen == {product["gtin"]: product for product in map(json.loads, snapshot.products)}
    assert registry.changes(cursor).changes == []


def test_the_register_is_told_once_and_not_again_while_it_stays(registry: Registry) -> None:
    page = registry.changes(None, 1000)
    assert page.register is not None
    register = Register.from_json(page.register)
    assert (len(register.localities), len(register.issuer_keys)) == (67, 1)
    assert "truyxuat.example" in register.domains
    assert registry.changes(page.next_cursor).register is None


def test_one_product_is_asked_for(registry: Registry) -> None:
    snapshot = registry.snapshot()
    assert snapshot
    known = json.loads(snapshot.products[7])
    found = registry.product(known["gtin"])
    assert found.product == Product.from_json(known)
    assert abs(found.as_of - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_register_itself_says_that_it_does_not_hold_a_product(registry: Registry) -> None:
    answer = registry.product("09529999999993")
    assert answer.product is None
    assert abs(answer.as_of - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_number_that_is_no_gtin_is_refused(registry: Registry) -> None:
    with pytest.raises(Refused) as error:
        registry.product("09529999999990")
    assert (error.value.code, error.value.status) == ("bad_request", 400)


def test_a_statement_is_signed_with_a_key_that_the_register_tells_of(registry: Registry) -> None:
    snapshot = registry.snapshot()
    assert snapshot
    products = [Product.from_json(json.loads(product)) for product in snapshot.products]
    today = believed_today(datetime.now(UTC)).day
    certified = next(p for p in products if worth(p.certificates, today).in_force)
    address = registry.statement(certified.gtin)
    token = statement_in(address)
    assert token
    checked = check_statement(token, Register.from_json(snapshot.register).issuer_keys)
    assert checked.fault is None
    assert checked.statement
    assert (checked.statement.gtin, checked.statement.certificate) == (
        certified.gtin, certified.certificates[0].number,
    )  # fmt: skip
    assert registry.statement(certified.gtin) == address


def test_a_product_without_a_certificate_in_force_has_no_statement(registry: Registry) -> None:
    with pytest.raises(Refused) as error:
        registry.statement("09529999999993")
    assert error.value.code == "not_found"


def test_a_cursor_the_server_never_gave(registry: Registry) -> None:
    with pytest.raises(Refused) as error:
        registry.changes("99999999")
    assert (error.value.code, error.value.status) == ("cursor_too_old", 410)


def test_the_clocks_difference_is_known_after_an_answer(registry: Registry) -> None:
    assert registry.clock_offset is None
    registry.changes(None, 1)
    assert registry.clock_offset in (-1, 0, 1)


def test_a_note_and_its_photo_as_nobody(registry: Registry, notebook: Notebook) -> None:
    inspection = written(notebook, colours=("red",))
    photo = inspection.photos[0].sha256
    receipt = registry.put_inspection(inspection, None)
    assert (receipt.id, receipt.sha256, receipt.files_stored) == (inspection.id, inspection.sha256, frozenset())
    with pytest.raises(Refused) as error:
        registry.put_photo(inspection.id, photo, notebook.photos.read(photo), None, new_id())
    assert error.value.code == "not_allowed"
    with pytest.raises(Refused) as error:
        registry.put_photo(inspection.id, photo, picture("blue"), None, DEVICE)
    assert error.value.code == "bad_digest"
    registry.put_photo(inspection.id, photo, notebook.photos.read(photo), None, DEVICE)
    registry.put_photo(inspection.id, photo, notebook.photos.read(photo), None, DEVICE)
    again = registry.put_inspection(inspection, None)
    assert (again.received_at, again.files_stored) == (receipt.received_at, frozenset({photo}))


def test_a_note_of_an_account(registry: Registry, notebook: Notebook) -> None:
    session = registry.sign_in(*INSPECTOR, DEVICE)
    inspection = written(notebook, account=INSPECTOR[0])
    with pytest.raises(Refused) as error:
        registry.put_inspection(inspection, None)
    assert error.value.code == "not_allowed"
    with pytest.raises(SignInNeeded) as needed:
        registry.put_inspection(inspection, "nonsense")
    assert needed.value.code == "not_signed_in"
    registry.put_inspection(inspection, session.access)
    cursor, rows = None, []
    while True:
        page = registry.inspections(session.access, cursor)
        rows += page.inspections
        cursor = page.next_cursor
        if not page.more:
            break
    assert [row["body"] for row in rows if row["id"] == inspection.id] == [inspection.body]


def test_text_with_a_nul_from_a_scanned_code_is_taken(registry: Registry, notebook: Notebook) -> None:
    draft = notebook.new_draft(code=NotedCode("a\0b", "QR Code"))
    inspection = notebook.sign(draft.id, account=None, device=DEVICE, now=datetime.now(UTC), clock_offset=None)
    assert registry.put_inspection(inspection, None).sha256 == inspection.sha256


# With others who answer in its place


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"changes": {}, "next_cursor": "1", "more": False, "register": {}},
        {"changes": [], "next_cursor": 1, "more": False, "register": {}},
        {"changes": ["x"], "next_cursor": "1", "more": False, "register": {}},
        {"changes": [], "next_cursor": "7", "more": True, "register": {}},
    ],
)
def test_json_that_is_not_the_contracts(stranger: Stranger, document: Any) -> None:
    registry = stranger(answer(200, document))
    assert reason(lambda: registry.changes("7")) == "not_the_registry"
    assert registry.clock_offset in (-1, 0, 1)


def test_a_captive_portal_is_believed_in_no_call(stranger: Stranger, notebook: Notebook) -> None:
    registry = stranger(captive_portal)
    inspection = written(notebook)
    calls: list[Callable[[], object]] = [
        lambda: registry.changes(None),
        registry.snapshot,
        lambda: registry.sign_in("a", "b", DEVICE),
        lambda: registry.refresh("r"),
        lambda: registry.sign_out("r"),
        lambda: registry.put_inspection(inspection, None),
        lambda: registry.put_photo(inspection.id, "0" * 64, b"", None, DEVICE),
        lambda: registry.inspections("t"),
    ]
    assert {reason(call) for call in calls} == {"not_the_registry"}
    assert registry.clock_offset is None


def test_an_empty_200_revokes_nothing(stranger: Stranger) -> None:
    registry = stranger(answer(200))
    assert reason(lambda: registry.sign_out("r")) == "not_the_registry"


@pytest.mark.parametrize("field", ["id", "sha256"])
def test_a_receipt_that_does_not_echo_the_note(stranger: Stranger, notebook: Notebook, field: str) -> None:
    inspection = written(notebook)
    receipt = {
        "id": inspection.id,
        "sha256": inspection.sha256,
        "received_at": "2026-11-23T08:00:00Z",
        "photos": [],
    }
    assert stranger(answer(201, receipt)).put_inspection(inspection, None).id == inspection.id
    wrong = stranger(answer(201, receipt | {field: new_id()}))
    assert reason(lambda: wrong.put_inspection(inspection, None)) == "wrong_receipt"
    missing = stranger(answer(201, {k: v for k, v in receipt.items() if k != field}))
    assert reason(lambda: missing.put_inspection(inspection, None)) == "wrong_receipt"


def test_a_photos_answer_that_does_not_echo_it(stranger: Stranger) -> None:
    right = {"id": "n", "sha256": "0" * 64, "size": 3}
    stranger(answer(201, right)).put_photo("n", "0" * 64, b"abc", None, DEVICE)
    for wrong in ({"id": "m"}, {"sha256": "1" * 64}, {"size": 4}):
        registry = stranger(answer(201, right | wrong))
        assert reason(lambda r=registry: r.put_photo("n", "0" * 64, b"abc", None, DEVICE)) == "wrong_receipt"  # type: ignore[misc]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(stranger: Stranger, notebook: Notebook, status: int) -> None:
    seen: list[str] = []

    def elsewhere(method: str, path: str) -> Answer:
        seen.append(path)
        return captive_portal(method, path)

    other = stranger(elsewhere)
    registry = stranger(answer(status, Location=other.url))
    assert reason(lambda: registry.put_inspection(written(notebook), "secret")) == "redirected"
    assert seen == []


@pytest.mark.parametrize(
    ("location", "moved_to"),
    [
        ("https://registry.example/api/v1/changes", "https://registry.example"),
        ("https://registry.example/ocop/api/v1/changes?x=1", "https://registry.example/ocop"),
        ("https://portal.example/login", None),
        ("https://user@registry.example/api/v1/changes", None),
        ("ftp://registry.example/api/v1/changes", None),
        ("/api/v1/changes", None),
    ],
)
def test_a_server_that_has_moved_is_told_and_not_followed(
    stranger: Stranger, location: str, moved_to: str | None
) -> None:
    registry = stranger(answer(308, Location=location))
    assert reason(lambda: registry.changes(None)) == ("moved" if moved_to else "redirected")
    assert registry.moved_to == moved_to
    assert reason(lambda: stranger(answer(302, Location="http://[")).changes(None)) == "not_the_registry"


@pytest.mark.parametrize(
    ("status", "expected"), [(500, "server_error"), (502, "server_error"), (511, "server_error"), (408, "timed_out")]
)
def test_failures_that_pass(stranger: Stranger, status: int, expected: str) -> None:
    assert reason(lambda: stranger(answer(status, {"error": "x", "detail": "x"})).changes(None)) == expected


def test_retry_after_in_both_forms(stranger: Stranger) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    seconds = []
    for value in ("120", later, "-5", "soon"):
        with pytest.raises(Unreachable) as error:
            stranger(answer(429, {}, Retry_After=value)).changes(None)
        assert error.value.reason == "too_many_requests"
        seconds.append(error.value.retry_after)
    assert seconds[0] == 120
    assert seconds[1] == pytest.approx(87, abs=4)
    assert seconds[2:] == [0, None]


def test_a_gateway_that_takes_no_large_body_is_no_sign_in_page(stranger: Stranger, notebook: Notebook) -> None:
    registry = stranger(lambda method, path: (413, {"Content-Type": "text/html"}, b"<h1>Payload Too Large</h1>"))
    assert reason(lambda: registry.put_inspection(written(notebook), None)) == "too_large_on_the_way"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407])
def test_a_gateways_4xx_sets_nothing_aside(stranger: Stranger, notebook: Notebook, status: int) -> None:
    html = stranger(lambda method, path: (status, {"Content-Type": "text/html"}, b"<h1>Forbidden</h1>"))
    assert reason(lambda: html.put_inspection(written(notebook), None)) == "not_the_registry"
    with pytest.raises(Refused) as error:
        stranger(answer(status, {"error": "bad_request", "detail": "Why."})).changes(None)
    assert (error.value.code, error.value.detail, error.value.status) == ("bad_request", "Why.", status)
    assert isinstance(error.value, SignInNeeded) == (status == 401)
    another = stranger(answer(status, {"error": "Forbidden", "detail": "Not one of the contract's codes."}))
    assert reason(lambda: another.put_inspection(written(notebook), None)) == "not_the_registry"


def test_a_note_or_photo_that_is_garbled_on_the_way_is_not_refused(stranger: Stranger, notebook: Notebook) -> None:
    inspection = written(notebook, colours=("red",))
    registry = stranger(answer(400, {"error": "bad_digest", "detail": "Not the SHA-256 of the body."}))
    assert reason(lambda: registry.put_inspection(inspection, None)) == "wrong_receipt"
    photo = inspection.photos[0].sha256
    jpeg = notebook.photos.read(photo)
    assert reason(lambda: registry.put_photo(inspection.id, photo, jpeg, None, DEVICE)) == "wrong_receipt"
    damaged_here = replace(inspection, body=inspection.body | {"text": "other"})
    with pytest.raises(Refused):
        registry.put_inspection(damaged_here, None)
    with pytest.raises(Refused):
        registry.put_photo(inspection.id, photo, jpeg + b"x", None, DEVICE)


def test_an_answer_without_end_is_cut(stranger: Stranger) -> None:
    registry = stranger(lambda method, path: (200, {}, b" " * (2 * 1024 * 1024)))
    assert reason(lambda: registry.sign_in("a", "b", DEVICE)) == "too_large"


def test_a_zip_bomb_is_cut(stranger: Stranger) -> None:
    bomb = gzip.compress(b" " * 64 * 1024 * 1024)
    registry = stranger(lambda method, path: (200, {"Content-Encoding": "gzip"}, bomb))
    assert reason(lambda: registry.sign_in("a", "b", DEVICE)) == "too_large"


def raw(serve: Callable[[socket.socket], None]) -> str:
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.recv(65536)
                    serve(connection)
                except OSError:
                    pass

    threading.Thread(target=accept, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b" ")
            time.sleep(0.02)

    registry = Registry(raw(drip), timeout=(1, 1), deadline=0.3)
    started = time.monotonic()
    assert reason(lambda: registry.changes(None)) == "timed_out"
    assert time.monotonic() - started < 1


def test_a_head_that_drips_ends_at_the_deadline() -> None:
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Filler: ")
            for _ in range(500):
                connection.sendall(b"x")
                time.sleep(0.02)
        except OSError:
            gone.set()

    registry = Registry(raw(drip), timeout=(1, 1), deadline=0.3)
    assert reason(lambda: registry.changes(None)) == "timed_out"
    assert gone.wait(5), "the client hung up while the head was still dripping"


def test_silence_times_out_and_a_cut_answer_counts_for_nothing() -> None:
    registry = Registry(raw(lambda connection: time.sleep(1)), timeout=(1, 0.2))
    assert reason(lambda: registry.changes(None)) == "timed_out"
    body = b'{"changes":[],"next_cursor":"1","more":false,"register":{}}'
    head = f"HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 08:00:00 GMT\r\nContent-Length: {len(body) + 9}\r\n\r\n".encode()
    registry = Registry(raw(lambda connection: connection.sendall(head + body)), timeout=(1, 1))
    assert reason(lambda: registry.changes(None)) == "no_connection"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://registry.invalid", "http://[", "nonsense"])
def test_addresses_where_nobody_answers(url: str) -> None:
    assert reason(lambda: Registry(url, timeout=(1, 1)).changes(None)) == "no_connection"


def test_a_server_that_speaks_no_tls() -> None:
    url = raw(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    assert reason(lambda: Registry(url.replace("http:", "https:")).changes(None)) == "insecure"


def test_a_users_netrc_is_not_sent(
    stranger: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook: Notebook
) -> None:
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    portal = wire.Stranger(captive_portal)
    try:
        registry = Registry(portal.url)
        for token in (None, "token"):
            with pytest.raises(Unreachable):
                registry.put_inspection(written(notebook), token)
        seen = [headers.get("Authorization") for _, _, headers in portal.requests]
    finally:
        portal.close()
    assert seen == [None, "Bearer token"]


def test_reading_a_snapshot_can_be_cancelled(registry: Registry) -> None:
    assert reason(lambda: registry.snapshot(cancelled=lambda: True)) == "cancelled"


# Answers that are beyond the contract's bounds


EVENT: dict[str, Any] = {
    "id": "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b12", "record": "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b13",
    "at": "2026-11-23T08:00:00Z", "state": "decided", "text": "", "number": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("changes", {"changes": [{}] * 1001}),
        ("changes", {"next_cursor": "1" * 5000}),
        ("changes", {"register": {"localities": [{}] * 5001}}),
        ("changes", {"register": {"later": "x" * 5_000_000}}),
        ("snapshot", {"register": {"domains": ["x"] * 10_001}}),
        ("snapshot", {"next_cursor": None}),
        ("records", {"events": [{}] * 1001}),
        ("records", {"records": [{"kind": "note", "id": "1"}]}),
        ("records", {"events": [EVENT | {"text": "x" * 20_001}]}),
        ("records", {"events": [EVENT | {"at": "0005-01-01T00:00:00Z"}]}),
        ("records", {"events": [EVENT | {"state": "x" * 201}]}),
    ],
)
def test_an_answer_beyond_the_contract_is_none(stranger: Stranger, call: str, answer: dict[str, Any]) -> None:
    whole = {
        "changes": {"changes": [], "next_cursor": "1", "more": False, "register": None},
        "snapshot": {"products": [], "next_cursor": "1", "register": {}},
        "records": {"records": [], "events": [EVENT], "next_cursor": "1", "more": False},
    }[call]

    def ask(body: dict[str, Any]) -> object:
        registry = stranger(lambda method, path: (200, {}, json.dumps(body).encode()))
        return {"changes": lambda: registry.changes("0"), "records": lambda: registry.records("t")}.get(
            call, registry.snapshot
        )()

    assert ask(whole)
    with pytest.raises(Unreachable, match="not_the_registry"):
        ask(whole | answer)


def test_a_snapshot_in_one_piece_is_not_parsed_where_it_is_large(
    stranger: Stranger,
) -> None:
    """Parsed, it would take up to 25 times its size."""
    body = b'{"products":[' + b"[]," * 6_000_000 + b'[]],"next_cursor":"1","register":{}}'
    with pytest.raises(Unreachable, match="not_the_registry"):
        stranger(lambda method, path: (200, {}, body)).snapshot()


def test_nothing_is_kept_of_a_snapshot_that_says_it_is_larger_than_any(stranger: Stranger, tmp_path: Path) -> None:
    """Kept to go on with, each try would put as much again on the disk as one answer may hold."""
    headers = {"ETag": '"1"', "Accept-Ranges": "bytes", "Content-Encoding": "gzip", "Content-Length": str(10**12)}
    headers["Date"] = "Mon, 23 Nov 2026 08:00:00 GMT"
    arriving = Arriving(tmp_path / "snapshot.part")
    with pytest.raises(Unreachable, match="too_large"):
        stranger(lambda method, path: (200, headers, b"\x1f\x8b" * 1000)).snapshot(arriving=arriving)
    assert not (tmp_path / "snapshot.part").exists()


def test_a_product_that_only_a_newer_app_can_read_is_told_as_such(
    stranger: Stranger,
) -> None:
    newer = product(11, certificates={"newer": "form"})
    registry = stranger(lambda method, path: (200, {}, json.dumps({"product": newer}).encode()))
    with pytest.raises(Unreachable, match="unreadable_product"):
        registry.product(newer["gtin"])
