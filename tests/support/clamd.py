"""Speaks as ClamAV's clamd does (clamd(8), INSTREAM and VERSION), and knows one signature: EICAR's test file.

The real one takes an installation: `scripts/drill virus` tries the server with it.
"""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file that every scanner tells as harmful (eicar.org), in two parts, so that none tells this one."""


class _Clamd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.readline() == b"nVERSION\n":
            self.wfile.write(b"ClamAV 1.4.3/27800/Sun Nov 29 08:00:00 2026\n")
            return
        whole = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            whole += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\n" if EICAR in whole else b"stream: OK\n")


class Dying(socketserver.StreamRequestHandler):
    """Ends in the middle of a file."""

    def handle(self) -> None:
        self.rfile.read(64)


class Babbling(socketserver.StreamRequestHandler):
    """Answers with what is no text."""

    def handle(self) -> None:
        self.wfile.write(b"\xff\xfe\n")
        self.rfile.read()


class Endless(socketserver.StreamRequestHandler):
    """Begins an answer that has no end."""

    def handle(self) -> None:
        with suppress(OSError):
            while True:
                self.wfile.write(b"stream: " * 4096)


class Dripping(socketserver.StreamRequestHandler):
    """Goes on answering, a letter at a time."""

    def handle(self) -> None:
        with suppress(OSError):
            for _ in range(200):
                self.wfile.write(b"x")
                time.sleep(0.02)


@contextmanager
def stand_in(folder: Path, how: type[socketserver.StreamRequestHandler] = _Clamd) -> Iterator[str]:
    """Answer at a socket in the folder, whose path is given, until the block ends."""
    path = folder / "clamd.ctl"
    with socketserver.ThreadingUnixStreamServer(str(path), how) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield str(path)
        finally:
            server.shutdown()
            thread.join()
            path.unlink()
