"""Tells where a web address leads, and what about it calls for care."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from services.codes import CodeError
from services.links.addresses import Address, clean, clean_address, hides_in_host, is_ip, read_address
from services.links.domains import is_foreign, is_local, readable, registrable_domain
from services.links.lookalikes import KnownDomains, is_shared, is_shortener, known_domains

__all__ = ["Link", "LinkWarning", "clean_address", "hides_in_host", "is_shared", "known_as_own", "lies_on", "read_link"]


class LinkWarning(StrEnum):
    """What calls for care in an address, gravest first (docs/links.md)."""

    LOOKALIKE = "lookalike"
    CREDENTIALS = "credentials"
    IP_ADDRESS = "ip_address"
    IDN = "idn"
    SHORTENER = "shortener"
    LOCAL_NAME = "local_name"
    NOT_HTTPS = "not_https"
    PORT = "port"
    UNKNOWN_DOMAIN = "unknown_domain"


@dataclass(frozen=True)
class Link:
    """A web address, as a person should see it before anything opens.

    `url` is the address as it is in the code; `clean` is what is looked up and what would be opened (`clean_address`).
    `host` and `domain`, the registrable domain, are as people read them, in lower case; `domain` is the host itself
    where there is no registrable domain (an IP address, a local name). `warnings` are gravest first; `resembles` is the
    known domain that a LOOKALIKE could be taken for.
    """

    url: str
    clean: str
    host: str
    domain: str
    warnings: tuple[LinkWarning, ...]
    resembles: str | None = None


def read_link(url: str, known: Collection[str]) -> Link:
    """Read a web address as browsers do. Raises CodeError with Fault.BAD_LINK.

    `known` are the hosts that belong to the register and its products. Hosts below one of them are known too, unless it
    is a public suffix, an IP address, or a site on which anybody may have an address.

    >>> link = read_link("https://check.net.vn.tra.example/1?utm_source=zalo", {"check.net.vn"})
    >>> link.domain, link.clean, link.resembles
    ('tra.example', 'https://check.net.vn.tra.example/1', 'check.net.vn')
    >>> [warning.value for warning in link.warnings]
    ['lookalike', 'unknown_domain']
    """
    address = read_address(url)
    names = known_domains(frozenset(known))
    resembled = names.resembled(address.host, address.user_info)
    host = address.host
    return Link(
        url=url,
        clean=clean(address),
        host=readable(host),
        domain=readable(host if is_ip(host) else registrable_domain(host) or host),
        warnings=tuple(_warnings(address, names, resembled)),
        resembles=None if resembled is None else readable(resembled),
    )


def lies_on(url: str, sites: Iterable[str]) -> bool:
    """Whether an address is under the registrable domain of one of these sites, each given by an address on it.

    Of a site on which anybody may have an address only the very page counts; a bare IP address is nobody's. What is no
    web address lies on none.

    >>> lies_on("https://tra.hoanui.vn/1", ["https://www.hoanui.vn"])
    True
    >>> lies_on("https://facebook.com/someone", ["https://facebook.com/hoanui"])
    False
    """
    try:
        address = read_address(url)
        return any(_same_site(address, read_address(site)) for site in sites)
    except CodeError:
        return False


def _same_site(address: Address, site: Address) -> bool:
    if is_ip(site.host):
        return False
    if is_shared(site.host):
        return clean(address) == clean(site)
    own = registrable_domain(site.host)
    return address.host == site.host or (own is not None and registrable_domain(address.host) == own)


def known_as_own(link: Link) -> Link:
    """The link without the warnings that hold only where its host is not known."""
    unknown = (LinkWarning.LOOKALIKE, LinkWarning.IDN, LinkWarning.UNKNOWN_DOMAIN)
    return replace(link, warnings=tuple(w for w in link.warnings if w not in unknown), resembles=None)


def _warnings(address: Address, known: KnownDomains, resembled: str | None) -> list[LinkWarning]:
    host = address.host
    given = {
        LinkWarning.LOOKALIKE: resembled is not None,
        LinkWarning.CREDENTIALS: bool(address.user_info) or address.misleads,
        LinkWarning.IP_ADDRESS: is_ip(host),
        LinkWarning.IDN: is_foreign(host) and host not in known,
        LinkWarning.SHORTENER: is_shortener(host),
        LinkWarning.LOCAL_NAME: is_local(host),
        LinkWarning.NOT_HTTPS: address.scheme != "https",
        LinkWarning.PORT: address.port is not None,
        LinkWarning.UNKNOWN_DOMAIN: host not in known,
    }
    return [warning for warning in LinkWarning if given[warning]]
