"""Tells where a request comes from, and believes what a proxy says of it only where it comes from one."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def client_address(request: HttpRequest) -> str:
    """Return the sender's address: the one that the outermost trusted proxy saw or, without proxies, the peer's.

    Anybody can send X-Forwarded-For. So it is read only where it comes from one of OCOP_PROXY_ADDRESSES, and only its
    last `OCOP_PROXIES` entries are believed. A request with fewer entries bypassed a proxy: its peer's address is
    returned. Of an IPv6 address the first one of its /64 is returned, since a sender usually has the whole /64.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES if is_proxy(peer) else 0
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return (_network(forwarded[-proxies]) if 0 < proxies <= len(forwarded) else "") or _network(peer) or peer


def is_proxy(peer: str) -> bool:
    """Whether the peer of a connection is one of the proxies that stand before this server."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in settings.PROXY_ADDRESSES)


class HeadersOfProxies:
    """Middleware that drops X-Forwarded-Proto where the peer is none of OCOP_PROXY_ADDRESSES.

    Django would otherwise take anybody's word that a request came by HTTPS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, without what it has no right to say."""
        if not is_proxy(str(request.META.get("REMOTE_ADDR", ""))):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)


def _network(text: str) -> str:
    """The address by which a sender is counted; empty where `text` is no address. Some proxies add a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((address.packed, 64), strict=False).network_address)
