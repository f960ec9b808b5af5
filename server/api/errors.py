"""The error body of docs/api.md: `{"error": code, "detail": one English sentence}`."""

from __future__ import annotations

import json
import logging
from typing import Any, Literal, get_args

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from observing.unavailable import What, gone

logger = logging.getLogger(__name__)

Code = Literal[
    "bad_request", "bad_digest", "too_large", "not_signed_in", "wrong_credentials", "not_allowed", "not_found",
    "not_registered", "id_taken", "unknown_schema", "wrong_offset", "cursor_too_old", "unsupported_photo",
    "bad_signature", "unknown_key", "key_refused", "password_change_needed", "password_change_in_office",
    "weak_password", "second_factor_needed", "second_factor_wrong",
    "invitation_unknown", "invitation_used", "invitation_expired", "invitation_revoked",
    "too_many_requests", "unavailable",
]  # fmt: skip
CODES: tuple[str, ...] = get_args(Code)

REFUSALS: dict[Code, tuple[tuple[int, ...], str]] = {
    "bad_request": ((400,), "limit: Input should be less than or equal to 500."),
    "bad_digest": ((400,), "Content-Digest is not the SHA-256 of the body."),
    "unknown_schema": ((400,), "This server does not know form 9 of a note."),
    "bad_signature": ((400,), "The signature is not that of the device's key."),
    "unknown_key": ((400,), "The key that signed was never certified here."),
    "weak_password": ((400,), "The new password is too short, too common or the one before."),
    "not_signed_in": ((401,), "The access token is unknown, expired or revoked."),
    "wrong_credentials": ((401,), "The user name or the password is wrong."),
    "not_allowed": ((403,), "This is for inspectors alone."),
    "password_change_needed": ((403,), "The account has to be given a password of its owner's first."),
    "password_change_in_office": (
        (403,),
        "An account with a second factor changes its password in the back office.",
    ),
    "second_factor_needed": ((403,), "The account has a second factor: send a code of it along."),
    "second_factor_wrong": ((403,), "The code of the second factor is wrong, or was used."),
    "not_found": ((404,), "There is no such record, or it does not name this file."),
    "not_registered": ((404,), "The register holds no product with the GTIN 09529999999993."),
    "invitation_unknown": ((404,), "This server has given no such invitation."),
    "id_taken": ((409,), "This id holds another record."),
    "key_refused": ((409,), "The key was revoked, or is another account's or device's."),
    "wrong_offset": ((409,), "100 bytes of this file are here."),
    "cursor_too_old": ((410,), "This cursor is not known here; start over."),
    "invitation_used": ((410,), "The invitation was used already."),
    "invitation_expired": ((410,), "The invitation has expired."),
    "invitation_revoked": ((410,), "The invitation was revoked, or its account closed."),
    "too_large": ((413,), "The body is over 65536 bytes."),
    "unsupported_photo": ((415,), "The file is no whole JPEG or PNG."),
    "too_many_requests": ((429,), "Too many requests from this address."),
    "unavailable": ((500, 503), "The server cannot reach its database now."),
}
"""With which statuses an operation gives each code, and what the sentence beside it may be."""

# Codes for answers that were not made with one of their own, by status.
CODE_OF_STATUS: dict[int, Code] = {
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    413: "too_large",
    429: "too_many_requests",
}


_DETAILS: dict[What, str] = {
    "database": "The server cannot reach its database now.",
    "photos": "The server cannot keep photos now.",
    "disk": "The server's disk is full.",
    "threads": "The server is held up now.",
}


class Error(Schema):
    """Every 4xx and 5xx body."""

    error: Code
    detail: str


class ApiError(Exception):
    """An answer other than 2xx, given on purpose."""

    def __init__(self, status: int, code: Code, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers or {}


def code_of(status: int) -> Code:
    """The code for a bare status."""
    return "unavailable" if status >= 500 else CODE_OF_STATUS.get(status, "bad_request")


def error_body(code: Code, detail: str) -> bytes:
    """The body's bytes."""
    return json.dumps({"error": code, "detail": detail}).encode()


def error_response(status: int, code: Code, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """The whole answer. Who is to sign in is told how (RFC 9110, 11.6.1)."""
    told = {"WWW-Authenticate": "Bearer", **(headers or {})} if status == 401 else headers
    return HttpResponse(error_body(code, detail), status=status, content_type="application/json", headers=told)


def install(api: NinjaAPI) -> None:
    """Make `api` answer in this form to every exception in an operation."""

    @api.exception_handler(ApiError)
    def on_purpose(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001 - ninja's signature
        return error_response(error.status, error.code, error.detail, error.headers)

    @api.exception_handler(ValidationError)
    def on_shape(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return error_response(400, "bad_request", validation_detail(error.errors))

    @api.exception_handler(HttpError)
    def on_ninja(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return error_response(error.status_code, code_of(error.status_code), f"{error.message.rstrip('.')}.")

    @api.exception_handler(Http404)
    def on_missing(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return error_response(404, "not_found", "There is nothing at this address.")

    @api.exception_handler(RequestDataTooBig)
    def on_big(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return error_response(413, "too_large", "The body is too large.")

    @api.exception_handler(Exception)
    def on_fault(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        """Answer 503 to what will pass by itself, and 500 to what will not."""
        now = gone(error)
        logger.error("%s", f"{now.what}_unavailable" if now else "request_failed", exc_info=error)
        if now is None:
            return error_response(500, "unavailable", "The server failed to answer.")
        return error_response(503, "unavailable", _DETAILS[now.what], {"Retry-After": str(now.retry_after)})


def validation_detail(errors: Any) -> str:
    """Name the first field that does not fit, without its value, which may be personal."""
    first = errors[0]
    field = ".".join(str(step) for step in first["loc"] if step not in {"body", "query", "path", "payload"})
    return f"{field or 'The request'}: {first['msg']}.".replace("..", ".")
