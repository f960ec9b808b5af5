"""The counters that cursors come from."""

from __future__ import annotations

from django.db import models


class RegisterClock(models.Model):
    """The counters that cursors come from, one row each.

    A writer locks the row, takes the next value and keeps the lock until it commits. So a later commit has a later
    cursor, and a reader who has seen cursor n will never miss one below it.
    """

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


def lock_clock(name: str = "register") -> RegisterClock:
    """Lock the counter until the transaction ends.

    A writer locks it before anything else, so that two writers always wait in the same order and cannot deadlock.
    Raises TransactionManagementError outside a transaction.
    """
    return RegisterClock.objects.select_for_update().get(name=name)
