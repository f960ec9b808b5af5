"""Repeats a sync pass in a thread until all is done; it can always be woken."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from services.safe_errors import describe
from services.subscriptions import Subscriptions, Unsubscribe

_log = logging.getLogger(__name__)

Cancelled = Callable[[], bool]
Progress = Callable[[int, int], object]
"""Is called with how much is done, and how much there is (0: not known yet)."""


def not_cancelled() -> bool:
    """Stand for Cancelled where nobody can cancel."""
    return False


def not_told(done: int, total: int) -> None:
    """Stand for Progress where nobody wants to know."""


_FIRST_PAUSE, _LONGEST_PAUSE, _LONGEST_RETRY_AFTER = 2.0, 300.0, 3600.0
_NOT_TRIED_SOON = frozenset({
    "sign_in_needed", "locked", "no_server", "cancelled", "unproved_server", "another_register", "wrong_count",
    "emptied",
})  # fmt: skip
"""Problems that do not pass by themselves within minutes: the next try is the poll's, or the person's."""


class Report(Protocol):
    """What a Syncer needs to know of a pass. `problem` is None or a reason code; `retry_after` is in seconds."""

    @property
    def problem(self) -> str | None: ...
    @property
    def retry_after(self) -> float | None: ...
    @property
    def waiting(self) -> int: ...


@dataclass(frozen=True)
class SyncStatus:
    """What a Syncer is doing. `last_success` is by the device's clock; `done` of `total` is about the current pass."""

    running: bool = False
    last_success: datetime | None = None
    last_problem: str | None = None
    waiting: int = 0
    done: int = 0
    total: int = 0


def _never() -> None:
    return None


class Syncer:
    """Repeats one kind of pass in a daemon thread: when woken, when it is time to poll, and after a pause on problems.

    After problems the pause grows from 2 s to 5 min, with jitter. `wake` cuts it short and starts it from 2 s again,
    except where the server asked for a pause (Retry-After), to which a person need not keep. Problems that only the
    person can solve wait for `wake`.
    """

    def __init__(
        self, name: str, work: Callable[[Cancelled, Progress], Report], *, poll: Callable[[], float | None] = _never
    ) -> None:
        """`poll` is asked after each pass: it gives the seconds until the next one, or None to wait for `wake`."""
        self._work = work
        self._poll = poll
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._started = self._stopped = self._woken = self._insisted = self._cancelled = False
        self._status = SyncStatus()
        self._changed = Subscriptions()

    @property
    def status(self) -> SyncStatus:
        return self._status

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` on each change of `status`, from the syncer's thread."""
        return self._changed.add(callback)

    def start(self) -> None:
        """Begin with a pass at once. A second start does nothing."""
        with self._condition:
            if not self._started and not self._stopped:
                self._started = True
                self._thread.start()

    def wake(self, *, insist: bool = False) -> None:
        """Do a pass now: something is to be sent, or there may be a connection again.

        `insist`: a person asks for it, so it is done even where the server asked for patience.
        """
        with self._condition:
            self._woken = True
            self._insisted = self._insisted or insist
            self._condition.notify_all()

    def cancel(self) -> None:
        """End the pass that runs now; what it did stays, and the rest waits for `wake` or the next poll."""
        with self._condition:
            self._cancelled = True
            self._woken = self._insisted = False

    def stop(self, timeout: float = 5) -> None:
        """End for good. Waits up to `timeout` seconds for a request that is under way."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        if self._started and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        failures = 0
        while not self._stopped:
            report = self._pass()
            pause = None
            if report is None or (report.problem and report.problem not in _NOT_TRIED_SOON):
                # Half of the pause is random, so that devices that failed together do not return together.
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**failures) * random.uniform(0.5, 1)  # noqa: S311
                failures = min(failures + 1, 30)
            else:
                failures = 0
            patience = min(_LONGEST_RETRY_AFTER, (report.retry_after if report else None) or 0)
            if self._rest(pause, patience):
                failures = 0

    def _rest(self, retry: float | None, patience: float) -> bool:
        """Wait `retry` seconds (None: until it is time to poll) or until woken, but at least `patience` seconds.

        Returns whether it was woken.
        """
        began = time.monotonic()
        with self._condition:
            while not self._stopped:
                pause = self._poll() if retry is None else retry
                latest = None if pause is None else began + max(pause, patience)
                until = began + patience if self._woken else latest
                if self._insisted:
                    until = began
                now = time.monotonic()
                if until is not None and now >= until:
                    break
                self._condition.wait(None if until is None else until - now)
            return self._woken

    def _pass(self) -> Report | None:
        with self._condition:
            self._cancelled = self._woken = self._insisted = False
        self._show(running=True, done=0, total=0)
        report: Report | None = None
        try:
            report = self._work(lambda: self._cancelled or self._stopped, self._progress)
        except Exception as error:  # a dead thread would end syncing silently
            _log.error("%s: %s", self._thread.name, describe(error))
        problem = report.problem if report else "internal"
        self._show(
            running=False,
            last_problem=problem,
            waiting=report.waiting if report else self._status.waiting,
            last_success=self._status.last_success if problem else datetime.now(UTC),
        )
        return report

    def _progress(self, done: int, total: int) -> None:
        self._show(done=done, total=total)

    def _show(self, **fields: object) -> None:
        self._status = replace(self._status, **fields)  # type: ignore[arg-type]  # names are SyncStatus's own
        self._changed.notify()
