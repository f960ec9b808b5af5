"""The words and icons of records in a list: kinds, findings, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable

import flet as ft

from services.journal.journal import Became, JournalEntry
from services.notes.note import NoteState
from services.records.kind import INSPECTION, NOTE, ROUND
from services.rounds.inspection import Finding
from views.design import Tone
from views.parts.texts import Texts, mark
from views.parts.words import event_state, outcome_words, record_state

KINDS: dict[str, tuple[str, ft.IconData]] = {
    NOTE.name: (mark("Notes"), ft.Icons.ASSIGNMENT_OUTLINED),
    INSPECTION.name: (mark("Inspections"), ft.Icons.FACT_CHECK_OUTLINED),
    ROUND.name: (mark("Rounds"), ft.Icons.ROUTE),
}

FINDINGS: dict[str, str] = {
    Finding.MATCHES: mark("As on the label"),
    Finding.STARS_DIFFER: mark("Stars differ"),
    Finding.LABEL_DIFFERS: mark("Label differs"),
    Finding.PAST_DATE: mark("Past its date"),
    Finding.CERTIFICATE_ENDED: mark("Certificate ended"),
    Finding.LOOKS_COPIED: mark("Looks copied"),
    Finding.CODE_DIFFERS: mark("Code differs"),
    Finding.NO_PAPERS: mark("No papers"),
    Finding.OTHER: mark("Something else"),
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


def finding_words(texts: Texts, entry: JournalEntry) -> str:
    """What was found, in a note's or an inspection's own words; how many inspections a round has."""
    if entry.kind == ROUND.name:
        number = entry.said.inspections
        words = texts.ngettext("{count} inspection", "{count} inspections", number)
        return words.format(count=texts.number(number))
    if entry.said.outcome is not None:
        return outcome_words(texts, entry.said.outcome)
    return findings_of(texts, entry.said.findings)


def findings_of(texts: Texts, findings: Iterable[str]) -> str:
    """What an inspection found, in words."""
    return ", ".join(texts.gettext(FINDINGS.get(each, FINDINGS[Finding.OTHER])) for each in findings)


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
