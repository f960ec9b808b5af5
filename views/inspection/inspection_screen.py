"""One inspection: the form while it is written, and what it said once it is saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from services.accounts.viewer import Viewer
from services.register.products import Product
from services.rounds.inspection import Found, Picture
from services.rounds.kept import KeptInspection
from services.rounds.round_book import RoundBook
from views.design import BETWEEN, Tone, Type
from views.inspection.choices import findings, said_wrong, sale, seal
from views.inspection.editor import InspectionEditor
from views.inspection.entries import Entries
from views.inspection.fields import DATES, FormFields
from views.inspection.following import use_editor, use_inspection
from views.inspection.head import subject, verdict_band
from views.inspection.saving import SaveFoot, checklist_of
from views.inspection.sentences import Sentences
from views.inspection.shots import ShotCamera, from_file_button, live_height, side_width, strip
from views.inspection.signed import SignedInspection
from views.parts.device_state import use_device_state
from views.parts.fold import fold
from views.parts.following import use_changes, use_scans
from views.parts.frame import panes, screen, scrolled
from views.parts.inspection_words import amount_words, checklist_words, dates_words
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import heading, keyed, known_as, main_button, panel, row_button, text
from views.parts.notices import ABOUT_PHOTOS, NoticeOnce
from views.parts.places import ROUNDS, round_address
from views.parts.question import Question
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

_UNITS = 4
"""So many units used last are offered."""


@ft.component
def InspectionScreen() -> ft.View:
    """Find the inspection in the address, and show it for writing or as it was saved."""
    shell = use_shell()
    _, params = shell.texts.gettext, ft.use_route_params()
    route = round_address(params["round"], params["id"])
    ready, kept = use_inspection(params["id"])
    if not ready:
        return screen(shell, route, _("Inspection"), [Skeleton()])
    if kept is None or kept.round != params["round"]:
        return nowhere(shell, route)
    return keyed(kept.id, _Form if kept.draft else SignedInspection, kept)


def _fields(shell: Shell, kept: KeptInspection, units: Sequence[str]) -> FormFields:
    return FormFields(kept.found, shell.texts, units[0] if units else "", kept.draft.typed if kept.draft else None)


def nowhere(shell: Shell, route: str) -> ft.View:
    """What is shown where there is no such inspection for this person."""
    _ = shell.texts.gettext
    words = _("This inspection is not here: it was saved or thrown away elsewhere, or it belongs to another account.")
    button = main_button(_("Go to the rounds"), shell.go_to(ROUNDS), icon=ft.Icons.ROUTE)
    return screen(shell, route, _("Inspection"), [text(words)], bottom=[button])


@ft.component
def _Form(kept: KeptInspection) -> ft.View:
    shell, workspace, device, viewer = use_shell(), use_workspace(), use_device(), use_device_state().viewer
    _ = shell.texts.gettext
    route = round_address(kept.round, kept.id)
    editor = use_editor(kept)
    units = ft.use_memo(lambda: last_units(device.rounds, viewer, kept.round), [])
    fields = ft.use_memo(lambda: _fields(shell, kept, units), [])
    product = ft.use_memo(lambda: _product(workspace.catalogue.product, kept.found), [])
    camera_on, set_camera = ft.use_state(not kept.pictures)
    on_top = ft.use_route_location() == route

    def take_over() -> None:
        if editor.rewritten:
            editor.rewritten = False
            fields.show(editor.found)

    filled = editor.found.checklist
    _read, listed = use_loaded(
        lambda: checklist_of(workspace, editor.found), [(filled.version, filled.group, filled.law) if filled else None]
    )
    use_changes(editor, take_over)
    use_scans(lambda scan: editor.take_out(scan, fields.typed()))
    if editor.gone:
        return nowhere(shell, route)

    def photo(picture: Picture) -> Callable[[], Awaitable[None]]:
        return shell.go_to(f"{route}/photos/{picture.file.sha256}")

    on_camera = None if shell.wide else photo  # beside the form there is room for all
    entries = Entries(shell, editor, fields)
    photos = [
        NoticeOnce(ABOUT_PHOTOS),
        *(
            [keyed("camera", ShotCamera, editor, live_height(shell), on_top, lambda: set_camera(False), on_camera)]
            if camera_on
            else [_ways(shell, editor, lambda: set_camera(True))]
        ),
        *([] if camera_on and on_camera else strip(shell, editor, photo)),
        *said_wrong(shell.texts, editor.problems, ("too_many_photos", "original_without_copy", "cover_not_kept")),
    ]
    form: list[ft.Control] = [
        *([_corrects(shell)] if editor.draft.supersedes else []),
        subject(shell, editor.found, product, editor.draft.started_at),
        *([] if shell.wide else photos),
        *findings(shell, editor, 3 if shell.wide else 2),
        *sale(shell, editor),
        *entries.quantity(units),
        _checklist(shell, editor, len(listed.items) if listed else None, route),
        *_compare(shell, editor, product),
        entries.text(),
        keyed("sentences", Sentences, editor),
        *said_wrong(shell.texts, editor.problems, ("text_too_long", "too_large", "round_closed")),
        _dates(shell, editor, fields, entries),
        _seal_and_price(shell, editor, fields, entries),
        _goods(shell, editor, fields, entries),
        *([ft.ProgressBar()] if editor.busy else []),
        _discard(shell, editor),
    ]
    band = verdict_band(shell, editor.found, square=not shell.wide)
    title = _("Correction") if editor.draft.supersedes else _("Inspection")
    foot = keyed("save", SaveFoot, editor, fields)
    if shell.wide:
        left = ft.Column(
            [*band, scrolled(form), foot],
            spacing=16,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        side = scrolled([heading(_("Photos")), *photos])
        areas = panes(shell, left, side, second_width=side_width(shell))
        return screen(shell, route, title, [areas], scroll=False, full=True)
    return screen(shell, route, title, form, head=band[0] if band else None, bottom=[foot])


def last_units(book: RoundBook, viewer: Viewer, round_id: str) -> list[str]:
    """The units that were used in this round, the last first, then common ones."""
    used = [each.found.quantity.unit for each in book.inspections_of(round_id, viewer) if each.found.quantity]
    return [unit for unit in dict.fromkeys([*used, "gói", "hộp", "chai", "kg"]) if unit][:_UNITS]


def _product(find: Callable[[str], Product | None], found: Found) -> Product | None:
    return find(found.gtin) if found.gtin else None


def _ways(shell: Shell, editor: InspectionEditor, open_camera: Callable[[], object]) -> ft.Control:
    words = shell.texts.gettext("Open the camera")
    camera = ft.OutlinedButton(words, icon=ft.Icons.PHOTO_CAMERA, on_click=shell.guard(open_camera))
    return ft.Row([known_as("camera-open", camera), from_file_button(shell, editor)], wrap=True)


def _corrects(shell: Shell) -> ft.Control:
    words = shell.texts.gettext("A saved inspection is never changed: this is written beside it, as its correction.")
    return panel(text(words), tone=Tone.UNKNOWN, icon=ft.Icons.EDIT_NOTE)


def _checklist(shell: Shell, editor: InspectionEditor, items: int | None, route: str) -> ft.Control:
    """The way to the checklist, with how far it is."""
    _ = shell.texts.gettext
    told = checklist_words(shell.texts, editor.found.checklist, items) or _("Not begun")
    row = ft.Row(
        [
            ft.Icon(ft.Icons.CHECKLIST),
            ft.Column([text(_("Label checklist"), Type.SUB), text(told, Type.SMALL)], spacing=0, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=12,
    )
    button = row_button("open-checklist", row, shell.go_to(f"{route}/checklist"))
    reasons = ("too_many_answers", "reason_too_long", "photo_of_answer_gone", "answer_without_reason")
    wrong = said_wrong(shell.texts, editor.problems, (*reasons, "answer_without_photo"))
    return ft.Column([button, *wrong], spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _compare(shell: Shell, editor: InspectionEditor, product: Product | None) -> list[ft.Control]:
    """The way to the registered label, where the register has a picture of it."""
    if product is None or not any(picture.shows == "label" for picture in product.pictures):
        return []
    codes = tuple((code.text, code.symbology) for code in editor.found.codes)
    address = f"{Question(codes, one_pack=len(codes) > 1).comparison}&inspection={editor.draft.round}/{editor.draft.id}"
    words = shell.texts.gettext("Compare with the registered label")
    row = ft.Row(
        [ft.Icon(ft.Icons.COMPARE), text(words, Type.SUB, expand=True), ft.Icon(ft.Icons.CHEVRON_RIGHT)], spacing=12
    )
    return [row_button("open-compare", row, shell.go_to(address))]


def _dates(shell: Shell, editor: InspectionEditor, fields: FormFields, entries: Entries) -> ft.Control:
    found = editor.found
    differ = any(getattr(found, name).differ for name in DATES)
    reasons = ("lot_too_long", "day_invalid")
    return _fold(
        fields,
        "lot-and-dates",
        shell.texts.gettext("Lot and dates"),
        dates_words(shell.texts, found),
        [
            ft.Column(
                [*entries.dates(), *said_wrong(shell.texts, editor.problems, reasons)],
                spacing=BETWEEN,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        ],
        needed=differ or bool(fields.wrong.keys() & set(DATES)),
    )


def _seal_and_price(shell: Shell, editor: InspectionEditor, fields: FormFields, entries: Entries) -> ft.Control:
    found = editor.found
    told = [found.seal is not None, found.price is not None, bool(found.seller_said)].count(True)
    parts: list[ft.Control] = [
        seal(shell, editor),
        entries.price(),
        entries.seller_said(),
        *said_wrong(shell.texts, editor.problems, ("said_too_long", "price_invalid", "unknown_seal")),
    ]
    return _fold(
        fields,
        "seal-and-price",
        shell.texts.gettext("Seal, price, what the seller said"),
        shell.texts.number(told) if told else "",
        [ft.Column(parts, spacing=BETWEEN, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)],
    )


def _goods(shell: Shell, editor: InspectionEditor, fields: FormFields, entries: Entries) -> ft.Control:
    found = editor.found
    told = [*found.samples, *([found.held] if found.held else [])]
    return _fold(
        fields,
        "samples-and-held",
        shell.texts.gettext("Samples, goods held"),
        ", ".join(amount_words(shell.texts, each) for each in told),
        [ft.Column(entries.goods(), spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)],
        needed=any(problem.reason == "no_seal_number" for problem in editor.problems),
    )


def _fold(
    fields: FormFields, name: str, title: str, summary: str, controls: Sequence[ft.Control], *, needed: bool = False
) -> ft.Control:
    """What is seldom needed: it folds away, unless the person has opened it or has to look at it."""

    def change(opened: bool) -> None:
        (fields.unfolded.add if opened else fields.unfolded.discard)(name)

    return fold(name, title, summary, controls, opened=needed or name in fields.unfolded, on_change=change)


def _discard(shell: Shell, editor: InspectionEditor) -> ft.Control:
    """The button that throws the draft away, once the person is sure."""
    _, page = shell.texts.gettext, shell.page

    async def discard() -> None:
        page.pop_dialog()
        await editor.discard()
        page.navigate(round_address(editor.draft.round))

    def ask() -> None:
        words = _("Its words and photos are removed from this device.")
        if editor.draft.supersedes:
            words = _("The correction is removed from this device. The inspection that it corrects stays as it is.")
        page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(_("Throw this inspection away?")),
                content=ft.Text(words),
                actions=[
                    ft.TextButton(_("Keep it"), on_click=shell.guard(page.pop_dialog)),
                    known_as("discard-yes", ft.FilledButton(_("Throw away"), on_click=shell.guard(discard))),
                ],
            )
        )

    button = ft.TextButton(_("Throw this inspection away"), icon=ft.Icons.DELETE_OUTLINE, on_click=shell.guard(ask))
    return known_as("discard", button)
