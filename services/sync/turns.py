"""Lets what is fetched give way to what a person has recorded: they share one line."""

from __future__ import annotations

import time

from services.sync.syncer import Cancelled

_LOOK_EVERY = 0.1
_GIVES_WAY = 60.0


def within_bounds(gives_way: Cancelled) -> Cancelled:
    """Give way, but not for more than a minute and half of the rest of the time: what cannot go blocks nothing."""
    began = looked = time.monotonic()
    waited = 0.0
    waits = False

    def bounded() -> bool:
        nonlocal looked, waited, waits
        now = time.monotonic()
        waited += now - looked if waits else 0
        looked = now
        waits = waited < _GIVES_WAY + (now - began) / 2 and gives_way()
        return waits

    return bounded


def has_its_turn(cancelled: Cancelled, gives_way: Cancelled) -> bool:
    """Wait until nothing goes before it; False where it is cancelled."""
    while not cancelled():
        if not gives_way():
            return True
        time.sleep(_LOOK_EVERY)
    return False
