"""The account on the settings screen: who is signed in, signing in and out, and what keeps the sign-in's key."""

from __future__ import annotations

import asyncio

import flet as ft

from services.accounts.accounts import Accounts, SignInNeed
from services.accounts.sealing import KeyKeeper
from services.accounts.viewer import Viewer
from services.storage.store import StoreError
from services.wording import mark
from services.workspace import Device
from views.design import Tone, Type
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, keyed, known_as, panel, text
from views.parts.note_content import others_words
from views.parts.places import INVITATION, OWN_SESSIONS
from views.parts.platform_key import AccountKey, use_account_key
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import problem_sentence, role_words
from views.settings.password_field import PasswordField
from views.settings.trying import problem_of

_KEY_KEEPERS: dict[KeyKeeper, str] = {
    KeyKeeper.STORE: mark("Your sign-in is locked with a key in this device's key store."),
    KeyKeeper.BROWSER: mark("Your sign-in is locked with a key that only this browser holds."),
    KeyKeeper.FILE: mark(
        "No key store answers on this device, so the key to your sign-in lies in a file that only your own user may "
        "read. Whoever gets a copy of your user's files can use your sign-in."
    ),
}

_OF_CODE = frozenset({"second_factor_needed", "second_factor_wrong"})


@ft.component
def AccountCard() -> ft.Control:
    """Who is signed in, or the way to sign in."""
    shell, state, device, key = use_shell(), use_device_state(), use_device(), use_account_key()
    _, texts = shell.texts.gettext, shell.texts
    account, accounts = state.account, device.accounts
    _ready, others = use_loaded(lambda: device.waiting_of(state.viewer)[1], [state.notes_version])
    waits = [text(others_words(texts, others), Type.SMALL)] if others else []
    if account is None:
        words = _("You can scan and write notes without an account. Sign in to send them under your name.")
        return card(_title(texts), text(words, Type.SMALL), *waits, SignInForm(), _invitation_way(shell))

    async def leave() -> None:
        waiting, drafts = await asyncio.to_thread(_kept_of, device, state.viewer)
        shell.page.show_dialog(_sign_out_dialog(shell, accounts, waiting, drafts))

    need = device.sign_in_need
    form = [SignInForm(account.username if need else "")] if need or others else []

    return card(
        _title(texts),
        fact(role_words(texts, account.role), f"{account.name} ({account.username})"),
        *_state(shell, need, key),
        *waits,
        *form,
        *([_key_keeper(texts, accounts.key_keeper)] if accounts.key_keeper and not accounts.sign_in_needed else []),
        *([] if need else [_own_sessions_way(shell)]),
        *([] if need else [keyed(account.key, ChangePassword, account.username)]),
        ft.Row([ft.OutlinedButton(_("Sign out"), icon=ft.Icons.LOGOUT, on_click=shell.guard(leave))]),
    )


def _invitation_way(shell: Shell) -> ft.Control:
    words = shell.texts.gettext("I have an invitation")
    return ft.Row([known_as("invitation-way", ft.TextButton(words, on_click=shell.go_to(INVITATION)))])


def _own_sessions_way(shell: Shell) -> ft.Control:
    words = shell.texts.gettext("Where I am signed in")
    return ft.Row([known_as("own-sessions-way", ft.TextButton(words, on_click=shell.go_to(OWN_SESSIONS)))])


def _title(texts: Texts) -> ft.Control:
    return heading(texts.gettext("Account"))


def _state(shell: Shell, need: SignInNeed | None, key: AccountKey) -> list[ft.Control]:
    """If nothing is sent for the account: why, and what to do."""
    _ = shell.texts.gettext
    if key.unlocking:
        return [text(_("Waiting for this device's key store …"), Type.SMALL), ft.ProgressBar()]
    if need is SignInNeed.LOCKED:
        words = _(
            "This device's key store has not opened your sign-in, so nothing is sent under your name. "
            "Your records are kept. Unlock the key store and try again, or sign in again."
        )
        again = ft.FilledTonalButton(_("Try again"), icon=ft.Icons.LOCK_OPEN, on_click=shell.guard(key.unlock))
        return [panel(ft.Text(words), ft.Row([again]), tone=Tone.CAUTION, icon=ft.Icons.LOCK)]
    if need is SignInNeed.ELSEWHERE:
        words = _(
            "You are signed in on another server than the one in use. Sign in here to send. "
            "Until then you can go on working: your records are kept under your name."
        )
    else:
        words = _("Sign in again to send. Until then you can go on working: your records are kept under your name.")
    if need:
        return [known_as("sign-in-again", panel(ft.Text(words), tone=Tone.CAUTION, icon=ft.Icons.LOGIN))]
    return []


def _key_keeper(texts: Texts, keeper: KeyKeeper) -> ft.Control:
    words = texts.gettext(_KEY_KEEPERS[keeper])
    if keeper is KeyKeeper.FILE:
        return panel(text(words, Type.SMALL), tone=Tone.CAUTION, icon=ft.Icons.KEY_OFF)
    return text(words, Type.SMALL)


def _kept_of(device: Device, viewer: Viewer) -> tuple[int, int]:
    """How many of the account's own records wait to be sent, and how many of its drafts are not signed off."""
    return device.waiting_of(viewer)[0], device.unfinished_of(viewer)


def _sign_out_dialog(shell: Shell, accounts: Accounts, waiting: int, drafts: int) -> ft.AlertDialog:
    _ = shell.texts.gettext

    async def sign_out() -> None:
        shell.page.pop_dialog()
        try:
            await asyncio.to_thread(accounts.sign_out)
        except StoreError:
            shell.say_problem("not_saved")

    lines = []
    if waiting:
        lines.append(
            _(
                "Records not on the server yet: {count}. They stay on this device and wait until you sign in again."
            ).format(count=waiting)
        )
    if drafts:
        lines.append(
            _("Drafts not signed off: {count}. They stay on this device until you sign in again.").format(count=drafts)
        )
    if lines:
        lines.append(_("Until then nobody else sees them here, and they are not sent."))
    else:
        lines.append(_("Nothing is waiting to be sent."))
    return ft.AlertDialog(
        title=ft.Text(_("Sign out?")),
        content=known_as("sign-out-words", ft.Column([ft.Text(line) for line in lines], tight=True)),
        actions=[
            ft.TextButton(_("Stay signed in"), on_click=shell.guard(shell.page.pop_dialog)),
            known_as("sign-out-sure", ft.FilledButton(_("Sign out"), on_click=shell.guard(sign_out))),
        ],
    )


@ft.component
def SignInForm(username: str = "") -> ft.Control:
    """The two fields and the button; the first field begins with `username`."""
    shell, device, key = use_shell(), use_device(), use_account_key()
    _ = shell.texts.gettext
    name, password, wanted, code = ft.use_memo(lambda: (TextInput(username), TextInput(), TextInput(), TextInput()), [])
    problem, set_problem = ft.use_state("")
    must_change, set_must_change = ft.use_state(False)
    asks_code, set_asks_code = ft.use_state(False)
    busy, set_busy = ft.use_state(False)

    async def submit() -> None:
        if busy or not name.text.strip() or not password.text:
            return
        set_busy(True)
        set_problem("")
        try:
            new = wanted.text if must_change else ""
            typed = code.text.strip() if asks_code else ""
            found = await _sign_in(shell, device, key, name.text, password.text, new, typed)
            # Nobody asked for a change here: the password was set by somebody else.
            set_problem("first_password_in_office" if found == "password_change_in_office" else found)
            set_asks_code(asks_code or found in _OF_CODE)
            if found == "password_change_needed":
                set_must_change(True)
        finally:
            set_busy(False)

    sentence = problem_sentence(shell.texts, problem) if problem else None
    own = "password_change_needed", "weak_password"
    of_code = sentence if problem in _OF_CODE or (asks_code and problem == "too_many_requests") else None
    of_old, of_new = (None, sentence) if problem in own else (None if of_code else sentence, None)
    is_asked = problem == "second_factor_needed"
    code_field = ft.TextField(
        label=_("Code of the second step"),
        # Recovery codes have letters, so the keyboard is not one of digits alone.
        autofill_hints=[ft.AutofillHint.ONE_TIME_CODE],
        autocorrect=False,
        enable_suggestions=False,
        # No fault of the person's yet: the server has only asked.
        helper=of_code if is_asked else None,
        helper_max_lines=8,
        error=None if is_asked else of_code,
        error_max_lines=8,
        on_submit=shell.guard(submit),
    )

    async def go_to_code() -> None:
        if asks_code:
            await code_field.focus()  # type: ignore[no-untyped-call]  # Flet's own has no types

    ft.use_effect(go_to_code, [asks_code])
    new_field = PasswordField("sign-in-new-password", _("New password"), wanted, of_new, shell.guard(submit))
    return ft.Column(
        [
            known_as(
                "sign-in-name",
                name.draw(ft.TextField(label=_("User name"), autocorrect=False, on_submit=shell.guard(submit))),
            ),
            PasswordField("sign-in-password", _("Password"), password, of_old, shell.guard(submit)),
            *([new_field] if must_change else []),
            *([known_as("sign-in-code", code.draw(code_field))] if asks_code else []),
            ft.Row(
                [
                    known_as(
                        "sign-in",
                        ft.FilledButton(
                            _("Signing in …") if busy else _("Sign in"),
                            icon=ft.Icons.LOGIN,
                            disabled=busy,
                            on_click=shell.guard(submit),
                        ),
                    )
                ]
            ),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def ChangePassword(username: str) -> ft.Control:
    """The way to another password, folded away; other devices of the account have to sign in again."""
    shell, device, key = use_shell(), use_device(), use_account_key()
    _ = shell.texts.gettext
    is_open, set_open = ft.use_state(False)
    old, wanted = ft.use_memo(lambda: (TextInput(), TextInput()), [is_open])
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def submit() -> None:
        if busy or not old.text or not wanted.text:
            return
        set_busy(True)
        set_problem("")
        try:
            found = await _sign_in(shell, device, key, username, old.text, wanted.text)
            set_problem(found)
            if not found:
                set_open(False)
                shell.say(_("Your password was changed. Your other devices have to sign in again."))
        finally:
            set_busy(False)

    if not is_open:
        button = ft.TextButton(_("Change the password"), on_click=shell.guard(lambda: set_open(True)))
        return ft.Row([known_as("change-password", button)])
    sentence = problem_sentence(shell.texts, problem) if problem else None
    of_old, of_new = (None, sentence) if problem == "weak_password" else (sentence, None)
    save = ft.FilledButton(_("Change the password"), disabled=busy, on_click=shell.guard(submit))
    leave = ft.TextButton(_("Cancel"), on_click=shell.guard(lambda: set_open(False)))
    return ft.Column(
        [
            PasswordField("old-password", _("Present password"), old, of_old, shell.guard(submit)),
            PasswordField("new-password", _("New password"), wanted, of_new, shell.guard(submit)),
            text(_("At least 10 characters, not all digits, and not like your name."), Type.SMALL),
            ft.Row([known_as("change-password-sure", save), leave], wrap=True),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


async def _sign_in(
    shell: Shell,
    device: Device,
    key: AccountKey,
    username: str,
    password: str,
    new_password: str = "",
    code: str = "",
) -> str:
    """Sign in, and tell what came back to the person; gives the problem's code, or nothing."""

    async def sign_in() -> None:
        await key.unlock(make_file=True)
        brought = await asyncio.to_thread(device.sign_in, username, password, new_password or None, code or None)
        if brought:
            words = shell.texts.gettext(
                "Records of yours that waited in another browser's place are here again: {count}."
            )
            shell.say(words.format(count=brought))

    return await problem_of(sign_in, unauthorized="wrong_credentials")
