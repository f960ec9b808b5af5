"""Says on paper what a closed round says: head, products, checklists, photos, signatures, hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from printing.record_content import (
    Block,
    Facts,
    Line,
    Picture,
    Pictures,
    RecordContent,
    Section,
    Signatures,
    Signed,
)
from printing.record_content import Words as Lines
from services.papers.checklists import ListOf, checklist
from services.papers.products import decimal, name_of, products
from services.papers.words import PLACES, ROLES, SHOWS, Both, grouped
from services.register.certificates import VIETNAM
from services.rounds.inspection import Inspection
from services.rounds.round import Role, Round, content_hash
from services.wording import Language, mark

_SIGN = (Role.INSPECTOR, Role.SELLER, Role.WITNESS)


@dataclass(frozen=True)
class Source:
    """Where a record comes from: the register's name, whether that is no real one, and the device's key."""

    register: str
    sample: bool
    kid: str | None = None


def content_of(
    closed: Round,
    inspections: Sequence[Inspection | None],
    prints: Mapping[str, bytes],
    languages: Sequence[Language],
    source: Source,
    *,
    lists: ListOf,
    link: str | None,
    later: Mapping[str, str] = {},
) -> RecordContent:
    """Make what is drawn; `prints` are the photos' prints by the photos' hashes. Without attachments.

    `later` has the hashes of inspections that correct some of these since, by the hashes of these.
    An inspection that was lost on the device is None; the others keep their numbers.
    """
    both, said = Both(languages), closed.said
    there = [each for each in inspections if each]
    checked = [
        Section(
            both.say(mark("Checklist, product {number}: {name}"), number=number, name=name_of(found, both)),
            checklist(found, lists, both),
        )
        for number, found in ((number, each.found) for number, each in enumerate(inspections, 1) if each)
        if found.checklist and found.checklist.answers
    ]
    photos = _photos(inspections, prints, both)
    parts = [
        products(closed, inspections, both, later),
        *checked,
        *([Section(both.say(mark("Photos")), (photos,))] if photos.pictures else []),
        Section(both.say(mark("Signatures")), _signatures(closed, both)),
        Section(both.say(mark("How to check this record")), _proof(closed, source, both)),
    ]
    numbered = [Section(f"{number}. {part.title}", part.blocks) for number, part in enumerate(parts, 1)]
    notice = [both.say(mark("A supporting record. It does not replace the official minutes."))]
    if source.sample:
        notice.append(both.say(mark("Sample data.")))
    unchecked = mark("Not signed by a device: this paper cannot be checked by a code.")
    if lost := len(inspections) - len(there):
        notice.append(
            both.say(mark("Inspections that were lost on the device and are not on this paper: {count}."), count=lost)
        )
        unchecked = mark("Inspections are missing on this paper, so it bears no code. The file can be checked.")
    return RecordContent(
        above=" · ".join(filter(None, ["OCOP Verify", source.register])),
        title=both.say(mark("Record of an inspection round")),
        notice=" ".join(notice),
        link=link,
        link_words=both.say(mark("Scan the code to compare this paper with the register. No account is needed."))
        if link
        else both.say(unchecked),
        sections=(Section("", (_round(closed, there, both),)), *numbered),
        foot=(
            " ".join([both.say(mark("Hash of this record")), grouped(closed.sha256[:32])]),
            " ".join([both.say(mark("Round")), closed.id]),
        ),
        page=both.each(lambda language: language.gettext(mark("Page {page}/{pages}"))),
        language=languages[0].language,
        made_at=said.closed_at or said.opened_at,
    )


def _round(closed: Round, inspections: Sequence[Inspection], both: Both) -> Facts:
    said = closed.said
    end = said.closed_at or said.opened_at
    day, last = (at.astimezone(VIETNAM).date() for at in (said.opened_at, end))
    begun, ended = (
        both.each(lambda language, at=at: language.time(at) if day == last else language.moment(at))  # type: ignore[misc]
        for at in (said.opened_at, end)
    )
    pairs = [
        (mark("Place of inspection"), ": ".join(filter(None, [both.of(PLACES, said.place.kind), said.place.name]))),
        (mark("Address or stall"), said.place.address),
        (mark("Day"), both.each(lambda language: language.day(day))),
        (mark("Time"), f"{begun} – {ended}"),
        (mark("Pauses"), "; ".join(_pause(pause.since, pause.until, both) for pause in said.pauses)),
        (mark("Case number"), said.case_number or ""),
        (mark("Round number"), closed.id[:8].upper()),
        (mark("Position"), _position(said.place.position, both)),
    ]
    if said.inspected:
        present = mark("present") if said.inspected.present else mark("absent")
        pairs += [
            (mark("Inspected"), f"{said.inspected.name} ({both.say(present)})"),
            (mark("Registration number"), said.inspected.registration or ""),
        ]
    for role in Role:
        people = ["; ".join([", ".join(filter(None, [p.name, p.title])) for p in said.people if p.role == role])]
        pairs.append((ROLES[role], people[0]))
    copies = sorted({as_of for each in inspections if (as_of := each.found.copy_as_of)})
    if copies:
        ends = dict.fromkeys([copies[0], copies[-1]])
        told = " – ".join(_moment(at, both) for at in ends)
        pairs.append((mark("Register's copy as of"), told))
    pairs.append((mark("Remarks"), said.remarks))
    return Facts(tuple((both.say(label), value) for label, value in pairs if value.strip()))


def _pause(since: Any, until: Any, both: Both) -> str:
    return both.each(lambda language: f"{language.time(since)} – {language.time(until) if until else ''}")


def _position(position: Any, both: Both) -> str:
    if position is None:
        return ""
    point = both.each(
        lambda language: "; ".join(decimal(f"{part:.4f}", language) for part in (position.lat, position.lon))
    )
    if position.accuracy is None:
        return point
    within = both.say(mark("within {metres} m"), metres=round(position.accuracy))
    return f"{point} ({within})"


def _photos(inspections: Sequence[Inspection | None], prints: Mapping[str, bytes], both: Both) -> Pictures:
    pictures = []
    for number, each in enumerate(inspections, 1):
        if each is None:
            continue
        name = name_of(each.found, both)
        for photo, said in enumerate(each.body["photos"], 1):
            words = both.say(
                mark("Photo {number}.{photo}: {shows}"),
                number=number,
                photo=photo,
                shows=lambda one, said=said: one.gettext(SHOWS.get(said["shows"], said["shows"])),
            )
            if said["copy_of"]:
                words = ", ".join([words, both.say(mark("marked or covered copy"))])
            lines = (Line(words), Line(name, small=True), Line(grouped(said["sha256"][:24]) + " …", small=True))
            pictures.append(Picture(prints.get(said["sha256"]), lines))
    return Pictures(tuple(pictures), both.say(mark("This photo is not on the device any more.")))


def _signatures(closed: Round, both: Both) -> tuple[Block, ...]:
    said, content = closed.said, content_hash(closed.body)
    fields = []
    for role in _SIGN:
        signed = [signature for signature in said.signatures if signature.role == role]
        for signature in signed:
            refused = ": ".join([both.say(mark("Not signed on the screen")), signature.refused or "–"])
            below = ", ".join([signature.name, both.each(lambda one, at=signature.at: one.time(at))])  # type: ignore[misc]
            fields.append(Signed(both.of(ROLES, role), signature.strokes, refused, below))
        if not signed:
            fields.append(Signed(both.of(ROLES, role), (), both.say(mark("No signature")), ""))
    told = ": ".join([both.say(mark("Hash of the content that was signed on the screen")), grouped(content)])
    blocks: list[Block] = [Signatures(tuple(fields))]
    if said.signatures:
        blocks.append(Lines((Line(told, small=True),)))
    return tuple(blocks)


def _proof(closed: Round, source: Source, both: Both) -> tuple[Block, ...]:
    told = mark(
        "The signed records are attached to the PDF file. In the app, choose the file, or scan the code at the head. "
        "Any program that computes SHA-256 gives the hashes below for the attached files."
    )
    pairs = [
        (both.say(mark("Record of the round")), grouped(closed.sha256)),
        (both.say(mark("Record before it")), grouped(closed.prev) if closed.prev else "–"),
        (both.say(mark("Key of the device")), grouped(source.kid) if source.kid else "–"),
    ]
    listed = (
        Line(both.say(mark("Inspections")), bold=True),
        *(Line(f"{number}. {grouped(sha256)}", small=True) for number, (_, sha256) in enumerate(closed.inspections, 1)),
    )
    return (Lines((Line(both.say(told)),)), Facts(tuple(pairs)), *([Lines(listed)] if closed.inspections else []))


def _moment(at: Any, both: Both) -> str:
    return both.each(lambda one: one.moment(at))
