"""Removing more than half of a list asks a second time."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from office import browser_of

from register.models import Locality, Producer, Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
LIST = "admin:register_product_changelist"


@pytest.fixture
def office(register: SampleRegister) -> Client:
    return browser_of("so1")


def delete(office: Client, keys: list[int], **typed: str) -> str:
    form = {"action": "delete_selected", "_selected_action": keys, "post": "yes", **typed}
    return office.post(reverse(LIST), form).content.decode()


def test_more_than_half_of_the_products(office: Client) -> None:
    most = list(Product.objects.values_list("pk", flat=True)[:16])
    first = office.post(reverse(LIST), {"action": "delete_selected", "_selected_action": most}).content.decode()
    assert 'name="post"' in first  # Django's own question
    page = delete(office, most)
    assert "xóa 16 trong 30 sản phẩm" in page
    assert len(re.findall('name="_selected_action"', page)) == 16
    assert "không đúng" in delete(office, most, removing="30")
    assert Product.objects.count() == 30
    delete(office, most, removing="16")
    assert Product.objects.count() == 14
    # half of them is asked once
    delete(office, list(Product.objects.values_list("pk", flat=True)[:7]))
    assert Product.objects.count() == 7


def test_the_last_record_of_a_list(office: Client) -> None:
    Product.objects.exclude(pk=Product.objects.earliest("pk").pk).delete()
    last = Product.objects.get()
    address = reverse("admin:register_product_delete", args=[last.pk])
    assert "xóa 1 trong 1 sản phẩm" in office.post(address, {"post": "yes"}).content.decode()
    assert Product.objects.exists()
    assert office.post(address, {"post": "yes", "removing": "1"}).status_code == 302
    assert not Product.objects.exists()


def test_producers_and_units_too(office: Client) -> None:
    Product.objects.all().delete()
    for model in (Producer, Locality):
        address = reverse(f"admin:register_{model._meta.model_name}_changelist")
        keys = list(model.objects.values_list("pk", flat=True))
        form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
        assert "Chưa xóa gì" in office.post(address, form).content.decode()
        assert model.objects.count() == len(keys)
