"""Leads from the code on a pack to what is known of the product: a GS1-Conformant Resolver (standard 1.2).

`/01/<GTIN>` is what a phone's own camera opens. Who asks for nothing is led to the product's page in the register.
Others ask for a kind of link, or for all of them as a linkset (RFC 9264). docs/resolver.md has what holds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods

from issuing.statements import public_url
from linking.kinds import DEFAULT, KINDS, PAGE, VOCABULARY, term_of
from linking.links import CONTEXT, Link, fitting, links_of, linkset
from linking.qualifiers import NotQualifiers, qualifiers_of
from pages.language import in_readers_language
from pages.product_page import malformed_words, missing, unknown_words
from pages.showing import show
from register.description import DEFAULT_NAME, Register
from register.folding import fold
from register.gtin import to_gtin14
from register.models import Product

LINKSET = "application/linkset+json"
_KIND, _CONTEXT = "linkType", "context"
_METHODS = ("GET", "HEAD", "OPTIONS")

View = Callable[..., HttpResponse]


def open_to_all(view: View) -> Callable[..., HttpResponseBase]:
    """Let scripts of any other site ask (CORS): what a resolver tells is public."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, *args, **kwargs)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Access-Control-Allow-Methods"] = answer.headers["Allow"] = ", ".join(_METHODS)
        answer.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
        answer.headers["Access-Control-Expose-Headers"] = "Link, Location"
        return answer

    return require_http_methods(_METHODS)(opened)


@open_to_all
@in_readers_language
def resolve(request: HttpRequest, gtin: str, qualifiers: str = "") -> HttpResponse:  # noqa: ARG001 - read as it was sent
    """307 to the link that fits, 300 where several fit equally, 200 with the linkset, 400 and 404 with a reason."""
    number = to_gtin14(fold(gtin))  # addresses are copied with characters that nobody sees
    if number is None:
        return missing(request, malformed_words(), gtin, status=400)
    product = Product.objects.select_related("producer").prefetch_related("links").filter(gtin=number).first()
    if product is None:
        return missing(request, unknown_words(), number)
    base = public_url(request)
    page = base + reverse("public-page", args=[number])
    try:
        qualifiers_of(_behind_the_gtin(request))
    except NotQualifiers as error:
        reason = _("Địa chỉ này không đúng dạng của GS1 Digital Link ở chỗ “{part}”.").format(part=error.part[:40])
        return missing(request, reason, number, status=400, product=page)
    links = links_of(product, page, base + reverse("producer-page", args=[product.producer_id]))
    answer = _answer(request, product, links, anchor := f"{base}/01/{number}")
    all_links = f'<{anchor}?{_KIND}=linkset>; rel="linkset"; type="{LINKSET}"'
    answer.headers["Link"] = ", ".join(filter(None, [answer.headers.get("Link"), all_links]))
    patch_vary_headers(answer, ("Accept", "Accept-Language"))
    return answer


@open_to_all
def description(request: HttpRequest) -> JsonResponse:
    """The resolver description file at /.well-known/gs1resolver: what this resolver resolves and which links it has."""
    register = Register.objects.first()
    name = register.name if register else DEFAULT_NAME
    return JsonResponse(
        {
            "name": name,
            "resolverRoot": public_url(request),
            "supportedPrimaryKeys": ["01"],
            "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
            "linkTypeDefaultCanBeLinkset": False,
            "supportsLanguageVariants": True,
            "contact": {"fn": name},
            "activeLinkTypes": {
                "vi": {
                    f"gs1:{kind}": {"title": title, "url": f"{VOCABULARY}{kind}"}
                    for kind, title in {PAGE: "Trang sản phẩm", **KINDS}.items()
                }
            },
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _answer(request: HttpRequest, product: Product, links: list[Link], anchor: str) -> HttpResponse:
    asked = request.GET.get(_KIND, "")
    # Who takes anything, as a browser does, is led on: the linkset is for who takes it rather than a page.
    if asked in {"linkset", "all"} or request.get_preferred_type(["text/html", LINKSET]) == LINKSET:
        document = linkset(product, anchor, links)
        answer: HttpResponse = JsonResponse(document, content_type=LINKSET, json_dumps_params={"ensure_ascii": False})
        answer.headers["Link"] = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        return answer
    term = term_of(asked) if asked else DEFAULT
    if term == DEFAULT:
        return _redirect(request, links[0])
    accepted = dict(parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:500]))
    found = fitting([link for link in links if link.kind == term], accepted, request.accepts)
    if not found:
        reason = _("Sản phẩm này không có liên kết loại “{kind}” trong sổ đăng ký.").format(kind=asked[:60])
        return missing(request, reason, product.gtin, product=links[0].href)
    if len(found) == 1:
        return _redirect(request, found[0])
    choices = [(link.title, _passing_on(request, link.href), ", ".join(link.languages)) for link in found]
    return show(request, "pages/choices.html", {"product": product, "choices": choices}, status=300)


def _redirect(request: HttpRequest, link: Link) -> HttpResponse:
    return HttpResponseRedirect(_passing_on(request, link.href), preserve_request=True)


def _passing_on(request: HttpRequest, href: str) -> str:
    """The address with what the request's query says beside what the resolver reads of it."""
    said = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    passed = urlencode([(name, value) for name, value in said if name not in {_KIND, _CONTEXT}])
    parts = urlsplit(href)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, passed]))))


def _behind_the_gtin(request: HttpRequest) -> str:
    """The rest of the path as it was sent: a lot may have an encoded slash, which the path has no longer."""
    sent = urlsplit(str(request.META.get("REQUEST_URI") or quote(request.path_info))).path
    return sent.partition("/01/")[2].partition("/")[2]
