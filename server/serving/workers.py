"""Runs several processes that answer on the same sockets, and heeds what they are told by signals."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from types import FrameType

logger = logging.getLogger(__name__)

# A worker that ends this soon after its start is not replaced at once: the cause may still be there.
SECONDS_OF_A_FALSE_START = 2.0
# A little longer than a worker may take to finish its requests.
PATIENCE = 13.0

_told_to_stop = _told_to_leave = False


def stopping() -> bool:
    """Whether this process has been told to stop."""
    return _told_to_stop


def leaving() -> bool:
    """Whether this process has been told to take no new connection and to end when those it has are gone."""
    return _told_to_leave


def heed_signals() -> None:
    """Let SIGTERM and SIGINT tell this process to stop, and SIGUSR1 to leave (no such signal on Windows)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    if sys.platform != "win32":
        signal.signal(signal.SIGUSR1, _leave)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    global _told_to_stop
    _told_to_stop = True


def _leave(_signal: int, _frame: FrameType | None) -> None:
    global _told_to_leave
    _told_to_leave = True


def run_workers(works: Sequence[Callable[[], None]], sockets: Sequence[socket.socket], keeper: int) -> None:
    """Keep a process running for each of `works`, which return when `stopping()` or, at their time, when `leaving()`.

    Those that answer do so on `sockets`, which are closed here in the end, so that new connections are refused rather
    than left waiting where nobody else answers on them.

    The caller must have no open connection or thread, since workers are forks. A worker that dies is replaced. Where
    this process is killed, its workers stop by themselves, and so does all where its parent is not `keeper` any more.
    """
    lifeline, held = os.pipe()  # the reading end reports when the only writer, this process, is gone
    started: dict[int, tuple[int, float]] = {}
    while not _over(keeper) and not leaving():
        for number in set(range(len(works))).difference(number for number, _ in started.values()):
            started[_fork(works[number], lifeline, held)] = number, time.monotonic()
        gone = _one_that_ended(started)
        if gone is None:
            time.sleep(0.1)
            continue
        _number, began = started.pop(gone)
        if not stopping() and not leaving():
            logger.error("worker_ended")
            if time.monotonic() - began < SECONDS_OF_A_FALSE_START:
                time.sleep(SECONDS_OF_A_FALSE_START)
    for door in sockets:
        door.close()
    if leaving():
        _tell(started, signal.SIGUSR1)
        while started and not _over(keeper):
            gone = _one_that_ended(started)
            if gone is None:
                time.sleep(0.1)
            else:
                del started[gone]
    _end(started)


def _over(keeper: int) -> bool:
    return stopping() or os.getppid() != keeper


def _tell(started: Iterable[int], number: int) -> None:
    for pid in started:
        os.kill(pid, number)


def _end(started: dict[int, tuple[int, float]]) -> None:
    _tell(started, signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while started:
        gone = _one_that_ended(started)
        if gone is not None:
            del started[gone]
        elif time.monotonic() > end:
            _tell(started, signal.SIGKILL)
            end += PATIENCE
        else:
            time.sleep(0.02)


def _one_that_ended(started: Iterable[int]) -> int | None:
    for pid in started:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return pid
    return None


def _fork(work: Callable[[], None], lifeline: int, held: int) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    # A signal right after the fork must not be handled as the parent would.
    heeded = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1}
    signal.pthread_sigmask(signal.SIG_BLOCK, heeded)
    pid = os.fork()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, heeded)
    if pid:
        return pid
    status = 1
    try:
        os.close(held)
        threading.Thread(target=_stop_with_parent, args=[lifeline], daemon=True).start()
        work()
        status = 0
    except Exception:
        logger.exception("worker_failed")
    finally:
        os._exit(status)


def _stop_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
