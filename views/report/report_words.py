"""The words of reports: what was seen, where a report stands, and the report as a text for people."""

from __future__ import annotations

import flet as ft

from services.codes import on_the_pack
from services.records.book import RecordState
from services.reports.report import Seen, Subject
from services.reports.report_book import KeptReport
from services.wording import mark
from views.design import Tone
from views.parts.texts import Texts
from views.parts.words import event_state, problem_sentence, refusal_sentence

SEEN: dict[str, tuple[str, ft.IconData]] = {
    Seen.SHOWS_STARS: (mark("Still shows OCOP stars"), ft.Icons.STAR_BORDER),
    Seen.LOOKS_COPIED: (mark("Looks like a copy"), ft.Icons.CONTENT_COPY),
    Seen.PAST_DATE: (mark("Past its date"), ft.Icons.EVENT_BUSY),
    Seen.OTHER: (mark("Something else"), ft.Icons.MORE_HORIZ),
}

_STATES: dict[RecordState, tuple[str, ft.IconData, Tone]] = {
    RecordState.WAITING: (mark("Kept on this device"), ft.Icons.SMARTPHONE, Tone.CAUTION),
    RecordState.SENDING: (mark("Sending"), ft.Icons.CLOUD_UPLOAD, Tone.CAUTION),
    RecordState.RECEIVED: (mark("Received"), ft.Icons.CLOUD_DONE, Tone.GOOD),
    RecordState.REFUSED: (mark("Refused"), ft.Icons.REPORT, Tone.BAD),
}


def seen_words(texts: Texts, what: tuple[str, ...]) -> str:
    """What somebody saw, in words."""
    return ", ".join(texts.gettext(SEEN[one][0]) for one in what if one in SEEN)


def title_of(texts: Texts, subject: Subject) -> str:
    """What a report is about: a number or a code, else that it has none."""
    return on_the_pack(subject.gtin or "") or next(iter(subject.scanned), None) or texts.gettext("Without a code")


def is_there(kept: KeptReport) -> bool:
    """Whether the server has the report itself; photos may follow."""
    return kept.received_at is not None


def state_words(texts: Texts, kept: KeptReport) -> tuple[str, ft.IconData, Tone]:
    """Where a report stands in a few words: the office's state of it where that is known, else the record's."""
    if kept.stage is not None and kept.state is not RecordState.REFUSED:
        return event_state(texts, kept.stage)
    state = RecordState.RECEIVED if is_there(kept) and kept.state is not RecordState.REFUSED else kept.state
    words, icon, tone = _STATES[state]
    return texts.gettext(words), icon, tone


def state_sentence(texts: Texts, kept: KeptReport) -> str:
    """What that means, and what happens next."""
    _ = texts.gettext
    if kept.state is RecordState.REFUSED:
        return refusal_sentence(texts, kept.reason or "", received=is_there(kept))
    if not is_there(kept):
        if kept.reason and kept.reason != "no_connection":
            return problem_sentence(texts, kept.reason)
        return _("It is kept on this device and sent by itself when there is a network. Nothing more is needed.")
    if kept.state is not RecordState.RECEIVED:
        return _("The office has your report. Its photos follow when there is a connection.")
    if kept.events:
        since = texts.moment(kept.events[-1].at)
        return _("Since {when}. What the office says stands below.").format(when=since)
    return _("The office has your report since {when}.").format(
        when=texts.moment(kept.received_at or kept.report.written_at)
    )


def facts(texts: Texts, kept: KeptReport) -> list[tuple[str, str]]:
    """What the report says, as labels and values; what was left empty is left out."""
    _, report = texts.gettext, kept.report
    said = [
        (_("What you saw"), seen_words(texts, report.what)),
        (_("Where you saw it"), report.place),
        (_("In your words"), report.text),
        (_("Product number"), on_the_pack(report.subject.gtin or "")),
        (_("Scanned code"), "\n".join(report.subject.scanned)),
        (_("Telephone or email"), report.contact or ""),
        (_("Sent off"), texts.moment(report.written_at)),
        (_("Number"), report.id),
    ]
    return [(label, value) for label, value in said if value]


def as_text(texts: Texts, kept: KeptReport) -> str:
    """The report as a text that can be copied or handed over. Its private address is not in it."""
    return "\n".join(f"{label}: {value}" for label, value in facts(texts, kept)) + "\n"
