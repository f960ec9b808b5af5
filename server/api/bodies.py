"""Reads a body within its limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from api.errors import ApiError, error_response

# Enough for the bodies of /auth/...: a name, a password, a token.
MAX_FORM_BYTES = 16 * 1024


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the body of at most `limit` bytes. Raises ApiError 413 as soon as it is known to be larger."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not str(announced).isdecimal():
        raise ApiError(400, "bad_request", "Content-Length is not a number.")
    body = request.read(limit + 1) if int(announced) <= limit else b""
    if int(announced) > limit or len(body) > limit:
        raise ApiError(413, "too_large", f"The body is over {limit} bytes.")
    return body


def small_body(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse bodies over `MAX_FORM_BYTES` before they are parsed; the web server has set their length."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FORM_BYTES:
            return error_response(413, "too_large", f"The body is over {MAX_FORM_BYTES} bytes.")
        return view(request, *args, **kwargs)

    return limited
