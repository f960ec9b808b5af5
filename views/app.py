"""The app of one person: which screen answers which address."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import flet as ft

from services.verification.check import TYPED
from services.workspace import Workspace
from views.notes.note_screen import NoteScreen
from views.notes.notes_screen import NotesScreen
from views.notes.signed_note_screen import NoteDetailScreen
from views.parts.client_answers import until_connected
from views.parts.connection import ConnectionWatch
from views.parts.look import apply_theme
from views.parts.question import show_verdict
from views.parts.session import SESSION, WIDE, Session, device_key, device_language
from views.parts.words import problem_sentence
from views.register.place_choice import PlaceScreen
from views.register.register_screen import RegisterScreen
from views.scan.samples import SamplesScreen
from views.scan.scan_screen import ScanScreen
from views.settings.settings_screen import SettingsScreen
from views.verdict.verdict_screen import VerdictScreen

_FIELD_LAG = 0.15
"""How long after a key itself a field's change may still be on its way, in seconds."""

log = logging.getLogger(__name__)


def routes() -> list[ft.Route]:
    """The screens by address; verdicts, notes and samples stand on top of the scan screen."""
    return [
        ft.Route(
            path="/",
            component=ScanScreen,
            children=[
                ft.Route(path="verdict", component=VerdictScreen),
                ft.Route(path="note/:id", component=NoteScreen),
                ft.Route(path="samples", component=SamplesScreen),
            ],
        ),
        ft.Route(
            path="/register",
            component=RegisterScreen,
            children=[
                ft.Route(path="place", component=PlaceScreen),
                ft.Route(path="verdict", component=VerdictScreen),
            ],
        ),
        ft.Route(path="/notes", component=NotesScreen, children=[ft.Route(path=":id", component=NoteDetailScreen)]),
        ft.Route(path="/settings", component=SettingsScreen),
        ft.Route(path="/:rest*", component=ScanScreen),
    ]


@ft.component
def App(session: Session) -> ft.Control:
    """Put the session around the router, so that every screen finds it."""
    return SESSION(session, lambda: ft.Router(routes(), manage_views=True))


async def start(page: ft.Page, workspace: Workspace) -> Session:
    """Open this person's device and draw the app on the page."""
    page.title = "OCOP Verify"
    page.padding = 0
    key = await device_key(page)
    device = await asyncio.to_thread(workspace.device, key)
    page.on_close = lambda _event: device.release()
    chosen = device.settings.value.server
    if chosen and workspace.registry is None and not page.web:
        await asyncio.to_thread(workspace.connect, chosen)
    language = await device_language(page)
    await until_connected(page)
    session = Session(page, workspace, device, key, language)
    session.wide = (page.width or 0) >= WIDE
    apply_theme(page, device.settings.value.theme)

    def resized(event: ft.PageResizeEvent) -> None:
        session.wide = event.width >= WIDE

    async def life_cycle(event: ft.AppLifecycleStateChangeEvent) -> None:
        if event.state in (ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE, ft.AppLifecycleState.DETACH):
            session.away = True
            if not page.web:  # one process serves all browsers, and polls for them
                workspace.be_away(True)
        elif event.state in (ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME, ft.AppLifecycleState.RESTART):
            session.away = False
            workspace.be_away(False)
            workspace.wake_fetcher()
            await asyncio.to_thread(device.wake)

    async def key_pressed(event: ft.KeyboardEvent) -> None:
        other = event.ctrl or event.alt or event.meta
        text = session.wedge.press(event.key, time.monotonic(), shift=event.shift, other_modifier=other)
        if text is not None:
            if session.wedge_typed:
                await asyncio.sleep(_FIELD_LAG)
                session.wedge_typed(text)
            show_verdict(session, [(text, TYPED)])

    def closed(_event: object) -> None:
        session.close()

    page.on_resize = resized
    page.on_app_lifecycle_state_change = life_cycle
    page.on_keyboard_event = key_pressed
    page.on_close = closed
    page.on_connect = lambda _event: session.refresh()
    if not page.web:
        session.connection_watch = ConnectionWatch(lambda connection: asyncio.to_thread(device.connected, connection))
    _survive_late_answers(page)
    page.render_views(App, session)
    _survive_drawing(session)
    page.run_task(session.unlock)
    _tell_of_damage(session)
    return session


def _tell_of_damage(session: Session) -> None:
    """Say what opening this device's files had to put right, and what was kept."""
    _ = session.texts.gettext
    damaged = session.device.recovered
    if any(not recovery.previous_used for recovery in damaged):
        session.say(
            _("A file on this device and its copy were damaged. Both are kept; what they held cannot be shown.")
        )
    elif damaged or session.workspace.catalogue.recovered:
        session.say(_("A file on this device was damaged. The last good state is used, and the damaged file is kept."))


def _survive_late_answers(page: ft.Page) -> None:
    """Let an answer for a control that has left the screen pass unheard.

    A picture that was asked for just before the camera's screen is left comes after it. Flet's loop that hears the
    client ends on it, and no button would be answered any more.
    """
    heard = page.session.handle_invoke_method_results

    def hear(control_id: int, call_id: str, result: Any, error: str | None) -> None:
        try:
            heard(control_id, call_id, result, error)
        except RuntimeError as gone:
            log.info("%s", gone)

    page.session.handle_invoke_method_results = hear  # type: ignore[method-assign]


def _survive_drawing(session: Session) -> None:
    """Tell the person when drawing a screen has failed, and go on.

    An error inside a component ends Flet's task for updates without a word, and the app would stand still.
    """
    task: asyncio.Task[None] = session.page.session._Session__updates_task  # type: ignore[attr-defined]

    def ended(task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("a screen could not be drawn", exc_info=error)
        session.page.session.start_updates_scheduler()  # type: ignore[no-untyped-call]
        _survive_drawing(session)
        session.say(problem_sentence(session.texts, "internal"))

    task.add_done_callback(ended)
