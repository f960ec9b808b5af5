"""Keeps a server of several workers running, and puts a new version in its place while the sockets stay open.

The first process binds the sockets and starts the server as a program of its own, a **generation**. That is an
interpreter which loads the code as it is on the disk then, prepares the database and forks workers
(`serving.workers`). Told to reload, it starts another generation beside the one that answers. Only once all its workers
answer, the older one is told to leave: it takes no new connection and sees off those it has (`serving.server`). Where
the new one does not start, the older one goes on as if nothing had been. There are never more than two: a further one
is started when the older one is gone. This process loads nothing of what is served, so it need not be replaced itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from serving.reloading import Door
from serving.workers import SECONDS_OF_A_FALSE_START, stopping

logger = logging.getLogger(__name__)

# A little longer than a generation may take to stop; systemd's patience (deploy/systemd) is longer still.
PATIENCE = 16.0
_TURN = 0.25
READY = b"+"
"""What each worker writes into the pipe `ready` once it answers. Anything else is why a generation does not start."""


class Generation:
    """A running server, started by `command`, which is told of sockets and pipe by `--inherit`."""

    def __init__(self, command: Sequence[str], sockets: Sequence[socket.socket], workers: int) -> None:
        self._workers, self._said = workers, b""
        self.began = time.monotonic()
        self._ready, theirs = os.pipe()
        os.set_blocking(self._ready, False)
        descriptors = [door.fileno() for door in sockets]
        told = ",".join(map(str, [theirs, *descriptors]))
        self._process = subprocess.Popen([*command, "--inherit", told], pass_fds=[theirs, *descriptors])  # noqa: S603 - itself
        os.close(theirs)
        self.pid = self._process.pid

    def is_ready(self) -> bool:
        """Whether all its workers answer. Waits a moment for what it has to say."""
        if select.select([self._ready], [], [], _TURN)[0]:
            said = os.read(self._ready, 4096)
            self._said += said
            if not said:  # all of it has ended
                time.sleep(_TURN)
        return self._said.count(READY) >= self._workers and not self._said.strip(READY)

    def has_ended(self) -> bool:
        """Whether its first process is gone; the workers of one that is gone stop by themselves."""
        return self._process.poll() is not None

    def why_not(self) -> str:
        """Why it did not start, as far as it said before it ended."""
        with contextlib.suppress(BlockingIOError):  # a worker of it may still be about to end, and holds the pipe
            self._said += os.read(self._ready, 4096)
        said = self._said.strip(READY).decode(errors="replace").strip()
        return said or f"it ended with {self._process.returncode}"

    def leave(self) -> None:
        """Let it see off its connections and end."""
        self._process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        """Let it finish what is under way and end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Forget it, once it has ended."""
        os.close(self._ready)


def keep(command: Sequence[str], sockets: Sequence[socket.socket], workers: int, listening: Callable[[], None]) -> int:
    """Keep a generation running until this process is told to stop; `listening` is called once the first one answers.

    Gives the status to end with: 1 where the first one does not start.
    """
    with contextlib.ExitStack() as stack:
        door = stack.enter_context(Door(sockets))
        current: Generation | None = None
        coming: Generation | None = Generation(command, sockets, workers)
        leaving: list[Generation] = []
        has_begun = False
        while not stopping():
            leaving = [one for one in leaving if not _is_gone(one)]
            if current is not None and _is_gone(current):
                logger.error("generation_ended")
                current = None
            if coming is None:
                if current is None:
                    coming = Generation(command, sockets, workers)
                elif leaving:
                    # A migration is survived by the version before. The one before that has to be gone by then.
                    time.sleep(_TURN)
                elif door.is_asked(_TURN):
                    logger.info("reload_began")
                    coming = Generation(command, sockets, workers)
            elif coming.is_ready():
                if current is not None:
                    current.leave()
                    leaving.append(current)
                    logger.info("reloaded")
                current, coming = coming, None
                door.tell()
                if not has_begun:
                    listening()
                has_begun = True
            elif coming.has_ended():
                why, began = coming.why_not(), coming.began
                coming.close()
                coming = None
                if not has_begun:
                    return 1
                logger.error("reload_failed" if current else "generation_failed")
                door.tell(why)
                if current is None:
                    time.sleep(max(0.0, SECONDS_OF_A_FALSE_START - (time.monotonic() - began)))
        _stop([one for one in (current, coming, *leaving) if one is not None], sockets)
    return 0


def _is_gone(one: Generation) -> bool:
    if one.has_ended():
        one.close()
        return True
    return False


def _stop(generations: list[Generation], sockets: Sequence[socket.socket]) -> None:
    for door in sockets:
        door.close()
    for one in generations:
        one.stop()
    end = time.monotonic() + PATIENCE
    while generations and time.monotonic() < end:
        generations = [one for one in generations if not _is_gone(one)]
        time.sleep(0.02)
    for one in generations:
        one.kill()


class Told:
    """How a generation tells the process that keeps it of its start, through the pipe that it inherited."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # Programs that the server itself starts shall not hold it open.
        fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)

    def ready(self) -> None:
        """A worker answers."""
        self._write(READY)

    def failed(self, error: BaseException) -> None:
        """It will not start."""
        self._write(f"{type(error).__name__}: {error}".encode()[:3000])

    def _write(self, said: bytes) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more: a worker in the place of one that died
            os.write(self._descriptor, said)


def command_of_this_process() -> list[str]:
    """How this process was started. Links in it are followed anew each time: they may lead to another version then."""
    return [sys.executable, str(Path(sys.argv[0]).absolute()), *sys.argv[1:]]
