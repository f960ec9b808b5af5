"""How a running audit hears and is heard: a scanner's bursts, a person's keys, tones, and the screen that stays on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import flet as ft

from services.audits.audit import Line
from services.audits.gravity import Klass, klass
from services.scanners import Refusal, Scan
from views.audits.desk import Desk, News
from views.parts.audit_words import KLASSES
from views.parts.commands import Commands
from views.parts.feel import let_feel
from views.parts.scanning import use_scanning
from views.parts.shell import Shell, use_shell
from views.parts.sounds import Klass as Heard
from views.parts.sounds import play


def heard_of(line: Line | None, news: News, kind: Klass) -> Heard:
    """The tone for what has happened: that of the line's class; a good pack that has come again has one of its own."""
    if line is None:
        return "not_read"
    if kind is Klass.GOOD:
        return "good" if news.how == "new" else "again"
    heard: dict[Klass, Heard] = {
        Klass.LOOK: "look", Klass.TAKE_DOWN: "take_down", Klass.OUTSIDE: "outside", Klass.NOT_READ: "not_read",
    }  # fmt: skip
    return heard[kind]


def listen(shell: Shell, desk: Desk) -> None:
    """Let be heard and felt what the desk takes or refuses, from now on."""

    async def tell(line: Line | None, news: News) -> None:
        kind = klass(line, desk.today) if line else Klass.NOT_READ
        played, _felt = await asyncio.gather(
            play(shell, heard_of(line, news, kind)), let_feel(shell, KLASSES[kind].tone)
        )
        silent = not played and shell.tones and shell.volume > 0
        if silent is not desk.silent:
            desk.silent = silent

    def soon(line: Line | None, news: News) -> None:
        if shell.page.session.connection:  # else the client has just gone: what was counted is shown when it is back
            shell.page.run_task(tell, line, news)

    desk.tell = soon


@dataclass
class _Meanings:
    """What keys and scans mean by the newest drawing: the effect that hears them is older."""

    does: Mapping[str, Callable[[], object]]
    scanned: Callable[[Scan | Refusal], Awaitable[None]]
    commands: Commands | None = None
    """What hears the keys now."""


async def _nobody(_outcome: Scan | Refusal) -> None:
    pass


def use_keys(
    desk: Desk,
    does: Mapping[str, Callable[[], object]],
    scanned: Callable[[Scan | Refusal], Awaitable[None]],
    *,
    shown: bool,
    free: Callable[[], bool],
) -> None:
    """Hook: give keys their meaning, and take a scanner's bursts, while the screen is `shown`.

    Keys mean nothing while something is asked (not `free`). After Tab, Enter and the space bar press what has the
    focus, until Escape or a scan.
    """
    shell, scanning = use_shell(), use_scanning()
    newest = ft.use_memo(lambda: _Meanings(does, scanned), [])
    newest.does, newest.scanned = does, scanned
    walking = ft.use_ref(False)

    def pressed(key: str) -> None:
        scanning.wedge.clear()  # a key that a person pressed is no beginning of a scan
        if key in ("Tab", "Escape"):
            walking.current = key == "Tab"
        wanted = newest.does.get(key)
        if wanted and free() and not (walking.current and key in ("Enter", "Space")):
            shell.page.run_task(shell.guard(wanted))

    def counted(quantity: int) -> None:
        scanning.wedge.clear()
        if free():
            shell.page.run_task(desk.set_quantity, quantity)

    async def take(outcome: Scan | Refusal) -> None:
        walking.current = False
        await newest.scanned(outcome)

    async def show(number: str) -> None:
        desk.typed = number if free() else ""

    def typing(number: str) -> None:
        shell.page.run_task(show, number)

    def begin() -> None:
        if shown:
            newest.commands = Commands(pressed, counted, typing)
            scanning.taker, scanning.commands = take, newest.commands

    def end() -> None:  # of the newest drawing: by then it is no longer `shown`
        if newest.commands and scanning.commands is newest.commands:
            scanning.taker = scanning.commands = None

    ft.use_effect(begin, [shown], cleanup=end)


def use_enter(does: Callable[[], object], *, shown: bool) -> None:
    """Hook: let Enter do one thing while the screen is `shown`, whatever has the focus; after Tab it presses that."""
    shell, scanning = use_shell(), use_scanning()
    newest = ft.use_memo(lambda: _Meanings({}, _nobody), [])
    newest.does = {"Enter": does}
    walking = ft.use_ref(False)

    def pressed(key: str) -> None:
        scanning.wedge.clear()
        if key in ("Tab", "Escape"):
            walking.current = key == "Tab"
        if key in newest.does and not walking.current:
            shell.page.run_task(shell.guard(newest.does[key]))

    def begin() -> None:
        if shown:
            newest.commands = scanning.commands = Commands(pressed, lambda _quantity: None)

    def end() -> None:
        if newest.commands and scanning.commands is newest.commands:
            scanning.commands = None

    ft.use_effect(begin, [shown], cleanup=end)


def use_wakelock(*, shown: bool) -> None:
    """Hook: keep the screen on while it is `shown`, where the device can."""

    async def hold(awake: bool) -> None:
        with contextlib.suppress(RuntimeError, TimeoutError):
            await (ft.Wakelock().enable() if awake else ft.Wakelock().disable())  # type: ignore[no-untyped-call]

    shell = use_shell()
    held = ft.use_ref(False)

    async def begin() -> None:
        if shown:
            held.current = True
            await hold(True)

    def end() -> None:  # of the newest drawing: by then it is no longer `shown`
        if held.current:
            held.current = False
            shell.page.run_task(hold, False)

    ft.use_effect(begin, [shown, shell.client], cleanup=end)
