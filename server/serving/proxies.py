"""Believes what a proxy says of a request only where it comes from one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.addresses import is_proxy


class HeadersOfProxies:
    """Middleware that drops X-Forwarded-Proto where the peer is none of OCOP_PROXY_ADDRESSES.

    Django would otherwise take anybody's word that a request came by HTTPS. `accounts.addresses` sees to
    X-Forwarded-For.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, without what it has no right to say."""
        if not is_proxy(str(request.META.get("REMOTE_ADDR", ""))):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)
