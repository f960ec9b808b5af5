"""The page of a producer: its story, how to reach it, where to buy, and its products."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from services.register.localities import Gazetteer
from services.register.products import Producer
from services.workspace import Workspace
from views.design import EDGE, RAIL, Type
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, known_as, text
from views.parts.places import PRODUCER, PRODUCT, REGISTER
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.register.product_view import open_button, where_to_buy
from views.register.rows import Row, row_of
from views.register.sharing import server_page, sharing_foot
from views.register.tiles import Around, tile_rows, use_around

_MOST = 100
"""Products that are drawn."""


@dataclass(frozen=True)
class _Found:
    producer: Producer
    rows: tuple[Row, ...]
    in_all: int


@ft.component
def ProducerScreen() -> ft.View:
    """Everything that the device's copy says of the producer with the id in the address."""
    shell, workspace, state = use_shell(), use_workspace(), use_device_state()
    told = ft.use_route_params().get("id", "")
    around = use_around()
    ready, found = use_loaded(lambda: _find(workspace, shell.texts, told), [told, state.copy, shell.texts.language])
    _ = shell.texts.gettext
    if found is None:
        body = _unknown(shell) if ready else []
        return screen(shell, PRODUCER + told, _("Producer"), body)
    address = server_page(state.copy, PRODUCER + told)
    foot = [sharing_foot(shell, address, found.producer.name)] if address else []
    facts, edge = _facts(shell, workspace, found.producer), EDGE[shell.width]
    room = (shell.page.width or 412) - RAIL[shell.width] - 2 * edge
    if not shell.wide:
        body = [*facts, _Products(around, found, room)]
        return screen(shell, PRODUCER + told, _("Producer"), body, bottom=foot)
    body = [panes(shell, scrolled(facts), scrolled([_Products(around, found, (room - edge) / 2)]))]
    return screen(shell, PRODUCER + told, _("Producer"), body, scroll=False, full=True, bottom=foot)


def _find(workspace: Workspace, texts: Texts, told: str) -> _Found | None:
    """The producer and its products, by name. Blocks."""
    catalogue, now = workspace.catalogue, workspace.now()
    products = catalogue.of_producer(int(told)) if told.isascii() and told.isdigit() and len(told) < 20 else []
    if not products:
        return None
    gazetteer = Gazetteer(catalogue.register.localities)
    rows = tuple(row_of(catalogue, gazetteer, texts, product, now) for product in products[:_MOST])
    return _Found(products[0].producer, rows, len(products))


def _facts(shell: Shell, workspace: Workspace, producer: Producer) -> list[ft.Control]:
    _, story = shell.texts.gettext, _story(shell.texts, producer)
    phone = [_phone(shell, producer.phone)] if producer.phone else []
    site = [_site(shell, workspace, producer.site)] if producer.site else []
    return [
        known_as("producer-name", heading(producer.name, Type.HEADLINE)),
        *([known_as("producer-story", text(story))] if story else []),
        card(fact(_("Address"), producer.address), *phone, *site),
        *where_to_buy(shell, workspace, producer),
    ]


def _story(texts: Texts, producer: Producer) -> str | None:
    """The story in the reader's language or, where there is none, in the other."""
    told = {"vi": producer.story, "en": producer.story_en}
    return told.get(texts.language) or producer.story or producer.story_en


def _phone(shell: Shell, phone: str) -> ft.Control:
    _ = shell.texts.gettext
    digits = "".join(letter for letter in phone if letter in "+0123456789")
    call = ft.TextButton(_("Call"), icon=ft.Icons.PHONE, url=f"tel:{digits}")
    return ft.Row([ft.Container(fact(_("Telephone"), phone), expand=True), *([call] if digits else [])])


def _site(shell: Shell, workspace: Workspace, site: str) -> ft.Control:
    shown = ft.Container(fact(shell.texts.gettext("Site"), site), expand=True)
    return known_as("producer-site", ft.Row([shown, open_button(shell, workspace, site)]))


@ft.component
def _Products(around: Around, found: _Found, guess: float) -> ft.Control:
    """The producer's products, as wide as there is room; that is a guess until they have been laid out."""
    shell = use_shell()
    _, texts = shell.texts.gettext, shell.texts
    width, set_width = ft.use_state(guess)
    count = texts.ngettext("{count} product", "{count} products", found.in_all).format(count=texts.number(found.in_all))
    rest = _("The first {count} are shown.").format(count=texts.number(_MOST))
    shown = [
        known_as("producer-products", heading(count)),
        *tile_rows(around, found.rows, width, lambda gtin: shell.page.navigate(PRODUCT + gtin)),
        *([text(rest, Type.SMALL)] if found.in_all > _MOST else []),
    ]
    column = ft.Column(shown, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Container(column, on_size_change=lambda event: set_width(event.width))


def _unknown(shell: Shell) -> list[ft.Control]:
    _ = shell.texts.gettext
    return [
        known_as("producer-unknown", text(_("No such producer here"), Type.TITLE)),
        text(_("No product in this device's copy of the register is from a producer with this number.")),
        ft.Row([ft.FilledButton(_("Look up products"), icon=ft.Icons.SEARCH, on_click=shell.go_to(REGISTER))]),
    ]
