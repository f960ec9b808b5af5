"""Work that a person waits for: who does it, how far it is, how it is stopped, and whether its worker is gone."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection, models
from django.utils import timezone

from background.processes import is_gone, is_here, is_stopping, this_process

QUEUED = "queued"
"""In place of a worker's name: the work stands in the queue."""
WAITS_LONG = timedelta(minutes=1)
SILENT = timedelta(seconds=90)
"""Work of another machine that has said nothing for so long is over."""
SHORT = 1.0
"""Seconds for which an answer waits, since short work is done before its page is drawn."""


class Cancelled(Exception):
    """The person wants the work to stop."""


class Stopping(Exception):
    """The process was told to stop, as before an upgrade; another takes the work up."""


class LongWork(models.Model):
    """The part of a row that tells of work in the background.

    `worker` is QUEUED, the process that does the work (`processes.this_process`), or "" where nothing is done;
    `beat_at` is when it last said something. `done` of `total` counts what the work is made of.
    """

    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    beat_at = models.DateTimeField(null=True)
    cancelling = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def is_queued(self) -> bool:
        """Whether the work waits for its turn."""
        return self.worker == QUEUED

    @property
    def waits_long(self) -> bool:
        """Whether the work has waited so long that perhaps nobody works off the queue."""
        return self.is_queued and (self.beat_at is None or timezone.now() - self.beat_at > WAITS_LONG)

    @property
    def is_left(self) -> bool:
        """Whether the process that did the work is gone; False while the work waits."""
        if self.worker in {QUEUED, this_process()}:
            return False
        return (is_here(self.worker) and is_gone(self.worker)) or self.is_silent

    @property
    def is_silent(self) -> bool:
        """Whether whoever does the work has said nothing for long."""
        return self.beat_at is None or timezone.now() - self.beat_at > SILENT


class Progress:
    """Tells how far the work is, at most twice a second. Raises Cancelled or Stopping when the work should end."""

    def __init__(self, work: LongWork) -> None:
        self._mine = type(work)._default_manager.filter(pk=work.pk, worker=this_process(), cancelling=False)
        self._next = 0.0

    def __call__(self, done: int) -> None:
        """How much is done so far."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.5
        if is_stopping():
            raise Stopping
        if not self._mine.update(done=done, beat_at=timezone.now()):
            raise Cancelled


def wait_shortly(work: LongWork) -> None:
    """Wait until the work is done, at most SHORT; the row then tells how it stands. Not within a transaction."""
    work.refresh_from_db()
    ends = time.monotonic() + SHORT
    while work.worker and not connection.in_atomic_block and time.monotonic() < ends:
        time.sleep(0.05)
        work.refresh_from_db()
