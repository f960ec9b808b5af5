"""The foot of an inspection: saved, and straight back to the camera that scans; beside it the camera for photos."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import flet as ft

from services.checklists.choosing import Checklist, chosen
from services.rounds.inspection import Found
from services.storage.store import StoreWriteError
from services.workspace import Workspace
from views.inspection.editor import InspectionEditor
from views.inspection.fields import FormFields
from views.parts.device_state import use_device_state
from views.parts.following import use_changes
from views.parts.inspection_words import inspection_problem
from views.parts.look import known_as, main_button, square_button
from views.parts.open_round import back_to_scanning
from views.parts.places import round_address
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import use_shell


def checklist_of(workspace: Workspace, found: Found) -> Checklist | None:
    """The list that was filled; None where none was begun, or where this device does not have its version."""
    filled = found.checklist
    document = workspace.checklists.get(filled.version) if filled else None
    return chosen(document, filled) if document and filled else None


@ft.component
def SaveFoot(editor: InspectionEditor, fields: FormFields | None = None) -> ft.Control:
    """Draw the two buttons. `fields` are those of the form, where it is on the screen."""
    shell, device, workspace, state = use_shell(), use_device(), use_workspace(), use_device_state()
    scanning = use_scanning()
    _ = shell.texts.gettext
    use_changes(editor)

    async def save() -> None:
        if fields:
            editor.choose(**fields.said())
            if fields.wrong:
                shell.say(inspection_problem(shell.texts, next(iter(fields.wrong.values()))) or "")
                return
        listed = await asyncio.to_thread(checklist_of, workspace, editor.found)
        rules = {item.id: item for item in listed.items} if listed else None
        inspection = await editor.finish(device.author, rules)
        if inspection is None:
            if editor.problems:
                told = inspection_problem(shell.texts, editor.problems[0].reason)
                shell.say(told or _("It could not be saved. What you wrote is kept."))
            return
        with suppress(StoreWriteError):  # the inspection is saved; that its sentences are not learned is no loss
            await asyncio.to_thread(device.templates.learn, inspection.found.text, state.viewer)
        back_to_scanning(shell, scanning, state, device, inspection.id)

    button = main_button(_("Save, scan next"), shell.guard(save), icon=ft.Icons.CHECK, expand=True)
    button.disabled = editor.busy
    photos = f"{round_address(editor.draft.round, editor.draft.id)}/photos"
    camera = square_button(ft.Icons.PHOTO_CAMERA, _("Take a photo"), shell.go_to(photos))
    return ft.Row(
        [known_as("open-photos", camera), ft.Container(known_as("inspection-save", button), expand=True)], spacing=12
    )
