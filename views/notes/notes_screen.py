"""The screen with the notes of this device, each with its state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

import flet as ft

from services.accounts.viewer import Viewer
from services.notes.note import Note, NoteState
from services.notes.notebook import Notebook
from services.records.book import Unsent
from services.register.catalogue import Catalogue
from services.register.certificates import VIETNAM
from services.register.products import Product
from services.sync.syncer import SyncStatus
from services.workspace import Device
from views.design import BETWEEN, CARD, FIELD, INK_2, INSIDE, INVERSE, NARROW, ON_INVERSE, SURFACE, SURFACE_2, Type
from views.parts.device_state import use_device_state
from views.parts.exporting import export_handler
from views.parts.frame import panes, screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, heading, icon_button, known_as, panel, row_button, state_label, text, tone_icon
from views.parts.note_content import Content, gtin_of, others_words, sign_in_button, state_row, title_of
from views.parts.places import NOTES, SCAN
from views.parts.product_picture import ProductPicture
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words
from views.parts.words import WAITS_FOR_A_SIGN_IN, outcome_words, problem_sentence

PAGE = 50
"""Rows drawn at a time: a thousand take half a second to build."""


@dataclass(frozen=True)
class _Kept:
    """What the screen shows of the notebook; `others` is the number of notes that this person may not see.

    `products` are those that the notes shown are about, by their GTIN, where the register's copy has them.
    """

    notes: list[Note]
    counts: dict[NoteState, int]
    unsent: Unsent
    aside: list[Note]
    others: int
    products: dict[str, Product]

    @classmethod
    def of(cls, notebook: Notebook, viewer: Viewer, limit: int, catalogue: Catalogue) -> _Kept:
        """Read up to `limit` notes, newest first, and the counts of all."""
        notes, aside = notebook.notes(viewer=viewer, limit=limit), notebook.set_aside(viewer=viewer)
        gtins = {gtin for note in (*notes, *aside[:limit]) if (gtin := gtin_of(note))}
        return cls(
            notes=notes,
            counts=notebook.counts(viewer=viewer),
            unsent=notebook.unsent(viewer=viewer),
            aside=aside,
            others=notebook.waiting_of(viewer)[1],
            products={gtin: product for gtin in gtins if (product := catalogue.product(gtin))},
        )


_NOTHING_KEPT = _Kept([], {}, Unsent(0, 0, 0), [], 0, {})


@ft.component
def NotesScreen() -> ft.View:
    """List drafts and signed-off notes by day; a wide window shows the note in the address beside the list."""
    shell, device = use_shell(), use_device()
    _ = shell.texts.gettext
    note = ft.use_route_outlet()

    async def send() -> None:
        await asyncio.to_thread(device.send_now)

    chosen = ft.use_route_location().removeprefix(NOTES).strip("/")
    if not shell.wide:
        body = _List(chosen)
    else:
        words = _("Choose a note: it is shown here, beside the list.")
        beside = note or ft.Container(text(words, color=INK_2), padding=BETWEEN)
        body = panes(shell, _List(chosen), ft.Container(beside, alignment=ft.Alignment.TOP_CENTER), first_width=NARROW)
    return screen(
        shell,
        NOTES,
        _("Notes"),
        [body],
        top=True,
        scroll=False,
        full=True,
        actions=[icon_button(ft.Icons.SYNC, _("Send now"), shell.guard(send))],
    )


@ft.component
def _List(chosen: str) -> ft.Control:
    """What waits, and the notes by day, or only those that somebody has to deal with."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, texts, notebook = shell.texts.gettext, shell.texts, device.notebook
    limit, set_limit = ft.use_state(PAGE)
    only_aside, set_only_aside = ft.use_state(False)

    ready, loaded = use_loaded(
        lambda: _Kept.of(notebook, state.viewer, limit, workspace.catalogue),
        [limit, state.notes_version, state.copy.as_of],
    )
    kept = loaded or _NOTHING_KEPT
    notes, total = kept.notes, sum(kept.counts.values())
    if only_aside and kept.aside:
        notes, total = kept.aside[:limit], len(kept.aside)
    aside = _set_aside(
        texts,
        len(kept.aside),
        only=only_aside,
        change=shell.guard(lambda: set_only_aside(not only_aside)),
        export=export_handler(shell, notebook, lambda: kept.aside, workspace.now),
    )
    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=texts.number(total)),
        on_click=shell.guard(lambda: set_limit(limit + PAGE)),
    )
    return scrolled(
        [
            *_sending(shell, device, state.sending, kept, workspace.registry is not None),
            *([aside] if kept.aside else []),
            *([_kept_for_others(shell, kept.others)] if kept.others else []),
            *([] if ready else [Skeleton()]),
            *([_empty(shell)] if ready and not notes else []),
            *_by_day(shell, notes, kept.products, workspace.now(), chosen),
            *([more] if total > len(notes) else []),
        ]
    )


def _by_day(
    shell: Shell, notes: Sequence[Note], products: Mapping[str, Product], now: datetime, chosen: str
) -> list[ft.Control]:
    """The notes under the day on which they were signed off; drafts stand before them, under a head of their own."""
    today = now.astimezone(VIETNAM).date()

    def head(note: Note) -> str:
        if note.state is NoteState.DRAFT:
            return shell.texts.gettext("Not signed off yet")
        day = Content.of(note).at.astimezone(VIETNAM).date()
        words = shell.texts.day(day)
        return shell.texts.gettext("Today, {day}").format(day=words) if day == today else words

    rows: list[ft.Control] = []
    for words, group in groupby(notes, head):
        rows.append(heading(words))
        rows += [_row(shell, note, products.get(gtin_of(note) or ""), chosen=note.id == chosen) for note in group]
    return rows


def _sending(shell: Shell, device: Device, status: SyncStatus, kept: _Kept, has_server: bool) -> list[ft.Control]:
    """Tell whether the server has everything, and if not, why and what happens next."""
    _, texts, unsent = shell.texts.gettext, shell.texts, kept.unsent
    if not has_server:
        return [text(_("No server is set. Notes stay on this device until one is."), Type.SMALL)]
    if not kept.counts.get(NoteState.WAITING, 0) + kept.counts.get(NoteState.SENDING, 0):
        if kept.counts.get(NoteState.RECEIVED):
            return [text(_("Everything signed off is on the server."), Type.SMALL)]
        return []
    to_go = _("Still to be sent – notes: {notes}, photos: {photos} ({size})")
    if not unsent.files:
        to_go = _("Still to be sent – notes: {notes}")
    to_go = to_go.format(
        notes=texts.number(unsent.records), photos=texts.number(unsent.files), size=texts.size(unsent.file_bytes)
    )
    lines: list[ft.Control] = [text(to_go, Type.SMALL)]
    if status.running:
        now = next((note for note in kept.notes if note.state is NoteState.SENDING), None)
        if now:
            title = title_of(texts, now.product_name, Content.of(now).code)
            lines.append(text(_("Now: {title}").format(title=title), Type.SMALL, max_lines=1))
        cancel = ft.OutlinedButton(_("Cancel"), icon=ft.Icons.CLOSE, on_click=shell.guard(device.sender.cancel))
        lines += [ft.ProgressBar(value=status.done / status.total if status.total else None), ft.Row([cancel])]
    else:
        if status.last_problem == "no_connection":
            return [known_as("sending", _offline(problem_sentence(texts, status.last_problem), to_go))]
        held = not device.photos_allowed and unsent.files > 0
        if status.last_problem:
            lines.append(text(problem_sentence(texts, status.last_problem), Type.SMALL))
        if held:
            lines.append(text(_("The photos wait for Wi-Fi or a cable, as chosen in the settings."), Type.SMALL))
        button = _go_on(shell, device, status.last_problem, held=held)
        lines += [ft.Row([button])] if button else []
    return [known_as("sending", panel(*lines))]


def _offline(*lines: str) -> ft.Control:
    """One dark bar: that there is no connection, what is kept, and how much waits."""
    words = [text(line, Type.SMALL, color=ON_INVERSE) for line in lines]
    sign = ft.Icon(ft.Icons.CLOUD_OFF, color=ON_INVERSE)
    row = ft.Row([sign, ft.Column(cast("list[ft.Control]", words), spacing=4, expand=True)], spacing=12)
    return ft.Container(row, bgcolor=INVERSE, border_radius=CARD, padding=INSIDE)


def _go_on(shell: Shell, device: Device, problem: str | None, *, held: bool) -> ft.Control | None:
    """The button that sends what waits, shown where sending is the person's decision."""
    _ = shell.texts.gettext

    async def send() -> None:
        await asyncio.to_thread(device.send_photos_now if held else device.send_now)

    if held:
        return ft.FilledTonalButton(_("Send photos now"), icon=ft.Icons.CLOUD_UPLOAD, on_click=shell.guard(send))
    if problem in WAITS_FOR_A_SIGN_IN:
        return sign_in_button(shell, _("Sign in again"))
    if problem in ("unproved_server", "another_register"):
        return ft.FilledTonalButton(_("Settings"), icon=ft.Icons.SETTINGS, on_click=shell.go_to("/settings"))
    if problem == "cancelled":
        return ft.FilledTonalButton(_("Send now"), icon=ft.Icons.SYNC, on_click=shell.guard(send))
    return None


def _kept_for_others(shell: Shell, count: int) -> ft.Control:
    """Tell that there are more notes on this device than are shown, but nothing of their content."""
    words = known_as("others-notes", text(others_words(shell.texts, count), Type.SMALL))
    return ft.Column([words, ft.Row([sign_in_button(shell, shell.texts.gettext("Sign in"))])])


def _set_aside(
    texts: Texts, count: int, *, only: bool, change: Callable[[], object], export: Callable[[], object]
) -> ft.Control:
    """Tell that notes were refused, with a way to see which ones, and one to hand them over by hand."""
    _ = texts.gettext
    words = _("Not taken by the server, or not whole: {count}. Nothing is lost; each note says why and what to do.")
    return known_as(
        "set-aside",
        panel(
            state_label(_("Needs you"), ft.Icons.REPORT, urgent=True),
            text(words.format(count=texts.number(count)), Type.SMALL),
            ft.Row(
                [
                    ft.TextButton(
                        _("Show all notes") if only else _("Show only these"),
                        icon=ft.Icons.LIST if only else ft.Icons.FILTER_LIST,
                        on_click=change,
                    ),
                    ft.TextButton(_("Export these"), icon=ft.Icons.DOWNLOAD, on_click=export),
                ],
                wrap=True,
                spacing=0,
                run_spacing=0,
            ),
        ),
    )


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    first = ft.FilledButton(_("Scan"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN))
    words = _("Scan a product, look at its verdict, then write down what you found.")
    return empty(ft.Icons.ASSIGNMENT_OUTLINED, _("No notes yet"), words, first)


def _row(shell: Shell, note: Note, product: Product | None, *, chosen: bool) -> ft.Control:
    """A note: what it is about, what happened, and what became of it."""
    _, texts = shell.texts.gettext, shell.texts
    content = Content.of(note)
    address = f"/note/{note.id}" if note.state is NoteState.DRAFT else f"{NOTES}/{note.id}"
    photos = _("Photos: {count}").format(count=texts.number(len(content.photos))) if content.photos else ""
    happened = " · ".join(filter(None, (texts.time(content.at), outcome_words(texts, content.outcome), photos)))
    lines: list[ft.Control] = [
        text(title_of(texts, note.product_name, content.code), Type.SUB, max_lines=2),
        text(happened, Type.SMALL),
        *([text(content.text, Type.SMALL, max_lines=1)] if content.text else []),
        state_row(texts, note),
    ]
    parts: list[ft.Control] = [ft.Column(lines, spacing=4, expand=True)]
    if content.code or content.verdict:
        parts.insert(0, _picture(texts, product, content))
    body = ft.Row(parts, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
    # One thing to a screen reader: the whole row is the button, its pictures' words among its own.
    row = known_as("note-row", row_button(body, shell.go_to(address), chosen=chosen))
    return ft.MergeSemantics(row, key=note.id)


def _picture(texts: Texts, product: Product | None, content: Content) -> ft.Control:
    """The product's picture, with the shape of the verdict at the time in its corner."""
    shown = (
        ProductPicture(product, width=_PICTURE, radius=FIELD)
        if product
        else ft.Container(ft.Icon(ft.Icons.QR_CODE_2, color=INK_2), bgcolor=SURFACE_2, border_radius=FIELD)
    )
    layers: list[ft.Control] = [ft.Container(shown, width=_PICTURE, height=_PICTURE)]
    if content.verdict:
        word, tone, _icon = status_words(content.verdict.status)
        sign = ft.Container(tone_icon(tone, size=20), bgcolor=SURFACE, border_radius=FIELD, padding=2)
        told = ft.Semantics(label=texts.gettext(word), exclude_semantics=True, container=True, content=sign)
        layers.append(ft.Container(told, right=-4, bottom=-4))
    return ft.Container(ft.Stack(layers, clip_behavior=ft.ClipBehavior.NONE), width=_PICTURE + 4, height=_PICTURE + 4)


_PICTURE = 48
