"""How the process that keeps a server is asked to reload, and tells what came of it: `serve.py --reload --port N`.

The name is Linux's own kind (unix(7), abstract), bound to the port: no file is left behind, and there is one a port.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

logger = logging.getLogger(__name__)

_DONE = b"reloaded"
_PEER = struct.Struct("3i")  # pid, uid, gid
_LISTENS = "0A"


def _name(port: int) -> str:
    return f"\0ocop-server-{port}"


def _user_behind(end: socket.socket) -> int:
    """The user at the other end, as the kernel knows them: of one who listens, whoever began to."""
    _, uid, _ = _PEER.unpack(end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return int(uid)


def _users_on(port: int) -> set[int]:
    """Whose sockets listen on a port of this machine (proc_net_tcp(5))."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):  # no IPv6
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == _LISTENS and int(local.rpartition(":")[2], 16) == port:
                    found.add(int(rest[3]))
    return found


class Door:
    """Where a reload is asked for; only this user and root may. On systems other than Linux nobody can."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self._waiting: list[socket.socket] = []
        self._door = socket.socket(socket.AF_UNIX) if sys.platform == "linux" else None
        if self._door is not None:
            try:
                self._door.bind(_name(int(sockets[0].getsockname()[1])))
                self._door.listen()
            except OSError:  # the name is anybody's, so it must not keep the server from starting
                logger.exception("reload_not_offered")
                self._door.close()
                self._door = None

    def is_asked(self, seconds: float) -> bool:
        """Whether somebody asks, within so many seconds; they then wait for `tell`."""
        doors = [self._door] if self._door is not None else []
        if not select.select(doors, [], [], seconds)[0] or self._door is None:
            return False
        asking, _ = self._door.accept()
        if _user_behind(asking) not in {0, os.geteuid()}:
            asking.close()
            return False
        self._waiting.append(asking)
        return True

    def tell(self, why_not: str = "") -> None:
        """Tell those who wait that it was done, or why it was not."""
        for asking in self._waiting:
            with contextlib.suppress(OSError):  # they may have gone
                asking.sendall(why_not.encode() or _DONE)
            asking.close()
        self._waiting = []

    def __enter__(self) -> Door:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.tell("the server was stopped")
        if self._door is not None:
            self._door.close()


def reload(port: int) -> int:
    """Ask the server of several workers on `port` of this machine to reload, and print what came of it.

    Gives the status to end with: 0 where the new version answers.
    """
    if sys.platform != "linux":
        print("a server can be reloaded on Linux alone: restart it", file=sys.stderr)
        return 1
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(_name(port))
            # The name is anybody's: whoever takes it first could say that all is well. Root asks for every user's.
            trusted = {0, os.geteuid()} | (_users_on(port) if os.geteuid() == 0 else set())
            if (uid := _user_behind(asking)) not in trusted:
                print(
                    f"user {uid} answers in the place of the server on port {port}: nothing was asked", file=sys.stderr
                )
                return 1
            answer = b"".join(iter(lambda: asking.recv(4096), b""))
        except OSError:
            print(f"no server of several workers keeps port {port} of this machine", file=sys.stderr)
            return 1
    if answer == _DONE:
        print("reloaded: the new version answers, the one before sees off its connections")
        return 0
    why = answer.decode(errors="replace") or "this user may not ask for it"
    print(f"the new version did not start, and the one before goes on: {why}", file=sys.stderr)
    return 1
