"""Lets tests work off the queue themselves, within the test's transaction."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django_tasks_db.management.commands import db_worker

from background import processes, queue, work


@contextmanager
def left_in_the_queue() -> Iterator[None]:
    """Let what is asked for wait until the test works it off (`off`); a process that was told to stop goes on after."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(work, "SHORT", 0.0)
        for room in (queue, db_worker):
            patched.setattr(room, "close_old_connections", lambda: None)  # the test's transaction is on it
        yield
    processes.stop_when(lambda: False)


def off(turns: int = 2) -> None:
    """Work until the queue was looked at so often."""
    looks = itertools.count()
    queue.work(lambda: next(looks) >= turns)
