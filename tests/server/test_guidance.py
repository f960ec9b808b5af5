"""What a round may be planned by: for inspectors alone, with reasons, and without a word of those who reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from registry_notes import PLACE, Sender, error_of

from accounts.models import User
from guidance import planning
from guidance.communes import Communes
from inspections.models import Inspection as Note
from inspections.models import Suspicion
from records import events
from register.models import Locality, Product
from reports.kind import REPORT
from reports.models import Report
from rounds.models import Inspection, Round

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]


def sent(sender: Sender, kind: str, **changed: Any) -> dict[str, Any]:
    document = sender.record(kind, **changed)
    assert sender.put_record(kind, document).status_code == 201
    return document


def told(sender: Sender) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    answer = sender.get("/api/v1/guidance").json()
    return {product["gtin"]: product for product in answer["products"]}, answer["places"]


def test_it_is_for_inspectors_alone(sign_in: SignIn, anonymous: Sender) -> None:
    assert error_of(anonymous.get("/api/v1/guidance")) == (401, "not_signed_in")
    assert error_of(sign_in("cuahang01").get("/api/v1/guidance")) == (403, "not_allowed")
    for name in ("kiemtra01", "quantri"):
        assert sign_in(name).get("/api/v1/guidance").status_code == 200


def test_a_product_has_its_reasons_and_one_that_was_just_seen_has_none(sign_in: SignIn) -> None:
    inspector, shop = sign_in("kiemtra01"), sign_in("cuahang01")
    seen, noted, long_ago, by_shop, never, copied = Product.objects.order_by("gtin").values_list("gtin", flat=True)[:6]
    code = {"text": "x", "symbology": "typed", "lot": None, "serial": None, "expiry": None}
    sent(inspector, "inspection", gtin=seen)
    sent(inspector, "note", code={**code, "gtin": noted})
    sent(inspector, "inspection", gtin=long_ago)
    Inspection.objects.filter(gtin=long_ago).update(received_at=timezone.now() - timedelta(days=181))
    sent(shop, "note", code={**code, "gtin": by_shop})
    Suspicion.objects.create(
        gtin=copied, serial="1", sightings=[], seen_at=timezone.now(), accuses=True, by_accounts=True
    )
    products, _ = told(inspector)
    assert seen not in products
    assert noted not in products
    assert products[never] == {"gtin": never, "reasons": ["never_seen"], "last_seen": None, "reports": 0}
    assert products[by_shop]["reasons"] == ["never_seen"], "what shops scan is no visit"
    assert products[long_ago]["reasons"] == ["not_visited"]
    assert products[long_ago]["last_seen"] is not None
    assert products[copied]["reasons"] == ["suspected", "never_seen"]
    assert next(iter(products)) == copied, "the most pressing first"
    Suspicion.objects.update(decision=Suspicion.Decision.DISMISSED)
    assert told(inspector)[0][copied]["reasons"] == ["never_seen"]


def test_open_reports_count_by_device_and_nothing_else_of_them_is_told(sign_in: SignIn) -> None:
    inspector, gtin = sign_in("kiemtra01"), Product.objects.values_list("gtin", flat=True)[0]
    one, two = Sender(Client()), Sender(Client())
    for sender, unregistered in ((one, "09529999999993"), (one, gtin), (two, gtin)):
        sent(sender, "report", gtin=unregistered, text="Bí mật", contact="0900 111 222")
    sent(one, "report", gtin=gtin)
    products, _ = told(inspector)
    assert (products[gtin]["reasons"], products[gtin]["reports"]) == (["reported", "never_seen"], 2)
    assert products["09529999999993"]["reasons"] == ["reported"]
    text = inspector.get("/api/v1/guidance").content.decode()
    for personal in ("Bí mật", "0900 111", one.device, two.device):
        assert personal not in text
    for report in Report.objects.all():
        events.write(REPORT, report, "closed", "", "", User.objects.get(username="quantri"))
    assert told(inspector)[0][gtin]["reports"] == 0


def test_places_are_those_of_rounds_and_communes_that_reports_name(sign_in: SignIn) -> None:
    inspector, consumer = sign_in("kiemtra01"), Sender(Client())
    here, there = Locality.objects.filter(level="commune").order_by("code")[:2]
    market = {**PLACE, "name": "Chợ Cửa Sông", "address": f"Sạp 3, {here}"}
    sent(inspector, "round", place=market)
    sent(inspector, "round", place={**market, "name": "CHỢ CỬA  SÔNG", "address": f"Sạp 9, {here}"})
    sent(inspector, "round", place={**PLACE, "name": "Kho lạnh", "address": ""})
    sent(sign_in("cuahang01"), "round", place={**PLACE, "name": "Kho của mình", "address": ""})
    sent(sign_in("cuahang01"), "round", place=market)
    Round.objects.filter(place_name="Kho lạnh").update(received_at=timezone.now() - timedelta(days=40))
    sent(consumer, "report", place=f"cho cua song, {here}", gtin=None)
    sent(consumer, "report", place=f"gần nhà, {there}", gtin=None)
    sent(consumer, "report", place=f"giữa {here} và {there}", gtin=None)
    _, places = told(inspector)
    commune_told, market_told, warehouse = places
    assert (market_told["name"], market_told["commune"], market_told["reports"]) == ("CHỢ CỬA  SÔNG", here.code, 1)
    assert commune_told == {"name": str(there), "commune": there.code, "last_visit": None, "reports": 1}
    assert (warehouse["name"], warehouse["commune"], warehouse["reports"]) == ("Kho lạnh", None, 0)
    assert warehouse["last_visit"] < market_told["last_visit"]


def test_a_commune_is_known_by_its_kind_and_name_alone(register: object) -> None:
    communes = Communes.of_today()
    one, two = Locality.objects.filter(level="commune").order_by("code")[:2]
    assert communes.named_in(f"Sạp 1,{str(one).upper()}.") == one.code
    assert communes.named_in(f"Chợ {one.name}") is None
    assert communes.named_in(f"{one}, {two}") is None


def test_what_is_unchanged_is_not_sent_again_and_the_list_is_bounded(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector = sign_in("kiemtra01")
    whole = inspector.get("/api/v1/guidance")
    assert (whole.json()["more"], whole.headers["Cache-Control"]) == (False, "private, no-cache")
    asked = {**inspector.headers(), "If-None-Match": whole.headers["ETag"]}
    again = inspector.client.get("/api/v1/guidance", headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    sent(inspector, "inspection", gtin=whole.json()["products"][0]["gtin"])
    assert inspector.client.get("/api/v1/guidance", headers=asked).status_code == 200
    monkeypatch.setattr(planning, "MOST_PRODUCTS", 3)
    few = inspector.get("/api/v1/guidance").json()
    assert (len(few["products"]), few["more"]) == (3, True)
    assert not Note.objects.exists()
