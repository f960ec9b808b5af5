"""GET /health and GET /metrics, for those who run the server.

They are answered before the host name is checked, since load balancers ask by IP address.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from observing import gauges, standby
from observing.metrics import exposition
from records.storage import PhotosUnavailable

logger = logging.getLogger(__name__)

# The photo store is checked at most this often, however often /health is asked for.
PHOTOS_SECONDS = 10.0
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")

_photos_asked = -PHOTOS_SECONDS
_photos_state = "ok"


class Probes:
    """Middleware that answers these two addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer them, and pass on everything else."""
        if request.method in {"GET", "HEAD"}:
            if request.path_info == "/health":
                return health()
            if request.path_info == "/metrics" and may_read_metrics(request):
                return HttpResponse(exposition(gauges.GAUGES), content_type=CONTENT_TYPE_LATEST)
        return self.get_response(request)


def health() -> HttpResponse:
    """200 if notes and photos can be stored now, else 503 with what cannot be stored."""
    states = {"database": _database(), "photos": _photos()}
    well = all(state == "ok" for state in states.values())
    answer = JsonResponse({"status": "ok" if well else "unavailable", **states}, status=200 if well else 503)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def works() -> dict[str, float]:
    """What /health says, as figures."""
    return {"database": float(_database() == "ok"), "photos": float(_photos() == "ok")}


gauges.also_ask(works)
gauges.also_ask(standby.works)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM register_registerclock")
            return "ok" if cursor.fetchone() else "empty"
    except Error:
        logger.warning("database_unavailable", exc_info=True)
        return "unavailable"


def _photos() -> str:
    global _photos_asked, _photos_state
    if time.monotonic() - _photos_asked >= PHOTOS_SECONDS:
        try:
            default_storage.check()  # type: ignore[attr-defined]  # both storages of records.storage have it
            _photos_state = "ok"
        except PhotosUnavailable:
            logger.warning("photos_unavailable", exc_info=True)
            _photos_state = "unavailable"
        _photos_asked = time.monotonic()
    return _photos_state


def may_read_metrics(request: HttpRequest) -> bool:
    """Whether the request bears OCOP_METRICS_TOKEN or, where none is set, comes from this machine itself.

    A request passed on by a proxy on this machine does not come from it.
    """
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
