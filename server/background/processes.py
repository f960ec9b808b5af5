"""Names a process that works in the background, so that others can tell whether it is gone, and tells it to stop."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

_names: dict[int, str] = {}
_stopping: list[Callable[[], bool]] = []


def this_process() -> str:
    """A name that no other process has, here or elsewhere, also after a fork.

    Machine, number, when it began as far as the system tells, and a random part.
    """
    number = os.getpid()
    if number not in _names:
        _names[number] = f"{socket.gethostname()[:40]}:{number}:{_began(number)}-{secrets.token_hex(4)}"
    return _names[number]


def is_here(name: str) -> bool:
    """Whether the process was on this machine, so that `is_gone` knows what became of it."""
    return name.count(":") >= 2 and name.rsplit(":", 2)[0] == socket.gethostname()[:40]


def is_gone(name: str) -> bool:
    """Whether a process of this machine is over; False of one elsewhere, about which nothing is known."""
    if not is_here(name) or name == this_process():
        return False
    _, number, rest = name.rsplit(":", 2)
    began = rest.rpartition("-")[0]
    return number == str(os.getpid()) or not _lives(number) or (began != "" and began != _began(number))


def stop_when(stopping: Callable[[], bool]) -> None:
    """Let `is_stopping` be what this tells."""
    _stopping[:] = [stopping]


def is_stopping() -> bool:
    """Whether this process was told to stop: long work then ends soon, and goes back to the queue."""
    return any(told() for told in _stopping)


def _began(number: int | str) -> str:
    """When the process of this number began; "" where that is not told (proc_pid_stat(5), field 22).

    After the machine's or the container's start, others get the numbers of those before.
    """
    try:
        return Path(f"/proc/{number}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _lives(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
