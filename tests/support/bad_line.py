"""A line that is slow and is cut again and again, in front of the registry server."""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import struct
import threading
import time

_PIECE = 512


class BadLine:
    """Carries `rate` bytes a second in each direction, and closes every connection after each `cut_every` bytes.

    All connections share the line, as the apps of one phone do. What goes down waits in one queue of `queued` bytes,
    as in a modem: what a large download has put there goes before a small answer. `up`, `down`: the bytes carried, the
    heads included; `bodies_up`, `bodies_down`: without them.
    """

    def __init__(self, port: int, *, rate: float, cut_every: int | None = None, queued: int = 16 * 1024) -> None:
        self._port = port
        self._rate = rate
        self._cut_every = cut_every
        self.up = self.down = self.cuts = 0
        self.bodies_up = self.bodies_down = 0
        self._since_cut = 0
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._open: set[socket.socket] = set()
        self._queue: queue.Queue[tuple[socket.socket, bytes]] = queue.Queue(max(1, queued // _PIECE))
        self._listener = _listening()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        for run in (self._accept, self._pump):
            threading.Thread(target=run, daemon=True).start()

    @property
    def carried(self) -> int:
        """Bytes in both directions."""
        return self.up + self.down

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket()
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                server.connect(("127.0.0.1", self._port))
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._open |= {client, server}
                for carry in (self._up, self._down):
                    threading.Thread(target=carry, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        bodies = _Bodies()
        with contextlib.suppress(OSError):
            while piece := client.recv(_PIECE):
                with self._sending:
                    time.sleep(len(piece) / self._rate)
                    self.bodies_up += bodies.of(piece)
                self.up += len(piece)
                self._count(len(piece))
                server.sendall(piece)
        self._end(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        bodies = _Bodies()
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE):
                self._queue.put((client, piece))
                self.bodies_down += bodies.of(piece)
        self._queue.put((client, b""))

    def _pump(self) -> None:
        while True:
            client, piece = self._queue.get()
            if not piece:
                self._end(client)
                continue
            time.sleep(len(piece) / self._rate)  # also for who has hung up: it is on its way
            self.down += len(piece)
            with contextlib.suppress(OSError):
                client.sendall(piece)
            self._count(len(piece))

    def _count(self, count: int) -> None:
        with self._lock:
            self._since_cut += count
            if self._cut_every is None or self._since_cut < self._cut_every:
                return
            self._since_cut = 0
            self.cuts += 1
            every, self._open = self._open, set()
        for connection in every:
            _reset(connection)

    def _end(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


class _Bodies:
    """Tells bodies from heads in what one connection carries in one direction."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def of(self, piece: bytes) -> int:
        """How many bytes of the next piece are of bodies, by Content-Length."""
        count = 0
        while piece:
            if self._left == 0:
                head, end, piece = (self._head + piece).partition(b"\r\n\r\n")
                self._head = b"" if end else head
                length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE) if end else None
                self._left = int(length[1]) if length else 0
            body = min(self._left, len(piece))
            count, self._left, piece = count + body, self._left - body, piece[body:]
        return count


def _listening() -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # otherwise the system takes what is on the line
    listener.bind(("127.0.0.1", 0))
    listener.listen(50)
    return listener


def _reset(connection: socket.socket) -> None:
    """End a connection as a modem does: whoever waits is told, and nothing more comes."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
