"""The test of a handheld scanner: three codes to scan, how the scanner is set, and what to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import flet as ft

from services.scanners import Burst, Frame, Refusal
from services.scanners.layouts import US
from services.scanners.trial import Capitals, Finding, TrialCode, find_trial_code
from services.wording import mark
from views.design import Tone
from views.parts.frame import screen
from views.parts.handheld import SENTENCES
from views.parts.look import card, fact, heading, known_as, panel
from views.parts.scanning import Scanning, use_scanning
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts, assets_folder

_NAMES = {
    TrialCode.EAN_13: mark("1. A barcode (EAN-13)"),
    TrialCode.DATA_MATRIX: mark("2. A Data Matrix with a lot and a serial number"),
    TrialCode.DIGITAL_LINK: mark("3. A QR code with an address in small letters"),
}

Line = tuple[bool, str]
"""Whether it can stay so, and the sentence."""


@ft.component
def ScannerScreen() -> ft.View:
    """Take all scans as trials while this screen is open; show what each code has told."""
    shell, scanning, device = use_shell(), use_scanning(), use_device()
    _, texts = shell.texts.gettext, shell.texts
    findings, set_findings = ft.use_state(dict[TrialCode, Finding]())
    trouble, set_trouble = ft.use_state("")
    frame, set_frame = ft.use_state(scanning.wedge.frame)

    def tried(heard: Burst | Refusal) -> None:
        if isinstance(heard, Refusal):
            set_trouble(_(SENTENCES[heard]))
            return
        finding = find_trial_code(heard)
        if finding is None:
            set_trouble(_("This is none of the three codes, or only a part of one: {text}").format(text=heard.typed))
            return
        set_trouble("")
        set_findings(lambda before: {**before, finding.code: finding})

    async def keep(wanted: Frame) -> None:
        await asyncio.to_thread(device.settings.change, scanner_prefix=wanted.prefix, scanner_suffix=wanted.suffix)
        scanning.wedge.frame = wanted
        set_frame(wanted)
        set_findings({})

    _use_tester(scanning, tried)
    controls: list[ft.Control] = [
        ft.Text(_("Scan the three codes from this screen or from the printed sheet. Nothing is judged meanwhile.")),
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Save the sheet to print"), icon=ft.Icons.PRINT, on_click=shell.guard(lambda: _save_sheet(shell))
                )
            ]
        ),
    ]
    if trouble:
        controls.append(
            known_as("trial-trouble", panel(ft.Text(trouble), tone=Tone.CAUTION, icon=ft.Icons.WARNING_AMBER))
        )
    controls += [_code(texts, code, findings.get(code), frame) for code in TrialCode]
    found = list(findings.values())
    new = next((one for one in found if (one.prefix, one.suffix) != ("", "")), None)
    if frame != Frame():
        controls.append(
            card(
                fact(_("Prefix that is expected"), frame.prefix or _("none")),
                fact(_("Suffix that is expected"), frame.suffix or _("none")),
                ft.Row([ft.OutlinedButton(_("Expect neither"), on_click=shell.guard(lambda: keep(Frame())))]),
            )
        )
    elif new:
        wanted = Frame(new.prefix, new.suffix)
        controls.append(
            card(
                ft.Text(
                    _("The scanner types “{prefix}” before and “{suffix}” after each code.").format(
                        prefix=new.prefix, suffix=new.suffix
                    )
                ),
                ft.Row([ft.FilledButton(_("Expect this from now on"), on_click=shell.guard(lambda: keep(wanted)))]),
            )
        )
    return screen(shell, "/settings/scanner", _("Scanner"), controls)


def _use_tester(scanning: Scanning, tried: Callable[[Burst | Refusal], None]) -> None:
    """Hook: take what the scanner sends while the screen is open."""

    def begin() -> None:
        scanning.tester = tried

    def end() -> None:
        scanning.tester = None

    ft.use_effect(begin, [], cleanup=end)


def _code(texts: Texts, code: TrialCode, finding: Finding | None, frame: Frame) -> ft.Control:
    """One code, large enough to scan from the screen, and what was found with it."""
    _ = texts.gettext
    name = _(_NAMES[code])
    rows: list[ft.Control] = [
        heading(name),
        ft.Container(
            ft.Image(src=f"scanner/{code.name.lower()}.png", width=300, semantics_label=name),
            bgcolor=ft.Colors.WHITE,
            padding=16,
            border_radius=8,
            alignment=ft.Alignment.CENTER,
        ),
    ]
    for is_good, said in said_of(texts, finding, frame) if finding else ():
        icon = ft.Icons.CHECK_CIRCLE if is_good else ft.Icons.BUILD_CIRCLE
        rows.append(
            ft.Row([ft.Icon(icon, size=18), ft.Text(said, expand=True)], vertical_alignment=ft.CrossAxisAlignment.START)
        )
    return known_as(f"trial-{code.name.lower()}", card(*rows))


def said_of(texts: Texts, finding: Finding, frame: Frame) -> Iterator[Line]:
    """Say how the scanner is set, and what to change."""
    _ = texts.gettext
    if finding.end:
        yield True, _("The end of a code is told by: {end}.").format(end=finding.end)
    elif finding.suffix:
        yield False, _("No key ends the code. Set the scanner to send Enter, or expect its suffix, below.")
    else:
        yield False, _("No key ends the code. Set the scanner to send Enter after each code.")
    if finding.layout != US:
        yield (
            False,
            _(
                "The computer's keyboard is {layout}, the scanner types for a US one. Codes of digits are mapped back; "
                "set the scanner to the computer's layout for all others."
            ).format(layout=finding.layout),
        )
    yield from _letters(texts, finding)
    if finding.gs is not None:
        yield from _separator(texts, finding)
    if finding.prefix != frame.prefix or (finding.suffix and finding.end):
        words = _("It types more than the code. Turn its prefix and suffix off, or expect them, below.")
        yield False, words


def _letters(texts: Texts, finding: Finding) -> Iterator[Line]:
    _ = texts.gettext
    if finding.code is TrialCode.EAN_13:
        return
    if finding.capitals is Capitals.AS_PRINTED:
        yield True, _("Capital and small letters arrive as printed.")
    elif finding.capitals is Capitals.SWAPPED:
        yield False, _("Capital and small letters are swapped. Turn Caps Lock off.")
    else:
        yield False, _("Capital and small letters are made alike. Turn case conversion off in the scanner.")


def _separator(texts: Texts, finding: Finding) -> Iterator[Line]:
    _ = texts.gettext
    if finding.gs:
        yield True, _("The separator of GS1 codes (GS) arrives as {sign}.").format(sign=finding.gs)
    else:
        yield (
            False,
            _(
                "The separator of GS1 codes (GS) does not arrive, so a lot runs into what follows. "
                "Set the scanner to send it as Ctrl+], Alt+029 or |."
            ),
        )


async def _save_sheet(shell: Shell) -> None:
    """Give the person the sheet as a PDF."""
    content = await asyncio.to_thread((assets_folder() / "scanner" / "sheet.pdf").read_bytes)
    in_one = shell.page.web or shell.on_phone
    name = "ocop-scanner-test.pdf"
    chosen = await ft.FilePicker().save_file(file_name=name, src_bytes=content if in_one else None)
    if not in_one and chosen:
        await asyncio.to_thread(Path(chosen).write_bytes, content)
    if chosen or shell.page.web:
        shell.say(shell.texts.gettext("Exported: {name}").format(name=name))
