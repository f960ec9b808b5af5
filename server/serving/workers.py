"""Several processes that answer on the same sockets."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

logger = logging.getLogger(__name__)

# A worker that ends this soon after its start is not replaced at once: what ended it may do so again.
SECONDS_OF_A_FALSE_START = 2.0
# A little more than a worker takes to drain.
PATIENCE = 13.0

_told_to_stop = False


def stopping() -> bool:
    """Whether this process has been told to stop."""
    return _told_to_stop


def heed_signals() -> None:
    """Let SIGTERM and SIGINT say so."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    global _told_to_stop
    _told_to_stop = True


def run_workers(count: int, work: Callable[[], None], sockets: Sequence[socket.socket]) -> None:
    """Keep `count` processes at `work`, which returns when `stopping()`; end them all when this one is told to stop.

    They answer on `sockets`, which are closed then: whoever connects is refused rather than left waiting.

    Nothing with a connection or a thread may be open here: a worker is a fork. One that dies is replaced. Where this
    process is killed, its workers stop by themselves.
    """
    lifeline, held = os.pipe()  # its reading end reports when every writer is gone, and this process is the only one
    started: dict[int, float] = {}
    while not stopping():
        while len(started) < count:
            started[_fork(work, lifeline, held)] = time.monotonic()
        gone = _one_that_ended(started)
        if gone is None:
            time.sleep(0.1)
        elif not stopping():
            logger.error("worker_ended")
            if time.monotonic() - started.pop(gone) < SECONDS_OF_A_FALSE_START:
                time.sleep(SECONDS_OF_A_FALSE_START)
    for door in sockets:
        door.close()
    for pid in started:
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while started:
        gone = _one_that_ended(started)
        if gone is not None:
            del started[gone]
        elif time.monotonic() > end:
            for pid in started:
                os.kill(pid, signal.SIGKILL)
            end += PATIENCE
        else:
            time.sleep(0.02)


def _one_that_ended(started: dict[int, float]) -> int | None:
    for pid in started:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return pid
    return None


def _fork(work: Callable[[], None], lifeline: int, held: int) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    # A signal between the fork and what follows it must not be taken for the parent's.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    pid = os.fork()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
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
