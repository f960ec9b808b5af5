"""Finds what waits for the office, by the cases' partial indexes, so that no list costs more where more is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from register import days
from reviewing.deadlines import DEFAULT_DAYS
from reviewing.models import NO_DAY, Case

MOST_COUNTED = 1000
"""What waits is counted up to here; beyond that the exact number helps nobody."""
WANTED = "wanted"
"""How the inbox's address names what waits for an answer."""
ORDER = ("due_on", "received_at", "id")


@dataclass(frozen=True)
class Waiting:
    """How much of a kind waits for an answer, how much of that is late, and how much is one's own."""

    count: int
    late: int
    mine: int

    def __str__(self) -> str:
        return f"{MOST_COUNTED - 1}+" if self.count >= MOST_COUNTED else str(self.count)


def open_cases(kind: str) -> QuerySet[Case]:
    """The cases of a kind that are not done, the one that ends first first."""
    return Case.objects.filter(kind=kind, is_open=True).order_by(*ORDER)


def wanted_cases(kind: str) -> QuerySet[Case]:
    """Those of them that wait for an answer; a record in order waits for none."""
    return open_cases(kind).filter(due_on__lt=NO_DAY)


def waiting(kind: str, user: User, today: date) -> Waiting:
    """Count what of a kind waits for an answer."""
    wanted = wanted_cases(kind).order_by()
    counts = (wanted, wanted.filter(due_on__lt=today), wanted.filter(assignee=user))
    return Waiting(*(found[:MOST_COUNTED].count() for found in counts))


def lengths() -> dict[str, float]:
    """How much waits for the office, and how much of it is late."""
    # The kinds are named, so that an index over kind and day leaves out what nobody waits for.
    wanted = Case.objects.filter(kind__in=DEFAULT_DAYS, is_open=True, due_on__lt=NO_DAY)
    late = Count("pk", filter=Q(due_on__lt=days.today()))
    return dict(wanted.aggregate(office_open=Count("pk"), office_late=late))


def beside(case: Case) -> tuple[Case | None, Case | None]:
    """The open cases of the same kind before and after this one, in the order of the inbox."""
    cases = open_cases(case.kind).exclude(pk=case.pk)
    at = (case.due_on, case.received_at, case.pk)
    return _first(cases.reverse(), at, before=True), _first(cases, at, before=False)


def _first(cases: QuerySet[Case], at: tuple[date, datetime, int], *, before: bool) -> Case | None:
    """The nearest case in a direction; three short questions, each of which the index answers with its first row."""
    than = "lt" if before else "gt"
    due, received, pk = at
    return (
        cases.filter(due_on=due, received_at=received, **{f"id__{than}": pk}).first()
        or cases.filter(due_on=due, **{f"received_at__{than}": received}).first()
        or cases.filter(**{f"due_on__{than}": due}).first()
    )
