"""Tells browsers what a page of this server may load: its own files, and nothing of any other host.

The header is Content-Security-Policy (https://www.w3.org/TR/CSP3/). A view that sets its own keeps it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_WITH_SCRIPT = f"{_PAGE}; script-src 'self'; connect-src 'self'"
_SCRIPTED = (
    "default-src 'none'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# By the beginning of the path, the first that fits.
POLICIES = (
    ("/admin/", _SCRIPTED.format(" 'unsafe-eval'")),  # Unfold's Alpine evaluates attributes of its pages
    ("/api/v1/docs", _SCRIPTED.format("")),
    ("/api/", _NOTHING),
    ("/p/", _PAGE_WITH_SCRIPT),  # shares its address
    ("/producer/", _PAGE_WITH_SCRIPT),
    ("/report/", _PAGE_WITH_SCRIPT),  # asks the API with the secret that only the browser has
    ("/invite/", _PAGE.replace("form-action 'none'", "form-action 'self'")),  # a password is set there
    ("/", _PAGE),
)


class ContentPolicy:
    """Middleware that adds the header to every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy of the address."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_of(request.path_info))
        return response


def policy_of(path: str) -> str:
    """Return the policy of the page at a path.

    >>> policy_of("/01/09520000000011").partition(";")[0]
    "default-src 'none'"
    """
    return next((policy for beginning, policy in POLICIES if path.startswith(beginning)), _NOTHING)
