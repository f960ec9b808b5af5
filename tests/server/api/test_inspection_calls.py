"""PUT and GET /inspections."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from registry_notes import Sender, content_digest, error_of, note, photo_of, picture, sha256

from api.schemas import Receipt, SentInspections
from inspections.models import Inspection, Photo

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]


def test_a_note_is_stored_once_and_answered_with_one_receipt(anonymous: Sender) -> None:
    document = anonymous.note(photos=[photo_of(picture())])
    first, second = anonymous.put_note(document), anonymous.put_note(document)
    assert (first.status_code, second.status_code) == (201, 200)
    receipt = first.json()
    assert receipt == second.json()
    assert Receipt.model_validate(receipt).model_dump(mode="json") == receipt
    assert receipt["id"] == document["id"]
    assert receipt["sha256"] == sha256(rfc8785.dumps(document))
    assert receipt["photos"] == [{"sha256": sha256(picture()), "stored": False}]
    stored = Inspection.objects.get()
    assert stored.body.encode() == rfc8785.dumps(document)
    assert (stored.gtin, stored.outcome, stored.status) == ("09520000100016", "matches", "certified")


def test_the_smallest_note(anonymous: Sender) -> None:
    document = anonymous.note(code=None, verdict=None, place=None, clock_offset=None, text="")
    assert anonymous.put_note(document).status_code == 201


def test_a_place_whose_accuracy_the_device_does_not_know(anonymous: Sender) -> None:
    place = {"lat": 20.95, "lon": 107.08, "accuracy": None}
    assert anonymous.put_note(anonymous.note(place=place)).status_code == 201
    stored = Inspection.objects.get()
    assert json.loads(stored.body)["place"] == place
    assert (stored.latitude, stored.longitude) == (20.95, 107.08)


def test_another_body_under_the_same_id_is_refused(anonymous: Sender) -> None:
    document = anonymous.note()
    anonymous.put_note(document)
    assert error_of(anonymous.put_note({**document, "text": "Khác"})) == (409, "id_taken")
    assert json.loads(Inspection.objects.get().body) == document


def test_a_photo_named_twice_is_expected_once(anonymous: Sender) -> None:
    line = photo_of(picture())
    assert anonymous.put_note(anonymous.note(photos=[line, line])).json()["photos"] == [
        {"sha256": line["sha256"], "stored": False}
    ]


def test_the_digest_must_be_that_of_the_body(anonymous: Sender) -> None:
    document = anonymous.note()
    for digest in (content_digest(b"other"), "", "sha-256=:x:", "md5=:AAAA:"):
        assert error_of(anonymous.put_note(document, **{"Content-Digest": digest})) == (400, "bad_digest")
    assert not Inspection.objects.exists()


def test_a_second_digest_beside_sha256_is_allowed(anonymous: Sender) -> None:
    document = anonymous.note()
    digest = "sha-512=:AAAA:, " + content_digest(rfc8785.dumps(document))
    assert anonymous.put_note(document, **{"Content-Digest": digest}).status_code == 201


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: json.dumps(json.loads(body)).encode(),  # spaces
        lambda body: body[:-1] + b',"text":"hai"}',  # a name twice
        lambda body: body + b"\n",
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.replace(b'"accuracy":12', b'"accuracy":12.0'),
        lambda body: body.replace(b"\xc4\x90", b"\\u0110"),
        lambda body: body[:-1],
        lambda body: b"\xff" + body,
        lambda body: body.decode().encode("utf-16"),
        lambda body: body.replace(b'"clock_offset":-3', b'"clock_offset":NaN'),
        lambda body: body.replace(b'"clock_offset":-3', b'"clock_offset":123456789012345678901234567890'),
        lambda body: body.replace(b'"matches"', b'"\\ud800"'),
        lambda body: b"[" * 5000,
        lambda body: b"",
    ],
)
def test_a_body_that_is_not_canonical_is_refused(anonymous: Sender, spoil: Callable[[bytes], bytes]) -> None:
    document = anonymous.note()
    body = rfc8785.dumps(document)
    assert spoil(body) != body
    assert error_of(anonymous.put_note(document, spoil(body))) == (400, "bad_digest")
    assert not Inspection.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": 2},
        {"outcome": "fine"},
        {"outcome": None},
        {"text": "x" * 5001},
        {"text": None},
        {"created_at": "2026-11-23T15:00:00+07:00"},
        {"created_at": "2026-13-23T08:00:00Z"},
        {"created_at": "2026-11-23"},
        {"device": "x"},
        {"clock_offset": "3"},
        {"photos": [photo_of(picture())] * 21},
        {"photos": [{"sha256": "x", "size": 1, "type": "image/jpeg"}]},
        {"photos": [{"sha256": "a" * 64, "size": 9_000_000, "type": "image/jpeg"}]},
        {"photos": [{"sha256": "a" * 64, "size": 1, "type": "image/gif"}]},
        {"place": {"lat": 91, "lon": 107, "accuracy": 1}},
        {"place": {"lat": 20}},
        {"place": {"lat": 20, "lon": 107}},
        {"place": {"lat": 20, "lon": 107, "accuracy": -1}},
        {"verdict": {"status": "certified", "reasons": [], "as_of": "hôm nay"}},
        {"supersedes": "x"},
        {"more": 1},
    ],
)
def test_a_body_of_another_shape_is_refused(anonymous: Sender, changed: dict[str, Any]) -> None:
    assert error_of(anonymous.put_note(anonymous.note(**changed))) == (400, "bad_request")
    assert not Inspection.objects.exists()


def test_a_missing_field_is_refused(anonymous: Sender) -> None:
    for name in note():
        document = anonymous.note()
        body = rfc8785.dumps({field: value for field, value in document.items() if field != name})
        assert error_of(anonymous.put_note(document, body)) == (400, "bad_request"), name


def test_a_gtin_has_fourteen_digits(anonymous: Sender) -> None:
    code = {**note()["code"], "gtin": "9520000100016"}
    assert error_of(anonymous.put_note(anonymous.note(code=code))) == (400, "bad_request")


def test_the_id_is_the_one_in_the_path(anonymous: Sender) -> None:
    document = anonymous.note()
    body = rfc8785.dumps({**document, "id": "6f1d2c3b-0000-4000-8000-00000000ffff"})
    assert error_of(anonymous.put_note(document, body)) == (400, "bad_request")
    document = anonymous.note(id="khong-phai-uuid")
    assert error_of(anonymous.put_note(document)) == (400, "bad_request")


def test_a_note_over_64_kib_is_too_large(anonymous: Sender) -> None:
    document = anonymous.note()
    body = rfc8785.dumps(document)
    assert error_of(anonymous.put_note(document, body + b" " * (64 * 1024 + 1 - len(body)))) == (413, "too_large")
    # one byte less is read, and refused for what it is
    assert error_of(anonymous.put_note(document, body + b" " * (64 * 1024 - len(body)))) == (400, "bad_digest")


def test_a_scanned_code_may_carry_control_characters(anonymous: Sender) -> None:
    code = {**note()["code"], "text": "\x1d0109520000100016\x0010L1"}
    document = anonymous.note(code=code)
    assert anonymous.put_note(document).status_code == 201
    assert json.loads(Inspection.objects.get().body) == document


def test_whose_note_it_is(sign_in: SignIn, anonymous: Sender) -> None:
    inspector, shop = sign_in("kiemtra01"), sign_in("cuahang01")
    document = inspector.note()
    assert error_of(anonymous.put_note(document)) == (403, "not_allowed")
    assert error_of(shop.put_note(document)) == (403, "not_allowed")
    assert error_of(inspector.put_note(inspector.note(account=None))) == (403, "not_allowed")
    assert error_of(inspector.put_note(document, Authorization="Bearer khong-co")) == (401, "not_signed_in")
    assert not Inspection.objects.exists()
    assert inspector.put_note(document).status_code == 201
    assert Inspection.objects.get().account_id is not None


def test_notes_without_an_account_are_throttled_by_address(settings: Any, anonymous: Sender, sign_in: SignIn) -> None:
    settings.ANONYMOUS_NOTES_RATE = 2
    assert [anonymous.put_note(anonymous.note()).status_code for _ in range(2)] == [201, 201]
    answer = anonymous.put_note(anonymous.note())
    assert error_of(answer) == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    # neither an account nor another address has to wait
    inspector = sign_in("kiemtra01")
    assert inspector.put_note(inspector.note()).status_code == 201
    anonymous.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    assert anonymous.put_note(anonymous.note()).status_code == 201


def test_a_forwarded_address_is_believed_only_from_trusted_proxies(settings: Any, anonymous: Sender) -> None:
    settings.ANONYMOUS_NOTES_RATE = 1
    spoofed = [{"X-Forwarded-For": f"192.0.2.{n}"} for n in range(2)]
    assert [anonymous.put_note(anonymous.note(), **h).status_code for h in spoofed] == [201, 429]
    settings.TRUSTED_PROXIES = 1
    proxied = [{"X-Forwarded-For": f"10.9.9.9, 192.0.2.{n}"} for n in range(2)]
    assert [anonymous.put_note(anonymous.note(), **h).status_code for h in proxied] == [201, 201]


def listed(sender: Sender, since: str = "", limit: int = 100) -> dict[str, Any]:
    answer = sender.get(f"/api/v1/inspections?since={since}&limit={limit}")
    assert answer.status_code == 200, answer.content
    document: dict[str, Any] = answer.json()
    assert set(document) == {"inspections", "next_cursor", "more"}
    SentInspections.model_validate(document)
    return document


def test_an_account_reads_what_it_has_sent_from_any_device(sign_in: SignIn, anonymous: Sender) -> None:
    phone, tablet, other = sign_in("kiemtra01"), sign_in("kiemtra01"), sign_in("kiemtra02")
    assert phone.device != tablet.device
    first, second = phone.note(), tablet.note(text="Từ máy tính bảng")
    receipts = [phone.put_note(first).json(), tablet.put_note(second).json()]
    other.put_note(other.note())
    anonymous.put_note(anonymous.note())
    page = listed(phone)
    assert page["more"] is False
    assert page["inspections"] == [
        {
            "id": document["id"],
            "sha256": receipt["sha256"],
            "device": document["device"],
            "received_at": receipt["received_at"],
            "photos": [],
            "state": "received",
            "body": document,
        }
        for document, receipt in zip((first, second), receipts, strict=True)
    ]
    assert listed(phone, page["next_cursor"]) == {"inspections": [], "next_cursor": page["next_cursor"], "more": False}


def test_pages_of_sent_notes(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    documents = [sender.note() for _ in range(5)]
    for document in documents:
        sender.put_note(document)
    seen, cursor, more = [], "", True
    while more:
        page = listed(sender, cursor, limit=2)
        seen += [sent["body"] for sent in page["inspections"]]
        cursor, more = page["next_cursor"], page["more"]
    assert seen == documents


def test_a_photo_that_arrives_moves_its_note_to_the_end(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    document = sender.note(photos=[photo_of(picture())])
    sender.put_note(document)
    cursor = listed(sender)["next_cursor"]
    assert sender.put_photo(document["id"], picture()).status_code == 201
    page = listed(sender, cursor)
    assert [sent["photos"][0]["stored"] for sent in page["inspections"]] == [True]
    sender.put_photo(document["id"], picture())
    assert listed(sender, page["next_cursor"])["inspections"] == []
    assert Photo.objects.count() == 1


def test_a_cursor_that_was_never_given_is_too_old(sign_in: SignIn) -> None:
    answer = sign_in("kiemtra01").get("/api/v1/inspections?since=99999")
    assert error_of(answer) == (410, "cursor_too_old")
