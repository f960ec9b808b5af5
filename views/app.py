"""The app of one person: opens it, and tells which screen answers which address."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast
from urllib.parse import quote, urlsplit

import flet as ft

from services.camera.frames import FrameReader
from services.decoding import DESKTOP, PHONE, FrameTracker
from services.scanners import Frame
from services.sync.connection import Connection
from services.workspace import Device, Workspace
from views.audits.actions_screen import ActionsScreen
from views.audits.audits_screen import AuditsScreen
from views.audits.closed_screen import ClosedAuditScreen
from views.audits.comparison_screen import AuditComparisonScreen
from views.audits.now_screen import NowScreen
from views.audits.own_list_screen import OwnListScreen
from views.bridge import Bridge, Keyboard, PictureDrop, wishes_contrast
from views.compare.compare_screen import CompareScreen
from views.design import width_class
from views.history.history_screen import HistoryScreen
from views.home.home_screen import HomeScreen
from views.inspection.checking_screen import CheckingScreen
from views.inspection.inspection_screen import InspectionScreen
from views.inspection.marking_screen import MarkingScreen
from views.inspection.photos_screen import PhotosScreen
from views.labels.label_screen import LabelScreen
from views.notes.answer_screen import AnswerScreen
from views.notes.note_screen import NoteScreen
from views.notes.notes_screen import NotesScreen
from views.notes.signed_note_screen import SignedNoteScreen
from views.notes.waiting_screen import WaitingScreen
from views.paper.paper_screen import PaperScreen
from views.parts.client_answers import in_time, until_connected
from views.parts.connection_watch import ConnectionWatch
from views.parts.device_state import DeviceState, DeviceWatch, use_device_state
from views.parts.fonts import load_fonts
from views.parts.missing_screen import MissingScreen
from views.parts.places import AUDITS, HISTORY, HOME, ROUNDS, SCAN
from views.parts.platform_key import AccountKey, browser_secret, use_account_key
from views.parts.question import Question
from views.parts.scanning import Scanning, back_to, use_scanning
from views.parts.shared import Shared, use_device, use_workspace
from views.parts.shell import NAME, Shell, device_language, use_shell
from views.parts.sought import RegisterSearch, use_register_search
from views.parts.theme import apply_theme
from views.parts.window import first_screen, follow, restore
from views.plan.plan_screen import PlanScreen
from views.register.place_choice import PlaceScreen
from views.register.producer_screen import ProducerScreen
from views.register.product_screen import ProductScreen
from views.register.register_screen import RegisterScreen
from views.report.report_form import ReportFormScreen
from views.report.report_screen import ReportScreen
from views.report.reports_screen import ReportsScreen
from views.rounds.close_screen import CloseScreen
from views.rounds.head_screen import EditRoundScreen, NewRoundScreen
from views.rounds.round_screen import RoundScreen
from views.rounds.rounds_screen import RoundsScreen
from views.rounds.sign_screen import SignScreen
from views.scan.samples import SamplesScreen
from views.scan.scan_screen import ScanScreen
from views.settings.invitation_screen import InvitationScreen
from views.settings.own_sessions_screen import OwnSessionsScreen
from views.settings.scanner_screen import ScannerScreen
from views.settings.settings_screen import SettingsScreen
from views.verdict.refused_screen import RefusedScreen
from views.verdict.verdict_screen import VerdictScreen

R = TypeVar("R")

log = logging.getLogger(__name__)


def routes(*, wide: bool) -> list[ft.Route]:
    """The screens by address; verdicts, notes and samples are shown on top of the first screen.

    In a `wide` window a signed note stands beside the list of notes, else on top of it.
    """
    return [
        ft.Route(
            path=HOME,
            component=_FirstScreen,
            children=[
                ft.Route(path="verdict", component=VerdictScreen),
                ft.Route(path="01/:rest*", component=_DigitalLink),
                ft.Route(path="compare", component=CompareScreen),
                ft.Route(path="note/:id", component=NoteScreen),
                ft.Route(path="waiting", component=WaitingScreen),
                ft.Route(path="answer/:id", component=AnswerScreen),
                ft.Route(path="report", component=ReportFormScreen),
                ft.Route(path="refused", component=RefusedScreen),
                ft.Route(path="samples", component=SamplesScreen),
                ft.Route(path="paper", component=PaperScreen),
                ft.Route(path="labels/check", component=LabelScreen),
            ],
        ),
        ft.Route(path=SCAN, component=ScanScreen),
        ft.Route(
            path="/register",
            component=RegisterScreen,
            children=[
                ft.Route(path="place", component=PlaceScreen),
                ft.Route(path="verdict", component=VerdictScreen),
            ],
        ),
        ft.Route(path=HISTORY, component=HistoryScreen),
        ft.Route(
            path=ROUNDS,
            component=RoundsScreen,
            children=[
                ft.Route(path="new", component=NewRoundScreen),
                ft.Route(path="plan", component=PlanScreen),
                ft.Route(
                    path=":round",
                    component=RoundScreen,
                    children=[
                        ft.Route(path="edit", component=EditRoundScreen),
                        ft.Route(
                            path="close",
                            component=CloseScreen,
                        ),
                        ft.Route(path="sign/:role", component=SignScreen),
                        ft.Route(
                            path=":id",
                            component=InspectionScreen,
                            children=[
                                ft.Route(path="checklist", component=CheckingScreen),
                                ft.Route(
                                    path="photos",
                                    component=PhotosScreen,
                                    children=[ft.Route(path=":photo", component=MarkingScreen)],
                                ),
                            ],
                        ),
                    ],
                ),
            ],
        ),
        *_audits(wide=wide),
        ft.Route(path="/reports", component=ReportsScreen, children=[ft.Route(path=":id", component=ReportScreen)]),
        ft.Route(  # on top of the list, so that a phone's own way back leads there
            path=HOME,
            component=RegisterScreen,
            children=[
                ft.Route(path="p/:gtin", component=ProductScreen),
                ft.Route(path="producer/:id", component=ProducerScreen),
            ],
        ),
        ft.Route(
            path="/notes",
            component=NotesScreen,
            outlet=wide,
            children=[ft.Route(path=":id", component=SignedNoteScreen)],
        ),
        ft.Route(
            path="/settings",
            component=SettingsScreen,
            children=[
                ft.Route(path="scanner", component=ScannerScreen),
                ft.Route(path="invitation", component=InvitationScreen),
                ft.Route(path="sessions", component=OwnSessionsScreen),
            ],
        ),
        ft.Route(path="/:rest*", component=MissingScreen),
    ]


def _audits(*, wide: bool) -> list[ft.Route]:
    """The shop's shelves. In a wide window a closed audit stands beside the list; what is worked on has all of it."""
    now = ft.Route(path="now", component=NowScreen, children=[ft.Route(path="actions", component=ActionsScreen)])
    parts = {"actions": ActionsScreen, "compare": AuditComparisonScreen}
    own = ft.Route(path="own-list", component=OwnListScreen)
    shelf = ft.Route(path="shelf/actions", component=ActionsScreen)
    if not wide:
        below = [ft.Route(path=path, component=component) for path, component in parts.items()]
        closed = ft.Route(path=":audit", component=ClosedAuditScreen, children=below)
        return [ft.Route(path=AUDITS, component=AuditsScreen, children=[now, own, shelf, closed])]
    below = [ft.Route(path=f":audit/{path}", component=component) for path, component in parts.items()]
    beside = ft.Route(path=":audit", component=ClosedAuditScreen)
    return [
        ft.Route(path=AUDITS, component=AuditsScreen, children=[now, own, shelf, *below]),
        ft.Route(path=AUDITS, component=AuditsScreen, outlet=True, children=[beside]),
    ]


@ft.component
def _FirstScreen() -> ft.Control:
    """Where people start: who has signed in scans, everybody else is asked how they would like to ask."""
    return ScanScreen() if use_device_state().account else HomeScreen()


@ft.component
def _DigitalLink() -> ft.Control:
    """The verdict on what a Digital Link on this site names."""
    asks = Question.at(use_shell().page.route).codes
    return VerdictScreen() if asks else MissingScreen()


@dataclass(frozen=True)
class OpenApp:
    """The open app of one person: the parts that its screens share."""

    shell: Shell
    workspace: Workspace
    device: Device
    state: DeviceState
    watch: DeviceWatch
    account_key: AccountKey
    scanning: Scanning
    search: RegisterSearch
    connection_watch: ConnectionWatch | None
    leave_bridge: Callable[[], object]
    leave_window: Callable[[], object]

    def share(self, draw: Callable[[], R]) -> R:
        """Make these parts available to the screens."""
        for shared, part in (
            (use_shell, self.shell),
            (use_workspace, self.workspace),
            (use_device, self.device),
            (use_device_state, self.state),
            (use_account_key, self.account_key),
            (use_scanning, self.scanning),
            (use_register_search, self.search),
        ):
            draw = partial(cast("Shared[object]", shared).given, part, draw)
        return draw()

    def close(self) -> None:
        """Stop watching and give the device back; sending goes on."""
        self.watch.close()
        self.leave_bridge()
        self.leave_window()
        if self.connection_watch:
            self.connection_watch.close()
        self.device.release()


@ft.component
def App(opened: OpenApp) -> ft.Control:
    """Draw the router, with the parts that its screens share around it."""
    ft.use_state(opened.shell)
    return opened.share(lambda: ft.Router(routes(wide=opened.shell.wide), manage_views=True))


async def start(page: ft.Page, workspace: Workspace, bridge: Bridge | None = None) -> OpenApp:
    """Open this person's device and draw the app on the page; `bridge` is the web server's."""
    keyboard, pictures = Keyboard(), PictureDrop()
    bridged = bridge is not None and bridge.follow(page.session, keyboard.hear, pictures.take, pictures.learn)
    page.title = NAME
    page.padding = 0
    page.route = _readable(page.route)
    # Before anything is asked: until the client has a theme it shows Flutter's own ground.
    apply_theme(page, "system", width_class(page.width or 0), high_contrast=wishes_contrast())
    page.update()
    secret = await browser_secret(page)
    device = await asyncio.to_thread(workspace.device, secret)
    page.on_close = device.release
    chosen = device.settings.value.server
    if chosen and workspace.registry is None and not page.web:
        await asyncio.to_thread(workspace.connect, chosen)
    if not page.web:
        await asyncio.to_thread(device.limit_pictures)
    language = await device_language(page)
    await until_connected(page)

    async def heard_of(connection: Connection) -> None:
        await asyncio.to_thread(device.connected, connection)

    shell = Shell(page, device.settings.value.language or language, device.settings.value.theme)
    shell.trembles = device.settings.value.haptics
    shell.tones, shell.volume = device.settings.value.tones, device.settings.value.volume
    shell.follow_contrast(wishes_contrast())
    first = first_screen(page, device.settings) if shell.on_computer else None
    if shell.on_computer:
        restore(page, device.settings)
    if first:
        page.route = first  # drawn at once; the client is told below
    state = DeviceState(workspace, device)
    shell.follow_account(state.account.role if state.account else None)
    opened = OpenApp(
        shell=shell,
        workspace=workspace,
        device=device,
        state=state,
        watch=DeviceWatch(
            state, workspace, device, account_changed=shell.follow_account, waiting_changed=shell.follow_waiting
        ),
        account_key=AccountKey(page, device, secret),
        scanning=Scanning(FrameReader(FrameTracker(PHONE if shell.on_phone else DESKTOP))),
        search=RegisterSearch(page.navigate),
        connection_watch=None if page.web else ConnectionWatch(heard_of),
        leave_bridge=partial(bridge.leave, keyboard.hear) if bridge else lambda: None,
        leave_window=follow(shell, device.settings) if shell.on_computer else lambda: None,
    )
    opened.scanning.wedge.frame = Frame(device.settings.value.scanner_prefix, device.settings.value.scanner_suffix)
    shell.back_to = partial(back_to, opened.scanning)
    keyboard.shell, keyboard.scanning = shell, opened.scanning
    pictures.shell, pictures.scanning, pictures.workspace = shell, opened.scanning, workspace
    _hear_the_page(opened)
    if not bridged:
        page.on_keyboard_event = keyboard.pressed
    _survive_late_answers(page)
    _survive_lost_clients(page)
    page.render_views(App, opened)
    _survive_drawing(shell)
    if first:
        page.navigate(first)
    page.run_task(opened.account_key.unlock)
    page.run_task(_measure_once_heard, shell)
    page.run_task(load_fonts, page)
    _tell_of_damage(opened)
    return opened


def _readable(address: str) -> str:
    """An address that can be taken apart: one such as `//[` has no screen, and could not even be told of."""
    try:
        urlsplit(address)
    except ValueError:
        return "/" + quote(address.lstrip("/"), safe="/?&=%:")
    return address


def _hear_the_page(opened: OpenApp) -> None:
    """Follow the window's size, the app's life cycle and the page's end."""
    shell, page = opened.shell, opened.shell.page

    def resized(event: ft.PageResizeEvent) -> None:
        shell.fit(event.width)

    async def life_cycle(event: ft.AppLifecycleStateChangeEvent) -> None:
        if event.state in (ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE, ft.AppLifecycleState.DETACH):
            shell.away = True
            if not page.web:  # on the web, one process polls for all browsers
                opened.workspace.be_away(True)
        elif event.state in (ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME, ft.AppLifecycleState.RESTART):
            shell.away = False
            opened.workspace.be_away(False)
            opened.workspace.wake_fetcher()
            page.run_task(load_fonts, page)  # what it had not yet when it was hidden
            await asyncio.to_thread(opened.device.wake)

    def connected() -> None:
        """Draw all anew for this client: Flet drops what changes while none is connected, and this may be a new one.

        A page that is reloaded says that it is hidden, and the next one never says that it is shown.
        """
        shell.away = False
        shell.measure()
        shell.client += 1
        opened.watch.refresh()
        page.run_task(load_fonts, page)

    page.on_resize = resized
    page.on_app_lifecycle_state_change = life_cycle
    page.on_close = opened.close
    page.on_connect = connected


async def _measure_once_heard(shell: Shell) -> None:
    """Look at the width again, since a change while the app started was told to nobody, and at the system's wishes."""
    with contextlib.suppress(TimeoutError, RuntimeError, ft.FletUnsupportedPlatformException):
        await in_time(shell.page.get_device_info())  # answered after all that was drawn has arrived
    shell.measure()
    # A client that does not know the system's wishes answers nothing, which Flet cannot read (TypeError).
    with contextlib.suppress(TimeoutError, RuntimeError, TypeError, ft.FletUnsupportedPlatformException):
        wishes = await in_time(ft.SemanticsService().get_accessibility_features())
        shell.follow_contrast(bool(wishes.high_contrast) or wishes_contrast())
        shell.page.update()


def _tell_of_damage(opened: OpenApp) -> None:
    """Tell the person what had to be repaired when this device's files were opened, and what was kept."""
    shell, _ = opened.shell, opened.shell.texts.gettext
    damaged = opened.device.recovered
    if any(not recovery.previous_used for recovery in damaged):
        shell.say(_("A file on this device and its copy were damaged. Both are kept; what they held cannot be shown."))
    elif damaged or opened.workspace.catalogue.recovered:
        shell.say(_("A file on this device was damaged. The last good state is used, and the damaged file is kept."))


def _survive_late_answers(page: ft.Page) -> None:
    """Ignore answers for controls that have left the screen.

    A picture requested just before the camera's screen is left arrives after that. It would end Flet's loop for
    messages from the client, and no button would work any more.
    """
    heard = page.session.handle_invoke_method_results

    def hear(control_id: int, call_id: str, result: object, error: str | None) -> None:
        try:
            heard(control_id, call_id, result, error)
        except RuntimeError as gone:
            log.info("%s", gone)

    page.session.handle_invoke_method_results = hear  # type: ignore[method-assign]


def _survive_lost_clients(page: ft.Page) -> None:
    """Drop what is sent in the moment between a connection's end and Flet's notice of it, as Flet does after that.

    It would end the task that draws, and the person would be told of a fault that is none.
    """
    send = page.session._Session__send_message  # type: ignore[attr-defined]

    def send_or_drop(message: object) -> None:
        try:
            send(message)
        except AttributeError as gone:
            if gone.name != "put_nowait":  # the queue of the connection, which is None by then
                raise
            log.info("the client has gone")

    page.session._Session__send_message = send_or_drop  # type: ignore[attr-defined]


def _survive_drawing(shell: Shell) -> None:
    """Tell the person when drawing a screen has failed, and go on.

    An error in a component would silently end Flet's task for updates, and the app would freeze.
    """
    task: asyncio.Task[None] = shell.page.session._Session__updates_task  # type: ignore[attr-defined]

    def ended(task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("a screen could not be drawn", exc_info=error)
        shell.page.session.start_updates_scheduler()  # type: ignore[no-untyped-call]
        _survive_drawing(shell)
        shell.say_problem("internal")

    task.add_done_callback(ended)
