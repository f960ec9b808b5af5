"""What the tests of decoding share."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def working_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """Have deadlines count the seconds that this thread works: on a busy machine it waits, which is no fault of ours.

    Returns that clock. For what runs in the test's own thread.
    """
    monkeypatch.setattr(time, "monotonic", time.thread_time)
    return time.thread_time
