"""One item of a checklist: what is looked at, where it stands and how sure that is, its answer, reason and photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from services.checklists.document import Certainty, Item, PhotoNeed, ReasonNeed
from services.checklists.filled import FAILED, LONGEST_REASON, Answered, ItemAnswer
from services.checklists.knowledge import Known, Says
from services.texts import normal
from views.checklist.segments import segments
from views.checklist.words import ANSWERS, BY, MORE, item_words, note_words, says_words
from views.design import INK, INK_2, PILL, SURFACE_2, Tone, Type
from views.parts.fields import TextInput
from views.parts.look import heading, known_as, square_button, text, tone_icon
from views.parts.shell import Shell, use_shell


@dataclass(frozen=True)
class Row:
    """What a row shows. `wanted` are the reasons why the item keeps the inspection from being signed."""

    item: Item
    citation: str
    given: ItemAnswer | None
    known: Known | None
    wanted: frozenset[str]
    joined: bool


@dataclass(frozen=True)
class Acts:
    """What can be done with an item, by its id. `reason` takes over what is typed and draws nothing anew."""

    answer: Callable[[str, Answered], object]
    reason: Callable[[str, str], object]
    photograph: Callable[[str], object]
    thumbnail: Callable[[str], ft.Control]


@ft.component
def ItemRow(row: Row, acts: Acts) -> ft.Control:
    """Draw the item."""
    shell = use_shell()
    item, given = row.item, row.given
    name, answer = item_words(shell.texts, item), _answer_of(given)
    reason = _use_reason(given.reason if given else "")
    title: ft.Control = heading(name)
    if given and given.by in BY:
        title = ft.Row(
            [ft.Container(title, expand=True), _mark(shell, given)],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    parts: list[ft.Control] = [
        ft.Column([title, *_below(shell, row)], spacing=2),
        segments(shell, item.id, name, answer, lambda each: acts.answer(item.id, each), joined=row.joined),
    ]
    if answer in MORE:
        parts.append(text(shell.texts.gettext(ANSWERS[answer][0]), Type.LABEL))
    if given and answer:
        parts += _proof(shell, row, given, answer, reason, acts)
    return known_as(f"item-{item.id}", ft.Column(parts, spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))


def _use_reason(reason: str) -> TextInput:
    """Hook: the reason's field. What another window wrote is shown; what is just being typed is never undone."""
    field = ft.use_memo(lambda: TextInput(reason), [])
    known = ft.use_ref(reason)
    if reason != known.current:
        known.current = reason
        if reason != normal(field.text):
            field.put(reason)
    return field


def _answer_of(given: ItemAnswer | None) -> Answered | None:
    """The answer, None where there is none or a later version has others."""
    return Answered(given.answer) if given and given.answer in set(Answered) else None


def _below(shell: Shell, row: Row) -> list[ft.Control]:
    """Where the item stands; of what is only assumed, that it is no ground for a conclusion; and what is known."""
    _ = shell.texts.gettext
    lines: list[ft.Control] = [text(row.citation, Type.SMALL)]
    if row.item.certainty is Certainty.ASSUMED:
        lines.append(text(_("Assumed ground: by itself no violation"), Type.SMALL))
    if row.known:
        lines.append(text(says_words(shell.texts, row.known), Type.LABEL))
    return lines


def _mark(shell: Shell, given: ItemAnswer) -> ft.Control:
    """That code or certificate has answered, and not a person."""
    words, icon = BY[given.by]
    said = text(shell.texts.gettext(words), Type.LABEL)
    return ft.Container(
        ft.Row([ft.Icon(icon, size=16, color=INK), said], spacing=6, tight=True),
        bgcolor=SURFACE_2,
        border_radius=PILL,
        padding=ft.Padding.symmetric(vertical=4, horizontal=8),
    )


def _proof(
    shell: Shell, row: Row, given: ItemAnswer, answer: Answered, reason: TextInput, acts: Acts
) -> list[ft.Control]:
    """What belongs to an answer: what is to be known before one concludes, the reason, the photo."""
    _, texts, item = shell.texts.gettext, shell.texts, row.item
    failed = answer in FAILED
    parts: list[ft.Control] = []
    if failed and (note := note_words(texts, item)):
        parts.append(ft.Row([ft.Icon(ft.Icons.INFO_OUTLINE, size=20, color=INK_2), text(note, expand=True)], spacing=8))
    if failed or given.reason:
        parts.append(known_as(f"reason-{item.id}", _reason_field(shell, row, reason, acts)))
    if failed and row.known and not given.reason and (row.known.answer in FAILED or row.known.says is Says.ENDED):
        suggested = says_words(texts, row.known)

        def take_over() -> None:
            reason.put(suggested)
            acts.reason(item.id, suggested)
            acts.answer(item.id, answer)

        button = ft.TextButton(
            _("Write: {words}").format(words=suggested), icon=ft.Icons.EDIT, on_click=shell.guard(take_over)
        )
        parts.append(ft.Row([button], wrap=True))
    if given.photo or _takes_photo(item, answer):
        parts.append(_photo(shell, row, given, acts))
    return parts


def _takes_photo(item: Item, answer: Answered) -> bool:
    """Whether the row offers a photo: what is not in order can always be shown."""
    return answer in FAILED or (item.photo is PhotoNeed.ALWAYS and answer is Answered.OK)


def _reason_field(shell: Shell, row: Row, reason: TextInput, acts: Acts) -> ft.Control:
    _ = shell.texts.gettext
    forced = row.item.reason is ReasonNeed.ON_FAIL

    def typed(event: ft.Event[ft.TextField]) -> None:
        acts.reason(row.item.id, event.control.value)

    problem = _("Write what is not in order.") if "answer_without_reason" in row.wanted else None
    return reason.draw(
        ft.TextField(
            label=_("What is not in order?") if forced else _("What is not in order? (if you like)"),
            multiline=True,
            min_lines=1,
            max_lines=4,
            max_length=LONGEST_REASON,
            counter="",
            error=problem,
            on_change=shell.guard(typed),
        )
    )


def _photo(shell: Shell, row: Row, given: ItemAnswer, acts: Acts) -> ft.Control:
    """The item's photo, or that it wants one, and the button that takes one."""
    _ = shell.texts.gettext
    name = item_words(shell.texts, row.item)
    wanted = row.wanted & {"answer_without_photo", "photo_of_answer_gone"}
    if given.photo:
        words = _("1 photo of this item")
    elif wanted:
        words = _("A photo is wanted here.")
    else:
        words = _("Photo, if it shows something")
    shown: list[ft.Control] = [acts.thumbnail(given.photo)] if given.photo else []
    shown += [tone_icon(Tone.CAUTION, size=20)] if wanted else []
    button = square_button(
        ft.Icons.ADD_A_PHOTO,
        _("Take a photo: {item}").format(item=name),
        shell.guard(lambda: acts.photograph(row.item.id)),
    )
    return ft.Row([*shown, text(words, Type.SMALL, expand=True), known_as(f"photo-{row.item.id}", button)], spacing=8)
