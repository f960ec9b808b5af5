"""The sentences that the person writes often: each is put into the text by one tap."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from services.rounds.templates import LONGEST
from services.texts import normal
from views.design import FORM, GAP
from views.inspection.editor import InspectionEditor
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.loading import use_loaded
from views.parts.look import icon_button, known_as, text
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell


@ft.component
def Sentences(editor: InspectionEditor) -> ft.Control:
    """Offer the sentences, those used most first, and the way to change the list."""
    shell, templates, viewer = use_shell(), use_device().templates, use_device_state().viewer
    _ = shell.texts.gettext
    version, set_version = ft.use_state(0)
    _ready, offered = use_loaded(lambda: templates.offered(viewer), [viewer.account, version])

    def take(wanted: list[tuple[str, str]], new: str) -> None:
        for before, after in wanted:
            if not after.strip():
                templates.forget(before, viewer)
            elif normal(after).strip() != before:
                templates.change(before, after, viewer)
        templates.keep(new, viewer)

    async def change() -> None:
        async def taken(wanted: list[tuple[str, str]], new: str) -> None:
            await asyncio.to_thread(take, wanted, new)
            set_version(lambda number: number + 1)

        shell.page.show_dialog(_dialog(shell, list(offered or ()), editor.found.text, taken))

    chips = [
        known_as(
            "sentence",
            ft.OutlinedButton(
                content=text(sentence, max_lines=2),
                on_click=shell.guard(partial(editor.insert, sentence)),
                style=ft.ButtonStyle(padding=ft.Padding.symmetric(horizontal=12, vertical=10)),
            ),
            key=sentence,
        )
        for sentence in offered or ()
    ]
    words = _("Change the sentences") if offered else _("Sentences you write often")
    more = ft.TextButton(words, icon=ft.Icons.EDIT_NOTE, on_click=shell.guard(change))
    return ft.Row([*chips, known_as("sentences-change", more)], wrap=True, spacing=GAP, run_spacing=GAP)


def _dialog(
    shell: Shell, offered: list[str], now: str, taken: Callable[[list[tuple[str, str]], str], Awaitable[None]]
) -> ft.AlertDialog:
    """The list, each with a field and a button that removes it, and a field for a new one: what was written last."""
    _, page = shell.texts.gettext, shell.page
    last = now.strip().splitlines()[-1:] or [""]
    rows = [(sentence, TextInput(sentence)) for sentence in offered]
    new = TextInput(last[0][:LONGEST] if last[0] not in offered else "")
    gone: set[str] = set()

    def field(entry: TextInput, label: str) -> ft.TextField:
        return entry.draw(ft.TextField(label=label, max_length=LONGEST, counter="", multiline=True, min_lines=1))

    def remove(sentence: str, row: ft.Row) -> None:
        gone.add(sentence)
        row.visible = False
        row.update()

    controls: list[ft.Control] = []
    for number, (sentence, entry) in enumerate(rows, start=1):
        row = ft.Row([ft.Container(field(entry, _("Sentence {number}").format(number=number)), expand=True)])
        words = _("Remove sentence {number}").format(number=number)
        row.controls.append(icon_button(ft.Icons.DELETE_OUTLINE, words, shell.guard(partial(remove, sentence, row))))
        controls.append(row)
    controls.append(known_as("sentence-new", field(new, _("A new sentence"))))

    async def keep() -> None:
        wanted = [(sentence, "" if sentence in gone else entry.text) for sentence, entry in rows]
        page.pop_dialog()
        await taken(wanted, new.text)

    return ft.AlertDialog(
        title=ft.Text(_("Sentences you write often")),
        content=ft.Column(
            [text(_("Kept on this device alone. What you write twice is offered by itself.")), *controls],
            width=FORM,
            tight=True,
        ),
        scrollable=True,
        actions=[
            ft.TextButton(_("Cancel"), on_click=shell.guard(page.pop_dialog)),
            known_as("sentences-keep", ft.FilledButton(_("Keep"), on_click=shell.guard(keep))),
        ],
    )
