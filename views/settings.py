"""Settings: the account, the register's copy, the server, language and theme, and what this installation can do."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from services import VERSION
from services.accounts import Account
from services.decoding import Missing, present
from services.inspections import NoteState
from services.registry import Refused, SignInNeeded, Unreachable
from views.notes import export_handler
from views.parts.fields import TextInput
from views.parts.look import apply_theme, card, fact, known_as, screen
from views.parts.session import Session, use_session
from views.parts.texts import LANGUAGES, mark
from views.parts.words import ROLES, problem_sentence

_THEMES = {
    "system": mark("As the device"),
    "light": mark("Light"),
    "dark": mark("Dark"),
    "contrast": mark("High contrast, for sunlight"),
}


@ft.component
def SettingsScreen() -> ft.View:
    """Show all settings on one page."""
    session = use_session()
    _ = session.texts.gettext
    return screen(
        session,
        "/settings",
        _("Settings"),
        [_AccountCard(), _CopyCard(), _ServerCard(), _LookCard(), _AboutCard()],
        tab=2,
    )


@ft.component
def _AccountCard() -> ft.Control:
    session = use_session()
    _ = session.texts.gettext
    account, set_account = ft.use_state(session.device.accounts.current)

    async def sign_out(_event: Any) -> None:
        session.page.pop_dialog()
        await asyncio.to_thread(session.device.accounts.sign_out, session.workspace.registry)
        set_account(None)

    def leave(_event: Any) -> None:
        counts = session.device.notebook.counts()
        waiting = counts.get(NoteState.WAITING, 0) + counts.get(NoteState.SENDING, 0)
        session.page.show_dialog(_sign_out_dialog(session, waiting, sign_out))

    if account is None:
        return _SignIn(set_account)
    return card(
        ft.Text(_("Account"), size=16, weight=ft.FontWeight.W_600),
        fact(_(ROLES.get(account.role, account.role)), f"{account.name} ({account.username})"),
        ft.Row([ft.OutlinedButton(_("Sign out"), icon=ft.Icons.LOGOUT, on_click=session.guard(leave))]),
    )


def _sign_out_dialog(session: Session, waiting: int, sign_out: Any) -> ft.AlertDialog:
    _ = session.texts.gettext
    words = _("Nothing is waiting to be sent.")
    if waiting:
        words = _(
            "{count} notes are not on the server yet. They stay on this device and wait until you sign in again."
        ).format(count=waiting)
    return ft.AlertDialog(
        title=ft.Text(_("Sign out?")),
        content=ft.Text(words),
        actions=[
            ft.TextButton(_("Stay signed in"), on_click=session.guard(lambda _e: session.page.pop_dialog())),
            ft.FilledButton(_("Sign out"), on_click=session.guard(sign_out)),
        ],
    )


@ft.component
def _SignIn(signed_in: Any) -> ft.Control:
    session = use_session()
    _ = session.texts.gettext
    name, password = ft.use_memo(lambda: (TextInput(), TextInput()), [])
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def submit(_event: Any) -> None:
        registry = session.workspace.registry
        if busy or not name.text.strip() or not password.text:
            return
        if registry is None:
            set_problem("no_server")
            return
        set_busy(True)
        set_problem("")
        try:
            account: Account = await asyncio.to_thread(
                session.device.accounts.sign_in, registry, name.text.strip(), password.text, session.device.id
            )
        except SignInNeeded:
            set_problem("wrong_credentials")
        except Refused as error:
            set_problem(error.code)
        except Unreachable as error:
            set_problem(error.reason)
        else:
            signed_in(account)
        finally:
            set_busy(False)

    return card(
        ft.Text(_("Account"), size=16, weight=ft.FontWeight.W_600),
        ft.Text(_("You can scan and write notes without an account. Sign in to send them under your name."), size=13),
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
    )


@ft.component
def _CopyCard() -> ft.Control:
    session = use_session()
    _, texts, copy, status = session.texts.gettext, session.texts, session.copy, session.fetching
    rows: list[ft.Control] = [ft.Text(_("Register on this device"), size=16, weight=ft.FontWeight.W_600)]
    if copy.as_of is None:
        rows.append(ft.Text(_("No copy of the register yet")))
    else:
        rows += [
            fact(copy.register_name, _("{count} products").format(count=texts.number(copy.products))),
            fact(_("As of"), texts.moment(copy.as_of)),
        ]
        if not copy.complete:
            rows.append(ft.Text(_("The copy is not whole yet."), size=13))
        if copy.sample:
            rows.append(
                ft.Text(_("Sample data: products and producers are invented."), size=13, weight=ft.FontWeight.W_600)
            )
    if status.running:
        rows.append(ft.ProgressBar())
    elif status.last_problem:
        rows.append(ft.Text(problem_sentence(texts, status.last_problem), size=13))
    rows.append(
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Update now"),
                    icon=ft.Icons.DOWNLOAD,
                    disabled=status.running,
                    on_click=session.guard(lambda _e: session.workspace.fetcher.wake()),
                )
            ]
        )
    )
    return card(*rows)


@ft.component
def _ServerCard() -> ft.Control:
    """The server's address; on the web it belongs to the site and cannot be changed by its visitors."""
    session = use_session()
    _ = session.texts.gettext
    registry = session.workspace.registry
    address = ft.use_memo(lambda: TextInput(registry.url if registry else ""), [])
    problem, set_problem = ft.use_state("")
    title = ft.Text(_("Server"), size=16, weight=ft.FontWeight.W_600)

    async def save(_event: Any) -> None:
        wanted = address.text.strip().rstrip("/")
        if wanted and not wanted.startswith(("https://", "http://")):
            set_problem(_("The address begins with https://"))
            return
        set_problem("")
        await asyncio.to_thread(session.device.settings.change, server=wanted or None)
        await asyncio.to_thread(session.workspace.connect, wanted or None)
        session.say(_("Saved. The register is fetched from there now."))

    if session.page.web:
        return card(title, ft.Text(registry.url if registry else _("No server is set"), selectable=True))
    return card(
        title,
        address.draw(label=_("Address"), hint_text="https://", error=problem or None, on_submit=session.guard(save)),
        ft.Row([ft.OutlinedButton(_("Use this server"), on_click=session.guard(save))]),
    )


@ft.component
def _LookCard() -> ft.Control:
    session = use_session()
    _ = session.texts.gettext
    theme, set_theme = ft.use_state(session.device.settings.value.theme)

    async def language(event: ft.Event[ft.RadioGroup]) -> None:
        chosen = event.control.value or "vi"
        await asyncio.to_thread(session.device.settings.change, language=chosen)
        session.set_language(chosen)

    async def look(event: ft.Event[ft.RadioGroup]) -> None:
        chosen = event.control.value or "system"
        await asyncio.to_thread(session.device.settings.change, theme=chosen)
        set_theme(chosen)
        apply_theme(session.page, chosen)
        session.page.update()

    return card(
        ft.Text(_("Language"), size=16, weight=ft.FontWeight.W_600),
        ft.RadioGroup(
            ft.Row([ft.Radio(value=code, label=name) for code, name in LANGUAGES.items()], wrap=True),
            value=session.texts.language,
            on_change=session.guard(language),
        ),
        ft.Text(_("Theme"), size=16, weight=ft.FontWeight.W_600),
        ft.RadioGroup(
            ft.Column([ft.Radio(value=code, label=_(words)) for code, words in _THEMES.items()], spacing=0),
            value=theme,
            on_change=session.guard(look),
        ),
    )


@ft.component
def _AboutCard() -> ft.Control:
    session = use_session()
    _ = session.texts.gettext
    engines = [f"{e.name}: " + _("missing") if isinstance(e, Missing) else f"{e.name} {e.version}" for e in present()]
    return card(
        ft.Text(_("About"), size=16, weight=ft.FontWeight.W_600),
        fact("OCOP Verify", VERSION),
        fact(_("Decoding engines"), ", ".join(engines)),
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Export all notes"), icon=ft.Icons.DOWNLOAD, on_click=session.guard(export_handler(session))
                )
            ]
        ),
    )
