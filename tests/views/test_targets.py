"""What is operated is large enough for a finger, and shows by a line that it has the focus: on every screen."""

from __future__ import annotations

from typing import Any

import flet as ft
import pytest

from services.rounds.place import Place
from services.rounds.round import Person
from services.workspace import Workspace
from tests.views.headless import Client
from views.design import CONTRAST, DARK, LIGHT, TARGET, Palette, Width
from views.parts.theme import theme

_LINE = 20
"""The least height of a line of text, in logical pixels."""

_ROUTES = (
    "/", "/scan", "/samples", "/notes", "/note/DRAFT", "/notes/SIGNED", "/settings", "/settings/scanner",
    "/settings/sessions", "/register", "/register/place", "/verdict?c=9520007900017&s=typed",
    "/verdict?c=9520021000021&s=typed", "/report", "/reports", "/paper", "/none",
)  # fmt: skip


@pytest.mark.parametrize("route", _ROUTES)
async def test_what_is_operated_is_48_high_and_can_have_the_focus(workspace: Workspace, route: str) -> None:
    notebook = workspace.device("local").notebook
    draft = notebook.new_draft(outcome="other", text="x")
    signed = notebook.sign(
        notebook.new_draft(outcome="other").id, account=None, device="d", now=workspace.now(), clock_offset=None
    )
    async with Client(workspace, route=route.replace("DRAFT", draft.id).replace("SIGNED", signed.id)) as app:
        await app.settle()
        check_targets(app)


def check_targets(app: Client) -> None:
    """Hold what is on the screen to the rules of what is operated."""
    controls = [control for control in app.controls() if isinstance(control, ft.Control)]
    low = [_told(control) for control in controls if _is_operated(control) and (_height(control) or TARGET) < TARGET]
    assert low == []
    plain = [_told(one) for one in controls if isinstance(one, ft.Container) and one.on_click]
    assert plain == [], "a container that is tapped shows no focus; a button does"


@pytest.mark.parametrize("part", ["", "/new", "/ROUND", "/ROUND/edit", "/ROUND/close", "/ROUND/sign/seller"])
async def test_in_a_round_too(workspace: Workspace, signed_in: Any, part: str) -> None:
    device = workspace.device("local")
    signed_in(device)
    place = Place("market", "Chợ Cửa Sông")
    opened = device.rounds.open(place, None, (Person("Lê Văn Chứng", "witness"),), None, device.accounts.viewer)
    async with Client(workspace, route=f"/rounds{part}".replace("ROUND", opened.id)) as app:
        await app.until(lambda: app.find(ft.FilledButton))
        check_targets(app)


def _is_operated(control: ft.Control) -> bool:
    return isinstance(control, _BUTTONS) or any(getattr(control, name, None) for name in ("on_click", "on_change"))


_BUTTONS = (ft.Button, ft.OutlinedButton, ft.TextButton, ft.FilledTonalButton, ft.IconButton)


def _height(control: Any) -> float | None:
    """The least height that is known of a control, in logical pixels: what the theme gives is 48 and more."""
    fixed = [value for name in ("height", "width") if isinstance(value := getattr(control, name, None), int | float)]
    padding = getattr(getattr(control, "style", None), "padding", None)
    if isinstance(padding, ft.Padding):
        fixed.append(padding.top + padding.bottom + _LINE)
    elif isinstance(padding, int | float) and padding:  # without any, the content has its own
        fixed.append(2 * padding + _LINE + 4)  # an icon of 24
    return min(fixed, default=None)


def _told(control: Any) -> str:
    return f"{type(control).__name__} {getattr(control, 'tooltip', None) or getattr(control, 'content', None)}"[:80]


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST])
def test_every_kind_of_control_shows_the_focus(palette: Palette) -> None:
    made = theme(palette, Width.COMPACT)
    assert made.focus_color
    for kind in ("filled_button_theme", "outlined_button_theme", "text_button_theme", "icon_button_theme"):
        assert getattr(made, kind).style.side[ft.ControlState.FOCUSED].width == 3, kind
    for kind in ("radio_theme", "checkbox_theme", "switch_theme", "navigation_bar_theme"):
        assert getattr(made, kind).overlay_color[ft.ControlState.FOCUSED], kind
