"""What all screens of one person share reaches a part that its parent keeps over several redraws."""

from __future__ import annotations

import gc
from collections.abc import Callable

import flet as ft

from tests.views.headless import Client
from views.parts.look import keyed
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


@ft.component
def New() -> ft.Control:  # noqa: N802 - a component
    return ft.Text(f"new {use_word()}")


@ft.component
def Grows() -> ft.Control:  # noqa: N802 - a component
    grown, grow = ft.use_state(False)
    _again["grows"] = lambda: grow(True)
    return keyed("new", New) if grown else ft.Text("small")


@ft.memo  # type: ignore[untyped-decorator]
@ft.component
def Still() -> ft.Control:  # noqa: N802 - a component
    return Grows()


@ft.component
def Above() -> ft.Control:  # noqa: N802 - a component
    count, set_count = ft.use_state(0)
    _again["above"] = lambda: set_count(count + 1)
    return ft.Column([ft.Text(f"above {count}"), Still()])


@ft.component
def Other() -> ft.View:  # noqa: N802 - a component
    return ft.View(route="/", controls=[ft.Column([use_word.given("shared", Above)])])


async def test_what_is_new_in_a_part_that_was_kept_is_drawn() -> None:
    async with Client(None) as app:
        app.page.render_views(Other)
        await app.until(lambda: app.says("small"))
        for times in (1, 2):
            _again["above"]()
            await app.until(lambda times=times: app.says(f"above {times}"))  # type: ignore[misc]
            gc.collect()
        _again["grows"]()
        await app.until(lambda: app.says("new shared"))
