"""The few words with which an audit of the shelves begins."""

from __future__ import annotations

import asyncio

import flet as ft

from services.audits.audit import LONGEST_SHELF, LONGEST_SHOP, AuditInvalid
from views.audits.senses import use_enter
from views.design import Type
from views.parts.audit_words import audit_problem
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.loading import use_loaded
from views.parts.look import known_as, main_button, text
from views.parts.places import AUDIT_NOW
from views.parts.shared import use_device
from views.parts.shell import use_shell
from views.parts.sounds import prepare


@ft.component
def Begin() -> ft.View:
    """Ask for the shop and the first shelf; both may stay empty."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _ = shell.texts.gettext
    _ready, before = use_loaded(lambda: device.audits.audits(state.viewer), [state.viewer])
    shop, shelf = ft.use_memo(TextInput, []), ft.use_memo(TextInput, [])
    named, begun = ft.use_ref(False), ft.use_ref(False)
    if before and not named.current:
        named.current = True  # once: whoever empties the field means it
        if not shop.text:
            shop.put(before[0].audit.shop)

    async def begin() -> None:
        if begun.current:  # a key that a field and the screen both have heard, one of them a moment later
            return
        begun.current = True
        try:
            await asyncio.to_thread(device.audits.open, shop.text.strip(), shelf.text.strip(), state.viewer)
        except Exception as error:
            begun.current = False
            if not isinstance(error, AuditInvalid):
                raise
            shell.say(audit_problem(shell.texts, error.reason))
        prepare(shell)

    use_enter(begin, shown=ft.use_route_location() == AUDIT_NOW)  # both names may stay empty, and K names a shelf later

    def field(words: str, longest: int, hint: str) -> ft.TextField:
        return ft.TextField(label=words, hint_text=hint, max_length=longest, counter="", on_submit=shell.guard(begin))

    first = field(_("First shelf"), LONGEST_SHELF, _("For example: Shelf 2"))
    words = _("Scan pack after pack. Each is judged, counted and kept at once, and a tone tells what it is.")
    parts: list[ft.Control] = [
        text(words),
        known_as("audit-shop", shop.draw(field(_("Shop"), LONGEST_SHOP, _("Its name, where you have several")))),
        known_as("audit-first-shelf", shelf.draw(first)),
    ]
    if state.account is None:
        parts.append(text(_("No account is needed: the audit stays on this device."), Type.SMALL))
    start = main_button(_("Begin the audit"), shell.guard(begin), icon=ft.Icons.PLAY_ARROW)
    foot = known_as("audit-begin", start)
    return screen(shell, AUDIT_NOW, _("Audit of the shelves"), parts, bottom=[foot])
