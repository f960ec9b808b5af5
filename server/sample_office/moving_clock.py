"""Lets this process live at another moment, so that the code of every day writes what belongs to that day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stamp what is written meanwhile with this moment.

    It holds for the whole process, so only a process of its own does this: the command that fills the sample.
    """
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real
