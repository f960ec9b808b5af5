"""What all screens of one person share reaches a part that its parent keeps over several redraws."""

from __future__ import annotations

import gc
from collections.abc import Callable

import flet as ft

from tests.views.headless import Client
from views.parts.shared import Shared

use_word = Shared[str]()
_again: dict[str, Callable[[], None]] = {}


@ft.component
def Part() -> ft.Control:  # noqa: N802 - a component
    count, set_count = ft.use_state(0)
    _again["part"] = lambda: set_count(count + 1)
    return ft.Text(f"{use_word()} {count}")


@ft.component
def Kept() -> ft.Control:  # noqa: N802 - a component
    """Makes its part once and keeps it, as a list keeps its rows."""
    count, set_count = ft.use_state(0)
    _again["parent"] = lambda: set_count(count + 1)
    part = ft.use_memo(Part, [])
    return ft.Column([ft.Text(f"parent {count}"), part])


@ft.component
def Root() -> ft.View:  # noqa: N802 - a component
    return ft.View(route="/", controls=[ft.Column([use_word.given("shared", Middle)])])


@ft.component
def Middle() -> ft.Control:  # noqa: N802 - a component
    count, set_count = ft.use_state(0)
    _again["middle"] = lambda: set_count(count + 1)
    return ft.Column([ft.Text(f"middle {count}"), Kept()])


async def test_a_part_that_was_kept_is_drawn_anew_by_itself() -> None:
    async with Client(None) as app:
        app.page.render_views(Root)
        await app.until(lambda: app.says("shared 0"))
        for who, says in (("parent", "parent 1"), ("middle", "middle 1"), ("parent", "parent 2")):
            _again[who]()
            await app.until(lambda says=says: app.says(says))  # type: ignore[misc]
            gc.collect()
        _again["part"]()
        await app.until(lambda: app.says("shared 1"))
