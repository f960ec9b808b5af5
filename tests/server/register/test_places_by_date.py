"""Places by date in the register and its back office."""

from __future__ import annotations

import io
from datetime import date

import pytest
import tablib
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from register.models import Locality, Producer, Product
from register.places import POSSIBLY, SURELY, lying_in, units_named

pytestmark = pytest.mark.django_db
PRODUCTS = reverse("admin:register_product_changelist")
FORMER, COMMUNE = Locality.Level.FORMER_UNIT, Locality.Level.COMMUNE


@pytest.fixture
def office(client: Client) -> Client:
    user = User.objects.create_user("vanphong", password="mat-khau-dai-01", name="Văn phòng", role=Role.ADMINISTRATOR)
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[1])
    return client


@pytest.fixture
def placed(db: None) -> dict[str, Product]:
    """Products of which the commune, the former unit, or both are known."""
    producer = Producer.objects.create(name="HTX Hoa Núi", address="Thôn 1")
    known = {
        "both, Cẩm Phả": ("cam-pha", "06799"),
        "both, Tiên Yên": ("tien-yen", "06799"),
        "only Hải Hòa": (None, "06799"),
        "only huyện Tiên Yên": ("tien-yen", None),
        "only Điền Xá": (None, "06874"),
        "only huyện Vân Đồn": ("van-don", None),
        "phường Hồng Gai": ("ha-long", "06685"),
        "neither": (None, None),
    }
    made = {}
    for number, (name, (former, commune)) in enumerate(known.items(), start=1):
        body = f"0952{number:09d}"
        weights = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
        made[name] = Product.objects.create(
            gtin=f"{body}{-weights % 10}",
            name=name,
            group="thuc_pham",
            producer=producer,
            place="bản Khe Lẹ",
            former_unit=Locality.objects.get(code=former) if former else None,
            commune=Locality.objects.get(code=commune) if commune else None,
        )
    return made


def test_the_register_knows_13_former_units_and_54_communes_with_their_days() -> None:
    former, communes = Locality.objects.filter(level=FORMER), Locality.objects.filter(level=COMMUNE)
    assert (former.count(), communes.count(), Locality.objects.count()) == (13, 54, 67)
    assert {kind: communes.filter(kind=kind).count() for kind in ("xã", "phường", "đặc khu")} == {
        "xã": 22, "phường": 30, "đặc khu": 2,
    }  # fmt: skip
    assert {kind: former.filter(kind=kind).count() for kind in ("thành phố", "thị xã", "huyện")} == {
        "thành phố": 5, "thị xã": 1, "huyện": 7,
    }  # fmt: skip
    assert set(former.values_list("valid_from", "valid_to")) == {(None, date(2025, 6, 30))}
    assert set(communes.values_list("valid_from", "valid_to")) == {(date(2025, 7, 1), None)}


def test_communes_follow_former_units_many_to_many() -> None:
    of = {unit.name: {str(one) for one in unit.former_units.all()} for unit in Locality.objects.filter(level=COMMUNE)}
    assert all(of.values()), "every commune's land was somewhere"
    assert {name: names for name, names in of.items() if len(names) > 1} == {
        "Hải Hòa": {"thành phố Cẩm Phả", "huyện Tiên Yên"},
        "Tiên Yên": {"huyện Tiên Yên", "huyện Bình Liêu"},
        "Hải Lạng": {"huyện Tiên Yên", "thành phố Cẩm Phả"},
        "Ba Chẽ": {"huyện Ba Chẽ", "huyện Tiên Yên"},
    }
    became = {unit.code: unit.communes.count() for unit in Locality.objects.filter(level=FORMER)}
    assert became == {
        "ha-long": 11, "mong-cai": 6, "cam-pha": 6, "uong-bi": 3, "dong-trieu": 5, "quang-yen": 6, "van-don": 1,
        "tien-yen": 6, "dam-ha": 2, "hai-ha": 4, "ba-che": 3, "binh-lieu": 4, "co-to": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "surely", "possibly"),
    [
        ("tien-yen", {"both, Tiên Yên", "only huyện Tiên Yên", "only Điền Xá"}, {"only Hải Hòa"}),
        ("cam-pha", {"both, Cẩm Phả"}, {"only Hải Hòa"}),
        ("06799", {"both, Cẩm Phả", "both, Tiên Yên", "only Hải Hòa"}, {"only huyện Tiên Yên"}),
        ("06970", set(), {"only huyện Tiên Yên"}),
        ("06994", {"only huyện Vân Đồn"}, set()),
        ("ha-long", {"phường Hồng Gai"}, set()),
        ("06688", set(), set()),
    ],
)
def test_a_product_lies_in_a_unit_surely_or_possibly(
    placed: dict[str, Product], code: str, surely: set[str], possibly: set[str]
) -> None:
    there = lying_in(Product.objects.all(), Locality.objects.get(code=code))
    found = dict(there.values_list("name", "lies"))
    assert found == dict.fromkeys(surely, SURELY) | dict.fromkeys(possibly, POSSIBLY)


@pytest.mark.parametrize(
    ("term", "codes", "rest"),
    [
        ("tien yen", {"tien-yen", "06862"}, ""),
        ("huyện Tiên Yên", {"tien-yen"}, ""),
        ("chả mực phuong ha long", {"06688"}, "chả mực"),
        ("Hạ Long, chả mực", {"ha-long", "06688"}, "chả mực"),
        ("mong cai 2", {"06709"}, ""),
        ("chè hoa vàng", set(), "chè hoa vàng"),
        ("", set(), ""),
    ],
)
def test_places_are_found_in_what_people_type(term: str, codes: set[str], rest: str) -> None:
    units, others = units_named(term)
    assert ({unit.code for unit in units}, others) == (codes, rest)


def found_by(office: Client, query: str) -> dict[str, str]:
    """The products that the page lists, and what it says of each beside the chosen place."""
    answer = office.get(f"{PRODUCTS}?{query}")
    assert answer.status_code == 200
    listed = answer.context["cl"]
    return {product.name: listed.model_admin.lies(product) for product in listed.result_list}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("former_unit=cam-pha", {"both, Cẩm Phả": "chắc chắn", "only Hải Hòa": "có thể"}),
        ("former_unit=cam-pha&lies=possibly", {"only Hải Hòa": "có thể"}),
        ("former_unit=cam-pha&lies=surely", {"both, Cẩm Phả": "chắc chắn"}),
        ("commune=06970", {"only huyện Tiên Yên": "có thể"}),
        (
            "commune=06799&former_unit=tien-yen",
            {"both, Tiên Yên": "chắc chắn", "only Hải Hòa": "có thể", "only huyện Tiên Yên": "có thể"},
        ),
        ("commune=06799&former_unit=tien-yen&lies=surely", {"both, Tiên Yên": "chắc chắn"}),
        ("former_unit=nowhere", {}),
        ("q=cam+pha", {"both, Cẩm Phả": "", "only Hải Hòa": ""}),
        ("q=phuong+hong+gai", {"phường Hồng Gai": ""}),
        ("q=dien+xa+only", {"only Điền Xá": "", "only huyện Tiên Yên": ""}),
        ("q=cam+pha&former_unit=tien-yen", {"only Hải Hòa": "có thể"}),
    ],
)
def test_the_back_office_filters_and_searches_by_place(
    office: Client, placed: dict[str, Product], query: str, found: dict[str, str]
) -> None:
    assert found_by(office, query) == found


def test_the_place_in_words_is_searched_too(office: Client, placed: dict[str, Product]) -> None:
    assert set(found_by(office, "q=bản+Khe+Lẹ")) == set(placed)


def test_the_page_offers_every_unit_and_the_certainty_only_beside_a_place(
    office: Client, placed: dict[str, Product]
) -> None:
    page = office.get(PRODUCTS).content.decode()
    for words in ("Tiên Yên (huyện)", "Tiên Yên (xã)", "Hồng Gai (phường)", "Cô Tô (đặc khu)"):
        assert words in page
    assert "lies=possibly" not in page
    assert "lies=possibly" in office.get(f"{PRODUCTS}?former_unit=tien-yen").content.decode()


def test_the_spreadsheet_bears_old_and_new_place_with_their_days(office: Client, placed: dict[str, Product]) -> None:
    columns = ("name", "place", "commune", "commune_since", "former_unit", "former_unit_until")
    fields = {f"productsheet_{name}": "on" for name in columns}
    answer = office.post(f"{reverse('admin:register_product_export')}?former_unit=cam-pha", {"format": "0", **fields})
    rows = tablib.Dataset().load(io.StringIO(answer.content.decode("utf-8-sig")), format="csv").dict
    (both, only) = sorted(rows, key=lambda row: row["Tên sản phẩm"])
    assert both["Xã, phường, đặc khu"] == only["Xã, phường, đặc khu"] == "xã Hải Hòa"
    assert both["Xã, phường, đặc khu: từ ngày"] == "01/07/2025"
    unit, until = "Đơn vị cấp huyện cũ", "Đơn vị cấp huyện cũ: đến hết ngày"
    assert (both[unit], both[until]) == ("thành phố Cẩm Phả", "30/06/2025")
    assert (only[unit], only[until]) == ("", "")
    assert both["Nơi sản xuất"] == "bản Khe Lẹ"


@pytest.mark.parametrize(("query", "count"), [("exists=now", 54), ("exists=before", 13), ("q=tiên", 2)])
def test_localities_are_listed_with_days_and_what_became_of_them(office: Client, query: str, count: int) -> None:
    answer = office.get(f"{reverse('admin:register_locality_changelist')}?{query}")
    assert answer.context["cl"].result_count == count
    page = answer.content.decode()
    if query == "q=tiên":
        assert "huyện Bình Liêu" in page, "xã Tiên Yên has land of it"
        assert "xã Hải Hòa" in page, "huyện Tiên Yên became part of it"
        assert "30/06/2025" in page, "the last day of the former unit"
