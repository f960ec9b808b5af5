"""Writes what the office says of a record, and tells what it said last."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from records.kinds import Kind
from records.models import Event, StoredRecord
from records.receiving import CLOCK
from register.clock import next_value

State = Event.State
WAITING = (State.RECEIVED, State.REVIEWING, State.MORE_WANTED)
"""States in which the office has not said its last word, in the order of the work."""


def with_state(kind: Kind, records: QuerySet[Any]) -> QuerySet[Any]:
    """Records of a kind, each with the `state` that its last event gave it, `state_since`, when, and `last_event`."""
    last = Event.objects.filter(kind=kind.name, record=OuterRef("pk")).order_by("-cursor")
    found: QuerySet[Any] = records.annotate(
        state=Coalesce(Subquery(last.values("state")[:1]), Value(State.RECEIVED.value)),
        state_since=Coalesce(Subquery(last.values("at")[:1]), F("received_at")),
        last_event=Subquery(last.values("pk")[:1]),
    )
    return found


@transaction.atomic
def write(kind: Kind, record: StoredRecord, state: str, text: str, number: str, by: User) -> Event:
    """Write an event on a record, which its sender's devices get with their next page. It is never taken back."""
    cursor = next_value(CLOCK)
    return Event.objects.create(
        kind=kind.name,
        record=record.pk,
        account_id=record.account_id,
        cursor=cursor,
        at=timezone.now(),
        state=state,
        text=text,
        number=number,
        written_by=by,
    )
