"""Answers in the reader's language: the one they chose on the page, or what their browser prefers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
"""The languages of the pages, by their own names; the first is that of who says nothing."""
CHOICE = "lang"
"""The parameter of an address by which a language is chosen."""

View = Callable[..., HttpResponse]


def in_readers_language(view: View) -> View:
    """Let a view, and the template that it renders, speak the reader's language."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return speaking


def language_of(request: HttpRequest) -> str:
    """The language that was chosen, or the first of ours in Accept-Language (RFC 9110, 12.5.4), or Vietnamese."""
    chosen = request.GET.get(CHOICE)
    if chosen in LANGUAGES:
        return str(chosen)
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:500])
    ours = (tag.partition("-")[0] for tag, quality in accepted if quality > 0)
    return next((tag for tag in ours if tag in LANGUAGES), next(iter(LANGUAGES)))


def switches(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The other languages: tag, own name, and this page's address in each."""
    here = language_of(request)
    others = [(tag, name) for tag, name in LANGUAGES.items() if tag != here]
    return [(tag, name, f"?{_with(request.GET, tag).urlencode()}") for tag, name in others]


def kept(request: HttpRequest) -> str:
    """What stands behind addresses of other pages, so that a language that was chosen stays chosen."""
    chosen = request.GET.get(CHOICE)
    return f"?{CHOICE}={chosen}" if chosen in LANGUAGES else ""


def _with(query: QueryDict, tag: str) -> QueryDict:
    changed = query.copy()
    changed[CHOICE] = tag
    return changed
