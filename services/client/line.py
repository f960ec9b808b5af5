"""Chooses how much to send or to ask for at once, by what the line to the server has carried so far."""

from __future__ import annotations

import threading

LEAST = 16 * 1024
"""Bytes: less at once costs more in heads of requests than a cut would lose."""
MOST = 256 * 1024
"""Bytes: more at once saves no time."""

_SECONDS = 10.0
_SHARE = 8
_TELLING = 4 * 1024


class Line:
    """What the line has carried. Safe to share between threads.

    A cut loses the part that is on its way. So a part takes about ten seconds at most, and is an eighth of what passes
    between two cuts: half of it is lost on average, which is one byte in sixteen. Before the first cut, a part is as
    much as has passed already.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rate: float | None = None  # bytes a second
        self._passed = 0  # bytes since the last cut
        self._steady = 0  # bytes that fit between two cuts eight times
        self._was_cut = False
        self._too_large: int | None = None

    def part(self) -> int:
        """Bytes to send or to ask for at once, LEAST to MOST."""
        with self._lock:
            size = max(self._steady, self._passed // _SHARE) if self._was_cut else self._passed
            if self._rate is not None:
                size = min(size, int(self._rate * _SECONDS))
            if self._too_large is not None:
                size = min(size, self._too_large // 2)
            return max(LEAST, min(MOST, size))

    def carried(self, count: int, seconds: float) -> None:
        """Take into account that so many bytes have passed in so many seconds, the wait for the answer included."""
        with self._lock:
            self._passed += count
            if count >= _TELLING and seconds > 0:
                rate = count / seconds
                # Down at once, up slowly: a part that is too large costs more than one that is too small.
                self._rate = rate if self._rate is None else min((self._rate + rate) / 2, 2 * rate)

    def cut(self, count: int = 0) -> None:
        """Take into account that the line was cut; `count` bytes of what was on its way have passed and are kept."""
        with self._lock:
            self._steady = (self._passed + count) // _SHARE
            self._passed = 0
            self._was_cut = True

    def too_large(self, count: int) -> None:
        """Take into account that a gateway on the way takes no body of so many bytes."""
        with self._lock:
            self._too_large = count
