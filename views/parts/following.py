"""Hooks of screens on which something is written: they follow the editor, and keep scanned codes out of its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from views.parts.editing import DraftEditor
from views.parts.scanning import use_scanning


def use_changes(editor: DraftEditor[Any], first: Callable[[], object] = lambda: None) -> int:
    """Hook: redraw the component when the editor's draft changes; `first` is called before. Returns how often it has.

    Typing redraws nothing: it is on the screen already.
    """
    version, set_version = ft.use_state(0)

    def changed() -> None:
        first()
        set_version(lambda number: number + 1)

    unsubscribe = ft.use_memo(lambda: editor.subscribe(changed), [])
    ft.use_effect(lambda: None, [], cleanup=unsubscribe)
    return version


def use_editing(editor: DraftEditor[Any], put: Callable[[], object]) -> None:
    """Hook: redraw when the draft changes, and save what is unsaved when the screen goes away.

    `put` puts the draft's words into the fields where they were changed other than by typing. The texts are not
    compared: what was typed last may be in the field and not have reached the editor yet.
    """

    def first() -> None:
        if editor.rewritten:
            editor.rewritten = False
            put()

    use_changes(editor, first)
    ft.use_effect(lambda: None, [], cleanup=editor.leave)


def use_scans(take_out: Callable[[str], None]) -> None:
    """Hook: while this screen is shown, what a handheld scanner typed into it is given to `take_out`."""
    scanning = use_scanning()

    def begin() -> None:
        scanning.take_out = take_out

    def leave() -> None:
        scanning.take_out = None

    ft.use_effect(begin, [], cleanup=leave)
