"""Has files of lists looked at by the operator's virus scanner (ClamAV's clamd, settings.CLAMD), where there is one."""

from __future__ import annotations

import socket
import time
from io import BytesIO

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket, ResponseError
from django.conf import settings

_SECONDS = 60
"""How long the scanner may take for one step, and for its answer; an answer is one short line."""
_LONGEST_ANSWER = 4096
_TROUBLE = (ClamdError, OSError, ValueError, OverflowError)  # an answer that is no text, a port that there is not


class CannotScan(Exception):
    """The scanner does not answer, or has not looked at the whole file."""


def found_in(data: bytes) -> str:
    """What is known of a file as harmful, by the scanner's name for it; "" where nothing is, or nothing scans.

    Raises CannotScan.
    """
    if not settings.CLAMD:
        return ""
    try:
        state, what = _scanner().instream(BytesIO(data))["stream"]
    except (*_TROUBLE, KeyError) as error:
        raise CannotScan(type(error).__name__) from error
    if state not in {"OK", "FOUND"}:
        raise CannotScan(what or state)
    return (what or state) if state == "FOUND" else ""


def version() -> str:
    """The scanner's version and that of its signatures. Raises CannotScan."""
    scanner = _scanner()
    try:
        return str(scanner.version()).strip()
    except _TROUBLE as error:
        scanner.clamd_socket.close()  # which the client leaves open where nobody answers
        raise CannotScan(type(error).__name__) from error


class _OneLine:
    """Reads an answer within its time and size. The library waits without an end for the end of a line."""

    clamd_socket: socket.socket

    def _recv_response(self) -> str:
        end, answer = time.monotonic() + _SECONDS, b""
        while not answer.endswith(b"\n"):
            self.clamd_socket.settimeout(max(end - time.monotonic(), 0.001))
            more = self.clamd_socket.recv(_LONGEST_ANSWER)
            answer += more
            if not more or len(answer) > _LONGEST_ANSWER:
                raise ResponseError("no whole answer")
        return answer.decode().strip()


class _AtPort(_OneLine, ClamdNetworkSocket):
    pass


class _AtPath(_OneLine, ClamdUnixSocket):
    def _init_socket(self) -> None:
        """Connect, and wait no longer than for anything else, which the library does where many wait already."""
        self.clamd_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.clamd_socket.settimeout(self.timeout)
        self.clamd_socket.connect(self.unix_socket)


def _scanner() -> _AtPort | _AtPath:
    """The scanner at `host:port`, or at the path of a socket."""
    host, colon, port = settings.CLAMD.rpartition(":")
    if colon and port.isdecimal() and not host.startswith("/"):
        return _AtPort(host, int(port), _SECONDS)
    return _AtPath(settings.CLAMD, _SECONDS)
