"""Keeps to a time budget: estimates how long a step takes on this device, and stops waiting for one that is late."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")

_threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="decoding")
_rates: dict[str, float] = {}
_GROWTH, _HOPE = 1.25, 0.97


class Late(Exception):
    """The time is up. The work goes on in its thread, but its result is ignored."""


def after(deadline: float) -> Callable[[], bool]:
    """A test for whether the `deadline`, a time.monotonic() second, has passed."""
    return lambda: time.monotonic() >= deadline


def expected(step: str, pixels: int) -> float:
    """Estimate the seconds of a step on a picture of so many pixels from its earlier runs; 0 where it never ran.

    The estimate falls at once and rises slowly, so that one slow picture does not exclude a step. It also falls a
    little with each call, so that an excluded step is tried again.
    """
    rate = _rates.get(step, 0.0)
    _rates[step] = rate * _HOPE
    return rate * pixels


def within(deadline: float, step: str, pixels: int, work: Callable[[], _T]) -> _T:
    """Do `work` in another thread and wait for it until `deadline` (time.monotonic()). Raises Late.

    Native engines cannot be stopped: they run on without the interpreter's lock, and their time counts for the next
    call.
    """

    def timed() -> _T:
        start = time.monotonic()
        try:
            return work()
        finally:
            rate = (time.monotonic() - start) / max(pixels, 1)
            _rates[step] = min(rate, _GROWTH * (_rates.get(step) or rate))

    future = _threads.submit(timed)
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except TimeoutError as late:
        future.cancel()
        raise Late(step) from late
