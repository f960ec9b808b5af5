"""The large result of a running audit: the pack last taken, how many there are, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date

import flet as ft

from services.audits.audit import Line, What
from services.audits.gravity import Action, Do, Klass, actions, klass
from services.audits.judging import certificate_ends
from services.codes import on_the_pack
from services.register.certificates import Today
from services.verification.check import check
from views.audits.desk import Desk, News
from views.design import CHOSEN, FIELD, GAP, INK_2, INSIDE, LINE, ON_CHOSEN, PANEL, SURFACE, TONES, Type, Width
from views.parts.audit_words import DOS, KLASSES, audit_problem, line_name, state_words, why_words
from views.parts.band import Band
from views.parts.handheld import SENTENCES
from views.parts.look import icon_button, keyed, known_as, line_width, main_button, text
from views.parts.product_picture import ProductPicture
from views.parts.room import use_room
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.verdict_words import band_line

_PICTURE, _SMALL_PICTURE = 128, 72
_ROOMY = 330
"""With less room than this the product's picture is small."""

FLASH = 0.45
"""For so many seconds the quantity lights up where a pack has come again (seconds)."""


def due(line: Line, today: Today) -> What | None:
    """What the person can tick off at once: that it was taken down, or looked at; None where nothing waits."""
    if line.done:
        return None
    return {Klass.TAKE_DOWN: What.TAKEN_DOWN, Klass.LOOK: What.CHECKED}.get(klass(line, today))


@ft.component
def Result(desk: Desk, ask: Callable[[str], object], *, brief: bool) -> ft.Control:
    """Draw it; `ask` opens the question named `quantity` or `expiry`. `brief`: there is little room for it."""
    shell = use_shell()
    ft.use_state(desk)
    line, news = desk.line, desk.news
    if line is None:
        return _framed(_nothing(shell, desk, news), None)
    # Given the desk itself, it would be drawn twice at each scan: once for its own sake, once as a part of this.
    return _OfLine(line, news, desk.add, desk.done, ask, brief)


def _nothing(shell: Shell, desk: Desk, news: News) -> list[ft.Control]:
    """Why nothing was taken, or that a first pack is waited for."""
    _ = shell.texts.gettext
    if news.refused or news.problem:
        words = KLASSES[Klass.NOT_READ]
        said = _(SENTENCES[news.refused]) if news.refused else audit_problem(shell.texts, news.problem or "")
        title = _(words.word) if news.refused else _("Not counted")
        return [Band("audit-result", title, said, words.tone, Width.COMPACT, number=news.number)]
    paused = desk.audit.is_paused
    title = _("Paused") if paused else _("Ready")
    said = (
        _("Go on when you are back, or scan: that goes on by itself.")
        if paused
        else _("Scan the first pack with a handheld scanner or the camera. Nothing needs to be touched.")
    )
    icon = ft.Icons.PAUSE_CIRCLE_OUTLINED if paused else ft.Icons.BARCODE_READER
    words_of: list[ft.Control] = [text(title, Type.TITLE), text(said, color=INK_2)]
    row = ft.Row([ft.Icon(icon, size=40, color=INK_2), ft.Column(words_of, spacing=4, expand=True)], spacing=INSIDE)
    return [ft.Semantics(identifier="audit-ready", content=ft.Container(row, padding=INSIDE), container=True)]


@ft.component
def _OfLine(
    line: Line,
    news: News,
    add: Callable[[int], object],
    done: Callable[[str | None], object],
    ask: Callable[[str], object],
    brief: bool,
) -> ft.Control:
    shell, workspace = use_shell(), use_workspace()
    _, texts, today = shell.texts.gettext, shell.texts, workspace.today()
    room, measured = use_room()
    kind = klass(line, today)
    words = KLASSES[kind]
    todo = _todo(line, today, certificate_ends([line.gtin] if line.gtin else [], workspace.catalogue, today))
    reasons = [why_words(texts, why, todo.days) for why in (todo.reason, *todo.also)] if todo else []
    found = check(line.text, line.symbology, workspace.catalogue, workspace.now()).verdict
    same = line.verdict and found.status == line.verdict.status
    more = band_line(texts, found) if same else None  # the dates behind the word
    said = " · ".join([*(reasons or ([] if more else [state_words(texts, line, today)])), *([more] if more else [])])
    band = Band("audit-result", _(words.word), said, words.tone, Width.COMPACT, small=brief, number=news.number)
    product = workspace.catalogue.product(line.gtin) if line.gtin else None
    picture = _SMALL_PICTURE if room < _ROOMY or brief else _PICTURE
    facts = [
        *([text(said, Type.LABEL)] if brief else []),
        text(line_name(line), Type.TITLE, max_lines=3),
        *([text(line.product.producer, Type.SMALL)] if line.product and line.product.producer else []),
        *([text(on_the_pack(line.gtin), Type.SMALL)] if line.gtin and line.name else []),
        _dates(shell, line, ask),
    ]
    head = ft.Row(
        [
            *([keyed(product.gtin, ProductPicture, product, None, picture, radius=FIELD)] if product else []),
            ft.Column(facts, spacing=4, expand=True),
        ],
        spacing=INSIDE,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    body: list[ft.Control] = [head, _quantity(shell, add, line, news, ask)]
    if todo:
        body.append(_advice(shell, todo.what))
    if line.done:
        body.append(_done(shell, done, line))
    content = ft.Container(
        ft.Column(body, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), padding=INSIDE
    )
    return measured(_framed([band, content], TONES[words.tone].icon))


def _todo(line: Line, today: Today, ends: Mapping[str, date]) -> Action | None:
    found = actions([line], today, ends)
    return found[0] if found else None


def _framed(content: list[ft.Control], edge: ft.Colors | None) -> ft.Control:
    return ft.Container(
        ft.Column(content, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=SURFACE,
        border=ft.Border.all(2 if edge else line_width(), edge or LINE),
        border_radius=PANEL,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _dates(shell: Shell, line: Line, ask: Callable[[str], object]) -> ft.Control:
    """The pack's date and lot; a tap changes the date."""
    _, texts = shell.texts.gettext, shell.texts
    said = _("Good to {day}").format(day=texts.day(line.expiry)) if line.expiry else _("Add the date on the pack")
    button = ft.TextButton(
        said,
        icon=ft.Icons.EVENT,
        on_click=shell.guard(lambda: ask("expiry")),
        style=ft.ButtonStyle(padding=ft.Padding.symmetric(horizontal=4, vertical=8)),
    )
    lot = [text(_("Lot {lot}").format(lot=line.lot), Type.SMALL)] if line.lot else []
    return ft.Row([known_as("audit-expiry", button), *lot], wrap=True, spacing=GAP, run_spacing=0)


def _quantity(
    shell: Shell, add: Callable[[int], object], line: Line, news: News, ask: Callable[[str], object]
) -> ft.Control:
    _ = shell.texts.gettext
    fewer = _step(shell, "fewer", ft.Icons.REMOVE, _("One fewer"), lambda: add(-1))
    more = _step(shell, "more", ft.Icons.ADD, _("One more"), lambda: add(1))
    return ft.Row([fewer, _Count(line, news, ask), more], spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _step(shell: Shell, name: str, icon: ft.IconData, words: str, step: Callable[[], object]) -> ft.Control:
    button = ft.OutlinedButton(
        content=ft.Icon(icon, semantics_label=words),
        tooltip=words,
        width=64,
        height=56,
        on_click=shell.guard(step),
        style=ft.ButtonStyle(padding=0),
    )
    return known_as(f"audit-{name}", button)


@ft.component
def _Count(line: Line, news: News, ask: Callable[[str], object]) -> ft.Control:
    """How many there are; it lights up for a moment where the pack has come again."""
    shell = use_shell()
    _, texts = shell.texts.gettext, shell.texts
    again = news.how in ("again", "second_time")
    dimmed, set_dimmed = ft.use_state(0)  # the number of the news that has been lit up
    lit = again and dimmed != news.number

    async def dim() -> None:
        if again:
            await asyncio.sleep(FLASH)
            set_dimmed(news.number)

    ft.use_effect(dim, [news.number])
    ground, ink = (CHOSEN, ON_CHOSEN) if lit else (SURFACE, None)
    times = texts.ngettext("scanned {count} time", "scanned {count} times", line.times).format(
        count=texts.number(line.times)
    )
    words = times if news.counted else _("This very pack is counted already")
    number = ft.Column(
        [
            text(texts.number(line.quantity), Type.BIG, color=ink, text_align=ft.TextAlign.CENTER),
            text(words, Type.SMALL, color=ink, text_align=ft.TextAlign.CENTER),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    box = ft.Container(number, bgcolor=ground, border_radius=FIELD, on_click=shell.guard(lambda: ask("quantity")))
    return ft.MergeSemantics(ft.Semantics(identifier="audit-quantity", content=box), expand=True)


def _advice(shell: Shell, what: Do) -> ft.Control:
    words, icon = DOS[what]
    return ft.Row([ft.Icon(icon, size=22, color=INK_2), text(shell.texts.gettext(words), expand=True)], spacing=12)


def _done(shell: Shell, done: Callable[[str | None], object], line: Line) -> ft.Control:
    _, texts = shell.texts.gettext, shell.texts
    if line.done is None:
        return ft.Container()
    words = {
        What.TAKEN_DOWN: _("Taken down at {time}"),
        What.CHECKED: _("Looked at at {time}"),
        What.ASKED: _("Asked at {time}"),
    }
    said = words.get(What(line.done.what), "{time}").format(time=texts.time(line.done.at))
    back = icon_button(ft.Icons.UNDO, _("Not done yet"), shell.guard(lambda: done(None)))
    row = ft.Row([ft.Icon(ft.Icons.CHECK, size=22, color=INK_2), text(said, Type.SUB, expand=True), back], spacing=12)
    return known_as("audit-done", row)


@ft.component
def MainAction(desk: Desk, ask: Callable[[str], object], *, keys: bool) -> ft.Control:
    """The running audit's one main action: what the large result asks for, else that the shelf is done."""
    shell, workspace = use_shell(), use_workspace()
    ft.use_state(desk)
    _, line = shell.texts.gettext, desk.line
    if desk.audit.is_paused:
        return known_as("audit-resume", main_button(_("Go on"), shell.guard(desk.pause), icon=ft.Icons.PLAY_ARROW))
    what = due(line, workspace.today()) if line else None
    if what is None:
        done = main_button(_("This shelf is done"), shell.guard(lambda: ask("shelf")), icon=ft.Icons.CHECK)
        return known_as("audit-shelf-done", done)
    words = _("Taken down") if what is What.TAKEN_DOWN else _("Looked at")
    button = main_button(
        f"{words}  (Enter)" if keys else words, shell.guard(lambda: desk.done(what)), icon=ft.Icons.CHECK
    )
    return known_as("audit-do", button)
