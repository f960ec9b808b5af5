"""The account on the settings screen, and what a colleague who is handed the device sees of another's notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import flet as ft
import pytest

from services.accounts.accounts import Account
from services.accounts.sealing import KeyKeeper, SealingKey
from services.client.answers import Refused, SignIn
from services.client.registry import Registry
from services.notes.note import Inspection
from services.records.record import Receipt
from services.workspace import Device, Workspace
from tests.views.conftest import Open
from tests.views.headless import NEVER, Call, Client

SignedIn = Callable[[Device], None]
A = "kiemtra01"
FILE = "Máy này không có kho khóa nào trả lời"


class KeyChain:
    """A phone's key store, as its answers to the app."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.broken = False

    def answers(self) -> dict[str, Any]:
        return {"get": self.get, "set": self.set}

    def get(self, call: Call) -> str | None:
        if self.broken:
            raise RuntimeError("the key store is locked: top secret")
        return self.kept.get(call.arguments["key"])

    def set(self, call: Call) -> None:
        if self.broken:
            raise RuntimeError("the key store is locked: top secret")
        self.kept[call.arguments["key"]] = call.arguments["value"]


def note_of(device: Device, account: str | None, text: str) -> Inspection:
    draft = device.notebook.new_draft(text=text, account=account)
    return device.notebook.sign(draft.id, account=account, device=device.id, now=datetime.now(UTC), clock_offset=None)


async def test_a_phones_key_lies_in_its_key_store_alone(workspace: Workspace, signed_in: SignedIn) -> None:
    chain, device = KeyChain(), workspace.device("local")
    signed_in(device)
    async with Client(workspace, route="/settings", answers=chain.answers()) as app:
        await app.until(lambda: app.says("khóa bằng chìa khóa trong kho khóa của máy"))
        assert list(chain.kept) == [device.id]
        assert not (device.folder / "sealing.key").exists()
        assert app.called("set")[0]["key"] == device.id
        (storage,) = {call.control for call in app.calls if call.method == "set"}
        service = app.page.session.index[storage]
        assert service.ios_options.accessibility.value == "first_unlock_this_device"


async def test_without_a_key_store_the_screen_says_what_that_means(workspace: Workspace, signed_in: SignedIn) -> None:
    signed_in(workspace.device("local"))
    async with Client(workspace, route="/settings", platform="linux") as app:
        await app.until(lambda: app.says(FILE))
        assert workspace.device("local").accounts.key_keeper is KeyKeeper.FILE


async def test_a_browsers_key_never_reaches_the_sites_disk(workspace: Workspace, signed_in: SignedIn) -> None:
    secret = "k" * 43
    device = workspace.device(secret)
    signed_in(device)
    async with Client(workspace, web=True, route="/settings", answers={"get": secret}) as app:
        await app.until(lambda: app.says("khóa bằng chìa khóa mà chỉ trình duyệt này giữ"))
    key = SealingKey.of_browser(secret)
    for path in device.folder.rglob("*"):
        assert path.is_dir() or not {secret.encode(), key.value, key.text.encode()} & set(path.read_bytes().split(b'"'))
    assert not (device.folder / "sealing.key").exists()


async def test_a_locked_key_store_is_told_and_can_be_tried_again(open_workspace: Open, signed_in: SignedIn) -> None:
    chain = KeyChain()
    workspace = open_workspace()
    signed_in(workspace.device("local"))
    async with Client(workspace, answers=chain.answers()) as app:
        await app.until(lambda: app.session.device.accounts.key_keeper)
    chain.broken = True
    async with Client(open_workspace(), route="/settings", answers=chain.answers()) as app:
        await app.until(lambda: app.says("Kho khóa của máy chưa mở phiên đăng nhập của bạn"))
        assert app.says("Nguyễn Thị Kiểm (kiemtra01)")
        assert app.session.device.accounts.locked
        chain.broken = False
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.says("khóa bằng chìa khóa trong kho khóa của máy"))
        assert not app.session.device.accounts.locked
        assert not app.known("sign-in")


async def test_who_signs_in_again_while_the_key_store_is_locked_gets_a_key_in_a_file(
    open_workspace: Open, signed_in: SignedIn
) -> None:
    chain = KeyChain()
    workspace = open_workspace()
    signed_in(workspace.device("local"))
    async with Client(workspace, answers=chain.answers()) as app:
        await app.until(lambda: app.session.device.accounts.key_keeper)
    chain.broken = True
    workspace = open_workspace()
    workspace.registry = Door("http://127.0.0.1:9")
    async with Client(workspace, route="/settings", answers=chain.answers()) as app:
        await app.until(lambda: app.known("sign-in"))
        assert app.within("sign-in-name", ft.TextField).value == A
        await app.change(app.within("sign-in-password", ft.TextField), "mau-kiemtra-01")
        await app.fire(app.within("sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.says(FILE))
        assert not app.known("sign-in")


class Door(Registry):
    """Lets everybody in."""

    def sign_in(self, username: str, password: str, device: str, key: str | None = None) -> SignIn:
        return SignIn(Account(username, "Trần Văn Bảy", "shop"), self.url, "access", datetime.now(UTC), "refresh")


async def test_a_lost_key_asks_for_a_sign_in_and_keeps_the_name(open_workspace: Open, signed_in: SignedIn) -> None:
    chain = KeyChain()
    workspace = open_workspace()
    signed_in(workspace.device("local"))
    async with Client(workspace, answers=chain.answers()) as app:
        await app.until(lambda: app.session.device.accounts.key_keeper)
    chain.kept.clear()
    async with Client(open_workspace(), route="/settings", answers=chain.answers()) as app:
        await app.until(lambda: app.known("sign-in-again"))
        assert app.says("Nguyễn Thị Kiểm (kiemtra01)")
        assert app.session.state.viewer.account == A


async def test_a_slow_key_store_holds_up_no_screen(open_workspace: Open, signed_in: SignedIn) -> None:
    workspace = open_workspace()
    signed_in(workspace.device("local"))
    async with Client(workspace, answers={"get": NEVER}) as app:
        await app.go("/settings")
        await app.until(lambda: app.says("Đang chờ kho khóa của máy"))
        await app.go("/scan")
        assert app.known("code-entry")


async def test_a_sign_out_in_one_window_is_seen_in_the_other(workspace: Workspace, signed_in: SignedIn) -> None:
    device = workspace.device("local")
    signed_in(device)
    async with Client(workspace, route="/settings") as app:
        await app.until(lambda: app.says("Nguyễn Thị Kiểm"))
        device.accounts.sign_out()
        await app.until(lambda: app.known("sign-in"))


async def test_signing_out_counts_the_accounts_own_notes_and_drafts_alone(
    workspace: Workspace, signed_in: SignedIn
) -> None:
    device = workspace.device("local")
    signed_in(device)
    note_of(device, A, "của A")
    for account in (None, "kiemtra02"):
        note_of(device, account, "của người khác")
        device.notebook.new_draft(account=account)
    device.notebook.new_draft(account=A)
    async with Client(workspace, route="/settings") as app:
        await app.tap(ft.OutlinedButton, "Đăng xuất")
        await app.until(lambda: app.says("1 ghi chép chưa có trên máy chủ."))
        assert app.says("1 bản nháp chưa chốt.")
        assert app.says("Cho đến lúc đó không ai khác thấy chúng trên máy này")


async def test_signing_out_with_drafts_alone_says_until_when(workspace: Workspace, signed_in: SignedIn) -> None:
    device = workspace.device("local")
    signed_in(device)
    device.notebook.new_draft(account=A)
    async with Client(workspace, route="/settings") as app:
        await app.tap(ft.OutlinedButton, "Đăng xuất")
        await app.until(lambda: app.says("1 bản nháp chưa chốt. Chúng ở lại máy này cho đến khi bạn đăng nhập lại."))
        assert app.says("Cho đến lúc đó không ai khác thấy chúng trên máy này")
        assert not app.says("chưa có trên máy chủ")


async def test_the_form_is_shown_wherever_something_waits_for_a_sign_in(
    workspace: Workspace, signed_in: SignedIn
) -> None:
    device = workspace.device("local")
    signed_in(device)
    mine = note_of(device, A, "Của tôi")
    async with Client(workspace, answers=KeyChain().answers()) as app:
        await app.until(lambda: device.accounts.key_keeper)
        await app.go("/settings")
        await app.until(lambda: app.says("Nguyễn Thị Kiểm"))
        assert device.sign_in_need is None
        assert not app.known("sign-in"), "nothing waits"
        theirs = note_of(device, "kiemtra02", "Của người khác")
        await app.until(lambda: app.known("sign-in"))
        assert app.says("1 ghi chép của tài khoản khác được giữ trên máy này.")
        assert app.within("sign-in-name", ft.TextField).value == ""
        device.notebook.records.record_receipt(Receipt(theirs.id, theirs.sha256, datetime.now(UTC)))
        await app.until(lambda: not app.known("sign-in"))
        # The session is another server's than the one that is set now: its notes wait, and the form is there.
        workspace.registry = Registry("http://127.0.0.1:10")
        device.accounts._changed.notify()
        await app.until(lambda: app.known("sign-in"))
        assert app.says("Bạn đang đăng nhập ở một máy chủ khác")
        assert app.within("sign-in-name", ft.TextField).value == A
        device.notebook.records.record_waiting(mine.id, "sign_in_needed")
        await app.go(f"/notes/{mine.id}")
        await app.until(lambda: app.says("Hãy đăng nhập lại để gửi ghi chép của tài khoản bạn."))
        await app.tap(ft.FilledTonalButton, "Đăng nhập")
        await app.until(lambda: app.known("sign-in"))


async def test_who_was_given_a_password_and_has_a_second_step_is_told_to_change_it_first(workspace: Workspace) -> None:
    class Door(Registry):
        def sign_in(
            self, username: str, password: str, device: str, key: str | None = None, *, new_password: str | None = None
        ) -> SignIn:
            raise Refused("password_change_in_office", "", 403)

    workspace.registry = Door("http://127.0.0.1:10")
    async with Client(workspace, answers=KeyChain().answers()) as app:
        await app.go("/settings")
        await app.until(lambda: app.known("sign-in"))
        await app.change(app.within("sign-in-name", ft.TextField), A)
        await app.change(app.within("sign-in-password", ft.TextField), "mat-khau-duoc-cho")
        await app.fire(app.within("sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.within("sign-in-password", ft.TextField).error)
        assert "nên phải đổi rồi mới đăng nhập ở đây được" in str(app.within("sign-in-password", ft.TextField).error)
        assert not app.known("sign-in-new-password")


async def test_a_colleague_sees_that_there_is_more_and_nothing_of_it(workspace: Workspace, signed_in: SignedIn) -> None:
    device = workspace.device("local")
    signed_in(device)
    theirs = note_of(device, "kiemtra02", "Bí mật một")
    draft = device.notebook.new_draft(text="Bí mật hai", account="kiemtra02")
    note_of(device, A, "Của tôi")
    note_of(device, None, "Không tên")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Của tôi"))
        assert app.says("Không tên")
        assert app.says("1 ghi chép của tài khoản khác được giữ trên máy này.")
        for address in (f"/notes/{theirs.id}", f"/notes/{draft.id}", f"/note/{draft.id}", f"/note/{theirs.id}"):
            await app.go(address)
            await app.until(lambda: app.says("thuộc tài khoản khác"))
            assert not app.says("Bí mật")


async def test_a_draft_that_is_open_closes_when_somebody_else_signs_in(
    workspace: Workspace, signed_in: SignedIn
) -> None:
    device = workspace.device("local")
    signed_in(device)
    draft = device.notebook.new_draft(text="Của A", account=A)
    async with Client(workspace, route=f"/note/{draft.id}") as app:
        await app.until(lambda: app.known("note-text"))
        device.accounts.sign_out()
        await app.until(lambda: app.says("thuộc tài khoản khác"))
        assert not app.known("note-text")


async def test_a_note_that_is_begun_bears_who_is_signed_in(workspace: Workspace, signed_in: SignedIn) -> None:
    signed_in(workspace.device("local"))
    async with Client(workspace, route="/verdict?c=9520007900017&s=typed") as app:
        await app.until(lambda: app.known("write-note"))
        await app.fire(app.within("write-note", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("note-text"))
        assert [draft.account for draft in app.session.device.notebook.drafts()] == [A]


async def test_what_a_key_store_says_reaches_no_log(
    workspace: Workspace, signed_in: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    chain = KeyChain()
    chain.broken = True
    signed_in(workspace.device("local"))
    with caplog.at_level("INFO", "views"), caplog.at_level("INFO", "services"):
        async with Client(workspace, route="/settings", answers=chain.answers()) as app:
            await app.until(lambda: app.says(FILE))
    assert "top secret" not in caplog.text
