"""Erases the personal data of rounds, once it is not needed any more or where somebody asks (docs/threat-model.md).

A record keeps its hash and its receipt, which are those of what was sent; `erased_at` says why its body has another
hash now. Texts that people wrote and photos stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import rfc8785
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from records.events import State, with_state
from records.kinds import Kind
from records.models import StoredRecord
from rounds.kind import INSPECTION, ROUND
from rounds.models import Inspection, Round
from rounds.words import PlaceKind

Stored = TypeVar("Stored", Round, Inspection)

PUBLIC_PLACES = (PlaceKind.MARKET, PlaceKind.FAIR)
"""Kinds of places whose names are nobody's; a shop is often called after its owner."""


def forget() -> int:
    """Erase what is in rounds that were closed long ago, or came very long ago. Returns how many rounds.

    Inspections whose round never came are erased by their own age.
    """
    now = timezone.now()
    done = Q(
        state__in=[State.DECIDED, State.CLOSED],
        state_since__lt=now - timedelta(days=settings.ROUND_NAMES_DAYS),
    )
    old = Q(received_at__lt=now - timedelta(days=settings.LONGEST_ROUND_NAMES_DAYS))
    # One that corrects a round which was erased before it came.
    corrects = Q(
        Exists(Round.objects.filter(pk=OuterRef("supersedes"), account=OuterRef("account")).exclude(erased_at=None))
    )
    found = list(with_state(ROUND, Round.objects.filter(erased_at=None)).filter(done | old | corrects))
    for one in found:
        erase(one)
    rounds = Round.objects.filter(pk=OuterRef("round"), account=OuterRef("account"))
    # One that arrived after its round was erased, and one that has no round.
    late = Q(Exists(rounds.exclude(erased_at=None))) | (old & ~Exists(rounds))
    for inspection in Inspection.objects.filter(late, erased_at=None):
        _erase_inspection(inspection)
    return len(found)


@transaction.atomic
def erase(one: Round) -> None:
    """Erase a round's names, signatures and private place in every version of it, and those of its inspections.

    Its inspections are its sender's that say they belong to a version of it, those that one names, and their versions:
    one that was begun in a folder before that was copied bears the id that the round had there.
    """
    versions = _versions([one])
    named: set[UUID] = set()
    for version in versions:
        body = json.loads(version.body)
        named |= {UUID(each["id"]) for each in body["inspections"]}
        without: dict[str, Any] = {"place": _public(body["place"]), "inspected": None, "people": [], "signatures": []}
        if version.erased_at is None:
            _store(ROUND, version, {**body, **without})
    within = Q(round__in=[version.pk for version in versions]) | Q(pk__in=named)
    for inspection in _versions(list(Inspection.objects.filter(within, account=one.account_id))):
        if inspection.erased_at is None:
            _erase_inspection(inspection)


def _versions(records: list[Stored]) -> list[Stored]:
    """These records, what they correct, and what corrects them, of their sender's."""
    if not records:
        return []
    of_sender = type(records[0])._default_manager.filter(account=records[0].account_id)
    found = {record.pk: record for record in records}
    latest = records
    while latest:
        corrected = [record.supersedes for record in latest if record.supersedes]
        near = of_sender.filter(Q(pk__in=corrected) | Q(supersedes__in=[record.pk for record in latest]))
        latest = [record for record in near if record.pk not in found]
        found |= {record.pk: record for record in latest}
    return list(found.values())


def _erase_inspection(inspection: Inspection) -> None:
    body = json.loads(inspection.body)
    _store(INSPECTION, inspection, {**body, "place": _public(body["place"]), "seller_said": ""})


def _public(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place without what may name a person: its stall or address, its exact position, a shop's name."""
    name = place["name"] if place["kind"] in PUBLIC_PLACES else ""
    return {**place, "name": name, "address": "", "position": None}


def _store(kind: Kind, record: StoredRecord, body: Mapping[str, Any]) -> None:
    """Keep a record without what was erased, in its columns too."""
    columns = kind.columns(kind.form_of(body).model_validate(body))
    text = rfc8785.dumps(dict(body)).decode()
    kind.records.filter(pk=record.pk).update(body=text, erased_at=timezone.now(), **columns)
