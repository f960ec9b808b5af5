"""What a record says that people look for, of whichever kind it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.notes.content import Outcome
from services.notes.note import Draft
from services.records.kind import INSPECTION, NOTE, ROUND
from services.register.search import fold
from services.rounds.inspection import Finding

FINDING_OF = {
    Outcome.MATCHES: Finding.MATCHES,
    Outcome.MISLABELLED: Finding.LABEL_DIFFERS,
    Outcome.EXPIRED: Finding.PAST_DATE,
    Outcome.SUSPECTED_COPY: Finding.LOOKS_COPIED,
    Outcome.OTHER: Finding.OTHER,
}
"""A note's outcome as an inspection's finding, so that one filter finds both; a sale is no finding."""


@dataclass(frozen=True)
class Said:
    """What a record says. `findings` are those of Finding, `outcome` is a note's own word for them.

    `place` is a round's place by its name. `files` are the hashes of the files that it names. `words` is all that is
    searched, folded, with a space before each word.
    """

    at: datetime
    name: str | None = None
    code: str | None = None
    gtin: str | None = None
    verdict: str | None = None
    findings: tuple[str, ...] = ()
    outcome: str | None = None
    place: str = ""
    text: str = ""
    files: tuple[str, ...] = ()
    round: str | None = None
    corrects: str | None = None
    inspections: int = 0
    words: str = ""


def said_of(kind: str, body: Mapping[str, Any], name: str | None = None) -> Said:
    """Read a record's body; `name` is the product's, where it is kept beside a note. Raises what a bad body makes."""
    read = {NOTE.name: _note, INSPECTION.name: _inspection, ROUND.name: _round}[kind]
    at = datetime.fromisoformat(body["created_at"])
    return read(at if at.tzinfo else at.replace(tzinfo=UTC), body, name)


def said_of_draft(draft: Draft) -> Said:
    """Read a note that is still being written."""
    code, verdict = draft.code, draft.verdict
    return Said(
        at=draft.started_at,
        name=draft.product_name,
        code=code.text if code else None,
        gtin=code.gtin if code else None,
        verdict=verdict.status if verdict else None,
        findings=_found(draft.outcome),
        outcome=draft.outcome,
        text=draft.text,
        files=tuple(photo.sha256 for photo in draft.photos),
        corrects=draft.supersedes,
        words=_words([draft.product_name, *([code.text, code.gtin] if code else []), draft.text]),
    )


def _note(at: datetime, body: Mapping[str, Any], name: str | None) -> Said:
    code, verdict = body["code"] or {}, body["verdict"] or {}
    return Said(
        at=at,
        name=name,
        code=code.get("text"),
        gtin=code.get("gtin"),
        verdict=verdict.get("status"),
        findings=_found(body["outcome"]),
        outcome=body["outcome"],
        text=body["text"],
        files=tuple(file["sha256"] for file in body["photos"]),
        corrects=body["supersedes"],
        words=_words([name, code.get("text"), code.get("gtin"), code.get("lot"), body["text"]]),
    )


def _inspection(at: datetime, body: Mapping[str, Any], _name: str | None) -> Said:
    product, codes, place = body["product"] or {}, body["codes"], body["place"]
    code = codes[0]["text"] if codes else None
    lot = body["lot"]
    searched = [product.get("name"), product.get("producer"), code, body["gtin"], lot["code"], lot["label"]]
    return Said(
        at=at,
        name=product.get("name"),
        code=code,
        gtin=body["gtin"],
        verdict=(body["verdict"] or {}).get("status"),
        findings=tuple(body["findings"]),
        place=place["name"],
        text=body["text"],
        files=tuple(file["sha256"] for file in body["files"]),
        round=body["round"],
        corrects=body["supersedes"],
        words=_words([*searched, place["name"], place["address"], body["text"], body["seller_said"]]),
    )


def _round(at: datetime, body: Mapping[str, Any], _name: str | None) -> Said:
    place, inspected = body["place"], body["inspected"] or {}
    people = [person["name"] for person in body["people"]]
    searched = [place["name"], place["address"], inspected.get("name"), inspected.get("registration")]
    return Said(
        at=at,
        name=place["name"],
        place=place["name"],
        text=body["remarks"],
        round=body["id"],
        corrects=body["supersedes"],
        inspections=len(body["inspections"]),
        words=_words([*searched, body["case_number"], *people, body["remarks"]]),
    )


def _found(outcome: str) -> tuple[str, ...]:
    with contextlib.suppress(KeyError, ValueError):
        return (FINDING_OF[Outcome(outcome)].value,)
    return ()


def _words(parts: list[str | None]) -> str:
    return f" {fold(' '.join(_texts(parts)))}"


def _texts(parts: list[str | None]) -> Iterator[str]:
    return (part for part in parts if part)
