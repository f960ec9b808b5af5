"""A planned kill comes, and ends a life of its own, whatever becomes of the request that it was planned for."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.faults.lives import Lives, was_killed
from tests.faults.plan import Fault
from tests.faults.proxy import Proxy

REQUEST = b"PUT /api/v1/inspections/1 HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
# Among them each moment at which a kill may fall: before the server is asked, meanwhile, after its answer.
DRAWS = range(12)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that hangs up without an answer, as one that was killed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("body", [b"body", b"bo"], ids=["no answer", "cut on its way"])
@pytest.mark.parametrize("kind", ["app_killed", "server_killed", "database_killed"])
def test_a_kill_comes_though_its_request_comes_to_nothing(kind: str, body: bytes, silent: int) -> None:
    killed: Counter[str] = Counter()
    proxy = Proxy(
        silent,
        lambda n, method, path: Fault(kind, Random(n)),
        1,
        kill_app=lambda: killed.update(["app_killed"]),
        kill_server=lambda: killed.update(["server_killed"]),
        kill_database=lambda: killed.update(["database_killed"]),
    )
    for _ in DRAWS:
        with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2]))) as client:
            client.sendall(REQUEST + body)
            client.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                assert client.recv(1) == b""  # the proxy has done with it
    proxy.close()
    assert killed == {kind: len(DRAWS)}


def test_two_kills_at_once_end_two_lives() -> None:
    lives = Lives(time.sleep, 60)
    lives.begin()
    killers = [threading.Thread(target=lives.kill) for _ in range(2)]
    for killer in killers:
        killer.start()
    codes = [wait(lives)]
    lives.begin()
    codes.append(wait(lives))
    for killer in killers:
        killer.join(20)
    assert (list(map(was_killed, codes)), lives.kills) == ([True, True], 2)
    lives.begin()
    lives.end()
    lives.kill()  # of what is over for good: it neither waits nor counts
    assert lives.kills == 2


def wait(lives: Lives) -> int:
    ends = time.monotonic() + 60
    while (code := lives.ended(0.05)) is None:
        assert time.monotonic() < ends
    return code
