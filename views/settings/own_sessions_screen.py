"""Where one's account is signed in: its devices as the server tells them, and ending it on the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import flet as ft

from services.client.answers import OpenSession
from services.wording import mark
from views.design import Tone, Type
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.loading import Skeleton
from views.parts.look import card, fact, heading, keyed, known_as, panel, text
from views.parts.places import OWN_SESSIONS
from views.parts.shared import use_device
from views.parts.shell import use_shell
from views.parts.texts import Texts
from views.parts.words import WAITS_FOR_A_SIGN_IN, problem_sentence
from views.settings.password_field import PasswordField
from views.settings.trying import problem_of

Found = tuple[OpenSession, ...]
Again = Callable[[], Awaitable[None]]

_UNHEARD = ("no_connection", "timed_out")
_NOT_SHOWN: dict[str, str] = {
    **dict.fromkeys(
        _UNHEARD,
        mark("No connection to the server, which alone knows where you are signed in. Try again once there is one."),
    ),
    **dict.fromkeys(
        WAITS_FOR_A_SIGN_IN, mark("Sign in first, in the settings: the server tells it to yourself alone.")
    ),
    "not_found": mark(
        "This server does not tell where you are signed in: it is of an earlier version. "
        "Your office can sign you out on a device that you have lost."
    ),
}
"""Why the list is not shown, where the general words for a problem's code would not say it."""
_NOT_ENDED: dict[str, str] = {
    **_NOT_SHOWN,
    **dict.fromkeys(
        _UNHEARD,
        mark("No answer from the server, so it may not have ended. Try again once there is a connection."),
    ),
    "wrong_credentials": mark("The password is wrong. Nothing was ended."),
}
_OFFICE = ("reviewer", "registrar", "administrator")


@ft.component
def OwnSessionsScreen() -> ft.View:
    """Ask the server where the account is signed in, and show it; without an answer say why."""
    shell, device, state = use_shell(), use_device(), use_device_state()
    _, texts = shell.texts.gettext, shell.texts
    found, set_found = ft.use_state(cast("Found | None", None))
    problem, set_problem = ft.use_state("")

    async def ask() -> None:
        heard: list[OpenSession] = []

        async def look() -> None:
            heard.extend(await asyncio.to_thread(device.own_sessions))

        said = await problem_of(look)
        set_problem(said)
        set_found(None if said else tuple(heard))

    # Asked anew when somebody else signs in, and once the key store has opened the sign-in.
    ft.use_effect(shell.guard(ask), [state.account and state.account.key, device.sign_in_need])

    async def again() -> None:
        set_problem("")
        set_found(None)
        await ask()

    content: list[ft.Control]
    if problem:
        button = ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(again))
        words = ft.Text(_sentence(texts, _NOT_SHOWN, problem))
        content = [known_as("sessions-problem", panel(words, ft.Row([button]), tone=Tone.CAUTION, icon=ft.Icons.DNS))]
    elif found is None:
        content = [Skeleton()]
    else:
        in_office = state.account is not None and state.account.role in _OFFICE
        content = _list(texts, found, again, in_office=in_office)
    return screen(shell, OWN_SESSIONS, _("Where I am signed in"), content)


def _sentence(texts: Texts, own: dict[str, str], problem: str) -> str:
    return texts.gettext(own[problem]) if problem in own else problem_sentence(texts, problem)


def _list(texts: Texts, found: Found, again: Again, *, in_office: bool) -> list[ft.Control]:
    _, others = texts.gettext, [session for session in found if not session.this]
    rows: list[ft.Control] = [
        text(
            _(
                "Your account is open on these devices. "
                "If you do not know one, sign out there, then change your password."
            ),
            Type.SMALL,
        ),
        *(_card(texts, session, again) for session in found),
    ]
    if not others:
        rows.append(known_as("sessions-none", text(_("You are signed in on no other device."))))
    if len(others) > 1:
        rows.append(card(heading(_("All other devices")), keyed("all", _Ending, None, _waiting(others), again)))
    if in_office:
        rows.append(text(_("The browsers in which you are signed in are shown by the office's pages."), Type.SMALL))
    return rows


def _card(texts: Texts, session: OpenSession, again: Again) -> ft.Control:
    """One device: what it told when the server heard of it last, and the way to end the account there."""
    _ = texts.gettext
    unknown = _("not known: its app is of an earlier version")
    facts = [
        fact(_("Signed in"), texts.moment(session.opened_at)),
        fact(_("Last heard of"), texts.moment(session.heard_at)),
        fact(_("Version of the app"), session.app or unknown),
    ]
    if not session.this:
        # An app tells it when it renews its session, not when it signs in.
        untold = _("not told yet") if session.app else unknown
        told = untold if session.waiting is None else texts.number(session.waiting)
        facts.append(fact(_("Records waiting there to be sent"), told))
    name = _("This device") if session.this else _("Another device")
    ending = [] if session.this else [keyed(session.device, _Ending, session.device, session.waiting or 0, again)]
    identifier = "session-here" if session.this else "session-elsewhere"
    number = text(_("Number {number}").format(number=session.device[:8]), Type.SMALL)
    return known_as(identifier, card(heading(name), number, *facts, *ending), key=session.device)


def _waiting(sessions: list[OpenSession]) -> int:
    return sum(session.waiting or 0 for session in sessions)


@ft.component
def _Ending(device: str | None, waiting: int, again: Again) -> ft.Control:
    """The button that ends the account on a device (None: on all others), after the effect was told and a password."""
    shell, here = use_shell(), use_device()
    _, texts = shell.texts.gettext, shell.texts
    is_open, set_open = ft.use_state(False)
    password = ft.use_memo(TextInput, [is_open])
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    label = _("Sign out on all of them") if device is None else _("Sign out there")
    which = device or "all"

    async def end() -> None:
        if busy or not password.text:
            return
        set_busy(True)
        set_problem("")
        ended: list[int] = []

        async def ask() -> None:
            ended.append(await asyncio.to_thread(here.end_sessions, password.text, device))

        try:
            said = await problem_of(ask)
            set_problem(said)
        finally:
            set_busy(False)
        if not said:
            set_open(False)
            shell.say(_said(texts, ended[0]))
            await again()

    if not is_open:
        icon = ft.Icons.LOGOUT
        button = ft.OutlinedButton(label, icon=icon, on_click=shell.guard(lambda: set_open(True)))
        return ft.Row([known_as(f"end-session-{which}", button)])
    lines = [
        _("Nothing is sent or fetched there any more until you sign in there again."),
        _("What waits there stays there and is sent then. Nothing is lost."),
    ]
    if waiting:
        lines.insert(1, _("Waiting there when it was last heard of: {count}.").format(count=texts.number(waiting)))
    error = _sentence(texts, _NOT_ENDED, problem) if problem else None
    sure = ft.FilledButton(label, icon=ft.Icons.LOGOUT, disabled=busy, on_click=shell.guard(end))
    leave = ft.TextButton(_("Cancel"), on_click=shell.guard(lambda: set_open(False)))
    return ft.Column(
        [
            *(ft.Text(line) for line in lines),
            PasswordField(f"end-session-password-{which}", _("Your password"), password, error, shell.guard(end)),
            text(_("It is asked for because this device might be in somebody else's hands."), Type.SMALL),
            ft.Row([known_as(f"end-session-sure-{which}", sure), leave], wrap=True),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _said(texts: Texts, ended: int) -> str:
    if not ended:
        return texts.gettext("It had ended there already.")
    words = texts.ngettext("Signed out on {count} device.", "Signed out on {count} devices.", ended)
    return words.format(count=texts.number(ended))
