"""What people type: words into the field for a number, Vietnamese letters in any form, addresses of screens."""

from __future__ import annotations

import unicodedata

import flet as ft
import pytest

from services.workspace import Workspace
from tests.views.headless import Client
from views.parts.question import Question

CERTIFIED = "9520007900017"


@pytest.mark.parametrize("words", ["chả mực", "CHA\u0309 MU\u031bC\u0323 \u200b", "ｃｈａ　ｍｕｃ certified"])
async def test_a_name_typed_for_a_number_is_looked_up_in_the_register(workspace: Workspace, words: str) -> None:
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), words)
        assert app.says("Từ ngữ được tra trong sổ đăng ký")
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        await app.until(lambda: app.page.route == "/register")
        field = app.within("register-search", ft.TextField)
        assert field.value == unicodedata.normalize("NFC", words).replace("\u200b", "").strip()
        await app.until(lambda: app.says("Chả mực certified.png"))


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        (f"{CERTIFIED}\u200b", "Chứng nhận còn hiệu lực"),
        ("９５２０００７９０００１７", "Chứng nhận còn hiệu lực"),
        (f"id.ocop.example/01/{CERTIFIED}", "Chứng nhận còn hiệu lực"),
        ("9520007900018", "Mã sai"),
        ("???", "Không phải mã sản phẩm"),
    ],
)
async def test_a_code_is_judged_however_it_is_typed(workspace: Workspace, typed: str, verdict: str) -> None:
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), typed)
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        await app.until(lambda: app.verdict == verdict)


async def test_full_width_digits_are_counted_as_digits(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), "９５２０００７９０００１７")
        assert app.says("13 chữ số, số kiểm tra đúng")


@pytest.mark.parametrize(
    ("route", "code", "verdict"),
    [
        (f"/01/0{CERTIFIED}", f"(01)0{CERTIFIED}", "Chứng nhận còn hiệu lực"),
        (
            f"/01/0{CERTIFIED}/10/L7%2FA/21/S1?17=301231&ten=Ch%E1%BA%A3",
            f"(01)0{CERTIFIED}(10)L7/A(21)S1(17)301231",
            "Chứng nhận còn hiệu lực",
        ),
        (f"/01/0{CERTIFIED}/10/A?10=B", f"https://id.gs1.org/01/0{CERTIFIED}/10/A?10=B", "Mã sai"),
        ("/01/09520007900018", "https://id.gs1.org/01/09520007900018", "Mã sai"),
    ],
)  # fmt: skip
async def test_a_digital_link_on_this_site_is_judged(workspace: Workspace, route: str, code: str, verdict: str) -> None:
    assert Question.at(route).codes == ((code, "typed"),)
    async with Client(workspace, route=route) as app:
        assert app.verdict == verdict
        await app.tap(ft.FilledButton, "Quét tiếp")
        await app.until(lambda: app.page.route == "/scan")


@pytest.mark.parametrize("route", ["/product/1", "/01/abc", "/01", "/san-pham/tra", "/verdict/1", "/2026/01/20260115"])
async def test_an_address_of_nothing_says_so_and_leads_home(workspace: Workspace, route: str) -> None:
    async with Client(workspace, route=route) as app:
        assert app.says("Trang này không tồn tại")
        assert app.says(route)
        assert not app.known("code-entry")
        await app.tap(ft.FilledButton, "Quét mã")
        await app.until(lambda: app.known("code-entry"))


async def test_a_note_is_signed_with_composed_letters_and_nothing_unseen(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    draft = notebook.new_draft(outcome="mislabelled")
    typed = unicodedata.normalize("NFD", "Nhãn ghi 5 sao ở Đầm Hà") + "\ufeff\x00"
    async with Client(workspace, route=f"/note/{draft.id}") as app:
        await app.until(lambda: app.known("note-text"))
        await app.change(app.within("note-text", ft.TextField), typed)
        await app.fire(app.within("outcome-expired", ft.OutlinedButton), "click")
        assert app.within("note-text", ft.TextField).value == typed  # not changed under the person's hands
        await app.fire(app.within("note-save", ft.FilledButton), "click")
        await app.until(lambda: app.page.route == "/notes")
        note = notebook.note(draft.id)
        assert note is not None
        assert note.inspection is not None
        assert note.inspection.text == "Nhãn ghi 5 sao ở Đầm Hà"
        assert not app.says("khi có kết nối")


async def test_beside_the_state_of_a_note_that_is_sent_nothing_says_that_it_waits(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    draft = notebook.new_draft(outcome="other")
    notebook.sign(draft.id, account=None, device="d", now=draft.started_at, clock_offset=None)
    async with Client(workspace, route=f"/notes/{draft.id}") as app:
        await app.until(lambda: app.says("sẽ được gửi khi có kết nối"))
        notebook.records.mark_sending(draft.id)
        await app.until(lambda: app.says("Đang gửi"))
        assert not app.says("khi có kết nối")
        notebook.records.mark_sending(None)
