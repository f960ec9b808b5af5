"""One form for all that people type into the back office."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from register.folding import normal

_AS_TYPED = "password"
"""Part of the names of fields that are kept as they are typed."""


class NormalTexts:
    """Middleware: gives what is searched for, chosen and entered in the back office in one form (`normal`).

    So the same name is the same text, lengths count the letters that are seen, and no NUL reaches the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.path_info.startswith("/admin/"):
            request.GET = _normal(request.GET)  # type: ignore[assignment] # immutable in the stubs
            if request.method == "POST":
                request.POST = _normal(request.POST)  # type: ignore[assignment]
        return self._get_response(request)


def whole_number(text: str) -> int | None:
    """The number that a form or an address says in at most nine digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _normal(typed: QueryDict) -> QueryDict:
    """The same fields with their texts in one form."""
    texts = typed.copy()
    for name, values in typed.lists():
        if _AS_TYPED not in name:
            texts.setlist(name, [normal(value) for value in values])
    texts._mutable = False
    return texts
