"""Writes what the office says of a record."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from records.kinds import Kind
from records.models import Event, StoredRecord
from records.receiving import CLOCK
from register.clock import lock_clock


@transaction.atomic
def write(kind: Kind, record: StoredRecord, state: str, text: str, number: str, by: User) -> Event:
    """Write an event on a record, which its sender's devices get with their next page. It is never taken back."""
    cursor = lock_clock(CLOCK).advance()
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
