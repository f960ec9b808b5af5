"""The running audit of a shop's shelves: scan after scan, without touching the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import cast

import flet as ft

from services.accounts.viewer import Viewer
from services.audits.audit import LONGEST_SHELF, Input, OpenAudit
from services.camera.state import Retried
from services.codes import ProductCode, parse
from services.scanners import Refusal, Scan
from services.verification.check import TYPED
from views.audits.asking import KEYS, ask_expiry, ask_one, ask_quantity, ask_shelf, key_caps, show_keys
from views.audits.begin import Begin
from views.audits.camera import TakingCamera
from views.audits.closing import Closing
from views.audits.desk import Desk
from views.audits.lines import Lines, Totals, listed
from views.audits.result import MainAction, Result, due
from views.audits.senses import listen, use_keys, use_wakelock
from views.camera.stage import LiveView, camera_stage, use_camera
from views.design import GAP, INK_2, INSIDE, NARROW, PANEL, Type, Width
from views.parts.audit_words import packs_words
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import icon_button, keyed, known_as, second_button, square_button, text
from views.parts.places import AUDIT_NOW
from views.parts.round_words import length_words, paused_for
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.sounds import play, prepare
from views.parts.words import CAMERA_FAULTS, CAMERA_PAUSED

_CAMERA = {Width.COMPACT: 210, Width.MEDIUM: 240, Width.EXPANDED: 196}
"""The height of the camera's picture, in logical pixels. On a screen 800 high the quantity stands in sight below it."""

_LEFT = {Width.MEDIUM: 320, Width.EXPANDED: NARROW}
"""The width of the large result on wide windows."""

_MINUTE = 30.0
"""Seconds after which the time that the audit takes is looked at again."""


@ft.component
def NowScreen() -> ft.View:
    """Show the running audit, or the few words with which one begins."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    ready, audit = use_loaded(lambda: device.audits.current(state.viewer), [state.viewer, state.audits_version])
    opened = ft.use_memo(lambda: audit, [audit.id if audit else None])
    on_top = ft.use_route_location() == AUDIT_NOW
    if not ready:
        return screen(shell, AUDIT_NOW, shell.texts.gettext("Shelves"), [Skeleton()])
    return Begin() if opened is None else keyed(opened.id, _Running, opened, state.viewer, on_top)


@dataclass
class _Asked:
    """What is being asked, "" for nothing, and what takes the question away."""

    what: str = ""
    close: Callable[[], object] = lambda: None
    number: int = 0

    def begin(self, what: str) -> int:
        """Begin a question; gives its number."""
        self.what, self.number = what, self.number + 1
        return self.number

    def end(self, number: int) -> None:
        """Note that a question is over: the client may say so when the next one has begun."""
        if number == self.number:
            self.what = ""


@ft.memo  # type: ignore[untyped-decorator]
@ft.component
def _Running(audit: OpenAudit, viewer: Viewer, on_top: bool) -> ft.View:
    """The screen of one audit, which is given as it was when the screen was opened. `on_top`: no other covers it."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _ = shell.texts.gettext
    asked = ft.use_memo(_Asked, [])
    desk = ft.use_memo(lambda: Desk(audit, device.audits, device.own_list, viewer, workspace), [])
    ft.use_effect(lambda: listen(shell, desk), [])
    ft.use_state(desk.standing)
    filming, set_filming = ft.use_state(not shell.wide)
    camera = use_camera()

    def ask(what: str) -> None:
        """Ask one thing at a time; keys mean nothing meanwhile."""
        line = desk.line
        if asked.what or (what in ("quantity", "expiry") and line is None):
            return
        mine = asked.begin(what)

        def gone() -> None:
            asked.end(mine)

        if what == "shelf":
            asked.close = ask_shelf(shell, desk.go_to_shelf, gone)
        elif what == "code":
            label = _("The number under the bars")
            asked.close = ask_one(shell, _("Type a code"), label, typed, identifier="audit-code", gone=gone)
        elif what == "keys":
            asked.close = show_keys(shell, gone)
        elif line and what == "quantity":
            asked.close = ask_quantity(shell, line.quantity, partial(desk.set_quantity, n=line.n), gone)
        elif line:
            asked.close = ask_expiry(shell, line.expiry, partial(desk.expire, n=line.n), gone)

    def typed(words: str) -> Coroutine[object, None, None]:
        if not words.strip():
            raise ValueError(_("Type the number under the bars."))
        return desk.take([(words.strip(), TYPED)], Input.TYPED)

    async def undo() -> None:
        if not await desk.undo():
            shell.say(_("There is nothing to take back."))

    def film() -> None:
        set_filming(not filming)

    def end() -> None:
        desk.standing.closing = True

    async def act() -> None:
        what = due(desk.line, workspace.today()) if desk.line else None
        if what:
            await desk.done(what)

    async def scanned(outcome: Scan | Refusal) -> None:
        """Take what a handheld scanner sent; while the next shelf is asked for, its label."""
        if isinstance(outcome, Refusal):
            desk.refuse(outcome)
            return
        is_label = not isinstance(parse(outcome.text), ProductCode)
        if asked.what == "shelf":
            if is_label:
                asked.close()
                await desk.go_to_shelf(outcome.text[:LONGEST_SHELF])
            else:
                shell.say(_("This is a product's code and not a shelf's label. It was not counted."))
                await play(shell, "not_read")
        elif desk.standing.closing:
            shell.say(_("The audit is being closed, so this was not counted. Carry on first, then scan again."))
            await play(shell, "not_read")
        elif is_label and outcome.text in {line.shelf for line in desk.audit.lines}:
            await desk.go_to_shelf(outcome.text)
        else:
            if asked.what:  # whoever scans on has done with it
                asked.close()
            await desk.take([(outcome.text, TYPED)], Input.SCANNER)

    does: dict[str, Callable[[], object]] = {
        "z": undo, "+": lambda: desk.add(1), "-": lambda: desk.add(-1), "k": lambda: ask("shelf"),
        "e": lambda: ask("expiry"), "n": lambda: ask("code"), "?": lambda: ask("keys"), "Space": desk.pause,
        "Enter": act, "c": film, "q": end,
    }  # fmt: skip
    use_keys(desk, does, scanned, shown=on_top, free=lambda: not asked.what and not desk.standing.closing)
    use_wakelock(shown=on_top)
    ft.use_effect(lambda: prepare(shell), [shell.tones])
    shown = on_top and filming and not desk.standing.closing and not desk.standing.is_paused
    stage = camera_stage(shell, camera, lambda key: keyed(key, TakingCamera, camera, desk), shown=shown)
    title = desk.standing.shelf or _("Shelf without a name")
    if desk.standing.closing:
        return screen(shell, AUDIT_NOW, _("Close the audit"), [Closing(desk)], scroll=False, full=True, working=True)
    menu = _menu(shell, [
        (_("Type a code"), ft.Icons.DIALPAD, lambda: ask("code")),
        (_("Camera off") if filming else _("Camera on"), ft.Icons.VIDEOCAM_OUTLINED, film),
        (_("Another shelf"), ft.Icons.SHELVES, lambda: ask("shelf")),
        (_("All keys"), ft.Icons.KEYBOARD_OUTLINED, lambda: ask("keys")),
        (_("End the audit"), ft.Icons.STOP_CIRCLE, end),
    ])  # fmt: skip
    pause_words = _("Go on") if desk.standing.is_paused else _("Pause")
    pause_icon = ft.Icons.PLAY_ARROW if desk.standing.is_paused else ft.Icons.PAUSE
    runs = filming and camera.state.runs
    film_box = ft.Container(
        stage if runs else _no_film(shell, camera) if shown else None,
        height=_CAMERA[shell.width] if runs else None,
        border_radius=PANEL if shell.wide else 0,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
    result = Result(desk, ask, brief=runs or not shell.wide)
    if shell.wide:
        actions = [
            known_as("audit-pause", second_button(pause_words, shell.guard(desk.pause), icon=pause_icon)),
            known_as("audit-next-shelf", second_button(_("This shelf is done"), shell.guard(lambda: ask("shelf")))),
            menu,
        ]
        left = ft.Column(
            [film_box, scrolled([result]), MainAction(desk, ask, keys=True)],
            spacing=12,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        right = listed(Totals(desk), ft.Container(scrolled([Lines(desk)]), expand=True))
        body = ft.Column(
            [_Subtitle(desk, {}), panes(shell, left, right, first_width=_LEFT[shell.width])],
            spacing=GAP,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        hints = [_hints(shell)] if shell.width is Width.EXPANDED else []
        return screen(
            shell, AUDIT_NOW, title, [body], actions=actions, bottom=hints, scroll=False, full=True, working=True
        )
    beside = {"left": INSIDE, "right": INSIDE} if runs else {}  # else the screen has its edge
    pause = icon_button(pause_icon, pause_words, shell.guard(desk.pause))
    foot = ft.Row(
        [
            known_as("audit-undo", square_button(ft.Icons.UNDO, _("Take the last change back"), shell.guard(undo))),
            ft.Container(MainAction(desk, ask, keys=False), expand=True),
        ],
        spacing=12,
    )
    column = ft.Column(
        [
            film_box,
            Totals(desk),
            scrolled(
                [
                    ft.Container(result, padding=ft.Padding.only(top=INSIDE, **beside)),
                    _Subtitle(desk, beside),
                    Lines(desk),
                ]
            ),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    actions = [known_as("audit-pause", pause), menu]
    return screen(
        shell, AUDIT_NOW, title, [column], actions=actions, bottom=[foot], scroll=False, full=True, picture=runs
    )


@ft.component
def _Subtitle(desk: Desk, beside: dict[str, int]) -> ft.Control:
    """How much was counted, how long it takes, and whether tones are heard."""
    shell, state = use_shell(), use_device_state()
    ft.use_state(desk)
    ft.use_effect(desk.catch_up, [state.audits_version])
    _now, look_again = ft.use_state(datetime.now(UTC))
    _, texts, audit = shell.texts.gettext, shell.texts, desk.audit

    async def tick() -> None:
        while True:
            await asyncio.sleep(_MINUTE)
            look_again(datetime.now(UTC))

    ft.use_effect(tick, [])
    now = datetime.now(UTC)
    length = now - audit.opened_at - paused_for(audit.pauses, now)
    if not (shell.tones and shell.volume):
        heard = _("tones are off")
    elif desk.silent:
        heard = _("tap the screen once, so that tones are heard")
    else:
        heard = _("tones are on")
    said = [packs_words(texts, audit.lines), length_words(texts, length), heard]
    if desk.typed:
        said.insert(0, f"×{desk.typed.lstrip('xX×*')} …")
    if audit.is_paused:
        said.insert(0, _("paused"))
    words = text(" · ".join(said), Type.SMALL)
    return known_as("audit-subtitle", ft.Container(words, padding=ft.Padding.only(**beside)))


def _no_film(shell: Shell, camera: LiveView) -> ft.Control:
    """Why there is no picture, in one line: the audit goes on without one."""
    _ = shell.texts.gettext
    title = CAMERA_FAULTS[camera.state.fault][0] if camera.state.fault else CAMERA_PAUSED[0]
    retry = ft.TextButton(_("Try again"), on_click=shell.guard(lambda: camera.tell(Retried())))
    row = ft.Row(
        [ft.Icon(ft.Icons.VIDEOCAM_OFF, color=INK_2), text(_(title), Type.SMALL, expand=True), retry], spacing=GAP
    )
    return known_as("camera-fault", row)


def _hints(shell: Shell) -> ft.Control:
    """The keys that are used most, at the foot of a wide window."""
    _, texts = shell.texts.gettext, shell.texts
    shown = ("Enter", "+ −", "× 12 Enter", "Z", "K", "Space", "?")
    pairs = [
        ft.Row([*key_caps(texts, key), text(_(words), Type.SMALL)], spacing=6, tight=True)
        for key, words in KEYS
        if key in shown
    ]
    return ft.Row(cast("list[ft.Control]", pairs), spacing=INSIDE, run_spacing=4, wrap=True)


def _menu(shell: Shell, items: list[tuple[str, ft.IconData, Callable[[], object]]]) -> ft.Control:
    words = shell.texts.gettext("More")
    made = [ft.PopupMenuItem(said, icon=icon, on_click=shell.guard(does)) for said, icon, does in items]
    menu = ft.PopupMenuButton(items=made, icon=ft.Icon(ft.Icons.MORE_VERT, semantics_label=words), tooltip=words)
    return known_as("audit-menu", menu)
