"""Notes, sessions and devices hang on ids: a rename, a new address, a copied folder and a lost key strand nothing."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
import unicodedata
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.api_jws import PyJWS

from services.accounts.accounts import Account, SignIn, SignInNeed
from services.accounts.entries import name_of, password_of
from services.accounts.sealing import SealingKey
from services.accounts.viewer import Viewer
from services.client.registry import Registry
from services.notes.note import NoteState
from services.records.book import RecordState
from services.register.about import Register
from services.sync.standing import Standing, prove
from services.workspace import Device, NotSettled, Workspace
from tests.services.conftest import COLLEAGUE, INSPECTOR, KEY, opened, picture, product, until, written
from tests.support.registry_server import RegistryServer, free_port
from tests.support.tls import TlsFront
from tests.support.wire import Answer, Proxy, Stranger

Open = Callable[..., Workspace]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """A server of its own, whose accounts these tests rename."""
    with RegistryServer(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Open]:
    opened: list[Workspace] = []

    def make(server: str | None, folder: str = "root") -> Workspace:
        opened.append(Workspace.open(tmp_path / folder, server=server))
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


def ready(workspace: Workspace, key: str = "local") -> Device:
    """The device with this key, unlocked, once the register's copy is there."""
    assert until(lambda: workspace.catalogue.copy.complete, 30)
    device = workspace.device(key)
    device.accounts.unlock(KEY if key == "local" else SealingKey.of_browser(key))
    return device


def received(device: Device) -> int:
    return device.notebook.counts()[NoteState.RECEIVED]


def stored(server: RegistryServer, note_id: str) -> list[str]:
    """The account that the server has this note of, as often as it has the note."""
    rows = (
        "SELECT u.uuid FROM inspections_inspection i LEFT JOIN accounts_user u ON u.id = i.account_id WHERE i.id = '{}'"
    )
    return [row[0] for row in server.rows(rows.format(note_id.replace("-", "")))]


def rename(server: RegistryServer, name: str, other: str) -> None:
    """As the back office does it; `tests/server/accounts/test_names.py` holds that."""
    with sqlite3.connect(server.data / "registry.sqlite3", timeout=20) as database:
        ((pk,),) = database.execute("SELECT id FROM accounts_user WHERE username = ?", [name]).fetchall()
        database.execute("UPDATE accounts_user SET username = ? WHERE id = ?", [other, pk])
        database.execute("INSERT OR IGNORE INTO accounts_bornename (name, user_id) VALUES (?, ?)", [other, pk])
        database.execute("UPDATE accounts_accesstoken SET expires_at = '2020-01-01 00:00:00'")
    database.close()


def test_a_renamed_accounts_notes_go_out_and_are_seen(open_workspace: Open, office: RegistryServer) -> None:
    device = ready(open_workspace(office.url))
    device.sign_in(*INSPECTOR)
    held = device.accounts.viewer
    rename(office, INSPECTOR[0], "lan.nt")
    try:
        before = written(device.notebook, account=INSPECTOR[0], colours=("red",))  # as version 0.1.0 kept it: a name
        assert until(lambda: received(device) == 1)
        account = device.accounts.current
        assert account
        assert (account.username, account.former_names) == ("lan.nt", (INSPECTOR[0],)), "the device shows the new name"
        assert device.accounts.viewer == Viewer(account.id, frozenset({INSPECTOR[0], "lan.nt"}))
        assert device.accounts.viewer.account == held.account
        assert [note.id for note in device.notebook.notes(viewer=device.accounts.viewer)] == [before.id]
        draft = device.notebook.new_draft(account=device.accounts.viewer.account)
        after = device.notebook.sign(
            draft.id,
            account=account.username,
            viewer=device.accounts.viewer,
            device=device.id,
            now=datetime.now(UTC),
            clock_offset=None,
        )
        assert (after.account, after.owner) == ("lan.nt", account.id)
        assert until(lambda: received(device) == 2)
        assert stored(office, before.id) == stored(office, after.id) == [str(account.id).replace("-", "")]
    finally:
        rename(office, "lan.nt", INSPECTOR[0])


def test_who_signs_in_under_a_new_name_has_the_notes_of_the_former_one(
    open_workspace: Open, office: RegistryServer
) -> None:
    device = ready(open_workspace(office.url))
    note = written(device.notebook, account=COLLEAGUE[0])  # and nobody is signed in
    theirs = written(device.notebook, account="kiemtra09")
    rename(office, COLLEAGUE[0], "binh.tv")
    try:
        device.sign_in("binh.tv", COLLEAGUE[1])
        assert until(lambda: received(device) == 1)
        assert len(stored(office, note.id)) == 1
        assert not device.accounts.viewer.sees(theirs.owner)
        device.accounts.sign_out()
        device.sign_in(*COLLEAGUE)  # a former name means its account too
        assert device.accounts.viewer.sees(note.owner)
    finally:
        rename(office, "binh.tv", COLLEAGUE[0])


def test_a_name_that_was_matched_once_stays_that_accounts(tmp_path: Path) -> None:
    accounts = opened(tmp_path / "device")

    def sign_in(account: Account) -> Viewer:
        accounts._keep(SignIn(account, "http://one.example", "access", datetime.now(UTC), "refresh"))
        return accounts.viewer

    first, second = (Account("hoa", "Hoa", "shop", f"{n}f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b12") for n in (1, 2))
    assert sign_in(first).sees("hoa")
    assert not sign_in(second).sees("hoa"), "as another register tells"
    assert sign_in(replace(first, username="hoa.lt", former_names=("hoa",))).names == {"hoa", "hoa.lt"}
    assert sign_in(replace(first, id=None)).sees("hoa"), "a server of version 0.1.0 knows names alone"


def test_a_register_at_a_new_address_keeps_sessions_notes_and_copy(
    open_workspace: Open, office: RegistryServer
) -> None:
    workspace = open_workspace(office.url)
    device = ready(workspace)
    device.sign_in(*INSPECTOR)
    workspace.connect(f"http://127.0.0.1:{free_port()}")
    note = written(device.notebook, account=INSPECTOR[0])
    proxy = Proxy(office.port)
    workspace.connect(proxy.url)
    assert until(lambda: received(device) == 1), device.sender.status
    assert stored(office, note.id) != []
    assert until(lambda: workspace.catalogue.copy.source == proxy.url)
    assert workspace.standing is Standing.KNOWN
    assert device.sign_in_need is None
    asked = [line.split()[1].partition(b"?")[0] for line in proxy.requests]
    assert asked[0] == b"/api/v1/identity", "nothing is sent before the proof"
    assert b"/api/v1/snapshot" not in asked, "the copy is gone on with"
    assert "127.0.0.1" in workspace.catalogue.known_domains
    workspace.close()
    again = open_workspace(office.url)
    assert again.standing is Standing.KNOWN, "the earlier address is still the same register's"
    proxy.close()


def test_http_turned_https_keeps_the_session(
    open_workspace: Open, office: RegistryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = TlsFront(office.port, tmp_path / "tls.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "tls.pem"))
    workspace = open_workspace(office.url)
    device = ready(workspace)
    device.sign_in(*INSPECTOR)
    workspace.connect(front.url)
    note = written(device.notebook, account=INSPECTOR[0])
    assert until(lambda: received(device) == 1), device.sender.status
    assert stored(office, note.id) != []
    assert device.sign_in_need is None
    register, copy = workspace.catalogue.register, workspace.catalogue.copy
    back = prove(Registry(office.url), register, front.url, copy.as_of)
    assert back is Standing.UNPROVED, "https is not given up for http by itself"
    front.close()


def test_who_passes_the_question_on_gets_nothing(open_workspace: Open, office: RegistryServer) -> None:
    workspace = open_workspace(office.url)
    device = ready(workspace)
    device.sign_in(*INSPECTOR)

    def pass_on(_method: str, path: str) -> Answer:
        with urllib.request.urlopen(office.url + path, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()

    between = Stranger(pass_on)
    workspace.connect(between.url.replace("127.0.0.1", "localhost"))
    written(device.notebook, account=INSPECTOR[0])
    written(device.notebook)
    assert until(lambda: workspace.standing is Standing.UNPROVED)
    assert until(lambda: device.sender.status.last_problem == "unproved_server")
    with pytest.raises(NotSettled):
        device.sign_in(*INSPECTOR)
    assert {path.partition("?")[0] for _, path, _ in between.requests} == {"/api/v1/identity"}
    assert not any("Authorization" in headers for _, _, headers in between.requests)
    between.close()


def without_keys(workspace: Workspace, source: str) -> None:
    """The copy of a register that has no key to prove itself with."""
    copy, document = workspace.catalogue.copy, workspace.catalogue._copy.document["register"]
    assert copy.cursor
    assert copy.as_of
    document = document | {"issuer_keys": [], "products": 1}
    workspace.catalogue.replace_all([product(1)], copy.cursor, document, copy.as_of, source=source)


def test_the_persons_word_lets_notes_go_and_no_tokens(open_workspace: Open, office: RegistryServer) -> None:
    workspace = open_workspace(office.url)
    device = ready(workspace)
    device.sign_in(*INSPECTOR)
    without_keys(workspace, office.url)
    workspace.connect(f"http://127.0.0.1:{free_port()}")
    mine, nobodys = written(device.notebook, account=INSPECTOR[0]), written(device.notebook)
    proxy = Proxy(office.port)
    workspace.connect(proxy.url)
    assert until(lambda: device.sender.status.last_problem == "unproved_server")
    assert (stored(office, nobodys.id), stored(office, mine.id)) == ([], [])
    assert device.sign_in_need is None, "it waits for the person's word, and for no sign-in"
    workspace.accept_server(same=True)
    assert until(lambda: received(device) == 1)
    assert (stored(office, nobodys.id), stored(office, mine.id)) == ([None], [])
    assert device.sign_in_need is SignInNeed.ELSEWHERE
    assert not any(b"/auth/" in line for line in proxy.requests)
    device.sign_in(*INSPECTOR)
    assert until(lambda: received(device) == 2)
    proxy.close()


def test_what_was_written_for_a_register_never_goes_to_another(open_workspace: Open, office: RegistryServer) -> None:
    workspace = open_workspace(office.url)
    device = ready(workspace)
    without_keys(workspace, "http://first.example")  # the first register, where a note could not be sent
    workspace.connect(f"http://127.0.0.1:{free_port()}")
    theirs = written(device.notebook)
    workspace.connect(office.url)
    assert until(lambda: workspace.standing is Standing.UNPROVED)
    workspace.accept_server(same=False)
    ours = written(device.notebook)
    assert until(lambda: received(device) == 1)
    assert (stored(office, ours.id), stored(office, theirs.id)) == ([None], [])
    assert device.notebook.records.entry(theirs.id).reason == "other_register"
    assert until(lambda: not device.can_send), "so a browser's device may be closed"


NOW = datetime.now(UTC)
ID = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b12"


@pytest.mark.parametrize(
    ("key", "said", "standing"),
    [
        ({}, {}, Standing.KNOWN),
        ({"valid_to": NOW + timedelta(days=1)}, {}, Standing.KNOWN),
        ({"valid_to": NOW - timedelta(days=1)}, {}, Standing.UNPROVED),
        ({"valid_from": NOW + timedelta(days=1)}, {}, Standing.UNPROVED),
        ({"revoked_at": NOW}, {}, Standing.UNPROVED),
        ({"kid": "another"}, {}, Standing.UNPROVED),
        ({"public_key": "A" * 43}, {}, Standing.UNPROVED),
        ({}, {"challenge": "an-earlier-challenge-of-this-device"}, Standing.UNPROVED),
        ({}, {"host": "ocop.example"}, Standing.UNPROVED),
        ({}, {"id": "00000000-0000-4000-8000-000000000000"}, Standing.UNPROVED),
        ({}, {"more": 1}, Standing.UNPROVED),
    ],
)
def test_a_proof_counts_for_this_question_host_and_register_by_a_key_in_use_alone(
    key: dict[str, object], said: dict[str, object], standing: Standing, stranger: Callable[..., Registry]
) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    document = {
        "kid": "2026-1",
        "public_key": base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
        "issuer": "UBND tỉnh",
        "valid_from": NOW - timedelta(days=9),
        "valid_to": None,
        "revoked_at": None,
        "revoked_reason": None,
    } | key
    document |= {name: at.isoformat() for name, at in document.items() if isinstance(at, datetime)}
    register = Register.from_json({"id": ID, "issuer_keys": [document]})

    def answer(_method: str, path: str) -> Answer:
        challenge = parse_qs(urlsplit(path).query)["challenge"][0]
        payload = rfc8785.dumps({"id": ID, "challenge": challenge, "host": "127.0.0.1", **said})  # type: ignore[arg-type]
        proof = PyJWS(algorithms=["EdDSA"]).encode(payload, private, "EdDSA", {"kid": "2026-1", "typ": ""})
        date = {"Date": format_datetime(NOW, usegmt=True)}
        return 200, date, json.dumps({"id": ID, "proofs": ["no.proof.at-all", proof]}).encode()

    assert prove(stranger(answer), register, "http://first.example", NOW) is standing


def test_another_id_is_another_register_and_none_is_no_proof(stranger: Callable[..., Registry]) -> None:
    def answering(status: int, body: dict[str, object]) -> Registry:
        date = {"Date": format_datetime(NOW, usegmt=True)}
        return stranger(lambda _method, _path: (status, date, json.dumps(body).encode()))

    register = Register.from_json({"id": ID})
    another = answering(200, {"id": "00000000-0000-4000-8000-000000000000", "proofs": []})
    assert prove(another, register, "http://first.example", NOW) is Standing.ANOTHER
    old = answering(404, {"error": "not_found", "detail": "No such address."})
    assert prove(old, register, "http://first.example", NOW) is Standing.UNPROVED
    assert prove(another, Register.from_json({}), "http://first.example", NOW) is Standing.UNPROVED


def test_a_copied_folder_is_a_device_of_its_own_and_sends_nothing_twice(
    open_workspace: Open, office: RegistryServer, tmp_path: Path
) -> None:
    workspace = open_workspace(f"http://127.0.0.1:{free_port()}")
    device = workspace.device("local")
    note, draft = written(device.notebook, colours=("red",)), device.notebook.new_draft(text="dở dang")
    first = device.id
    workspace.close()
    shutil.copytree(tmp_path / "root", tmp_path / "copy")  # with all times, as a backup has them
    copies = [open_workspace(office.url, folder).device("local") for folder in ("copy", "root")]
    copy, original = copies
    assert (original.id, original.key_name) == (first, first)
    assert copy.id != first
    assert copy.key_name == first, "the copy opens the key that its session was sealed with"
    assert copy.notebook.notes()[0].id != draft.id, "signed here and there, it becomes two notes"
    assert original.notebook.notes()[0].id == draft.id
    for each in copies:
        assert until(lambda each=each: received(each) == 1)
    assert stored(office, note.id) == [None]
    correction = copy.notebook.correct(note.id)
    corrected = copy.notebook.sign(correction.id, account=None, device=copy.id, now=NOW, clock_offset=None)
    assert corrected.device == note.device != copy.id, (
        "the server knows the sender of a note without an account by its device"
    )
    assert until(lambda: received(copy) == 2)
    again = copy.id
    for each in copies:
        each._workspace.close()
    assert open_workspace(None, "copy").device("local").id == again


def test_a_folder_that_was_moved_or_given_other_rights_is_no_copy(open_workspace: Open, tmp_path: Path) -> None:
    workspace = open_workspace(None)
    first = workspace.device("local").id
    workspace.close()
    (tmp_path / "root").rename(tmp_path / "moved")
    for path in (tmp_path / "moved").rglob("*"):
        path.chmod(0o700)
    assert open_workspace(None, "moved").device("local").id == first


def test_a_device_of_an_earlier_version_keeps_its_id_and_is_told_from_copies_from_then_on(
    open_workspace: Open, tmp_path: Path
) -> None:
    workspace = open_workspace(None)
    device = workspace.device("local")
    first = device.id
    device._identity._store.commit({"device": {1: {"id": first}}})
    workspace.close()
    workspace = open_workspace(None)
    assert workspace.device("local").id == first
    workspace.close()
    shutil.copytree(tmp_path / "root", tmp_path / "copy")
    assert open_workspace(None, "copy").device("local").id != first


def test_who_has_lost_a_browsers_key_gets_back_what_waits(open_workspace: Open, office: RegistryServer) -> None:
    workspace = open_workspace(office.url)
    lost = ready(workspace, "the lost key")
    lost.sign_in(*INSPECTOR)
    viewer = lost.accounts.viewer
    lost.sender.stop()
    note = written(lost.notebook, account=INSPECTOR[0], colours=("red",))
    nobodys, theirs = written(lost.notebook), written(lost.notebook, account=COLLEAGUE[0])
    draft = lost.notebook.new_draft(text="dở dang", account=viewer.account)
    lost.notebook.add_photo(draft.id, picture("blue"))
    workspace.close()

    workspace = open_workspace(office.url)
    other = ready(workspace, "a colleague's")
    assert other.sign_in(*COLLEAGUE) == 1
    device = ready(workspace, "a new key")
    assert device.sign_in(*INSPECTOR) == 2
    mine = device.notebook.notes(viewer=device.accounts.viewer)
    assert {each.id for each in mine} == {note.id, draft.id}
    assert until(lambda: received(device) == 1)
    (sent,) = [each for each in mine if each.inspection]
    assert device.notebook.photos.read(sent.inspection.photos[0].sha256) if sent.inspection else False
    (kept,) = device.notebook.drafts()
    assert device.notebook.photos.read(kept.photos[0].sha256)
    assert len(stored(office, note.id)) == 1
    assert device.sign_in(*INSPECTOR) == 0, "once"
    assert until(lambda: received(other) == 1)
    assert [each.id for each in other.notebook.notes()] == [theirs.id]
    assert until(lambda: stored(office, nobodys.id) == [None])


def came_to_rest(device: Device, note_id: str) -> bool:
    """Whether a note was sent, or it is known why it waits."""
    entry = device.notebook.records.entry(note_id)
    return entry.state is RecordState.RECEIVED or entry.reason is not None


def test_what_waits_for_a_sign_in_and_the_form_for_it_are_one_rule(
    open_workspace: Open, office: RegistryServer
) -> None:
    device = ready(open_workspace(office.url))
    device.sign_in(*INSPECTOR)
    accounts, row = device.accounts, device.accounts._row() or {}

    def locked() -> None:
        accounts._key = accounts._session = None

    states = {
        None: lambda: None,
        SignInNeed.ENDED: accounts._end,
        SignInNeed.ELSEWHERE: lambda: accounts._store.commit({"session": {1: {**row, "server": "http://a.example"}}}),
        SignInNeed.LOCKED: locked,
    }
    for need, come_about in states.items():
        session, key = accounts._session, accounts._key
        come_about()
        assert device.sign_in_need is need
        note = written(device.notebook, account=INSPECTOR[0])
        settled = partial(came_to_rest, device, note.id)
        assert until(settled)
        waits = device.notebook.records.entry(note.id).reason in ("sign_in_needed", "locked")
        assert waits is (need is not None)
        accounts._session, accounts._key = session, key
        accounts._store.commit({"session": {1: row}})
        device.wake()
        assert until(lambda: device.notebook.records.waiting == 0)


@pytest.mark.parametrize("form", ["NFC", "NFD", "full width"])
def test_a_name_and_a_password_sign_in_however_they_are_typed(form: str) -> None:
    typed = "kiểm.tra01" if form != "full width" else "".join(chr(ord(c) + 0xFEE0) for c in "kiem.tra01")
    typed = typed if form == "full width" else unicodedata.normalize(form, typed)
    expected = "kiem.tra01" if form == "full width" else "kiểm.tra01"
    assert name_of(f" \u200b{typed}\ufeff ") == unicodedata.normalize("NFC", expected)
    assert password_of(unicodedata.normalize("NFD", "mật khẩu")) == unicodedata.normalize("NFC", "mật khẩu")
