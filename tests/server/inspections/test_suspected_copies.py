"""Sightings of packs, and which serial numbers are suspected: of whose word, on what ground, and never by mistake."""

from __future__ import annotations

import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from registry_notes import TODAY, Sender, note, sha256

from accounts.models import Role, User
from inspections import reviewing
from inspections.grid import SEATS, Cell, cell_of, least_km, town_near
from inspections.kind import NOTE
from inspections.models import Inspection, Sighting, Suspicion
from inspections.note import Note
from inspections.sightings import copies_of
from inspections.suspicion import Finding, Reason, Rules, Seen, Witness, judge, may_be_told
from records.receiving import receive
from register import clock, sample
from register.clock import RegisterClock
from register.management.commands.sample_register import write
from register.models import Product, ProductChange

RULES = Rules()
NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)
HA_LONG, MONG_CAI, DONG_TRIEU = SEATS["Hạ Long"], SEATS["Móng Cái"], SEATS["Đông Triều"]


def at(place: tuple[float, float] | None, hours: float = 0, **changed: Any) -> Seen:
    """A pack seen at a place, so many hours after noon; by an account of its own unless told otherwise."""
    who = {"witness": Witness.INSPECTOR, "sender": f"{place} {hours} {changed}", **changed}
    return Seen(NOON + timedelta(hours=hours), cell_of(*place) if place else None, **who)


# Places


def test_a_cell_holds_the_place_and_no_more_of_it() -> None:
    cell = cell_of(20.9581, 107.0932)
    assert cell == cell_of(20.9012, 107.0001) == Cell(20.95, 107.05)
    assert cell_of(0, 0) is None
    assert cell_of(48.85, 2.35) is None


@given(st.floats(20.6, 21.7), st.floats(106.4, 108.1), st.floats(20.6, 21.7), st.floats(106.4, 108.1))
def test_cells_are_never_farther_apart_than_what_is_in_them(a: float, b: float, c: float, d: float) -> None:
    one, other = cell_of(a, b), cell_of(c, d)
    assert one is not None
    assert other is not None
    exact = least_km(Cell(a, b, 0.0), Cell(c, d, 0.0))
    assert least_km(one, other) <= exact + 1e-6
    assert least_km(one, other) == pytest.approx(least_km(other, one))
    assert exact - least_km(one, other) < 32  # two diagonals


def test_the_towns_are_told_by_their_names() -> None:
    for name, seat in SEATS.items():
        assert town_near(cell_of(*seat)) in {name, "Hạ Long", "Cẩm Phả", "Vân Đồn", "Quảng Yên", "Uông Bí"}
    assert town_near(cell_of(*MONG_CAI)) == "Móng Cái"
    assert town_near(cell_of(21.03, 105.85)) is None  # Hà Nội
    assert town_near(None) is None
    exact = least_km(Cell(*HA_LONG, 0.0), Cell(*MONG_CAI, 0.0))
    assert 100 < exact < 120  # 113 km as the crow flies


# Too far apart


def test_two_towns_at_one_time_are_too_far_apart() -> None:
    seen = [at(HA_LONG), at(MONG_CAI, 0.25, witness=Witness.SHOP)]
    finding = judge(seen, RULES)
    assert finding == Finding(Reason.TOO_FAR_APART, (seen[1], seen[0]), None, accuses=True)
    assert judge(reversed(seen), RULES) == finding


@pytest.mark.parametrize("spoilt", [
    pytest.param(at(MONG_CAI, 1.5), id="time enough for a lorry"),
    pytest.param(at(SEATS["Cẩm Phả"], 0.25), id="the next town"),
    pytest.param(at(None, 0.25), id="no place"),
    pytest.param(at(MONG_CAI, 0.25, time_is_sure=False), id="no clock"),
    pytest.param(at(MONG_CAI, 0.25, sender=at(HA_LONG).sender), id="the same person"),
])  # fmt: skip
def test_what_one_pack_can_explain(spoilt: Seen) -> None:
    assert judge([at(HA_LONG), spoilt], RULES) is None


def test_a_flight_is_quicker_than_the_road() -> None:
    saigon = (10.8, 106.7)
    assert judge([at(HA_LONG), at(saigon, 5)], RULES) is None
    assert judge([at(HA_LONG), at(saigon, 2)], RULES) is not None


@pytest.mark.parametrize(
    ("one", "other", "accuses"),
    [
        (Witness.INSPECTOR, Witness.INSPECTOR, True),
        (Witness.INSPECTOR, Witness.SHOP, True),
        (Witness.SHOP, Witness.SHOP, False),
        (Witness.INSPECTOR, Witness.CONSUMER, False),
        (Witness.CONSUMER, Witness.CONSUMER, False),
    ],
)
def test_who_can_accuse(one: Witness, other: Witness, accuses: bool) -> None:
    finding = judge([at(HA_LONG, witness=one), at(MONG_CAI, witness=other)], RULES)
    assert finding is not None
    assert finding.accuses is accuses
    assert finding.by_accounts is (Witness.CONSUMER not in (one, other))


# After a sale


def sold(place: tuple[float, float], hours: float = 0, **changed: Any) -> Seen:
    return at(place, hours, **{"witness": Witness.SHOP, "sold": True, **changed})


def test_on_sale_twice_after_its_sale() -> None:
    seen = [sold(HA_LONG), at(MONG_CAI, 50), at(DONG_TRIEU, 100, witness=Witness.SHOP)]
    finding = judge(seen, RULES)
    assert finding == Finding(Reason.SEEN_AFTER_SALE, tuple(reversed(seen)), seen[0], accuses=True)


def test_sold_in_two_places_and_seen_again() -> None:
    """Two sales, each with the pack on sale elsewhere after it."""
    seen = [sold(HA_LONG), at(MONG_CAI, 50), sold(DONG_TRIEU, 60), at(HA_LONG, 120, witness=Witness.SHOP)]
    finding = judge(seen, RULES)
    assert finding is not None
    assert (finding.reason, finding.sale, finding.accuses) == (Reason.SEEN_AFTER_SALE, seen[0], True)


LEADS = {
    "once: a wholesaler's sale, or a mistake": [
        sold(HA_LONG), at(MONG_CAI, 50), at(MONG_CAI, 60, witness=Witness.SHOP),
    ],
    "no inspector": [
        sold(HA_LONG), at(MONG_CAI, 50, witness=Witness.SHOP), at(DONG_TRIEU, 100, witness=Witness.SHOP),
    ],
    "one person in both places": [sold(HA_LONG), at(MONG_CAI, 50, sender="x"), at(DONG_TRIEU, 100, sender="x")],
}  # fmt: skip


@pytest.mark.parametrize("what", LEADS)
def test_a_lead_for_the_office(what: str) -> None:
    finding = judge(LEADS[what], RULES)
    assert finding is not None
    assert not finding.accuses


NOTHING = {
    "the buyers scan at home": [
        sold(HA_LONG), at(MONG_CAI, 50, witness=Witness.CONSUMER), at(DONG_TRIEU, 90, witness=Witness.CONSUMER),
    ],
    "a consumer says that it was sold": [sold(HA_LONG, witness=Witness.CONSUMER), at(MONG_CAI, 50), at(DONG_TRIEU, 90)],
    "brought back": [sold(HA_LONG), at(HA_LONG, 50), sold(HA_LONG, 60, sender="other")],
    "on the same day": [sold(HA_LONG), at(MONG_CAI, 20)],
    "before the sale": [at(MONG_CAI), at(DONG_TRIEU, 30), sold(HA_LONG, 60)],
    "bought as a sample by an inspector who was there": [
        at(HA_LONG, -1, sender="x"), sold(HA_LONG), at(MONG_CAI, 50, sender="x"),
    ],
    "nobody knows where": [sold(HA_LONG), at(None, 50), at(None, 90)],
    "nobody knows when": [sold(HA_LONG, time_is_sure=False), at(MONG_CAI, 50), at(DONG_TRIEU, 90)],
}  # fmt: skip


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_at_all(what: str) -> None:
    assert judge(NOTHING[what], RULES) is None


def test_what_the_office_has_dismissed_needs_something_new() -> None:
    seen = [sold(HA_LONG, id=1), at(MONG_CAI, 50, id=2), at(DONG_TRIEU, 100, id=3)]
    assert judge(seen, RULES, newer_than=2) is not None
    assert judge(seen, RULES, newer_than=3) is None


@st.composite
def journeys(draw: st.DrawFn) -> list[Seen]:
    """One pack on its way, at most as quick as a lorry, scanned by different people and sold at the end."""
    hours, place, seen = 0.0, draw(st.sampled_from(list(SEATS.values()))), []
    for number in range(draw(st.integers(2, 6))):
        to = draw(st.sampled_from(list(SEATS.values())))
        km = least_km(Cell(*place, 0.0), Cell(*to, 0.0))
        hours += km / draw(st.floats(20, 100)) + draw(st.floats(0.01, 200))
        place = to
        # Rounded to the quarter of an hour below, as they are kept.
        seen.append(at(place, hours // 0.25 * 0.25, sender=str(number), witness=draw(st.sampled_from(list(Witness)))))
    last = seen[-1]
    return [*seen, at(place, (hours + 0.01) // 0.25 * 0.25, sender="seller", witness=Witness.SHOP, sold=True), last]


@given(journeys())
def test_one_pack_on_the_road_is_never_suspected(seen: list[Seen]) -> None:
    assert judge(seen, RULES) is None


seens = st.builds(
    Seen,
    at=st.integers(0, 4 * 200).map(lambda quarters: NOON + timedelta(minutes=15 * quarters)),
    cell=st.none() | st.sampled_from([cell_of(*seat) for seat in SEATS.values()]),
    witness=st.sampled_from(list(Witness)),
    sender=st.sampled_from("abcdef"),
    sold=st.booleans(),
    time_is_sure=st.booleans(),
    id=st.integers(0, 99),
)


@given(st.lists(seens, max_size=12))
def test_no_accusation_without_an_inspector_and_another_account(seen: list[Seen]) -> None:
    finding = judge(seen, RULES)
    if finding is None:
        return
    assert 2 <= len(finding.sightings) <= 5
    assert list(finding.sightings) == sorted(finding.sightings, key=lambda s: (s.at, s.id), reverse=True)
    assert all(s.counts for s in finding.sightings)
    assert (finding.sale is not None) == (finding.reason is Reason.SEEN_AFTER_SALE)
    if finding.accuses:
        assert Witness.CONSUMER not in {s.witness for s in finding.sightings}
        assert Witness.INSPECTOR in {s.witness for s in finding.sightings}
        assert len({s.sender for s in finding.sightings}) >= 2
    alone = [s for s in seen if s.sender == "a"]
    assert judge(alone, RULES) is None  # nobody contradicts themselves


@given(
    st.lists(seens, max_size=10),
    st.lists(seens.map(lambda s: Seen(s.at, s.cell, Witness.CONSUMER, s.sender)), max_size=6),
)
def test_consumers_neither_make_nor_unmake_an_accusation(seen: list[Seen], consumers: list[Seen]) -> None:
    before, after = judge(seen, RULES), judge([*seen, *consumers], RULES)
    if before and before.accuses:
        assert after == before
    else:
        assert after is None or not after.accuses


def test_numbers_that_are_no_serials_accuse_nobody() -> None:
    assert may_be_told(1, 21, RULES)
    assert not may_be_told(1, 20, RULES)
    assert not may_be_told(30, 100, RULES)


# From notes to sightings

database = pytest.mark.django_db
SignIn = Callable[[str], Sender]


@pytest.fixture
def gtin(register: sample.SampleRegister) -> str:
    return register.products[0].gtin


def seen_note(gtin: str, place: tuple[float, float] | None, when: datetime, **changed: Any) -> dict[str, Any]:
    """The fields of a note about a pack with a serial number."""
    code = {"text": "x", "symbology": "QR Code", "gtin": gtin, "lot": None, "serial": "A1", "expiry": None}
    return {
        "code": {**code, **changed.pop("code", {})},
        "place": {"lat": place[0], "lon": place[1], "accuracy": 12.0} if place else None,
        "created_at": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "clock_offset": 0,
        **changed,
    }


def send(
    sender: Sender, gtin: str, place: tuple[float, float] | None, when: datetime, **changed: Any
) -> dict[str, Any]:
    document = sender.note(**seen_note(gtin, place, when, **changed))
    answer = sender.put_note(document)
    assert answer.status_code == 201, answer.content
    return document


def now() -> datetime:
    return timezone.now().replace(microsecond=0)


@database
def test_what_is_kept_of_a_note(anonymous: Sender, gtin: str) -> None:
    when = now() - timedelta(hours=2)
    document = send(anonymous, gtin, (20.9581, 107.0932), when, clock_offset=-3)
    kept = Sighting.objects.get()
    assert (kept.gtin, kept.serial, kept.sold, kept.witness) == (gtin, "A1", False, "consumer")
    assert (kept.latitude, kept.longitude) == (20.95, 107.05)
    assert kept.time_is_sure
    assert timedelta(0) <= when - timedelta(seconds=3) - kept.seen_at < timedelta(minutes=15)
    assert (kept.seen_at.minute % 15, kept.seen_at.second) == (0, 0)
    row = " ".join(map(str, Sighting.objects.values_list().get()))
    for secret in (document["id"], document["device"], document["text"], "107.0932"):
        assert secret not in row
        assert secret.replace("-", "") not in row


@database
@pytest.mark.parametrize("changed", [
    {"code": None},
    {"code": {"gtin": None}},
    {"code": {"serial": None}},
    {"code": {"serial": ""}},
    {"code": {"serial": "x" * 21}},
    {"code": {"serial": "a\x00b"}},
    {"code": {"serial": "số 1"}},
    {"code": {"serial": "L5", "lot": "L5"}},
    {"code": {"symbology": "typed"}},
    {"code": {"gtin": sample.UNKNOWN_GTIN}},
])  # fmt: skip
def test_a_note_that_is_no_sighting(anonymous: Sender, gtin: str, changed: dict[str, Any]) -> None:
    document = anonymous.note(**seen_note(gtin, HA_LONG, now()))
    code = changed["code"]
    document["code"] = {**document["code"], **code} if code else None
    assert anonymous.put_note(document).status_code == 201
    assert not Sighting.objects.exists()


@database
@pytest.mark.parametrize(
    ("sure", "changed"),
    [
        (True, {"clock_offset": 0}),
        (False, {"clock_offset": None}),
        (False, {"clock_offset": 3600}),  # in the future
        (False, {"clock_offset": -20 * 86400}),
        (False, {"clock_offset": 3e11}),
    ],
)
def test_a_clock_that_cannot_be_trusted(anonymous: Sender, gtin: str, sure: bool, changed: dict[str, Any]) -> None:
    send(anonymous, gtin, HA_LONG, now(), **changed)
    assert Sighting.objects.get().time_is_sure is sure


@database
def test_a_rough_place_is_none(anonymous: Sender, gtin: str) -> None:
    document = anonymous.note(**seen_note(gtin, HA_LONG, now()))
    document["place"]["accuracy"] = 30000
    anonymous.put_note(document)
    assert Sighting.objects.get().latitude is None


@database
def test_a_note_sent_again_is_one_sighting_and_so_is_the_same_scan_again(sign_in: SignIn, gtin: str) -> None:
    inspector, when = sign_in("kiemtra01"), now() - timedelta(hours=1)
    document = send(inspector, gtin, HA_LONG, when)
    assert inspector.put_note(document).status_code == 200
    for _ in range(3):
        send(inspector, gtin, HA_LONG, when)
    assert Sighting.objects.count() == 1
    send(inspector, gtin, HA_LONG, when, outcome="sold")
    send(sign_in("kiemtra02"), gtin, HA_LONG, when)
    assert Sighting.objects.count() == 3


@database
def test_senders_are_told_apart_for_one_pack_and_never_followed_to_another(sign_in: SignIn, gtin: str) -> None:
    one, other = sign_in("kiemtra01"), sign_in("kiemtra02")
    for sender in (one, other):
        for serial in ("A1", "A2"):
            send(sender, gtin, HA_LONG, now(), code={"serial": serial})
    assert len(set(Sighting.objects.values_list("sender", flat=True))) == 4


@database
def test_a_correction_replaces_the_sighting_and_not_its_time(sign_in: SignIn, gtin: str) -> None:
    inspector = sign_in("kiemtra01")
    first = send(inspector, gtin, HA_LONG, now() - timedelta(days=1))
    before = Sighting.objects.get()
    second = send(inspector, gtin, HA_LONG, now(), outcome="sold", supersedes=first["id"])
    after = Sighting.objects.get()
    assert (after.pk, after.seen_at, after.sold) == (before.pk, before.seen_at, True)
    send(inspector, gtin, MONG_CAI, now(), supersedes=second["id"], code={"serial": "B7"})
    last = Sighting.objects.get()
    assert (last.serial, last.seen_at, last.sold, last.latitude) == ("B7", before.seen_at, False, 21.55)
    send(inspector, gtin, None, now(), supersedes=first["id"], code={"serial": None})
    assert Sighting.objects.count() <= 1


@database
def test_a_correction_that_takes_the_code_back_takes_the_sighting_back(sign_in: SignIn, gtin: str) -> None:
    inspector = sign_in("kiemtra01")
    first = send(inspector, gtin, HA_LONG, now())
    send(inspector, gtin, HA_LONG, now(), code={"serial": None}, supersedes=first["id"])
    assert not Sighting.objects.exists()


@database
def test_a_correction_that_comes_first_waits_for_its_original(sign_in: SignIn, gtin: str) -> None:
    inspector = sign_in("kiemtra01")
    first = inspector.note(**seen_note(gtin, HA_LONG, now() - timedelta(days=2)))
    send(inspector, gtin, HA_LONG, now(), outcome="sold", supersedes=first["id"])
    assert not Sighting.objects.exists()
    assert inspector.put_note(first).status_code == 201
    kept = Sighting.objects.get()
    assert kept.sold
    assert kept.seen_at < now() - timedelta(days=1)


@database
def test_nobody_corrects_another_senders_sighting(sign_in: SignIn, gtin: str) -> None:
    first = send(sign_in("kiemtra01"), gtin, HA_LONG, now())
    other = sign_in("kiemtra02")
    document = other.note(**seen_note(gtin, MONG_CAI, now(), supersedes=first["id"]))
    assert other.put_note(document).status_code == 403
    late = sign_in("kiemtra01").note(**seen_note(gtin, HA_LONG, now()))
    send(other, gtin, MONG_CAI, now(), supersedes=late["id"], code={"serial": "Z"})
    sign_in("kiemtra01").put_note(late)
    assert set(Sighting.objects.values_list("latitude", flat=True)) == {20.95}


@database
def test_notes_that_claim_to_correct_each_other(anonymous: Sender, gtin: str) -> None:
    ids = [str(uuid.uuid4()), str(uuid.uuid4())]
    send(anonymous, gtin, HA_LONG, now(), id=ids[0], supersedes=ids[1])
    send(anonymous, gtin, HA_LONG, now(), id=ids[1], supersedes=ids[0])
    assert not Sighting.objects.exists()


# Told to devices


def sound_serials(gtin: str, count: int = RULES.sound_serials) -> None:
    """Other packs of the product that accounts have seen."""
    Sighting.objects.bulk_create(
        Sighting(
            mark=uuid.uuid4().hex, sender=uuid.uuid4().hex, gtin=gtin, serial=f"S{number}", seen_at=now(),
            time_is_sure=True, sold=False, witness="shop",
        )
        for number in range(count)
    )  # fmt: skip


def cursor(gtin: str) -> int:
    return ProductChange.objects.get(gtin=gtin).cursor


@pytest.fixture
def copied(sign_in: SignIn, gtin: str) -> dict[str, Any]:
    """Two inspectors have seen one serial in two towns at once; the first one's note."""
    sound_serials(gtin)
    when = now() - timedelta(hours=3)
    first = send(sign_in("kiemtra01"), gtin, HA_LONG, when)
    assert copies_of([gtin]) == {}
    send(sign_in("kiemtra02"), gtin, MONG_CAI, when)
    return first


@database
def test_a_suspected_serial_is_told(copied: dict[str, Any], gtin: str) -> None:
    day = timezone.localdate(Sighting.objects.filter(serial="A1").earliest("seen_at").seen_at).isoformat()
    sightings = [{"day": day, "place": "Móng Cái"}, {"day": day, "place": "Hạ Long"}]
    copy = {"serial": "A1", "reason": "too_far_apart", "sold_on": None, "sightings": sightings}
    assert copies_of([gtin]) == copies_of(None) == {gtin: [copy]}
    assert copies_of([]) == copies_of(["09520000000011"]) == {}
    answer = Client().get("/api/v1/changes", {"limit": "1000"}).json()
    assert {c["product"]["gtin"]: c["product"]["copies"] for c in answer["changes"] if c["product"]["copies"]} == {
        gtin: [copy]
    }


@database
def test_the_product_changes_when_its_copies_do_and_only_then(
    sign_in: SignIn, copied: dict[str, Any], gtin: str
) -> None:
    told, others = cursor(gtin), set(ProductChange.objects.exclude(gtin=gtin).values_list("cursor", flat=True))
    assert told > max(others)
    send(sign_in("kiemtra01"), gtin, HA_LONG, now(), code={"serial": "S1"})
    assert cursor(gtin) == told
    send(sign_in("kiemtra01"), gtin, HA_LONG, now(), supersedes=copied["id"], code={"serial": None})
    assert cursor(gtin) > told
    assert copies_of([gtin]) == {}
    assert not Suspicion.objects.exists()


@database
def test_consumers_make_a_lead_that_devices_are_not_told(sign_in: SignIn, anonymous: Sender, gtin: str) -> None:
    sound_serials(gtin)
    before = cursor(gtin)
    send(sign_in("kiemtra01"), gtin, HA_LONG, now())
    send(anonymous, gtin, MONG_CAI, now())
    lead = Suspicion.objects.get()
    assert (lead.accuses, lead.by_accounts, lead.told) == (False, False, False)
    assert (copies_of(None), cursor(gtin)) == ({}, before)


@database
def test_a_product_whose_packs_all_bear_one_number_is_not_accused(sign_in: SignIn, gtin: str) -> None:
    when = now() - timedelta(hours=3)
    for username, place in (("kiemtra01", HA_LONG), ("kiemtra02", MONG_CAI)):
        send(sign_in(username), gtin, place, when, code={"serial": "1"})
    held = Suspicion.objects.get()
    assert (held.accuses, held.told) == (True, False)
    assert copies_of(None) == {}
    sound_serials(gtin)
    send(sign_in("kiemtra01"), gtin, HA_LONG, when, code={"serial": "1"}, outcome="sold")
    assert set(copies_of(None)) == {gtin}


@database
def test_sold_and_on_sale_in_two_other_towns(sign_in: SignIn, gtin: str) -> None:
    sound_serials(gtin)
    start = now() - timedelta(days=10)
    send(sign_in("cuahang01"), gtin, HA_LONG, start, outcome="sold")
    send(sign_in("kiemtra01"), gtin, MONG_CAI, start + timedelta(days=3))
    assert copies_of(None) == {}
    send(sign_in("kiemtra02"), gtin, DONG_TRIEU, start + timedelta(days=5))
    (copy,) = copies_of([gtin])[gtin]
    assert copy["reason"] == "seen_after_sale"
    assert date.fromisoformat(copy["sold_on"]) == timezone.localdate(start)
    assert [s["place"] for s in copy["sightings"]] == ["Đông Triều", "Móng Cái", "Hạ Long"]


@database
def test_no_tombstone_for_what_is_not_registered(anonymous: Sender, register: sample.SampleRegister) -> None:
    send(anonymous, sample.UNKNOWN_GTIN, HA_LONG, now())
    reviewing.review(sample.UNKNOWN_GTIN, "A1")
    assert not ProductChange.objects.filter(gtin=sample.UNKNOWN_GTIN).exists()


# The office


@pytest.fixture
def office(register: sample.SampleRegister) -> Client:
    client = Client()
    registrar = User.objects.create_user("phutrach", password="x", role=Role.REGISTRAR)
    client.force_login(registrar, "django.contrib.auth.backends.ModelBackend")
    return client


def decide(office: Client, decision: str, reason: str = "Mẫu mua về kiểm nghiệm", **changed: Any) -> Any:
    suspicion = Suspicion.objects.get()
    form = {
        "decision": decision,
        "decision_reason": reason,
        "shown_through": reviewing.last_sighting(suspicion.gtin, suspicion.serial),
        **changed,
    }
    return office.post(reverse("admin:inspections_suspicion_change", args=[suspicion.pk]), form)


@database
def test_the_list_and_its_filters(office: Client, copied: dict[str, Any], gtin: str) -> None:
    product = Product.objects.get(gtin=gtin)
    assert product.former_unit
    address = reverse("admin:inspections_suspicion_changelist")
    listed = office.get(address).content.decode()
    assert product.name in listed
    for query, found in (
        (f"?q={gtin}", True),
        (f"?q={product.name}", True),
        ("?q=khong-co", False),
        (f"?unit={product.former_unit.code}", True),
        ("?unit=khong-co", False),
        ("?told__exact=1", True),
        ("?told__exact=0", False),
    ):
        assert (f"({gtin})" in office.get(address + query).content.decode()) is found, query
    page = office.get(reverse("admin:inspections_suspicion_change", args=[Suspicion.objects.get().pk])).content.decode()
    assert "gần Hạ Long · Cán bộ" in page
    assert "kiemtra01" not in page


@database
def test_a_dismissed_suspicion_comes_back_only_with_something_new(
    office: Client, sign_in: SignIn, copied: dict[str, Any], gtin: str
) -> None:
    told = cursor(gtin)
    assert decide(office, "dismissed").status_code == 302
    assert copies_of(None) == {}
    assert cursor(gtin) > told
    when = Sighting.objects.filter(serial="A1").earliest("seen_at").seen_at
    send(sign_in("kiemtra02"), gtin, MONG_CAI, when)  # said before
    send(sign_in("cuahang01"), gtin, HA_LONG, when + timedelta(days=1))  # contradicts nothing
    assert Suspicion.objects.get().decision == "dismissed"
    send(sign_in("cuahang01"), gtin, DONG_TRIEU, when)
    back = Suspicion.objects.get()
    assert (back.decision, back.told) == ("", True)
    kinds = list(back.history.order_by("history_date", "history_id").values_list("decision", "told"))
    assert ("dismissed", False) in kinds
    assert kinds[-1] == ("", True)
    assert back.history.filter(decision="dismissed").first().history_user.username == "phutrach"


@database
def test_what_came_while_the_office_looked_is_not_dismissed_with_the_rest(
    office: Client, sign_in: SignIn, copied: dict[str, Any], gtin: str
) -> None:
    shown = reviewing.last_sighting(gtin, "A1")
    when = Sighting.objects.filter(serial="A1").earliest("seen_at").seen_at
    send(sign_in("cuahang01"), gtin, DONG_TRIEU, when)
    decide(office, "dismissed", shown_through=shown)
    assert Suspicion.objects.get().told


@database
def test_a_decision_has_a_reason(office: Client, copied: dict[str, Any]) -> None:
    answer = decide(office, "dismissed", reason=" ")
    assert answer.status_code == 200
    assert "Hãy ghi lý do." in answer.content.decode()
    assert Suspicion.objects.get().told


@database
def test_the_office_may_confirm_a_lead_and_take_it_back(
    office: Client, sign_in: SignIn, anonymous: Sender, gtin: str
) -> None:
    send(sign_in("kiemtra01"), gtin, HA_LONG, now())
    send(anonymous, gtin, MONG_CAI, now())
    assert decide(office, "confirmed", "Đã xem tận nơi").status_code == 302
    assert set(copies_of(None)) == {gtin}
    decide(office, "", "")
    assert copies_of(None) == {}


@database
def test_old_sightings_are_forgotten_and_what_was_told_of_them(copied: dict[str, Any], gtin: str) -> None:
    told, notes = cursor(gtin), Inspection.objects.count()
    call_command("forget_sightings", stdout=None)
    assert Suspicion.objects.exists()
    Sighting.objects.filter(serial="A1").update(seen_at=now() - timedelta(days=800))
    Suspicion.objects.update(seen_at=now() - timedelta(days=800))
    call_command("forget_sightings", stdout=None)
    assert not Suspicion.objects.exists()
    assert set(Sighting.objects.values_list("serial", flat=True)) == {f"S{n}" for n in range(RULES.sound_serials)}
    assert (copies_of(None), Inspection.objects.count()) == ({}, notes)
    assert cursor(gtin) > told
    call_command("forget_sightings", "--all", stdout=None)
    assert not Sighting.objects.exists()


# Locks


def put_in_place(monkeypatch: pytest.MonkeyPatch, other: Callable[..., Any]) -> None:
    """Give every module another function in place of the one of this name in `register.clock`."""
    name = other.__name__
    known = getattr(clock, name)
    for module in [module for module in [*sys.modules.values()] if getattr(module, name, None) is known]:
        monkeypatch.setattr(module, name, other)


@database
def test_the_registers_clock_is_locked_last(
    monkeypatch: pytest.MonkeyPatch, office: Client, sign_in: SignIn, gtin: str
) -> None:
    """Two who lock two rows in two orders wait for each other for ever."""
    locked: list[str] = []

    def lock_clock(name: str = "register") -> RegisterClock:
        locked.append(name)
        return RegisterClock.objects.select_for_update().get(name=name)

    def next_value(name: str, by: int = 1) -> int:
        locked.append(name)
        return really_next(name, by)

    really_next = clock.next_value
    put_in_place(monkeypatch, lock_clock)
    put_in_place(monkeypatch, next_value)
    sound_serials(gtin)
    when = now() - timedelta(hours=3)
    send(sign_in("kiemtra01"), gtin, HA_LONG, when)
    for work in (
        lambda: send(sign_in("kiemtra02"), gtin, MONG_CAI, when),
        lambda: decide(office, "dismissed"),
        lambda: decide(office, "confirmed"),
        lambda: reviewing.forget(now() + timedelta(days=1)),
    ):
        locked.clear()
        work()
        assert locked[0] == "inspections"
        assert set(locked[1:]) == {"register"}, locked


# Many at once, on PostgreSQL

together = pytest.mark.django_db(transaction=True, serialized_rollback=True)
postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time; set DATABASE_URL to a PostgreSQL"
)


@pytest.fixture
def products() -> Iterator[list[Product]]:
    with transaction.atomic():
        write(sample.build(sample.SEED, TODAY, products=4, producers=2))
    yield list(Product.objects.order_by("gtin"))
    connections.close_all()


def store(document: dict[str, Any], account: User | None) -> None:
    body = rfc8785.dumps(document)
    receive(NOTE, Note.model_validate(document), body, sha256(body), account)


@together
@postgresql
def test_notes_the_office_and_the_register_never_wait_in_a_circle(
    monkeypatch: pytest.MonkeyPatch, products: list[Product]
) -> None:
    """Each worker writes in its own way to the same products; PostgreSQL ends one of two that wait in a circle."""

    def lock_clock(name: str = "register") -> RegisterClock:
        locked = RegisterClock.objects.select_for_update().get(name=name)
        time.sleep(0.003)  # time enough for another to take the other lock
        return locked

    def next_value(name: str, by: int = 1) -> int:
        value = really_next(name, by)
        time.sleep(0.003)
        return value

    really_next = clock.next_value
    put_in_place(monkeypatch, lock_clock)
    put_in_place(monkeypatch, next_value)
    senders = [User.objects.get(username=name) for name in ("kiemtra01", "kiemtra02", "cuahang01")]
    for product in products:
        sound_serials(product.gtin, 200)
    failures: list[BaseException] = []
    gate = threading.Barrier(6)

    def work(worker: int) -> None:
        try:
            gate.wait(20)
            for turn in range(15):
                product = products[(worker + turn) % len(products)]
                account = senders[worker % 3]
                if worker < 3:
                    place = list(SEATS.values())[(worker * 5 + turn) % len(SEATS)]
                    fields = seen_note(product.gtin, place, now(), code={"serial": f"S{turn % 3}"})
                    store(
                        note(**{**fields, "account": account.username, "outcome": ("sold", "matches")[turn % 2]}),
                        account,
                    )
                elif worker == 3:
                    decision = ("dismissed", "", "confirmed")[turn % 3]
                    reviewing.decide(product.gtin, f"S{turn % 3}", decision, "vì thế", 10**9)
                elif worker == 4:
                    reviewing.forget(now() - timedelta(days=1))
                else:
                    found = Product.objects.get(pk=product.pk)
                    found.name = f"Lần {turn}"
                    found.save()
        except BaseException as error:  # shown below
            failures.append(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert failures == []
    assert Suspicion.history.filter(told=True).exists()
    for product in products:
        told = Suspicion.objects.filter(gtin=product.gtin, told=True)
        assert copies_of([product.gtin]).get(product.gtin, []) == [s.document() for s in told.order_by("serial")]
