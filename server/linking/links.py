"""The links of a product, which of them answers a request, and all of them as a linkset (RFC 9264)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from linking.kinds import CERTIFICATES, DEFAULT, PAGE, PRODUCER, VOCABULARY
from register.models import Product

CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"
"""What turns a linkset into JSON-LD (GS1-Conformant Resolver 1.2)."""
_ANY_LANGUAGE = 0.5
"""How well a link that names no language fits: less than one in a language that is asked for first."""


@dataclass(frozen=True)
class Link:
    """One link: `kind` is a term of GS1's vocabulary, `languages` and `media` are empty where nobody knows them."""

    kind: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media: str = ""

    def document(self) -> dict[str, Any]:
        """The link as a target object of a linkset (RFC 9264, 4.2.3)."""
        told: dict[str, Any] = {"href": self.href, "title": self.title}
        if self.media:
            told["type"] = self.media
        if self.languages:
            told["hreflang"] = list(self.languages)
        return told


def links_of(product: Product, page: str, producer: str) -> list[Link]:
    """The links of a product: its page and its producer's in the register, and those that the office has added.

    `page` and `producer` are the addresses of the two. The first link is the default.
    """
    both, web = ("vi", "en"), "text/html"
    title = f"{product.name}: trang trong sổ đăng ký OCOP"
    own = [
        Link(PAGE, page, title, both, web),
        Link(CERTIFICATES, f"{page}#certificates", f"{product.name}: chứng nhận OCOP", both, web),
        Link(PRODUCER, producer, product.producer.name, both, web),
    ]
    added = [
        Link(link.kind, link.href, link.title, (link.language,) if link.language else (), link.media)
        for link in product.links.all()
    ]
    return [*own, *added]


def fitting(links: Sequence[Link], languages: dict[str, float], takes: Callable[[str], bool]) -> list[Link]:
    """Those of the links that fit a reader best: one, or several that fit equally.

    `languages` are what the reader asks for and how much, in small letters; `takes` says whether a media type is taken.
    A link that is not in what was asked for is better than none.
    """
    if not links:
        return []

    def fits(link: Link) -> tuple[bool, float]:
        asked = max((_wanted(tag, languages) for tag in link.languages), default=_ANY_LANGUAGE)
        return (not link.media or takes(link.media), asked if languages else 1.0)

    best = max(map(fits, links))
    return [link for link in links if fits(link) == best]


def linkset(product: Product, anchor: str, links: Sequence[Link]) -> dict[str, Any]:
    """All links of a product by their kinds; the first is the default and has a title alone (GS1 resolver 1.2)."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for link in links:
        kinds.setdefault(f"{VOCABULARY}{link.kind}", []).append(link.document())
    default = [{"href": links[0].href, "title": links[0].title}]
    of_product = {"anchor": anchor, "itemDescription": product.name, f"{VOCABULARY}{DEFAULT}": default}
    return {"linkset": [{**of_product, **kinds}]}


def _wanted(tag: str, languages: dict[str, float]) -> float:
    whole = tag.lower()
    return max(languages.get(whole, 0.0), languages.get(whole.partition("-")[0], 0.0), languages.get("*", 0.0) / 2)
