"""Gives every request an id, a line in the log, and a count in the metrics."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from observing import metrics
from observing.logs import request_id

logger = logging.getLogger(__name__)

PROBES = frozenset({"/health", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def with_fields(request: HttpRequest, **fields: object) -> None:
    """Let the log line of a request tell these as well: numbers and words, never what opens or names somebody."""
    request.log_fields = {**getattr(request, "log_fields", {}), **fields}  # type: ignore[attr-defined]


class Observation:
    """Middleware that sees each answer as it is sent. The request's id is in the answer's `X-Request-Id`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, count, and write the log line."""
        identity = uuid.uuid4().hex
        token = request_id.set(identity)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = identity
            if request.path_info not in PROBES or response.status_code >= 500:
                self._tell(request, response, time.perf_counter() - began)
            return response
        finally:
            request_id.reset(token)

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        route = _route(request)
        method = request.method if request.method in _METHODS else "other"
        code = _code(response)
        metrics.REQUESTS.labels(route, method, str(response.status_code)).inc()
        metrics.SECONDS.labels(route, method).observe(seconds)
        if code:
            metrics.REFUSED.labels(code).inc()
        fields = {
            "method": method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "bytes_in": int(request.META.get("CONTENT_LENGTH") or 0),
            "bytes_out": 0 if request.method == "HEAD" else None if response.streaming else len(response.content),
            **getattr(request, "log_fields", {}),
        }
        level = logging.ERROR if response.status_code >= 500 else logging.INFO
        logger.log(level, "request", extra={"fields": fields | ({"code": code} if code else {})})


def _route(request: HttpRequest) -> str:
    """The pattern of the address, without what was asked for."""
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    return request.path_info if request.path_info in PROBES else "static" if _is_static(request) else "unknown"


def _is_static(request: HttpRequest) -> bool:
    return request.path_info.startswith("/static/")


def _code(response: HttpResponse) -> str | None:
    if response.status_code < 400 or response.streaming:
        return None
    if not response.headers.get("Content-Type", "").startswith("application/json"):
        return None
    return str(json.loads(response.content).get("error", "")) or None
