"""The verdict as it is told on the screen, for the codes in the address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import flet as ft
import pytest

from services.notes.content import NotedCode
from services.workspace import Workspace
from tests.views.conftest import INDEX, Open, fill, today
from tests.views.headless import Client
from views.design import Tone
from views.parts.question import Question, Scanned
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS

VI = Texts("vi")
BY_STATUS = {label["status"]: label for label in INDEX}
REASON = {
    "certified": "hạng 4 sao, có hiệu lực đến",
    "certificate_expires_soon": "còn 40 ngày",
    "certificate_expired": "chưa thấy giấy mới hơn",
    "withdrawn": "Sai công thức.",
    "not_registered": "Mã số 9529999999993 viết đúng",
    "malformed": "Số kiểm tra sai",
}


def verdict_address(codes: list[Scanned]) -> str:
    """The address of the verdict on these codes."""
    return Question(tuple(codes)).address


def address(*statuses: str) -> str:
    """The address of the verdict on the QR codes of these labels."""
    codes = [BY_STATUS[status]["texts"][0] for status in statuses]
    return verdict_address([(code["text"], code["symbology"]) for code in codes])


@pytest.mark.parametrize("label", INDEX, ids=lambda label: label["status"])
@pytest.mark.parametrize("place", [0, -1], ids=["first code", "last code"])
async def test_each_label_gets_its_word_its_reasons_and_its_product(
    workspace: Workspace, label: dict[str, Any], place: int
) -> None:
    code = label["texts"][place]
    async with Client(workspace, route=verdict_address([(code["text"], code["symbology"])])) as app:
        status = next(status for status in STATUS if status.value == label["status"])
        assert app.verdict == VI.gettext(STATUS[status][0])
        assert app.says(REASON[label["status"]])
        assert app.says(code["text"])
        known = label["status"] in ("certified", "certificate_expires_soon", "certificate_expired", "withdrawn")
        assert bool(app.known("product-name")) == known
        assert app.says("không chứng minh hàng đúng là của cơ") == known, "a code can be copied"
        if known:
            assert app.within("product-name", ft.Text).value == f"Chả mực {label['file']}"
            assert app.find(ft.Text, "Dữ liệu mẫu")
            assert app.says("HTX Hoa Núi")
            assert app.says("xã Lương Minh (trước 01/07/2025: huyện Ba Chẽ)")
        stars = label["status"] in ("certified", "certificate_expires_soon")
        assert app.says("OCOP 4 sao") == stars, "stars that have lapsed are not shown"


def test_every_status_a_label_can_have_is_tried() -> None:
    assert set(REASON) == set(BY_STATUS)


@pytest.mark.parametrize(
    ("status", "chip"),
    [
        ("certified", "Còn hiệu lực"),
        ("certificate_expired", "Hết hạn"),
        ("withdrawn", "Đã thu hồi"),
    ],
)
async def test_a_certificate_bears_its_state(workspace: Workspace, status: str, chip: str) -> None:
    async with Client(workspace, route=address(status)) as app:
        assert app.find(ft.Text, chip)
        assert app.says("Giấy chứng nhận 12/QĐ-UBND")


async def test_a_certificate_bears_that_it_will_be_withdrawn_and_the_verdict_says_so_too(open_workspace: Open) -> None:
    workspace, ahead = open_workspace(), today() + timedelta(days=30)
    fill(workspace, withdrawn_on=ahead)
    async with Client(workspace, route=address("certified")) as app:
        assert app.verdict == "Chứng nhận còn hiệu lực"
        assert app.says(f"Giấy chứng nhận 12/QĐ-UBND sẽ bị thu hồi từ ngày {ahead:%d/%m/%Y}.")
        assert app.find(ft.Text, f"Còn hiệu lực, sẽ bị thu hồi từ ngày {ahead:%d/%m/%Y}")
        assert app.says("OCOP 4 sao")
        assert not app.find(ft.Text, "Đã thu hồi")


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("certified", "Chưa thể kết luận: ngày giờ trên máy sai"),
        ("certificate_expires_soon", "Chưa thể kết luận: ngày giờ trên máy sai"),
        ("certificate_expired", "Chưa thể kết luận: ngày giờ trên máy sai"),
        ("withdrawn", "Chứng nhận đã bị thu hồi"),
    ],
)
async def test_with_a_clock_that_is_behind_no_certificate_is_coloured(
    open_workspace: Open, status: str, word: str
) -> None:
    """The copy is of a day 400 days after the one of the device's clock."""
    workspace = open_workspace()
    fill(workspace, as_of=datetime.now(UTC) + timedelta(days=400))
    async with Client(workspace, route=address(status)) as app:
        assert app.verdict == word
        for state in ("Còn hiệu lực", "Hết hạn", "Đã thu hồi", "Chưa có hiệu lực"):
            assert not app.find(ft.Text, state), state
        assert not [icon for icon in app.find(ft.Icon) if icon.icon == ft.Icons.STAR], "no stars shine"
        assert app.within("dates-only", ft.Text).value.startswith("Không thể tin ngày giờ trên máy này.")
        assert app.says("Giấy chứng nhận 12/QĐ-UBND")
        last = today() + timedelta(days={"certificate_expires_soon": 40, "certificate_expired": -20}.get(status, 400))
        assert app.says(f"đến {last:%d/%m/%Y}"), "the dates are said"
        withdrawn_on = f"Ngày thu hồi: {today() - timedelta(days=5):%d/%m/%Y}"
        assert app.says(withdrawn_on) == (status == "withdrawn")


async def test_the_banner_says_it_once_by_word_icon_and_colour(workspace: Workspace) -> None:
    async with Client(workspace, route=address("withdrawn")) as app:
        (banner,) = app.known("verdict")
        assert banner.live_region
        assert banner.exclude_semantics, "else a screen reader says the word twice"
        assert app.within("verdict", ft.Text).value == banner.label
        assert app.within("verdict", ft.Icon).icon == ft.Icons.DANGEROUS
        assert STATUS[next(s for s in STATUS if s.value == "withdrawn")][1] is Tone.BAD


async def test_a_phone_announces_the_verdict_and_a_browser_leaves_it_to_the_live_region(workspace: Workspace) -> None:
    async with Client(workspace, route=address("certified")) as app:
        await app.until(lambda: app.called("announce_message"))
        assert app.called("announce_message")[0]["message"] == "Chứng nhận còn hiệu lực"
    async with Client(workspace, web=True, route=address("certified")) as app:
        await app.settle()
        assert not app.called("announce_message")


async def test_the_next_verdict_is_announced_too(workspace: Workspace) -> None:
    async with Client(workspace, route=address("certified")) as app:
        await app.until(lambda: app.called("announce_message"))
        await app.go(address("certificate_expired"))
        await app.until(lambda: len(app.called("announce_message")) == 2)
        assert app.called("announce_message")[1]["message"] == "Chứng nhận đã hết hạn"


async def test_of_several_codes_in_one_picture_the_products_come_first(workspace: Workspace) -> None:
    async with Client(workspace, route=address("not_registered", "certificate_expired", "malformed")) as app:
        assert app.verdict == "Chứng nhận đã hết hạn"
        assert app.says("Cũng có trong ảnh")
        others = app.find(ft.ListTile)
        assert len(others) == 2
        assert app.find(ft.Text, "Không có trong sổ đăng ký")
        assert app.find(ft.Text, "Mã sai")
        await app.fire(others[1], "click")
        await app.until(lambda: app.verdict == "Mã sai")
        assert not app.says("Cũng có trong ảnh")


@pytest.mark.parametrize("query", ["", "?", "?c=1", "?s=typed"])
async def test_an_address_without_a_code_says_so(workspace: Workspace, query: str) -> None:
    async with Client(workspace, route=f"/verdict{query}") as app:
        assert app.verdict is None
        assert app.says("Chưa quét mã nào.")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("https://la.example/qr/1", "Đường dẫn lạ"),
        ("xin chào", "Không phải mã sản phẩm"),
        ("9520007900018", "Mã sai"),
        ("(01)09520007900017(10)L1(17)200101", "Chứng nhận còn hiệu lực"),
        ("\x00\ud7ff {number} %s <b>", "Không phải mã sản phẩm"),
    ],
)
async def test_whatever_a_code_says_gets_a_verdict(workspace: Workspace, text: str, word: str) -> None:
    async with Client(workspace, route=verdict_address([(text, "QR Code")])) as app:
        assert app.verdict == word


async def test_what_a_code_says_beside_the_number_is_shown(workspace: Workspace) -> None:
    route = verdict_address([("(01)09520007900017(10)L1(21)S9(17)200102", "QR Code")])
    async with Client(workspace, route=route) as app:
        for words in ("Số lô", "L1", "Số sê-ri", "S9", "Hạn dùng", "02/01/2020"):
            assert app.find(ft.Text, words), words
        assert app.says("Ngày ghi trong mã, 02/01/2020, đã qua.")


async def test_an_address_in_a_code_is_shown_whole_with_its_host_and_not_opened(workspace: Workspace) -> None:
    async with Client(workspace, route=verdict_address([("https://la.example/qr/1?x=2", "QR Code")])) as app:
        assert app.find(ft.Text, "https://la.example/qr/1?x=2")
        assert app.find(ft.Text, "la.example")
        assert app.says("Địa chỉ này chưa được mở.")
        assert not app.called("launch_url")


async def test_without_a_copy_nothing_is_said_of_the_product(open_workspace: Open) -> None:
    async with Client(open_workspace(), route=address("certified")) as app:
        assert app.verdict == "Không có trong dữ liệu trên máy này"
        assert app.says("chưa có bản sao sổ đăng ký nên chưa nói được gì")


async def test_an_old_copy_accuses_nobody(open_workspace: Open) -> None:
    workspace = open_workspace()
    fill(workspace, as_of=datetime.now(UTC) - timedelta(days=45))
    async with Client(workspace, route=address("certificate_expired")) as app:
        assert app.verdict == "Chưa kết luận được: dữ liệu trên máy đã cũ"
        assert app.says("Bản sao trên máy này đã cũ 45 ngày.")


async def test_a_fresher_copy_changes_the_verdict_on_the_screen(open_workspace: Open) -> None:
    workspace = open_workspace()
    async with Client(workspace, route=address("certified")) as app:
        assert app.verdict == "Không có trong dữ liệu trên máy này"
        fill(workspace)
        workspace.fetcher.wake()
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_the_verdict_leads_to_a_note_that_holds_it(workspace: Workspace) -> None:
    async with Client(workspace, route=address("withdrawn")) as app:
        await app.fire(app.within("write-note", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("note-text"))
        (draft,) = app.session.device.notebook.drafts()
        assert draft.product_name == "Chả mực withdrawn.png"
        text = "https://truyxuat.example/qn/lo/dff4fe52/L427"
        assert draft.code == NotedCode(text, "QR Code", gtin="09520010800014")
        assert draft.verdict is not None
        assert (draft.verdict.status, draft.verdict.reasons) == ("withdrawn", ("certificate_withdrawn",))
        assert app.find(ft.Text, "Chứng nhận đã bị thu hồi"), "the note shows it"


async def test_the_way_on_leads_to_the_next_scan(workspace: Workspace) -> None:
    async with Client(workspace, route=address("certified")) as app:
        await app.tap(ft.FilledButton, "Quét tiếp")
        await app.until(lambda: app.page.route == "/scan" and app.known("code-entry"))


async def test_it_is_told_in_english_with_dates_that_nobody_misreads(workspace: Workspace) -> None:
    workspace.device("local").settings.change(language="en")
    async with Client(workspace, route=address("certificate_expires_soon")) as app:
        assert app.verdict == "Certificate expires soon"
        last = today() + timedelta(days=40)
        assert app.says(f"ends on {Texts('en').day(last)}, in 40 days.")
