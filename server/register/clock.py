"""The counters that cursors come from, and the marks that tell one course of a counter from another."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from querying.prepared import Prepared

_MARK_BYTES = 8
_TAKE = "UPDATE register_registerclock SET value = value + %s WHERE name = %s RETURNING value"
_MARK = "INSERT INTO register_clockmark (clock, value, mark)"
_TAKE_AND_MARK = f"WITH taken AS ({_TAKE}) {_MARK} SELECT %s, value, %s FROM taken RETURNING value"  # noqa: S608
_NAME = re.compile(r"[a-z_]{1,20}")


class RegisterClock(models.Model):
    """The counters that cursors come from, one row each.

    A writer locks the row, takes the next value and keeps the lock until it commits. So a later commit has a later
    cursor, and a reader who has seen cursor n will never miss one below it.
    """

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=0)
    # Up to here cursors were given as numbers alone (version 0.1.0), before there were marks.
    unmarked = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    def advance(self, by: int = 1) -> int:
        """Take the next `by` values and return the last of them. The caller has locked the clock."""
        self.value = next_value(self.name, by)
        return self.value


class ClockMark(models.Model):
    """A random mark for the values of a clock up to `value`, above those of the mark before it.

    A database that is restored from a backup counts on from an earlier value, with other changes and other marks. So a
    cursor that names a mark is known for one of another course. A replica has the same marks. A mark is a few bytes
    beside the history of the change that it marks, so none is ever deleted. Whoever deletes tombstones or marks must
    delete all marks up to there: the cursors below are then too old.
    """

    clock = models.CharField(max_length=20)
    value = models.BigIntegerField()
    mark = models.CharField(max_length=2 * _MARK_BYTES)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["clock", "value"], name="a_mark_once_a_value"),)

    def __str__(self) -> str:
        return f"{self.clock}: {self.value}-{self.mark}"


def new_mark() -> str:
    """Draw a mark."""
    return secrets.token_hex(_MARK_BYTES)


def new_course(clocks: Mapping[str, int]) -> list[str]:
    """Give the statements that let every device notice that a database with such values of its clocks was restored.

    Its marks are forgotten and new ones drawn, so that no cursor that was ever given is known, not even one from before
    the moment that was restored: a device that has seen nothing since may have sent records since. Plain statements,
    for programs that load a database without this code. Raises ValueError for what is no clock's name.
    """
    if not clocks or not all(_NAME.fullmatch(name) for name in clocks):
        raise ValueError("a clock's name is a word in small letters")
    marks = ", ".join(f"('{name}', {value + 1:d}, '{new_mark()}')" for name, value in clocks.items())
    return [
        "DELETE FROM register_clockmark",
        "UPDATE register_registerclock SET value = value + 1, unmarked = 0",
        f"INSERT INTO register_clockmark (clock, value, mark) VALUES {marks}",  # noqa: S608 - names were checked
    ]


def mark_of(clock: str, value: int) -> str:
    """The mark that covers this value of a clock; empty where the clock has not got so far."""
    marks = ClockMark.objects.filter(clock=clock, value__gte=value).order_by("value")
    return marks.values_list("mark", flat=True).first() or ""


newest_mark = Prepared(
    lambda clock: ClockMark.objects.filter(clock=clock).order_by("-value").values_list("value", "mark")[:1],
    models.CharField(),
)
"""The value of a clock now and its mark."""


def newest_marks(clock: str) -> models.QuerySet[ClockMark]:
    """The marks of a clock, that of its value now first."""
    return ClockMark.objects.filter(clock=clock).order_by("-value")


def next_value(name: str, by: int = 1) -> int:
    """Lock a counter until the transaction ends, as `lock_clock` does, take its next `by` values, return the last.

    Plain statements, since every record waits for them. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A clock is advanced within a transaction.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which takes both in one
            cursor.execute(_TAKE_AND_MARK, [by, name, name, new_mark()])
            return int(cursor.fetchone()[0])
        cursor.execute(_TAKE, [by, name])
        (value,) = cursor.fetchone()
        cursor.execute(f"{_MARK} VALUES (%s, %s, %s)", [name, value, new_mark()])
    return int(value)


def lock_clock(name: str = "register") -> RegisterClock:
    """Lock the counter until the transaction ends.

    A writer locks it before anything else, so that two writers always wait in the same order and cannot deadlock.
    Raises TransactionManagementError outside a transaction.
    """
    return RegisterClock.objects.select_for_update().get(name=name)
