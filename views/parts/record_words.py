"""The words and icons of records in a list: kinds, findings, and what became of them."""

from __future__ import annotations

import flet as ft

from services.journal.journal import Became, JournalEntry
from services.notes.note import NoteState
from services.records.book import RecordState
from services.records.kind import INSPECTION, NOTE, ROUND
from services.wording import mark
from views.design import Tone
from views.parts.inspection_words import finding_words
from views.parts.look import state_label
from views.parts.texts import Texts
from views.parts.words import event_state, outcome_words, record_state

KINDS: dict[str, tuple[str, ft.IconData]] = {
    NOTE.name: (mark("Notes"), ft.Icons.ASSIGNMENT_OUTLINED),
    INSPECTION.name: (mark("Inspections"), ft.Icons.FACT_CHECK_OUTLINED),
    ROUND.name: (mark("Rounds"), ft.Icons.ROUTE),
}

BECAME: dict[Became, str] = {
    Became.DRAFT: mark("Not signed off yet"),
    Became.WAITING: mark("Waiting to be sent"),
    Became.REFUSED: mark("Not taken by the server"),
    Became.RECEIVED: mark("The server has it"),
    Became.REVIEWING: mark("Being reviewed"),
    Became.ASKED: mark("Asked for more"),
    Became.ANSWERED: mark("Answered"),
    Became.DECIDED: mark("Decided"),
}


def kind_words(texts: Texts, entry: JournalEntry) -> str:
    """What kind of record it is, in the singular."""
    _ = texts.gettext
    return {INSPECTION.name: _("Inspection"), ROUND.name: _("Round")}.get(entry.kind, _("Note"))


def found_words(texts: Texts, entry: JournalEntry) -> str:
    """What was found, in a note's or an inspection's own words; how many inspections a round has."""
    if entry.kind == ROUND.name:
        number = entry.said.inspections
        words = texts.ngettext("{count} inspection", "{count} inspections", number)
        return words.format(count=texts.number(number))
    if entry.said.outcome is not None:
        return outcome_words(texts, entry.said.outcome)
    return ", ".join(finding_words(texts, each) for each in entry.said.findings)


def entry_title(texts: Texts, entry: JournalEntry, product: str | None = None) -> str:
    """The product, else the code, else that there is none; a round by its place."""
    return entry.said.name or product or entry.said.code or texts.gettext("Without a code")


def became_words(texts: Texts, entry: JournalEntry) -> tuple[str, ft.IconData, Tone]:
    """What became of a record in a few words, with its icon; caution where it waits for the person."""
    if entry.became is Became.ANSWERED:
        return texts.gettext(BECAME[Became.ANSWERED]), ft.Icons.MARK_CHAT_READ_OUTLINED, Tone.UNKNOWN
    if entry.events and entry.state is not NoteState.REFUSED:
        return event_state(texts, entry.events[-1].state)
    photos = len(entry.said.files)
    return record_state(
        texts, entry.state, photos=photos, sent=entry.files_sent, reason=entry.reason, received=bool(entry.received_at)
    )


_STATES: dict[RecordState, tuple[str, ft.IconData]] = {
    RecordState.WAITING: (mark("On this device"), ft.Icons.SMARTPHONE),
    RecordState.SENDING: (mark("Sending"), ft.Icons.CLOUD_UPLOAD),
    RecordState.RECEIVED: (mark("Received"), ft.Icons.CLOUD_DONE),
    RecordState.REFUSED: (mark("Refused"), ft.Icons.REPORT),
}


def state_of(texts: Texts, state: RecordState | None) -> ft.Control:
    """Where a record stands, as a quiet label; what is not signed yet waits for the person."""
    if state is None:
        return state_label(texts.gettext("Not saved yet"), ft.Icons.EDIT_NOTE, urgent=True)
    words, icon = _STATES[state]
    return state_label(texts.gettext(words), icon, urgent=state is RecordState.REFUSED)
