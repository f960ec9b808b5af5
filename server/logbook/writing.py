"""Writes entries of the log, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from simple_history.models import HistoricalRecords

from accounts.models import User
from logbook.models import Entry, Group

Change = tuple[str, str, str]
"""A field, its old value and its new one, in words."""
_LONGEST = 1000
"""Characters of a value that are kept: a label's text is longer than anybody reads in a list."""


def write(
    group: Group,
    what: str,
    record: Model | None = None,
    changes: Iterable[Change] = (),
    *,
    about: str = "",
    why: str = "",
    by: User | None = None,
) -> Entry:
    """Write one entry. Who did it is whoever sends the request that is answered now, unless `by` says so."""
    person = by or acting()
    return Entry.objects.create(
        by=person.pk if person else None,
        who=named(person) if person else "",
        group=group,
        what=what,
        model=record._meta.label_lower if record else "",
        key=str(record.pk) if record else "",
        about=_short(about or (str(record) if record else ""), 300),
        changes=[[field, _short(old), _short(new)] for field, old, new in changes],
        why=_short(why),
    )


def acting() -> User | None:
    """Who sends the request that this thread answers: in a browser or with a token; None for the system."""
    request: Any = getattr(HistoricalRecords.context, "request", None)
    found = (getattr(request, "user", None), getattr(request, "auth", None))
    return next((user for user in found if isinstance(user, User) and user.pk), None)


def named(user: User) -> str:
    """An account as the log names it."""
    return f"{user.name} ({user.username})" if user.name and user.name != user.username else user.username


def _short(text: str, most: int = _LONGEST) -> str:
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text if len(text) <= most else f"{text[: most - 1]}…"
