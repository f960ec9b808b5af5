"""The page of a producer: its story, how to reach it, where to buy, and its products."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from issuing.statements import public_url
from pages.certificate_words import worth_on
from pages.language import in_readers_language
from pages.showing import picture_address, show
from register import days
from register.models import Producer, Product

MOST_PRODUCTS = 200
_LARGEST_ID = 2**63 - 1


@require_safe
@in_readers_language
def producer_page(request: HttpRequest, producer: int) -> HttpResponse:
    """Show the producer with the id that PRODUCT tells. Raises Http404."""
    found = Producer.objects.filter(pk=producer).first() if producer <= _LARGEST_ID else None
    if found is None:
        raise Http404
    today = days.today()
    products = found.products.prefetch_related("certificates", "pictures").order_by("name")[:MOST_PRODUCTS]
    context = {
        "producer": found,
        "story": _story(found),
        "shops": found.shops.all(),
        "count": found.products.count(),
        "most": MOST_PRODUCTS,
        "products": [(one, worth_on(one.certificates.all(), today), _tile(one)) for one in products],
        "address": public_url(request) + request.path,
    }
    return show(request, "pages/producer.html", context)


def _story(producer: Producer) -> tuple[str, str]:
    """The story in the page's language or, where there is none, in the other; and the language that it is in."""
    told = {"vi": producer.story, "en": producer.story_en}
    language = get_language() or "vi"
    return next(((text, tag) for tag in (language, *told) if (text := told.get(tag, ""))), ("", language))


def _tile(product: Product) -> str:
    picture = next(iter(product.pictures.all()), None)
    return picture_address(picture, 640) if picture else ""
