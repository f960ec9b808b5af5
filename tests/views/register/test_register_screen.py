"""Looking products up without a code: words, filters, what is found, and the way to the verdict and back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import flet as ft
import pytest

from services.register.catalogue import Catalogue
from services.register.localities import PlaceByDate
from services.register.products import Locality
from services.workspace import Workspace
from tests.services.register.test_lookup import LOCALITIES, REGISTER, made
from tests.views.conftest import Open, today
from tests.views.headless import Client, _walk
from views.parts import sought
from views.parts.place_words import place_words, short_place_words
from views.parts.texts import Texts


def certificate(days: int, *, stars: int = 3, withdrawn: bool = False) -> dict[str, Any]:
    """One that ends so many days from today on."""
    last = today() + timedelta(days)
    return {
        "number": "12/QĐ-UBND",
        "stars": stars,
        "decision": "148/QĐ-TTg",
        "issuer": "UBND tỉnh",
        "valid_from": (last - timedelta(days=1095)).isoformat(),
        "valid_to": last.isoformat(),
        "withdrawn_on": (today() - timedelta(days=5)).isoformat() if withdrawn else None,
        "withdrawn_reason": None,
    }


# The GTINs' check digits are right: 09520000000011 and so on.
PRODUCTS = [
    made(11, "Chả mực", "ha-long", "06685", certificates=[certificate(400, stars=5)]),
    made(28, "Chè hoa", "tien-yen", None, group="thuc_pham", certificates=[certificate(40)]),
    made(35, "Mật ong", None, "06799", certificates=[certificate(-20)]),
    made(42, "Nem chua", "cam-pha", "06799", certificates=[certificate(400, withdrawn=True)]),
    made(59, "Rượu ba kích", "ha-long", None, certificates=[]),
]


@pytest.fixture
def workspace(open_workspace: Open) -> Workspace:
    workspace = open_workspace()
    workspace.catalogue.replace_all(PRODUCTS, "1", REGISTER, datetime.now(UTC))
    return workspace


def names(app: Client) -> list[str]:
    """The products that are listed, in order."""
    return [next(c for c in _walk(row) if isinstance(c, ft.Text)).value for row in app.known("register-row")]


async def listed(app: Client, *wanted: str) -> None:
    await app.until(lambda: names(app) == list(wanted))


async def choose(app: Client, filter_: str, words: str) -> None:
    """Choose from a filter's menu."""
    menu = app.within(filter_, ft.PopupMenuButton)
    (choice,) = [choice for choice in menu.items if choice.content == words]
    await app.fire(choice, "click")


async def tap_place(app: Client, name: str) -> None:
    await app.fire(app.row("place-row", name), "click")


async def test_all_products_with_their_place_stars_and_state(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await listed(app, "Chả mực", "Chè hoa", "Mật ong", "Nem chua", "Rượu ba kích")
        assert app.within("register-count", ft.Text).value == "Số sản phẩm tìm thấy: 5"
        words = (
            "HTX Hoa Núi · phường Hồng Gai",
            "HTX Hoa Núi · huyện Tiên Yên (cũ)",
            "HTX Hoa Núi · xã Hải Hòa",
            "Chứng nhận còn hiệu lực",
            "Chứng nhận sắp hết hạn",
            "Chứng nhận đã hết hạn",
            "Chứng nhận đã bị thu hồi",
            "Không có chứng nhận còn hiệu lực",
            "OCOP 5 sao",
            "OCOP 3 sao",
        )
        for said in words:
            assert app.says(said), said
        assert len([icon for icon in app.find(ft.Icon) if icon.icon == ft.Icons.STAR]) == 8, "lapsed stars do not shine"
        assert app.says("Bản sao sổ đăng ký trên máy này, tính đến")
        assert app.says("Dữ liệu mẫu")


async def test_what_is_typed_is_searched_for_after_a_pause(workspace: Workspace, monkeypatch: Any) -> None:
    asked: list[str] = []
    find = Catalogue.find

    def counted(self: Catalogue, query: str, *arguments: Any, **options: Any) -> Any:
        asked.append(query)
        return find(self, query, *arguments, **options)

    monkeypatch.setattr(Catalogue, "find", counted)
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        field = app.within("register-search", ft.TextField)
        await asyncio.gather(*(app.change(field, text) for text in ("c", "ch", "cha", "cha m")))
        await listed(app, "Chả mực")
        assert asked == ["", "cha m"]
        assert app.within("register-search", ft.TextField).value == "cha m", "what was typed stays in the field"
        await app.fire(app.one(ft.IconButton, "Xóa nội dung tìm"), "click")
        await app.until(lambda: len(names(app)) == 5)
        assert app.within("register-search", ft.TextField).value == ""


@pytest.mark.parametrize("change", [lambda app: app.session.shell.notify(), lambda app: app.session.shell.fit(1000)])
async def test_what_is_typed_stays_when_the_screen_is_drawn_anew(
    workspace: Workspace, change: Callable[[Client], None]
) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        typing = asyncio.create_task(app.change(app.within("register-search", ft.TextField), "mat"))
        await app.settle()
        change(app)
        await typing
        await listed(app, "Mật ong")
        assert app.within("register-search", ft.TextField).value == "mat"


async def test_a_search_that_a_newer_one_overtakes_ends_unheard(workspace: Workspace, monkeypatch: Any) -> None:
    begun, ended = threading.Event(), threading.Event()
    find = Catalogue.find

    def slow(self: Catalogue, query: str, *arguments: Any, **options: Any) -> Any:
        if query == "mat":
            begun.set()
            while not options["cancelled"]():
                time.sleep(0.01)
            ended.set()
            options["cancelled"] = lambda: False  # it may have found everything before it looked
        return find(self, query, *arguments, **options)

    monkeypatch.setattr(Catalogue, "find", slow)
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await app.change(app.within("register-search", ft.TextField), "mat")
        await app.until(begun.is_set)
        await app.change(app.within("register-search", ft.TextField), "ruou")
        await listed(app, "Rượu ba kích")
        await app.until(ended.is_set)
        await app.settle(50)
        assert names(app) == ["Rượu ba kích"]


async def test_leaving_the_screen_ends_its_search(workspace: Workspace, monkeypatch: Any) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(self: Catalogue, *arguments: Any, **options: Any) -> None:
        begun.set()
        while not options["cancelled"]():
            time.sleep(0.01)
        ended.set()

    monkeypatch.setattr(Catalogue, "find", endless)
    async with Client(workspace, route="/register") as app:
        await app.until(begun.is_set)
        await app.go("/notes")
        await app.until(ended.is_set)


@pytest.mark.parametrize(
    ("filter_", "words", "found"),
    [
        ("filter-group", "Thực phẩm", ["Chè hoa"]),
        ("filter-stars", "5 sao", ["Chả mực"]),
        ("filter-stars", "4 sao", []),
        ("filter-state", "Chứng nhận còn hiệu lực", ["Chả mực"]),
        ("filter-state", "Chứng nhận sắp hết hạn", ["Chè hoa"]),
        ("filter-state", "Chứng nhận đã hết hạn", ["Mật ong"]),
        ("filter-state", "Chứng nhận đã bị thu hồi", ["Nem chua"]),
        ("filter-state", "Không có chứng nhận còn hiệu lực", ["Rượu ba kích"]),
    ],
)
async def test_each_filter(workspace: Workspace, filter_: str, words: str, found: list[str]) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await choose(app, filter_, words)
        await listed(app, *found)
        chosen = [choice.content for choice in app.within(filter_, ft.PopupMenuButton).items if choice.checked]
        assert chosen == [words]
        await choose(app, filter_, "Tất cả")
        await app.until(lambda: len(names(app)) == 5)
        assert not app.known("filter-clear")


async def test_a_place_is_chosen_by_its_old_name_and_tells_sure_from_possible(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await app.fire(app.within("filter-place", ft.TextButton), "click")
        await app.until(lambda: app.known("place-row"))
        assert len(app.known("place-row")) == 5, "four communes of today, and all places"
        await app.change(app.within("place-search", ft.TextField), "tien yen")
        await app.until(lambda: len(app.known("place-row")) == 2)
        assert app.says("trước đó thuộc: thành phố Cẩm Phả, huyện Tiên Yên")
        await tap_place(app, "xã Hải Hòa")
        await listed(app, "Mật ong", "Nem chua", "Chè hoa")
        for words in (
            "xã Hải Hòa, từ 01/07/2025; trước đó thuộc: thành phố Cẩm Phả, huyện Tiên Yên",
            "Chắc chắn ở xã Hải Hòa: 2",
            "Có thể ở xã Hải Hòa: 1",
        ):
            assert app.says(words), words
        assert app.says("Địa bàn: xã Hải Hòa"), "it is said to who hears the screen"
        await app.fire(app.within("filter-clear", ft.TextButton), "click")
        await app.until(lambda: len(names(app)) == 5)


async def test_the_units_of_before_are_a_list_of_their_own(workspace: Workspace) -> None:
    async with Client(workspace, route="/register/place") as app:
        ages = app.within("place-age", ft.SegmentedButton)
        assert [segment.label.value for segment in ages.segments] == ["Hiện nay", "Trước 01/07/2025"]
        await app.change(app.within("place-search", ft.TextField), "huyen tien yen")
        await app.until(lambda: len(app.known("place-row")) == 2)
        await app.choose(app.within("place-age", ft.SegmentedButton), "selected", ["before"])
        await app.until(lambda: len(app.known("place-row")) == 1)
        assert app.says("nay thuộc: xã Hải Hòa, xã Tiên Yên")
        await tap_place(app, "huyện Tiên Yên")
        await listed(app, "Chè hoa", "Mật ong")
        assert app.says("huyện Tiên Yên, đến hết 30/06/2025; nay thuộc: xã Hải Hòa, xã Tiên Yên")
        assert app.says("Có thể ở huyện Tiên Yên: 1")


async def test_a_place_that_is_not_in_this_list_is_pointed_to_in_the_other(workspace: Workspace) -> None:
    async with Client(workspace, route="/register/place") as app:
        await app.change(app.within("place-search", ft.TextField), "zzz")
        await app.until(lambda: app.says("Không có địa phương nào tên như vậy"))
    workspace.catalogue.replace_all(PRODUCTS, "2", REGISTER | {"localities": LOCALITIES[:1]}, datetime.now(UTC))
    async with Client(workspace, route="/register/place") as app:
        await app.change(app.within("place-search", ft.TextField), "ha long")
        await app.until(lambda: app.says("Tên này có trong các địa phương trước đây"))
        await app.tap(ft.TextButton, "Xem các nơi đó")
        await app.until(lambda: len(app.known("place-row")) == 1)


async def test_the_verdict_and_back_with_everything_kept(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await choose(app, "filter-stars", "5 sao")
        await app.change(app.within("register-search", ft.TextField), "muc")
        await listed(app, "Chả mực")
        await app.fire(app.within("register-row", ft.ListTile), "click")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        await app.until(lambda: app.page.route == "/register" and names(app) == ["Chả mực"])
        await app.go("/notes")
        await app.until(lambda: not app.known("register-row"))
        await app.go("/register")
        await listed(app, "Chả mực")
        assert app.within("register-search", ft.TextField).value == "muc"


async def test_nothing_found_says_where_it_looked_and_what_to_do(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await choose(app, "filter-stars", "5 sao")
        await app.change(app.within("register-search", ft.TextField), "9529999999993")
        await app.until(lambda: app.says("Không tìm thấy sản phẩm nào"))
        assert app.says("Chỉ mới tìm trong bản sao sổ đăng ký trên máy này.")
        await app.tap(ft.OutlinedButton, "Kiểm tra mã số này")
        await app.until(lambda: app.verdict is not None)
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        await app.until(lambda: app.says("Không tìm thấy sản phẩm nào"))
        await app.tap(ft.FilledButton, "Xóa nội dung tìm và bộ lọc")
        await app.until(lambda: len(names(app)) == 5)
        assert app.within("register-search", ft.TextField).value == ""


async def test_without_a_copy_it_says_how_one_comes_and_then_shows_it(open_workspace: Open) -> None:
    workspace = open_workspace()
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.says("Chưa có bản sao sổ đăng ký"))
        assert not app.known("register-search")
        assert app.one(ft.FilledButton, "Tải ngay")
        workspace.catalogue.replace_all(PRODUCTS, "1", REGISTER, datetime.now(UTC))
        workspace.fetcher.wake()
        await app.until(lambda: len(names(app)) == 5)


async def test_a_copy_that_is_too_old_says_so_in_each_row_as_the_verdict_does(open_workspace: Open) -> None:
    workspace = open_workspace()
    workspace.catalogue.replace_all(PRODUCTS, "1", REGISTER, datetime.now(UTC) - timedelta(days=45))
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await choose(app, "filter-state", "Chứng nhận đã hết hạn")
        await listed(app, "Mật ong")
        assert app.within("register-row", ft.ListTile)
        assert app.says("Chưa kết luận được: dữ liệu trên máy đã cũ")


async def test_a_certificate_is_in_force_until_the_day_of_its_withdrawal(open_workspace: Open) -> None:
    workspace = open_workspace()
    ahead = {**certificate(400, stars=5), "withdrawn_on": (today() + timedelta(days=30)).isoformat()}
    now = {**certificate(400, stars=5), "withdrawn_on": today().isoformat()}
    products = [
        made(11, "Chả mực", "ha-long", "06685", certificates=[ahead]),
        made(28, "Chè hoa", "tien-yen", None, certificates=[now]),
    ]
    workspace.catalogue.replace_all(products, "1", REGISTER, datetime.now(UTC))
    async with Client(workspace, route="/register") as app:
        await listed(app, "Chả mực", "Chè hoa")
        assert app.says("OCOP 5 sao")
        for words, name in (("Chứng nhận còn hiệu lực", "Chả mực"), ("Chứng nhận đã bị thu hồi", "Chè hoa")):
            await choose(app, "filter-state", words)
            await listed(app, name)
            assert app.find(ft.Text, words)


@pytest.fixture
def clock_behind(open_workspace: Open) -> Workspace:
    """A device whose clock stands 401 days before the day of its copy."""
    workspace = open_workspace()
    products = [*PRODUCTS, made(66, "Sá sùng", "ha-long", None, certificates=[certificate(900, stars=5)])]
    workspace.catalogue.replace_all(products, "1", REGISTER, datetime.now(UTC) + timedelta(days=401))
    return workspace


async def test_with_a_clock_that_is_behind_the_list_says_dates_and_no_state(clock_behind: Workspace) -> None:
    async with Client(clock_behind, route="/register") as app:
        await listed(app, "Chả mực", "Chè hoa", "Mật ong", "Nem chua", "Rượu ba kích", "Sá sùng")
        assert not [icon for icon in app.find(ft.Icon) if icon.icon == ft.Icons.STAR], "no stars shine"
        for state in ("Chứng nhận còn hiệu lực", "Chứng nhận sắp hết hạn", "Chứng nhận đã hết hạn"):
            assert not app.find(ft.Text, state), state
        assert len(app.find(ft.Text, "Chưa thể kết luận: ngày giờ trên máy sai")) == 5
        assert app.find(ft.Text, "Chứng nhận đã bị thu hồi"), "a day that has come is not undone by any clock"
        for days in (400, 40, -20, 900):
            assert app.says(f"đến {today() + timedelta(days=days):%d/%m/%Y}"), days
        assert app.says(f"Ngày thu hồi: {today() - timedelta(days=5):%d/%m/%Y}")
        said = app.within("dates-only", ft.Text).value
        assert said.startswith("Không thể tin ngày giờ trên máy này.")
        assert f"Bộ lọc tính theo ngày {today() + timedelta(days=401):%d/%m/%Y}" in said


@pytest.mark.parametrize(
    ("filter_", "words", "found"),
    [
        ("filter-state", "Chứng nhận còn hiệu lực", ["Sá sùng"]),
        ("filter-state", "Chứng nhận sắp hết hạn", []),
        ("filter-state", "Chứng nhận đã hết hạn", ["Chả mực", "Chè hoa", "Mật ong"]),
        ("filter-state", "Chứng nhận đã bị thu hồi", ["Nem chua"]),
        ("filter-stars", "5 sao", ["Sá sùng"]),
    ],
)
async def test_with_a_clock_that_is_behind_the_filters_go_by_the_day_of_the_copy(
    clock_behind: Workspace, filter_: str, words: str, found: list[str]
) -> None:
    async with Client(clock_behind, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await choose(app, filter_, words)
        await listed(app, *found)


async def test_with_a_clock_that_is_right_the_list_says_nothing_of_it(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        assert not app.known("dates-only")


@pytest.mark.slow
async def test_long_lists_are_drawn_in_pages_and_never_whole(
    open_workspace: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sought.MOST == 500
    monkeypatch.setattr(sought, "MOST", 200)  # each page is drawn with all before it
    workspace = open_workspace()
    many = [made(n * 10, f"Chè {n:04}", "ha-long", None) for n in range(300)]
    workspace.catalogue.replace_all(many, "1", REGISTER, datetime.now(UTC))
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        assert len(app.known("register-row")) == 50
        for shown in (100, 150, 200):
            await app.tap(ft.TextButton, "Xem thêm (tất cả 300)")
            await app.until(lambda shown=shown: len(app.known("register-row")) == shown)  # type: ignore[misc]
        assert app.says("Đang hiện 200 sản phẩm đầu")
        assert not app.find(ft.TextButton, "Xem thêm (tất cả 300)")


async def test_a_handheld_scanner_leaves_no_number_in_the_search(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await app.change(app.within("register-search", ft.TextField), "cha9520000000028")
        await app.press(*"9520000000028", "Enter")
        await app.until(lambda: app.verdict == "Chứng nhận sắp hết hạn")
        await app.go("/register")
        await listed(app, "Chả mực")


async def test_a_scan_takes_out_its_own_keys_and_not_the_same_digits_that_stood_there_before(
    workspace: Workspace,
) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await app.change(app.within("register-search", ft.TextField), "9520000000028 9520000000028")
        await app.press(*"9520000000028", "Enter")
        await app.until(lambda: app.verdict == "Chứng nhận sắp hết hạn")
        await app.go("/register")
        await app.until(lambda: app.known("register-search"))
        assert app.within("register-search", ft.TextField).value.strip() == "9520000000028"


async def test_in_english(workspace: Workspace) -> None:
    workspace.device("local").settings.change(language="en")
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.says("Products found: 5"))
        assert app.says("huyện Tiên Yên (former)")


FIRST = date(2025, 7, 1)


def unit(kind: str, name: str) -> Locality:
    return Locality(name, name, kind, "commune")


@pytest.mark.parametrize(
    ("place", "words", "short"),
    [
        (
            PlaceByDate((unit("phường", "Hồng Gai"),), (unit("thành phố", "Hạ Long"),), FIRST),
            "phường Hồng Gai (trước 01/07/2025: thành phố Hạ Long)",
            "phường Hồng Gai",
        ),
        (
            PlaceByDate((unit("xã", "Hải Hòa"),), (unit("thành phố", "Cẩm Phả"), unit("huyện", "Tiên Yên")), FIRST),
            "xã Hải Hòa (trước 01/07/2025: thành phố Cẩm Phả hoặc huyện Tiên Yên)",
            "xã Hải Hòa",
        ),
        (
            PlaceByDate((unit("xã", "Hải Hòa"), unit("xã", "Điền Xá")), (unit("huyện", "Tiên Yên"),), FIRST),
            "huyện Tiên Yên (từ 01/07/2025 là một trong: xã Hải Hòa, xã Điền Xá)",
            "huyện Tiên Yên (cũ)",
        ),
        (PlaceByDate((), (unit("huyện", "Tiên Yên"),), FIRST), "huyện Tiên Yên", "huyện Tiên Yên (cũ)"),
        (PlaceByDate((unit("xã", "Hải Hòa"),), (), None), "xã Hải Hòa", "xã Hải Hòa"),
        (PlaceByDate((), (), None), "", ""),
    ],
)
def test_places_in_words(place: PlaceByDate, words: str, short: str) -> None:
    assert (place_words(Texts("vi"), place), short_place_words(Texts("vi"), place)) == (words, short)


async def test_a_tap_that_is_on_its_way_while_the_list_changes_opens_no_other_product(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: len(names(app)) == 5)
        gone, staying = (app.find(ft.ListTile)[names(app).index(name)]._i for name in ("Chè hoa", "Mật ong"))
        await app.change(app.within("register-search", ft.TextField), "mat ong")
        await listed(app, "Mật ong")
        await app.page.session.dispatch_event(gone, "click", None)
        await app.settle()
        assert app.page.route == "/register?q=mat+ong", "it has left the list"
        await app.page.session.dispatch_event(staying, "click", None)
        await app.until(lambda: "09520000000035" in app.page.route)


async def test_a_tap_that_is_on_its_way_while_the_places_change_chooses_no_other(workspace: Workspace) -> None:
    async with Client(workspace, route="/register/place") as app:
        await app.until(lambda: len(app.known("place-row")) > 2)
        everywhere = app.inside("place-row", ft.OutlinedButton)[0]._i
        await app.change(app.within("place-search", ft.TextField), "tien yen")
        await app.until(lambda: not app.find(ft.Text, "Tất cả địa bàn") and app.known("place-row"))
        await app.page.session.dispatch_event(everywhere, "click", None)
        await app.settle()
        assert app.page.route == "/register/place"
