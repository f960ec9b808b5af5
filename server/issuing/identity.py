"""Proves which register this is, so that devices know it again at another address (docs/api.md, "Identity")."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

import rfc8785
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from issuing import keys


def proofs(identity: UUID, challenge: str, host: str) -> list[str]:
    """A proof by each key that is here and not revoked: a device that was away long may know only an earlier one."""
    payload = rfc8785.dumps({"id": str(identity), "challenge": challenge, "host": host})
    return [keys.token(payload, key, private) for key, private in keys.held()]


def own_host(request: HttpRequest) -> str | None:
    """The host name that the request was addressed to, where it is one of this server's; None where that is not sure.

    Whoever passes a challenge on from another address gets a proof for this server's name only. A server that answers
    to every name (`*`) would sign for any, so it proves only the name in OCOP_PUBLIC_URL.
    """
    host = split_domain_port(request.get_host())[0].strip("[]")
    if "*" in settings.ALLOWED_HOSTS and host != urlsplit(settings.PUBLIC_URL).hostname:
        return None
    return host
