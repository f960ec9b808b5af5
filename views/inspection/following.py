"""Opens an inspection's draft for a screen, and follows the editor that writes it."""

from __future__ import annotations

import flet as ft

from services.rounds.kept import KeptInspection
from views.inspection.editor import InspectionEditor
from views.parts.device_state import use_device_state
from views.parts.following import use_changes
from views.parts.loading import use_loaded
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
