"""The checklist of an inspection: its list with the inspection's facts, answers and photos."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import flet as ft

from services.register.certificates import believed_today
from services.rounds.facts import facts_of
from services.rounds.inspection import Shows
from services.rounds.kept import KeptInspection
from services.rounds.shots import label_photo
from views.camera.photo_screen import PhotoScreen
from views.checklist.checklist_screen import ChecklistScreen
from views.checklist.subject import Subject
from views.inspection.following import use_editor, use_inspection
from views.inspection.head import subject
from views.inspection.inspection_screen import nowhere
from views.inspection.saving import SaveFoot
from views.parts.frame import screen
from views.parts.loading import Skeleton
from views.parts.look import keyed
from views.parts.picture_file import PictureFile
from views.parts.pictures import StoredPhoto, add_pictures
from views.parts.places import round_address
from views.parts.shared import use_workspace
from views.parts.shell import use_shell

_PHOTO = 64
"""The side of a photo beside an answer, in logical pixels."""


@ft.component
def CheckingScreen() -> ft.View:
    """Find the inspection in the address, and show its checklist."""
    shell = use_shell()
    params = ft.use_route_params()
    route = f"{round_address(params['round'], params['id'])}/checklist"
    ready, kept = use_inspection(params["id"])
    if not ready:
        return screen(shell, route, shell.texts.gettext("Checklist"), [Skeleton()])
    if kept is None or kept.draft is None:
        return nowhere(shell, route)
    return keyed(kept.id, _Checking, kept, route)


@ft.component
def _Checking(kept: KeptInspection, route: str) -> ft.View:
    shell, workspace = use_shell(), use_workspace()
    editor = use_editor(kept)
    photographed, photograph = ft.use_state(cast("str | None", None))
    gtin = editor.found.gtin
    product = ft.use_memo(lambda: workspace.catalogue.product(gtin) if gtin else None, [gtin])
    if editor.gone:
        return nowhere(shell, route)

    async def take(picture: bytes) -> None:
        before = {each.file.sha256 for each in editor.draft.pictures}
        editor.choose_shot(Shows.LABEL)
        await add_pictures(shell, editor, [PictureFile("", picture)])
        new = next((each for each in editor.draft.pictures if each.file.sha256 not in before), None)
        if new and photographed:
            editor.prove(photographed, new.file.sha256)

    if photographed is not None:
        back = shell.texts.gettext("Back to the checklist")
        return PhotoScreen(route, take, lambda: photograph(None), back)

    def thumbnail(sha256: str) -> ft.Control:
        file = next((each.file for each in editor.draft.pictures if each.file.sha256 == sha256), None)
        words = shell.texts.gettext("Photo of this item")
        return StoredPhoto(file, words, side=_PHOTO, photos=editor.book.photos) if file else ft.Container()

    wanted: dict[str, frozenset[str]] = {}
    for problem in editor.problems:
        if problem.item:
            wanted[problem.item] = wanted.get(problem.item, frozenset()) | {problem.reason}
    # By the best clock there is, as a verdict: a device's own may be wrong, and goods would be past their date by it.
    begun = editor.draft.started_at + timedelta(seconds=workspace.clock_offset or 0)
    day = believed_today(begun, editor.found.copy_as_of).day
    about = Subject(
        facts=facts_of(editor.found, product, day),
        read=lambda: editor.found.checklist,
        change=lambda filled: editor.choose(checklist=filled),
        typed=lambda filled: editor.type(checklist=filled),
        photograph=photograph,
        thumbnail=thumbnail,
        label_photo=lambda: label_photo(editor.draft.pictures),
        gtin=gtin,
        ocop_group=product.group if product else None,
        wanted=wanted,
    )
    head = [subject(shell, editor.found, product, editor.draft.started_at, brief=True)]
    return ChecklistScreen(route, about, head, [keyed("save", SaveFoot, editor)])
