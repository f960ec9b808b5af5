"""Old and new units, what became of them, and where a product lies as far as its dossier says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.register.localities import (
    COMMUNE,
    FORMER_UNIT,
    Gazetteer,
    Lies,
    PlaceByDate,
    exists_on,
    full_name,
)
from services.register.products import Locality, Place, Producer, Product

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)
TODAY = date(2026, 11, 24)


def former(code: str, kind: str, name: str) -> Locality:
    return Locality(code, name, kind, FORMER_UNIT, None, LAST)


def commune(code: str, kind: str, name: str, *land: str) -> Locality:
    return Locality(code, name, kind, COMMUNE, FIRST, None, land)


HA_LONG = former("ha-long", "thành phố", "Hạ Long")
CAM_PHA = former("cam-pha", "thành phố", "Cẩm Phả")
TIEN_YEN = former("tien-yen", "huyện", "Tiên Yên")
VAN_DON = former("van-don", "huyện", "Vân Đồn")
HONG_GAI = commune("06685", "phường", "Hồng Gai", "ha-long")
NEW_HA_LONG = commune("06688", "phường", "Hạ Long", "ha-long")
HAI_HOA = commune("06799", "xã", "Hải Hòa", "cam-pha", "tien-yen")
DIEN_XA = commune("06874", "xã", "Điền Xá", "tien-yen")
NEW_VAN_DON = commune("06994", "đặc khu", "Vân Đồn", "van-don")
UNITS = (HA_LONG, CAM_PHA, TIEN_YEN, VAN_DON, HONG_GAI, NEW_HA_LONG, HAI_HOA, DIEN_XA, NEW_VAN_DON)
GAZETTEER = Gazetteer(UNITS)


def test_a_name_has_its_kind() -> None:
    assert [full_name(unit) for unit in (HONG_GAI, NEW_HA_LONG, HA_LONG)] == [
        "phường Hồng Gai", "phường Hạ Long", "thành phố Hạ Long",
    ]  # fmt: skip
    assert full_name(Locality("x", "Yên Hưng", "", FORMER_UNIT)) == "Yên Hưng"


def test_units_are_there_from_their_first_day_to_their_last() -> None:
    assert (exists_on(TIEN_YEN, LAST), exists_on(TIEN_YEN, FIRST)) == (True, False)
    assert (exists_on(HAI_HOA, LAST), exists_on(HAI_HOA, FIRST)) == (False, True)
    assert set(GAZETTEER.on(LAST)) == {HA_LONG, CAM_PHA, TIEN_YEN, VAN_DON}
    assert set(GAZETTEER.on(FIRST)) == {HONG_GAI, NEW_HA_LONG, HAI_HOA, DIEN_XA, NEW_VAN_DON}


def test_what_became_of_a_unit_and_what_was_before() -> None:
    assert GAZETTEER.successors("tien-yen", TODAY) == (HAI_HOA, DIEN_XA)
    assert GAZETTEER.successors("tien-yen", LAST) == ()
    assert GAZETTEER.predecessors("06799") == (CAM_PHA, TIEN_YEN)
    assert GAZETTEER.predecessors("99999") == GAZETTEER.predecessors("ha-long") == ()


@pytest.mark.parametrize(
    ("former_unit", "commune_", "surely", "possibly"),
    [
        ("tien-yen", None, [TIEN_YEN], [HAI_HOA, DIEN_XA]),
        (None, "06799", [HAI_HOA], [CAM_PHA, TIEN_YEN]),
        (None, "06874", [DIEN_XA, TIEN_YEN], []),
        ("tien-yen", "06799", [TIEN_YEN, HAI_HOA], []),
        ("cam-pha", "06799", [CAM_PHA, HAI_HOA], []),
        ("van-don", None, [VAN_DON, NEW_VAN_DON], []),
        (None, "06994", [VAN_DON, NEW_VAN_DON], []),
        ("ha-long", None, [HA_LONG], [HONG_GAI, NEW_HA_LONG]),
        (None, "06688", [HA_LONG, NEW_HA_LONG], []),
        ("quang-yen", None, [], []),
        (None, None, [], []),
    ],
)
def test_where_a_product_lies_surely_and_possibly(
    former_unit: str | None, commune_: str | None, surely: list[Locality], possibly: list[Locality]
) -> None:
    found = dict(GAZETTEER.units_of(former_unit, commune_))
    assert found == dict.fromkeys(surely, Lies.SURELY) | dict.fromkeys(possibly, Lies.POSSIBLY)


def test_a_commune_that_follows_another_may_have_its_land() -> None:
    later = Locality("07999", "Tiên Hải", "phường", COMMUNE, date(2027, 1, 1), None, ("tien-yen",))
    until = Locality("06874", "Điền Xá", "xã", COMMUNE, FIRST, date(2026, 12, 31), ("tien-yen",))
    other = Gazetteer((TIEN_YEN, HONG_GAI, until, later))
    assert other.lies_in(None, "06874", later) is Lies.POSSIBLY
    assert other.lies_in(None, "06874", HONG_GAI) is None, "they were there on the same days"
    assert other.lies_in("tien-yen", None, later) is Lies.SURELY, "it was the only one of its day"


@given(st.sampled_from([None, *(u.code for u in UNITS if u.level == FORMER_UNIT)]), st.sampled_from([None, *UNITS]))
def test_what_is_surely_so_is_never_contradicted(former_unit: str | None, unit: Locality | None) -> None:
    known = unit.code if unit and unit.level == COMMUNE else None
    found = dict(GAZETTEER.units_of(former_unit, known))
    for day in (LAST, FIRST):
        surely = [one for one, lies in found.items() if lies is Lies.SURELY and exists_on(one, day)]
        assert len(surely) <= 1, "nothing lies in two units of one day"
        possibly = [one for one, lies in found.items() if lies is Lies.POSSIBLY and exists_on(one, day)]
        assert not (surely and possibly)
        assert len(possibly) != 1, "one possibility alone would be sure"


def product(former_unit: Locality | Place | None, commune_: Locality | Place | None) -> Product:
    def place(unit: Locality | Place | None) -> Place | None:
        return Place(unit.code, unit.name, unit.valid_from, unit.valid_to) if unit else None

    return Product(
        gtin="09520000000011",
        name="Chả mực",
        group="thuc_pham",
        producer=Producer(1, "HTX", "Thôn 1"),
        former_unit=place(former_unit),
        commune=place(commune_),
        certificates=(),
        codes=(),
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("former_unit", "commune_", "today", "expected"),
    [
        (HA_LONG, HONG_GAI, TODAY, PlaceByDate((HONG_GAI,), (HA_LONG,), FIRST)),
        (None, HONG_GAI, TODAY, PlaceByDate((HONG_GAI,), (HA_LONG,), FIRST)),
        (None, HAI_HOA, TODAY, PlaceByDate((HAI_HOA,), (CAM_PHA, TIEN_YEN), FIRST)),
        (TIEN_YEN, None, TODAY, PlaceByDate((HAI_HOA, DIEN_XA), (TIEN_YEN,), FIRST)),
        (VAN_DON, None, TODAY, PlaceByDate((NEW_VAN_DON,), (VAN_DON,), FIRST)),
        (TIEN_YEN, HAI_HOA, LAST, PlaceByDate((TIEN_YEN,), (), None)),
        (None, None, TODAY, PlaceByDate((), (), None)),
    ],
)
def test_the_place_in_the_units_of_today_and_before(
    former_unit: Locality | None, commune_: Locality | None, today: date, expected: PlaceByDate
) -> None:
    assert GAZETTEER.place_of(product(former_unit, commune_), today) == expected


def test_a_place_that_the_list_has_not_is_told_as_the_product_has_it() -> None:
    here = product(Place("yen-hung", "Yên Hưng", None, date(2011, 11, 24)), Place("07132", "Quảng Yên", FIRST, None))
    told = Gazetteer(()).place_of(here, TODAY)
    assert [unit.name for unit in told.now] == ["Quảng Yên"]
    assert [unit.name for unit in told.before] == ["Yên Hưng"]
    assert told.since == FIRST
    since = Gazetteer(()).place_of(product(Place("yen-hung", "Yên Hưng", None, date(2011, 11, 24)), None), TODAY).since
    assert since == date(2011, 11, 25)
