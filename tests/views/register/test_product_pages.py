"""Tiles and the table, the pane beside the list, and the pages of products and producers, all from the copy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import flet as ft
import pytest

from services.register.catalogue import Catalogue
from services.workspace import Workspace
from tests.services.register.test_lookup import REGISTER, made
from tests.views.conftest import Open
from tests.views.headless import Client, _walk
from tests.views.register.test_register_screen import certificate, listed, names
from views.design import CHOSEN

STORY = {
    "story": "Làm từ năm 2009.", "story_en": "Made since 2009.", "site": "https://nui.example/hoa",
    "shops": [{"name": "Chợ Hạ Long", "address": "Bạch Đằng", "url": "https://cho.example"}],
}  # fmt: skip


def by(number: int, name: str, **fields: Any) -> dict[str, Any]:
    return {"producer": {"id": number, "name": name, "address": "Thôn 1", "phone": "0203 000 9530", **fields}}


def shown(n: int, *kinds: str) -> list[dict[str, Any]]:
    return [{"sha256": f"{n}{at}" * 32, "shows": kind, "width": 1600, "height": 1200} for at, kind in enumerate(kinds)]


PRODUCTS = [
    made(11, "Chả mực", "ha-long", "06685", certificates=[certificate(400, stars=5)], **by(7, "HTX Hoa Núi", **STORY)),
    made(28, "Chè hoa", "tien-yen", None, certificates=[certificate(40)], **by(7, "HTX Hoa Núi", **STORY)),
    made(35, "Mật ong", "ha-long", "06685", certificates=[certificate(-20)], **by(8, "Cơ sở Gia Quang")),
    made(42, "Nem chua", "cam-pha", "06799", certificates=[certificate(400, withdrawn=True)], **by(9, "Nem Năm")),
]
PRODUCTS[0]["pictures"] = shown(1, "pack", "label", "place")
SQUID = "/p/09520000000011"


@pytest.fixture
def workspace(open_workspace: Open) -> Workspace:
    workspace = open_workspace()
    workspace.catalogue.replace_all(PRODUCTS, "1", REGISTER, datetime.now(UTC), source="https://so.example")
    return workspace


def icons(app: Client, icon: ft.IconData) -> int:
    return len([one for one in app.find(ft.Icon) if one.icon == icon])


async def test_a_phone_has_tiles_with_hollow_stars_where_a_certificate_has_ended(workspace: Workspace) -> None:
    async with Client(workspace, route="/register?sort=-name") as app:
        await listed(app, "Nem chua", "Mật ong", "Chè hoa", "Chả mực")
        assert (icons(app, ft.Icons.STAR), icons(app, ft.Icons.STAR_BORDER)) == (8, 6)
        assert [each.label for each in app.find(ft.Semantics) if "sao" in (each.label or "")][:2] == [
            "Từng đạt 3 sao"
        ] * 2
        assert app.find(ft.Text, "Sắp hết hạn"), "short to see"
        assert app.find(ft.Text, "Chứng nhận sắp hết hạn"), "and whole to hear"
        rows = [row for row in app.find(ft.Row) if row.intrinsic_height]
        assert [len(row.controls) for row in rows] == [2, 2], "two columns"
        await app.fire(app.find(ft.ListTile)[3], "click")
        await app.until(lambda: app.page.route == SQUID and app.verdict == "Chứng nhận còn hiệu lực")
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        await listed(app, "Nem chua", "Mật ong", "Chè hoa", "Chả mực")


async def test_a_wide_window_has_a_table_that_sorts_and_shows_the_chosen_product_beside(workspace: Workspace) -> None:
    async with Client(workspace, route="/register?stars=9&sort=x", width=1280) as app:
        await listed(app, "Chả mực", "Chè hoa", "Mật ong", "Nem chua")
        await app.fire(app.within("sort-stars", ft.TextButton), "click")
        await app.until(lambda: app.page.route == "/register?sort=-stars")
        await app.fire(app.within("sort-end", ft.TextButton), "click")
        await listed(app, "Mật ong", "Chè hoa", "Chả mực", "Nem chua")
        await app.fire(app.find(ft.ListTile)[1], "click")
        await app.until(lambda: app.known("product-pane"))
        assert app.page.route == "/register?sort=end&product=09520000000028"
        assert app.verdict == "Chứng nhận sắp hết hạn"
        assert [tile.bgcolor == CHOSEN for tile in app.find(ft.ListTile)[:4]] == [False, True, False, False]
        await app.choose(app.within("register-shape", ft.SegmentedButton), "selected", ["tiles"])
        await app.until(lambda: app.page.route == "/register?sort=end&shape=tiles&product=09520000000028")
        await app.go("/register?sort=end")
        await app.until(lambda: not app.known("product-pane"))
        assert names(app)[0] == "Mật ong"


async def test_a_products_page_says_what_the_copy_says_and_leads_on(workspace: Workspace) -> None:
    async with Client(workspace, route=SQUID) as app:
        await app.until(lambda: app.known("near-by"))
        for words in ("Chả mực", "OCOP 5 sao", "9520000000011", "HTX Hoa Núi", "1/3 ảnh", "Chợ Hạ Long", "12/QĐ-UBND"):
            assert app.says(words), words
        assert app.says("phường Hồng Gai (trước 01/07/2025: thành phố Hạ Long)")
        assert app.says("1 sản phẩm khác")
        assert app.find(ft.Text, "Chè hoa"), "of the same producer"
        assert app.find(ft.Text, "Mật ong"), "near by"
        assert not app.find(ft.Text, "Nem chua")
        share = app.one(ft.FilledButton, "Chia sẻ trang này").action
        assert share.text == "Chả mực\nhttps://so.example/p/09520000000011"
        assert app.within("copy-address", ft.OutlinedButton).action.data == "https://so.example/p/09520000000011"
        small = [
            each for each in _walk(app.known("product-pictures")[0]) if isinstance(each, ft.Container) and each.ink
        ]
        await app.fire(small[1], "click")
        await app.until(lambda: app.says("2/3 ảnh"))
        await app.fire(app.within("report-product", ft.OutlinedButton), "click")
        await app.until(lambda: app.page.route == "/report?gtin=09520000000011")
        await app.go(SQUID)
        await app.until(lambda: app.known("verdict"))
        await app.fire(app.within("verdict", ft.Container), "click")
        await app.until(lambda: app.page.route == "/register/verdict?c=09520000000011&s=typed")


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("/p/09529999999993", "product-unknown"),
        ("/p/nothing", "product-unknown"),
        ("/producer/3", "producer-unknown"),
        ("/producer/x", "producer-unknown"),
        (f"/producer/{'9' * 30}", "producer-unknown"),
    ],
)
async def test_an_unknown_number_is_told_calmly(workspace: Workspace, address: str, identifier: str) -> None:
    async with Client(workspace, route=address) as app:
        await app.until(lambda: app.known(identifier))
        assert not app.verdict
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        await app.until(lambda: app.known("register-row"))


async def test_a_producers_page_asks_before_it_opens_a_site(workspace: Workspace) -> None:
    async with Client(workspace, route="/producer/7") as app:
        await listed(app, "Chả mực", "Chè hoa")
        for words in ("HTX Hoa Núi", "Làm từ năm 2009.", "0203 000 9530", "https://nui.example/hoa", "2 sản phẩm"):
            assert app.says(words), words
        assert app.one(ft.TextButton, "Gọi").url == "tel:02030009530"
        await app.fire(app.within("producer-site", ft.TextButton), "click")
        await app.until(lambda: app.says("Mở nui.example?"))
        assert app.one(ft.TextButton, "Mở").url.url == "https://nui.example/hoa"
        workspace.device("local").settings.change(language="en")
    async with Client(workspace, route="/producer/7") as app:
        await app.until(lambda: app.says("Made since 2009."))


async def test_a_producers_tiles_follow_the_window(workspace: Workspace) -> None:
    async with Client(workspace, route="/producer/7") as app:
        await listed(app, "Chả mực", "Chè hoa")
        box = next(one for one in app.find(ft.Container) if one.on_size_change and isinstance(one.content, ft.Column))
        for width, picture in ((380, 186), (780, 254)):
            await app.fire(box, "size_change", {"w": float(width), "h": 700.0})
            await app.until(lambda: any(one.width == picture for one in app.find(ft.Container)))  # noqa: B023


async def test_with_a_clock_that_is_behind_a_page_says_dates_and_no_state(open_workspace: Open) -> None:
    workspace = open_workspace()
    workspace.catalogue.replace_all(PRODUCTS, "1", REGISTER, datetime.now(UTC) + timedelta(days=401))
    async with Client(workspace, route=SQUID) as app:
        await app.until(lambda: app.known("dates-only"))
        assert app.verdict == "Chưa thể kết luận: ngày giờ trên máy sai"
        assert icons(app, ft.Icons.STAR) + icons(app, ft.Icons.STAR_BORDER) == 0
        assert app.says("12/QĐ-UBND")
        assert not app.known("share"), "no server is known that has the page"


async def test_the_way_from_one_product_to_another_and_back_to_the_list_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with Client(workspace, route="/register") as app:
        await listed(app, "Chả mực", "Chè hoa", "Mật ong", "Nem chua")
        await app.go(SQUID)
        await app.until(lambda: app.known("same-producer"))
        small = [
            each for each in _walk(app.known("product-pictures")[0]) if isinstance(each, ft.Container) and each.ink
        ]
        await app.fire(small[2], "click")
        await app.until(lambda: app.says("3/3 ảnh"))
        await app.fire(app.within("same-producer", ft.ListTile), "click")
        await app.until(lambda: app.within("product-name", ft.Text).value == "Chè hoa")
        await app.go(SQUID)
        await app.until(lambda: app.says("1/3 ảnh"))
        searched: list[str] = []
        monkeypatch.setattr(Catalogue, "find", lambda _self, query, *_a, **_o: searched.append(query))
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        await listed(app, "Chả mực", "Chè hoa", "Mật ong", "Nem chua")
        assert not searched, "it has stayed below the page"
        app.session.search.show_more()
        app.session.state.notify()
        await app.settle()
        assert "could not be drawn" not in caplog.text, "pictures that have come are drawn by themselves"
