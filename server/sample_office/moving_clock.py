"""Lets this process live at another moment, so that the code of every day writes what belongs to that day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any, Self

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stamp what is written meanwhile with this moment: `timezone.now()` gives it, whoever holds that function.

    It holds for the whole process, so only a process of its own does this: the command that fills the sample.
    """

    class _Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return moment.astimezone(tz)  # type: ignore[return-value]

    clock: Any = timezone
    real = clock.datetime
    clock.datetime = _Then
    try:
        yield
    finally:
        clock.datetime = real
