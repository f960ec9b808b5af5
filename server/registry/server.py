"""Waitress, with its own errors in the API's form."""

from __future__ import annotations

import json
from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import Error

_CODES = {413: "too_large", 500: "unavailable", 503: "unavailable"}


class JsonError(Error):  # type: ignore[misc]  # waitress has no types
    """An error that is answered before the application sees the request."""

    def __init__(self, cause: Error) -> None:
        super().__init__(cause.body)
        self.code, self.reason = cause.code, cause.reason

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:  # noqa: ARG002
        """Status, headers and body."""
        body = json.dumps({"error": _CODES.get(self.code, "bad_request"), "detail": f"{self.reason}."}).encode()
        return f"{self.code} {self.reason}", [("Content-Type", "application/json")], body


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Waitress's parser, which refuses bodies over the limit as soon as it has read the headers."""

    error: Error | None

    def received(self, data: bytes) -> int:
        """Take the next bytes of a request."""
        taken: int = super().received(data)
        if self.error is not None and not isinstance(self.error, JsonError):
            self.error = JsonError(self.error)
        return taken


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that uses it."""

    parser_class = Parser


def create_server(application: Any, host: str, port: int, threads: int, max_body: int) -> Any:
    """Bind; `run()` serves. Raises OSError where the port is taken."""
    BaseWSGIServer.channel_class = Channel
    return waitress.create_server(
        application, host=host, port=port, threads=threads, max_request_body_size=max_body, ident="ocop-registry"
    )


def port_of(server: Any) -> int:
    """The port it listens on, which the system chose where 0 was asked for."""
    listening = getattr(server, "effective_listen", None)  # a name with several addresses has a list of them
    return int(listening[0][1] if listening else server.effective_port)
