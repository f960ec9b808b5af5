"""Today's app works with the server of version 0.1.0 as far as that goes, and keeps what it does not take."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from services.accounts.accounts import Accounts
from services.client.answers import Refused
from services.client.registry import Registry
from services.notes.note import NoteState
from services.notes.notebook import Notebook
from services.records.book import RecordBook
from services.records.chain import Signer
from services.records.files import PhotoFolder
from services.records.kind import NOTE, REPORT
from services.register.catalogue import Catalogue
from services.sync.outbox import SendReport, send
from services.sync.passes import FetchReport, fetch
from tests.compatibility.old import EXPECTED, FIXTURES, HOSTS, PASSWORDS, unpack_server
from tests.services.conftest import opened, written
from tests.support.record_kinds import DEVICE, SAMPLES, sign
from tests.support.registry_server import RegistryServer

pytestmark = pytest.mark.slow

INSPECTOR = ("kiemtra01", PASSWORDS["kiemtra01"])
NEWER = [sample.kind for sample in SAMPLES.values() if sample.kind is not NOTE]
assert len(NEWER) > 3


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """That version's own program, on the database that it left."""
    folder, data = tmp_path_factory.mktemp("program"), tmp_path_factory.mktemp("data")
    with tarfile.open(FIXTURES / "server.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    unpack_server(data, "sqlite")
    with RegistryServer(data, env=HOSTS, program=folder / "server" / "serve.py") as server:
        yield server


@pytest.fixture
def registry(then: RegistryServer) -> Iterator[Registry]:
    registry = Registry(then.url)
    yield registry
    registry.close()


@pytest.fixture
def accounts(tmp_path: Path, registry: Registry) -> Accounts:
    accounts = opened(tmp_path / "device")
    accounts.sign_in(registry, *INSPECTOR, DEVICE)
    return accounts


def test_its_register_is_copied_and_followed(registry: Registry, tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue")
    report = fetch(catalogue, registry)
    assert report.problem is None
    assert report.changes > 20
    assert catalogue.register.schemas is None, "this is no server of version 0.1.0"
    assert fetch(catalogue, registry) == FetchReport()
    for gtin in EXPECTED["products"]:
        held = catalogue.product(gtin)
        assert held
        assert registry.product(gtin).product == held


def test_notes_with_photos_arrive_under_an_account_and_without_one(
    registry: Registry, accounts: Accounts, tmp_path: Path
) -> None:
    notebook = Notebook.open(tmp_path / "device")
    mine = written(notebook, account=INSPECTOR[0], colours=("red", "blue"))
    written(notebook, colours=("green",))
    assert send(notebook.records, accounts, registry) == SendReport(received=2, photos=3)
    assert notebook.counts()[NoteState.RECEIVED] == 2
    token = accounts.access_token(registry)
    assert token
    (held,) = [row for row in registry.inspections(token).inspections if row["id"] == mine.id]
    assert held["body"] == mine.body
    assert [photo["stored"] for photo in held["photos"]] == [True, True]


@pytest.mark.parametrize("is_told", [True, False], ids=["the register was fetched", "it was not yet"])
def test_kinds_that_it_does_not_know_wait_for_a_newer_server(
    registry: Registry, accounts: Accounts, tmp_path: Path, is_told: bool
) -> None:
    signer = Signer(accounts.signing_key, accounts.one_name)
    for kind in NEWER:
        book = RecordBook(tmp_path / "device", kind, PhotoFolder(tmp_path / "device" / "photos"), signer)
        record = sign(book, account=None if kind is REPORT else INSPECTOR[0])
        report = send(book, accounts, registry, is_told=is_told)
        assert (kind.name, report) == (kind.name, SendReport(waiting=1, ahead=1))
        assert [waiting.canonical() for waiting in book.outbox()] == [record.canonical()]


def test_what_it_has_no_answer_to_is_told_as_such(registry: Registry, accounts: Accounts) -> None:
    token = accounts.access_token(registry)
    assert token
    for ask in (
        lambda: registry.certify(token, "A" * 43, DEVICE),
        lambda: registry.guidance(token),
        lambda: registry.identity("0" * 32),
        lambda: registry.records(token),
        lambda: registry.sessions(token),
        lambda: registry.end_sessions(token, INSPECTOR[1], None),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "not_found"


def test_its_contract_is_kept_by_the_server_of_today(then: RegistryServer, tmp_path: Path) -> None:
    """Each call, parameter and field of an answer is still there, and no request has to say more than then."""
    with RegistryServer(tmp_path) as now:
        documents = [requests.get(f"{one.url}/api/v1/openapi.json", timeout=60).json() for one in (then, now)]
    assert _broken(*documents) == []
    # The comparison can fail: turned round, it finds what has come since.
    assert "GET /api/v1/guidance is gone" in _broken(*reversed(documents))


def _broken(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What somebody who goes by `then` would miss in `now`."""
    found = []
    for path, calls in then["paths"].items():
        for method, call in calls.items():
            where, today = f"{method.upper()} {path}", now["paths"].get(path, {}).get(method)
            if today is None:
                found.append(f"{where} is gone")
                continue
            taken = {parameter["name"]: parameter for parameter in today.get("parameters", [])}
            asked = {parameter["name"] for parameter in call.get("parameters", [])}
            found += [f"{where} takes no {name}" for name in asked - set(taken)]
            found += [f"{where} demands {n}" for n, one in taken.items() if one.get("required") and n not in asked]
            for status in call["responses"]:
                if status not in today["responses"]:
                    found.append(f"{where} never answers {status}")
                    continue
                before, after = (_shape(doc, one["responses"][status]) for doc, one in ((then, call), (now, today)))
                found += [f"{where} {status}: {name} is gone" for name in before - after]
            before, after = (
                _shape(doc, one.get("requestBody", {}), "required") for doc, one in ((then, call), (now, today))
            )
            found += [f"{where} demands {name}" for name in after - before]
    return sorted(found)


def _shape(document: dict[str, Any], body: dict[str, Any], only: str = "properties") -> set[str]:
    """The names of the fields of a body, those within fields as a/b; with "required" only those that must be there."""
    content = body.get("content", {}).get("application/json", {}).get("schema", {})
    return set(_names(document, content, only, "", 0))


def _names(document: dict[str, Any], schema: dict[str, Any], only: str, at: str, depth: int) -> Iterator[str]:
    if depth > 8:
        return
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for one in (*schema.get("anyOf", []), *schema.get("allOf", [])):
        yield from _names(document, one, only, at, depth + 1)
    if "items" in schema:
        yield from _names(document, schema["items"], only, at, depth + 1)
    for name, field in schema.get("properties", {}).items():
        if only == "properties" or name in schema.get("required", []):
            yield f"{at}{name}"
            yield from _names(document, field, only, f"{at}{name}/", depth + 1)
