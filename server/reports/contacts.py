"""Erases the contacts that people left in reports, once nobody needs to ask them back (docs/privacy.md)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from records.erasing import What, erase
from records.events import State, with_state
from reports.kind import REPORT
from reports.models import Report

AT_ONCE = 200
"""Reports of one turn."""


def due(days: int | None = None, longest: int | None = None, ahead: timedelta = timedelta(0)) -> QuerySet[Report]:
    """Reports with a contact that were closed so many days ago, or received so many. `ahead`: those due by then."""
    now = timezone.now() + ahead
    after = timedelta(days=settings.CONTACT_DAYS if days is None else days)
    at_last = timedelta(days=settings.LONGEST_CONTACT_DAYS if longest is None else longest)
    done = Q(state__in=[State.DECIDED, State.CLOSED], state_since__lt=now - after)
    kept = Report.objects.exclude(contact="")
    kept = kept.filter(received_at__lt=now - min(after, at_last))  # by an index; nothing is closed before it came
    return with_state(REPORT, kept).filter(done | Q(received_at__lt=now - at_last))


def forget(days: int | None = None, longest: int | None = None) -> int:
    """Erase the contacts of those reports, at most `AT_ONCE`. Returns how many."""
    found = list(due(days, longest)[:AT_ONCE])
    for report in found:
        erase(REPORT, report, [What.CONTACT])
    return len(found)
