"""Simulates what can happen between app and server: cut connections, slow lines, and somebody else's answers."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Proxy:
    """A TCP proxy in front of the registry server.

    `cut(method, n)`: the next `n` requests with this method reach the server, and their answers are thrown away.
    `gateway` is given each request; what it returns goes to the server, or is the answer where it begins as one.
    """

    def __init__(self, port: int) -> None:
        self.gateway: Callable[[bytes], bytes] = lambda request: request
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._cuts: dict[bytes, int] = {}
        self.requests: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self, start: str, times: int = 1) -> None:
        """Let `times` requests whose first line begins with `start` lose their answers."""
        self._cuts[start.encode()] = times

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            while request := _message(client):
                line = request.partition(b"\r\n")[0]
                self.requests.append(line)
                request = self.gateway(request)
                if request.startswith(b"HTTP/"):
                    client.sendall(request)
                    continue  # hanging up unsaid would race with the client's next request on this connection
                with socket.create_connection(("127.0.0.1", self._target)) as server:
                    server.sendall(request)
                    answer = _message(server, has_body=not request.startswith(b"HEAD "))
                for start, times in self._cuts.items():
                    if line.startswith(start) and times:
                        self._cuts[start] -= 1
                        return
                client.sendall(answer)


class Line:
    """A line in front of the registry server, on which data may be watched or delayed in both directions."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = self._listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> socket.socket:
        return socket.create_server(("127.0.0.1", 0))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for start in (self._up, self._down):
                    threading.Thread(target=start, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        raise NotImplementedError

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        raise NotImplementedError


class SlowLine(Line):
    """A line that carries so many bytes a second up, and is fast down."""

    def __init__(self, port: int, rate: int) -> None:
        self._rate = rate
        super().__init__(port)

    def _listen(self) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)  # otherwise the system buffers what is sent
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        return listener

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), server:
            while piece := client.recv(self._rate // 50):
                server.sendall(piece)
                time.sleep(len(piece) / self._rate)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            while piece := server.recv(65536):
                client.sendall(piece)


def _message(connection: socket.socket, *, has_body: bool = True) -> bytes:
    """One HTTP message with its body, by Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while has_body and len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore errors: some of these tests are about clients that hang up."""


Answer = tuple[int, dict[str, str], bytes]


class Stranger:
    """An HTTP server that answers every request as it is told: a captive portal, a gateway, a broken registry."""

    def __init__(self, answer: Callable[[str, str], Answer]) -> None:
        stranger = self
        self.requests: list[tuple[str, str, dict[str, str]]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stranger.requests.append((self.command, self.path, dict(self.headers)))
                status, headers, body = answer(self.command, self.path)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def captive_portal(method: str, path: str) -> Answer:
    return 200, {"Content-Type": "text/html"}, b"<html><title>Wi-Fi</title>Please sign in</html>"
