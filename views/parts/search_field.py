"""The field above a list that searches as one types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from views.parts.editing import without_scan
from views.parts.fields import TextInput
from views.parts.look import icon_button, known_as
from views.parts.scanning import use_scanning
from views.parts.shell import use_shell

PAUSE = 0.2
"""Seconds without a key after which the search begins."""


@ft.component
def SearchField(
    identifier: str,
    label: str,
    sought: str,
    look_for: Callable[[str], object],
    keep: Callable[[str], object] | None = None,
) -> ft.Control:
    """Searches when the person pauses typing; the field is not redrawn meanwhile.

    `sought` is what is looked for now, `look_for` looks for other words, and `keep` does so where the screen is being
    left, which must not open an address any more. What a handheld scanner types is taken out: it gets its own verdict.
    """
    shell, scanning = use_shell(), use_scanning()
    entry = ft.use_memo(lambda: TextInput(sought), [])
    own = ft.use_ref(sought)
    keys = ft.use_ref(0)
    latest: MutableRef[Callable[[str], object]] = ft.use_ref(None)  # a function would be called for the first value
    latest.current = look_for

    def search(words: str) -> None:
        keys.current = (keys.current or 0) + 1  # who is typing still waits in vain
        own.current = words.strip()
        if latest.current:
            latest.current(own.current)

    async def typed() -> None:
        keys.current = key = (keys.current or 0) + 1
        await asyncio.sleep(PAUSE)
        if keys.current == key:
            search(entry.text)

    def clear() -> None:
        entry.put("")
        search("")

    def keep_it() -> None:
        keys.current = (keys.current or 0) + 1
        if keep:
            own.current = entry.text.strip()
            keep(own.current)

    def take_out(scan: str) -> None:
        rest = without_scan(entry.text, scan)
        if rest is None:
            return
        entry.put(rest)
        keep_it()
        if not keep and rest.strip() != own.current:
            search(rest)

    def watch() -> None:
        scanning.take_out = take_out

    def leave() -> None:
        keep_it()
        scanning.take_out = None

    ft.use_effect(watch, [], cleanup=leave)
    if sought != own.current:  # changed by something other than this field
        own.current = sought
        entry.put(sought)
    clear_it = icon_button(ft.Icons.CLOSE, shell.texts.gettext("Clear the search"), shell.guard(clear))
    field = ft.TextField(
        label=label,
        prefix_icon=ft.Icons.SEARCH,
        autocorrect=False,
        enable_suggestions=False,
        on_change=shell.guard(typed),
        on_submit=shell.guard(lambda: search(entry.text)),
        suffix_icon=clear_it if sought else None,
    )
    return known_as(identifier, entry.draw(field))
