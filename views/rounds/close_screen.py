"""The screen before a round is closed: what was done, what is missing and the way to it, then the closing itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.inspection import LONGEST_TEXT
from services.rounds.kept import KeptInspection, KeptRound
from services.rounds.round import Role, Signature
from services.rounds.summary import Summary
from services.texts import normal
from services.workspace import Device
from views.design import CARD, GAP, INK_2, INSIDE, LINE, SENTENCE, SURFACE, SURFACE_2, TONES, Tone, Type
from views.parts.autosave import Autosave
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.grid import Grid
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, heading, keyed, known_as, line_width, main_button, text, tone_icon
from views.parts.places import SCAN, round_address
from views.parts.round_words import (
    TONE_WORDS,
    by_tone,
    hours_words,
    inspection_title,
    place_name,
    round_problem,
)
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.rounds.gone import gone
from views.rounds.signatures import signature_row

_NAMED = 3
"""So many of those that lack a photo are named."""


@dataclass(frozen=True)
class _Summed:
    """The round before it is closed. `edited`: changes of its head were begun and are not saved."""

    kept: KeptRound
    summary: Summary
    edited: bool
    inspections: dict[str, KeptInspection]

    @classmethod
    def of(cls, device: Device, round_id: str) -> _Summed | None:
        """Read it; None where the viewer has no such open round."""
        author = device.author
        kept = device.rounds.round(round_id, author.viewer)
        if kept is None or kept.entry is not None:
            return None
        try:
            summary = device.rounds.summary(round_id, author)
            edited = device.rounds.head_edit(round_id, author.viewer) is not None
        except RoundClosed:
            return None
        there = device.rounds.inspections_of(round_id, author.viewer)
        return cls(kept, summary, edited, {each.id: each for each in there})

    @property
    def statuses(self) -> Counter[str]:
        """How many products had which verdict, inspected or only looked at."""
        return self.summary.by_verdict + Counter(look.status for look in self.kept.said.looked_at)

    @property
    def photos(self) -> int:
        return sum(picture.sent for each in self.inspections.values() if not each.draft for picture in each.pictures)


@ft.component
def CloseScreen() -> ft.View:
    """Find the open round in the address."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    round_id = ft.use_route_params()["round"]
    ready, loaded = use_loaded(lambda: _Summed.of(device, round_id), [round_id, state.notes_version])
    route = round_address(round_id, "close")
    if not ready:
        return screen(shell, route, shell.texts.gettext("Close the round"), [Skeleton()])
    if loaded is None:
        return gone(shell, route)
    return keyed(round_id, _Close, loaded)


@ft.component
def _Close(summed: _Summed) -> ft.View:
    shell, device = use_shell(), use_device()
    _, texts, said, summary = shell.texts.gettext, shell.texts, summed.kept.said, summed.summary
    busy, set_busy = ft.use_state(False)
    round_id = summed.kept.id
    missing = _missing(shell, summed)
    remarks = ft.use_memo(lambda: _Remarks(shell, device, summed.kept), [])
    ft.use_effect(lambda: None, [], cleanup=remarks.keep.leave)

    async def close() -> None:
        if busy:
            return
        set_busy(True)
        try:
            await remarks.keep.flush()  # what was typed just now belongs to the record
            await asyncio.to_thread(device.rounds.close, round_id, device.author)
        except RoundInvalid as invalid:
            shell.say(round_problem(texts, invalid.reason))
            return
        except RoundClosed:
            pass  # in another window, or by the first of two quick taps
        finally:
            set_busy(False)
        shell.page.navigate(round_address(round_id))

    async def confirmed() -> None:
        shell.page.pop_dialog()
        await close()

    async def ask() -> None:
        if summary.unfinished or summary.void:
            shell.say(round_problem(texts, "unfinished_inspections" if summary.unfinished else "signatures_void"))
        elif missing:
            _ask_anyway(shell, len(missing), confirmed)
        else:
            await close()

    button = main_button(_("Close the round"), shell.guard(ask), icon=ft.Icons.LOCK_OUTLINE)
    button.disabled = busy
    return screen(
        shell,
        round_address(round_id, "close"),
        _("Close the round"),
        [
            heading(place_name(said.place), Type.HEADLINE),
            text(hours_words(texts, said.opened_at, said.closed_at, said.pauses), Type.SMALL),
            _tiles(texts, by_tone(summed.statuses)),
            *([heading(_("Still missing")), _list(missing)] if missing else []),
            *([heading(_("Signed"))] if said.signatures else []),
            *[_signed(shell, device, summed, signature) for signature in said.signatures],
            _numbers(texts, summed),
            remarks.draw(),
            ft.Row(
                [
                    ft.Icon(ft.Icons.LOCK_OUTLINE, color=INK_2),
                    text(
                        _("Once closed, it cannot be changed. To correct something, a new version is written."),
                        Type.SMALL,
                        expand=True,
                    ),
                ],
                spacing=12,
            ),
        ],
        bottom=[known_as("close-now", button)],
        widest=SENTENCE,
    )


def _ask_anyway(shell: Shell, lacking: int, close: Callable[[], object]) -> None:
    """Ask once more before a round is closed that lacks something."""
    texts = shell.texts
    words = texts.ngettext(
        "{count} thing is still missing. Once closed, it cannot be added.",
        "{count} things are still missing. Once closed, they cannot be added.",
        lacking,
    ).format(count=lacking)
    shell.page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(texts.gettext("Close it all the same?")),
            content=ft.Text(words),
            actions=[
                ft.TextButton(texts.gettext("Go back"), on_click=shell.guard(shell.page.pop_dialog)),
                ft.FilledButton(texts.gettext("Close the round"), on_click=shell.guard(close)),
            ],
        )
    )


def _tiles(texts: Texts, counts: dict[Tone, int]) -> ft.Control:
    """How many of each tone were seen, in four cells of one size."""

    def tile(tone: Tone, count: int) -> ft.Control:
        words = texts.gettext(TONE_WORDS[tone])
        number = ft.Row(
            [tone_icon(tone, size=28), text(texts.number(count), Type.HEADLINE)],
            spacing=10,
            alignment=ft.MainAxisAlignment.CENTER,
        )
        cell = ft.Container(
            ft.Column(
                [number, text(words, Type.SMALL, text_align=ft.TextAlign.CENTER)],
                spacing=4,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            bgcolor=SURFACE_2,
            border=ft.Border.all(line_width(), LINE),
            border_radius=CARD,
            padding=12,
            expand=True,
        )
        told = f"{words}: {texts.number(count)}"
        return ft.Semantics(label=told, exclude_semantics=True, container=True, content=cell, expand=True)

    return Grid([tile(tone, count) for tone, count in counts.items()])


def _missing(shell: Shell, summed: _Summed) -> list[ft.Control]:
    """What is missing, each with the way to it; those that keep the round from being closed first."""
    _, texts, summary, round_id = shell.texts.gettext, shell.texts, summed.summary, summed.kept.id

    def title(inspection_id: str) -> str:
        return inspection_title(texts, summed.inspections[inspection_id].found)

    rows = [
        _lack(shell, ft.Icons.EDIT_NOTE, _("Not saved yet"), title(each), round_address(round_id, each))
        for each in summary.unfinished
    ]
    rows += [
        _lack(
            shell,
            ft.Icons.DRAW_OUTLINED,
            _("{name} signed something else").format(name=signature.name),
            _("Something was changed since"),
            round_address(round_id, f"sign/{signature.role}"),
        )
        for signature in summary.void
    ]
    if summed.edited:
        about = place_name(summed.kept.said.place)
        rows.append(
            _lack(
                shell,
                ft.Icons.EDIT_NOTE,
                _("Changes of the head are not saved"),
                about,
                round_address(round_id, "edit"),
            )
        )
    void = {signature.role for signature in summary.void}
    words = {
        Role.INSPECTOR: _("The inspector has not signed"),
        Role.SELLER: _("The seller has not signed"),
        Role.WITNESS: _("A witness has not signed"),
    }
    rows += [
        _lack(
            shell,
            ft.Icons.DRAW_OUTLINED,
            words[role],
            _("A reason for that counts too"),
            round_address(round_id, f"sign/{role.value}"),
        )
        for role in words
        if role in summary.without_signature and role not in void
    ]
    if summary.without_photo:
        count = len(summary.without_photo)
        said = texts.ngettext("{count} inspection without a photo", "{count} inspections without a photo", count)
        names = ", ".join(dict.fromkeys(map(title, summary.without_photo[:_NAMED])))
        rows.append(
            _lack(
                shell,
                ft.Icons.PHOTO_CAMERA_OUTLINED,
                said.format(count=texts.number(count)),
                names + (" …" if count > _NAMED else ""),
                round_address(round_id, summary.without_photo[0]),
            )
        )
    if not summary.inspections:
        rows.append(
            _lack(shell, ft.Icons.FACT_CHECK_OUTLINED, _("Nothing is saved"), _("No product was inspected."), SCAN)
        )
    return rows


def _lack(shell: Shell, icon: ft.IconData, words: str, about: str, address: str) -> ft.Control:
    """A row of what is missing. Its button's name says what it is for, since many say the same."""
    _ = shell.texts.gettext
    lines: list[ft.Control] = [text(words, Type.SUB), text(about, Type.SMALL)]
    button = ft.TextButton(_("Add"), on_click=shell.go_to(address), tooltip=f"{words}: {about}")
    return known_as(
        "missing-row",
        ft.Row(
            [
                ft.Icon(icon, color=TONES[Tone.CAUTION].icon),
                ft.Column(lines, spacing=0, expand=True),
                known_as("add-missing", button),
            ],
            spacing=12,
        ),
    )


def _list(rows: list[ft.Control]) -> ft.Control:
    """Rows in one frame with lines between them."""
    parts: list[ft.Control] = []
    for row in rows:
        parts += [ft.Divider(height=1, color=LINE)] if parts else []
        parts.append(ft.Container(row, padding=ft.Padding.symmetric(horizontal=INSIDE, vertical=GAP)))
    return ft.Container(
        ft.Column(parts, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=SURFACE,
        border=ft.Border.all(max(line_width(), 1), TONES[Tone.CAUTION].icon),
        border_radius=CARD,
    )


def _signed(shell: Shell, device: Device, summed: _Summed, signature: Signature) -> ft.Control:
    """A signature that was given; one that holds no longer can be taken away."""
    if signature not in summed.summary.void:
        return signature_row(shell.texts, signature)
    _ = shell.texts.gettext

    async def take_away() -> None:
        await asyncio.to_thread(device.rounds.unsign, summed.kept.id, signature, device.accounts.viewer)

    return signature_row(shell.texts, signature, ft.TextButton(_("Take away"), on_click=shell.guard(take_away)))


def _numbers(texts: Texts, summed: _Summed) -> ft.Control:
    _, summary = texts.gettext, summed.summary
    found = sum(count for finding, count in summary.by_finding.items() if finding != "matches")
    looked = summary.inspections + summary.looked_at
    numbers = (
        (_("Looked at"), looked),
        (_("With an inspection"), summary.inspections),
        (_("Only looked at"), summary.looked_at),
        (_("Photos"), summed.photos),
        (_("Findings"), found),
        (_("Samples"), summary.samples),
    )
    rows: list[ft.Control] = [
        ft.Row(
            [text(words), text(texts.number(count), Type.SUB, figures=True)],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        )
        for words, count in numbers
    ]
    return card(*rows)


class _Remarks:
    """What else is to be said of the round; kept as it is typed. A signature before that holds no longer."""

    def __init__(self, shell: Shell, device: Device, kept: KeptRound) -> None:
        self._shell, self._device, self._known = shell, device, kept.said
        self._words = TextInput(kept.said.remarks)
        self.keep = Autosave(self._save, self._failed)

    def draw(self) -> ft.Control:
        """Draw the field."""
        field = ft.TextField(
            label=self._shell.texts.gettext("Remarks, and what the seller says of the result"),
            multiline=True,
            min_lines=2,
            max_lines=8,
            max_length=LONGEST_TEXT,
            counter="",
            on_change=lambda _event: self.keep.touch(),
        )
        return known_as("round-remarks", self._words.draw(field))

    def _save(self) -> None:
        new = replace(self._known, remarks=normal(self._words.text))
        self._known = self._device.rounds.change(self._known, new, self._device.author)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RoundInvalid):
            self._shell.say(round_problem(self._shell.texts, error.reason))
        elif not isinstance(error, RoundClosed):
            self._shell.say_problem("not_saved")
