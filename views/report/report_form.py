"""The form for something suspicious: under a minute, without an account. What is typed is on the disk at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import flet as ft

from services.accounts.viewer import Viewer
from services.records.files import Photo
from services.reports.report import (
    LONGEST_CONTACT,
    LONGEST_PLACE,
    LONGEST_TEXT,
    MOST_PHOTOS,
    ReportDraft,
    Seen,
    Subject,
)
from services.reports.report_book import ReportBook
from services.verification.check import TYPED, CheckedCode, check
from views.camera.photo_screen import PhotoScreen
from views.design import CARD, CHOSEN, GAP, INK_2, ON_CHOSEN, Type
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.following import use_editing, use_scans
from views.parts.frame import screen
from views.parts.loading import use_loaded
from views.parts.look import heading, icon_button, keyed, known_as, main_button, text, tone_icon
from views.parts.notices import ABOUT_REPORT, NoticeOnce
from views.parts.picture_file import PictureFile
from views.parts.pictures import StoredPhoto, add_pictures, pick_pictures
from views.parts.places import REPORT, REPORTS
from views.parts.position import find_position
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words
from views.report.editor import ReportEditor
from views.report.report_words import SEEN, title_of

_TILE = 80
"""A photo's side, in logical pixels."""


@dataclass(frozen=True)
class _Asked:
    """The form's address: what the report is about, or the draft to go on with.

    `/report?gtin=GTIN-14&scanned=TEXT&scanned=TEXT` or `/report?draft=ID`; every part may be missing.
    """

    subject: Subject
    draft_id: str | None = None

    @classmethod
    def at(cls, address: str) -> _Asked:
        pairs = parse_qsl(urlsplit(address).query)
        named = dict(pairs)
        return cls(
            Subject.of(named.get("gtin"), (value for name, value in pairs if name == "scanned")), named.get("draft")
        )

    def find(self, book: ReportBook, viewer: Viewer) -> ReportDraft | None:
        """The draft to write in; None where it is not here any more."""
        return book.draft(self.draft_id, viewer) if self.draft_id else book.begin(self.subject, viewer)


@ft.component
def ReportFormScreen() -> ft.View:
    """Find the draft that the address means, or begin one."""
    shell, viewer, workspace = use_shell(), use_device_state().viewer, use_workspace()
    _, book = shell.texts.gettext, use_device().reports
    address = shell.page.route
    asked, ask = ft.use_state(address)
    if address != asked and urlsplit(address).path == REPORT:
        ask(address)
        asked = address

    def load() -> tuple[ReportDraft | None, CheckedCode | None]:
        draft = _Asked.at(asked).find(book, viewer)
        codes = [*draft.subject.scanned, *filter(None, [draft.subject.gtin])] if draft else []
        return draft, check(codes[0], TYPED, workspace.catalogue, workspace.now()) if codes else None

    ready, loaded = use_loaded(load, [asked, viewer.account])
    if not ready:
        return screen(shell, REPORT, _("Report something suspicious"), [ft.ProgressBar()])
    draft, checked = loaded or (None, None)
    if draft is None:
        return _gone(shell)
    return keyed(draft.id, _Form, draft, checked)


def _gone(shell: Shell) -> ft.View:
    _ = shell.texts.gettext
    words = _(
        "This report is not being written any more: it was sent off or discarded, or it belongs to another account."
    )
    button = ft.FilledButton(_("Your reports"), on_click=shell.go_to(REPORTS))
    return screen(shell, REPORT, _("Report something suspicious"), [text(words), button])


@ft.component
def _Form(opened: ReportDraft, checked: CheckedCode | None) -> ft.View:
    """Draw the editor's draft, or the camera for a further photo of it."""
    shell, book = use_shell(), use_device().reports
    _ = shell.texts.gettext
    editor = ft.use_memo(lambda: ReportEditor(opened, book, shell.say_problem), [])
    place, words, contact = ft.use_memo(lambda: _fields_of(opened), [])
    camera_open, open_camera = ft.use_state(False)

    def put() -> None:
        place.put(editor.draft.place)
        words.put(editor.draft.text)
        contact.put(editor.draft.contact)

    use_editing(editor, put)
    use_scans(lambda scan: editor.take_out(scan, place=place.text, text=words.text, contact=contact.text))
    if editor.gone:
        return _gone(shell)
    if camera_open:
        back = _("Back to the report")
        return PhotoScreen(
            REPORT, lambda jpeg: add_pictures(shell, editor, [PictureFile("", jpeg)]), lambda: open_camera(False), back
        )
    return screen(
        shell,
        REPORT,
        _("Report something suspicious"),
        [
            *_subject(shell.texts, editor.draft.subject, checked),
            heading(_("What did you see?")),
            _tiles(shell, editor),
            NoticeOnce(ABOUT_REPORT),
            known_as("report-place", _place(shell, editor, place)),
            text(_("Photos (if you have any)"), Type.LABEL),
            _photos(shell, editor, lambda: open_camera(True)),
            known_as("report-text", _words(shell.texts, editor, words)),
            known_as("report-contact", _contact(shell.texts, editor, contact)),
            *([ft.ProgressBar()] if editor.busy else []),
            _promise(shell),
            *([] if editor.draft.is_empty else [_discard(shell, editor)]),
        ],
        actions=[icon_button(ft.Icons.INBOX, _("Your reports"), shell.go_to(REPORTS))],
        bottom=[_Send(editor, editor.busy)],
    )


def _fields_of(draft: ReportDraft) -> tuple[TextInput, TextInput, TextInput]:
    return TextInput(draft.place), TextInput(draft.text), TextInput(draft.contact)


def _subject(texts: Texts, subject: Subject, checked: CheckedCode | None) -> list[ft.Control]:
    """What the report is about: the product's name or the code, and what the app says of it."""
    if checked is None:
        return []
    word, tone, _icon = status_words(checked.verdict.status.value)
    name = checked.product.name if checked.product else title_of(texts, subject)
    verdict = ft.Row([tone_icon(tone), text(texts.gettext(word), Type.SMALL, expand=True)], spacing=GAP)
    return [ft.Column([heading(name), verdict], spacing=4)]


def _tiles(shell: Shell, editor: ReportEditor) -> ft.Control:
    """What the person saw: any of four."""

    def tile(seen: Seen) -> ft.Control:
        words, icon = SEEN[seen]
        chosen = seen in editor.draft.what
        button = ft.OutlinedButton(
            shell.texts.gettext(words),
            icon=icon,
            on_click=shell.guard(lambda: editor.toggle(seen)),
            style=ft.ButtonStyle(
                bgcolor=CHOSEN if chosen else None,
                color=ON_CHOSEN if chosen else None,
                shape=ft.RoundedRectangleBorder(radius=CARD),
                padding=ft.Padding.symmetric(horizontal=8, vertical=18),
                alignment=ft.Alignment.CENTER_LEFT,
            ),
        )
        told = ft.Semantics(identifier=f"report-{seen.value}", checked=chosen, content=button)
        return ft.Container(ft.MergeSemantics(told), col=6)

    return ft.ResponsiveRow([tile(seen) for seen in Seen], spacing=GAP, run_spacing=GAP)


def _place(shell: Shell, editor: ReportEditor, place: TextInput) -> ft.Control:
    """Where it was seen, with a button that adds where the device is."""
    _ = shell.texts.gettext

    async def locate() -> None:
        if not await editor.add_place(find_position):
            shell.say(_("The place could not be had: it is switched off, not allowed, or there is no signal here."))

    return place.draw(
        ft.TextField(
            label=_("Where did you see it?"),
            hint_text=_("A market, a shop, a web page"),
            multiline=True,
            min_lines=1,
            max_lines=3,
            max_length=LONGEST_PLACE,
            counter="",
            prefix_icon=ft.Icons.PLACE_OUTLINED,
            suffix_icon=icon_button(ft.Icons.MY_LOCATION, _("Add the place where I am"), shell.guard(locate)),
            on_change=lambda event: editor.type(place=event.control.value),
        )
    )


def _words(texts: Texts, editor: ReportEditor, words: TextInput) -> ft.Control:
    return words.draw(
        ft.TextField(
            label=texts.gettext("In your words (if you like)"),
            multiline=True,
            min_lines=2,
            max_lines=8,
            max_length=LONGEST_TEXT,
            counter="",
            on_change=lambda event: editor.type(text=event.control.value),
        )
    )


def _contact(texts: Texts, editor: ReportEditor, contact: TextInput) -> ft.Control:
    _ = texts.gettext
    return contact.draw(
        ft.TextField(
            label=_("Telephone or email (not required)"),
            helper=_(
                "Only so that the office can ask you more. It erases it some time after the report is settled; how "
                "long stands on the register's page about personal data."
            ),
            helper_max_lines=5,
            max_length=LONGEST_CONTACT,
            counter="",
            on_change=lambda event: editor.type(contact=event.control.value),
        )
    )


def _photos(shell: Shell, editor: ReportEditor, open_camera: Callable[[], None]) -> ft.Control:
    """The photos so far, each with a button that removes it, and the ways to add one."""
    _, book = shell.texts.gettext, editor.book

    async def from_file() -> None:
        if pictures := await pick_pictures(several=True):
            await add_pictures(shell, editor, pictures)

    def tile(number: int, photo: Photo) -> ft.Control:
        words = _("Remove photo {number}").format(number=number)
        remove = ft.IconButton(
            ft.Icon(ft.Icons.CANCEL, size=20, semantics_label=words),
            tooltip=words,
            on_click=shell.guard(lambda: editor.remove_photo(photo.sha256)),
        )
        name = _("Photo {number} of the report").format(number=number)
        return ft.Row([StoredPhoto(photo, name, side=_TILE, photos=book.photos), remove], spacing=0, tight=True)

    there = [tile(number, photo) for number, photo in enumerate(editor.draft.photos, start=1)]
    camera = ft.OutlinedButton(_("Take a photo"), icon=ft.Icons.ADD_A_PHOTO, on_click=shell.guard(open_camera))
    file = ft.OutlinedButton(_("Photo from a file"), icon=ft.Icons.IMAGE, on_click=shell.guard(from_file))
    ways = [camera, known_as("report-photo-file", file)] if len(editor.draft.photos) < MOST_PHOTOS else []
    return ft.Column(
        [
            *([ft.Row(list(there), wrap=True)] if there else []),
            ft.Row(list(ways), wrap=True),
            text(_("Please avoid photographing people."), Type.SMALL),
        ],
        spacing=GAP,
    )


def _promise(shell: Shell) -> ft.Control:
    """What the person gets for it, and who reads it."""
    _ = shell.texts.gettext
    words = _(
        "No account is needed. You get a private address that shows what becomes of the report. "
        "Only the province's OCOP office can read it."
    )
    if shell.signed_in:
        words = _(
            "It is sent under your account. You get a private address that shows what becomes of the report. "
            "Only the province's OCOP office can read it."
        )
    return ft.Row(
        [ft.Icon(ft.Icons.LOCK_OUTLINE, color=INK_2), text(words, Type.SMALL, expand=True)],
        vertical_alignment=ft.CrossAxisAlignment.START,
        spacing=12,
    )


def _discard(shell: Shell, editor: ReportEditor) -> ft.Control:
    """The button that removes the draft, once the person is sure."""
    _, page = shell.texts.gettext, shell.page

    async def discard() -> None:
        page.pop_dialog()
        await editor.discard()
        page.navigate(REPORTS)

    def ask() -> None:
        page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(_("Discard this report?")),
                content=ft.Text(_("Its words and photos are removed from this device.")),
                actions=[
                    ft.TextButton(_("Keep it"), on_click=shell.guard(page.pop_dialog)),
                    ft.FilledButton(_("Discard"), on_click=shell.guard(discard)),
                ],
            )
        )

    return ft.TextButton(_("Discard this report"), icon=ft.Icons.DELETE_OUTLINE, on_click=shell.guard(ask))


@ft.component
def _Send(editor: ReportEditor, busy: bool) -> ft.Control:
    """The button that makes the report final; it is kept here first, and goes when there is a network."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()

    async def send() -> None:
        account = device.accounts.current
        report = await editor.sign(
            account=account.username if account else None,
            viewer=device.accounts.viewer,
            device=device.id,
            clock_offset=workspace.clock_offset,
            site=workspace.registry.url if workspace.registry else None,
        )
        if report:
            shell.page.navigate(f"{REPORTS}/{report.id}")

    button = main_button(shell.texts.gettext("Send the report"), shell.guard(send), icon=ft.Icons.SEND)
    button.disabled = busy
    return known_as("report-send", button)
