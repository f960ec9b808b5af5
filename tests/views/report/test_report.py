"""Reporting something suspicious: the form, the private address, the list, and what the office says."""

from __future__ import annotations

import flet as ft
import pytest

from services.accounts.viewer import Viewer
from services.client.answers import ReportAnswer
from services.client.registry import Registry
from services.records.events import Event
from services.records.record import Receipt
from services.reports.report import Seen
from services.reports.report_book import KeptReport
from services.workspace import Workspace
from tests.services.conftest import NOW, new_id
from tests.views.conftest import Open
from tests.views.headless import Client
from tests.views.notes.test_note_screen import files, picture
from views.parts import autosave

NOBODY = Viewer(None)
GTIN = "08938505970127"


@pytest.fixture(autouse=True)
def saved_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.02)


async def open_form(app: Client, address: str = "/report") -> None:
    await app.go(address)
    await app.until(lambda: app.known("report-send"))


async def choose(app: Client, seen: Seen) -> None:
    await app.fire(app.within(f"report-{seen.value}", ft.OutlinedButton), "click")


async def write(app: Client, identifier: str, words: str) -> None:
    await app.change(app.within(identifier, ft.TextField), words)


async def send(app: Client) -> None:
    await app.fire(app.within("report-send", ft.FilledButton), "click")


async def sent(app: Client) -> KeptReport:
    """Send off what is in the form; the report's page is shown."""
    await send(app)
    await app.until(lambda: app.known("report-state"))
    (kept,) = app.session.device.reports.reports(NOBODY)
    assert app.page.route == f"/reports/{kept.report.id}"
    return kept


async def test_a_report_carries_what_was_said_and_what_the_verdict_was_about(workspace: Workspace) -> None:
    app = Client(workspace, answers={"pick_files": files(picture())})
    async with app:
        await open_form(app, f"/report?gtin={GTIN}&scanned=http%3A%2F%2Fx.example%2F%3Fa%3D1%26b&scanned=2")
        assert app.says("Bạn thấy điều gì?")
        await choose(app, Seen.LOOKS_COPIED)
        await choose(app, Seen.SHOWS_STARS)
        await choose(app, Seen.PAST_DATE)
        await choose(app, Seen.PAST_DATE)
        await write(app, "report-place", "Chợ Cửa Sông ")
        await write(app, "report-text", "Tem in mờ")
        await write(app, "report-contact", "0912 345 678")
        await app.fire(app.within("report-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.find(ft.Image))
        body = (await sent(app)).report.body
        said = {name: body[name] for name in ("what", "place", "text", "contact", "gtin", "scanned", "account")}
        assert said == {
            "what": ["shows_stars", "looks_copied"],
            "place": "Chợ Cửa Sông",
            "text": "Tem in mờ",
            "contact": "0912 345 678",
            "gtin": GTIN,
            "scanned": ["http://x.example/?a=1&b", "2"],
            "account": None,
        }
        assert len(body["files"]) == 1
        assert app.session.device.reports.drafts(NOBODY) == []


async def test_after_sending_the_page_is_honest_and_gives_the_address(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await open_form(app)
        await choose(app, Seen.OTHER)
        kept = await sent(app)
        assert app.says("Đã giữ trên máy này")
        assert app.says("tự gửi khi có mạng")
        assert kept.address is None
        assert app.says("Máy này chưa biết máy chủ nào")
        book = app.session.device.reports
        book.address_to("https://so.example", {"https://so.example"})
        await app.until(lambda: app.known("report-address"))
        kept = book.reports(NOBODY)[0]
        assert kept.address
        assert kept.address.startswith(f"https://so.example/report/{kept.report.id}#")
        assert app.within("report-address", ft.Text).value == kept.address
        copy = app.within("report-copy", ft.FilledTonalButton)
        assert copy.action == ft.CopyToClipboard(kept.address)
        await app.fire(copy, "click")
        assert app.says("Đã sao chép.")
        book.records.record_receipt(Receipt(kept.report.id, kept.report.sha256, NOW))
        await app.until(lambda: app.says("Văn phòng đã nhận báo cáo của bạn lúc"))


async def test_a_report_that_says_nothing_is_not_sent_and_that_is_told(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await open_form(app)
        await write(app, "report-place", "Ở chợ")
        await send(app)
        await app.until(lambda: app.says("Hãy chọn điều bạn thấy"))
        assert app.session.device.reports.reports(NOBODY) == []


async def test_what_is_in_the_form_survives_a_restart_and_is_found_in_the_list(open_workspace: Open) -> None:
    address = f"/report?gtin={GTIN}"
    async with Client(open_workspace()) as app:
        await open_form(app, address)
        await choose(app, Seen.LOOKS_COPIED)
        await write(app, "report-place", "Chợ Hạ Long")
        await app.until(lambda: any(d.place for d in app.session.device.reports.drafts(NOBODY)))
    async with Client(open_workspace(), route=address) as app:
        await app.until(lambda: app.known("report-place"))
        assert app.within("report-place", ft.TextField).value == "Chợ Hạ Long"
        assert next(s for s in app.known("report-looks_copied")).checked
        await app.go("/reports")
        await app.until(lambda: app.known("report-row"))
        assert app.says("Chưa gửi đi")
        await app.fire(app.within("report-row", ft.ListTile), "click")
        await app.until(lambda: app.known("report-place"))
        await app.tap(ft.TextButton, "Bỏ báo cáo này")
        await app.tap(ft.FilledButton, "Bỏ")
        await app.until(lambda: app.says("Chưa có báo cáo nào"))


async def test_the_list_and_the_page_show_what_the_office_said(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await open_form(app)
        await choose(app, Seen.OTHER)
        report = (await sent(app)).report
        said = Event(new_id(), report.id, NOW, "decided", "Đã thu hồi lô hàng.", "Số 12/QĐ", "report")
        app.session.device.reports.keep_answer(ReportAnswer(report.id, NOW, "decided", (said,)))
        await app.until(lambda: app.says("Đã thu hồi lô hàng."))
        assert app.says("Số 12/QĐ")
        await app.go("/reports")
        await app.until(lambda: app.known("report-row"))
        assert app.says("Cơ quan đã quyết định")


async def test_a_refused_report_says_why_and_can_be_taken_along_without_its_secret(workspace: Workspace) -> None:
    app = Client(workspace, answers={"save_file": "/tmp/x.zip"})
    async with app:
        await open_form(app)
        await choose(app, Seen.OTHER)
        await write(app, "report-text", "Lời kể")
        kept = await sent(app)
        book = app.session.device.reports
        book.address_to("https://so.example", {"https://so.example"})
        book.records.record_refusal(kept.report.id, "bad_request", "no")
        await app.until(lambda: app.says("Xuất báo cáo này"))
        assert app.says("Máy chủ không đọc được")
        await app.tap(ft.OutlinedButton, "Xuất báo cáo này")
        await app.until(lambda: app.called("save_file"))
        archive = app.called("save_file")[0]["src_bytes"]
        address = book.reports(NOBODY)[0].address
        assert address
        assert address.partition("#")[2].encode() not in archive
        copy = app.one(ft.OutlinedButton, "Sao chép báo cáo").action
        assert isinstance(copy, ft.CopyToClipboard)
        assert "Lời kể" in copy.data
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.says("tự gửi khi có mạng"))


async def test_the_server_that_is_known_gives_the_address_at_once(workspace: Workspace) -> None:
    workspace.registry = Registry("http://127.0.0.1:9")
    async with Client(workspace) as app:
        await open_form(app)
        await choose(app, Seen.OTHER)
        kept = await sent(app)
        assert kept.address
        assert kept.address.startswith("http://127.0.0.1:9/report/")
        assert app.within("report-address", ft.Text).value == kept.address


async def test_where_the_device_is_is_added_to_the_words(workspace: Workspace) -> None:
    here = {"latitude": 20.9501234567, "longitude": 107.0812345678, "accuracy": 12.34}
    app = Client(workspace, answers={"request_permission": "whileInUse", "get_current_position": here})
    async with app:
        await open_form(app)
        await write(app, "report-place", "Chợ")
        await app.fire(app.within("report-place", ft.IconButton), "click")
        await app.until(lambda: "107" in app.within("report-place", ft.TextField).value)
        app.answers["request_permission"] = "denied"
        await app.fire(app.within("report-place", ft.IconButton), "click")
        await app.until(lambda: app.says("Không lấy được vị trí"))
        await choose(app, Seen.OTHER)
        assert (await sent(app)).report.place == "Chợ\n20.95012, 107.08124 (± 12 m)"


async def test_photos_are_removed_and_what_is_no_photo_is_named(workspace: Workspace) -> None:
    app = Client(workspace, answers={"pick_files": files(picture(), picture("blue"), b"%PDF-1.7", picture())})
    async with app:
        await open_form(app)
        await app.fire(app.within("report-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("Đã thêm 2 trong 4 ảnh"))
        await app.tap(ft.FilledButton, "Đóng")
        removing = [button for button in app.find(ft.IconButton) if button.tooltip == "Bỏ ảnh 1"]
        await app.fire(removing[0], "click")
        await app.until(lambda: len(app.session.device.reports.drafts(NOBODY)[0].photos) == 1)
        await app.until(lambda: len(app.find(ft.Image)) == 1)


async def test_what_a_handheld_scanner_types_into_a_field_is_taken_out(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await open_form(app)
        await write(app, "report-text", "Tem mờ8938505970127\n")
        take_out = app.session.scanning.take_out
        assert take_out
        take_out("8938505970127")
        await app.until(lambda: app.within("report-text", ft.TextField).value == "Tem mờ")


async def test_a_form_whose_report_was_sent_in_another_window_says_so(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await open_form(app)
        await choose(app, Seen.OTHER)
        device = app.session.device
        await app.until(lambda: device.reports.drafts(NOBODY))
        draft = device.reports.drafts(NOBODY)[0]
        device.reports.sign(draft, account=None, viewer=NOBODY, device=device.id, now=NOW, clock_offset=None, site=None)
        await write(app, "report-text", "Thêm")
        await app.until(lambda: app.says("Báo cáo này không còn được viết nữa"))
