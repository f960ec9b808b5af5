"""Tells where a request comes from."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the sender's address: the one that the outermost trusted proxy saw or, without proxies, the peer's.

    Anybody can send X-Forwarded-For, so only the last `OCOP_PROXIES` entries are believed. A request with fewer entries
    bypassed a proxy: its peer's address is returned. Of an IPv6 address the first one of its /64 is returned, since a
    sender usually has the whole /64.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    return (_network(forwarded[-proxies]) if 0 < proxies <= len(forwarded) else "") or _network(peer) or peer


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
