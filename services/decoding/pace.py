"""Keeping to a time budget: how long a step is likely to take here, and an end to waiting for one that takes longer."""

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
    """The time is up; what was asked for is still being worked on, and nobody will look at it."""


def expected(step: str, pixels: int) -> float:
    """Seconds that a step will take on a picture of so many pixels, by the last times; 0 where it never ran.

    The estimate falls at once and rises slowly, so that one slow picture does not shut a step out; and it falls a
    little with each question, so that a step shut out is tried again.
    """
    rate = _rates.get(step, 0.0)
    _rates[step] = rate * _HOPE
    return rate * pixels


def within(deadline: float, step: str, pixels: int, work: Callable[[], _T]) -> _T:
    """Do `work` in another thread and wait for it until `deadline` (time.monotonic()). Raises Late.

    Native engines cannot be stopped; they run on without the interpreter's lock, and the next call knows their pace.
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
