"""Erases the personal data of rounds, once it is not needed any more or where somebody asks (docs/privacy.md).

Texts that people wrote and photos stay; they have their own times.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from records import erasing
from records.erasing import Ground, What, is_erased
from records.events import State, with_state
from records.kinds import Kind
from records.models import Erasure
from rounds.kind import INSPECTION, ROUND
from rounds.models import Inspection, Round

Stored = TypeVar("Stored", Round, Inspection)

AT_ONCE = 200
"""Rounds, and inspections, of one turn."""


def due(days: int | None = None, longest: int | None = None, ahead: timedelta = timedelta(0)) -> QuerySet[Round]:
    """Rounds whose names are to be erased: closed so many days ago, or received so many. `ahead`: by then."""
    done, old, earliest = _marks(days, longest, ahead)
    # One that corrects a round which was erased before it came.
    erased = Erasure.objects.filter(kind=ROUND.name, record=OuterRef("supersedes"), what=What.NAMES)
    corrects = Q(Exists(Round.objects.filter(pk=OuterRef("supersedes"), account=OuterRef("account")))) & Exists(erased)
    kept = Round.objects.exclude(is_erased(ROUND, What.NAMES))
    # What neither came long enough ago to have been closed then, nor corrects another, is left out by two indexes.
    near = kept.filter(earliest | Q(supersedes__isnull=False))
    return with_state(ROUND, near).filter(done | old | corrects)


def forget(days: int | None = None, longest: int | None = None) -> int:
    """Erase what is in those rounds, at most `AT_ONCE` of them. Returns how many rounds and inspections.

    Inspections whose round never came are erased by their own age.
    """
    found = list(due(days, longest)[:AT_ONCE])
    for one in found:
        erase(one)
    _, old, _ = _marks(days, longest, timedelta(0))
    rounds = Round.objects.filter(pk=OuterRef("round"), account=OuterRef("account"))
    # One that arrived after its round was erased, and one that has no round.
    late = Q(Exists(rounds.filter(is_erased(ROUND, What.NAMES)))) | (old & ~Exists(rounds))
    alone = list(Inspection.objects.filter(late).exclude(is_erased(INSPECTION, What.NAMES))[:AT_ONCE])
    for inspection in alone:
        erasing.erase(INSPECTION, inspection, [What.NAMES])
    return len(found) + len(alone)


def _marks(days: int | None, longest: int | None, ahead: timedelta) -> tuple[Q, Q, Q]:
    """That a record was closed so long ago, that it came so long ago, and that it came before it can be either."""
    now = timezone.now() + ahead
    after = timedelta(days=settings.ROUND_NAMES_DAYS if days is None else days)
    at_last = timedelta(days=settings.LONGEST_ROUND_NAMES_DAYS if longest is None else longest)
    done = Q(state__in=[State.DECIDED, State.CLOSED], state_since__lt=now - after)
    return done, Q(received_at__lt=now - at_last), Q(received_at__lt=now - min(after, at_last))


@transaction.atomic
def erase(one: Round, ground: str = Ground.TIME, by: User | None = None) -> None:
    """Erase a round's names, signatures and private place in every version of it, and those of its inspections.

    Its inspections are its sender's that say they belong to a version of it, those that one names, and their versions:
    one that was begun in a folder before that was copied bears the id that the round had there.
    """
    versions = _versions([one])
    named: set[UUID] = set()
    for version in versions:
        body = json.loads(version.body)
        named |= {UUID(each["id"]) for each in body["inspections"]}
    _erase(ROUND, versions, ground, by)
    within = Q(round__in=[version.pk for version in versions]) | Q(pk__in=named)
    _erase(INSPECTION, _versions(list(Inspection.objects.filter(within, account=one.account_id))), ground, by)


def _erase(kind: Kind, records: list[Stored], ground: str, by: User | None) -> None:
    keys = [record.pk for record in records]
    erased = set(
        Erasure.objects.filter(kind=kind.name, record__in=keys, what=What.NAMES).values_list("record", flat=True)
    )
    for record in records:
        if record.pk not in erased:
            erasing.erase(kind, record, [What.NAMES], ground, by)


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
