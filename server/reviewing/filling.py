"""Makes the cases of records that were stored without one: before there were cases, or by a bulk writer."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery

from records.events import WAITING
from reviewing.deadlines import days_of
from reviewing.following import case_of
from reviewing.models import Case

_BATCH = 2000
_COLUMNS = {
    "report": (),
    "inspection": ("findings",),
    "round": (),
    "note": ("outcome",),
    "audit": ("take_down_count",),
}
"""What `WANTS_ANSWER` looks at, beside when a record came."""


def fill(kind: str, records: Any, events: Any, cases: Any) -> int:
    """Make the missing cases of a kind. Returns how many.

    `records` are those that the office sees; `events` and `cases` the managers of their models. A migration gives those
    of its own state of the tables.
    """
    last = events.filter(kind=kind, record=OuterRef("pk")).order_by("-cursor")
    missing = records.exclude(pk__in=cases.filter(kind=kind).values("record")).only("received_at", *_COLUMNS[kind])
    told = missing.annotate(last_state=Subquery(last.values("state")[:1]), last_at=Subquery(last.values("at")[:1]))
    days, made, batch = days_of(kind), 0, []
    for record in told.order_by().iterator(chunk_size=_BATCH):
        batch.append(_case(kind, record, days, cases.model))
        if len(batch) == _BATCH:
            made += len(cases.bulk_create(batch))
            batch = []
    return made + len(cases.bulk_create(batch))


def _case(kind: str, record: Any, days: int, model: type[Case]) -> Case:
    case = case_of(kind, record, days, model)
    if record.last_state:
        case.state, case.state_since, case.is_open = record.last_state, record.last_at, record.last_state in WAITING
        case.version = 1
    return case
