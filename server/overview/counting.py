"""Counts each note, inspection and round as it is stored, and those that were stored without being counted.

It listens to what is stored, because the rooms of the records stand below and know nothing of what is counted. Whoever
stores a record holds the records' clock, so a row has one writer at a time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.signals import post_save

from accounts.models import Role
from guidance.communes import Communes
from inspections.note import Outcome
from inspections.suspicion import Witness
from overview.models import CountedRecord
from querying.inserts import insert
from records.kinds import kind_named
from register.days import day_of
from rounds.words import Finding

KINDS = tuple(CountedRecord.Kind)
_BATCH = 2000
_COLUMNS = {
    CountedRecord.Kind.NOTE: ("gtin", "status", "outcome"),
    CountedRecord.Kind.INSPECTION: ("gtin", "status", "findings", "place_name", "place_address"),
    CountedRecord.Kind.ROUND: ("place_name", "place_address"),
}
_FOUND_IN_A_NOTE = {
    Outcome.MISLABELLED: Finding.LABEL_DIFFERS,
    Outcome.EXPIRED: Finding.PAST_DATE,
    Outcome.SUSPECTED_COPY: Finding.LOOKS_COPIED,
    Outcome.OTHER: Finding.OTHER,
}
"""What a note's outcome is called in an inspection. That all was right, or that a pack was sold, is no finding."""


def connect() -> None:
    """Listen to records of these kinds."""
    for kind in KINDS:
        post_save.connect(_stored, sender=kind_named(kind).records_model, dispatch_uid=f"counted {kind}")


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def fill(kind: str, records: Any, counted: Any, communes: Communes) -> int:
    """Count the records of a kind that are not counted yet. Returns how many.

    For what was there before there was a count, and for bulk writers, which Django's signals pass by. `records` and
    `counted` are managers; a migration gives those of its own state of the tables.
    """
    here = counted.filter(kind=kind, record=OuterRef("pk"))
    same_sender = Q(account=OuterRef("account")) | Q(account=None, device=OuterRef("device"))
    corrections = records.filter(same_sender, supersedes=OuterRef("pk"))
    missing = records.filter(~Exists(here)).annotate(is_replaced=Exists(corrections), role=F("account__role"))
    missing = missing.only("received_at", *_COLUMNS[CountedRecord.Kind(kind)]).order_by()
    made, batch = 0, []
    for record in missing.iterator(chunk_size=_BATCH):
        values = _values(kind, record, record.role, communes)
        batch.append(counted.model(**values, replaced=record.is_replaced))
        if len(batch) == _BATCH:
            made += len(counted.bulk_create(batch))
            batch = []
    return made + len(counted.bulk_create(batch))


def fill_all() -> int:
    """Count all records that are not counted yet. Returns how many."""
    communes = Communes.of_today()
    return sum(fill(kind, kind_named(kind).records, CountedRecord.objects, communes) for kind in KINDS)


def _stored(sender: type[Any], instance: Any, created: bool, **_: Any) -> None:
    if not created:
        return
    kind = next(kind for kind in KINDS if kind_named(kind).records_model is sender)
    role = instance.account.role if instance.account else None
    # A note names no place, and most records are notes.
    communes = Communes({}, {}) if kind == CountedRecord.Kind.NOTE else Communes.of_today()
    values = _values(kind, instance, role, communes)
    counted = CountedRecord(**values, replaced=bool(instance.corrections))
    told = [*(name for name in values if name not in {"kind", "record"}), "replaced"]
    # A record that was lost and comes again is still counted once.
    insert(counted, once=("kind", "record"), anew=told)
    if original := instance.corrected():
        CountedRecord.objects.filter(kind=kind, record=original.pk).update(replaced=True)


def _values(kind: str, record: Any, role: str | None, communes: Communes) -> dict[str, Any]:
    """The columns of a record's row, but `replaced`."""
    at: datetime = record.received_at
    place = f"{record.place_name}, {record.place_address}" if kind != CountedRecord.Kind.NOTE else ""
    witness = Witness.INSPECTOR
    if role is None or role == Role.SHOP:
        witness = Witness.CONSUMER if role is None else Witness.SHOP
    return {
        "kind": kind,
        "record": record.pk,
        "received_at": at,
        "week": monday_of(day_of(at)),
        "witness": witness.value,
        "commune": (communes.named_in(place) if place else None) or "",
        "product_id": getattr(record, "gtin", "") or None,
        "status": getattr(record, "status", ""),
        "findings": _findings(kind, record),
    }


def _findings(kind: str, record: Any) -> str:
    """What was not as it should be."""
    if kind == CountedRecord.Kind.ROUND:
        return ""
    if kind == CountedRecord.Kind.NOTE:
        found = _FOUND_IN_A_NOTE.get(record.outcome)
        return f" {found.value} " if found else ""
    codes = [code for code in record.findings.split() if code != Finding.MATCHES]
    return f" {' '.join(codes)} " if codes else ""
