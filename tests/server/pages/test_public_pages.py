"""The pages for everybody: a product, a producer, a report; in Vietnamese and in English."""

from __future__ import annotations

import ast
import re
import uuid
from datetime import date, timedelta
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.db.models import Count
from django.test import Client

import pages
from pages import producer_page
from pages.certificate_words import worth_on
from pages.language import language_of
from register import days
from register.models import Certificate, Group, Locality, Picture, Producer, Product, Shop
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
ROOM = Path(pages.__file__).parent
TODAY = date(2026, 11, 23)


def of(status: str, register: SampleRegister) -> Product:
    made = next(product for product in register.products if product.status == status)
    return Product.objects.get(gtin=made.gtin)


def text(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_a_products_page_tells_and_shares_what_the_register_says(client: Client, register: SampleRegister) -> None:
    product = of("valid", register)
    page = text(client, f"/p/{product.gtin}")
    for words in (product.name, product.producer.name, product.gtin, "Chứng nhận còn hiệu lực", "Đến hết ngày"):
        assert words in page
    picture = product.pictures.first()
    assert picture
    assert f'<meta property="og:image" content="http://testserver/api/v1/pictures/{picture.sha256}/640">' in page
    assert f'<link rel="canonical" href="http://testserver/p/{product.gtin}">' in page
    assert f'<meta property="og:title" content="{product.name} · ' in page
    assert f'href="/producer/{product.producer_id}"' in page
    assert "share.js" in page
    # with the statement of one pack it is the same page, which leads to the one that is shared
    scanned = text(client, f"/p/{product.gtin}?statement=a.b.c")
    assert "share.js" not in scanned
    assert f'<link rel="canonical" href="http://testserver/p/{product.gtin}">' in scanned
    assert f'class="button main" href="/p/{product.gtin}"' in scanned


@pytest.mark.parametrize(
    ("dates", "tone", "words", "standing"),
    [
        ({}, "fine", "4 sao", True),
        ({"valid_to": TODAY}, "attention", "4 sao", True),
        ({"withdrawn_on": TODAY + timedelta(days=1)}, "attention", "4 sao", True),
        ({"valid_to": TODAY - timedelta(days=1)}, "stop", "Từng đạt 4 sao", False),
        ({"withdrawn_on": TODAY}, "stop", "Từng đạt 4 sao", False),
    ],
)
def test_stars_fall_with_the_certificate(dates: dict[str, date], tone: str, words: str, standing: bool) -> None:
    days_of = {"valid_from": date(2025, 1, 1), "valid_to": date(2027, 12, 31), **dates}
    worth = worth_on([Certificate(number="QN-1", stars=4, **days_of)], TODAY)
    assert (worth.tone, worth.stars_in_words, worth.standing) == (tone, words, standing)


def test_the_certificate_in_force_counts_whatever_else_there_was() -> None:
    lapsed = Certificate(number="1", stars=3, valid_from=date(2022, 1, 1), valid_to=date(2024, 12, 31))
    stands = Certificate(number="2", stars=4, valid_from=date(2025, 1, 1), valid_to=date(2027, 12, 31))
    comes = Certificate(number="3", stars=5, valid_from=date(2027, 1, 1), valid_to=date(2029, 12, 31))
    worth = worth_on([comes, stands, lapsed], TODAY)
    assert (worth.tone, worth.stars) == ("fine", 4)
    not_yet = worth_on([comes], TODAY)
    assert (not_yet.tone, not_yet.stars) == ("attention", 0)
    assert (worth_on([], TODAY).tone, worth_on([], TODAY).stars) == ("unknown", 0)


def test_a_withdrawn_certificate_has_hollow_stars_and_its_reason_in_the_readers_language(
    client: Client, register: SampleRegister
) -> None:
    product = of("withdrawn", register)
    certificate = product.certificates.get()
    certificate.withdrawn_reason, certificate.withdrawn_reason_en = "Cơ sở ngừng sản xuất", "Production has stopped"
    certificate.save()
    page = text(client, f"/p/{product.gtin}")
    assert f"Từng đạt {certificate.stars} sao" in page
    assert page.count('<use href="#star-hollow"/>') == certificate.stars
    assert '<use href="#star"/>' not in page
    assert "Lý do: Cơ sở ngừng sản xuất" in page
    english = text(client, f"/p/{product.gtin}", **{"Accept-Language": "en-GB,en;q=0.9,vi;q=0.5"})
    assert '<html lang="en">' in english
    assert "Certificate withdrawn" in english
    assert "Reason: Production has stopped" in english
    assert "Cơ sở ngừng" not in english


def test_what_is_not_in_the_register_is_no_fault(client: Client, register: SampleRegister) -> None:
    page = text(client, "/p/09529999999993?lang=en", 404)
    assert "Not in the register. Most goods are not OCOP products." in page
    assert 'class="band unknown"' in page
    assert "Phần lớn hàng hóa không phải sản phẩm OCOP" in text(client, "/p/9529999999993", 404)


def test_a_producers_page_shows_its_story_its_shops_and_its_products(client: Client, register: SampleRegister) -> None:
    producer = Producer.objects.filter(products__isnull=False).first()
    assert producer
    producer.story, producer.story_en, producer.site = "Chúng tôi <em>trồng</em> chè.", "", "https://htx.example"
    producer.save()
    Shop.objects.create(producer=producer, name="Chợ Hạ Long I", url="https://cho.example", address="Hạ Long")
    page = text(client, f"/producer/{producer.pk}?lang=en")
    assert 'class="card story" lang="vi"' in page  # there is none in English
    assert "Chúng tôi &lt;em&gt;trồng&lt;/em&gt; chè." in page
    for words in ("Where to buy", "https://htx.example", "https://cho.example", producer.address):
        assert words in page
    for product in producer.products.all():
        assert f'href="/p/{product.gtin}?lang=en"' in page
        assert str(Picture.objects.filter(product=product)[0].sha256) in page
    text(client, "/producer/999999", 404)
    text(client, f"/producer/{2**70}", 404)


def test_a_producers_page_says_how_many_products_it_leaves_out(
    client: Client, register: SampleRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    producer = Producer.objects.annotate(n=Count("products")).order_by("-n")[0]
    assert producer.products.count() > 1
    whole = text(client, f"/producer/{producer.pk}")
    assert "sản phẩm đầu theo tên" not in whole
    monkeypatch.setattr(producer_page, "MOST_PRODUCTS", 1)
    part = text(client, f"/producer/{producer.pk}")
    assert part.count('class="tile"') == 1
    assert f"({producer.products.count()})" in part
    assert "Trang này hiện 1 sản phẩm đầu theo tên." in part


def test_the_page_of_a_report_says_nothing_that_only_its_secret_opens(client: Client, db: None) -> None:
    answer = client.get(f"/report/{uuid.uuid4()}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page = answer.content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert not re.search(r"<script(?![^>]* src=)|\son\w+=|style=", page)
    assert "<noscript>" in page
    broken = text(client, "/report/x", 404)
    assert "Địa chỉ chưa đủ" in broken
    assert "<script" not in broken


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        ("", "", "vi"), ("", "en", "en"), ("", "fr,en;q=0.5,vi;q=0.8", "vi"), ("", "en-US", "en"), ("", "fr", "vi"),
        ("", "en;q=0", "vi"), ("?lang=vi", "en", "vi"), ("?lang=en", "", "en"), ("?lang=x", "en", "en"),
        ("", "\x00;q=x", "vi"),
    ],
)  # fmt: skip
def test_the_language_is_the_readers(rf: object, query: str, accepts: str, language: str) -> None:
    request = rf.get(f"/p/1{query}", headers={"Accept-Language": accepts})  # type: ignore[attr-defined]
    assert language_of(request) == language


def test_every_text_of_the_pages_has_its_english(db: None) -> None:
    with (ROOM / "locale/en/LC_MESSAGES/django.po").open("rb") as written:
        translated = {message.id if isinstance(message.id, str) else message.id[0] for message in read_po(written)}
    used = {*Group.labels, *Picture.Shows.labels, *Locality.objects.values_list("kind", flat=True)} | _used()
    used |= {"thành phố", "thị xã", "huyện", "xã", "phường", "đặc khu"}
    assert used == translated - {""}
    with (ROOM / "locale/en/LC_MESSAGES/django.mo").open("rb") as compiled:
        english = GNUTranslations(compiled)
    assert all(english.gettext(words) != words or "%" in words for words in used)


def _used() -> set[str]:
    """The texts that the room's templates and modules hand to gettext."""
    found: set[str] = set()
    for template in (ROOM / "templates/pages").glob("*.html"):
        source = template.read_text(encoding="utf-8")
        found |= {one or other for one, other in re.findall(r"""translate (?:"([^"]+)"|'([^']+)')""", source)}
        found |= set(re.findall(r'_\("([^"]+)"\)', source))
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% (?:plural|endblocktranslate) %}", source, re.DOTALL):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))
    for module in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "gettext_noop", "ngettext"}:
                found |= {part.value for part in node.args if isinstance(part, ast.Constant)}
    return found


def test_today_is_vietnams(client: Client, register: SampleRegister) -> None:
    product = of("valid", register)
    assert f"đến ngày {days.today():%d/%m/%Y}" in text(client, f"/p/{product.gtin}")
    assert f"as of {days.today().day} " in text(client, f"/p/{product.gtin}?lang=en")
