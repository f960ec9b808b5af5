"""What a connection may do: how long a request may take to arrive, and how large it may be, however it is sent."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import requests
import rfc8785
from registry_notes import content_digest, error_of, note

from serving import server as registry_server_module
from serving.server import serve
from serving.sockets import bind, listen, port_of
from tests.support.registry_server import RegistryServer

API = "/api/v1"


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Sequence[bytes]:
    """Answer with the number of bytes that came."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(environ["wsgi.input"].read())).encode()]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of the same server, which waits half a second for a request and no longer."""
    monkeypatch.setattr(registry_server_module, "ARRIVAL_SECONDS", 0.5)
    monkeypatch.setattr(registry_server_module, "ARRIVAL_BYTES_A_SECOND", 20_000)
    stop = threading.Event()
    sockets = bind("127.0.0.1", 0)
    listen(sockets)
    thread = threading.Thread(target=serve, args=(hello, sockets, 2, 1_000_000, stop.is_set, {}))
    thread.start()
    yield port_of(sockets)
    stop.set()
    thread.join(20)


def drip(port: int, head: bytes, drop: bytes, pause: float, count: int) -> bytes:
    """Send `head` and then `drop` after `drop`; what the server says until it closes, in however many packets."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(head)
            for _ in range(count):
                time.sleep(pause)
                connection.sendall(drop)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except (BrokenPipeError, ConnectionResetError):
            return b""


def test_headers_that_never_end_are_not_waited_for(impatient: int) -> None:
    assert drip(impatient, b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n", 0.1, 100) == b""


@pytest.mark.parametrize("length", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
def test_a_body_that_drips_is_not_waited_for(impatient: int, length: bytes) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: x\r\n" + length + b"\r\n\r\n"
    assert drip(impatient, head, b"1\r\nx\r\n", 0.1, 100) == b""


def test_a_slow_body_that_keeps_coming_is_taken(impatient: int) -> None:
    """Two seconds in all, four times what a silent sender gets."""
    head = b"PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n"
    assert drip(impatient, head, b"x" * 5000, 0.1, 20).endswith(b"100000")


def test_a_sender_that_never_finishes_keeps_nobody_else_waiting(impatient: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", impatient), timeout=20) for _ in range(50)]
    for connection in silent:
        connection.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
    assert requests.get(f"http://127.0.0.1:{impatient}/", timeout=20).status_code == 200
    for connection in silent:
        connection.close()


def pieces(content: bytes) -> Iterator[bytes]:
    """`requests` sends an iterator in chunks, without a length."""
    stream = io.BytesIO(content)
    while piece := stream.read(4000):
        yield piece


def test_a_note_in_chunks_is_as_good_as_one_with_a_length(live: RegistryServer) -> None:
    document = note()
    body = rfc8785.dumps(document)
    headers = {"Content-Digest": content_digest(body)}
    answer = requests.put(
        f"{live.url}{API}/inspections/{document['id']}", data=pieces(body), headers=headers, timeout=60
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "size"),
    [
        ("PUT", f"{API}/inspections/6f1d2c3b-0000-4000-8000-00000000000a", 65 * 1024),
        ("POST", f"{API}/auth/sign-in", 17 * 1024),
        ("POST", f"{API}/auth/refresh", 17 * 1024),
        ("POST", f"{API}/auth/sign-out", 17 * 1024),
    ],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_over_the_limit_of_its_call(
    live: RegistryServer, method: str, path: str, size: int, chunked: bool
) -> None:
    content = b" " * size
    answer = requests.request(method, live.url + path, data=pieces(content) if chunked else content, timeout=60)
    assert error_of(answer) == (413, "too_large")


def test_a_form_of_the_back_office_over_the_limit(live: RegistryServer) -> None:
    session = requests.Session()
    session.get(f"{live.url}/admin/login/", timeout=60)
    form = {"username": "x" * 1_200_000, "password": "x", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    assert session.post(f"{live.url}/admin/login/", form, timeout=60).status_code in {400, 413}


@pytest.mark.parametrize("where", ["query", "header", "cookie"])
def test_what_stands_before_the_body_is_limited_too(live: RegistryServer, where: str) -> None:
    long = "x" * 40_000
    answer = requests.get(
        f"{live.url}{API}/changes" + (f"?cursor={long}" if where == "query" else ""),
        headers={"header": {"X-Long": long}, "cookie": {"Cookie": f"a={long}"}}.get(where, {}),
        timeout=60,
    )
    assert answer.status_code == 431
    assert answer.json()["error"] == "bad_request"
