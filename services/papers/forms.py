"""Whether a record out of a file has the form that the screens and the check read. Whoever made the file wrote it."""

from __future__ import annotations

from collections.abc import Mapping

from services.audits.audit import MOST_LINES, Audit
from services.records.record import Record
from services.rounds.inspection import Inspection
from services.rounds.round import Round

_MOST_OF_A_ROUND = {"people": 50, "pauses": 200, "inspections": 500, "looked_at": 200, "signatures": 20}
_MOST_OF_AN_INSPECTION = {"codes": 20, "findings": 50, "samples": 10, "photos": 40}
_MOST_PARTS = 20_000
"""Of the contract (docs/api.md), or more: what is shown of a record has an end."""


def check_size(content: bytes, most_bytes: int) -> None:
    """Raise ValueError for what no device writes, before it is read: a small file may unpack to very much."""
    if len(content) > most_bytes or content.count(b"[") + content.count(b"{") > _MOST_PARTS:
        raise ValueError("longer than a record")


def check_round(record: Record) -> None:
    """Raise ValueError, TypeError, LookupError or AttributeError where a round's record has another form."""
    _bounded(record, _MOST_OF_A_ROUND)
    closed = Round.of(record)
    said = closed.said
    people = [text for person in said.people for text in (person.name, person.role, person.title)]
    signed = [text for each in said.signatures for text in (each.role, each.name, each.content, each.refused)]
    inspected = [said.inspected.name, said.inspected.registration] if said.inspected else []
    texts = [said.place.kind, said.place.name, said.place.address, said.case_number, said.remarks]
    _texts(record.id, record.device, record.prev, *texts, *inspected, *people, *signed)
    _texts(*(text for named in closed.inspections for text in named))
    points = [part for each in said.signatures for stroke in each.strokes for point in stroke for part in point]
    if not all(type(part) is int for part in points):
        raise TypeError("strokes are of whole numbers")


def check_inspection(record: Record) -> None:
    """Raise as `check_round` where an inspection's record has another form."""
    _bounded(record, _MOST_OF_AN_INSPECTION)
    found = Inspection.of(record).found
    texts = [found.gtin, found.product_name, found.producer_name, found.verdict.status if found.verdict else None]
    _texts(record.id, record.device, record.prev, found.text, *found.findings, *texts)
    _texts(*(code.text for code in found.codes), *(found.verdict.reasons if found.verdict else ()))
    _texts(*(text for said in record.body["photos"] for text in (said["sha256"], said["shows"])))
    if found.quantity:
        _texts(found.quantity.unit)
        if not isinstance(found.quantity.amount, int | float):
            raise TypeError("an amount is a number")


def check_audit(record: Record) -> None:
    """Raise as `check_round` where an audit's record has another form."""
    _bounded(record, {"lines": MOST_LINES, "pauses": _MOST_OF_A_ROUND["pauses"]})
    audit = Audit.of(record)
    _texts(record.id, record.device, record.prev, audit.shop, audit.remarks)
    if not all((audit.opened_at, audit.closed_at, audit.pauses is not None, audit.lines)):
        raise ValueError("an audit without lines")
    for line in audit.lines:
        named = (line.product.name, line.product.producer) if line.product else ()
        found = (line.verdict.status, *line.verdict.reasons) if line.verdict else ()
        done = (line.done.what,) if line.done else ()
        _texts(line.shelf, line.text, line.gtin, line.own_name, line.lot, line.expiry_by, *named, *found, *done)
        numbers = (line.n, line.quantity, line.times)
        if not all(type(number) is int for number in numbers) or type(line.price) not in (int, type(None)):
            raise TypeError("a number is a whole one")


def _bounded(record: Record, most: Mapping[str, int]) -> None:
    if any(len(record.body[name]) > count for name, count in most.items()):
        raise ValueError("more than a record holds")


def _texts(*texts: str | None) -> None:
    if not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError("not a text")
