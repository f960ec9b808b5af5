"""Shows what the code on a paper record says and what a record's file holds, each checked without network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import flet as ft

from services.papers.checking import CheckedFile
from services.papers.faults import Fault
from services.papers.paper import AuditPaper, CheckedPaper, check_paper
from services.papers.trust import DeviceKey, Trust
from services.papers.words import fault_words, grouped
from services.wording import mark
from services.workspace import Workspace
from views.design import TONES, Tone, Type
from views.paper.signed_audit import signed_audit
from views.paper.signed_record import signed_record
from views.parts.frame import screen
from views.parts.look import card, empty, fact, heading, known_as, main_button, panel, second_button, selectable, text
from views.parts.opening import ask_to_open
from views.parts.picture_file import PictureFile
from views.parts.places import PAPER, SCAN
from views.parts.record_check import check_record_file
from views.parts.scanning import RecordFile, Scanning, use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import problem_sentence


@ft.component
def PaperScreen() -> ft.View:
    """Show what is in hand: a paper's code, from the address, a file, or both, which are then compared."""
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()
    ft.use_state(scanning)
    _, texts = shell.texts.gettext, shell.texts
    link = parse_qs(urlsplit(shell.page.route).query).get("link", [None])[0]
    trust = Trust.of(workspace.catalogue.register)
    paper = ft.use_memo(lambda: check_paper(link, trust) if link else None, [link])
    file = scanning.record_file
    busy, choose = use_file_choice(shell, scanning, workspace)
    parts: list[ft.Control] = [ft.ProgressBar(semantics_label=_("Checking the file …"))] if busy else []
    if paper and link:
        parts += _paper(shell, workspace, paper, link, compared=bool(file and file.checked and file.checked.record))
    if file:
        parts += _file(texts, file, paper)
    if not parts:
        sign = empty(
            ft.Icons.FACT_CHECK_OUTLINED,
            _("Is a record as it was signed?"),
            _(
                "Choose the PDF of a round or of a shelf audit, or scan the code at the head of its paper. "
                "No network is needed."
            ),
        )
        parts = [ft.Row([sign], alignment=ft.MainAxisAlignment.CENTER)]
    else:
        as_of = workspace.catalogue.copy.as_of
        words = _("Checked by the register's copy of {moment}").format(moment=texts.moment(as_of)) if as_of else None
        parts.append(text(words or _("Checked without any copy of the register"), Type.SMALL))
    buttons = [
        known_as("choose-record", main_button(_("Choose the PDF"), choose, icon=ft.Icons.PICTURE_AS_PDF), expand=True),
        second_button(_("Scan the code"), shell.go_to(SCAN), icon=ft.Icons.QR_CODE_SCANNER, expand=True),
    ]
    return screen(shell, PAPER, _("Check a record"), parts, bottom=[ft.Row(buttons, spacing=12)])


def use_file_choice(
    shell: Shell, scanning: Scanning, workspace: Workspace
) -> tuple[bool, Callable[[], Awaitable[None]]]:
    """Hook: whether a file is being checked, and a handler that asks for one."""
    busy, set_busy = ft.use_state(False)

    async def choose() -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=["pdf"],
            with_data=True,
            cancel_upload_on_window_blur=False,
        )
        for file in files[:1]:
            set_busy(True)
            try:
                content = file.bytes
                if content is None and file.path:
                    content = (await asyncio.to_thread(PictureFile.at, Path(file.path))).content
                await check_record_file(shell, scanning, workspace, file.name, content)
            finally:
                set_busy(False)

    return busy, shell.guard(choose)


def _paper(shell: Shell, workspace: Workspace, checked: CheckedPaper, link: str, *, compared: bool) -> list[ft.Control]:
    """What the code says, what was checked, and what was not."""
    _, texts, paper = shell.texts.gettext, shell.texts, checked.paper
    good = _("The code is as a device signed it.")
    parts: list[ft.Control] = [heading(_("The code on the paper")), _state(texts, good, checked.faults)]
    if paper:
        rows = [
            fact(_("Day"), texts.day(paper.day)),
            *(fact(_(_COUNTS[name]), texts.number(number)) for name, number in paper.counts().items()),
            *signer(texts, checked.key),
            fact(_("Hash of this record"), grouped(paper.hash)),
            fact(_("Audit") if isinstance(paper, AuditPaper) else _("Round"), paper.id),
        ]
        parts.append(known_as("paper-facts", card(*rows)))
    if not compared:
        words = _(
            "The rest of the paper was not compared. Look whether these numbers and this hash stand on it, or choose "
            "the PDF to see all that was signed."
        )
        parts.append(panel(text(words), tone=Tone.UNKNOWN, icon=ft.Icons.INFO_OUTLINE))

    def open_page() -> None:
        ask_to_open(shell, workspace, link)

    page = ft.TextButton(_("Ask the register's page"), icon=ft.Icons.OPEN_IN_NEW, on_click=shell.guard(open_page))
    return [*parts, ft.Row([known_as("open-proof", page)])]


def _file(texts: Texts, file: RecordFile, paper: CheckedPaper | None) -> list[ft.Control]:
    """Whether the file is as it was signed, whether the code is its own, and all that was signed."""
    _ = texts.gettext
    parts: list[ft.Control] = [heading(_("The file {name}").format(name=file.name) if file.name else _("The file"))]
    checked = file.checked
    if checked is None:
        words = _PROBLEM.get(file.problem or "")
        told = _(words) if words else problem_sentence(texts, file.problem or "")
        return [*parts, panel(text(told), tone=Tone.CAUTION, icon=TONES[Tone.CAUTION].shape)]
    good = _("The file is as the device made it, and the records in it are as they were signed.")
    parts.append(known_as("file-state", _state(texts, good, checked.faults)))
    if paper and paper.paper and checked.record:
        parts.append(_compared(texts, checked, paper))
    if checked.record:
        signed = signed_audit(texts, checked.audit) if checked.audit else signed_record(texts, checked)
        parts += [heading(_("What was signed")), card(*signer(texts, checked.key))]
        parts += [ft.Row([_copy(texts, checked.record.sha256)]), *signed]
    return parts


def _copy(texts: Texts, sha256: str) -> ft.Control:
    """The button that copies the hash; from it on, keys scroll through the record, which has nothing else to press."""
    words, icon = texts.gettext("Copy the hash"), ft.Icons.CONTENT_COPY
    return known_as("copy-hash", ft.TextButton(words, icon=icon, action=ft.CopyToClipboard(sha256)))


def _compared(texts: Texts, checked: CheckedFile, paper: CheckedPaper) -> ft.Control:
    _ = texts.gettext
    same = bool(paper.paper and checked.record and paper.paper.hash == checked.record.sha256)
    words = _("The code on the paper is that of this file.")
    if not same:
        words = _("The code is that of another record than this file.")
    tone = Tone.GOOD if same else Tone.BAD
    return panel(text(words, Type.SUB), tone=tone, icon=TONES[tone].shape)


def _state(texts: Texts, good: str, faults: Sequence[Fault]) -> ft.Control:
    """One sentence where all is as it was signed, else each fault; said aloud when it changes."""
    tone = Tone.GOOD if not faults else Tone.BAD if any(fault.contradicts for fault in faults) else Tone.CAUTION
    sentences = [fault_words(fault, texts.gettext) for fault in faults] or [good]
    said = [text(words, Type.SUB if number == 0 else Type.BODY) for number, words in enumerate(sentences)]
    return ft.Semantics(
        label=" ".join(sentences),
        live_region=True,
        container=True,
        exclude_semantics=True,
        content=panel(*said, tone=tone, icon=TONES[tone].shape),
        key="|".join(sentences),
    )


def signer(texts: Texts, key: DeviceKey | None) -> list[ft.Control]:
    """Whose key signed, where that is known."""
    _ = texts.gettext
    if key is None:
        return [text(_("Nobody's key is known to have signed this."))]
    revoked = [fact(_("Revoked"), texts.moment(key.revoked_at))] if key.revoked_at else []
    words = _("Signed with the key of") if key.proven else _("Not proven: the key says it is of")
    return [fact(words, key.name), *revoked, selectable(grouped(key.kid), Type.SMALL)]


_COUNTS = {
    "products": mark("Products inspected"),
    "findings": mark("Things found"),
    "photos": mark("Photos"),
    "lines": mark("Lines"),
    "packs": mark("Packs"),
    "take_down": mark("Lines to take down"),
}
_PROBLEM = {
    "not_a_pdf": mark("This is not a PDF. Choose the file that was made from the record."),
    "too_big": mark("This file holds more than any record, so nothing was looked for in it."),
}
