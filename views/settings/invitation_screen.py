"""The first sign-in of somebody who was invited: which server, whom for, an own password."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import flet as ft

from services.accounts.invitation import Invitation, read_invitation
from services.client.answers import Invited
from services.workspace import Device
from views.design import Tone, Type
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.look import card, fact, heading, known_as, main_button, panel, selectable, text
from views.parts.places import HOME, INVITATION, SCAN, SETTINGS
from views.parts.platform_key import AccountKey, use_account_key
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import use_shell
from views.parts.words import problem_sentence, role_words
from views.settings.password_field import PasswordField
from views.settings.trying import problem_of


@ft.component
def InvitationScreen() -> ft.View:
    """Take a link, say which server it is of, and after a yes whom it is for; then take a password."""
    shell, scanning = use_shell(), use_scanning()
    _ = shell.texts.gettext
    known, set_known = ft.use_state(cast("tuple[Invitation, Invited] | None", None))
    invitation = scanning.invitation

    def take(found: Invitation | None) -> None:
        scanning.invitation = found

    content: list[ft.Control]
    if invitation is None:
        content = [_LinkEntry(take)]
    elif known is None or known[0] != invitation:
        content = [_ServerQuestion(invitation, lambda invited: set_known((invitation, invited)), take)]
    else:
        content = [_OwnPassword(invitation, known[1], take)]
    return screen(shell, INVITATION, _("Invitation"), content)


@ft.component
def _LinkEntry(take: Callable[[Invitation | None], None]) -> ft.Control:
    """The field for a link, and the way to scan its QR code."""
    shell = use_shell()
    _ = shell.texts.gettext
    link = ft.use_memo(TextInput, [])
    problem, set_problem = ft.use_state("")

    def read() -> None:
        found = read_invitation(link.text)
        set_problem("" if found else _("This is no invitation. One looks like https://ocop.example/invite/…"))
        if found:
            take(found)

    return card(
        heading(_("Your office has invited you")),
        ft.Text(_("Scan the QR code that your office shows you, or paste the link that it sent you.")),
        known_as(
            "invitation-scan",
            main_button(_("Scan the QR code"), shell.go_to(SCAN), icon=ft.Icons.QR_CODE_SCANNER),
        ),
        known_as(
            "invitation-link",
            link.draw(
                ft.TextField(
                    label=_("Link"),
                    hint_text="https://",
                    keyboard_type=ft.KeyboardType.URL,
                    autocorrect=False,
                    error=problem or None,
                    on_submit=shell.guard(read),
                )
            ),
        ),
        ft.Row([known_as("invitation-read", ft.OutlinedButton(_("Use this link"), on_click=shell.guard(read)))]),
    )


@ft.component
def _ServerQuestion(
    invitation: Invitation, learn: Callable[[Invited], None], take: Callable[[Invitation | None], None]
) -> ft.Control:
    """Show which server would be signed in to, and ask that server only after a yes."""
    shell, workspace, device = use_shell(), use_workspace(), use_device()
    _ = shell.texts.gettext
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    def is_there() -> bool:
        return workspace.registry is not None and invitation.server in workspace.registry.addresses

    # What was in use before the person said yes to another server, to go back to; it is another still once it is asked.
    before = ft.use_memo(lambda: workspace.registry.url if workspace.registry else None, [invitation])
    same = ft.use_memo(is_there, [invitation])
    fixed = shell.page.web and not same  # a site's visitors do not choose its server

    async def ask() -> None:
        set_busy(True)
        set_problem("")
        try:
            if not is_there():
                await asyncio.to_thread(device.settings.change, server=invitation.server)
                await asyncio.to_thread(workspace.connect, invitation.server)
            found: list[Invited] = []

            async def look() -> None:
                found.append(await asyncio.to_thread(device.look_at, invitation))

            set_problem(await problem_of(look))
            if found:
                learn(found[0])
        finally:
            set_busy(False)

    async def stay() -> None:
        await asyncio.to_thread(device.settings.change, server=before)
        await asyncio.to_thread(workspace.connect, before)
        take(None)

    rows: list[ft.Control] = [heading(_("Sign in at this server?")), selectable(invitation.server, Type.TITLE)]
    if fixed:
        words = _("This site works with {address} alone. Open the link of the invitation itself to go on.")
        rows.append(panel(ft.Text(words.format(address=before or "")), tone=Tone.CAUTION, icon=ft.Icons.DNS))
    elif same:
        rows.append(ft.Text(_("It is the server that this device works with.")))
    elif before is not None:
        words = _(
            "This device works with another server: {address}. Go on only if your office told you to change. "
            "Records that wait for the other server stay on this device."
        )
        rows.append(panel(ft.Text(words.format(address=before)), tone=Tone.CAUTION, icon=ft.Icons.DNS))
    else:
        rows.append(ft.Text(_("Go on only if your office gave you this invitation. Nothing was sent there yet.")))
    if problem:
        rows.append(
            known_as("invitation-problem", panel(ft.Text(problem_sentence(shell.texts, problem)), tone=Tone.CAUTION))
        )
    if problem in ("unproved_server", "another_register"):
        rows.append(ft.Row([ft.OutlinedButton(_("Open the settings"), on_click=shell.go_to(SETTINGS))]))
    go_on = main_button(_("Asking …") if busy else _("Go on"), shell.guard(ask), icon=ft.Icons.LOGIN)
    go_on.disabled = busy or fixed
    leave = ft.TextButton(_("No, leave it"), on_click=shell.guard(stay if problem and not same else lambda: take(None)))
    rows += [known_as("invitation-go-on", go_on), ft.Row([known_as("invitation-leave", leave)])]
    return card(*rows)


@ft.component
def _OwnPassword(invitation: Invitation, invited: Invited, take: Callable[[Invitation | None], None]) -> ft.Control:
    """Show whom the invitation is for, and take the password."""
    shell, device, key = use_shell(), use_device(), use_account_key()
    _ = shell.texts.gettext
    password = ft.use_memo(TextInput, [])
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def submit() -> None:
        if busy or not password.text:
            return
        set_busy(True)
        set_problem("")
        try:
            said = await problem_of(lambda: _redeemed(device, key, invitation, invited, password.text))
            set_problem(said)
            if not said:
                take(None)
                shell.say(_("You are signed in as {name}.").format(name=invited.name))
                shell.page.navigate(HOME)
        finally:
            set_busy(False)

    go_on = main_button(
        _("Signing in …") if busy else _("Set the password and sign in"), shell.guard(submit), icon=ft.Icons.LOGIN
    )
    go_on.disabled = busy
    error = problem_sentence(shell.texts, problem) if problem else None
    return card(
        heading(_("Welcome, {name}").format(name=invited.name)),
        fact(_("User name"), invited.username),
        fact(_("Role"), role_words(shell.texts, invited.role)),
        fact(_("Register"), invited.register_name),
        fact(_("Server"), invitation.server),
        PasswordField("invitation-password", _("New password"), password, error, shell.guard(submit)),
        text(_("At least 10 characters, not all digits. Remember your user name and this password."), Type.SMALL),
        known_as("invitation-sign-in", go_on),
    )


async def _redeemed(device: Device, key: AccountKey, invitation: Invitation, invited: Invited, password: str) -> None:
    await key.unlock(make_file=True)
    await asyncio.to_thread(device.redeem, invitation, invited, password)
