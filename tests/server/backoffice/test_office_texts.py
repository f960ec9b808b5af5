"""Searches of the office find a text however it is written, and what the office enters is kept in one form."""

from __future__ import annotations

import importlib
import unicodedata
from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import DeviceSession, Role, User
from inspections.models import Suspicion
from issuing.models import IssuerKey, SignedStatement
from register.models import Certificate, Group, Locality, PackCode, Producer, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    producer = Producer.objects.create(name="HTX Chè Đầm Hà", address="Tổ 1, Đường Hoa")
    made = Product.objects.create(
        gtin="08935001234562", name="Trà hoa vàng hộp thiếc", group=Group.DRINK, producer=producer, place="Ba Chẽ"
    )
    days = {"valid_from": date(2025, 1, 1), "valid_to": date(2027, 12, 31)}
    Certificate.objects.create(product=made, number="QĐ-2025/0012", stars=4, issuer="UBND tỉnh", **days)
    PackCode.objects.create(product=made, kind="exact", value="HTX-ĐH-01")
    return made


def found(model: type[Model], words: str) -> list[Model]:
    """What the office's list shows for these words."""
    of_model: ModelAdmin = admin.site.get_model_admin(model)
    user = User(username="quantri", role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True, is_active=True)
    request = RequestFactory().get("/admin/")
    request.user = user
    rows, _ = of_model.get_search_results(request, of_model.get_queryset(request), words)
    return list(rows.distinct())


WAYS = [
    "trà hoa vàng",
    "tra hoa vang",
    "TRA  HOP THIEC",
    unicodedata.normalize("NFD", "Trà hoa vàng"),
    "ｔｒａ\u3000hoa",
    "tr\u200bà \ufeffhoa\x00",
    "08935001234562",
    "hoa ba che",
    "htx che ÐẦM HÀ",
    "qd-2025\u20130012".replace("\u2013", "/"),
    "QÐ-2025/0012",
    "htx-dh-01 trà",
]


@pytest.mark.parametrize("words", WAYS)
def test_a_product_is_found_by_its_texts_and_those_around_it_however_they_are_typed(
    product: Product, words: str
) -> None:
    assert found(Product, words) == [product]


@pytest.mark.parametrize("words", ["trà hoa đỏ", "qd-2025/0013", "htx-dh-02", "%", "_______________________________"])
def test_other_words_find_nothing(product: Product, words: str) -> None:
    assert found(Product, words) == []


def test_producers_places_suspicions_and_accounts_are_found_so_too(product: Product) -> None:
    assert found(Producer, "che dam ha DUONG HOA") == [product.producer]
    assert {str(place) for place in found(Locality, "Ðam ha")} == {"huyện Đầm Hà", "xã Đầm Hà"}
    told = {"seen_at": "2026-11-28T00:00:00Z", "accuses": True, "by_accounts": True, "sightings": []}
    suspicion = Suspicion.objects.create(gtin=product.gtin, serial="A7", reason="too_far_apart", **told)
    assert found(Suspicion, "tra hoa VANG") == [suspicion]
    somebody = User.objects.create(username="dhung", name="Đỗ Thị Hứng", role=Role.SHOP)
    assert found(User, "do hung") == found(User, "DHUNG") == [somebody]
    assert found(User, "đo hưng khác") == []
    now = timezone.now()
    times = {"signed_in_at": now, "refreshed_at": now, "expires_at": now}
    session = DeviceSession.objects.create(user=somebody, device=uuid4(), refresh_hash="a" * 64, **times)
    assert found(DeviceSession, "ĐỖ hung") == found(DeviceSession, str(session.device)) == [session]
    key = IssuerKey.objects.create(kid="k1", public_key="x", issuer="UBND tỉnh", valid_from=timezone.now())
    certificate = product.certificates.get()
    statement = SignedStatement.objects.create(jti="abc", certificate=certificate, key=key, issued_at=timezone.now())
    assert found(SignedStatement, "QÐ-2025/0012") == found(SignedStatement, "ABC") == [statement]


def test_what_changes_is_found_anew(product: Product) -> None:
    product.name = "Mực ống"
    product.save()
    product.producer.name = "Cơ sở Biển Ðông"
    product.producer.save()
    assert found(Product, "muc ong bien dong") == [product]
    assert found(Product, "hoa vang hop") == []


def test_rows_from_before_are_folded_by_the_migration(product: Product) -> None:
    for model in (Locality, Producer, Product, Certificate, PackCode):
        model.objects.update(search="")
    importlib.import_module("register.migrations.0006_folded_search").fill(apps, None)
    assert found(Product, "tra hoa vang qd-2025 htx-dh-01 htx che") == [product]
    assert not Locality.objects.filter(search="").exists()


def test_what_the_office_enters_is_kept_in_one_form(client: Client) -> None:
    client.force_login(User.objects.create(username="dangky", name="Đăng ký", role=Role.REGISTRAR))
    no_shops = {"shops-TOTAL_FORMS": "0", "shops-INITIAL_FORMS": "0"}
    typed = {"name": unicodedata.normalize("NFD", "Cơ sở Đầm Hà") + "\u200b", "address": "\ufeffTổ 1\x00", "phone": ""}
    answer = client.post("/admin/register/producer/add/", no_shops | typed)
    assert answer.status_code == 302
    kept = Producer.objects.get()
    assert (kept.name, kept.address) == ("Cơ sở Đầm Hà", "Tổ 1")
    shown = client.get("/admin/register/producer/", {"q": "co so dam\u200b ha"})
    assert shown.status_code == 200
    assert "Cơ sở Đầm Hà" in shown.content.decode()


def test_passwords_are_left_as_they_are_typed(client: Client) -> None:
    password = unicodedata.normalize("NFD", "mật khẩu rất dài")
    user = User(username="dangky", name="Đăng ký", role=Role.REGISTRAR)
    user.set_password(password)
    user.save()
    assert client.post("/admin/login/", {"username": "dangky", "password": password}).status_code == 302
