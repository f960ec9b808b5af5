"""Answers at once where requests are stuck: whoever waits behind them would wait for longer than an app does.

A database that is silent, or that waits for its standby, holds every request for some seconds. Were all threads of a
process held so, requests would queue up behind them, also those that need nothing of what is stuck. So there are a few
threads more than requests are worked on at a time: they wait for their turn, or answer that there will be none soon.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from observing.unavailable import Unavailable, What

STUCK_SECONDS = 4.0
"""A request that has been worked on for so long may be stuck. Hardly any takes as long."""

_LOOK_SECONDS = 0.25

SPARE = 2
"""Threads that a process has beside those that work."""

threads = 8
"""How many requests this process works on at a time."""

_changed = threading.Condition()
_begun: dict[int, tuple[float, bool]] = {}


class Crowded(Unavailable):
    """Too many of this process's threads are stuck."""

    what: What = "threads"


class Crowding:
    """Middleware that refuses what would wait behind stuck requests.

    Where all threads are at work and half of them are stuck, nobody waits for a turn. Where half of them are stuck by
    requests that change something, no more of those are let in, so that reading goes on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer. Raises Crowded."""
        changes = request.method not in {"GET", "HEAD", "OPTIONS"}
        with _changed:
            while True:
                now = time.monotonic()
                if is_crowded(list(_begun.values()), now, threads, changes=changes):
                    raise Crowded
                if len(_begun) < threads:
                    break
                _changed.wait(_LOOK_SECONDS)
            _begun[threading.get_ident()] = now, changes
        try:
            return self.get_response(request)
        finally:
            with _changed:
                del _begun[threading.get_ident()]
                _changed.notify()


def is_crowded(begun: list[tuple[float, bool]], now: float, threads: int, *, changes: bool) -> bool:
    """Whether one more request would find no thread soon. `begun`: since when each is worked on, and if it changes.

    >>> is_crowded([(0.0, True)] * 4, 5.0, 8, changes=True), is_crowded([(0.0, True)] * 4, 5.0, 8, changes=False)
    (True, False)
    >>> is_crowded([(0.0, False)] * 4 + [(4.9, False)] * 4, 5.0, 8, changes=False)
    True
    """
    stuck = [is_change for since, is_change in begun if now - since > STUCK_SECONDS]
    half = max(1, threads // 2)
    return (len(stuck) >= half and len(begun) >= threads) or (changes and sum(stuck) >= half)
