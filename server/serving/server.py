"""Runs Waitress with errors in the API's form, a time limit for slow senders, and an orderly stop."""

from __future__ import annotations

import contextlib
import copy
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import Error

from serving.sockets import BACKLOG

_CODES = {413: "too_large", 500: "unavailable", 503: "unavailable"}

# Open connections of one process; further ones wait in the backlog or go to another worker.
CONNECTIONS = 1000
MAX_HEADER_BYTES = 32 * 1024
# What is taken from a connection at once: a photo then needs three turns of the loop, and not 23.
READ_BYTES = 64 * 1024
# So long at most what a refused sender still sends is thrown away before its connection is closed.
THROWN_AWAY_SECONDS = 30.0
# Seconds that a connection may be silent between two requests.
IDLE_SECONDS = 60
# A request has this long to arrive, and a second more for every so many bytes: no phone is slower than GPRS.
ARRIVAL_SECONDS = 30
ARRIVAL_BYTES_A_SECOND = 1024
# How long the requests under way may still take when the server is told to stop, and when it is told to leave: a photo
# over a slow line takes minutes, and another process answers meanwhile.
DRAIN_SECONDS = 10
SEE_OFF_SECONDS = 600


class JsonError(Error):  # type: ignore[misc]  # waitress has no types
    """An error that is answered before the application sees the request."""

    def __init__(self, cause: Error) -> None:
        super().__init__(cause.body)
        self.code, self.reason = cause.code, cause.reason

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:  # noqa: ARG002
        """Status, headers and body."""
        body = json.dumps({"error": _CODES.get(self.code, "bad_request"), "detail": f"{self.reason}."}).encode()
        return f"{self.code} {self.reason}", [("Content-Type", "application/json")], body


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Waitress's parser, which refuses bodies over the limit as soon as it has read the headers."""

    error: Error | None
    adj: Any
    larger: ClassVar[Mapping[str, int]] = {}
    """Limits of addresses that take larger bodies, by the beginning of the path."""
    is_last: ClassVar[bool] = False
    """Whether the answer to the next request on a connection is the last one on it."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, and see how large a body this address takes."""
        super().parse_header(header_plus)
        for beginning, limit in self.larger.items():
            if self.path.startswith(beginning):
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = limit

    def received(self, data: bytes) -> int:
        """Take the next bytes of a request."""
        taken: int = super().received(data)
        if Parser.is_last:
            self.headers["CONNECTION"] = "close"  # as if the sender had asked for it: the answer then says so too
        if self.error is not None and not isinstance(self.error, JsonError):
            self.error = JsonError(self.error)
        return taken

    def is_late(self) -> bool:
        """Whether this request has taken too long to arrive."""
        allowed: float = ARRIVAL_SECONDS + self.body_bytes_received / ARRIVAL_BYTES_A_SECOND
        return time.monotonic() - self.began > allowed


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that uses `Parser`, and its time limit.

    After a refusal whose sender is still sending, what comes is read and thrown away for a while before the connection
    is closed: closing at once would reset it, and the sender would often lose the answer that says why.
    """

    parser_class = Parser
    refused = False
    ends_at: float | None = None
    """Until when at the latest what comes is thrown away; None before that begins."""

    def readable(self) -> bool:
        """Whether to read more from the sender; asked several times a second."""
        if self.ends_at is not None:
            return True
        if self.request is not None and self.request.is_late():
            self.will_close = True
        wanted: bool = super().readable()
        return wanted

    def writable(self) -> bool:
        """Whether there is something to send, or the connection is to be closed now."""
        return bool(super().writable()) if self.ends_at is None else time.monotonic() > self.ends_at

    def handle_read(self) -> None:
        """Take what has come, or throw it away."""
        if self.ends_at is None:
            super().handle_read()
        else:
            self.recv(READ_BYTES)  # which closes where the sender has

    def service(self) -> None:
        """Answer a request, in a thread."""
        self.refused = self.requests[0].error is not None
        super().service()

    def handle_close(self) -> None:
        """Close the connection; after a refusal its sending half first."""
        if self.refused and self.connected and self.ends_at is None:
            self.ends_at = time.monotonic() + THROWN_AWAY_SECONDS
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                return
        super().handle_close()

    def is_busy(self) -> bool:
        """Whether a request is arriving, being answered, or its answer being sent."""
        return bool(self.requests) or self.request is not None or self.total_outbufs_len > 0


def serve(
    application: Any,
    sockets: Sequence[socket.socket],
    threads: int,
    max_body: int,
    stopping: Callable[[], bool],
    larger: Mapping[str, int],
    leaving: Callable[[], bool] = lambda: False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Answer on `sockets` until `stopping()` is true (asked several times a second), then finish requests under way.

    Where `leaving()` becomes true instead, no new connection is taken, and those there are end by themselves: with the
    answer to their next request, or when they have been silent for as long as they may. So no sender ever finds a
    connection closed that it was about to use.

    Bodies have up to `max_body` bytes, or what `larger` says for the beginning of their path. `ready` is called once it
    answers.
    """
    Parser.larger = larger
    Parser.is_last = False
    BaseWSGIServer.channel_class = Channel
    rooms: dict[int, Any] = {}
    server = waitress.create_server(
        application,
        map=rooms,
        sockets=list(sockets),
        threads=threads,
        max_request_body_size=max_body,
        max_request_header_size=MAX_HEADER_BYTES,
        backlog=BACKLOG,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        recv_bytes=READ_BYTES,
        asyncore_use_poll=True,  # select() cannot handle over 1024 files
        # Django's settings say how many proxies are trusted (accounts.addresses), so Waitress leaves their headers
        # alone.
        clear_untrusted_proxy_headers=False,
        ident="ocop-registry",
    )
    ready()
    while not stopping() and not leaving():
        wasyncore.loop(timeout=0.25, use_poll=True, map=rooms, count=1)
    for door in [door for door in rooms.values() if isinstance(door, BaseWSGIServer)]:
        wasyncore.dispatcher.close(door)  # closes the listening socket only: answers still have to be sent
    if not stopping():
        _see_off(rooms, stopping)
    end = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < end:
        channels = _channels(rooms)
        if not any(channel.is_busy() for channel in channels):
            break
        for channel in channels:
            if not channel.is_busy():
                channel.will_close = True
        wasyncore.loop(timeout=0.1, use_poll=True, map=rooms, count=1)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(rooms)


def _channels(rooms: Mapping[int, Any]) -> list[Channel]:
    return [channel for channel in rooms.values() if isinstance(channel, Channel)]


def _see_off(rooms: dict[int, Any], stopping: Callable[[], bool]) -> None:
    """Answer on the connections that there are until they are gone."""
    Parser.is_last = True
    began = time.monotonic()
    while not stopping():
        channels, seconds = _channels(rooms), time.monotonic() - began
        # After IDLE_SECONDS those that are not busy have been silent for so long: any that asked was closed after it.
        is_over = seconds > IDLE_SECONDS and not any(channel.is_busy() for channel in channels)
        if not channels or is_over or seconds > SEE_OFF_SECONDS:
            return
        wasyncore.loop(timeout=0.25, use_poll=True, map=rooms, count=1)
