"""Writing a note: outcome, words, photos, place. Everything typed is kept at once; signing it off makes it final."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import flet as ft
import flet_geolocator as geo
from flet.components.hooks.use_ref import MutableRef

from services.camera.frames import CameraFault
from services.notes.note import Draft, DraftClosed, Note, NoteInvalid
from services.notes.photos import BadPicture, Photo
from services.storage.store import StoreWriteError
from services.verification import Status
from views.camera.live import LiveCamera, Shutter, fault_panel
from views.notes.autosave import Autosave
from views.parts.fields import TextInput
from views.parts.loading import use_loaded
from views.parts.look import card, chip, keyed, known_as, screen
from views.parts.note_content import correction_link
from views.parts.pictures import StoredPhoto, pick_pictures
from views.parts.session import Session, use_session
from views.parts.verdict_words import STATUS
from views.parts.words import OUTCOMES, problem_sentence

_SHUTTER_TIMEOUT = 8.0
"""How long a photo may take, in seconds; after that the camera counts as gone."""

PLACE_TIMEOUT = 20.0
"""A position under a market's roof may take a while; longer than this nobody waits (seconds)."""


@ft.component
def NoteScreen() -> ft.View:
    """Find the draft in the address and show it for writing."""
    session = use_session()
    _ = session.texts.gettext
    draft_id = ft.use_route_params()["id"]
    notebook, viewer = session.device.notebook, session.viewer

    def load() -> tuple[Draft | None, Note | None]:
        draft = notebook.draft(draft_id, viewer=viewer)
        return draft, notebook.note(draft.supersedes, viewer=viewer) if draft and draft.supersedes else None

    ready, loaded = use_loaded(load, [draft_id, viewer.account])
    if not ready:
        return screen(session, f"/note/{draft_id}", _("Note"), [ft.ProgressBar()])
    draft, corrected = loaded or (None, None)
    if draft is None:
        return screen(
            session,
            f"/note/{draft_id}",
            _("Note"),
            [
                ft.Text(_("This draft is not here: it was signed off or discarded, or it belongs to another account.")),
                ft.FilledButton(
                    _("Go to the notes"), on_click=session.guard(lambda _e: session.page.navigate("/notes"))
                ),
            ],
        )
    return keyed(draft_id, _Form, draft, corrected)


@ft.component
def _Form(opened: Draft, corrected: Note | None) -> ft.View:
    session = use_session()
    _ = session.texts.gettext
    notebook = session.device.notebook
    # The draft lives beside the drawing, so that a keystroke redraws nothing.
    current: MutableRef[Draft] = ft.use_ref(opened)
    shown, show = ft.use_state(opened)
    words = ft.use_memo(lambda: TextInput(opened.text), [])
    saving, set_saving = ft.use_state(False)
    camera_open, set_camera_open = ft.use_state(False)
    page_route = f"/note/{opened.id}"

    def failed(_error: Exception) -> None:
        session.say(problem_sentence(session.texts, "not_saved"))

    keep = ft.use_memo(lambda: Autosave(lambda: notebook.save_draft(_draft(current)), failed), [])

    def leave() -> None:
        session.wedge_typed = None
        keep.leave()

    def take_out(scan: str) -> None:
        """A handheld scanner typed into the field: what it typed is not part of the note."""
        place = words.text.rfind(scan)
        if place >= 0:
            words.put((words.text[:place] + words.text[place + len(scan) :]).rstrip("\n"))
            change(text=words.text)

    def change(**fields: Any) -> None:
        current.current = replace(_draft(current), **fields)
        keep.touch()
        show(current.current)

    def typed(event: ft.Event[ft.TextField]) -> None:
        current.current = replace(_draft(current), text=event.control.value)
        keep.touch()

    field = words.draw(
        label=_("In your words"),
        multiline=True,
        min_lines=4,
        max_lines=10,
        max_length=5000,
        on_change=typed,
    )

    def watch() -> None:
        session.wedge_typed = take_out

    ft.use_effect(watch, [], cleanup=leave)

    def with_photos_of(stored: Draft) -> None:
        """Take over the photos alone: words may have been typed while they were being stored."""
        current.current = replace(_draft(current), photos=stored.photos)

    async def add(pictures: list[bytes]) -> None:
        set_saving(True)
        try:
            await keep.flush()
            for picture in pictures:
                stored = await asyncio.to_thread(notebook.add_photo, opened.id, picture)
                with_photos_of(stored)
        except (BadPicture, NoteInvalid) as error:
            session.say(problem_sentence(session.texts, error.reason))
        except StoreWriteError:
            session.say(problem_sentence(session.texts, "not_saved"))
        finally:
            set_saving(False)
            show(_draft(current))

    async def remove(photo: Photo) -> None:
        await keep.flush()
        with_photos_of(await asyncio.to_thread(notebook.remove_photo, opened.id, photo.sha256))
        show(_draft(current))

    async def from_file(_event: Any) -> None:
        pictures = await pick_pictures(several=True)
        if pictures:
            await add(pictures)

    async def place(event: ft.Event[ft.Switch]) -> None:
        if not event.data:
            change(place=None)
            return
        set_saving(True)
        try:
            found = await _position()
        finally:
            set_saving(False)
        if found is None:
            session.say(_("The place could not be had: it is switched off, not allowed, or there is no signal here."))
        change(place=found)

    async def sign(_event: Any) -> None:
        set_saving(True)
        try:
            await keep.flush()
            keep.drop()
            account = session.device.accounts.current
            await asyncio.to_thread(
                notebook.sign,
                opened.id,
                account=account.username if account else None,
                device=session.device.id,
                now=datetime.now(UTC),
                clock_offset=session.workspace.registry.clock_offset if session.workspace.registry else None,
            )
        except DraftClosed:  # the second of two quick taps
            session.page.navigate("/notes")
            return
        except NoteInvalid as error:
            session.say(problem_sentence(session.texts, error.reason))
            return
        except StoreWriteError:
            session.say(problem_sentence(session.texts, "not_saved"))
            return
        finally:
            set_saving(False)
        session.page.navigate("/notes")
        session.say(_("Signed off and kept on this device. It is sent when there is a connection."))

    async def discard(_event: Any) -> None:
        keep.drop()
        await asyncio.to_thread(notebook.discard_draft, opened.id)
        session.page.navigate("/notes")

    if camera_open:
        return _PhotoScreen(page_route, add, lambda: set_camera_open(False))

    def confirm_discard(_event: Any) -> None:
        session.page.show_dialog(_discard_dialog(session, discard, correction=opened.supersedes is not None))

    return screen(
        session,
        page_route,
        _("Correction") if opened.supersedes else _("Note"),
        [
            *([correction_link(session, corrected)] if opened.supersedes else []),
            _subject(session, shown),
            ft.Text(_("What did you find?"), weight=ft.FontWeight.W_600),
            ft.Row(
                [
                    ft.Chip(
                        label=_(name),
                        leading=ft.Icon(icon),
                        selected=shown.outcome == outcome,
                        show_checkmark=False,
                        on_select=session.guard(lambda _e, outcome=outcome: change(outcome=outcome)),
                    )
                    for outcome, (name, icon) in OUTCOMES.items()
                ],
                wrap=True,
                spacing=8,
                run_spacing=4,
            ),
            known_as("note-text", field),
            _photos(session, shown, remove),
            ft.Row(
                [
                    ft.OutlinedButton(
                        _("Take a photo"),
                        icon=ft.Icons.PHOTO_CAMERA,
                        on_click=session.guard(lambda _e: set_camera_open(True)),
                    ),
                    known_as(
                        "note-photo-file",
                        ft.OutlinedButton(
                            _("Photo from a file"), icon=ft.Icons.IMAGE, on_click=session.guard(from_file)
                        ),
                    ),
                ],
                wrap=True,
            ),
            ft.Switch(
                label=_("Add the place where I am"), value=shown.place is not None, on_change=session.guard(place)
            ),
            *([ft.ProgressBar()] if saving else []),
            ft.Text(
                _("A note that is signed off cannot be changed; a correction is a new note."),
                size=12,
                color=ft.Colors.ON_SURFACE_VARIANT,
            ),
            ft.TextButton(
                _("Discard this draft"), icon=ft.Icons.DELETE_OUTLINE, on_click=session.guard(confirm_discard)
            ),
        ],
        bottom=[
            known_as(
                "note-save",
                ft.FilledButton(
                    _("Sign off and save"),
                    icon=ft.Icons.CHECK,
                    height=52,
                    disabled=saving,
                    on_click=session.guard(sign),
                ),
            )
        ],
    )


def _draft(current: MutableRef[Draft]) -> Draft:
    if current.current is None:
        raise RuntimeError("the draft is gone")
    return current.current


def _subject(session: Session, draft: Draft) -> ft.Control:
    """What the note is about: the product's name or the code, and the verdict at the time."""
    _ = session.texts.gettext
    title = draft.product_name or (draft.code["text"] if draft.code else _("Without a code"))
    lines: list[ft.Control] = [ft.Text(title, size=18, weight=ft.FontWeight.W_600)]
    if draft.code and draft.product_name:
        lines.append(ft.Text(draft.code.get("gtin") or draft.code["text"], size=13))
    if draft.verdict:
        word, tone, icon = STATUS[Status(draft.verdict["status"])]
        lines.append(ft.Row([chip(_(word), icon, tone)]))
    return card(*lines)


def _photos(session: Session, draft: Draft, remove: Any) -> ft.Control:
    _ = session.texts.gettext
    if not draft.photos:
        return ft.Text(_("No photos yet"), color=ft.Colors.ON_SURFACE_VARIANT)

    def tile(photo: Photo) -> ft.Control:
        async def drop(_event: Any) -> None:
            await remove(photo)

        return ft.Stack(
            [
                StoredPhoto(photo, side=104),
                ft.IconButton(
                    ft.Icons.CANCEL,
                    icon_color=ft.Colors.WHITE,
                    bgcolor="#99000000",
                    icon_size=20,
                    right=0,
                    top=0,
                    tooltip=_("Remove this photo"),
                    on_click=session.guard(drop),
                ),
            ],
            width=104,
            height=104,
        )

    return ft.Row([tile(photo) for photo in draft.photos], wrap=True)


def _discard_dialog(session: Session, discard: Any, *, correction: bool) -> ft.AlertDialog:
    _ = session.texts.gettext

    async def yes(event: Any) -> None:
        session.page.pop_dialog()
        await discard(event)

    return ft.AlertDialog(
        title=ft.Text(_("Discard this draft?")),
        content=ft.Text(
            _("The correction is removed from this device. The note that it corrects stays as it is.")
            if correction
            else _("Its words and photos are removed from this device.")
        ),
        actions=[
            ft.TextButton(_("Keep it"), on_click=session.guard(lambda _e: session.page.pop_dialog())),
            ft.FilledButton(_("Discard"), on_click=session.guard(yes)),
        ],
    )


@ft.component
def _PhotoScreen(route: str, add: Any, close: Any) -> ft.View:
    """The camera for one photo of the note."""
    session = use_session()
    _ = session.texts.gettext
    shutter = ft.use_memo(Shutter, [])
    fault, set_fault = ft.use_state(cast("CameraFault | None", None))
    attempt, set_attempt = ft.use_state(0)

    def retry(_event: Any) -> None:
        set_fault(None)
        set_attempt(attempt + 1)

    async def ignore(_frame: Any) -> None:
        return None

    async def take(_event: Any) -> None:
        if shutter.take is None:
            return
        try:
            picture = await asyncio.wait_for(shutter.take(), _SHUTTER_TIMEOUT)
        except TimeoutError:
            set_fault(CameraFault.UNPLUGGED)
            return
        close()
        if picture:
            await add([picture])

    stage: ft.Control
    if fault is None:
        stage = keyed(f"camera {attempt}", LiveCamera, ignore, set_fault, shutter)
    else:
        stage = fault_panel(session, fault, retry)
    return screen(
        session,
        route,
        _("Take a photo"),
        [
            ft.Container(stage, expand=True, border_radius=16, clip_behavior=ft.ClipBehavior.ANTI_ALIAS),
            known_as(
                "photo-take",
                ft.FilledButton(
                    _("Take it"),
                    icon=ft.Icons.CAMERA,
                    height=56,
                    disabled=fault is not None,
                    on_click=session.guard(take),
                ),
            ),
            ft.OutlinedButton(_("Back to the note"), on_click=session.guard(lambda _e: close())),
        ],
        scroll=False,
    )


async def _position() -> dict[str, Any] | None:
    """The device's position as a note carries it, or None where it cannot be had."""
    locator = geo.Geolocator()
    try:
        status = await asyncio.wait_for(locator.request_permission(), PLACE_TIMEOUT)
        if status not in (geo.GeolocatorPermissionStatus.ALWAYS, geo.GeolocatorPermissionStatus.WHILE_IN_USE):
            return None
        found = await asyncio.wait_for(locator.get_current_position(), PLACE_TIMEOUT)
    except (TimeoutError, RuntimeError, ft.FletUnsupportedPlatformException):
        return None
    if found.latitude is None or found.longitude is None:
        return None
    accuracy = round(float(found.accuracy), 1) if found.accuracy is not None else None
    return {"lat": round(float(found.latitude), 6), "lon": round(float(found.longitude), 6), "accuracy": accuracy}
