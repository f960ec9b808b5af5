"""The sample register."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from register import gtin, localities, sample
from register.description import Register
from register.management.commands.sample_register import complete
from register.models import (
    Certificate,
    Group,
    Locality,
    PackCode,
    Picture,
    Producer,
    Product,
    ProductChange,
    Shop,
)

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def built() -> sample.SampleRegister:
    return sample.build(952, TODAY)


def status_on(product: sample.SampleProduct, today: date) -> str:
    newest = product.certificates[0]
    if newest.withdrawn_on:
        return "withdrawn"
    left = (newest.valid_to - today).days
    return "expired" if left < 0 else "soon" if left <= 90 else "valid"


def test_the_same_arguments_give_the_same_register(built: sample.SampleRegister) -> None:
    assert sample.build(952, TODAY) == built
    assert sample.build(953, TODAY) != built


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31), date(2031, 3, 1)])
def test_only_dates_depend_on_the_day(built: sample.SampleRegister, today: date) -> None:
    other = sample.build(952, today)

    def timeless(product: sample.SampleProduct) -> sample.SampleProduct:
        return dataclasses.replace(product, certificates=())

    assert [timeless(product) for product in other.products] == [timeless(product) for product in built.products]
    assert [status_on(product, today) for product in other.products] == [product.status for product in other.products]


def test_shares(built: sample.SampleRegister) -> None:
    assert (len(built.products), len(built.producers)) == (393, 218)
    assert Counter(product.certificates[0].stars for product in built.products) == {3: 293, 4: 93, 5: 7}
    assert Counter(product.status for product in built.products) == {
        "valid": 307,
        "soon": 31,
        "expired": 39,
        "withdrawn": 16,
    }
    assert {product.group for product in built.products} == set(Group.values)
    assert {product.producer for product in built.products} == set(built.producers)
    assert {product.former_unit for product in built.products} == {unit.code for unit in localities.FORMER_UNITS}
    assert set(Counter(product.qr_kind for product in built.products)) == {"digital_link", "exact", "prefix"}


def test_every_status_meets_every_kind_of_code(built: sample.SampleRegister) -> None:
    pairs = {(product.status, product.qr_kind) for product in built.products}
    assert len(pairs) == 12


def test_gtins_are_of_the_demonstration_range(built: sample.SampleRegister) -> None:
    gtins = [product.gtin for product in built.products]
    assert len(set(gtins)) == 393
    assert all(number.startswith("0952") and gtin.to_gtin14(number) == number for number in gtins)
    assert gtin.to_gtin14(sample.UNKNOWN_GTIN) == sample.UNKNOWN_GTIN
    assert sample.UNKNOWN_GTIN not in gtins


def test_no_status_turns_over_within_days(built: sample.SampleRegister) -> None:
    for product in built.products:
        left = (product.certificates[0].valid_to - TODAY).days
        low, high = {"valid": (119, 1001), "soon": (19, 81), "expired": (-701, -29), "withdrawn": (249, 701)}[
            product.status
        ]
        assert low <= left <= high, product


def test_certificates_hold_36_months(built: sample.SampleRegister) -> None:
    for certificate in (certificate for product in built.products for certificate in product.certificates):
        begins, after = certificate.valid_from, certificate.valid_to + timedelta(days=1)
        assert (after.year - begins.year) * 12 + after.month - begins.month == 36
        assert after.day == begins.day or (begins.day > 28 and after.day >= 28)
        assert certificate.valid_from <= TODAY
        if certificate.withdrawn_on:
            assert certificate.valid_from < certificate.withdrawn_on < TODAY
    numbers = Counter(certificate.number for product in built.products for certificate in product.certificates)
    assert max(numbers.values()) == 1
    renewed = [product for product in built.products if len(product.certificates) == 2]
    assert len(renewed) > 50
    assert all(p.certificates[0].valid_from > p.certificates[1].valid_to for p in renewed)


def test_codes_on_packs(built: sample.SampleRegister) -> None:
    for product in built.products:
        match product.qr_kind:
            case "digital_link":
                assert product.qr_text == f"https://id.ocop.example/01/{product.gtin}"
                assert product.codes == ()
            case "exact":
                assert product.codes == (sample.SampleCode("exact", product.qr_text),)
                assert product.qr_text.startswith("https://truyxuat.example/qn/")
            case "prefix":
                (code,) = product.codes
                assert code.kind == "prefix"
                assert product.qr_text.startswith(code.value)
                assert product.qr_text != code.value
    values = [code.value for product in built.products for code in product.codes]
    assert len(values) == len(set(values))


def test_names_differ(built: sample.SampleRegister) -> None:
    for names in ([p.name for p in built.products], [p.name for p in built.producers]):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_a_large_register_for_measurements() -> None:
    large = sample.build(1, TODAY, products=5000, producers=1200)
    assert len({product.gtin for product in large.products}) == 5000
    assert len({product.name for product in large.products}) == 5000


@pytest.mark.parametrize(("products", "producers"), [(3, 4), (0, 0), (5, 0)])
def test_impossible_sizes_are_refused(products: int, producers: int) -> None:
    with pytest.raises(ValueError, match="at least one product"):
        sample.build(952, TODAY, products, producers)


def test_the_module_needs_no_django() -> None:
    code = "import sys, register.sample; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    server = Path(__file__).parents[3] / "server"
    assert subprocess.run([sys.executable, "-c", code], cwd=server, check=False).returncode == 0


def test_localities_are_those_of_the_resolution() -> None:
    assert len(localities.FORMER_UNITS) == 13
    assert Counter(commune.kind for commune in localities.COMMUNES) == {"phường": 30, "xã": 22, "đặc khu": 2}
    assert len({commune.code for commune in localities.COMMUNES}) == 54
    assert {code for commune in localities.COMMUNES for code in commune.former} == {
        unit.code for unit in localities.FORMER_UNITS
    }


@pytest.mark.django_db
def test_the_command_writes_it_all(built: sample.SampleRegister) -> None:
    call_command("sample_register", today=TODAY, verbosity=0)
    assert Product.objects.count() == ProductChange.objects.count() == 393
    assert Producer.objects.count() == 218
    assert Certificate.objects.count() == sum(len(product.certificates) for product in built.products)
    assert PackCode.objects.count() == sum(len(product.codes) for product in built.products)
    assert Register.objects.get().sample
    for account in sample.ACCOUNTS:
        user = User.objects.get(username=account.username)
        assert user.check_password(account.password)
        assert user.role == account.role
    for product in Product.objects.all()[:20]:
        product.full_clean()


@pytest.mark.django_db
def test_the_command_never_mixes_with_what_is_there(register: sample.SampleRegister) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("sample_register")
    call_command("sample_register", if_empty=True)
    assert Product.objects.count() == 30


@pytest.mark.django_db
def test_a_sample_of_an_earlier_version_gets_what_todays_has(register: sample.SampleRegister, client: Client) -> None:
    def told() -> dict[str, Any]:
        products = json.loads(client.get("/api/v1/changes?limit=1000").content)["changes"]
        return {one["product"]["gtin"]: {**one["product"], "updated_at": None} for one in products}

    today = told()
    for later in (Picture, Shop):
        later.objects.all()._raw_delete("default")
    Producer.objects.update(story="", story_en="", site="")
    Certificate.objects.update(withdrawn_reason_en="")
    renamed, regraded = list(Product.objects.filter(producer__products__isnull=False).distinct()[:2])
    Product.objects.filter(pk=renamed.pk).update(name="Tên khác")
    regraded.certificates.all().delete()
    cursor = json.loads(client.get("/api/v1/changes?limit=1000").content)["next_cursor"]
    complete(register)
    after = told()
    assert after[renamed.gtin]["pictures"] == after[regraded.gtin]["pictures"] == []
    assert {gtin: one for gtin, one in after.items() if one["pictures"]} == {
        gtin: one for gtin, one in today.items() if gtin not in {renamed.gtin, regraded.gtin}
    }
    # Devices are told, once.
    news = json.loads(client.get(f"/api/v1/changes?limit=1000&cursor={cursor}").content)
    assert len(news["changes"]) >= len(today) - 2
    complete(register)
    assert json.loads(client.get(f"/api/v1/changes?cursor={news['next_cursor']}").content)["changes"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["it is no sample", "the office removed its pictures"])
def test_no_other_register_is_given_pictures(register: sample.SampleRegister, reason: str) -> None:
    if reason == "it is no sample":
        Register.objects.update(sample=False)
        Picture.objects.all()._raw_delete("default")
    else:
        Picture.objects.all().delete()
    complete(register)
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_localities_are_in_the_database_with_their_days() -> None:
    assert Locality.objects.filter(level="former_unit", valid_to=date(2025, 6, 30)).count() == 13
    assert Locality.objects.filter(level="commune", valid_from=date(2025, 7, 1), valid_to=None).count() == 54
    tien_yen = Locality.objects.get(level="commune", name="Tiên Yên")
    assert {unit.code for unit in tien_yen.former_units.all()} == {"tien-yen", "binh-lieu"}
