"""Erases the personal data of audits once it is not needed any more: a shop is often called after its owner."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audits.kind import AUDIT
from audits.models import Audit
from records import erasing
from records.erasing import Ground, What, is_erased
from records.events import State, with_state

AT_ONCE = 200
"""Audits of one turn; an hour later the next ones follow."""


def due(days: int | None = None, longest: int | None = None, ahead: timedelta = timedelta(0)) -> QuerySet[Audit]:
    """Audits that were decided or closed so many days ago, or received so many. `ahead`: those that are due by then."""
    now = timezone.now() + ahead
    after = timedelta(days=settings.ROUND_NAMES_DAYS if days is None else days)
    at_last = timedelta(days=settings.LONGEST_ROUND_NAMES_DAYS if longest is None else longest)
    done = Q(state__in=[State.DECIDED, State.CLOSED], state_since__lt=now - after)
    kept = Audit.objects.exclude(is_erased(AUDIT, What.NAMES))
    kept = kept.filter(received_at__lt=now - min(after, at_last))  # by an index; nothing is closed before it came
    return with_state(AUDIT, kept).filter(done | Q(received_at__lt=now - at_last))


def forget(days: int | None = None, longest: int | None = None) -> int:
    """Erase what is in those audits, at most `AT_ONCE` of them. Returns how many."""
    found = list(due(days, longest)[:AT_ONCE])
    for one in found:
        erase(one)
    return len(found)


def erase(one: Audit, ground: str = Ground.TIME, by: User | None = None) -> None:
    """Erase one audit's shop, remarks and the names that the shop gives its shelves and goods."""
    erasing.erase(AUDIT, one, [What.NAMES], ground, by)
