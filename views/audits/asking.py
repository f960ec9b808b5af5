"""What a running audit asks in passing: the next shelf, a code, a quantity, a date, and all keys at a glance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import flet as ft

from services.audits.audit import LONGEST_SHELF, MOST_QUANTITY
from services.codes.typed_days import typed_day
from services.wording import mark
from views.design import FIELD, GAP, NARROW, OUTLINE, Type
from views.parts.fields import TextInput
from views.parts.look import known_as, line_width, text
from views.parts.shell import Shell
from views.parts.texts import Texts

KEYS: tuple[tuple[str, str], ...] = (
    ("Enter", mark("Done: taken down, or looked at")),
    ("+ −", mark("One more, one fewer")),
    ("× 12 Enter", mark("So many of them")),
    ("Z", mark("Take the last change back")),
    ("E", mark("The date on the pack")),
    ("N", mark("Type a code")),
    ("K", mark("Another shelf")),
    ("Space", mark("Pause, or go on")),
    ("C", mark("Camera on or off")),
    ("Q", mark("End the audit")),
    ("?", mark("All keys")),
)
"""What each key does; a handheld scanner's keys never count as these."""

_NAMES = {"Space": mark("Space bar")}


def key_name(texts: Texts, key: str) -> str:
    """A key as it is printed on keyboards."""
    return texts.gettext(_NAMES[key]) if key in _NAMES else key


def key_caps(texts: Texts, keys: str) -> list[ft.Control]:
    """The keys of an entry of KEYS, each drawn as one."""
    return [
        ft.Container(
            text(key_name(texts, key), Type.LABEL),
            border=ft.Border.all(line_width(), OUTLINE),
            border_radius=6,
            padding=ft.Padding.symmetric(horizontal=8, vertical=2),
        )
        for key in keys.split()
    ]


def ask_one(
    shell: Shell,
    title: str,
    label: str,
    take: Callable[[str], object],
    *,
    identifier: str,
    initial: str = "",
    hint: str = "",
    longest: int = 500,
    numbers: bool = False,
    gone: Callable[[], object] = lambda: None,
) -> Callable[[], None]:
    """Ask for one line of text; gives what takes the question away again.

    `take` raises ValueError with the sentence that says what is wrong with it.
    """
    _ = shell.texts.gettext
    field = TextInput(initial).draw(
        ft.TextField(
            label=label,
            hint_text=hint or None,
            autofocus=True,
            max_length=longest,
            counter="",
            keyboard_type=ft.KeyboardType.NUMBER if numbers else ft.KeyboardType.TEXT,
        )
    )

    async def agree() -> None:
        try:
            result = take(field.value or "")
        except ValueError as wrong:
            field.error = str(wrong)
            field.update()
            return
        close()
        if result is not None:
            await result  # type: ignore[misc]

    field.on_submit = shell.guard(agree)
    dialog = ft.AlertDialog(
        title=ft.Text(title),
        content=ft.Container(known_as(identifier, field), width=NARROW),
        on_dismiss=shell.guard(gone),
        actions=[
            ft.TextButton(_("Cancel"), on_click=shell.guard(lambda: close())),
            known_as(f"{identifier}-agree", ft.FilledButton(_("OK"), on_click=shell.guard(agree))),
        ],
    )

    close: Callable[[], None] = _shown(shell, dialog, gone)
    return close


def ask_shelf(shell: Shell, go: Callable[[str], object], gone: Callable[[], object]) -> Callable[[], None]:
    """Ask which shelf comes next: its name is typed, or its label scanned."""
    _ = shell.texts.gettext
    return ask_one(
        shell,
        _("Which shelf comes next?"),
        _("Name of the shelf"),
        go,
        identifier="audit-shelf",
        hint=_("Type it, or scan the label on the shelf"),
        longest=LONGEST_SHELF,
        gone=gone,
    )


def ask_quantity(
    shell: Shell, now: int, take: Callable[[int], object], gone: Callable[[], object]
) -> Callable[[], None]:
    """Ask how many there are."""
    _ = shell.texts.gettext

    def number(words: str) -> object:
        if not words.strip().isdecimal() or int(words) > MOST_QUANTITY:
            raise ValueError(_("Type a number from 0 to 999,999."))
        return take(int(words))

    return ask_one(
        shell,
        _("How many are there?"),
        _("Packs on the shelf"),
        number,
        identifier="audit-how-many",
        initial=str(now),
        longest=6,
        numbers=True,
        gone=gone,
    )


def ask_expiry(
    shell: Shell, now: date | None, take: Callable[[date | None], object], gone: Callable[[], object]
) -> Callable[[], None]:
    """Ask for the date on the pack."""
    _ = shell.texts.gettext

    def day(words: str) -> object:
        try:
            said = typed_day(words)
        except ValueError:
            raise ValueError(_("Type a day such as 31/12/2026, or 311226.")) from None
        return take(said)

    return ask_one(
        shell,
        _("The date on the pack"),
        _("Good to"),
        day,
        identifier="audit-date",
        initial=f"{now:%d/%m/%Y}" if now else "",
        hint=_("31/12/2026 or 311226"),
        longest=10,
        gone=gone,
    )


def show_keys(shell: Shell, gone: Callable[[], object]) -> Callable[[], None]:
    """Show what each key does."""
    _, texts = shell.texts.gettext, shell.texts
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(ft.Row(key_caps(texts, keys), wrap=True, spacing=4, run_spacing=4), width=132),
                text(_(words), expand=True),
            ],
            spacing=GAP,
        )
        for keys, words in KEYS
    ]
    small = text(_("The keys of a handheld scanner are never taken for these."), Type.SMALL)
    dialog = ft.AlertDialog(
        title=ft.Text(_("Keys")),
        content=known_as(
            "audit-keys",
            ft.Container(
                ft.Column([*rows, small], spacing=GAP, tight=True, scroll=ft.ScrollMode.AUTO),
                width=NARROW,
                border_radius=FIELD,
            ),
        ),
        on_dismiss=shell.guard(gone),
        actions=[ft.FilledButton(_("Close"), on_click=shell.guard(lambda: close()))],
    )

    close: Callable[[], None] = _shown(shell, dialog, gone)
    return close


def _shown(shell: Shell, dialog: ft.AlertDialog, gone: Callable[[], object]) -> Callable[[], None]:
    """Show it; gives what takes away this dialog and no other: what is told in passing is one too."""

    def close() -> None:
        dialog.open = False
        dialog.update()
        gone()

    shell.page.show_dialog(dialog)
    return close
