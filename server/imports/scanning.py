"""Has files of lists looked at by the operator's virus scanner (ClamAV's clamd, settings.CLAMD), where there is one."""

from __future__ import annotations

from io import BytesIO

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

_SECONDS = 60
_Scanner = ClamdNetworkSocket | ClamdUnixSocket


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
    except (ClamdError, OSError, KeyError) as error:
        raise CannotScan(type(error).__name__) from error
    if state not in {"OK", "FOUND"}:
        raise CannotScan(what or state)
    return (what or state) if state == "FOUND" else ""


def version() -> str:
    """The scanner's version and that of its signatures. Raises CannotScan."""
    scanner = _scanner()
    try:
        return str(scanner.version()).strip()
    except (ClamdError, OSError) as error:
        scanner.clamd_socket.close()  # which the client leaves open where nobody answers
        raise CannotScan(type(error).__name__) from error


def _scanner() -> _Scanner:
    """The scanner at `host:port`, or at the path of a socket."""
    host, colon, port = settings.CLAMD.rpartition(":")
    if colon and port.isdecimal() and not host.startswith("/"):
        return ClamdNetworkSocket(host, int(port), _SECONDS)
    return ClamdUnixSocket(settings.CLAMD, _SECONDS)
