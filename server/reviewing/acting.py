"""Does what the office decides: answers senders, assigns, comments. Nothing is done on what somebody has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from records import events
from records.kinds import Kind
from records.receiving import CLOCK
from register.clock import lock_clock
from reviewing.models import Case, Remark

Seen = Mapping[UUID, int]
"""Records by their ids, each with the version of its case that was on the page."""


class ChangedSince(Exception):
    """Others have said something of these cases since the page was opened. Nothing was done."""

    def __init__(self, cases: list[Case]) -> None:
        super().__init__()
        self.cases = cases


@transaction.atomic
def answer(kind: Kind, seen: Seen, state: str, text: str, number: str, by: User) -> int:
    """Tell the senders of these records. All or none. Returns how many. Raises ChangedSince."""
    unchanged(kind, seen)
    records = list(kind.office_records.filter(pk__in=seen))
    for record in records:
        events.write(kind, record, state, text, number, by)
    return len(records)


@transaction.atomic
def assign(kind: Kind, seen: Seen, to: User | None, by: User) -> int:
    """Give these cases to somebody, or back to all where `to` is None. Returns how many. Raises ChangedSince."""
    cases = unchanged(kind, seen)
    for case in cases:
        what = Remark.What.RELEASED if to is None else Remark.What.ASSIGNED
        Remark.objects.create(case=case, by=by, what=what, to=to)
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(assignee=to, version=F("version") + 1)
    return len(cases)


@transaction.atomic
def comment(kind: Kind, record: UUID, text: str, by: User) -> None:
    """Say something to colleagues. It takes nothing from what others say, so it is written whatever they said."""
    lock_clock(CLOCK)
    case = Case.objects.get(kind=kind.name, record=record)
    Remark.objects.create(case=case, by=by, what=Remark.What.COMMENT, text=text)
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


def unchanged(kind: Kind, seen: Seen) -> list[Case]:
    """The cases, which nobody else changes until the end of the transaction. Raises ChangedSince."""
    lock_clock(CLOCK)
    cases = list(Case.objects.filter(kind=kind.name, record__in=seen))
    changed = [case for case in cases if case.version != seen[case.record]]
    if changed:
        raise ChangedSince(changed)
    return cases
