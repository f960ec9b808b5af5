"""Writes the bodies of inspections and rounds (docs/api.md), and keeps them within what one record may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import rfc8785

from services.accounts.author import Author, common
from services.records.kind import INSPECTION, ROUND
from services.rounds.checks import MOST_SIGNATURES, RoundInvalid
from services.rounds.inspection import Found, InspectionDraft
from services.rounds.place import Place
from services.rounds.round import MOST_LOOKS, Inspected, LookedAt, OpenRound, Person, Signature
from services.texts import normal

MOST_INSPECTIONS = 500
_MOST_STROKES = 4096
"""So many bytes the strokes of one signature may take; a line that was drawn finer is drawn with fewer points."""
_FOR_SIGNATURES = MOST_SIGNATURES * (_MOST_STROKES + 2048)  # a name or a reason of 500 characters stands beside
_FOR_SEALING = 512  # prev, clock_offset, created_at and the like
_FOR_AN_INSPECTION = 128
_LONGEST_LOOK, _LONGEST_SHOWN = 500, 500

Named = Sequence[tuple[str, str]]
"""Inspections by id and hash, in the order in which they were signed."""


def inspection_body(draft: InspectionDraft, place: Place, author: Author, now: datetime) -> dict[str, Any]:
    """The body of INSPECTION, but for `prev`."""
    sent = [picture for picture in draft.pictures if picture.sent]
    photos = [{"sha256": each.file.sha256, "shows": each.shows, "copy_of": each.copy_of} for each in sent]
    return {
        **common(INSPECTION, draft.id, author, now),
        "round": draft.round,
        "supersedes": draft.supersedes,
        "files": [picture.file.to_json() for picture in sent],
        "place": place.to_json(),
        **draft.found.to_json(),
        "photos": photos,
    }


def round_body(said: OpenRound, inspections: Named, author: Author, now: datetime) -> dict[str, Any]:
    """The body of ROUND, but for `prev`: with as many of the newest products looked at as there is room for.

    How many that is does not depend on the signatures, so that signing changes nothing of what is signed.
    """
    written = said.to_json() | {"signatures": [], "looked_at": []}
    body = {
        **common(ROUND, said.id, author, now),
        "round": None,
        "supersedes": None,
        "files": [],
        **{name: value for name, value in written.items() if name not in ("id", "account")},
        "inspections": [{"id": inspection, "sha256": sha256} for inspection, sha256 in inspections],
    }
    room = ROUND.most_bytes - _bare_size(body) - _FOR_SIGNATURES - _FOR_SEALING
    body["looked_at"] = _newest_that_fit([look.to_json() for look in said.looked_at[-MOST_LOOKS:]], room)
    body["signatures"] = [signature.to_json() for signature in said.signatures]
    return body


def room_for_inspections(said: OpenRound, inspections: Named, author: Author, now: datetime) -> int:
    """How many further inspections the round can name; below 0 where it says too much already.

    Room for every signature is kept free, and looks give way, so a round that is within it can always be closed.
    """
    bare = replace(said, looked_at=(), signatures=())
    room = ROUND.most_bytes - _bare_size(round_body(bare, inspections, author, now)) - _FOR_SIGNATURES - _FOR_SEALING
    return min(MOST_INSPECTIONS - len(inspections), room // _FOR_AN_INSPECTION)


def inspection_size(draft: InspectionDraft, place: Place, author: Author, now: datetime) -> int:
    """How many bytes the draft takes as a record. Raises RoundInvalid (`not_canonical`)."""
    return _size(inspection_body(draft, place, author, now)) + _FOR_SEALING


def thinned(signature: Signature) -> Signature:
    """The signature with no more points than a record has room for: every other one left out until it fits."""
    strokes = signature.strokes
    while _size(replace(signature, strokes=strokes).to_json()["strokes"]) > _MOST_STROKES:
        fewer = tuple((*stroke[:-1:2], stroke[-1]) for stroke in strokes)
        strokes = fewer if fewer != strokes else strokes[:-1]  # dots alone: the last of very many goes
    return replace(signature, strokes=strokes)


def tidy_found(found: Found) -> Found:
    """What was found with every text as it is kept (services.texts), and each finding once."""
    checklist = found.checklist
    if checklist is not None:
        answers = tuple(replace(answer, reason=_kept(answer.reason)) for answer in checklist.answers)
        checklist = replace(checklist, answers=answers)
    return replace(
        found,
        product_name=found.product_name and found.product_name[:_LONGEST_SHOWN],
        producer_name=found.producer_name and found.producer_name[:_LONGEST_SHOWN],
        text=_kept(found.text),
        seller_said=_kept(found.seller_said),
        findings=tuple(dict.fromkeys(found.findings)),
        checklist=checklist,
    )


def tidy_place(place: Place) -> Place:
    return replace(place, name=_kept(place.name), address=_kept(place.address))


def tidy_round(said: OpenRound) -> OpenRound:
    """The round with every text as it is kept."""
    inspected = said.inspected
    if inspected is not None:
        inspected = Inspected(_kept(inspected.name), _kept(inspected.registration or "") or None, inspected.present)
    return replace(
        said,
        place=tidy_place(said.place),
        inspected=inspected,
        people=tuple(Person(_kept(each.name), each.role, _kept(each.title)) for each in said.people),
        case_number=_kept(said.case_number or "").strip() or None,
        remarks=_kept(said.remarks),
    )


def tidy_look(look: LookedAt) -> LookedAt:
    """The look with the beginning of its code's text: it is named, and not recorded as evidence."""
    return replace(look, text=_kept(look.text)[:_LONGEST_LOOK])


def _newest_that_fit(looks: Iterable[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    fit: list[dict[str, Any]] = []
    for look in reversed([*looks]):
        room -= _size(look) + 1
        if room < 0:
            break
        fit.append(look)
    return fit[::-1]


def _bare_size(body: dict[str, Any]) -> int:
    """The size of what is the same whenever it is sealed."""
    return _size({name: value for name, value in body.items() if name not in ("created_at", "clock_offset")})


def _size(document: Any) -> int:
    try:
        return len(rfc8785.dumps(document))
    except rfc8785.CanonicalizationError as error:
        raise RoundInvalid("not_canonical") from error


def _kept(text: str) -> str:
    return normal(text).encode(errors="replace").decode()  # half a surrogate pair is valid nowhere
