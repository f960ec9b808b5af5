"""The pack in the person's hand: its label's stars, its other code, where its code leads."""

from __future__ import annotations

import flet as ft
import pytest

from services.workspace import Workspace
from tests.views.headless import Client
from views.parts.question import Question, Scanned

CERTIFIED, ENDED = "9520007900017", "9520021000021"
"""The first has four stars."""


def address(*codes: Scanned, one_pack: bool = False) -> str:
    return Question(codes, one_pack).address


def typed(*numbers: str) -> tuple[Scanned, ...]:
    return tuple((number, "typed") for number in numbers)


async def choose(app: Client, stars: str) -> None:
    button = app.within("label-stars", ft.SegmentedButton)
    await app.choose(button, "selected", [stars])


async def test_a_label_with_more_stars_than_the_certificate_is_told(workspace: Workspace) -> None:
    async with Client(workspace, route=address(*typed(CERTIFIED))) as app:
        await choose(app, "5")
        await app.until(lambda: app.verdict == "Số sao không khớp")
        assert app.says("Nhãn ghi 5 sao; giấy chứng nhận đang có hiệu lực là 4 sao.")
        assert app.within("label-stars", ft.SegmentedButton).selected == ["5"]
        await choose(app, "4")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await choose(app, "0")
        await app.until(lambda: app.within("label-stars", ft.SegmentedButton).selected == ["0"])
        assert app.verdict == "Chứng nhận còn hiệu lực"


async def test_stars_are_not_asked_of_what_names_no_product(workspace: Workspace) -> None:
    async with Client(workspace, route=address(("https://la.example/1", "QR Code"))) as app:
        assert not app.known("label-stars")
        assert not app.known("compare")


async def test_another_code_of_the_pack_is_scanned_and_compared(workspace: Workspace) -> None:
    async with Client(workspace, route=address(*typed(CERTIFIED))) as app:
        await choose(app, "4")
        await app.until(lambda: app.says("4 sao") and "stars=4" in app.page.route)
        await app.fire(app.within("compare", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("comparing"))
        await app.change(app.within("code-entry", ft.TextField), ENDED)
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        await app.until(lambda: app.verdict == "Các mã không khớp nhau")
        assert app.says("một mã là 9520007900017, mã khác là 9520021000021")
        assert app.says("Mã khác trên bao bì này")
        assert app.session.scanning.compared is None
        assert app.within("label-stars", ft.SegmentedButton).selected == ["4"]


async def test_two_codes_of_one_product_are_no_mismatch(workspace: Workspace) -> None:
    link = f"https://id.ocop.example/01/0{CERTIFIED}"
    async with Client(workspace, route=address((link, "QR Code"), *typed(CERTIFIED), one_pack=True)) as app:
        assert app.verdict == "Chứng nhận còn hiệu lực"


async def test_comparing_can_be_stopped(workspace: Workspace) -> None:
    async with Client(workspace, route=address(*typed(CERTIFIED))) as app:
        await app.fire(app.within("compare", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("comparing"))
        await app.fire(app.within("comparing", ft.IconButton), "click")
        await app.until(lambda: not app.known("comparing"))
        await app.change(app.within("code-entry", ft.TextField), ENDED)
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")


async def test_codes_of_one_picture_may_be_said_to_be_on_one_pack(workspace: Workspace) -> None:
    async with Client(workspace, route=address(*typed(CERTIFIED, ENDED))) as app:
        assert app.verdict == "Chứng nhận còn hiệu lực", "they may be on two packs"
        (button,) = app.find(ft.OutlinedButton, "Tất cả ở trên một bao bì")
        await app.fire(button, "click")
        await app.until(lambda: app.verdict == "Các mã không khớp nhau")
        others = app.find(ft.ListTile)
        assert len(others) == 1
        await app.fire(others[0], "click")
        await app.until(lambda: app.says("một mã là 9520021000021, mã khác là 9520007900017"))


async def test_an_element_string_is_shown_as_it_is_printed(workspace: Workspace) -> None:
    text = f"]d2010{CERTIFIED}10L42\x1d21A7"
    async with Client(workspace, route=address((text, "Data Matrix"))) as app:
        assert app.find(ft.Text, f"(01)0{CERTIFIED}(10)L42(21)A7")


@pytest.mark.parametrize(
    ("link", "domain", "said"),
    [
        ("https://tem.la.example/1?utm_source=x", "la.example", "Sổ đăng ký không biết la.example"),
        ("http://198.51.100.7/1", "198.51.100.7", "chỉ gồm các con số"),
        ("https://ocop.example@la.example/1", "la.example", "tên người dùng đứng trước"),
    ],
)
async def test_an_address_is_opened_only_after_it_was_shown_whole_and_asked_about(
    workspace: Workspace, link: str, domain: str, said: str
) -> None:
    async with Client(workspace, route=address((link, "QR Code"))) as app:
        assert app.says(said)
        assert app.find(ft.Text, link)
        assert app.find(ft.Text, domain)
        await app.fire(app.within("open-link", ft.TextButton), "click")
        await app.until(lambda: app.find(ft.Text, f"Mở {domain}?"))
        assert len([text for text in app.find(ft.Text) if said in str(text.value)]) == 2, "on the screen and when asked"
        (button,) = [b for b in app.find(ft.TextButton, "Mở") if b.url]
        assert isinstance(button.url, ft.Url)
        assert "utm_source" not in button.url.url
        await app.fire(app.find(ft.TextButton, "Hủy")[0], "click")
