"""A phone that is handed to a colleague: who sees, exports and sends what."""

from __future__ import annotations

import io
import logging
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.accounts.accounts import Accounts
from services.accounts.viewer import Viewer
from services.client.answers import SignIn
from services.client.registry import Registry
from services.notes.note import Draft, DraftClosed, NoteState
from services.notes.notebook import Notebook
from services.storage.store import Store
from services.sync.outbox import SendReport, send
from services.workspace import Device, Workspace
from tests.services.conftest import COLLEAGUE, DEVICE, INSPECTOR, KEY, new_id, written
from tests.support.registry_server import RegistryServer
from tests.support.wire import Proxy

A, B = INSPECTOR[0], COLLEAGUE[0]
NOBODY = Viewer(None)


@pytest.fixture
def shared(notebook: Notebook) -> Notebook:
    """One signed note and one draft of each of two accounts, and of nobody."""
    for account in (A, B, None):
        written(notebook, f"note of {account}", account=account, colours=("red",))
        notebook.new_draft(text=f"draft of {account}", account=account)
    return notebook


def texts(notebook: Notebook, viewer: Viewer | None) -> set[str]:
    notes = notebook.notes(viewer=viewer)
    return {note.draft.text if note.draft else note.inspection.body["text"] for note in notes if note}  # type: ignore[union-attr]


@pytest.mark.parametrize("account", [A, B, None, "khac"])
def test_everybody_sees_their_own_and_what_bears_no_name(shared: Notebook, account: str | None) -> None:
    viewer = Viewer(account)
    names = {None} | ({account} & {A, B})
    assert texts(shared, viewer) == {f"{kind} of {name}" for kind in ("note", "draft") for name in names}
    assert shared.count(viewer=viewer) == 2 * len(names)
    assert shared.counts(viewer=viewer)[NoteState.WAITING] == len(names)
    assert shared.counts(viewer=viewer)[NoteState.DRAFT] == len(names)
    assert shared.unsent(viewer=viewer)[:2] == (len(names), len(names))
    assert {draft.account for draft in shared.drafts(viewer=viewer)} == names
    pages = [shared.notes(viewer=viewer, limit=1, offset=n) for n in range(5)]
    assert [len(page) for page in pages] == [1] * 2 * len(names) + [0] * (5 - 2 * len(names))


def test_an_address_typed_by_hand_leads_to_nothing_of_another_account(shared: Notebook) -> None:
    for note in shared.notes():
        owner = note.draft.account if note.draft else note.inspection.account  # type: ignore[union-attr]
        assert (shared.note(note.id, viewer=Viewer(B)) is None) == (owner == A)
        assert (shared.draft(note.id, viewer=Viewer(B)) is None) == (owner == A or not note.draft)


def test_an_export_holds_nothing_of_another_account(shared: Notebook) -> None:
    target = io.BytesIO()
    shared.export(target, shared.notes(viewer=Viewer(B)))
    with zipfile.ZipFile(target) as archive:
        told = "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert f"note of {B}" in told
    assert "note of None" in told
    assert f"of {A}" not in told


def test_refused_notes_are_shown_to_their_own_account(shared: Notebook) -> None:
    for note in shared.notes():
        if note.inspection:
            shared.records.record_refusal(note.id, "bad_request", "")
    assert {note.inspection.account for note in shared.set_aside(viewer=Viewer(B)) if note.inspection} == {B, None}


def test_anothers_draft_cannot_be_signed(shared: Notebook) -> None:
    (draft,) = (draft for draft in shared.drafts() if draft.account == A)
    for account in (B, None):
        with pytest.raises(DraftClosed):
            shared.sign(draft.id, account=account, device=DEVICE, now=datetime.now(UTC), clock_offset=None)
    signed = shared.sign(draft.id, account=A, device=DEVICE, now=datetime.now(UTC), clock_offset=None)
    assert signed.account == A


def test_who_signs_in_before_signing_may_sign_a_draft_of_nobody(notebook: Notebook) -> None:
    draft = notebook.new_draft()
    signed = notebook.sign(draft.id, account=A, device=DEVICE, now=datetime.now(UTC), clock_offset=None)
    assert signed.account == A


def test_a_correction_belongs_to_who_began_it(shared: Notebook) -> None:
    (note,) = (note for note in shared.notes() if note.inspection and note.inspection.account is None)
    mine = shared.correct(note.id, account=A)
    assert mine.account == A
    assert shared.correct(note.id, account=A) == mine
    theirs = shared.correct(note.id, account=B)
    assert theirs.id != mine.id
    seen = shared.note(note.id, viewer=Viewer(B))
    assert seen
    assert seen.correction_draft == theirs.id
    nobodys = shared.note(note.id, viewer=NOBODY)
    assert nobodys
    assert nobodys.correction_draft is None


def test_drafts_of_earlier_versions_are_nobodys(tmp_path: Path) -> None:
    draft = Draft(id=new_id(), started_at=datetime.now(UTC), text="Từ bản cũ")
    earlier = {name: value for name, value in draft.to_json().items() if name != "account"}
    Store(tmp_path / "drafts.json").commit({"drafts": {7: earlier}})
    assert Notebook.open(tmp_path).drafts(viewer=NOBODY) == [draft]


def test_what_waits_is_counted_for_the_one_and_for_the_others(shared: Notebook) -> None:
    written(shared, account=A)
    assert shared.waiting_of(Viewer(A)) == (2, 1)
    assert shared.waiting_of(Viewer(B)) == (1, 2)
    assert shared.waiting_of(NOBODY) == (1, 3)


def test_only_what_may_be_sent_is_tried_and_measured(
    shared: Notebook, accounts: Accounts, proxy: Proxy, server: RegistryServer
) -> None:
    registry = Registry(proxy.url)
    accounts.sign_in(registry, *COLLEAGUE, DEVICE)
    proxy.requests.clear()
    seen: list[tuple[int, int]] = []
    report = send(shared.records, accounts, registry, progress=lambda *at: seen.append(at))
    assert report == SendReport(received=2, photos=2, waiting=1, blocked=1)
    assert seen[-1][0] == seen[-1][1]
    assert len([line for line in proxy.requests if line.startswith(b"PUT")]) == 4
    (waiting,) = shared.outbox()
    assert (waiting.account, shared.note(waiting.id).reason) == (A, "other_account")  # type: ignore[union-attr]
    registry.close()


# On a whole device


Open = Callable[[str | None], Workspace]


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Open]:
    opened: list[Workspace] = []

    def make(url: str | None) -> Workspace:
        for workspace in opened:
            workspace.close()
        opened.append(Workspace.open(tmp_path / "root", server=url))
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


def until(true: Callable[[], object], timeout: float = 10) -> bool:
    ends = time.monotonic() + timeout
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    return bool(true())


def sign_in(workspace: Workspace, device: Device, who: tuple[str, str]) -> SignIn:
    registry = workspace.registry
    assert registry
    device.accounts.sign_in(registry, *who, device.id)
    session = device.accounts._session
    assert session
    return session


def sent_by(registry: Registry, who: tuple[str, str]) -> list[str]:
    """The texts of what the server holds of an account."""
    session = registry.sign_in(*who, new_id())
    cursor, found = None, []
    while True:
        page = registry.inspections(session.access, cursor)
        found += [row["body"]["text"] for row in page.inspections]
        cursor = page.next_cursor
        if not page.more:
            registry.sign_out(session.refresh)
            return found


def test_two_inspectors_share_a_phone_and_no_note(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    sign_in(workspace, device, INSPECTOR)
    workspace.connect("http://127.0.0.1:9")
    a, b = f"A {new_id()}", f"B {new_id()}"
    written(device.notebook, a, account=A)
    device.accounts.sign_out()
    workspace.connect(server.url)
    sign_in(workspace, device, COLLEAGUE)
    written(device.notebook, b, account=B)
    assert until(lambda: device.notebook.counts()[NoteState.RECEIVED] == 1)
    registry = Registry(server.url)
    assert b in sent_by(registry, COLLEAGUE)
    assert a not in sent_by(registry, INSPECTOR) + sent_by(registry, COLLEAGUE)

    workspace = open_workspace(server.url)
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    device.accounts.sign_out()
    sign_in(workspace, device, INSPECTOR)
    assert until(lambda: device.notebook.counts()[NoteState.RECEIVED] == 2)
    assert sent_by(registry, INSPECTOR).count(a) == 1
    registry.close()


def test_a_revoked_session_of_one_does_not_touch_the_other(open_workspace: Open, server: RegistryServer) -> None:
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    lost = sign_in(workspace, device, INSPECTOR)
    device.accounts.sign_out()
    registry = Registry(server.url)
    registry.sign_out(lost.refresh)
    sign_in(workspace, device, COLLEAGUE)
    written(device.notebook, f"B {new_id()}", account=B)
    assert until(lambda: device.notebook.counts()[NoteState.RECEIVED] == 1)
    assert not device.accounts.sign_in_needed
    registry.close()


def test_a_sign_out_offline_ends_the_session_at_the_next_connection(
    open_workspace: Open, server: RegistryServer
) -> None:
    workspace = open_workspace(server.url)
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    session = sign_in(workspace, device, INSPECTOR)
    registry = Registry(server.url)
    workspace.connect(None)
    device.accounts.sign_out()
    time.sleep(0.2)
    assert registry.refresh(session.refresh)

    workspace = open_workspace(server.url)
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    assert until(lambda: not device.accounts.left(server.url)), "no note waits, and it is told all the same"
    with pytest.raises(Exception, match="not_signed_in"):
        registry.refresh(session.refresh)
    registry.close()


def test_no_token_or_password_reaches_the_log_or_any_file(
    open_workspace: Open, server: RegistryServer, proxy: Proxy, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets: set[str] = {INSPECTOR[1], COLLEAGUE[1], KEY.text}

    def keep(device: Device) -> None:
        session = device.accounts._session
        if session:
            secrets.update((session.access, session.refresh))

    workspace = open_workspace(proxy.url)
    device = workspace.device("local")
    device.accounts.unlock(KEY)
    device.accounts.subscribe(lambda: keep(device))
    sign_in(workspace, device, INSPECTOR)
    written(device.notebook, account=A, colours=("red",))
    assert until(lambda: device.notebook.counts()[NoteState.RECEIVED] == 1)
    registry = workspace.registry
    assert registry
    session = device.accounts._session
    assert session
    device.accounts.access_token(registry, rejected=session.access)
    keep(device)
    proxy.cut("PUT", 2)
    written(device.notebook, account=A)
    assert until(lambda: device.sender.status.last_problem)
    Registry(server.url).sign_out(session.refresh)
    device.wake()
    assert until(lambda: device.accounts.sign_in_needed or device.notebook.counts()[NoteState.RECEIVED] == 2)
    with pytest.raises(Exception, match="wrong_credentials"):
        registry.sign_in(A, "sai mật khẩu", DEVICE)
    sign_in(workspace, device, COLLEAGUE)
    device.accounts.sign_out()
    assert until(lambda: not device.accounts.left(proxy.url))
    target = io.BytesIO()
    device.notebook.export(target)
    workspace.close()

    assert len(secrets) >= 8
    with zipfile.ZipFile(target) as archive:
        export = b"".join(archive.read(name) for name in archive.namelist())
    files = {path: path.read_bytes() for path in (tmp_path / "root").rglob("*") if path.is_file()}
    assert len(files) > 8
    assert caplog.text
    for secret in secrets:
        assert secret not in caplog.text
        assert secret.encode() not in export
        assert [path.name for path, content in files.items() if secret.encode() in content] == []
