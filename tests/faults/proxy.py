"""The way between the app and the server, on which the plan's faults happen."""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.kinds import KINDS
from tests.faults.plan import Fault

PLAIN = Fault("", random.Random(0))


class Elsewhere:
    """Another host, to which redirects point. Whatever reaches it is kept; nothing ever should."""

    def __init__(self) -> None:
        self.reached: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(1)
                    self.reached.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@dataclass
class Proxy:
    """A TCP proxy to the server on `port`. `choose` says what the n-th request (method and path given) meets.

    `patience` is how long, in seconds, the client waits for the next piece of an answer.
    """

    port: int
    choose: Callable[[int, str, str], Fault | None]
    patience: float
    elsewhere: str = ""
    kill_app: Callable[[], None] = lambda: None
    kill_server: Callable[[], None] = lambda: None
    kill_database: Callable[[], None] = lambda: None
    restore_database: Callable[[], None] = lambda: None
    expire_tokens: Callable[[], None] = lambda: None
    disturb_disk: Callable[[], None] = lambda: None
    rename_accounts: Callable[[], None] = lambda: None
    has_moved: Callable[[str], None] = lambda _address: None
    requests: int = 0
    applied: Counter[str] = field(default_factory=Counter)
    seen_by_server: Counter[str] = field(default_factory=Counter)
    acknowledged: deque[bytes] = field(default_factory=lambda: deque(maxlen=200))
    last_answer: bytes = b""
    hang_up: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._listen()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def move(self) -> None:
        """Listen at another address from now on, and no more at the one before."""
        earlier = self._listener
        self._listen()
        with contextlib.suppress(OSError):
            earlier.shutdown(socket.SHUT_RDWR)
        earlier.close()
        self.has_moved(self.url)

    def close(self) -> None:
        self._listener.close()

    def ask(self, request: bytes) -> bytes:
        """The server's answer. Raises OSError where there is none."""
        with _connected(self.port) as server:
            server.sendall(request)
            head, body = _message(server, bare=request.startswith(b"HEAD "))
        status = head.split(b" ", 2)[1].decode()
        with self._lock:
            self.seen_by_server[f"{request.split(b' ', 1)[0].decode()} {status}"] += 1
            if request.startswith(b"PUT") and status in ("200", "201"):
                self.acknowledged.append(request)
        return head + body

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            while True:
                head, body = _head(client)
                if not head or not self._pass(Exchange(self, client, head, body)):
                    return

    def _pass(self, exchange: Exchange) -> bool:
        if not _listening(self.port):
            with self._lock:
                self.applied["server_away"] += 1
            return False
        with self._lock:
            self.requests += 1
            fault = self.choose(self.requests, exchange.method.decode(), exchange.path)
            if fault:
                self.applied[fault.kind] += 1
        if fault is None:
            exchange.say(exchange.ask())
            return True
        exchange.draw = fault.draw
        return KINDS[fault.kind].act(exchange)


@dataclass
class Exchange:
    """One request on its way. Its methods raise OSError where one of the two sides is gone."""

    proxy: Proxy
    client: socket.socket
    head: bytes
    body: bytes
    draw: random.Random = PLAIN.draw

    @property
    def method(self) -> bytes:
        return self.head.split(b" ", 1)[0]

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def whole_request(self) -> bytes:
        """Read what is still to come of it."""
        self.body += _exactly(self.client, _length(self.head) - len(self.body))
        return self.head + self.body

    def ask(self) -> bytes:
        """Give it to the server; its answer."""
        return self.proxy.ask(self.whole_request())

    def read_half(self, *, pause: float) -> None:
        """Read half of what is still to come of the body, slowly."""
        left = (_length(self.head) - len(self.body)) // 2
        while left > 0:
            piece = self.client.recv(min(4096, left))
            if not piece:
                return
            left -= len(piece)
            time.sleep(pause)

    def send_part(self) -> None:
        """Give the server its beginning, and no more."""
        request = self.whole_request()
        with _connected(self.proxy.port) as server:
            server.sendall(request[: self.draw.randrange(1, len(request))])

    def say(self, answer: bytes) -> None:
        self.client.sendall(answer)

    def say_part(self, answer: bytes) -> None:
        self.say(answer[: self.draw.randrange(1, len(answer))])

    def say_on(self, piece: bytes, *, pause: float, most: int = 1 << 62) -> None:
        """Say the same again and again until the client hangs up."""
        ends = time.monotonic() + 40 * self.proxy.patience
        said = 0
        try:
            while said < most and time.monotonic() < ends:
                self.say(piece)
                said += len(piece)
                time.sleep(pause)
        except OSError:
            self.proxy.hang_up.set()
            raise

    def wait_for_hang_up(self) -> None:
        self.client.settimeout(40 * self.proxy.patience)
        with contextlib.suppress(ConnectionError):
            self.client.recv(1)
        self.proxy.hang_up.set()

    def reset(self) -> None:
        """End the connection with RST."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def _listening(port: int) -> bool:
    """Whether there is a server, told without a connection that it would have to handle."""
    try:
        _connected(port).close()
    except OSError:
        return False
    return True


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head of one message with its empty line, and what has come after it; empty at the end of the stream."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b"", b""
        data += piece
    head, end, body = data.partition(b"\r\n\r\n")
    return head + end, body


def _field(head: bytes, name: bytes) -> bytes | None:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.split(b":", 1)[1].strip()
    return None


def _length(head: bytes) -> int:
    return int(_field(head, b"content-length") or 0)


def _message(connection: socket.socket, *, bare: bool) -> tuple[bytes, bytes]:
    """Head and body of one answer, a `bare` one (to HEAD) without body. Raises OSError where it is not whole."""
    head, body = _head(connection)
    if not head:
        raise ConnectionResetError("the server gave no answer")
    status = head.split(b" ", 2)[1]
    if bare or status in (b"204", b"304"):
        return head, b""
    if _field(head, b"content-length") is not None:
        return head, body + _exactly(connection, _length(head) - len(body))
    chunked = _field(head, b"transfer-encoding") is not None
    while not (chunked and body.endswith(b"0\r\n\r\n")):
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head, body


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = connection.recv(min(65536, length - len(data)))
        if not piece:
            raise ConnectionResetError("the message was cut")
        data += piece
    return bytes(data)
