"""Each kind of fault by itself: it happens once, to one request, and what was to arrive arrives once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import requests

from services.accounts.accounts import Accounts
from services.accounts.sealing import SealingKey
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.notes.note import Inspection, NoteState
from services.notes.notebook import Notebook
from services.records.book import RecordBook, RecordState
from services.records.chain import Signer
from services.records.files import PhotoFolder
from services.records.kind import NOTE
from services.records.record import Record
from services.register.catalogue import Catalogue
from services.register.products import Product
from services.sync.outbox import send
from services.sync.passes import fetch
from services.sync.sending import PART
from tests.faults import disk
from tests.faults.fieldwork import INSPECTORS, picture
from tests.faults.kinds import KINDS
from tests.faults.plan import Fault, Plan
from tests.faults.proxy import Elsewhere, Proxy
from tests.faults.reckoning import Stored, compare
from tests.support.record_kinds import DEVICE, SAMPLES, sign
from tests.support.registry_server import MADE_UP as KNOWS_MADE_UP
from tests.support.registry_server import RegistryServer

PATIENCE = 0.5
_LONG_PATIENCE = 10.0  # where no fault is a matter of time, however busy this machine is
# The ends can only be killed where they have processes of their own: test_faults.py.
ALL = sorted(kind.name for kind in KINDS.values() if kind.often)


ON_THE_WAY = [kind for kind in ALL if kind != "photos_unreadable"]
TIMED = ("slow", "request_later_than_the_time_out", "answer_later_than_the_time_out")
WITHOUT_END = ("headers_dribbled_without_end", "body_dribbled_without_end", "answer_without_end", "headers_without_end")


# What the app cannot tell apart: another one of each line is met on each path. The random run mixes all of them.
ALIKE = (
    ("redirect_301", "redirect_302", "redirect_303", "redirect_307", "redirect_308"),
    ("gateway_500", "gateway_502", "gateway_503", "gateway_504"),
    ("gateway_401", "gateway_401_basic", "gateway_403", "gateway_404", "gateway_407", "gateway_410"),
)
RECORD, OFFSET, OLD, REFRESH, SNAPSHOT, CHANGES = range(6)
"""The paths: where on the way between the ends a kind is met."""


def kinds_on(path: int, kinds: Sequence[str] = ALL) -> list[str]:
    """The kinds that a path meets."""
    others = {kind for alike in ALIKE for n, kind in enumerate(alike) if n != path % len(alike)}
    return [kind for kind in kinds if kind not in others]


def in_turn(fault: str, *places: str) -> tuple[str, str]:
    """The kind of record that meets a fault and the place where it does: kinds and places take turns.

    All kinds are sent by the same code. `python -m tests.faults.run` mixes faults, kinds and places as its seed says.
    """
    turn = ALL.index(fault)
    name, place = list(SAMPLES)[turn // len(places) % len(SAMPLES)], places[turn % len(places)]
    return name, place if SAMPLES[name].takes_files else "record"


@dataclass
class Once:
    """The kind meets the first request whose method and path begin so."""

    kind: str = ""
    begin: str = ""
    end: str = ""
    met: list[str] = field(default_factory=list)

    def choose(self, n: int, method: str, path: str) -> Fault | None:
        request = f"{method} {path}"
        if self.met or not self.kind or not (request.startswith(self.begin) and request.endswith(self.end)):
            return None
        self.met.append(request)
        return Fault(self.kind, Random(self.kind))


@dataclass(frozen=True)
class Field:
    """The server, the way to it, and the one device."""

    server: RegistryServer
    proxy: Proxy
    elsewhere: Elsewhere
    once: Once
    registry: Registry

    def meet(self, kind: str, begin: str, end: str = "") -> None:
        """The next request that begins and ends so meets this kind."""
        self.once.kind, self.once.begin, self.once.end = kind, begin, end
        self.once.met.clear()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    with RegistryServer(tmp_path_factory.mktemp("registry"), env=KNOWS_MADE_UP) as running:
        yield running


@pytest.fixture
def way(server: RegistryServer, kind: str, tmp_path: Path) -> Iterator[Field]:
    once, elsewhere = Once(), Elsewhere()
    patience = PATIENCE if kind in TIMED + WITHOUT_END else _LONG_PATIENCE
    proxy = Proxy(
        server.port, once.choose, patience, elsewhere=elsewhere.url, disturb_disk=lambda: disk.disturb(tmp_path)
    )
    registry = Registry(proxy.url, timeout=(10, patience), deadline=patience)
    registry.line.carried(1 << 30, 1)  # so that large parts go, and few of them
    yield Field(server, proxy, elsewhere, once, registry)
    assert elsewhere.reached == []
    registry.close()
    proxy.close()
    elsewhere.close()


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook.open(tmp_path / "device")


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    opened = Accounts.open(tmp_path / "device")
    opened.unlock(SealingKey.of_browser("a browser"))
    return opened


def written(notebook: Notebook, account: str | None, number: int) -> Inspection:
    draft = notebook.new_draft(text="Nhãn in 5 sao", outcome="mislabelled")
    notebook.add_photo(draft.id, picture(number, 1))
    notebook.add_photo(draft.id, picture(number, 2))
    return notebook.sign(draft.id, account=account, device=DEVICE, now=draft.started_at, clock_offset=None)


def send_all(notebook: Notebook, accounts: Accounts, registry: Registry) -> None:
    """Passes as the Syncer makes them."""
    for _ in range(10):
        if notebook.outbox() and send(notebook.records, accounts, registry).problem == "photo_unreadable":
            time.sleep(2 * disk.MOMENT)
    assert notebook.counts()[NoteState.RECEIVED] == notebook.count()


def send_book(book: RecordBook, accounts: Accounts, registry: Registry) -> None:
    """Passes as the Syncer makes them, to the addresses that are the same for all kinds."""
    for _ in range(10):
        if book.waiting:
            report = send(book, accounts, registry, schemas=dict.fromkeys(SAMPLES, (1,)))
            time.sleep(2 * disk.MOMENT if report.problem == "photo_unreadable" else 0)
    assert book.counts() == {RecordState.RECEIVED: sum(book.counts().values())}


def arrived(files: PhotoFolder, notes: Sequence[Record], server: RegistryServer) -> list[str]:
    """What is not right with these records of one kind on the server; other tests' are there as well."""
    disk.restore(files.folder.parent)  # all may have arrived before that moment of the disk is over
    stored = Stored.read(server.data, None, notes[0].kind.name)
    ids = {note.id for note in notes}
    photos = [row for row in stored.photos if row[0] in ids]
    contents = {row[3]: stored.files[row[3]] for row in photos if row[3] in stored.files}
    ours = Stored([row for row in stored.notes if row[0] in ids], photos, contents)
    photo_bytes = {photo.sha256: files.read(photo.sha256) for note in notes for photo in note.files}
    return compare(notes, photo_bytes, ours).faults


@pytest.mark.parametrize(("kind", "name", "where"), [(k, *in_turn(k, "record", "file")) for k in kinds_on(RECORD)])
def test_a_record_arrives_once_in_spite_of(
    kind: str, name: str, where: str, way: Field, accounts: Accounts, tmp_path: Path
) -> None:
    signer = Signer(accounts.signing_key, accounts.one_name)
    book = RecordBook(tmp_path / "device", SAMPLES[name].kind, PhotoFolder(tmp_path / "device" / "photos"), signer)
    username, password = INSPECTORS[0]
    accounts.sign_in(Registry(way.proxy.url), username, password, DEVICE)  # hashing a password takes its time
    number = ALL.index(kind) * 4 + 2000
    takes = SAMPLES[name].takes_files
    earlier = sign(book, account=username, files=[book.files.keep(picture(number, 1))] if takes else [])
    send_book(book, accounts, way.registry)  # something to be replayed, and a connection in the pool
    large = book.files.keep(picture(number, 2) + random.Random(kind).randbytes(PART))
    record = sign(book, account=username, files=[large, book.files.keep(picture(number, 3))] if takes else [])
    address = f"/api/v1/records/{name}/{record.id}"
    if where == "file":
        book.record_failure(record.id, "timed_out")  # so it goes alone, and its large file in parts
        way.meet(kind, f"PUT {address}/files/{large.sha256}")
    else:
        way.meet(kind, f"PUT {address}", record.id)
    before = Stored.read(way.server.data, None, name)
    send_book(book, accounts, way.registry)
    assert len(way.once.met) == 1
    assert arrived(book.files, [earlier, record], way.server) == []
    assert len(Stored.read(way.server.data, None, name).notes) == len(before.notes) + 1
    if kind in WITHOUT_END:
        assert way.proxy.hang_up.wait(20), "the client did not hang up"


@pytest.mark.parametrize("kind", kinds_on(OFFSET))
def test_a_file_goes_on_where_it_was_in_spite_of(kind: str, way: Field, accounts: Accounts, tmp_path: Path) -> None:
    book = RecordBook(tmp_path / "device", NOTE, PhotoFolder(tmp_path / "device" / "photos"))
    large = book.files.keep(picture(ALL.index(kind), 5) + random.Random(kind).randbytes(2 * PART))
    record = sign(book, files=[large])
    book.record_receipt(way.registry.put_record(record, None))
    way.registry.put_file(record, large, book.files.read(large.sha256)[:PART], None, offset=0)
    book.record_offset(record.id, large.sha256, PART)
    way.meet(kind, f"HEAD /api/v1/records/note/{record.id}/files/{large.sha256}")
    send_book(book, accounts, way.registry)
    assert len(way.once.met) == 1
    assert arrived(book.files, [record], way.server) == []


@pytest.mark.parametrize(("kind", "where"), [(k, in_turn(k, "note", "photo")[1]) for k in kinds_on(OLD)])
def test_a_note_arrives_once_in_spite_of(
    kind: str, where: str, way: Field, notebook: Notebook, accounts: Accounts
) -> None:
    earlier = written(notebook, None, ALL.index(kind) * 4)
    send_all(notebook, accounts, way.registry)  # something to be replayed, and a connection in the pool
    note = written(notebook, None, ALL.index(kind) * 4 + 1)
    way.meet(kind, f"PUT /api/v1/inspections/{note.id}", note.photos[0].sha256 if where == "photo" else note.id)
    before = Stored.read(way.server.data, None, "note")
    send_all(notebook, accounts, way.registry)
    assert len(way.once.met) == 1
    assert arrived(notebook.photos, [earlier, note], way.server) == []
    assert len(Stored.read(way.server.data, None, "note").notes) == len(before.notes) + 1
    if kind in WITHOUT_END:
        assert way.proxy.hang_up.wait(20), "the client did not hang up"


@pytest.mark.parametrize("kind", kinds_on(REFRESH, ON_THE_WAY))
def test_an_accounts_note_arrives_in_spite_of_a_refresh_with(
    kind: str, way: Field, notebook: Notebook, accounts: Accounts
) -> None:
    username, password = INSPECTORS[0]
    accounts.sign_in(Registry(way.proxy.url), username, password, DEVICE)
    session = accounts._session
    assert session
    note = written(notebook, username, 1000 + ALL.index(kind))
    way.meet(kind, "POST /api/v1/auth/refresh")
    accounts._session = replace(session, access_expires=datetime.now(UTC))  # as after a quarter of an hour
    send_all(notebook, accounts, way.registry)
    assert len(way.once.met) == 1
    assert arrived(notebook.photos, [note], way.server) == []


@pytest.mark.parametrize(
    ("kind", "page"),
    [(k, p) for path, p in ((SNAPSHOT, "snapshot"), (CHANGES, "changes")) for k in kinds_on(path, ON_THE_WAY)],
)
def test_the_register_is_whole_in_spite_of(kind: str, page: str, way: Field, tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue")
    way.meet(kind, f"GET /api/v1/{page}")
    # At first the snapshot, then changes; and none of it may be left undone by what the fault leaves behind.
    problems = [fetch(catalogue, way.registry).problem for _ in range(5)]
    assert len(way.once.met) == 1
    assert problems[-1] is None, problems
    truth = requests.get(f"{way.server.url}/api/v1/snapshot", timeout=30).json()["products"]
    assert catalogue.copy.complete
    assert catalogue.copy.products == len(truth)
    assert all(catalogue.product(product["gtin"]) == Product.from_json(product) for product in truth)


@pytest.mark.parametrize("kind", [""])
@pytest.mark.parametrize("alike", ALIKE, ids=lambda alike: alike[0])
def test_what_counts_as_alike_is_the_same_to_the_app(alike: tuple[str, ...], way: Field) -> None:
    said = set()
    for kind in alike:
        way.meet(kind, "GET /api/v1/changes")
        with pytest.raises(Unreachable) as error:
            way.registry.changes("1-a", 1)
        said.add((error.value.reason, error.value.retry_after, error.value.location))
        assert way.once.met
    assert len(said) == 1
    assert {kind for path in range(6) for kind in kinds_on(path)} == set(ALL)


@pytest.mark.parametrize("kind", [""])
def test_a_refused_head_passes_at_once(way: Field) -> None:
    """Its head tells the length of a body that never comes."""
    answer = requests.head(f"{way.proxy.url}/api/v1/records/note/{DEVICE}/files/{'0' * 64}", timeout=10)
    assert (answer.status_code, way.proxy.seen_by_server["HEAD 404"]) == (404, 1)
    assert int(answer.headers["Content-Length"]) > 0


def test_the_plan_follows_from_its_seed_alone() -> None:
    plan = Plan(2026, requests=400, app_kills=5, server_kills=3)
    assert plan.written() == Plan(2026, requests=400, app_kills=5, server_kills=3).written()
    assert plan.written() != Plan(2027, requests=400, app_kills=5, server_kills=3).written()
    kills = [line.split()[1] for line in plan.written() if line.endswith("killed")]
    assert (kills.count("app_killed"), kills.count("server_killed")) == (5, 3)
