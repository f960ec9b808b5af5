"""Producers that are likely the same are flagged in their list, with what they have in common, and never merged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from office import browser_of

from imports.alike import likely_same
from register.models import Producer

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(register: object) -> Client:
    return browser_of("huong")


def named(name: str, **more: Any) -> Producer:
    return Producer.objects.create(name=name, address="Thôn 1", **more)


def test_names_phones_and_tax_codes_flag_producers_with_their_reason(office: Client) -> None:
    first = named("HTX Nông nghiệp Đầm Hà Xanh", phone="0912 345 678")
    same_name = named("Hợp tác xã nông nghiệp Đầm Hà Xanh")
    same_phone = named("Cơ sở Bà Tư Nổi Tiếng", phone="+84 912.345.678")
    taxed = [
        named("Công ty Mực Một Nắng Rạng Đông", tax_code="5700123456"),
        named("Tổ Sứa Biển", tax_code="5700123456"),
    ]
    other = named("HTX Nông nghiệp Đầm Hà Xanh 2", phone="1900 1")
    found = {pk: {twin.pk: twin.why for twin in twins} for pk, twins in likely_same().items()}
    assert found[first.pk] == {same_name.pk: ("tên gần giống",), same_phone.pk: ("cùng điện thoại",)}
    assert found[same_phone.pk] == {first.pk: ("cùng điện thoại",)}
    assert found[taxed[1].pk] == {taxed[0].pk: ("cùng mã số thuế",)}
    assert other.pk not in found, "a number in the name tells two producers apart"
    listing = reverse("admin:register_producer_changelist")
    page: Any = office.get(listing, {"alike": "yes"})
    flagged = {one.pk for one in page.context_data["cl"].result_list}
    assert {first.pk, same_name.pk, same_phone.pk, *(one.pk for one in taxed)} <= flagged
    assert other.pk not in flagged
    assert f"{reverse('merge-producers')}?kept={first.pk}&amp;gone={same_name.pk}" in page.content.decode()
    same_name.delete()
    assert same_name.pk not in {twin.pk for twin in likely_same()[first.pk]}
