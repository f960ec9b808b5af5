"""HTTP that ends in time and can be cancelled, which requests and urllib3 alone do not ensure."""

from __future__ import annotations

import contextlib
import socket
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

_PIECE = 16 * 1024
_CANCEL_CHECK = 0.2  # seconds
_SEND_BUFFER = 64 * 1024
"""Bytes of a body that the system takes in advance: progress is ahead by so much, and a cancel late.

They must also go out within the time-out for the answer: a line of 10 kB/s has time for hardly more.
"""


class Unreachable(Exception):
    """There is no answer that can be believed: try again later. The server may or may not have acted on the request.

    `reason`: `no_connection`, `timed_out`, `insecure` (TLS failed), `server_error`, `too_many_requests`, `redirected`,
    `not_the_registry` (a captive portal's page, or JSON that is not the contract's), `too_large`, `wrong_receipt`,
    `cancelled`.
    `retry_after` is the number of seconds the server asked for, or None.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class Adapter(HTTPAdapter):
    """Ends a connection where the head of an answer is not complete `deadline` seconds after the request.

    The time-out alone starts anew with each byte, so a head that arrives byte by byte could take days.
    """

    def __init__(self, deadline: float, retry: Retry) -> None:
        self._deadline = deadline
        super().__init__(max_retries=retry)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools make connections of our own classes."""
        options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)]
        super().init_poolmanager(*args, socket_options=options, **kwargs)
        deadline = self._deadline

        class Plain(_HeadInTime, HTTPConnection):
            head_deadline = deadline

        class Secure(_HeadInTime, HTTPSConnection):
            head_deadline = deadline

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class _HeadInTime(HTTPConnection):
    head_deadline: float

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own answers have another class as well
        overdue = threading.Event()
        connection = self.sock

        def end() -> None:
            overdue.set()
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

        ending = threading.Timer(self.head_deadline, end)
        ending.daemon = True
        ending.start()
        try:
            return super().getresponse()
        finally:
            ending.cancel()
            if overdue.is_set():
                raise TimeoutError  # otherwise half a head would be taken for the whole


class Pieces:
    """A body sent piece by piece: each piece has the whole time-out, and none is sent after a cancel."""

    def __init__(self, content: bytes, given_up: Callable[[], bool], progress: Callable[[int], object]) -> None:
        self._content = content
        self._given_up = given_up
        self._progress = progress

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), _PIECE):
            if self._given_up():
                raise Unreachable("cancelled")
            self._progress(start)
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


def read(response: requests.Response, limit: int, ends: float, cancelled: Callable[[], bool]) -> bytes:
    """Read the answer's body. Raises Unreachable where it is over `limit` bytes, late at `ends`, or cancelled."""
    content = bytearray()
    # read1 returns what there is: a server that sends one byte a second must not hold us until a buffer is full.
    while piece := response.raw.read1(65536, decode_content=True):
        content += piece
        if len(content) > limit:
            raise Unreachable("too_large")
        if time.monotonic() > ends:
            raise Unreachable("timed_out")
        if cancelled():
            raise Unreachable("cancelled")
    return bytes(content)
