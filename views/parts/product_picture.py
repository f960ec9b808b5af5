"""Shows a picture of a product: what is on the device at once, else a placeholder of its shape until it has come."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import flet as ft

from services.register.pictures import WIDTHS, Pictures
from services.register.products import Picture, Product
from services.safe_errors import describe
from services.wording import mark
from views.design import INK_2, SURFACE_2, SURFACE_3
from views.parts.device_state import use_device_state
from views.parts.look import keyed
from views.parts.shared import use_workspace
from views.parts.shell import use_shell
from views.parts.texts import Texts

PATH = "/pictures/"
"""Where the web version's own address has the pictures (views.bridge.picture_files)."""

SKELETON_AFTER = 0.3
"""Seconds: a shimmer that comes and goes at once only disturbs."""

_GROUPS = {
    "thuc_pham": ft.Icons.RESTAURANT,
    "do_uong": ft.Icons.LOCAL_CAFE,
    "duoc_lieu": ft.Icons.SPA,
    "thu_cong_my_nghe": ft.Icons.BRUSH,
    "sinh_vat_canh": ft.Icons.LOCAL_FLORIST,
    "du_lich": ft.Icons.LANDSCAPE,
}

_SHOWS = {
    "label": mark("The registered label of {name}"),
    "pack": mark("The pack of {name}"),
    "product": mark("{name} without its pack"),
    "place": mark("The place where {name} is made"),
}

log = logging.getLogger(__name__)


def picture_of(product: Product, shows: str | None = None) -> Picture | None:
    """The product's first picture that shows this (register.products.SHOWN); None: its first picture of any kind."""
    return next((each for each in product.pictures if shows in (None, each.shows)), None)


def picture_words(texts: Texts, product: Product, picture: Picture) -> str:
    """What a screen reader says of a picture."""
    return texts.gettext(_SHOWS[picture.shows]).format(name=product.name)


@ft.component
def ProductPicture(
    product: Product,
    shows: str | None = None,
    width: int = 104,
    *,
    height: int | None = None,
    fit: ft.BoxFit = ft.BoxFit.COVER,
    radius: int = 12,
    zoomed: int = 1,
) -> ft.Control:
    """A product's picture in a box of so many logical pixels (a square without `height`).

    `shows` is `label`, `pack`, `product` or `place`; None: the product's first picture. Where there is none, or none
    can be had now, the product's group stands in its place as a drawing. With
    `zoomed` it may be shown so many times larger.
    """
    picture = picture_of(product, shows)
    box = _Box(width, height or width, radius, fit, zoomed)
    return (
        _placeholder(product, box)
        if picture is None
        else keyed(f"{picture.sha256}-{box.pixels}", _Shown, product, picture, box)
    )


@dataclass(frozen=True)
class _Box:
    width: int
    height: int
    radius: int
    fit: ft.BoxFit
    zoomed: int

    @property
    def pixels(self) -> int:
        """Which of WIDTHS is sharp in this box on a screen with two pixels to a logical one."""
        return next((width for width in WIDTHS if width >= 2 * self.zoomed * max(self.width, self.height)), WIDTHS[-1])

    def around(self, content: ft.Control | None, ground: ft.Colors | None = None) -> ft.Control:
        return ft.Container(
            content,
            width=self.width,
            height=self.height,
            bgcolor=ground,
            border_radius=self.radius,
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
            alignment=ft.Alignment.CENTER,
        )


@ft.component
def _Shown(product: Product, picture: Picture, box: _Box) -> ft.Control:
    shell, workspace, state = use_shell(), use_workspace(), use_device_state()
    pictures, sha256 = workspace.pictures, picture.sha256
    shown, show = ft.use_state(cast("str | bytes | None", None))
    ground, set_ground = ft.use_state(cast("ft.Colors | None", None))
    failed, set_failed = ft.use_state(False)
    gone = ft.use_ref(cast("threading.Event | None", None))

    async def look() -> None:
        if shown is not None:
            return
        gone.current = left = threading.Event()
        web = bool(shell.page.web)
        asking = asyncio.create_task(_address_or_bytes(pictures, sha256, box.pixels, left.is_set, web=web))
        done, _pending = await asyncio.wait({asking}, timeout=SKELETON_AFTER)
        if not done and not left.is_set():
            set_ground(SURFACE_3)
        found = await asking
        if left.is_set():
            return
        set_failed(found is None)
        show(found)

    def leave() -> None:
        if gone.current:
            gone.current.set()

    # What could not be had is asked for again when the register has answered again.
    ft.use_effect(look, [state.copy.as_of], cleanup=leave)
    if shown is None:
        return _placeholder(product, box) if failed else box.around(None, ground)
    return box.around(
        ft.Image(
            src=shown,
            width=box.width,
            height=box.height,
            fit=box.fit,
            error_content=_placeholder(product, box),
            gapless_playback=True,
            semantics_label=picture_words(shell.texts, product, picture),
        ),
        SURFACE_2,
    )


async def _address_or_bytes(
    pictures: Pictures, sha256: str, pixels: int, left: Callable[[], bool], *, web: bool
) -> str | bytes | None:
    """The picture's address on the web version's own site, where it is served.

    Otherwise its bytes: those at hand, else from the register, else of a smaller picture that is on the device.
    """
    if web and await asyncio.to_thread(pictures.is_named, sha256):
        return f"{PATH}{sha256}/{pixels}"
    found = await asyncio.to_thread(pictures.at_hand, sha256, pixels)
    if found is not None or left():
        return found
    try:
        return await asyncio.wrap_future(pictures.ask(sha256, pixels, left))
    except Exception as error:
        log.info("a picture could not be fetched: %s", describe(error))
    return await asyncio.to_thread(pictures.at_hand, sha256, pixels, smaller=True)


def _placeholder(product: Product, box: _Box) -> ft.Control:
    """The product's group as a drawing; it says nothing to a screen reader, which hears the group elsewhere."""
    size = max(20, min(box.width, box.height) * 2 // 5)
    icon = ft.Icon(_GROUPS.get(product.group, ft.Icons.CATEGORY), size=size, color=INK_2)
    return box.around(ft.Semantics(content=icon, exclude_semantics=True), SURFACE_2)
