"""Refuses requests that no view could read: with NUL in their address or cookies, or a form that is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

_UTF_8 = {"", "utf-8", "utf8"}


class Unreadable:
    """Answers 400 to what would be a fault further on; PostgreSQL's text cannot hold NUL, nor search for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse."""
        said = (
            request.path_info,
            request.META.get("QUERY_STRING", "").replace("%00", "\x00"),
            *request.COOKIES.values(),
        )
        if any("\x00" in text for text in said) or not _is_form(request):
            return HttpResponse("Không đọc được yêu cầu này.", status=400, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def with_a_readable_content_type(application: Callable[..., Any]) -> Callable[..., Any]:
    """Take away a Content-Type that cannot be read: Django reads it before any middleware could refuse it.

    So is one that names another charset than UTF-8, in which Django would read the address too.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if not _is_readable(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = ""
        return application(environ, start_response)

    return answer


def _is_readable(content_type: str) -> bool:
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "")
    except Exception:
        return False  # whatever the standard library's reader of mail makes of it
    return charset.lower() in _UTF_8


def _is_form(request: HttpRequest) -> bool:
    """Whether a form of several parts can be read. The API reads such bodies itself."""
    if request.content_type != "multipart/form-data" or request.path_info.startswith("/api/"):
        return True
    try:
        request.POST  # noqa: B018 - reading it is the question
    except Exception:
        return False
    return True
