"""Keeps who did what to an account, in the table in which Django's back office keeps its own changes."""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.dispatch import Signal

from accounts.models import User

recorded = Signal()
"""Sent with `by`, `about` and `what` in the transaction of what was done, for the log of everything."""


def record(by: User, about: User | str, what: str) -> None:
    """Keep one sentence on an account, or on a name that no account bears. Its history page shows it."""
    known = isinstance(about, User)
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(about.pk) if isinstance(about, User) else None,
        object_repr=str(about)[:200],
        action_flag=CHANGE,
        change_message=what if known else f"{about}: {what}",
    )
    recorded.send(User, by=by, about=about, what=what)
