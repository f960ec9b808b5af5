"""One photo: draw on it, cover a part of it, or take it out. The original stays as it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft
import flet.canvas as cv
from PIL import Image

from services.records.files import PhotoLost
from services.rounds.inspection import Picture
from services.rounds.kept import KeptInspection
from services.rounds.marking import LONGEST_WORDS, Words, hides, marks_from_json
from services.rounds.shots import next_shot
from services.texts import normal
from services.wording import mark
from views.design import CARD, CHOSEN, INK, INK_2, ON_CHOSEN, PICTURE, Type
from views.inspection.drawing import Drawing, Frame, Tool, shapes
from views.inspection.editor import MARKS, drawn_on
from views.inspection.following import use_editor, use_inspection
from views.inspection.inspection_screen import nowhere
from views.parts.fields import TextInput
from views.parts.fonts import FOLDER, TEXT_FILES
from views.parts.frame import screen
from views.parts.inspection_words import shows_words
from views.parts.labelled import Labelled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import icon_button, keyed, known_as, main_button, text
from views.parts.places import round_address
from views.parts.room import use_room
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import assets_folder

_TOOLS: dict[Tool, tuple[str, ft.IconData]] = {
    Tool.ARROW: (mark("Arrow"), ft.Icons.NORTH_WEST),
    Tool.CIRCLE: (mark("Circle"), ft.Icons.CIRCLE_OUTLINED),
    Tool.TEXT: (mark("Text"), ft.Icons.TITLE),
    Tool.COVER: (mark("Cover"), ft.Icons.BLUR_ON),
}

_NARROW = 280
"""With less room than this the tools stand in two rows."""

_OFTEN = (mark("Wrong stars"), mark("Wrong address"), mark("Past its date"), mark("Seal torn"))
"""What people write on photos."""


@dataclass(frozen=True)
class _Photo:
    """A photo as it is read: its bytes, and its width and height in pixels."""

    jpeg: bytes
    size: tuple[int, int]


@ft.component
def MarkingScreen() -> ft.View:
    """Find the photo in the address, and show it for drawing."""
    shell, book = use_shell(), use_device().rounds
    _, params = shell.texts.gettext, ft.use_route_params()
    above = f"{round_address(params['round'], params['id'])}/photos"
    route = f"{above}/{params['photo']}"
    ready, kept = use_inspection(params["id"])
    picture = _find(kept, params["photo"])

    def load() -> _Photo | None:
        if picture is None:
            return None
        try:
            jpeg = book.photos.read(drawn_on(picture, kept.draft.marks if kept and kept.draft else ()))
        except PhotoLost:
            return None
        with Image.open(io.BytesIO(jpeg)) as opened:
            return _Photo(jpeg, opened.size)

    read, photo = use_loaded(load, [params["photo"], picture is None])
    if not ready or (picture is not None and not read):
        return screen(shell, route, _("Mark the photo"), [Skeleton()])
    if kept is None or kept.draft is None:
        return nowhere(shell, route)
    if picture is None or photo is None:
        words = _("This photo is not here any more.")
        return screen(shell, route, _("Mark the photo"), [text(words)], bottom=[_back(shell, above)])
    return keyed(params["photo"], _Marking, kept, picture, photo, above)


def _find(kept: KeptInspection | None, sha256: str) -> Picture | None:
    return next((each for each in kept.pictures if each.file.sha256 == sha256), None) if kept else None


def _back(shell: Shell, above: str) -> ft.Control:
    return main_button(shell.texts.gettext("Back to the photos"), shell.go_to(above), icon=ft.Icons.ARROW_BACK)


@ft.component
def _Marking(kept: KeptInspection, picture: Picture, photo: _Photo, above: str) -> ft.View:
    shell = use_shell()
    _ = shell.texts.gettext
    editor = use_editor(kept)
    original = picture.copy_of or picture.file.sha256
    agreed = picture.copy_of is not None and any(e.file.sha256 == original and e.sent for e in kept.pictures)
    begun = ft.use_memo(lambda: MARKS.get(original, ()) if picture.copy_of else (), [])
    on = ft.use_memo(lambda: drawn_on(picture, editor.draft.marks), [])
    # Of a copy whose marks are not known any more nobody can tell whether a part is covered.
    fixed = on != original
    left = ft.use_memo(lambda: editor.draft.marks.get(on), [])
    drawing = ft.use_memo(lambda: Drawing(begun if left is None else marks_from_json(left), agreed=agreed), [])
    ft.use_state(drawing)
    # What is drawn outlives the app before it is on a copy.
    ft.use_effect(lambda: editor.draw(on, None if drawing.marks == begun else drawing.marks), [drawing.marks])
    following = next_shot(editor.found.findings, editor.draft.pictures)
    route = f"{above}/{picture.file.sha256}"

    async def keep() -> None:
        if (drawing.marks, drawing.agreed) != (begun, agreed):
            font = assets_folder() / FOLDER / TEXT_FILES[600]
            if not await editor.draw_on(picture, drawing.marks, font, keep_original=drawing.agreed):
                return
        shell.page.navigate(above if following else above.removesuffix("/photos"))

    async def remove() -> None:
        await editor.remove_photo(picture)
        shell.page.navigate(above)

    words = (
        _("Keep, photograph: {shows}").format(shows=shows_words(shell.texts, following)) if following else _("Keep it")
    )
    actions = [
        _active(icon_button(ft.Icons.UNDO, _("Undo"), shell.guard(drawing.undo)), drawing.marks, "mark-undo"),
        _active(icon_button(ft.Icons.REDO, _("Redo"), shell.guard(drawing.redo)), drawing.undone, "mark-redo"),
        known_as("photo-remove", icon_button(ft.Icons.DELETE_OUTLINE, _("Remove this photo"), shell.guard(remove))),
    ]
    button = main_button(words, shell.guard(keep), icon=ft.Icons.CHECK)
    button.disabled = editor.busy
    name = _("Photo: {shows}").format(shows=shows_words(shell.texts, picture.shows))
    return screen(
        shell,
        route,
        _("Mark the photo"),
        [
            keyed("canvas", _Canvas, drawing, photo, name),
            keyed("tools", _Tools, drawing),
            _original(shell, drawing, fixed=fixed),
        ],
        actions=actions,
        scroll=False,
        bottom=[known_as("mark-keep", button)],
    )


def _active(button: ft.IconButton, there: object, name: str) -> ft.Control:
    button.disabled = not there
    return known_as(name, button)


@ft.component
def _Canvas(drawing: Drawing, photo: _Photo, name: str) -> ft.Control:
    """The photo with the marks over it; a finger or a pointer draws with the chosen tool."""
    shell = use_shell()
    ft.use_state(drawing)
    box, set_box = ft.use_state((0.0, 0.0))
    frame = Frame(photo.size, box) if min(box) > 0 else None

    def begin(event: ft.DragStartEvent[ft.GestureDetector]) -> None:
        if frame and drawing.tool is not Tool.TEXT:
            drawing.begin(frame.part(event.local_position.x, event.local_position.y))

    def move(event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        if frame:
            drawing.move(frame.part(event.local_position.x, event.local_position.y))

    def end(_event: ft.DragEndEvent[ft.GestureDetector]) -> None:
        drawing.end()

    def tap(event: ft.TapEvent[ft.GestureDetector]) -> None:
        at = event.local_position
        if frame is None or at is None:
            return
        place = frame.part(at.x, at.y)
        if drawing.tool is Tool.TEXT:
            _ask_words(shell, lambda words: drawing.add(Words(place, words)))
        elif drawing.tool is Tool.COVER:
            drawing.begin(place)
            drawing.end()

    picture = ft.Image(src=photo.jpeg, fit=ft.BoxFit.CONTAIN, gapless_playback=True, semantics_label=name, expand=True)
    over = cv.Canvas(shapes(drawing.shown, frame) if frame else [], expand=True)
    return known_as(
        "mark-canvas",
        ft.Container(
            ft.GestureDetector(
                ft.Stack([picture, over], fit=ft.StackFit.EXPAND, expand=True),
                on_pan_start=shell.guard(begin),
                on_pan_update=shell.guard(move),
                on_pan_end=shell.guard(end),
                on_tap_up=shell.guard(tap),
                drag_interval=16,
                mouse_cursor=ft.MouseCursor.PRECISE,
                expand=True,
            ),
            bgcolor=PICTURE,
            border_radius=CARD,
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
            expand=True,
            on_size_change=lambda event: set_box((event.width, event.height)),
        ),
        expand=True,
    )


@ft.component
def _Tools(drawing: Drawing) -> ft.Control:
    """What the finger draws: one of four, in two rows where the words need the room."""
    shell = use_shell()
    _ = shell.texts.gettext
    ft.use_state(drawing)
    room, measured = use_room()

    def choose(tool: Tool) -> None:
        drawing.tool = tool

    def cell(tool: Tool) -> ft.Control:
        words, icon = _TOOLS[tool]
        chosen = drawing.tool is tool
        colour = ON_CHOSEN if chosen else INK
        label = text(_(words), Type.LABEL, color=colour, text_align=ft.TextAlign.CENTER)
        button = ft.TextButton(
            content=ft.Column(
                [ft.Icon(icon, color=colour), label],
                spacing=2,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            on_click=shell.guard(partial(choose, tool)),
            style=ft.ButtonStyle(
                bgcolor=CHOSEN if chosen else None,
                padding=ft.Padding.symmetric(vertical=10, horizontal=4),
                shape=ft.RoundedRectangleBorder(radius=CARD),
            ),
        )
        return ft.MergeSemantics(ft.Semantics(identifier=f"tool-{tool}", checked=chosen, content=button), expand=True)

    cells, per_row = [cell(tool) for tool in Tool], 4 if room >= _NARROW else 2
    rows: list[ft.Control] = [ft.Row(cells[n : n + per_row], spacing=4) for n in range(0, len(cells), per_row)]
    return measured(ft.Column(rows, spacing=4))


def _original(shell: Shell, drawing: Drawing, *, fixed: bool) -> ft.Control:
    """Whether the original goes along with the copy; where something was covered it never does."""
    _ = shell.texts.gettext
    covered = hides(drawing.marks)

    def agree(event: ft.Event[ft.Switch]) -> None:
        drawing.agreed = bool(event.data) and not hides(drawing.marks)

    words = _("The original is kept as it is; a copy is drawn on.")
    if covered:
        words = _("The original stays on this device: a part of it is covered.")
    lock = ft.Icon(ft.Icons.LOCK_OUTLINE, color=INK_2, size=20)
    switch = Labelled(
        _("Send the original along too"),
        lambda label: ft.Switch(
            label=label,
            value=drawing.agreed,
            disabled=covered or fixed or not drawing.marks,
            on_change=shell.guard(agree),
        ),
    )
    line = ft.Row([lock, text(words, Type.SMALL, expand=True)], spacing=8)
    return ft.Column([line, known_as("send-original", switch)], spacing=0)


def _ask_words(shell: Shell, take: Callable[[str], object]) -> None:
    """Ask for a text; what is written often is one tap."""
    _, page = shell.texts.gettext, shell.page
    entry = TextInput()

    def use(words: str) -> None:
        page.pop_dialog()
        if words := " ".join(normal(words).split()):
            take(words)

    field = ft.TextField(label=_("Text on the photo"), max_length=LONGEST_WORDS, counter="", autofocus=True)
    keep = ft.FilledButton(_("Put it there"), on_click=shell.guard(lambda: use(entry.text)))
    often = [ft.OutlinedButton(_(words), on_click=shell.guard(partial(use, _(words)))) for words in _OFTEN]
    page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(_("Text on the photo")),
            content=ft.Column(
                [known_as("mark-words", entry.draw(field)), ft.Row(list(often), wrap=True, spacing=8)], tight=True
            ),
            scrollable=True,
            actions=[
                ft.TextButton(_("Cancel"), on_click=shell.guard(page.pop_dialog)),
                known_as("mark-words-keep", keep),
            ],
        )
    )
