"""Records of every kind are sent to the addresses that are the same for all."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from services.accounts.accounts import Accounts
from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.records.book import RecordBook
from services.records.chain import Signer
from services.records.files import Photo, PhotoFolder
from services.records.kind import NOTE, Kind
from services.records.record import Record, RecordInvalid
from services.register.about import Register
from services.sync import sending
from services.sync.outbox import Schemas, SendReport, send
from tests.services.conftest import INSPECTOR, change_register, picture
from tests.support.record_kinds import DEVICE, MADE_UP, SAMPLES, sign
from tests.support.registry_server import MADE_UP as KNOWS_MADE_UP
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer, Proxy

Stranger = Callable[[Callable[[str, str], Answer]], Registry]
with_files = pytest.mark.parametrize(
    "kind", [name for name, sample in SAMPLES.items() if sample.takes_files], indirect=True
)
"""The kinds of which the server takes files."""
ALL: Schemas = dict.fromkeys(SAMPLES, (1,))
ACCOUNT = INSPECTOR[0]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    folder = tmp_path_factory.mktemp("registry")
    with RegistryServer(folder, env=KNOWS_MADE_UP, arguments=["--no-queue"]) as running:
        yield running


@pytest.fixture(params=SAMPLES)
def kind(request: pytest.FixtureRequest) -> Kind:
    return SAMPLES[request.param].kind


@pytest.fixture
def book(tmp_path: Path, kind: Kind, accounts: Accounts) -> RecordBook:
    return opened_book(tmp_path, kind, accounts)


def opened_book(tmp_path: Path, kind: Kind, accounts: Accounts | None = None) -> RecordBook:
    """A book that signs with the key of these accounts."""
    signer = Signer(accounts.signing_key, accounts.one_name) if accounts else None
    return RecordBook(tmp_path / "device", kind, PhotoFolder(tmp_path / "device" / "photos"), signer)


@pytest.fixture
def signed_in(accounts: Accounts, registry: Registry) -> Accounts:
    accounts.sign_in(registry, *INSPECTOR, DEVICE)
    return accounts


@pytest.fixture
def through(signed_in: Accounts, server: RegistryServer, proxy: Proxy) -> Iterator[tuple[Accounts, Registry]]:
    """The account, on the way over the proxy."""
    registry = over_a_good_line(proxy)
    signed_in.sign_in(registry, *INSPECTOR, DEVICE)
    yield signed_in, registry
    registry.close()


def over_a_good_line(proxy: Proxy) -> Registry:
    """A registry whose line has carried so much already that everything goes at once."""
    registry = Registry(proxy.url)
    registry.line.carried(100 * sending.ALONG, 1)
    return registry


def small(book: RecordBook, *colours: str) -> tuple[Photo, ...]:
    return tuple(book.files.keep(picture(colour)) for colour in colours)


def large(book: RecordBook, size: int = 3 * sending.ALONG) -> Photo:
    """A JPEG of so many bytes: what follows on its end is nobody's business."""
    jpeg = picture()
    return book.files.keep(jpeg + os.urandom(size - len(jpeg)))


def requested(proxy: Proxy) -> list[str]:
    """Methods and addresses of the requests about records, without what all have in common."""
    lines = [line.decode().split(" ") for line in proxy.requests]
    return [f"{method} {path.removeprefix('/api/v1/records')}" for method, path, _ in lines if "/records" in path]


def states(book: RecordBook) -> list[tuple[str, str | None]]:
    """Oldest first."""
    entries = [book.entry(record_id) for record_id in book.newest()]
    return [(entry.state.value, entry.reason) for entry in reversed(entries)]


def stored(registry: Registry, record: Record, accounts: Accounts) -> tuple[dict[str, Any], list[bool]]:
    """What the server has of the record: its body, and of each file whether it is there."""
    token = accounts.access_token(registry)
    assert token
    cursor, rows = None, []
    while True:
        page = registry.records(token, cursor)
        rows += [row for row in page.records if row["id"] == record.id]
        cursor = page.next_cursor
        if not page.more:
            break
    [row] = rows
    return row["body"], [file["stored"] for file in row["files"]]


def test_the_register_says_which_forms_it_takes(registry: Registry) -> None:
    snapshot = registry.snapshot()
    assert snapshot
    register = Register.from_json(snapshot.register)
    assert register.schemas == {**ALL, **dict.fromkeys(("inspection", "round", "answer"), (1,))}
    assert register.products == 393
    assert register.id


@pytest.mark.parametrize("told", [None, 7, "note", [1]])
def test_what_a_register_says_of_forms_in_another_shape_is_not_heard(told: object) -> None:
    assert Register.from_json({"name": "x", "schemas": told}).schemas is None
    odd = Register.from_json({"id": 7, "products": True, "schemas": {"note": [1, "2", True, 3], "made_up": 1}})
    assert (odd.id, odd.products, odd.schemas) == (None, None, {"note": (1, 3), "made_up": ()})


@with_files
def test_small_files_come_along_in_one_request(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy
) -> None:
    record = sign(book, account=ACCOUNT, files=small(book, "red", "blue"))
    seen: list[tuple[int, int]] = []
    report = send(book, *through, schemas=ALL, progress=lambda *at: seen.append(at))
    assert report == SendReport(received=1, photos=2)
    assert requested(proxy) == [f"PUT /{book.kind.name}/{record.id}"]
    total = 1024 + sum(file.size for file in record.files)
    assert (seen[0], seen[-1]) == ((0, total), (total, total))
    assert stored(through[1], record, through[0]) == (record.body, [True, True])
    for each in (book, RecordBook(book.files.folder.parent, book.kind, book.files)):
        entry = each.entry(record.id)
        assert (entry.state.value, entry.files_sent) == ("received", 2)
        assert entry.jws, "the receipt is kept with its proof"
        assert each.outbox() == []


def test_as_nobody_what_nobody_may_send(tmp_path: Path, accounts: Accounts, registry: Registry) -> None:
    notes = opened_book(tmp_path, NOTE)
    record = sign(notes, files=(*small(notes, "red"), large(notes)))
    assert send(notes, accounts, registry, schemas=ALL) == SendReport(received=1, photos=2)
    assert notes.entry(record.id).received_at
    with pytest.raises(RecordInvalid) as error:
        sign(opened_book(tmp_path, MADE_UP))
    assert error.value.reason == "no_account"


def test_the_chain_is_kept_and_the_receipt_echoes_it(tmp_path: Path, signed_in: Accounts, registry: Registry) -> None:
    book = opened_book(tmp_path, MADE_UP, signed_in)
    first, second = sign(book, account=ACCOUNT), sign(book, account=ACCOUNT)
    assert (first.prev, second.prev) == (None, first.sha256)
    with pytest.raises(ValueError, match="meanwhile"):
        book.add(first)
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(received=2)


def test_what_was_signed_while_there_was_no_key_is_signed_before_it_is_sent(
    tmp_path: Path, signed_in: Accounts, registry: Registry
) -> None:
    book = opened_book(tmp_path, MADE_UP)
    record = sign(book, account=ACCOUNT)
    assert book.entry(record.id).signature is None
    book = opened_book(tmp_path, MADE_UP, signed_in)
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(received=1)
    token = signed_in.access_token(registry)
    assert token
    (row,) = [row for row in registry.records(token).records if row["id"] == record.id]
    assert row["signature"] == book.entry(record.id).signature
    assert row["signature"].split(";")[0] == signed_in.signing_key(ACCOUNT, DEVICE).kid  # type: ignore[union-attr]


def test_a_server_that_lost_the_key_has_it_certified_once_more(
    tmp_path: Path, signed_in: Accounts, registry: Registry, server: RegistryServer
) -> None:
    book = opened_book(tmp_path, MADE_UP, signed_in)
    sign(book, account=ACCOUNT)
    key = signed_in.signing_key(ACCOUNT, DEVICE)
    assert key
    with closing(sqlite3.connect(server.data / "registry.sqlite3", timeout=20)) as database, database:
        database.execute("DELETE FROM accounts_devicekey WHERE kid = ?", [key.kid])
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(received=1)
    assert server.rows(f"SELECT revoked_at FROM accounts_devicekey WHERE kid = '{key.kid}'") == [(None,)]


def test_a_signature_that_was_garbled_on_the_way_sets_nothing_aside(
    tmp_path: Path, signed_in: Accounts, registry: Registry
) -> None:
    book = opened_book(tmp_path, MADE_UP, signed_in)
    record = sign(book, account=ACCOUNT)
    with pytest.MonkeyPatch.context() as gateway:
        gateway.setattr(book, "signature", lambda _record_id: None)  # it takes the header
        report = send(book, signed_in, registry, schemas=ALL)
    assert (report.problem, states(book)) == ("altered_on_the_way", [("waiting", "altered_on_the_way")])
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(received=1)
    assert book.has_receipt(record.id)


@with_files
def test_a_large_file_goes_in_parts(book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy) -> None:
    file = large(book, sending.ALONG + 3)
    record = sign(book, account=ACCOUNT, files=(file, *small(book, "red")))
    seen: list[tuple[int, int]] = []
    report = send(book, *through, schemas=ALL, progress=lambda *at: seen.append(at))
    assert report == SendReport(received=1, photos=2)
    address = f"PUT /{book.kind.name}/{record.id}"
    assert requested(proxy) == [address] + [f"{address}/files/{file.sha256}"] * 5
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert stored(through[1], record, through[0]) == (record.body, [True, True])


@with_files
@pytest.mark.parametrize("opened_anew", [False, True], ids=["in the same run", "after a restart"])
def test_a_large_file_goes_on_where_it_stopped(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy, opened_anew: bool
) -> None:
    file = large(book, 5 * sending.PART)
    record = sign(book, account=ACCOUNT, files=(file,))
    address = f"/{book.kind.name}/{record.id}/files/{file.sha256}"
    asked = {"held": 0}

    def allowed() -> bool:
        asked["held"] += 1
        return asked["held"] < 5

    assert send(book, *through, schemas=ALL, photos_allowed=allowed).held == 1
    confirmed = book.offset(record.id, file.sha256)
    assert 0 < confirmed < file.size
    proxy.requests.clear()
    proxy.cut(f"PUT /api/v1/records{address}")
    assert send(book, *through, schemas=ALL).problem == "no_connection"
    assert requested(proxy) == [f"HEAD {address}", f"PUT {address}"]
    again = opened_book(book.files.folder.parent.parent, book.kind) if opened_anew else book
    proxy.requests.clear()
    assert send(again, *through, schemas=ALL) == SendReport(received=1, photos=1)
    left = 5 - confirmed // sending.PART - 1
    assert requested(proxy) == [f"HEAD {address}"] + [f"PUT {address}"] * left, (
        "the part whose answer was lost is there"
    )
    assert stored(through[1], record, through[0]) == (record.body, [True])
    assert again.offset(record.id, file.sha256) == 0


@with_files
def test_a_file_whose_last_answer_was_lost_is_not_sent_again(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy
) -> None:
    file = large(book)
    record = sign(book, account=ACCOUNT, files=(file,))
    accounts, registry = through
    registry.put_record(record, accounts.access_token(registry), signature=book.signature(record.id))
    for offset in range(0, file.size, sending.PART):
        part = book.files.read(file.sha256)[offset : offset + sending.PART]
        registry.put_file(record, file, part, accounts.access_token(registry), offset=offset)
    book.record_failure(record.id, "timed_out")
    proxy.requests.clear()
    assert send(book, accounts, registry, schemas=ALL) == SendReport(received=1, photos=1)
    assert requested(proxy) == [f"PUT /{book.kind.name}/{record.id}"], "its receipt tells"


@with_files
def test_a_file_that_is_whole_though_its_record_has_a_receipt(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy
) -> None:
    file = large(book)
    record = sign(book, account=ACCOUNT, files=(file,))
    accounts, registry = through
    book.record_receipt(
        registry.put_record(record, accounts.access_token(registry), signature=book.signature(record.id))
    )
    content = book.files.read(file.sha256)
    assert registry.put_file(record, file, content, accounts.access_token(registry)).stored
    book.record_failure(record.id, "timed_out")
    proxy.requests.clear()
    assert send(book, accounts, registry, schemas=ALL) == SendReport(received=1, photos=1)
    address = f"/{book.kind.name}/{record.id}"
    assert requested(proxy) == [f"HEAD {address}/files/{file.sha256}", f"PUT {address}"]


@with_files
def test_after_a_failure_the_record_goes_alone(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy
) -> None:
    record = sign(book, account=ACCOUNT, files=small(book, "red"))
    address = f"/{book.kind.name}/{record.id}"
    book.record_failure(record.id, "timed_out")
    proxy.requests.clear()
    assert send(book, *through, schemas=ALL) == SendReport(received=1, photos=1)
    assert requested(proxy) == [f"PUT {address}", f"PUT {address}/files/{record.files[0].sha256}"]


@with_files
def test_files_wait_for_wifi_and_the_record_goes_alone(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy
) -> None:
    record = sign(book, account=ACCOUNT, files=small(book, "red"))
    report = send(book, *through, schemas=ALL, photos_allowed=lambda: False)
    assert report == SendReport(waiting=1, held=1)
    assert states(book) == [("waiting", "photos_wait_for_wifi")]
    assert stored(through[1], record, through[0]) == (record.body, [False])
    assert send(book, *through, schemas=ALL) == SendReport(received=1, photos=1)


@with_files
def test_a_lost_answer_leads_to_one_record(book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy) -> None:
    record = sign(book, account=ACCOUNT, files=small(book, "red"))
    proxy.cut(f"PUT /api/v1/records/{book.kind.name}/")
    assert send(book, *through, schemas=ALL).problem == "no_connection"
    assert states(book) == [("waiting", "no_connection")]
    assert send(book, *through, schemas=ALL).received == 1
    assert stored(through[1], record, through[0]) == (record.body, [True])


@with_files
def test_a_server_that_lost_a_record_gets_it_again_with_its_files(
    book: RecordBook, signed_in: Accounts, server: RegistryServer, registry: Registry
) -> None:
    record = sign(book, account=ACCOUNT, files=(large(book, 2 * sending.PART), *small(book, "red")))
    token = signed_in.access_token(registry)
    book.record_receipt(registry.put_record(record, token, signature=book.signature(record.id)))
    book.record_offset(record.id, record.files[0].sha256, sending.PART)
    change_register(
        server,
        f"from records.kinds import kind_named\nkind_named('{book.kind.name}').records_model.objects"
        f".filter(pk='{record.id}').delete()",
    )
    assert registry.file_offset(record, record.files[0], token) is None
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(received=1, photos=2)
    assert stored(registry, record, signed_in) == (record.body, [True, True])


def test_a_refused_record_is_set_aside_and_the_next_is_sent(
    book: RecordBook, signed_in: Accounts, registry: Registry, tmp_path: Path
) -> None:
    other = opened_book(tmp_path / "other", book.kind, signed_in)
    taken = sign(other, "Khác", account=ACCOUNT)
    registry.put_record(taken, signed_in.access_token(registry), signature=other.signature(taken.id))
    refused = sign(book, account=ACCOUNT, record_id=taken.id)
    sign(book, account=ACCOUNT)
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(received=1, refused=1)
    assert states(book) == [("refused", "id_taken"), ("received", None)]
    book.retry(refused.id)
    assert send(book, signed_in, registry, schemas=ALL) == SendReport(refused=1)


# What waits for a newer server


@pytest.mark.parametrize("schemas", [{}, {"note": (2,), "made_up": (2,)}], ids=["not the kind", "not the form"])
def test_what_the_register_does_not_name_waits_untried(
    book: RecordBook, through: tuple[Accounts, Registry], proxy: Proxy, schemas: Schemas
) -> None:
    sign(book, account=ACCOUNT)
    assert send(book, *through, schemas=schemas) == SendReport(waiting=1, ahead=1)
    assert requested(proxy) == []
    assert states(book) == [("waiting", "server_too_old")]
    assert send(book, *through, schemas=ALL) == SendReport(received=1)


def test_a_kind_without_old_addresses_waits_for_a_server_that_names_it(
    tmp_path: Path, through: tuple[Accounts, Registry], proxy: Proxy
) -> None:
    book = opened_book(tmp_path, MADE_UP)
    sign(book, account=ACCOUNT)
    assert send(book, *through, schemas=None) == SendReport(waiting=1, ahead=1)
    assert requested(proxy) == []


def answering(*refusals: tuple[int, str] | None) -> Callable[[str, str], Answer]:
    """A registry that refuses the first requests so (None: it takes the record)."""
    left = list(refusals)

    def answer(method: str, path: str) -> Answer:
        refusal = left.pop(0) if left else None
        if refusal is None:
            return 503, {}, b""
        status, code = refusal
        return status, {}, json.dumps({"error": code, "detail": "No."}).encode()

    return answer


@pytest.mark.parametrize("refusal", [(400, "unknown_schema"), (404, "not_found")])
def test_a_server_that_does_not_know_it_is_no_failure_and_sets_nothing_aside(
    tmp_path: Path, accounts: Accounts, stranger: Stranger, refusal: tuple[int, str]
) -> None:
    book = opened_book(tmp_path, NOTE)
    for n in range(5):
        sign(book, str(n))
    report = send(book, accounts, stranger(answering(*[refusal] * 5)), schemas=ALL)
    assert report == SendReport(waiting=5, ahead=5)
    assert states(book) == [("waiting", "server_too_old")] * 5
    assert not any(book.has_failed(record.id) for record in book.outbox())


# Strangers


def echo(book: RecordBook, **changed: Any) -> Callable[[str, str], Answer]:
    """A registry that takes every record, and changes its receipts so."""

    def answer(method: str, path: str) -> Answer:
        record = book.record(path.rsplit("/", 1)[1])
        receipt = {"id": record.id, "sha256": record.sha256, "prev": record.prev, "received_at": "2026-11-23T08:00:00Z"}
        return 201, {}, json.dumps({**receipt, "files": [], "jws": None, **changed}).encode()

    return answer


def test_a_receipt_without_proof_counts(tmp_path: Path, accounts: Accounts, stranger: Stranger) -> None:
    book = opened_book(tmp_path, NOTE)
    record = sign(book)
    assert send(book, accounts, stranger(echo(book)), schemas=ALL) == SendReport(received=1)
    assert book.entry(record.id).jws is None


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b13"}, {"sha256": "0" * 64}, {"prev": "0" * 64}, {"jws": 7},
        {"files": None}, {"received_at": "yesterday"},
    ],
    ids=lambda changed: str(*changed),
)  # fmt: skip
def test_a_receipt_that_does_not_echo_the_record(
    tmp_path: Path, accounts: Accounts, stranger: Stranger, changed: dict[str, Any]
) -> None:
    book = opened_book(tmp_path, NOTE)
    sign(book)
    report = send(book, accounts, stranger(echo(book, **changed)), schemas=ALL)
    assert report == SendReport(waiting=1, problem="wrong_receipt")


@pytest.mark.parametrize("offset", [0, sending.PART, -1, 10**9], ids=str)
def test_a_server_that_always_wants_another_offset_is_given_up(
    tmp_path: Path, accounts: Accounts, stranger: Stranger, offset: int
) -> None:
    book = opened_book(tmp_path, NOTE)
    record = sign(book, files=(large(book),))
    asked: list[str] = []

    def answer(method: str, path: str) -> Answer:
        asked.append(path)
        if path.endswith(record.id):
            return echo(book)(method, path)
        body = json.dumps({"error": "wrong_offset", "detail": "No."}).encode()
        return 409, {"Upload-Offset": str(offset)}, body

    report = send(book, accounts, stranger(answer), schemas=ALL)
    assert report == SendReport(waiting=1, problem="wrong_receipt")
    assert len(asked) <= 5


def test_a_wrong_offset_that_does_not_say_which_is_no_answer(
    tmp_path: Path, accounts: Accounts, stranger: Stranger
) -> None:
    book = opened_book(tmp_path, NOTE)
    record = sign(book, files=(large(book),))
    body = json.dumps({"error": "wrong_offset", "detail": "No."}).encode()
    registry = stranger(lambda method, path: (409, {}, body))
    with pytest.raises(Unreachable, match="not_the_registry"):
        registry.put_file(record, record.files[0], b"x", None, offset=0)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Offset": "5"},
        {"Upload-Offset": "5", "Upload-Length": "6"},
        {"Upload-Offset": "x", "Upload-Length": "y"},
    ],
)
def test_what_a_stranger_says_of_an_offset_is_not_believed(
    tmp_path: Path, stranger: Stranger, headers: dict[str, str]
) -> None:
    book = opened_book(tmp_path, NOTE)
    record = sign(book, files=small(book, "red"))
    assert stranger(lambda method, path: (200, headers, b"")).file_offset(record, record.files[0], None) is None
    assert stranger(lambda method, path: (404, headers, b"")).file_offset(record, record.files[0], None) is None


def test_a_file_of_another_sender_is_refused(tmp_path: Path, signed_in: Accounts, registry: Registry) -> None:
    book = opened_book(tmp_path, NOTE)
    record = sign(book, account=ACCOUNT, files=small(book, "red"))
    registry.put_record(record, signed_in.access_token(registry))
    with pytest.raises(Refused) as error:
        registry.put_file(record, record.files[0], book.files.read(record.files[0].sha256), None)
    assert error.value.code == "not_allowed"


def test_a_body_that_comes_with_the_answer_to_a_head_spoils_no_other_answer(
    tmp_path: Path, accounts: Accounts, stranger: Stranger
) -> None:
    book = opened_book(tmp_path, NOTE)
    record = sign(book, files=small(book, "red"))
    error = json.dumps({"error": "not_found", "detail": "No."}).encode()
    registry = stranger(lambda method, path: (404, {}, error) if method == "HEAD" else echo(book)(method, path))
    for _ in range(50):
        assert registry.file_offset(record, record.files[0], None) is None
        assert registry.put_record(record, None).id == record.id
