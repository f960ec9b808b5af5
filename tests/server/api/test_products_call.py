"""GET /products: what anybody finds, how pages lead on, what a product is worth, and who may ask how often."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from registry_notes import error_of

from accounts import rates, service_keys
from accounts.models import ServiceKey
from accounts.service_keys import Scope
from register import days
from register.certificates import that_counts
from register.folding import fold
from register.models import Locality, Product
from register.places import lying_in
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
PRODUCTS = "/api/v1/products"
STATES = ("in_force", "not_yet", "ended", "withdrawn", "never")


def found(client: Client, **asked: Any) -> list[dict[str, Any]]:
    """All products that a search finds, page by page."""
    rows: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        answer = client.get(PRODUCTS, {**asked, "after": after, "limit": 7})
        assert answer.status_code == 200, answer.content
        page = answer.json()
        assert len(page["products"]) == 7 or page["next"] is None
        rows, after = [*rows, *page["products"]], page["next"]
    return rows


def gtins(rows: list[dict[str, Any]]) -> list[str]:
    return [row["gtin"] for row in rows]


def test_pages_lead_through_all_products_once(client: Client, register: SampleRegister) -> None:
    assert gtins(found(client)) == sorted(Product.objects.values_list("gtin", flat=True))


def test_words_are_found_without_accents_and_capitals(client: Client, register: SampleRegister) -> None:
    product = Product.objects.select_related("producer").order_by("gtin")[5]
    words = f"{fold(product.name).upper()} {fold(product.producer.name)}"
    assert product.gtin in gtins(found(client, q=words))
    assert gtins(found(client, q=product.gtin)) == [product.gtin]
    assert gtins(found(client, q=product.producer.name)) == sorted(
        Product.objects.filter(producer__name=product.producer.name).values_list("gtin", flat=True)
    )
    assert found(client, q="khongcogi") == []


def test_states_and_stars_are_those_of_the_rule(client: Client, register: SampleRegister) -> None:
    """The database filters by what `that_counts` and `standing_of` say, on days around every boundary."""
    today = days.today()
    first, second, third = Product.objects.order_by("gtin")[:3]
    first.certificates.update(valid_from=today, valid_to=today, withdrawn_on=today + timedelta(days=1))
    second.certificates.update(valid_from=today + timedelta(days=1), valid_to=today + timedelta(days=9))
    third.certificates.all().delete()
    by_state = {state: gtins(found(client, state=state)) for state in STATES}
    assert all(by_state.values())
    rows = {row["gtin"]: row for row in found(client)}
    assert sorted(gtin for gtins_ in by_state.values() for gtin in gtins_) == sorted(rows)
    for state, named in by_state.items():
        assert all(rows[gtin]["standing"]["state"] == state for gtin in named)
    for product in Product.objects.prefetch_related("certificates"):
        counts = that_counts(product.certificates.all(), today)
        told = rows[product.gtin]["standing"]
        assert (told["certificate"], told["on"]) == (counts.number if counts else None, today.isoformat())
        assert client.get(f"{PRODUCTS}/{product.gtin}").json()["standing"] == told
    assert rows[first.gtin]["standing"]["until"] == today.isoformat()
    assert rows[second.gtin]["standing"]["until"] is None
    for stars in (3, 4, 5):
        expected = [gtin for gtin, row in rows.items() if row["standing"]["stars"] == stars]
        assert gtins(found(client, stars=stars)) == expected


def test_a_place_finds_what_lies_there_surely_or_possibly(client: Client, register: SampleRegister) -> None:
    for unit in (Locality.objects.get(code="cam-pha"), Locality.objects.get(code="06781")):
        expected = lying_in(Product.objects.order_by("gtin"), unit).values_list("gtin", flat=True)
        assert gtins(found(client, place=unit.code)) == list(expected)
    assert error_of(client.get(PRODUCTS, {"place": "atlantis"})) == (400, "bad_request")


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"stars": "2"},
        {"state": "good"},
        {"after": "1"},
        {"q": "x" * 101},
        {"q": "\0"},
    ],
)
def test_what_is_out_of_bounds_is_refused(client: Client, asked: dict[str, str]) -> None:
    assert error_of(client.get(PRODUCTS, asked)) == (400, "bad_request")


def test_an_unknown_product_is_named_and_not_accused(client: Client, register: SampleRegister) -> None:
    answer = client.get(f"{PRODUCTS}/09529999999993")
    assert error_of(answer) == (404, "not_registered")
    assert answer.json()["detail"] == (
        "The register holds no product with the GTIN 09529999999993. Most goods are no OCOP products."
    )


def test_a_page_asks_the_database_as_often_for_many_as_for_few(
    client: Client, register: SampleRegister, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates.random, "randrange", lambda _: 1)
    for limit in (2, 30):
        with django_assert_num_queries(3):  # the count, the products, their certificates
            assert len(client.get(PRODUCTS, {"limit": limit}).json()["products"]) == limit


def test_copies_are_asked_about_before_they_are_used(client: Client, register: SampleRegister) -> None:
    one = Product.objects.order_by("gtin")[0]
    for path, kept in ((PRODUCTS, "public, max-age=60"), (f"{PRODUCTS}/{one.gtin}", "public, no-cache")):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == kept
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
        not_for_readers = client.get(path, headers={"If-Match": '"another"'})
        assert not_for_readers.status_code == 200
        one.name += " mới"
        one.save()
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_scripts_of_other_sites_may_read_and_nothing_else(client: Client, register: SampleRegister) -> None:
    origin = {"Origin": "https://other.example"}
    answer = client.get(PRODUCTS, headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    preflight = client.options(PRODUCTS, headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "if-none-match" in preflight.headers["Access-Control-Allow-Headers"]
    for path in ("/api/v1/records", "/api/v1/guidance", "/api/v1/epcis/events", "/admin/", "/api/v1/auth/sign-in"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers=origin).headers, path


def test_one_address_reads_so_often_and_a_key_as_often_as_it_may(
    client: Client, register: SampleRegister, settings: Any, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(rates.time, "time", lambda: 1_800_000_010.5)
    settings.READING_RATE = 2
    one = f"{PRODUCTS}/{Product.objects.order_by('gtin')[0].gtin}"
    for path, left in ((PRODUCTS, 1), (one, 0)):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"address";q=2;w=60'
        assert answer.headers["RateLimit"] == f'"address";r={left};t=49'
    refused = client.get(one)
    assert error_of(refused) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "49"
    key, secret = service_keys.make("Cổng", [Scope.PRODUCTS], 30, None, per_minute=3)
    bearer = {"Authorization": f"Bearer {secret}"}
    with caplog.at_level(logging.INFO):
        answers = [client.get(path, headers=bearer) for path in (PRODUCTS, one, one, PRODUCTS)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit"] == '"key";r=2;t=49'
    lines = [record.fields for record in caplog.records if record.msg == "request"]
    told = [line["service_key"] for line in lines if "service_key" in line]
    assert told == [key.pk] * 4, "each use is in the log by the key's number"
    assert secret not in caplog.text
    monkeypatch.setattr(rates.time, "time", lambda: 1_800_000_070.5)
    assert client.get(PRODUCTS).status_code == 200, "the next minute"
    ServiceKey.objects.update(scopes=Scope.EPCIS)
    assert error_of(client.get(PRODUCTS, headers=bearer)) == (403, "not_allowed")
    answer = client.get(PRODUCTS, headers={"Authorization": "Bearer ocop_x"})
    assert error_of(answer) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    answer = client.get(PRODUCTS, headers={"Authorization": "Basic eDp5"})
    assert '"address"' in answer.headers["RateLimit"], "what is no key is passed over"


def test_whoever_reads_waits_for_no_writer(
    client: Client, register: SampleRegister, caplog: pytest.LogCaptureFixture
) -> None:
    """The database takes no write, as a full disk, one that is only read, or one that somebody writes to for long."""
    _, secret = service_keys.make("Cổng", [Scope.PRODUCTS], 30, None)
    one = f"{PRODUCTS}/{Product.objects.order_by('gtin')[0].gtin}"

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "accounts_requestcount" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        for headers in ({}, {"Authorization": f"Bearer  {secret} "}):
            for path in (PRODUCTS, one):
                answer = client.get(path, headers=headers)
                assert answer.status_code == 200
                assert "RateLimit" not in answer.headers
    assert "could not be counted" in caplog.text
    assert "address" in client.get(one).headers["RateLimit"]


def test_keys_are_made_listed_and_revoked_by_command(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("service_keys", "make", "Cổng", "--scope", "products:read", "--per-minute", "9", "--days", "2")
    told = capsys.readouterr().out.split()
    secret, key = told[-1], ServiceKey.objects.get()
    assert client.get(PRODUCTS, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    call_command("service_keys", "list")
    listed = capsys.readouterr().out
    assert f"{key.pk}  {secret[:11]}…  open  Cổng  products:read  9 a minute" in listed
    assert secret not in listed
    for wrong in (["make", " ", "--scope", "products:read"], ["make", "a\nb", "--scope", "products:read"],
                  ["make", "x", "--scope", "epcis:read", "--days", "731"],
                  ["make", "x", "--scope", "epcis:read", "--per-minute", "0"], ["revoke", "99", "--reason", "x"],
                  ["revoke", str(key.pk), "--reason", " "]):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("service_keys", *wrong)
    assert service_keys.state_of(ServiceKey.objects.get()) == "open"
    call_command("service_keys", "revoke", str(key.pk), "--reason", "Lộ khóa")
    assert error_of(client.get(PRODUCTS, headers={"Authorization": f"Bearer {secret}"})) == (401, "not_signed_in")
    with pytest.raises(CommandError, match="before"):
        call_command("service_keys", "revoke", str(key.pk), "--reason", "Nữa")
    assert ServiceKey.objects.get().revoked_reason == "Lộ khóa"
