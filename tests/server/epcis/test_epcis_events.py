"""Events of inspections: what they say, what they never say, and that GS1's schema takes them."""

from __future__ import annotations

import json
import os
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from registry_notes import PLACE, inspection

from epcis.document import file_of, page_of
from epcis.event import Arrived, Correction, Event, event_of
from epcis.goods import is_global
from linking.qualifiers import qualifiers_of
from rounds.inspection import Inspection
from rounds.words import Finding, PlaceKind, Sale, Seal

STANDARDS = "OCOP_STANDARDS"
GTIN, OTHER = "09520000100018", "09520000100025"
ROUND = str(uuid.UUID(int=7))
ARRIVED = Arrived("a" * 64, datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
NOTHING = {"code": None, "label": None}
PLAIN: dict[str, Any] = {"gtin": GTIN, "round": ROUND, "lot": NOTHING, "expiry": NOTHING, "findings": ["matches"]}
SOMEBODY = "Nguyễn Thị Hoa 0900000000"
STANDARD = {
    "type", "eventID", "eventTime", "eventTimeZoneOffset", "recordTime", "epcList", "quantityList", "action", "bizStep",
    "disposition", "readPoint", "bizTransactionList", "certificationInfo", "errorDeclaration",
}  # fmt: skip


def code(**changed: Any) -> dict[str, Any]:
    return {
        "text": "x", "symbology": "QR Code", "gtin": GTIN, "lot": None, "serial": None, "expiry": None, **changed,
    }  # fmt: skip


def verdict(status: str) -> dict[str, Any]:
    return {"status": status, "reasons": [], "as_of": None}


def event(arrived: Arrived = ARRIVED, address: str = "", **changed: Any) -> Event | None:
    return event_of(Inspection.model_validate(inspection(**{**PLAIN, **changed})), arrived, address)


def told(arrived: Arrived = ARRIVED, address: str = "", **changed: Any) -> Event:
    found = event(arrived, address, **changed)
    assert found is not None
    return found


# What an event says


def test_an_inspection_is_an_event_that_observes() -> None:
    assert told(address="https://ocop.example", id=str(uuid.UUID(int=1)), created_at="2026-11-23T08:00:00Z") == {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:00000000-0000-0000-0000-000000000001",
        "eventTime": "2026-11-23T07:59:57.000Z",
        "eventTimeZoneOffset": "+07:00",
        "recordTime": "2026-11-23T09:00:00.000Z",
        "quantityList": [{"epcClass": f"https://id.gs1.org/01/{GTIN}"}],
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "disposition": "conformant",
        "readPoint": {"id": "geo:20.95,107.05;u=8000"},
        "bizTransactionList": [{"bizTransaction": f"urn:uuid:{ROUND}"}],
        "certificationInfo": f"https://ocop.example/p/{GTIN}",
        "ocop:findings": ["matches"],
        "ocop:verdict": "certified",
        "ocop:copyAsOf": "2026-11-23T07:00:00Z",
        "ocop:timeIsSure": True,
        "ocop:placeKind": "market",
        "ocop:seal": "intact",
        "ocop:sale": "held_back",
        "ocop:sha256": "a" * 64,
    }


# Changed members of an inspection that matches and whose product is certified, and the disposition.
PAST, LATER = {"code": "2026-11-22", "label": None}, {"code": "2026-11-23", "label": None}
DISPOSITIONS: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({}, "conformant"),
    ({"verdict": verdict("certificate_expires_soon")}, "conformant"),
    ({"verdict": None}, "conformant"),
    *(({"verdict": verdict(status)}, None) for status in ("withdrawn", "star_mismatch", "not_registered", "new_word")),
    ({"expiry": PAST}, None),
    ({"expiry": LATER}, "conformant"),
    ({"expiry": PAST, "clock_offset": None}, "conformant"),
    ({"findings": ["stars_differ"]}, "non_conformant"),
    ({"findings": ["label_differs", "past_date"]}, "non_conformant"),
    ({"findings": ["stars_differ", "looks_copied"]}, None),
    ({"findings": ["code_differs"]}, None),
    ({"findings": ["stars_differ"], "codes": [code(gtin=OTHER)]}, None),
    ({"findings": ["stars_differ"], "codes": [code(), code(gtin=None)]}, "non_conformant"),
    ({"findings": ["past_date"]}, "expired"),
    ({"findings": ["past_date", "no_papers"], "expiry": PAST}, "expired"),
    ({"findings": ["past_date"], "expiry": LATER}, None),
    ({"findings": ["past_date"], "expiry": {"code": "2026-11-22", "label": "2026-11-30"}}, None),
    ({"findings": ["past_date"], "expiry": LATER, "created_at": "2026-11-30T08:00:00Z", "clock_offset": None}, None),
    *(({"findings": [finding]}, None) for finding in ("certificate_ended", "no_papers", "other", "looks_copied")),
    ({"findings": [], "verdict": verdict("withdrawn"), "text": "x"}, None),
    ({"findings": [], "verdict": verdict("certified"), "text": "x"}, None),
)


def test_a_disposition_is_what_was_found_and_nothing_speaks_against() -> None:
    for changed, expected in DISPOSITIONS:
        assert told(**changed).get("disposition") == expected, changed


def test_goods_are_named_as_exactly_as_they_are_known() -> None:
    product = f"https://id.gs1.org/01/{GTIN}"
    for changed, expected in (
        ({"lot": {"code": "L/1", "label": None}}, {"quantityList": [{"epcClass": f"{product}/10/L%2F1"}]}),
        ({"lot": {"code": "L1", "label": "L2"}}, {"quantityList": [{"epcClass": product}]}),
        ({"lot": {"code": None, "label": "Lô 1"}}, {"quantityList": [{"epcClass": product}]}),
        ({"codes": [code(lot="L1")], "lot": {"code": "L1", "label": "L1"}},
         {"quantityList": [{"epcClass": f"{product}/10/L1"}]}),
        ({"codes": [code(serial="S1"), code(serial="S1"), code(serial="S 2"), code(gtin=OTHER, serial="S3")]},
         {"epcList": [f"{product}/21/S1"]}),
    ):  # fmt: skip
        found = told(**changed)
        assert {name: found[name] for name in ("epcList", "quantityList") if name in found} == expected
    for gtin in (None, "09520000100017", "02001234567893", "00000000000000", "00212345678909", "00000020123451"):
        assert not is_global(gtin)
        assert event(gtin=gtin) is None


def test_a_time_that_is_not_sure_is_told_so_and_is_never_after_the_arrival() -> None:
    for changed, expected in (
        ({"clock_offset": None}, ("2026-11-23T08:00:00.000Z", False)),
        ({"clock_offset": None, "created_at": "2031-01-01T00:00:00Z"}, ("2026-11-23T09:00:00.000Z", False)),
        ({"clock_offset": 7200.0}, ("2026-11-23T09:00:00.000Z", False)),
        ({"clock_offset": 3700.0}, ("2026-11-23T09:00:00.000Z", True)),
        ({"clock_offset": -86400.5}, ("2026-11-22T07:59:59.500Z", True)),
        ({"clock_offset": 3e11}, ("2026-11-23T08:00:00.000Z", False)),
    ):
        found = told(**changed)
        assert (found["eventTime"], found["ocop:timeIsSure"]) == expected, changed


def test_where_is_told_roughly_or_not_at_all() -> None:
    assert "readPoint" not in told(place={**PLACE, "position": None})
    assert "readPoint" not in told(place={**PLACE, "kind": "online"})
    assert "readPoint" not in told(place={**PLACE, "position": {"lat": 48.8, "lon": 2.3, "accuracy": 5.0}})


def test_what_was_corrected_is_declared_an_error_and_else_stays_the_same() -> None:
    first, second = (datetime(2026, 11, day, tzinfo=UTC) for day in (24, 25))
    by = [Correction(uuid.UUID(int=2), second, told=True), Correction(uuid.UUID(int=3), first, told=False)]
    wrong = told(Arrived(ARRIVED.sha256, ARRIVED.at, by), id=ROUND, findings=["stars_differ"])
    assert wrong.pop("errorDeclaration") == {
        "declarationTime": "2026-11-24T00:00:00.000Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:00000000-0000-0000-0000-000000000002"],
    }
    assert wrong == told(id=ROUND, findings=["stars_differ"])


# What holds for every inspection

_days = st.none() | st.dates(date(2026, 11, 21), date(2026, 11, 25)).map(str)
_lots = st.sampled_from([None, "L1", "L2", "Lô 1", "A/B", "x" * 90, ""])
_gtins = st.sampled_from([None, GTIN, OTHER, "09520000100017", "02001234567893"])
_findings = st.just([Finding.MATCHES.value]) | st.lists(
    st.sampled_from([finding.value for finding in Finding if finding is not Finding.MATCHES]), unique=True
)
_places = st.builds(
    lambda kind, lat, lon, known: {
        "kind": kind, "name": SOMEBODY, "address": SOMEBODY,
        "position": {"lat": lat, "lon": lon, "accuracy": None} if known else None,
    },
    st.sampled_from([kind.value for kind in PlaceKind]), st.floats(-90, 90), st.floats(-180, 180), st.booleans(),
)  # fmt: skip
_inspections = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "round": st.uuids().map(str),
        "gtin": _gtins,
        "findings": _findings,
        "verdict": st.none() | st.sampled_from(["certified", "withdrawn", "star_mismatch", "new_word"]).map(verdict),
        "codes": st.lists(st.builds(lambda g, lot, s, d: code(gtin=g, lot=lot, serial=s, expiry=d, text=SOMEBODY),
                                    _gtins, _lots, _lots, _days), max_size=3),
        "lot": st.fixed_dictionaries({"code": _lots, "label": _lots}),
        "expiry": st.fixed_dictionaries({"code": _days, "label": _days}),
        "place": _places,
        "clock_offset": st.none() | st.floats(-3e11, 3e11) | st.floats(-1e5, 1e5),
        "created_at": st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
        "seal": st.none() | st.sampled_from([seal.value for seal in Seal]),
        "sale": st.none() | st.sampled_from([sale.value for sale in Sale]),
    }
)  # fmt: skip
_arrived = st.builds(
    lambda delay, ids: Arrived(
        "b" * 64, ARRIVED.at, [Correction(one, ARRIVED.at + timedelta(seconds=delay), delay % 2 == 0) for one in ids]
    ),
    st.integers(0, 10**6), st.lists(st.uuids(), max_size=2),
)  # fmt: skip
_SAID = {"text": SOMEBODY, "seller_said": SOMEBODY, "product": {"name": SOMEBODY, "producer": SOMEBODY},
         "quantity": {"amount": 1, "unit": SOMEBODY}, "account": "kiemtra01"}  # fmt: skip


@settings(max_examples=120, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(_inspections, _arrived)
def test_whatever_was_inspected_nothing_is_told_that_was_not_found(said: dict[str, Any], arrived: Arrived) -> None:
    found = event(arrived, "https://ocop.example", **_SAID, **said)
    assert (found is None) == (said["gtin"] not in {GTIN, OTHER})
    if found is None:
        return
    _says_only_what_was_found(found, said)
    assert all(name in STANDARD or name.startswith("ocop:") for name in found)
    written = json.dumps(found, ensure_ascii=False, allow_nan=False)
    assert not [word for word in (*SOMEBODY.split(), "kiemtra01") if word in written]
    goods = [*found.get("epcList", []), *(one["epcClass"] for one in found.get("quantityList", []))]
    assert ("epcList" in found) != ("quantityList" in found)
    for uri in goods:
        gtin, _, pack = uri.removeprefix("https://id.gs1.org/01/").partition("/")
        assert gtin == said["gtin"]
        assert set(qualifiers_of(pack)) <= ({"21"} if "epcList" in found else {"10"})
    at = datetime.fromisoformat(found["eventTime"])
    assert at <= datetime.fromisoformat(found["recordTime"]) == ARRIVED.at
    assert _errors(file([found])) == []


def _says_only_what_was_found(found: Event, said: dict[str, Any]) -> None:
    findings = set(said["findings"])
    days = {*said["expiry"].values(), *(one["expiry"] for one in said["codes"])} - {None}
    day = (datetime.fromisoformat(found["eventTime"]) + timedelta(hours=7)).date().isoformat()
    stands = found.get("disposition")
    assert stands in {None, "conformant", "non_conformant", "expired"}
    if stands is not None:
        assert not findings & {"looks_copied", "code_differs"}
        assert {one["gtin"] for one in said["codes"]} <= {None, said["gtin"]}
    if stands == "non_conformant":
        assert findings & {"stars_differ", "label_differs"}
    if stands == "expired":
        assert "past_date" in findings
        assert all(one < "2026-11-23" for one in days)  # the day on which it arrived
    if stands == "conformant":
        assert findings == {"matches"}
        assert said["verdict"] is None or said["verdict"]["status"] == "certified"
        assert not found["ocop:timeIsSure"] or all(one >= day for one in days)


# Documents


def file(events: list[Event]) -> dict[str, Any]:
    return json.loads("".join(file_of(events, ARRIVED.at, sample=False)))  # type: ignore[no-any-return]


FORMATS = FormatChecker(formats=())
"""Without formats GS1's schema takes any word as a member or a value: its own words stand beside URIs."""


@FORMATS.checks("uri")
def _is_uri(text: object) -> bool:
    """An absolute URI with the characters of RFC 3986."""
    return (
        re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-F]{2})+", str(text))
        is not None
    )


@FORMATS.checks("date-time")
def _is_moment(text: object) -> bool:
    """A moment of RFC 3339."""
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
    return re.fullmatch(form, str(text)) is not None and bool(datetime.fromisoformat(str(text)))


@cache
def _schema() -> Draft7Validator | None:
    folder = os.environ.get(STANDARDS)
    path = Path(folder or "") / "epcis" / "EPCIS-JSON-Schema.json"
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")), format_checker=FORMATS) if folder else None


def _errors(document: dict[str, Any]) -> list[str]:
    """What GS1's schema says against a document, where the folder with it is given."""
    schema = _schema()
    return [error.message for error in schema.iter_errors(document)] if schema else []


def test_documents_keep_to_gs1s_schema() -> None:
    if _schema() is None:
        pytest.skip(f"needs {STANDARDS}, the folder of GS1's schemas")
    events = [told(id=str(uuid.UUID(int=number)), **changed) for number, (changed, _) in enumerate(DISPOSITIONS)]
    for document in (
        file(events),
        file([]),
        page_of(events, ARRIVED.at, "12-ab", more=True, sample=True),
        page_of([], ARRIVED.at, "0", more=False, sample=False),
    ):
        assert _errors(document) == []
    for spoilt in (
        {"action": "LOOK"},
        {"disposition": "fake"},
        {"dispositon": "expired"},
        {"eventTime": "2026-11-23"},
        {"eventTimeZoneOffset": "7"},
        {"quantityList": [{}]},
        {"readPoint": {"id": "chợ"}},
    ):
        assert _errors(file([{**events[0], **spoilt}])), spoilt
    assert _errors({**file([]), "sample": True})


def test_a_document_of_no_events_and_of_many_is_whole() -> None:
    assert file([])["epcisBody"] == {"eventList": []}
    many = [told(id=str(uuid.UUID(int=number))) for number in range(3)]
    assert file(many)["epcisBody"]["eventList"] == many
