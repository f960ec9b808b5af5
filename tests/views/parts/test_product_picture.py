"""A picture of a product: at once from the device, in time from the register, else its group as a drawing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import flet as ft
import pytest

from services.client.transport import Unreachable
from services.register.products import Product
from services.workspace import Workspace
from tests.services.conftest import product
from tests.services.register.test_device_pictures import A, B, webp
from tests.views.headless import Client
from views.design import SURFACE_3
from views.parts import missing_screen
from views.parts.frame import screen
from views.parts.product_picture import ProductPicture
from views.parts.shell import use_shell

PRODUCT = Product.from_json(
    product(
        11,
        pictures=[
            {"sha256": A, "shows": "pack", "width": 160, "height": 120},
            {"sha256": B, "shows": "label", "width": 160, "height": 120},
        ],
    )
)


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Draws a picture of the product in the place of the screen that says that there is none."""

    def on(*what: object, shown: Product = PRODUCT) -> None:
        @ft.component
        def OnlyPicture() -> ft.View:  # noqa: N802 - named like the control it is
            return screen(use_shell(), "/none", "x", [ProductPicture(shown, *what)])  # type: ignore[arg-type]

        monkeypatch.setattr("views.app.MissingScreen", OnlyPicture)

    assert missing_screen
    return on


def pictures(app: Client) -> list[tuple[object, str | None]]:
    return [(image.src, image.semantics_label) for image in app.find(ft.Image)]


def drawings(app: Client) -> list[ft.Icon]:
    return [icon for icon in app.find(ft.Icon) if icon.icon is ft.Icons.LOCAL_CAFE]


async def test_what_is_on_the_device_is_shown_with_its_words(workspace: Workspace, draw: Callable[..., None]) -> None:
    workspace.pictures.ahead.keep((B, 640), webp())
    draw("label", 56)
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: pictures(app))
        assert pictures(app) == [(webp(), "Nhãn đã đăng ký của Trà hoa vàng Ba Chẽ")]


async def test_where_there_is_none_the_group_is_drawn(workspace: Workspace, draw: Callable[..., None]) -> None:
    draw("place", 56)
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: drawings(app))
    draw(None, 56, shown=Product.from_json(product(11)))
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: drawings(app))


async def test_a_skeleton_stands_in_its_place_until_it_comes(
    workspace: Workspace, draw: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    on = threading.Event()

    def fetch(sha256: str, width: int, cancelled: Callable[[], bool]) -> bytes:
        on.wait(5)
        return webp()

    monkeypatch.setattr(workspace.pictures, "_fetch", fetch)
    draw(None, 56)
    async with Client(workspace, route="/none") as app:
        await app.settle()
        assert not drawings(app)
        await app.until(lambda: any(box.bgcolor == SURFACE_3 and box.width == 56 for box in app.find(ft.Container)))
        on.set()
        await app.until(lambda: pictures(app))
        assert pictures(app)[0][1] == "Bao bì của Trà hoa vàng Ba Chẽ"


async def test_offline_the_group_is_drawn_and_the_picture_comes_later(
    workspace: Workspace, draw: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(sha256: str, width: int, cancelled: Callable[[], bool]) -> bytes:
        raise Unreachable("no_connection")

    monkeypatch.setattr(workspace.pictures, "_fetch", fetch)
    draw(None, 56)
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: drawings(app))
        await asyncio.to_thread(workspace.pictures.seen.keep, (A, 160), webp())
        state = app.session.state
        catalogue = workspace.catalogue
        copy = catalogue.copy
        assert copy.as_of
        catalogue.apply([], copy.cursor or "", more=False, register=None, as_of=copy.as_of.replace(year=2027))
        state.copy = catalogue.copy
        await app.until(lambda: pictures(app))


async def test_on_the_web_the_browser_gets_the_address(workspace: Workspace, draw: Callable[..., None]) -> None:
    workspace.pictures._named = lambda: {A: 1}
    draw(None, 56)
    async with Client(workspace, route="/none", web=True) as app:
        await app.until(lambda: pictures(app))
        assert pictures(app)[0][0] == f"/pictures/{A}/160"
        assert app.one(ft.Image).error_content
