"""The list of what to look for first, and where to go; it needs no network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import flet as ft

from services.guidance.plan import PlannedProduct
from services.register.certificates import VIETNAM
from services.register.localities import COMMUNE, Gazetteer, full_name
from services.register.search import fold
from services.rounds.round import OpenRound
from views.design import Type
from views.parts.device_state import use_device_state
from views.parts.filter_menu import filter_menu
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, empty, heading, known_as, text
from views.parts.places import PLAN
from views.parts.plan_rows import place_row, product_row, use_plan
from views.parts.position import find_position
from views.parts.search_field import SearchField
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

_FOUND = 20
"""So many products are listed for the words typed; further words narrow them."""

_PLACES = 10


@ft.component
def PlanScreen() -> ft.View:
    """Products and places by risk, each with its reasons, near the person or in a commune, and those on their list."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, texts, viewer = shell.texts.gettext, shell.texts, state.viewer
    today = workspace.now().astimezone(VIETNAM).date()
    gazetteer = Gazetteer(workspace.catalogue.register.localities)
    asked = parse_qs(urlsplit(shell.page.route).query).get("place", [""])[0]
    place = asked if gazetteer.get(asked) else None
    round_here = _round_here(device.rounds.current(viewer))
    here, set_here = ft.use_state(round_here)
    words, set_words = ft.use_state("")
    ready, planned = use_plan(place, here)
    _ready, typed = use_loaded(
        lambda: workspace.catalogue.search(words, limit=_FOUND) if words else [], [words, state.copy.as_of]
    )
    wanted = device.guidance.my_list(viewer.account)
    guidance = device.guidance.of(viewer.account)

    def mark(gtin: str) -> Callable[[bool], Awaitable[None]]:
        async def change(is_wanted: bool) -> None:
            if viewer.account is not None:
                await asyncio.to_thread(device.guidance.put_on_list, viewer.account, gtin, wanted=is_wanted)

        return change

    async def locate() -> None:
        found = await find_position()
        if found is None:
            shell.say(_("The place could not be had: it is switched off, not allowed, or there is no signal here."))
        else:
            set_here((found.lat, found.lon))
            shell.say(_("What you have seen near here comes first now."))

    def choose(code: str | None) -> None:
        shell.page.navigate(f"{PLAN}?{urlencode({'place': code})}" if code else PLAN)

    top: list[ft.Control] = [
        SearchField("plan-search", _("Find a product"), words, set_words),
        ft.Row(
            [
                *_commune(shell, gazetteer, place, choose),
                ft.TextButton(_("Near me"), icon=ft.Icons.MY_LOCATION, on_click=shell.guard(locate)),
            ],
            wrap=True,
            spacing=8,
            run_spacing=4,
        ),
    ]
    if words:
        known = {each.product.gtin: each for each in planned.products}
        found = [known.get(each.gtin, PlannedProduct(each, (), each.gtin in wanted)) for each in typed or ()]
        rows = [product_row(shell, each, today, mark(each.product.gtin)) for each in found]
        nothing = text(_("No product of the register has these words."))
        return screen(shell, PLAN, _("What to look for first"), [*top, *(rows or [nothing])])
    lines: list[ft.Control] = [] if ready else [Skeleton()]
    if planned.places:
        places = [place_row(shell, each, today) for each in planned.places[:_PLACES]]
        lines += [heading(_("Where to go first")), known_as("plan-places", card(*places))]
    if planned.products:
        lines.append(heading(_("Products")))
        lines += [product_row(shell, each, today, mark(each.product.gtin)) for each in planned.products]
        beyond = planned.products_in_all - len(planned.products)
        if beyond > 0:
            more = texts.ngettext(
                "{count} more product has a reason too. Choose a place to see those from there.",
                "{count} more products have a reason too. Choose a place to see those from there.",
                beyond,
            )
            lines.append(text(more.format(count=texts.number(beyond)), Type.SMALL))
    if ready and not planned.products and not planned.places:
        why = _("Nothing has lapsed, is suspected or was reported here. Put on your list what you want to look for.")
        lines.append(empty(ft.Icons.CHECKLIST, _("Nothing stands out"), why))
    lines.append(text(_age(shell, texts.moment(guidance.as_of) if guidance.as_of else None), Type.SMALL))
    return screen(shell, PLAN, _("What to look for first"), [*top, *lines])


def _round_here(opened: OpenRound | None) -> tuple[float, float] | None:
    """Where the open round is, if that was allowed."""
    position = opened.place.position if opened else None
    return (position.lat, position.lon) if position else None


def _age(shell: Shell, told_at: str | None) -> str:
    """From when the list is, and what it is made of."""
    _ = shell.texts.gettext
    if told_at is None:
        return _("Made from the register's copy and your own records alone: the office has told nothing more yet.")
    return _(
        "Made on this device from the register's copy, your own records, and what the office told at {when}."
    ).format(when=told_at)


def _commune(
    shell: Shell, gazetteer: Gazetteer, place: str | None, choose: Callable[[str | None], None]
) -> list[ft.Control]:
    units = [unit for unit in gazetteer.localities if unit.level == COMMUNE]
    options = [(unit.code, full_name(unit)) for unit in sorted(units, key=lambda unit: fold(unit.name))]
    return [filter_menu(shell, "plan-place", shell.texts.gettext("Place"), options, place, choose)] if options else []
