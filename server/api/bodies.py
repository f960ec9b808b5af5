"""Reading a raw body within its limit."""

from django.http import HttpRequest

from api.errors import ApiError


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the body, up to `limit` bytes. Raises ApiError 413 as soon as it is known to be larger."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not str(announced).isdigit():
        raise ApiError(400, "bad_request", "Content-Length is not a number.")
    body = request.read(limit + 1) if int(announced) <= limit else b""
    if int(announced) > limit or len(body) > limit:
        raise ApiError(413, "too_large", f"The body is over {limit} bytes.")
    return body
