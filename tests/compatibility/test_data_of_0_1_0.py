"""A data folder that version 0.1.0 has left is opened with nothing lost, and what waited in it is sent."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.accounts.viewer import Viewer
from services.notes.note import NoteState
from services.register.catalogue import Catalogue
from services.sync.connection import Connection
from services.workspace import Device, Workspace
from tests.compatibility.old import EXPECTED, FIXTURES, HOSTS, PASSWORDS, REGISTER, missing, unlock, unpack_server
from tests.support.registry_server import RegistryServer

DEVICES: dict[str, dict[str, Any]] = EXPECTED["devices"]
EACH = pytest.mark.parametrize("name", DEVICES)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURES / "data", tmp_path / "data"))


@pytest.fixture
def space(data: Path) -> Iterator[Workspace]:
    space = Workspace.open(data, server=None)
    yield space
    space.close()


def _opened(space: Workspace, name: str) -> Device:
    device = space.device(DEVICES[name]["key"])
    unlock(device, DEVICES[name]["key"])
    return device


@EACH
def test_every_draft_is_there(space: Workspace, name: str) -> None:
    notebook = _opened(space, name).notebook
    assert missing(DEVICES[name]["drafts"], _json([draft.to_json() for draft in notebook.drafts()])) == []
    for draft in notebook.drafts():
        assert [hashlib.sha256(notebook.photos.read(p.sha256)).hexdigest() for p in draft.photos] == [
            photo.sha256 for photo in draft.photos
        ]


def test_the_fixture_holds_each_kind_of_note() -> None:
    local = DEVICES["local"]
    states = {note["state"] for note in local["notes"]}
    half = [n for n in local["notes"] if n["state"] == "waiting" and n["received_at"] and n["photos_sent"] == 1]
    assert states == {"waiting", "received", "refused"}
    assert half
    assert {note["reason"] for note in local["notes"]} == {None, "not_allowed", "photo_missing"}
    assert {note["body"]["account"] for note in local["notes"]} == {None, "kiemtra01", "kiemtra02"}
    assert {bool(d["supersedes"]) for d in local["drafts"]} == {True, False}
    signed = {note["id"] for note in local["notes"]}
    (drafts,) = (FIXTURES / "data" / "devices").glob("*/sealing.key")
    assert any(f'"{note_id}"' in (drafts.parent / "drafts.json").read_text(encoding="utf-8") for note_id in signed)


@EACH
def test_every_note_is_there_in_its_state(space: Workspace, name: str) -> None:
    notebook = _opened(space, name).notebook
    notes = [note for note in notebook.notes(limit=notebook.count()) if note.inspection]
    assert [note.id for note in notes] == [then["id"] for then in DEVICES[name]["notes"]]
    for note, then in zip(notes, DEVICES[name]["notes"], strict=True):
        assert note.inspection
        assert note.inspection.body == then["body"]
        assert note.inspection.sha256 == then["sha256"] == hashlib.sha256(note.inspection.canonical()).hexdigest()
        assert note.state.value == then["state"]
        assert (note.reason, note.detail) == (then["reason"], then["detail"])
        assert (note.product_name, note.photos_sent) == (then["product_name"], then["photos_sent"])
        assert (note.received_at.isoformat() if note.received_at else None) == then["received_at"]
        assert (note.corrected_by, note.correction_draft) == (then["corrected_by"], then["correction_draft"])
    assert {state.value: n for state, n in notebook.counts().items()} == DEVICES[name]["counts"]


@EACH
def test_every_photo_is_there(space: Workspace, name: str) -> None:
    photos = _opened(space, name).photos
    for sha256 in DEVICES[name]["photos"]:
        assert hashlib.sha256(photos.read(sha256)).hexdigest() == sha256


@EACH
def test_who_sees_which_note_is_as_it_was(space: Workspace, name: str) -> None:
    notebook = _opened(space, name).notebook
    for who, ids in DEVICES[name]["seen"].items():
        assert [note.id for note in notebook.notes(viewer=Viewer(who or None), limit=99)] == ids


@EACH
def test_the_device_its_settings_and_its_account_are_there(space: Workspace, name: str) -> None:
    then, device = DEVICES[name], _opened(space, name)
    account = device.accounts.current
    assert device.id == then["id"]
    assert missing(then["settings"], vars(device.settings.value)) == []
    assert missing(then["account"], vars(account) if account else None) == []
    assert device.accounts.sign_in_needed is then["sign_in_needed"]
    assert not device.accounts.locked
    assert len(device.accounts.left(REGISTER)) == then["left"]
    assert [recovery.path.name for recovery in device.recovered] == then["recovered"]


def test_the_copy_of_the_register_is_there(data: Path) -> None:
    catalogue = Catalogue.open(data / "catalogue", read_only=True)
    copy, register = catalogue.copy, catalogue.register
    now = vars(copy) | {"as_of": copy.as_of.isoformat() if copy.as_of else None}
    assert missing(EXPECTED["catalogue"], now) == []
    for gtin, product_name in EXPECTED["products"].items():
        product = catalogue.product(gtin)
        assert product
        assert product.name == product_name
        assert [copied.serial for copied in product.copies] == EXPECTED["suspected"].get(gtin, [])
        assert sorted(product.revoked_statements) == EXPECTED["revoked_statements"].get(gtin, [])
    assert sorted(register.domains) == EXPECTED["domains"]
    assert [locality.code for locality in register.localities] == EXPECTED["localities"]
    assert [key.kid for key in register.issuer_keys] == EXPECTED["issuer_keys"]


def test_what_waited_is_sent_once_and_byte_for_byte(data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = unpack_server(folder, "sqlite")
    with RegistryServer(folder, env=HOSTS) as server:
        # The register's address is still that of then: the server answers as a proxy for it.
        monkeypatch.setenv("http_proxy", server.url)
        monkeypatch.setenv("no_proxy", "")
        space = Workspace.open(data, server=REGISTER)
        try:
            devices = {name: _opened(space, name) for name in DEVICES}
            _send_all(space, devices)
            _until(lambda: not devices["buyer"].accounts.left(REGISTER))
            _until(lambda: (found := space.catalogue.product(answers["renamed"])) and "đổi tên sau" in found.name)
            _assert_states(devices)
        finally:
            space.close()
        _assert_arrived(server, answers)
        assert "/snapshot" not in server.log.read_text(), "the cursor of then was not taken"


def test_a_draft_of_then_is_finished_and_sent(data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpack_server(folder, "sqlite")
    then = next(draft for draft in DEVICES["local"]["drafts"] if draft["text"].startswith("Đang viết dở"))
    with RegistryServer(folder, env=HOSTS) as server:
        monkeypatch.setenv("http_proxy", server.url)
        monkeypatch.setenv("no_proxy", "")
        space = Workspace.open(data, server=REGISTER)
        try:
            device = _opened(space, "local")
            device.settings.change(photos_on_wifi_only=False)
            now = datetime.now(UTC)
            signed = device.notebook.sign(then["id"], account="kiemtra01", device=device.id, now=now, clock_offset=None)
            _until(lambda: _state(device, signed.id) is NoteState.RECEIVED)
        finally:
            space.close()
        assert [
            name for name in ("code", "verdict", "text", "place", "photos") if signed.body[name] != then[name]
        ] == []
        ((body,),) = server.rows(f"SELECT body FROM inspections_inspection WHERE id = '{_hex(signed.id)}'")
        assert body.encode() == signed.canonical()


def _send_all(space: Workspace, devices: dict[str, Device]) -> None:
    """Send what may be sent, then sign in whoever has something left on the device that they use."""
    local, shop = devices["local"], devices["shop"]
    local.connected(Connection.UNMETERED)
    mine = [
        n["id"] for n in DEVICES["local"]["notes"] if n["state"] == "waiting" and n["body"]["account"] == "kiemtra01"
    ]
    _until(lambda: all(_state(local, note_id) is NoteState.RECEIVED for note_id in mine))
    for device, username in ((local, "kiemtra02"), (shop, "cuahang01")):
        assert space.registry
        device.accounts.sign_in(space.registry, username, PASSWORDS[username], device.id)
    _until(lambda: not any(device.notebook.outbox() for device in devices.values()))


def _assert_states(devices: dict[str, Device]) -> None:
    for name, device in devices.items():
        for then in DEVICES[name]["notes"]:
            refused = then["state"] == "refused"
            assert _state(device, then["id"]) is (NoteState.REFUSED if refused else NoteState.RECEIVED)


def _assert_arrived(server: RegistryServer, answers: dict[str, Any]) -> None:
    then = [note for device in DEVICES.values() for note in device["notes"]]
    waited = [note for note in then if note["state"] == "waiting"]
    new = [note for note in waited if note["received_at"] is None]
    assert new
    rows = {row[0]: row[1:] for row in server.rows("SELECT id, body, sha256 FROM inspections_inspection")}
    assert len(rows) == answers["rows"]["inspections_inspection"] + len(new)
    for note in waited:
        body, sha256 = rows[_hex(note["id"])]
        assert sha256 == note["sha256"] == hashlib.sha256(body.encode()).hexdigest()
        files = server.rows(
            f"SELECT file FROM inspections_photo WHERE inspection_id = '{_hex(note['id'])}' ORDER BY place"
        )
        stored = [hashlib.sha256((server.data / file).read_bytes()).hexdigest() for (file,) in files]
        assert stored == [photo["sha256"] for photo in note["body"]["photos"]]


def _state(device: Device, note_id: str) -> NoteState | None:
    note = device.notebook.note(note_id)
    return note.state if note else None


def _hex(note_id: str) -> str:
    return note_id.replace("-", "")


def _json(document: Any) -> Any:
    return json.loads(json.dumps(document))


def _until(true: Callable[[], Any], timeout: float = 60) -> None:
    ends = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < ends, "it has not come about"
        time.sleep(0.02)
