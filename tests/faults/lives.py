"""A process that is killed again and again, and started again each time."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any


class Lives:
    """The lives of one process, which runs `target(*arguments)`. `kills` counts those that a kill ended.

    One thread begins each life and waits for its end; any thread may kill. Only that one asks for the exit code: of
    two that ask for it at once, one would be told of an end that never was.
    """

    def __init__(self, target: Callable[..., object], *arguments: Any) -> None:
        self._target = target
        self._arguments = arguments
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([target.__module__])
        self._begun_or_over = threading.Condition()
        self._running: BaseProcess | None = None
        self._life: BaseProcess | None = None
        self._over = False
        self.kills = 0

    def begin(self) -> None:
        """Begin the next life."""
        with self._begun_or_over:
            self._life = self._running = self._processes.Process(target=self._target, args=self._arguments)
            self._life.start()
            self._begun_or_over.notify_all()

    def kill(self) -> None:
        """End the life that runs, or the next one where it has ended: two kills never meet in one life."""
        with self._begun_or_over:
            self._begun_or_over.wait_for(lambda: self._over or self._running)
            if self._running and not self._over:
                self._running.kill()
                self._running = None
                self.kills += 1

    def ended(self, seconds: float) -> int | None:
        """Wait for so long at most: the exit code of this life, or None while it lasts."""
        assert self._life
        self._life.join(seconds)
        code = self._life.exitcode
        if code is not None:
            with self._begun_or_over:
                self._running = None
        return code

    def end(self) -> None:
        """End it for good; no kill comes any more."""
        with self._begun_or_over:
            self._over = True
            self._begun_or_over.notify_all()
        if self._life:
            self._life.kill()
            self._life.join()


def was_killed(code: int) -> bool:
    """Whether an exit code says so."""
    return code == -signal.SIGKILL
