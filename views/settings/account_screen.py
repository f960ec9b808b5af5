"""The account on the settings screen: who is signed in, signing in and out, and where the sign-in's key lies."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from services.accounts.accounts import Account
from services.accounts.sealing import KeyPlace
from services.client.answers import Refused, SignInNeeded
from services.client.transport import Unreachable
from services.storage.store import StoreError
from views.parts.fields import TextInput
from views.parts.look import card, fact, known_as, panel
from views.parts.session import Session, use_session
from views.parts.texts import mark
from views.parts.words import ROLES, Tone, problem_sentence

_KEY_PLACES: dict[KeyPlace, str] = {
    KeyPlace.STORE: mark("Your sign-in is locked with a key in this device's key store."),
    KeyPlace.BROWSER: mark("Your sign-in is locked with a key that only this browser holds."),
    KeyPlace.FILE: mark(
        "No key store answers on this device, so the key to your sign-in lies in a file that only your own user may "
        "read. Whoever gets a copy of your user's files can use your sign-in."
    ),
}


@ft.component
def AccountCard() -> ft.Control:
    """Who is signed in, or the way to sign in."""
    session = use_session()
    _ = session.texts.gettext
    account, accounts = session.account, session.device.accounts
    if account is None:
        words = _("You can scan and write notes without an account. Sign in to send them under your name.")
        return card(_title(session), ft.Text(words, size=13), SignIn())

    async def leave(_event: Any) -> None:
        waiting, drafts = await asyncio.to_thread(_kept_of, session, account)
        session.page.show_dialog(_sign_out_dialog(session, waiting, drafts))

    return card(
        _title(session),
        fact(_(ROLES.get(account.role, account.role)), f"{account.name} ({account.username})"),
        *_state(session, account),
        *([_key_place(session, accounts.key_place)] if accounts.key_place and not accounts.sign_in_needed else []),
        ft.Row([ft.OutlinedButton(_("Sign out"), icon=ft.Icons.LOGOUT, on_click=session.guard(leave))]),
    )


def _title(session: Session) -> ft.Control:
    return ft.Text(session.texts.gettext("Account"), size=16, weight=ft.FontWeight.W_600)


def _state(session: Session, account: Account) -> list[ft.Control]:
    """Why nothing is sent for the account, where that is so, and what to do."""
    _, accounts = session.texts.gettext, session.device.accounts

    async def unlock(_event: Any) -> None:
        await session.unlock()

    if session.unlocking:
        return [ft.Text(_("Waiting for this device's key store …"), size=13), ft.ProgressBar()]
    if accounts.locked:
        words = _(
            "This device's key store has not opened your sign-in, so nothing is sent under your name. "
            "Your notes are kept. Unlock the key store and try again, or sign in again."
        )
        again = ft.FilledTonalButton(_("Try again"), icon=ft.Icons.LOCK_OPEN, on_click=session.guard(unlock))
        return [panel(ft.Text(words), ft.Row([again]), tone=Tone.CAUTION, icon=ft.Icons.LOCK), SignIn(account.username)]
    if accounts.sign_in_needed:
        words = _("Sign in again to send. Until then you can go on working: your notes are kept under your name.")
        return [
            known_as("sign-in-again", panel(ft.Text(words), tone=Tone.CAUTION, icon=ft.Icons.LOGIN)),
            SignIn(account.username),
        ]
    return []


def _key_place(session: Session, place: KeyPlace) -> ft.Control:
    words = session.texts.gettext(_KEY_PLACES[place])
    if place is KeyPlace.FILE:
        return panel(ft.Text(words, size=13), tone=Tone.CAUTION, icon=ft.Icons.KEY_OFF)
    return ft.Text(words, size=12, color=ft.Colors.ON_SURFACE_VARIANT)


def _kept_of(session: Session, account: Account) -> tuple[int, int]:
    """How many of the account's own notes wait to be sent, and how many of its drafts are not signed off."""
    notebook = session.device.notebook
    drafts = [draft for draft in notebook.drafts(viewer=session.viewer) if draft.account == account.username]
    return notebook.waiting_of(account.username)[0], len(drafts)


def _sign_out_dialog(session: Session, waiting: int, drafts: int) -> ft.AlertDialog:
    _ = session.texts.gettext

    async def sign_out(_event: Any) -> None:
        session.page.pop_dialog()
        try:
            await asyncio.to_thread(session.device.accounts.sign_out)
        except StoreError:
            session.say(problem_sentence(session.texts, "not_saved"))

    lines = []
    if waiting:
        lines.append(
            _(
                "Notes not on the server yet: {count}. They stay on this device and wait until you sign in again."
            ).format(count=waiting)
        )
    if drafts:
        lines.append(_("Drafts not signed off: {count}. They stay on this device too.").format(count=drafts))
    if lines:
        lines.append(_("Until then nobody else sees them here, and they are not sent."))
    else:
        lines.append(_("Nothing is waiting to be sent."))
    return ft.AlertDialog(
        title=ft.Text(_("Sign out?")),
        content=known_as("sign-out-words", ft.Column([ft.Text(line) for line in lines], tight=True)),
        actions=[
            ft.TextButton(_("Stay signed in"), on_click=session.guard(lambda _e: session.page.pop_dialog())),
            known_as("sign-out-sure", ft.FilledButton(_("Sign out"), on_click=session.guard(sign_out))),
        ],
    )


@ft.component
def SignIn(username: str = "") -> ft.Control:
    """The two fields and the button; `username` stands in the first of them already."""
    session = use_session()
    _ = session.texts.gettext
    name, password = ft.use_memo(lambda: (TextInput(username), TextInput()), [])
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def submit(_event: Any) -> None:
        if busy or not name.text.strip() or not password.text:
            return
        set_busy(True)
        set_problem("")
        try:
            set_problem(await _sign_in(session, name.text.strip(), password.text))
        finally:
            set_busy(False)

    return ft.Column(
        [
            known_as(
                "sign-in-name",
                name.draw(label=_("User name"), autocorrect=False, on_submit=session.guard(submit)),
            ),
            known_as(
                "sign-in-password",
                password.draw(
                    label=_("Password"),
                    password=True,
                    can_reveal_password=True,
                    error=problem_sentence(session.texts, problem) if problem else None,
                    on_submit=session.guard(submit),
                ),
            ),
            ft.Row(
                [
                    known_as(
                        "sign-in",
                        ft.FilledButton(
                            _("Signing in …") if busy else _("Sign in"),
                            icon=ft.Icons.LOGIN,
                            disabled=busy,
                            on_click=session.guard(submit),
                        ),
                    )
                ]
            ),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


async def _sign_in(session: Session, username: str, password: str) -> str:
    """Sign in, and give the problem's code, or none."""
    registry, device = session.workspace.registry, session.device
    if registry is None:
        return "no_server"
    try:
        await session.unlock(make_file=True)
        await asyncio.to_thread(lambda: device.accounts.sign_in(registry, username, password, device.id))
    except SignInNeeded:
        return "wrong_credentials"
    except Refused as error:
        return error.code
    except Unreachable as error:
        return error.reason
    except StoreError:
        return "not_saved"
    return ""
