"""A pack beside its registered label: the person looks and says what differs, and that goes into a note or a report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import cast

import flet as ft

from services.notes.content import NotedCode, NotedVerdict
from services.notes.photos import BadPicture, prepare
from services.register.certificates import Today
from services.register.products import Product
from services.reports.report import ReportInvalid, Subject
from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.inspection import Shows
from services.verification.check import CheckedCode
from views.camera.photo_screen import PhotoScreen
from views.compare.matters import MATTERS, Matter, Seen, differing, with_differences, words_of
from views.compare.side_by_side import LARGEST, SideBySide
from views.design import Tone, Type, Width
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.look import card, icon_button, keyed, known_as, main_button, segment, text, tone_icon
from views.parts.open_round import begin_inspection, is_under_way
from views.parts.pictures import pick_pictures
from views.parts.places import compared_in, round_address
from views.parts.product_picture import ProductPicture, picture_of
from views.parts.question import Question, checked_codes
from views.parts.round_words import round_problem
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

_HEIGHT = {Width.COMPACT: 280, Width.MEDIUM: 480, Width.EXPANDED: 560}
"""Of the pictures, in logical pixels."""

_LIST = 400
"""The width of the list beside the pictures, in logical pixels."""


@ft.component
def CompareScreen() -> ft.View:
    """Show the pack and the label of the product that the address names, or say why that cannot be."""
    shell, workspace, state = use_shell(), use_workspace(), use_device_state()
    _ = shell.texts.gettext
    # The address of this visit: the screen is still drawn while the next one opens.
    question, _ask = ft.use_state(Question.at(shell.page.route))
    inspection, _from = ft.use_state(compared_in(shell.page.route))
    judged = ft.use_memo(
        lambda: checked_codes(question, workspace.catalogue, workspace.now()), [question, state.copy.as_of]
    )
    known = next((code for code in judged if code.product), None)
    if known is None or known.product is None:
        words = _("This device has no product of the register for this code, so there is no label to compare with.")
    elif picture_of(known.product, "label") is None:
        words = _("The register has no picture of this product's label yet.")
    else:
        return keyed(question.address, _Compare, question, judged[0], known.product, inspection)
    back = _back(shell, question, inspection)
    return screen(shell, "/compare", _("Compare with the registered label"), [text(words)], bottom=[back])


def _back(shell: Shell, question: Question, inspection: str | None) -> ft.Control:
    _ = shell.texts.gettext
    words = _("Back to the inspection") if inspection else _("Back to the verdict")
    return main_button(words, shell.go_to(inspection or question.address), icon=ft.Icons.ARROW_BACK)


@ft.component
def _Compare(question: Question, first: CheckedCode, product: Product, inspection: str | None) -> ft.View:
    shell = use_shell()
    _ = shell.texts.gettext
    taken, set_taken = ft.use_state(cast("bytes | None", None))
    seen, set_seen = ft.use_state(cast("dict[str, Seen]", {}))
    camera_open, open_camera = ft.use_state(False)
    _use_scanned_picture(question, set_taken)

    async def take(picture: bytes) -> None:
        try:
            set_taken(await asyncio.to_thread(prepare, picture))
        except BadPicture as error:
            shell.say_problem(error.reason)

    async def from_file() -> None:
        for file in (await pick_pictures())[:1]:
            if file.content is None:
                shell.say_problem("file_unreadable")
            else:
                await take(file.content)

    def say(matter: Matter, answer: Seen | None) -> None:
        others = {key: value for key, value in seen.items() if key != matter.key}
        set_seen(others if answer is None else {**others, matter.key: answer})

    if camera_open:
        return PhotoScreen("/compare", take, lambda: open_camera(False), _("Back to the comparison"))
    photograph = shell.guard(lambda: open_camera(True))
    sides = SideBySide(
        lambda width, height: _pack(shell, taken, width, height, photograph, from_file),
        lambda width, height: keyed(
            f"{width}x{height}",
            ProductPicture,
            product,
            "label",
            width,
            height=height,
            fit=ft.BoxFit.CONTAIN,
            radius=0,
            zoomed=int(LARGEST) // 2,
        ),
        (_("The pack in your hand"), _("Registered label")),
        _HEIGHT[shell.width],
        taken is not None,
    )
    today = first.verdict.today
    rows = [_row(shell, matter, product, today, seen.get(matter.key), say) for matter in MATTERS]
    listed = [
        card(ft.Column(rows, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)),
        text(_("You compare; the app only says where to look."), Type.SMALL),
    ]
    actions = [
        icon_button(ft.Icons.IMAGE, _("Photo from a file"), shell.guard(from_file)),
        icon_button(ft.Icons.PHOTO_CAMERA, _("Take a photo"), photograph),
    ]
    content = (
        [panes(shell, scrolled([sides]), scrolled(listed), second_width=_LIST)] if shell.wide else [sides, *listed]
    )
    return screen(
        shell,
        "/compare",
        _("Compare with the registered label"),
        content,
        actions=actions,
        scroll=not shell.wide,
        full=shell.wide,
        bottom=[_Done(question, first, product, inspection, taken, seen)],
    )


def _use_scanned_picture(question: Question, show: Callable[[bytes], object]) -> None:
    """Hook: begin with the picture file that the codes were read from, if it still is at hand."""
    scanning = use_scanning()

    async def begin() -> None:
        file = scanning.seen
        if file and file[0] == set(question.codes):
            try:
                show(await asyncio.to_thread(prepare, file[1]))
            except BadPicture:  # a kind of file that is read for codes and kept in no note
                return

    ft.use_effect(begin, [])


def _pack(
    shell: Shell,
    taken: bytes | None,
    width: int,
    height: int,
    photograph: Callable[[], object],
    from_file: Callable[[], object],
) -> ft.Control:
    _ = shell.texts.gettext
    if taken is not None:
        return ft.Image(
            src=taken,
            width=width,
            height=height,
            fit=ft.BoxFit.CONTAIN,
            gapless_playback=True,
            semantics_label=_("The pack in your hand"),
        )
    return ft.Container(
        ft.Column(
            [
                text(_("Photograph the label of the pack, straight on."), text_align=ft.TextAlign.CENTER),
                ft.FilledTonalButton(_("Take a photo"), icon=ft.Icons.PHOTO_CAMERA, on_click=photograph),
                known_as("pack-file", ft.TextButton(_("From a file"), on_click=shell.guard(from_file))),
            ],
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            scroll=ft.ScrollMode.AUTO,
        ),
        padding=8,
    )


def _row(
    shell: Shell,
    matter: Matter,
    product: Product,
    today: Today,
    answer: Seen | None,
    say: Callable[[Matter, Seen | None], None],
) -> ft.Control:
    """One matter: what the register says of it, and the person's answer; a second tap takes that back."""
    texts, _ = shell.texts, shell.texts.gettext

    def chosen(event: ft.Event[ft.SegmentedButton]) -> None:
        value = next(iter(event.data or ()), None)
        say(matter, Seen(value) if value else None)

    told = matter.told(texts, product, today)
    words = ft.Column([text(_(matter.name), Type.SUB), *([text(told, Type.SMALL)] if told else [])], spacing=0)
    marks = {None: [], Seen.SAME: [tone_icon(Tone.GOOD)], Seen.DIFFERS: [tone_icon(Tone.CAUTION)]}
    return ft.Column(
        [
            ft.Row([ft.Semantics(container=True, content=words, expand=True), *marks[answer]]),
            known_as(
                f"matter-{matter.key}",
                ft.SegmentedButton(
                    segments=[
                        segment(Seen.SAME, _("Same")),
                        segment(Seen.DIFFERS, _("Differs")),
                    ],
                    selected=[answer.value] if answer else [],
                    allow_empty_selection=True,
                    show_selected_icon=False,
                    on_change=shell.guard(chosen),
                ),
            ),
        ],
        spacing=4,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def _Done(
    question: Question,
    first: CheckedCode,
    product: Product,
    inspection: str | None,
    taken: bytes | None,
    seen: dict[str, Seen],
) -> ft.Control:
    """What differs goes into the inspection, a new note, or without an account into a report, with the photo.

    That is the inspection from which one came, else one in the open round.
    """
    shell, device, state = use_shell(), use_device(), use_device_state()
    viewer, in_round = state.viewer, state.round if is_under_way(state.round) else None
    texts, _ = shell.texts, shell.texts.gettext
    differences = differing(seen)
    consumer = viewer.account is None

    def note() -> str:
        draft = device.notebook.new_draft(
            code=NotedCode.of(first),
            verdict=NotedVerdict.of(first),
            product_name=product.name,
            account=viewer.account,
            text=words_of(texts, seen),
        )
        if taken:
            device.notebook.add_photo(draft.id, taken)
        return f"/note/{draft.id}"

    def report() -> str:
        subject = Subject.of(product.gtin, [text for text, _symbology in question.codes])
        begun = device.reports.begin(subject, viewer)
        said = words_of(texts, seen)
        words = begun.text if said in begun.text else "\n".join(filter(None, [begun.text, said]))
        draft = device.reports.save(replace(begun, text=words), begun)
        if taken:
            with suppress(ReportInvalid):  # it has as many photos as it may have
                device.reports.add_photo(draft, taken)
        return f"/report?draft={draft.id}"

    def into_inspection() -> str:
        book, draft = device.rounds, None
        if inspection is not None:
            draft = book.draft(inspection.rpartition("/")[2], viewer)
        elif in_round is not None:
            draft = begin_inspection(device, viewer, in_round.id, [first], state.copy.as_of)
        label = picture_of(product, "label")
        if draft is None or label is None:
            return note()
        found = with_differences(texts, draft.found, seen, label.sha256)
        book.save(replace(draft, found=found), draft)
        if taken:
            with suppress(RoundInvalid):  # it has as many photos as it may have
                book.add_photo(draft.id, taken, Shows.LABEL)
        return round_address(draft.round, draft.id)

    async def keep() -> None:
        way = report if consumer else into_inspection if inspection or in_round else note
        try:
            shell.page.navigate(await asyncio.to_thread(way))
        except RoundInvalid as invalid:
            shell.say(round_problem(texts, invalid.reason))
        except RoundClosed:
            shell.say(_("This round was closed in another window."))

    if not differences:
        return _back(shell, question, inspection)
    count = len(differences)
    words = (
        texts.ngettext("Report {count} difference", "Report {count} differences", count)
        if consumer
        else texts.ngettext("Note {count} difference", "Note {count} differences", count)
    )
    return known_as(
        "note-differences",
        main_button(words.format(count=texts.number(count)), shell.guard(keep), icon=ft.Icons.CHECK),
    )
