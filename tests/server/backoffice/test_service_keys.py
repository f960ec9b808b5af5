"""The office's pages of service keys: what is shown once, what revoking ends, and that the log tells of both."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from office import browser_of, fields_of, save

from accounts.models import Role, ServiceKey
from accounts.service_keys import Scope
from logbook.models import Entry

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/epcis/events"


def test_a_key_is_made_shown_once_used_and_revoked(client: Client) -> None:
    office = browser_of("quantri1", Role.ADMINISTRATOR)
    new, listed = reverse("office-service-key-new"), reverse("office-service-keys")
    assert "Chưa hệ thống nào có khóa" in office.get(listed).content.decode()
    form = {**fields_of(office.get(new).content.decode()), "scopes": []}
    refused = save(office, new, form, days="731", per_minute="6001")
    assert refused.content.decode().count('role="alert"') == 4
    assert not ServiceKey.objects.exists()

    made = save(office, new, form, name="Cổng quốc gia", days="30", per_minute="7", scopes=[Scope.EPCIS.value])
    assert "no-store" in made.headers["Cache-Control"]
    (secret,) = re.findall(r'value="(ocop_[\w-]{43})"', made.content.decode())
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.get(EVENTS, headers=bearer).status_code == 200
    page = office.get(listed).content.decode()
    assert secret not in page
    assert f"{secret[:11]}…" in page
    assert "7 lần" in page

    key = ServiceKey.objects.get()
    revoke = reverse("office-service-key-revoke", args=[key.pk])
    assert "không đọc được gì nữa" in office.get(revoke).content.decode()
    assert "Hãy ghi lý do" in office.post(revoke, {"reason": " "}).content.decode()
    assert client.get(EVENTS, headers=bearer).status_code == 200
    assert "Đã thu hồi khóa" in office.post(revoke, {"reason": "Bị lộ"}, follow=True).content.decode()
    assert client.get(EVENTS, headers=bearer).status_code == 401
    assert "đã được thu hồi trước đó" in office.post(revoke, {"reason": "Nữa"}, follow=True).content.decode()
    assert "Bị lộ" in office.get(revoke).content.decode()

    entries = Entry.objects.filter(model="accounts.servicekey").order_by("id")
    assert [(entry.what, entry.why, entry.who) for entry in entries] == [
        ("Cấp khóa dịch vụ", "", "Người quantri1 (quantri1)"),
        ("Đổi khóa dịch vụ", "Bị lộ", "Người quantri1 (quantri1)"),
    ]
    assert secret not in str([entry.changes for entry in entries])
    assert key.secret_hash not in str([entry.changes for entry in entries])
