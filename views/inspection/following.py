"""Opens an inspection's draft for a screen, and follows the editor that writes it."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.rounds.kept import KeptInspection
from views.inspection.editor import InspectionEditor
from views.inspection.fields import FormFields
from views.parts.device_state import use_device_state
from views.parts.loading import use_loaded
from views.parts.scanning import use_scanning
from views.parts.shared import use_device
from views.parts.shell import use_shell


def use_inspection(inspection_id: str) -> tuple[bool, KeptInspection | None]:
    """Hook: the draft or signed inspection with this id, read anew where another account signs in."""
    book, viewer = use_device().rounds, use_device_state().viewer
    return use_loaded(lambda: book.inspection(inspection_id, viewer), [inspection_id, viewer.account])


def use_editor(kept: KeptInspection) -> InspectionEditor:
    """Hook: an editor for the draft, which saves what is unsaved when the screen goes away."""
    shell, device, viewer = use_shell(), use_device(), use_device_state().viewer
    draft = kept.draft
    if draft is None:
        raise ValueError("only a draft can be edited")
    editor = ft.use_memo(lambda: InspectionEditor(draft, device.rounds, viewer, shell.say_problem), [])
    ft.use_effect(lambda: None, [], cleanup=editor.leave)
    use_changes(editor)
    return editor


def use_changes(editor: InspectionEditor, first: Callable[[], object] = lambda: None) -> int:
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


def use_scans(editor: InspectionEditor, fields: FormFields) -> None:
    """Hook: keep what a handheld scanner types into the form out of the inspection."""
    scanning = use_scanning()

    def begin() -> None:
        scanning.take_out = lambda scan: editor.take_out(scan, fields.typed())

    def leave() -> None:
        scanning.take_out = None

    ft.use_effect(begin, [], cleanup=leave)
