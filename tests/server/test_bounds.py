"""What anybody sends is bounded and typed, and every page of the office opens with whatever was taken."""

from __future__ import annotations

import base64
import copy
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rfc8785
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from registry_notes import Sender, error_of, made_up, note, photo_of, picture

from accounts.models import User
from inspections.models import Inspection
from inspections.note import VERDICTS
from register.models import Product
from register.sample import SampleRegister
from services.verification.verdict import Status
from tests.support.registry_server import RegistryServer

pytestmark = pytest.mark.django_db

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))  # NUL and all control characters are among them
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}Z")  # of the years 1 to 9999
GTINS = st.sampled_from(["09520000100016", "00000000000000", "99999999999999"])


def or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


CODES = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "symbology": st.sampled_from(["QR Code", "typed", ""]) | st.text(max_size=40),
        "gtin": or_none(GTINS),
        "lot": or_none(st.text(max_size=90)),
        "serial": or_none(st.sampled_from(["A1", "%\"'<&"]) | st.text(max_size=90)),
        "expiry": or_none(st.dates().map(str)),
    }
)
NOTES = st.fixed_dictionaries(
    {
        "created_at": MOMENTS,
        "clock_offset": or_none(st.integers(-(3 * 10**11), 3 * 10**11) | st.floats(-3e11, 3e11)),
        "code": or_none(CODES),
        "verdict": or_none(
            st.fixed_dictionaries(
                {
                    "status": st.sampled_from(sorted(Status)) | st.from_regex(r"[a-z_]{1,64}", fullmatch=True),
                    "reasons": st.lists(st.text(max_size=64), max_size=3),
                    "as_of": or_none(MOMENTS),
                }
            )
        ),
        "outcome": st.sampled_from(["matches", "mislabelled", "expired", "suspected_copy", "sold", "other"]),
        "text": TEXTS,
        "place": or_none(
            st.fixed_dictionaries(
                {
                    "lat": st.floats(-90, 90) | st.just(20.95),
                    "lon": st.floats(-180, 180) | st.just(107.08),
                    "accuracy": or_none(st.floats(0, 1e9)),
                }
            )
        ),
        "photos": st.lists(st.just({**photo_of(picture()), "size": 8 * 1024 * 1024}), max_size=2),
    }
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=3,
)


def examples(count: int) -> Any:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.fixture
def office(register: SampleRegister) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="quantri"), django_settings.AUTHENTICATION_BACKENDS[1])
    return client


@pytest.fixture
def unlimited(settings: Any, anonymous: Sender) -> Sender:
    settings.ANONYMOUS_NOTES_RATE = 10**6
    return anonymous


def opens(office: Client, name: str, *args: object, **query: str) -> str:
    answer = office.get(reverse(f"admin:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


FAR_OFF = {"created_at": "9999-12-31T23:59:59Z", "clock_offset": None, "code": None, "verdict": None}
LONG_AGO = {"created_at": "0001-01-01T00:00:00Z", "text": "\x00", "photos": []}


@examples(5)
@given(said=NOTES)
@example(said=FAR_OFF)
@example(said=LONG_AGO)
def test_every_page_of_the_office_opens_with_every_note(
    office: Client, unlimited: Sender, said: dict[str, Any]
) -> None:
    document = unlimited.note(**said, id=str(uuid.uuid4()))
    answer = unlimited.put_note(document)
    assert answer.status_code == 201, answer.content
    assert json.loads(Inspection.objects.get(pk=document["id"]).body) == json.loads(rfc8785.dumps(document))
    notes = "inspections_inspection"
    assert document["id"] in opens(office, f"{notes}_changelist", q=document["id"][:18])
    shown = opens(office, f"{notes}_change", document["id"])
    year = document["created_at"][:4]
    assert year.lstrip("0") in shown or year == "9999"
    opens(office, f"{notes}_history", document["id"])
    opens(office, f"{notes}_event", note=document["id"])


def test_a_note_of_a_clock_that_is_far_off_tells_what_the_device_said(office: Client, anonymous: Sender) -> None:
    document = anonymous.note(created_at="9999-12-31T23:59:59Z")
    assert anonymous.put_note(document).status_code == 201
    assert "9999-12-31 23:59:59 UTC" in opens(office, "inspections_inspection_change", document["id"])


def places(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    steps = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for step, value in steps:
        yield (*before, step)
        yield from places(value, (*before, step))


def put_in(document: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(document)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return dict(changed)


WHOLE = {
    "note": note(
        photos=[photo_of(picture())],
        supersedes="6f1d2c3b-0000-4000-8000-0000000000aa",
        code={**note()["code"], "lot": "L1", "serial": "A1", "expiry": "2027-01-31"},
    ),
    "made_up": made_up(files=[photo_of(picture())]),
}


@pytest.mark.parametrize("kind", WHOLE)
@examples(25)
@given(data=st.data())
def test_any_value_in_any_place_is_taken_or_refused(
    office: Client, sign_in: Callable[[str], Sender], kind: str, data: st.DataObject
) -> None:
    sender = sign_in("kiemtra01")
    of = str(uuid.uuid4())
    place, value = data.draw(st.sampled_from(list(places(WHOLE[kind])))), data.draw(ANYTHING)
    document = put_in({**WHOLE[kind], "id": of, "account": "kiemtra01"}, place, value)
    answer = sender.put_record(kind, {"id": of}, rfc8785.dumps(document))
    if answer.status_code != 201:
        assert error_of(answer)[1] in {"bad_request", "bad_digest", "unknown_schema", "not_allowed"}
        return
    assert not isinstance(value, bool), place
    if kind == "note":
        opens(office, "inspections_inspection_change", of)


def test_a_bool_is_nothing_that_a_note_says(unlimited: Sender) -> None:
    for place in places(WHOLE["note"]):
        for value in (True, False):
            body = rfc8785.dumps(put_in(WHOLE["note"], place, value))
            assert error_of(unlimited.put_note(WHOLE["note"], body)) == (400, "bad_request"), place


BEYOND: list[tuple[tuple[Any, ...], Any]] = [
    (("clock_offset",), 1e300),
    (("clock_offset",), -4e11),
    (("account",), "a" * 151),
    (("code", "text"), "x" * 8001),
    (("code", "lot"), "x" * 91),
    (("code", "serial"), "x" * 91),
    (("code", "expiry"), "31/01/2027"),
    (("code", "expiry"), "2027-02-30"),
    (("code", "expiry"), "2027-01-31T00:00:00Z"),
    (("verdict", "status"), "Đạt"),
    (("verdict", "reasons"), ["x" * 65]),
    (("verdict", "reasons"), ["x"] * 51),
    (("place", "accuracy"), 1.1e9),
    (("photos",), [photo_of(picture()), {**photo_of(picture()), "size": 1}]),
    (("photos", 0, "size"), 0),
    (("created_at",), "0000-01-01T00:00:00Z"),
    (("created_at",), "２０２６-11-23T08:00:00Z"),
]


def test_a_field_beyond_its_bound_is_refused(unlimited: Sender) -> None:
    for place, value in BEYOND:
        assert error_of(unlimited.put_note(put_in(WHOLE["note"], place, value))) == (400, "bad_request"), place
    assert not Inspection.objects.exists()


def test_a_photo_has_the_size_that_its_note_says(anonymous: Sender) -> None:
    content = picture()
    for size, refused in ((len(content) + 1, (400, "bad_request")), (len(content) - 1, (413, "too_large"))):
        document = anonymous.note(photos=[{**photo_of(content), "size": size}], id=str(uuid.uuid4()))
        assert anonymous.put_note(document).status_code == 201
        assert error_of(anonymous.put_photo(document["id"], content)) == refused
        assert error_of(anonymous.put_file("note", document["id"], photo_of(content)["sha256"], content)) == refused


# Addresses and queries


def signed(kid: Any) -> str:
    claims = {"jti": "1", "iss": "", "gtin": "", "cert": "", "stars": 4, "iat": 1}
    claims |= {"from": "2026-01-01", "to": "2027-01-01"}
    parts = json.dumps({"alg": "EdDSA", "kid": kid}), json.dumps(claims), "x" * 64
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)


def test_a_statement_by_what_is_no_key_is_malformed(register: SampleRegister, client: Client) -> None:
    gtin = Product.objects.earliest("pk").gtin
    for kid in ("\x00", "\ud800", "x" * 65, "", {}, [], 7, True, None):
        answer = client.get(f"/p/{gtin}", {"statement": signed(kid)})
        assert answer.status_code == 200, kid
        assert "không đọc được" in answer.content.decode(), kid


OPEN = [
    "/api/v1/changes?cursor={}", "/api/v1/changes?limit={}", "/api/v1/products/{}", "/api/v1/products/{}/statement",
    "/api/v1/records/{}/6f1d2c3b-0000-4000-8000-000000000001", "/01/{}", "/01/09520000100016/{}", "/statements/{}.svg",
    "/p/09520000100016?statement={}", "/01/09520000100016?linkType={}", "/admin/login/?next={}", "/{}", "/api/v1/{}",
]  # fmt: skip
LISTS = ("inspections/inspection", "inspections/suspicion", "register/product", "accounts/devicesession")
PARAMETERS = ("q", "p", "o", "status", "month", "day", "received_at__gte", "outcome__exact", "gtin", "unit", "e", "all")
WITHIN = [f"/admin/{name}/?{parameter}={{}}" for name in LISTS for parameter in PARAMETERS]
QUERIES = st.sampled_from(["%00", "a%00", "%ff", "-1", "9" * 30, "2026-11", "9999-12", "31", "other", "'", "%", "\\"])


@examples(40)
@given(address=st.sampled_from(OPEN), said=QUERIES)
def test_no_address_is_a_fault_of_the_server(register: SampleRegister, client: Client, address: str, said: str) -> None:
    answer = client.get(address.format(said))
    assert answer.status_code < 500
    if "%00" in said:
        assert answer.status_code == 400


@examples(25)
@given(address=st.sampled_from(WITHIN), said=QUERIES)
def test_no_filter_is_a_fault_of_the_server(office: Client, address: str, said: str) -> None:
    assert office.get(address.format(said)).status_code in {200, 302, 400}


def test_nul_in_a_cookie_or_a_body_is_refused(register: SampleRegister, client: Client) -> None:
    answer = client.get("/admin/", headers={"Cookie": 'sessionid="aaaaaaaaaaaa\\000"'})
    assert answer.status_code == 400
    for name in ("\x00", "\ud800"):
        said = {"username": name, "password": "x", "device": str(uuid.uuid4())}
        answer = client.post("/api/v1/auth/sign-in", said, content_type="application/json")
        assert error_of(answer) == (400, "bad_request")
    assert client.post("/admin/login/", {"username": "\x00", "password": "x"}).status_code == 200


@pytest.mark.parametrize(
    "header", ["boundary*=bogus'en'x", "boundary*0*=x'y'z", "boundary=x; charset=hex", "charset=rot13"]
)
def test_a_content_type_that_cannot_be_read(live: RegistryServer, header: str) -> None:
    import requests

    headers = {"Content-Type": f"multipart/form-data; {header}"}
    address = f"{live.url}/api/v1/records/note/6f1d2c3b-0000-4000-8000-000000000001"
    answer = requests.put(address, b"x", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_digest")
    assert requests.get(f"{live.url}/api/v1/changes?cursor=%ff", headers=headers, timeout=10).status_code == 410
    assert requests.post(f"{live.url}/admin/login/", b"x", headers=headers, timeout=10).status_code in {400, 403}


def test_a_form_whose_part_cannot_be_read(register: SampleRegister, client: Client) -> None:
    body = b"--x\r\nContent-Disposition: form-data; name*=hex'en'x; filename=y\r\n\r\nz\r\n--x--\r\n"
    answer = client.post("/admin/login/", body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in {200, 400, 403}


def test_the_office_knows_the_words_of_a_verdict(office: Client, anonymous: Sender) -> None:
    assert set(VERDICTS) == set(Status)
    words = {"certified": "certified", "tinned": "other", None: "none"}
    ids = {}
    for word in words:
        verdict = {"status": word, "reasons": [], "as_of": None} if word else None
        document = anonymous.note(id=str(uuid.uuid4()), verdict=verdict)
        assert anonymous.put_note(document).status_code == 201
        ids[word] = document["id"]
    whole = opens(office, "inspections_inspection_changelist")
    assert "Đạt OCOP" in whole
    assert 'value="tinned"' not in whole, "no word from outside is offered as a filter"
    for word, asked in words.items():
        listed = opens(office, "inspections_inspection_changelist", status=asked)
        assert [one for one in ids.values() if one in listed] == [ids[word]]
