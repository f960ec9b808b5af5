"""A choice counts though the screen was drawn anew just before the app heard of it.

The client tells of a choice in two messages: what the control shows from now on, and that it was chosen. What the app
draws between them shows what stood there before; a handler that asked the control would take that for the choice.
"""

from __future__ import annotations

import flet as ft
import pytest

from services.workspace import Workspace
from tests.views.headless import Client
from views.parts.question import Question

CERTIFIED = "9520007900017"


def draw_anew(app: Client) -> None:
    """Something that every screen watches has changed."""
    app.session.shell.notify()


@pytest.mark.parametrize(("width", "kind"), [(412, ft.NavigationBar), (1200, ft.NavigationRail)])
async def test_a_tap_on_the_navigation_leads_there(
    workspace: Workspace, width: float, kind: type[ft.NavigationBar | ft.NavigationRail]
) -> None:
    async with Client(workspace, route="/notes", width=width) as app:
        await app.choose(app.one(kind), "selected_index", 2, lambda: draw_anew(app))
        await app.until(lambda: app.page.route == "/register")


async def test_the_stars_of_a_label(workspace: Workspace) -> None:
    async with Client(workspace, route=Question(((CERTIFIED, "typed"),)).address) as app:
        stars = app.within("label-stars", ft.SegmentedButton)
        await app.choose(stars, "selected", ["5"], lambda: draw_anew(app))
        await app.until(lambda: app.verdict == "Số sao không khớp")


async def test_the_units_of_before(workspace: Workspace) -> None:
    async with Client(workspace, route="/register/place") as app:
        age = app.within("place-age", ft.SegmentedButton)
        await app.choose(age, "selected", ["before"], lambda: draw_anew(app))
        await app.until(lambda: app.within("place-age", ft.SegmentedButton).selected == ["before"])


async def test_the_language_and_the_look(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        await app.choose(app.find(ft.RadioGroup)[1], "value", "dark", lambda: draw_anew(app))
        await app.until(lambda: app.session.device.settings.value.theme == "dark")
        await app.choose(app.find(ft.RadioGroup)[0], "value", "en", lambda: draw_anew(app))
        await app.until(lambda: app.says("Settings"))


async def test_whether_photos_wait_for_wifi(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        await app.choose(app.one(ft.Switch, "Chỉ gửi ảnh khi có Wi-Fi"), "value", True, lambda: draw_anew(app))
        await app.until(lambda: app.session.device.settings.value.photos_on_wifi_only)


async def test_the_place_of_a_note(workspace: Workspace) -> None:
    draft = workspace.device("local").notebook.new_draft(text="", outcome="mislabelled", product_name="Chả mực")
    async with Client(workspace, route=f"/note/{draft.id}") as app:
        await app.until(lambda: app.find(ft.Switch))
        await app.choose(app.one(ft.Switch), "value", True, lambda: draw_anew(app))
        await app.until(lambda: app.called("request_permission"))
