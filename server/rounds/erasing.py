"""Erases the personal data of rounds, once it is not needed any more or where somebody asks (docs/threat-model.md).

A record keeps its hash and its receipt, which are those of what was sent; `erased_at` says why its body has another
hash now. Texts that people wrote and photos stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

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
    found = list(with_state(ROUND, Round.objects.filter(erased_at=None)).filter(done | old))
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
    """Erase one round's names, signatures and private place, and those of its sender's inspections in it."""
    body = json.loads(one.body)
    without: dict[str, Any] = {"place": _public(body["place"]), "inspected": None, "people": [], "signatures": []}
    _store(ROUND, one, {**body, **without})
    for inspection in Inspection.objects.filter(round=one.pk, account=one.account_id, erased_at=None):
        _erase_inspection(inspection)


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
