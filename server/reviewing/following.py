"""Keeps a case for each record that the office sees, and follows what is said of it.

It listens to what is stored, because the rooms of the records stand below and know nothing of the office's work. Who
stores a record, an event or an answer holds the records' clock, so that a case has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.signals import post_save

from answers.models import Answer
from inspections.note import Outcome
from querying.inserts import insert
from records.events import WAITING, State
from records.kinds import Kind, kind_named
from records.models import Event
from register.days import day_of
from reviewing.deadlines import DEFAULT_DAYS, days_of, due_on
from reviewing.models import NO_DAY, Case
from rounds.words import Finding

WANTS_ANSWER: dict[str, Callable[[Any], bool]] = {
    "report": lambda _: True,
    "inspection": lambda record: record.findings.split() != [Finding.MATCHES],
    "round": lambda _: True,
    "note": lambda record: record.outcome not in {Outcome.MATCHES, Outcome.SOLD},
    "audit": lambda record: record.take_down_count > 0,
}
"""Whether somebody waits for the office: not where all was as it should be. Such records stand last, without a day."""


def kinds_of_inbox() -> list[Kind]:
    """The kinds that come into the inbox, in the order of its parts."""
    return [kind_named(name) for name in DEFAULT_DAYS]


def connect() -> None:
    """Listen to records of these kinds, to events and to answers."""
    for kind in kinds_of_inbox():
        post_save.connect(_arrived, sender=kind.records_model, dispatch_uid=f"case of {kind.name}")
    post_save.connect(_said, sender=Event, dispatch_uid="case of an event")
    post_save.connect(_answered, sender=Answer, dispatch_uid="case of an answer")


def case_of(kind: str, record: Any, days: int, model: type[Case] = Case) -> Case:
    """The case of a record of which nothing has been said yet, not stored; of another model in a migration.

    `days` are those within which the kind is answered.
    """
    day = day_of(record.received_at)
    return model(
        kind=kind,
        record=record.pk,
        received_at=record.received_at,
        state_since=record.received_at,
        turn_from=day,
        due_on=day + timedelta(days=days) if WANTS_ANSWER[kind](record) else NO_DAY,
    )


def _arrived(sender: type[Any], instance: Any, created: bool, **_: Any) -> None:
    kind = next(kind for kind in kinds_of_inbox() if kind.records_model is sender)
    if created and (not kind.for_office or kind.office_records.filter(pk=instance.pk).exists()):
        days = days_of(kind.name) if WANTS_ANSWER[kind.name](instance) else 0
        # A record that was lost and comes again keeps its case, with what the office said of it.
        insert(case_of(kind.name, instance, days), once=("kind", "record"))


def _said(instance: Event, **_: Any) -> None:
    case = Case.objects.filter(kind=instance.kind, record=instance.record).first()
    if case is None:
        return
    waits = instance.state in WAITING
    if instance.state == State.MORE_WANTED or (waits and not case.is_open):
        case.turn_from = day_of(instance.at)
        case.due_on = due_on(case.kind, case.turn_from)
    case.state, case.state_since, case.is_open, case.is_answered = instance.state, instance.at, waits, False
    _keep(case)


def _answered(instance: Answer, **_: Any) -> None:
    """A sender's answer to the last word is the office's turn again, also where that was a decision."""
    case = Case.objects.filter(kind=instance.to_kind, record=instance.to_record).first()
    last = Event.objects.filter(kind=instance.to_kind, record=instance.to_record).order_by("-cursor").first()
    if case is None or last is None or instance.account_id is None or last.account_id != instance.account_id:
        return
    if last.pk == instance.event:
        case.is_open = case.is_answered = True
        case.turn_from = day_of(instance.received_at)
        case.due_on = due_on(case.kind, case.turn_from)
    _keep(case)


def _keep(case: Case) -> None:
    """Store it; only the one column that others write, the version, is counted where it lies."""
    names = ("state", "state_since", "is_open", "is_answered", "turn_from", "due_on")
    Case.objects.filter(pk=case.pk).update(**{name: getattr(case, name) for name in names}, version=F("version") + 1)
