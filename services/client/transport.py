"""HTTP that ends in time and can be cancelled, which requests and urllib3 alone do not ensure."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Retry

T = TypeVar("T")

_PIECE = 4 * 1024
_CANCEL_CHECK = 0.2  # seconds
_SEND_BUFFER = 64 * 1024
"""Bytes of a body that the system takes in advance: progress is ahead by so much, and a cancel late."""
_SLOWEST = 128
"""Bytes a second: what comes or goes more slowly is given up. No phone line that works is as slow."""
_LITTLE = 4 * 1024
"""So many bytes on their way need no wait of their own before the answer's."""


class Unreachable(Exception):
    """There is no answer that can be believed: try again later. The server may or may not have acted on the request.

    `reason`: `no_connection`, `timed_out`, `insecure` (TLS failed), `server_error`, `too_many_requests`, `redirected`,
    `moved` (the server says that it now stands at `location`), `not_the_registry` (a captive portal's page, or JSON
    that is not the contract's), `too_large`, `wrong_receipt`, `too_large_on_the_way` (a gateway takes no body of this
    size), `altered_on_the_way` (a part of the request did not get through), `cancelled`.
    `retry_after` is the number of seconds the server asked for, or None.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, location: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.location = location


class Adapter(HTTPAdapter):
    """Makes connections with a time-out of its own for each thing that may take long, counted from the last progress.

    `requests` has one for connecting, which it also takes for writing, and one for reading. A slow line needs seconds
    to connect, and half a minute until a piece of a body has gone. And a head that arrives byte by byte could take
    days, because the time-out for reading starts anew with each byte: it is to be complete after `deadline` seconds.
    """

    def __init__(self, deadline: float, stalled: float, retry: Retry) -> None:
        """`stalled`: seconds after which a TLS handshake, or a body on its way, without progress is given up."""
        self._deadline = deadline
        self._stalled = stalled
        super().__init__(max_retries=retry)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools make connections of our own classes."""
        options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)]
        super().init_poolmanager(*args, socket_options=options, **kwargs)
        deadline, stalled = self._deadline, self._stalled

        class Plain(_InTime, HTTPConnection):
            head_deadline, stalled_after = deadline, stalled

        class Secure(_InTime, HTTPSConnection):
            head_deadline, stalled_after = deadline, stalled

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class _InTime(HTTPConnection):
    head_deadline: float
    stalled_after: float
    _said = 0

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        connection.settimeout(self.stalled_after)  # for the TLS handshake
        return connection

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.stalled_after)
        super().send(data)
        self._said += len(data)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own answers have another class as well
        said, self._said = self._said, 0
        allowed = self.head_deadline
        if not self._let_go() and self.timeout:
            # The system does not tell what is still on its way: at most so much.
            extra = min(said, 2 * _SEND_BUFFER) / (4 * _SLOWEST)
            self.timeout, allowed = self.timeout + extra, allowed + extra
        overdue = threading.Event()
        connection = self.sock

        def end() -> None:
            overdue.set()
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

        ending = threading.Timer(allowed, end)
        ending.daemon = True
        ending.start()
        try:
            return super().getresponse()
        finally:
            ending.cancel()
            if overdue.is_set():
                raise TimeoutError  # otherwise half a head would be taken for the whole

    def _let_go(self) -> bool:
        """Wait while the request leaves the device; its time does not count as the answer's. False: cannot tell."""
        left = _on_its_way(self.sock)
        moved, pause = time.monotonic(), 0.005
        while left is not None and left > _LITTLE and time.monotonic() - moved < self.stalled_after:
            if _has_news(self.sock, pause):
                break
            pause = min(0.1, 2 * pause)
            now = _on_its_way(self.sock)
            if now is not None and now < left:
                moved = time.monotonic()
            left = now
        return left is not None


def _on_its_way(connection: Any) -> int | None:
    """How many bytes the other end has not acknowledged; None where the system does not tell."""
    if not sys.platform.startswith(("linux", "android")):
        return None
    with contextlib.suppress(OSError, ValueError, ImportError):
        import fcntl
        import termios

        return int(struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)))[0])
    return None


def _has_news(connection: Any, pause: float) -> bool:
    """Wait so many seconds; whether the connection was ended meanwhile, or the answer has begun before all was sent.

    Of a connection with TLS the latter cannot be told: what comes may be of its own.
    """
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP | (0 if isinstance(connection, ssl.SSLSocket) else select.POLLIN))
    return bool(poll.poll(pause * 1000))


class Pieces:
    """A body sent piece by piece: each piece has the whole time-out, and none is sent after a cancel.

    `begun`: whether anything of it was sent.
    """

    def __init__(self, content: bytes, given_up: Callable[[], bool], progress: Callable[[int], object]) -> None:
        self._content = content
        self._given_up = given_up
        self._progress = progress
        self.begun = False

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), _PIECE):
            if self._given_up():
                raise Unreachable("cancelled")
            self._progress(start)
            self.begun = True
            yield self._content[start : start + _PIECE]


def or_cancelled(call: Callable[[Callable[[], bool]], T], cancelled: Callable[[], bool] | None) -> T:
    """Return what `call` returns; raise Unreachable as soon as it is cancelled.

    A request under way cannot be taken back, and its answer may take half a minute. It goes on in its thread until the
    answer comes, or until it asks whether it was cancelled. Its result is not recorded here, so it is sent again, and
    the server recognises it by id and hash.
    """
    given_up = threading.Event()
    if cancelled is None:
        return call(given_up.is_set)
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call(given_up.is_set))
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="request", daemon=True).start()
    while not wait([outcome], _CANCEL_CHECK).done:
        if cancelled():
            given_up.set()
            raise Unreachable("cancelled")
    return outcome.result()


def read(
    response: requests.Response,
    limit: int,
    patience: float,
    cancelled: Callable[[], bool],
    take: Callable[[bytes], object] | None = None,
) -> bytes:
    """Read the answer's body, which may take as long as it makes progress, looked at every `patience` seconds.

    With `take`, each piece is given to it as it came, not decoded, and nothing is returned. Raises Unreachable where
    the body is over `limit` bytes, comes too slowly, or is cancelled.
    """
    content = bytearray()
    count = counted = 0
    looked = time.monotonic()
    # read1 returns what there is: a server that sends one byte a second must not hold us until a buffer is full.
    while piece := response.raw.read1(65536, decode_content=take is None):
        count += len(piece)
        if count > limit:
            raise Unreachable("too_large")
        if take is None:
            content += piece
        else:
            take(piece)
        if time.monotonic() - looked > patience:
            if count - counted < patience * _SLOWEST:
                raise Unreachable("timed_out")
            counted, looked = count, time.monotonic()
        if cancelled():
            raise Unreachable("cancelled")
    return bytes(content)
