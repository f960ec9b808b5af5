"""Binds the sockets that a server answers on, and takes over those that another process has bound."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence

BACKLOG = 2048


def bind(host: str, port: int) -> list[socket.socket]:
    """Bind every address of `host`; port 0 takes a free one. Nothing can connect until they listen.

    Raises OSError where the port is taken.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    for family, _, _, _, address in dict.fromkeys(found):
        chosen = port_of(sockets) if sockets else port
        door = socket.socket(family)
        if hasattr(socket, "SO_REUSEPORT"):  # not on Windows, where SO_REUSEADDR would share a port with strangers
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind((str(address[0]), chosen))
        sockets.append(door)
    return sockets


def taken_over(descriptors: Iterable[int]) -> list[socket.socket]:
    """The sockets that the process which started this one has bound."""
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]


def listen(sockets: Iterable[socket.socket]) -> None:
    """Let others connect from now on. Raises OSError where another process listens already."""
    for door in sockets:
        door.listen(BACKLOG)


def port_of(sockets: Sequence[socket.socket]) -> int:
    """The port that the sockets are bound to."""
    return int(sockets[0].getsockname()[1])
