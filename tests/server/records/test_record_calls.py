"""PUT and GET /records: what holds for every kind, for notes and for one that is made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from jwt.api_jws import PyJWS
from registry_notes import RECORDS, TRIED, Sender, content_digest, error_of, made_up, note, photo_of, picture, sha256
from urllib3 import encode_multipart_formdata

from accounts.models import User
from api.schemas import EventOut, RecordReceipt, SentRecords
from inspections.kind import NOTE
from inspections.models import Inspection, Sighting
from issuing import keys
from issuing.models import IssuerKey
from records import events, listing
from records.kinds import Kind, all_kinds, kind_named
from records.models import Event
from records.receiving import read, receive
from register.clock import RegisterClock
from register.cursors import cursor_text
from register.models import Product

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
every_kind = pytest.mark.parametrize("kind", TRIED)


def test_the_kinds_are_those_of_the_settings() -> None:
    assert list(all_kinds()) == ["note", "report", "inspection", "round", "audit", "answer", "made_up"]


@every_kind
def test_a_record_is_stored_once_and_answered_with_one_receipt(sign_in: SignIn, kind: str) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record(kind, picture())
    first, second = sender.put_record(kind, document), sender.put_record(kind, document)
    assert (first.status_code, second.status_code) == (201, 200)
    receipt = first.json()
    assert receipt == second.json()
    assert RecordReceipt.model_validate(receipt).model_dump(mode="json") == receipt
    assert (receipt["id"], receipt["sha256"]) == (document["id"], sha256(rfc8785.dumps(document)))
    assert receipt["files"] == [{"sha256": sha256(picture()), "stored": False}]
    (stored,) = kind_named(kind).records
    assert stored.body.encode() == rfc8785.dumps(document)
    assert (stored.account.username, str(stored.device)) == ("kiemtra01", document["device"])


@every_kind
def test_another_record_under_the_same_id_is_refused(sign_in: SignIn, kind: str) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record(kind)
    sender.put_record(kind, document)
    assert error_of(sender.put_record(kind, {**document, "created_at": "2026-11-23T08:00:01Z"})) == (409, "id_taken")
    assert json.loads(kind_named(kind).records.get().body) == document


def test_what_the_database_refuses_for_another_reason_is_no_id_that_is_taken(sign_in: SignIn) -> None:
    def refuse(_record: object) -> None:
        raise IntegrityError("a row of another table")

    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    kind = replace(kind_named("made_up"), on_receiving=refuse)
    body = rfc8785.dumps(document)
    with pytest.raises(IntegrityError, match="another table"):
        receive(kind, read(kind, body), body, sha256(body), User.objects.get(username="kiemtra01"))
    assert not kind.records.exists()
    assert not kind.files.exists()
    assert sender.put_record("made_up", document).status_code == 201, "and it can be sent again"


def test_a_kind_that_the_server_does_not_know(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture(), kind="invented")
    assert error_of(sender.put_record("invented", document)) == (404, "not_found")
    name = sha256(picture())
    assert error_of(sender.put_file("invented", document["id"], name, picture())) == (404, "not_found")
    assert sender.held("invented", document["id"], name)[0] == 404


@every_kind
def test_a_form_that_the_server_does_not_know(sign_in: SignIn, kind: str) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record(kind, schema=2)
    assert error_of(sender.put_record(kind, document)) == (400, "unknown_schema")
    # nothing else that is wrong with it matters, for what it means is not known here
    body = rfc8785.dumps({"schema": 2, "id": document["id"]})
    assert error_of(sender.put_record(kind, document, body)) == (400, "unknown_schema")
    for nonsense in (True, "1", None, 1.5, [1]):
        document = sender.record(kind, schema=nonsense)
        assert error_of(sender.put_record(kind, document)) == (400, "bad_request"), nonsense
    assert error_of(sender.put_record(kind, document, b"[]")) == (400, "bad_request")
    assert not kind_named(kind).records.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "note"},
        {"text": None},
        {"prev": "x"},
        {"round": "x"},
        {"files": [photo_of(picture())] * 21},
        {"files": [{"sha256": "a" * 64, "size": 0, "type": "image/jpeg"}]},
        {"files": [{"sha256": "a" * 64, "size": 1, "type": "text/html"}]},
        {"more": 1},
    ],
)
def test_a_record_of_another_shape_is_refused(sign_in: SignIn, changed: dict[str, Any]) -> None:
    sender = sign_in("kiemtra01")
    assert error_of(sender.put_record("made_up", sender.record("made_up", **changed))) == (400, "bad_request")
    for missing in made_up():
        document = sender.record("made_up")
        body = rfc8785.dumps({name: value for name, value in document.items() if name != missing})
        assert error_of(sender.put_record("made_up", document, body)) == (400, "bad_request"), missing


def test_a_record_goes_to_its_own_kinds_address(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    assert error_of(sender.put_record("note", sender.record("made_up"))) == (400, "bad_request")
    assert error_of(sender.put_record("made_up", sender.record("note"))) == (400, "bad_request")
    body = rfc8785.dumps(sender.record("made_up"))
    assert error_of(sender.put_record("made_up", sender.record("made_up"), body)) == (400, "bad_request")


@every_kind
def test_the_digest_and_the_size_of_a_record(sign_in: SignIn, kind: str) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record(kind)
    body = rfc8785.dumps(document)
    wrong = sender.put_record(kind, document, **{"Content-Digest": content_digest(b"other")})
    assert error_of(wrong) == (400, "bad_digest")
    assert error_of(sender.put_record(kind, document, body + b"\n")) == (400, "bad_digest")
    assert error_of(sender.put_record(kind, document, body + b" " * kind_named(kind).max_bytes)) == (413, "too_large")


def test_whose_record_it_is(sign_in: SignIn, anonymous: Sender) -> None:
    inspector, shop = sign_in("kiemtra01"), sign_in("cuahang01")
    document = inspector.record("made_up")
    assert error_of(shop.put_record("made_up", document)) == (403, "not_allowed")
    assert error_of(inspector.put_record("made_up", inspector.record("made_up", account=None))) == (403, "not_allowed")
    bad = inspector.put_record("made_up", document, Authorization="Bearer khong-co")
    assert error_of(bad) == (401, "not_signed_in")
    # not from nobody, whatever it says
    assert error_of(anonymous.put_record("made_up", document)) == (403, "not_allowed")
    assert error_of(anonymous.put_record("made_up", anonymous.record("made_up"))) == (403, "not_allowed")
    assert inspector.put_record("made_up", document).status_code == 201
    correction = shop.record("made_up", supersedes=document["id"])
    assert error_of(shop.put_record("made_up", correction)) == (403, "not_allowed")
    own = inspector.record("made_up", supersedes=document["id"])
    assert inspector.put_record("made_up", own).status_code == 201
    assert error_of(inspector.put_record("made_up", {**own, "supersedes": own["id"]})) == (400, "bad_request")


def test_records_without_an_account_are_throttled_by_address(settings: Any, anonymous: Sender) -> None:
    settings.ANONYMOUS_NOTES_RATE = 2
    # the old address counts with the new one
    assert anonymous.put_note(anonymous.note()).status_code == 201
    answers = [anonymous.put_record("note", anonymous.record("note")) for _ in range(2)]
    assert answers[0].status_code == 201
    assert error_of(answers[1]) == (429, "too_many_requests")
    assert int(answers[1].headers["Retry-After"]) > 0


def test_a_note_is_the_same_at_both_addresses(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    gtin = Product.objects.earliest("pk").gtin
    code = {**note()["code"], "gtin": gtin, "serial": "A1"}
    document = sender.record("note", picture(), code=code)
    assert sender.put_record("note", document).status_code == 201
    again = sender.put_note(document)
    assert again.status_code == 200
    assert set(again.json()) == {"id", "sha256", "received_at", "photos"}
    assert Sighting.objects.count() == 1
    stored = Inspection.objects.get()
    assert (stored.gtin, stored.outcome, stored.status) == (gtin, "matches", "certified")
    assert sender.put_file("note", document["id"], sha256(picture()), picture()).status_code == 201
    assert sender.put_photo(document["id"], picture()).status_code == 200
    (old,) = sender.get("/api/v1/inspections").json()["inspections"]
    (new,) = sender.get("/api/v1/records").json()["records"]
    assert old["body"] == new["body"] == document
    assert old["photos"] == new["files"] == [{"sha256": sha256(picture()), "stored": True}]


# Receipts


def proven(receipt: dict[str, Any], key: keys.IssuerKey) -> dict[str, Any]:
    """What a receipt's signature proves to whoever has the register's keys."""
    decoded = PyJWS(algorithms=["EdDSA"]).decode_complete(receipt["jws"], keys.public_key(key), algorithms=["EdDSA"])
    assert decoded["header"] == {"alg": "EdDSA", "kid": key.kid}
    claims: dict[str, Any] = json.loads(decoded["payload"])
    assert rfc8785.dumps(claims) == decoded["payload"]
    return claims


@pytest.fixture
def key(db: None, settings: Any, tmp_path: Any) -> keys.IssuerKey:
    settings.ISSUER_KEYS = tmp_path / "keys"
    return keys.rotate()


@pytest.mark.parametrize(("kind", "prev"), [("note", None), ("made_up", None), ("made_up", "ab" * 32)])
def test_a_receipt_proves_that_the_record_was_here(
    sign_in: SignIn, key: keys.IssuerKey, kind: str, prev: str | None
) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record(kind, **({"prev": prev} if prev else {}))
    receipt = sender.put_record(kind, document).json()
    assert receipt["prev"] == prev
    assert proven(receipt, key) == {name: receipt[name] for name in ("id", "sha256", "prev", "received_at")}


def test_a_receipt_is_signed_by_the_key_of_its_time(sign_in: SignIn, key: keys.IssuerKey) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up")
    sender.put_record("made_up", document)
    now = timezone.now()
    IssuerKey.objects.update(valid_from=now - timedelta(hours=1))
    kind_named("made_up").records.update(received_at=now - timedelta(minutes=10))
    before = sender.put_record("made_up", document).json()
    newer = keys.rotate()
    assert sender.put_record("made_up", document).json() == before
    assert proven(before, key)["id"] == document["id"]
    assert proven(sender.put_record("made_up", sender.record("made_up")).json(), newer)
    keys.revoke(key.kid, "Lộ khóa")
    assert sender.put_record("made_up", document).json() == {**before, "jws": None}


def test_a_register_without_a_key_signs_no_receipt(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    assert sender.put_record("made_up", sender.record("made_up")).json()["jws"] is None


# A record with its files in one request


def test_small_files_come_along(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    for kind in RECORDS:
        if kind == "audit":  # which names no files
            continue
        red, blue = picture("red"), picture("blue")
        document = sender.record(kind, red, blue)
        first = sender.put_together(kind, document, (sha256(red), red))
        assert first.status_code == 201
        assert first.json()["sha256"] == sha256(rfc8785.dumps(document))
        assert [file["stored"] for file in first.json()["files"]] == [True, False]
        second = sender.put_together(kind, document, (sha256(red), red), (sha256(blue), blue))
        assert second.status_code == 200
        assert [file["stored"] for file in second.json()["files"]] == [True, True]
        assert sender.put_file(kind, document["id"], sha256(blue), blue).status_code == 200
        assert sender.put_record(kind, document).json() == second.json()


def test_a_file_that_cannot_be_kept_does_not_keep_the_record_from_being_stored(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    red, blue, cut = picture("red"), picture("blue"), picture("green")[:-2]
    document = sender.record("made_up", red, blue, cut)
    answer = sender.put_together(
        "made_up",
        document,
        (sha256(red), blue),  # other bytes
        (sha256(cut), cut),  # no whole picture
        (sha256(blue), blue),
    )
    assert answer.status_code == 201
    assert [file["stored"] for file in answer.json()["files"]] == [False, True, False]
    assert error_of(sender.put_file("made_up", document["id"], sha256(cut), cut)) == (415, "unsupported_photo")


def test_files_that_come_along_are_throttled_as_others(anonymous: Sender, settings: Any) -> None:
    settings.ANONYMOUS_PHOTOS_RATE = 1
    red, blue = picture("red"), picture("blue")
    document = anonymous.record("note", red, blue)
    answer = anonymous.put_together("note", document, (sha256(red), red), (sha256(blue), blue))
    assert answer.status_code == 201
    assert [file["stored"] for file in answer.json()["files"]] == [True, False]
    refused = anonymous.put_file("note", document["id"], sha256(blue), blue)
    assert error_of(refused) == (429, "too_many_requests")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda body, edge: body.replace(b'name="record"', b'name="note"'), (400, "bad_request")),
        (lambda body, edge: body.replace(b'name="record"', b""), (400, "bad_request")),
        (lambda body, edge: body.removesuffix(edge + b"--\r\n"), (400, "bad_request")),
        (lambda body, edge: body.replace(b"name=", b"x" * 1024 + b"; name=", 1), (400, "bad_request")),
        (lambda body, edge: b"x" * 1000, (400, "bad_request")),
        (lambda body, edge: b"before" + body, (400, "bad_request")),
        (lambda body, edge: body + b"behind", (400, "bad_request")),
        (lambda body, edge: b"--" + edge + b"--\r\n", (400, "bad_request")),
        (lambda body, edge: body.replace(b"form-data; name=", b"form-data;\r\nX-Other: name="), (400, "bad_request")),
        (lambda body, edge: body.replace(b'"text"', b' "text"'), (400, "bad_digest")),
        (lambda body, edge: body.replace(b'"text"', b'"text":"' + b"x" * 70_000 + b'","text"'), (413, "too_large")),
        (lambda body, edge: body + b" " * 2 * 1024 * 1024, (413, "too_large")),
    ],
)
def test_a_body_that_is_not_a_record_and_its_files_is_refused_whole(
    sign_in: SignIn, spoil: Callable[[bytes, bytes], bytes], expected: tuple[int, str]
) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    body, content_type = encode_multipart_formdata(
        [("record", ("record.json", rfc8785.dumps(document))), (sha256(picture()), ("photo.jpg", picture()))]
    )
    spoilt = spoil(body, content_type.rpartition("=")[2].encode())
    assert spoilt != body
    answer = sender.put_record("made_up", document, spoilt, **{"Content-Type": content_type})
    assert error_of(answer) == expected
    assert not kind_named("made_up").records.exists()


def test_a_body_of_very_many_parts_is_no_work(sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    name = sha256(picture())
    with django_assert_max_num_queries(25):
        answer = sender.put_together(
            "made_up", document, *[(f"{n}", b"") for n in range(9000)], *[(name, picture())] * 9
        )
    assert error_of(answer) == (400, "bad_request")


@pytest.mark.parametrize(
    "more",
    [
        (sha256(picture()), picture()),  # the same once more
        (sha256(b"not named"), b"not named"),
        ("photo", picture()),
        ("record", b"{}"),
    ],
)
def test_what_comes_along_is_what_the_record_names_each_once(sign_in: SignIn, more: tuple[str, bytes]) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    along = (sha256(picture()), picture())
    assert error_of(sender.put_together("made_up", document, along, more)) == (400, "bad_request")
    assert not kind_named("made_up").records.exists()
    assert sender.put_together("made_up", document, along).status_code == 201


def test_what_comes_along_is_stored_with_its_record_at_once(sign_in: SignIn) -> None:
    """One transaction: the record's place in its account's list is taken once, not again for the file."""
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    before = RegisterClock.objects.get(name="inspections").value
    assert sender.put_together("made_up", document, (sha256(picture()), picture())).status_code == 201
    assert RegisterClock.objects.get(name="inspections").value == before + 1
    file = kind_named("made_up").files.get()
    assert file.stored_at == file.record.received_at
    with default_storage.open(file.file) as stored:
        assert stored.read() == picture()


def test_a_record_that_is_refused_leaves_no_file_behind(sign_in: SignIn) -> None:
    """Neither under an id that is taken, nor as a correction of another's record."""
    sender, other = sign_in("kiemtra01"), sign_in("kiemtra02")
    taken, photo = other.record("made_up"), picture("teal")
    assert other.put_record("made_up", taken).status_code == 201
    for document in (
        {**sender.record("made_up", photo), "id": taken["id"]},
        {**sender.record("made_up", photo), "supersedes": taken["id"]},
    ):
        assert sender.put_together("made_up", document, (sha256(photo), photo)).status_code in {403, 409}
        assert not default_storage.exists(f"photos/{sha256(photo)[:2]}/{sha256(photo)}.jpg")


def test_the_digest_is_that_of_the_whole_body(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    along = (sha256(picture()), picture())
    of_record = {"Content-Digest": content_digest(rfc8785.dumps(document))}
    assert error_of(sender.put_together("made_up", document, along, **of_record)) == (400, "bad_digest")
    nameless = {"Content-Type": "multipart/form-data"}
    assert error_of(sender.put_together("made_up", document, along, **nameless)) == (400, "bad_request")


# What an account has sent


def listed(sender: Sender, since: str = "", limit: int = 100) -> dict[str, Any]:
    answer = sender.get(f"/api/v1/records?since={since}&limit={limit}")
    assert answer.status_code == 200, answer.content
    document: dict[str, Any] = answer.json()
    assert set(document) == {"records", "events", "next_cursor", "more"}
    SentRecords.model_validate({**document, "records": []})
    return document


def say(kind: str, document: dict[str, Any], text: str = "", number: str = "") -> Event:
    of = kind_named(kind)
    by = User.objects.get(username="quantri")
    return events.write(of, of.records.get(pk=document["id"]), Event.State.REVIEWING, text, number, by)


def test_an_account_reads_what_it_has_sent_and_what_became_of_it(sign_in: SignIn, anonymous: Sender) -> None:
    phone, tablet, other = sign_in("kiemtra01"), sign_in("kiemtra01"), sign_in("kiemtra02")
    sent = [("note", phone.record("note")), ("made_up", tablet.record("made_up", picture()))]
    receipts = [phone.put_record(kind, document).json() for kind, document in sent]
    for kind, document, sender in (
        ("note", other.record("note"), other),
        ("note", anonymous.record("note"), anonymous),
        ("made_up", other.record("made_up"), other),
    ):
        assert sender.put_record(kind, document).status_code == 201
        say(kind, document)
    said = [say(kind, document, "Đang xem.", "12/QĐ") for kind, document in sent]
    page = listed(phone)
    assert page["records"] == [
        {
            "kind": kind,
            "id": document["id"],
            "sha256": receipt["sha256"],
            "device": document["device"],
            "received_at": receipt["received_at"],
            "signature": None,
            "files": receipt["files"],
            "body": document,
            "erased": [],
        }
        for (kind, document), receipt in zip(sent, receipts, strict=True)
    ]
    assert [(e["id"], e["record"], e["state"], e["text"], e["number"]) for e in page["events"]] == [
        (str(event.pk), document["id"], "reviewing", "Đang xem.", "12/QĐ")
        for event, (_, document) in zip(said, sent, strict=True)
    ]
    for event in page["events"]:
        assert EventOut.model_validate(event).model_dump(mode="json") == event
    nothing = {"records": [], "events": [], "next_cursor": page["next_cursor"], "more": False}
    assert listed(tablet, page["next_cursor"]) == nothing
    # the old address has notes alone, by the same clock
    assert [row["id"] for row in phone.get("/api/v1/inspections").json()["inspections"]] == [sent[0][1]["id"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_of_records_and_events_in_the_order_of_one_clock(sign_in: SignIn, limit: int) -> None:
    sender = sign_in("kiemtra01")
    order: list[str] = []
    for kind in ("note", "made_up", "made_up", "note"):
        document = sender.record(kind)
        sender.put_record(kind, document)
        order += [document["id"], str(say(kind, document).pk)]
    seen: list[str] = []
    cursor, more = "", True
    while more:
        page = listed(sender, cursor, limit)
        found = [row["id"] for row in (*page["records"], *page["events"])]
        assert 0 < len(found) <= limit
        assert sorted(found) == sorted(order[len(seen) : len(seen) + len(found)])
        seen += found
        cursor, more = page["next_cursor"], page["more"]
    assert sorted(seen) == sorted(order)


def test_a_file_that_arrives_moves_its_record_to_the_end(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    document = sender.record("made_up", picture())
    sender.put_record("made_up", document)
    cursor = listed(sender)["next_cursor"]
    half = len(picture()) // 2
    sender.put_file("made_up", document["id"], sha256(picture()), picture()[:half], 0)
    assert listed(sender, cursor)["records"] == []
    sender.put_file("made_up", document["id"], sha256(picture()), picture()[half:], half)
    page = listed(sender, cursor)
    assert [row["files"][0]["stored"] for row in page["records"]] == [True]
    sender.put_file("made_up", document["id"], sha256(picture()), picture())
    assert listed(sender, page["next_cursor"])["records"] == []


def test_pages_over_several_kinds_are_in_one_order_and_read_no_more_than_they_give(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = sign_in("kiemtra01")
    sent = []
    for number in range(9):
        name = ("note", "round", "made_up")[number % 3]
        document = sender.record(name)
        assert sender.put_record(name, document).status_code == 201
        sent.append((name, document["id"]))
        if number % 4 == 0:
            say(name, document)
            sent.append(("event", document["id"]))
    for most, limit in ((listing.MOST_PAGE_BYTES, 1), (listing.MOST_PAGE_BYTES, 4), (2000, 500)):
        monkeypatch.setattr("records.listing.MOST_PAGE_BYTES", most)
        monkeypatch.setattr("records.listing._AT_A_TIME", 2)
        found, cursor, more = [], "", True
        while more:
            with CaptureQueriesContext(connection) as queries:
                page = listed(sender, cursor, limit)
            assert sum("UNION ALL" in query["sql"] for query in queries) == 1
            rows = [(row["kind"], row["id"]) for row in page["records"]]
            rows += [("event", event["record"]) for event in page["events"]]
            assert 0 < len(rows) <= limit
            found += sorted(rows, key=sent.index)
            cursor, more = page["next_cursor"], page["more"]
        assert found == sent
        assert listed(sender, cursor)["records"] == []


def test_what_comes_while_a_page_is_read_is_on_the_next(sign_in: SignIn) -> None:
    """A note and a record of another kind are stored after the notes were read and before the others are."""
    sender = sign_in("kiemtra01")
    account = User.objects.get(username="kiemtra01")
    first = sender.record("note")
    sender.put_record("note", first)
    late = [("note", sender.record("note")), ("made_up", sender.record("made_up"))]

    def kinds() -> Iterator[Kind]:
        yield NOTE
        for kind, document in late:
            body, of = rfc8785.dumps(document), kind_named(kind)
            receive(of, read(of, body), body, sha256(body), account)
            say(kind, document)
        yield kind_named("made_up")

    page = listing.sent(account, 0, 100, kinds(), with_events=True)
    assert [str(record.pk) for _, record in page.records] == [first["id"]]
    assert page.events == []
    rest = listed(sender, cursor_text(listing.CLOCK, page.cursor))
    assert [row["id"] for row in rest["records"]] == [document["id"] for _, document in late]
    assert [event["record"] for event in rest["events"]] == [document["id"] for _, document in late]


def test_who_may_read_and_from_where(sign_in: SignIn, anonymous: Sender) -> None:
    assert error_of(anonymous.get("/api/v1/records")) == (401, "not_signed_in")
    sender = sign_in("kiemtra01")
    assert error_of(sender.get("/api/v1/records?since=99999")) == (410, "cursor_too_old")
    for limit in ("0", "501", "x"):
        assert error_of(sender.get(f"/api/v1/records?limit={limit}")) == (400, "bad_request")
