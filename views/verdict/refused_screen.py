"""Shows that a handheld scan was not judged, in place of the last verdict: why, and what to do."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import flet as ft

from services.scanners import Refusal
from views.design import Tone
from views.parts.band import Band, use_announcement
from views.parts.frame import screen
from views.parts.handheld import SENTENCES
from views.parts.look import main_button, text
from views.parts.places import SCAN
from views.parts.scanning import use_scanning
from views.parts.shell import use_shell
from views.verdict.check_line import check_line


@ft.component
def RefusedScreen() -> ft.View:
    """Say why, from the address, so that a reload says the same."""
    shell, scanning = use_shell(), use_scanning()
    _, texts, page = shell.texts.gettext, shell.texts, shell.page
    told = parse_qs(urlsplit(page.route).query).get("why", [""])[0]
    why = Refusal(told) if told in tuple(Refusal) else Refusal.INTERRUPTED
    number = scanning.last.number if scanning.last else 0
    word = _("Scan again")
    use_announcement(page, word, [page.route, number])
    return screen(
        shell,
        "/refused",
        _("Verdict"),
        [
            *check_line(texts, scanning, ()),
            text(_(SENTENCES[why])),
            ft.Row(
                [
                    ft.OutlinedButton(
                        _("Test the scanner"),
                        icon=ft.Icons.BARCODE_READER,
                        on_click=shell.go_to("/settings/scanner"),
                    )
                ]
            ),
        ],
        head=Band("refused-scan", word, None, Tone.CAUTION, shell.width),
        bottom=[main_button(_("Scan the next"), shell.go_to(SCAN), icon=ft.Icons.QR_CODE_SCANNER)],
    )
