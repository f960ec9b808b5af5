"""Where a request comes from."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the sender's address: what the outermost trusted proxy saw, or the peer itself without proxies.

    X-Forwarded-For is believed only as far as `OCOP_PROXIES` says, since anybody can send one; a request with fewer
    entries came past a proxy, and its peer counts. Of an IPv6 address the network's first address is returned: whoever
    has one has the whole /64.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    return (_network(forwarded[-proxies]) if 0 < proxies <= len(forwarded) else "") or _network(peer) or peer


def _network(text: str) -> str:
    """The address by which a sender is counted, empty where `text` is none; some proxies add a port."""
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
