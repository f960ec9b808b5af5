"""Answers 304 to who has a representation already (RFC 9110, 13)."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response


def not_modified(request: HttpRequest, headers: Mapping[str, str]) -> HttpResponse | None:
    """304 with these headers, where the request names the `ETag` among them; None where it is to be answered in full.

    `If-Match` is for who changes something, so it is passed over.
    """
    answer = get_conditional_response(request, etag=headers["ETag"])
    if not isinstance(answer, HttpResponse) or answer.status_code != 304:
        return None
    for name, value in headers.items():
        answer.headers[name] = value
    return answer
