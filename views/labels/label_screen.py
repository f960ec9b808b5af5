"""Checks the artwork of a label before it is printed: what was found, where, and what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

import flet as ft

from services.labels.artwork import BadArtwork, Cancelled, Progress
from services.labels.check import Asked, CheckedLabel, check_label
from services.labels.marking import marked
from services.labels.report import Source, report_pdf
from services.labels.words import REFUSED
from services.register.certificates import VIETNAM
from services.workspace import Device, Workspace
from views.design import CARD, LINE, TONES, Tone, Type
from views.labels.findings import findings_list, result_panel
from views.parts.exporting import with_progress
from views.parts.fields import TextInput
from views.parts.fonts import FOLDER
from views.parts.frame import panes, screen, scrolled
from views.parts.look import (
    card,
    empty,
    heading,
    known_as,
    line_width,
    main_button,
    panel,
    second_button,
    segment,
    text,
)
from views.parts.picture_file import PictureFile
from views.parts.pictures import pick_pictures
from views.parts.places import LABEL_CHECK
from views.parts.saving import save_file
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import assets_folder

_BAD_WIDTH = REFUSED["bad_width"]
_STARS = (0, 3, 4, 5)
"""What a label may show: no certificate has fewer than three stars."""


@dataclass(frozen=True, eq=False)
class _Shown:
    """A file, with what was found in it and its pages as they are shown, or why it cannot be checked."""

    file: PictureFile
    label: CheckedLabel | None = None
    pages: tuple[bytes, ...] = ()
    problem: str = ""


@ft.component
def LabelScreen() -> ft.View:
    """Ask for an artwork, check it, and ask again where something has to be told."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _ = shell.texts.gettext
    shown, set_shown = ft.use_state(cast("_Shown | None", None))
    stars, set_stars = ft.use_state(cast("int | None", None))
    width = ft.use_memo(TextInput, [])
    wrong, set_wrong = ft.use_state("")

    async def check(file: PictureFile, stars: int | None) -> None:
        try:
            width_mm = _millimetres(width.text)
        except ValueError:
            set_wrong(_(_BAD_WIDTH))
            return
        set_wrong("")
        if file.content is None:
            shell.say_problem("file_unreadable")
            return
        found = await _checked(shell, device, workspace, file, Asked(width_mm, None, stars))
        if found:
            set_shown(found)

    async def choose() -> None:
        for file in (await pick_pictures(documents=shell.on_computer))[:1]:
            width.put("")
            await check(file, stars)

    async def again() -> None:
        if shown:
            await check(shown.file, stars)

    async def star(event: ft.Event[ft.SegmentedButton]) -> None:
        chosen = next(iter(event.data or ()), None)
        told = int(chosen) if chosen is not None else None
        set_stars(told)
        if shown and shown.label:
            await check(shown.file, told)

    async def save() -> None:
        if shown and shown.label:
            await _save_report(shell, workspace, shown.file.name, shown.label)

    label = shown.label if shown else None
    if shown is None:
        sign = empty(
            ft.Icons.STRAIGHTEN,
            _("Is this label ready to print?"),
            " ".join(
                [
                    _("Choose the artwork, as a PDF or a picture.")
                    if shell.on_computer
                    else _("Choose the artwork as a picture, best as PNG. PDFs are opened by the app on a computer."),
                    _("Its codes are read back, measured, and compared with the register. Nothing of it is kept."),
                ]
            ),
        )
        parts: list[ft.Control] = [ft.Row([sign], alignment=ft.MainAxisAlignment.CENTER)]
    elif label is None:
        parts = [panel(text(_(REFUSED[shown.problem])), tone=Tone.CAUTION, icon=TONES[Tone.CAUTION].shape)]
    else:
        asked = _asked(shell, label, width, wrong, stars, shell.guard(again), shell.guard(star))
        picture = _pictures(shell, shown)
        listed = [result_panel(shell.texts, label), asked, *findings_list(shell.texts, label)]
        if shell.wide:
            parts = [panes(shell, scrolled(picture), scrolled(listed))]
        else:
            parts = [listed[0], *picture, *listed[1:]]
    wide = shell.wide and label is not None
    words = _("Choose the artwork") if shown is None else _("Choose another")
    buttons: list[ft.Control] = [
        known_as("choose-artwork", main_button(words, shell.guard(choose), icon=ft.Icons.FOLDER_OPEN), expand=True)
    ]
    if label:
        report = second_button(_("Save the report"), shell.guard(save), icon=ft.Icons.PICTURE_AS_PDF)
        buttons.insert(0, known_as("save-report", report, expand=True))
    return screen(
        shell,
        LABEL_CHECK,
        _("Check a label before printing"),
        parts,
        bottom=[ft.Row(buttons, spacing=12)],
        full=wide,
        scroll=not wide,
    )


def _millimetres(written: str) -> float | None:
    """A width as people write it, with a comma or a point; None where there is none. Raises ValueError."""
    return float(written.strip().replace(",", ".")) if written.strip() else None


async def _checked(
    shell: Shell, device: Device, workspace: Workspace, file: PictureFile, asked: Asked
) -> _Shown | None:
    """Check in a thread, with progress; None where the person has cancelled it."""

    def work(tell: Progress) -> _Shown:
        now = workspace.now()
        document = workspace.checklists.in_force(
            workspace.catalogue.register.checklists, now.astimezone(VIETNAM).date()
        )
        try:
            label = check_label(
                file.content or b"",
                workspace.catalogue,
                now,
                document,
                asked,
                phone=shell.on_phone,
                pdf=shell.on_computer,
                annex_of=device.annex_groups.of,
                progress=tell,
            )
        except BadArtwork as error:
            return _Shown(file, problem=error.reason)
        return _Shown(file, label, tuple(marked(label, page) for page in label.artwork.pages))

    try:
        return await with_progress(shell, shell.texts.gettext("Checking the label …"), work)
    except Cancelled:
        return None


async def _save_report(shell: Shell, workspace: Workspace, file: str, label: CheckedLabel) -> None:
    _ = shell.texts.gettext
    source = Source(file, workspace.catalogue.copy.register_name or None)
    fonts = assets_folder() / FOLDER

    def work(tell: Progress) -> bytes:
        def step() -> None:
            if not tell(0, 0):
                raise Cancelled

        return report_pdf(label, source, shell.texts, fonts, step)

    try:
        pdf = await with_progress(shell, _("Making the PDF …"), work)
    except Cancelled:
        return
    name = f"ocop-label-{label.made_at.astimezone(VIETNAM):%Y%m%d-%H%M}.pdf"
    if saved := await save_file(shell, pdf, name):
        shell.say(_("Saved: {name}").format(name=saved))


def _asked(
    shell: Shell,
    label: CheckedLabel,
    width: TextInput,
    wrong: str,
    stars: int | None,
    again: Callable[[], Awaitable[None]],
    star: Callable[[ft.Event[ft.SegmentedButton]], Awaitable[None]],
) -> ft.Control:
    """What only the person knows: the width in print where the file does not say it, and the stars on the label."""
    _ = shell.texts.gettext
    rows: list[ft.Control] = []
    if label.asked.width_mm is not None or any(page.density is None for page in label.artwork.pages):
        field = width.draw(
            ft.TextField(
                label=_("Width in print, in millimetres"),
                keyboard_type=ft.KeyboardType.NUMBER,
                error=wrong or None,
                expand=True,
                on_submit=again,
            )
        )
        button = ft.OutlinedButton(_("Measure"), icon=ft.Icons.STRAIGHTEN, on_click=again)
        rows.append(ft.Row([known_as("label-width", field, expand=True), known_as("label-measure", button)], spacing=8))
    rows.append(text(_("How many stars does the label show?"), Type.LABEL))
    choices = [segment(str(each), _("{stars} stars").format(stars=each) if each else _("None")) for each in _STARS]
    chosen = [] if stars is None else [str(stars)]
    segmented = ft.SegmentedButton(
        segments=choices, selected=chosen, allow_empty_selection=True, show_selected_icon=False, on_change=star
    )
    rows.append(known_as("label-stars", segmented))
    return card(*rows)


def _pictures(shell: Shell, shown: _Shown) -> list[ft.Control]:
    """The artwork's pages with their numbered codes."""
    _ = shell.texts.gettext
    parts: list[ft.Control] = []
    pages = shown.label.artwork.pages if shown.label else ()
    for page, jpeg in zip(pages, shown.pages, strict=True):
        words = _("The artwork, page {page}").format(page=page.number) if len(shown.pages) > 1 else _("The artwork")
        picture = ft.Image(src=jpeg, fit=ft.BoxFit.CONTAIN, gapless_playback=True, semantics_label=words)
        height, width = page.gray.shape
        framed = ft.Container(
            picture,
            bgcolor=ft.Colors.WHITE,  # the paper
            border=ft.Border.all(line_width(), LINE),
            border_radius=CARD,
            padding=8,
            aspect_ratio=max(_TALLEST, width / height),
        )
        parts += [heading(words), known_as(f"artwork-{page.number}", framed)]
    return parts


_TALLEST = 0.7
"""Width by height of the tallest picture: that of a page."""
