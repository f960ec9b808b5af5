"""Says which law a checklist follows, on which days that holds, and how far it can be relied on."""

from __future__ import annotations

import flet as ft

from services.checklists.choosing import Checklist
from views.checklist.words import law_words
from views.design import FORM, Tone, Type
from views.parts.look import fact, panel, text
from views.parts.shell import Shell


def show_law(shell: Shell, checklist: Checklist, *, unread: bool) -> None:
    """Open the dialog; `unread`: the register has a newer version, which this version of the app cannot take."""
    _, texts, page = shell.texts.gettext, shell.texts, shell.page
    document, law = checklist.document, checklist.law
    _short, name = law_words(texts, law)
    begins = texts.day(law.valid_from)
    days = _("From {begins}").format(begins=begins)
    if law.valid_to:
        days = _("From {begins} to {ends}").format(begins=begins, ends=texts.day(law.valid_to))
    in_vietnamese = texts.language == "vi"
    exempt = document.exempt if in_vietnamese else document.exempt_en
    lines: list[ft.Control] = [
        fact(_("In force"), days),
        fact(_("Chosen for the day"), texts.day(checklist.day)),
        text(document.warning if in_vietnamese else document.warning_en),
        *([text(exempt)] if exempt else []),
        fact(_("Version of the checklist"), document.sha256[:12]),
        *([_newer(shell)] if unread else []),
    ]
    page.show_dialog(
        ft.AlertDialog(
            title=text(name, Type.TITLE),
            content=ft.Container(ft.Column(lines, spacing=12, tight=True), width=FORM),
            scrollable=True,
            actions=[ft.TextButton(_("Close"), on_click=shell.guard(page.pop_dialog))],
        )
    )


def _newer(shell: Shell) -> ft.Control:
    words = shell.texts.gettext("The register has a newer version that this app cannot read. Update the app to use it.")
    return panel(text(words), tone=Tone.CAUTION, icon=ft.Icons.SYSTEM_UPDATE)
