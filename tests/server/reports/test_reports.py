"""Reports of people without an account: what is taken, what the secret's holder is told, what is forgotten."""

from __future__ import annotations

import io
import json
import logging
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from office import browser_of
from registry_notes import API, SECRET, Sender, error_of, picture, sha256

from accounts import forgetting
from observing.logs import JsonLines
from records.models import Event
from register.sample import SampleRegister
from reports.models import Report

pytestmark = pytest.mark.django_db


def sent(sender: Sender, *files: bytes, **changed: Any) -> dict[str, Any]:
    document = sender.record("report", *files, **changed)
    answer = sender.put_together("report", document, *((sha256(file), file) for file in files))
    assert answer.status_code == 201, answer.content
    return document


def asked(client: Client, record_id: str, secret: str | None = SECRET) -> Any:
    return client.get(f"{API}/reports/{record_id}", headers={"Report-Secret": secret} if secret is not None else {})


def say(office: Client, document: dict[str, Any], **said: str) -> None:
    form = f"{reverse('admin:reports_report_event')}?{urlencode({'report': document['id']})}"
    assert office.post(form, {"text": "", "number": "", **said}).status_code == 302


@pytest.mark.parametrize(
    "spoilt",
    [
        {"what": ["stars"]},
        {"what": ["other", "other"]},
        {"what": "other"},
        {"secret_hash": SECRET},
        {"secret_hash": None},
        {"gtin": "952"},
        {"scanned": None},
        {"text": None},
        {"text": "x" * 5001},
        {"place": "x" * 501},
        {"contact": "x" * 201},
        {"kind": "note"},
        {"secret": SECRET},
    ],
)
def test_what_does_not_fit_the_form_is_refused(anonymous: Sender, spoilt: dict[str, Any]) -> None:
    assert error_of(anonymous.put_record("report", anonymous.record("report", **spoilt))) == (400, "bad_request")
    assert not Report.objects.exists()


def test_only_the_hash_of_the_secret_is_kept(anonymous: Sender) -> None:
    sent(anonymous)
    (row,) = Report.objects.values()
    assert row["secret_hash"] == sha256(bytes.fromhex(SECRET))
    assert SECRET not in str(row)


def test_whoever_holds_the_secret_is_told_what_became_of_the_report(anonymous: Sender) -> None:
    document, office = sent(anonymous), browser_of("sodangky")
    answer = asked(Client(), document["id"])
    assert answer.headers["Cache-Control"] == "no-store"
    at_first = answer.json()
    assert (at_first["id"], at_first["state"], at_first["events"]) == (document["id"], "received", [])
    say(office, document, state="reviewing")
    say(office, document, state="decided", text="Đã thu hồi.", number="12/QĐ")
    told = asked(Client(), document["id"]).json()
    assert told["state"] == "decided"
    assert [event["state"] for event in told["events"]] == ["reviewing", "decided"]
    assert (told["events"][1]["text"], told["events"][1]["number"]) == ("Đã thu hồi.", "12/QĐ")
    assert "sodangky" not in json.dumps(told)


def test_an_unknown_report_and_a_wrong_secret_have_one_answer(anonymous: Sender) -> None:
    here = sent(anonymous)["id"]
    there = str(uuid.uuid4())
    wrong = [
        asked(Client(), record_id, secret)
        for record_id in (here, there, "x")
        for secret in ("0" * 32, SECRET[:-1], SECRET.upper(), "", None)
    ] + [asked(Client(), there)]
    assert {(answer.status_code, answer.content, answer.headers["Cache-Control"]) for answer in wrong} == {
        (404, wrong[0].content, "no-store")
    }
    assert error_of(wrong[0]) == (404, "not_found")


def test_one_address_may_not_try_for_ever(anonymous: Sender, settings: Any) -> None:
    settings.REPORT_TRIES_RATE = 1
    document = sent(anonymous)
    assert [asked(Client(), document["id"], secret).status_code for secret in (SECRET, "0" * 32, SECRET)] == [
        200, 404, 200,
    ]  # fmt: skip
    assert asked(Client(), document["id"], "1" * 32).status_code == 429
    answer = asked(Client(), document["id"])
    assert error_of(answer) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_log_holds_neither_id_nor_secret(anonymous: Sender) -> None:
    document = sent(anonymous)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        asked(Client(), document["id"])
        asked(Client(), document["id"], "0" * 32)
        Client().get(f"/report/{document['id']}")
    finally:
        logging.getLogger().removeHandler(handler)
    lines = written.getvalue()
    assert lines.count('"event": "request"') == 3
    assert not any(text in lines for text in (document["id"], SECRET, "0" * 32))


def test_a_flood_of_reports_from_one_address_is_stopped(anonymous: Sender, settings: Any) -> None:
    settings.ANONYMOUS_NOTES_RATE = 1
    sent(anonymous)
    assert error_of(anonymous.put_record("report", anonymous.record("report"))) == (429, "too_many_requests")


def test_the_office_reads_reports_that_wait_first_and_finds_them(
    anonymous: Sender, register: SampleRegister, settings: Any
) -> None:
    office, made = browser_of("sodangky"), register.products[0]
    closed = sent(anonymous, text="Chuyện cũ")
    say(office, closed, state="closed")
    waiting = sent(anonymous, picture(), gtin=made.gtin, text="Hộp <b>lạ</b>", place="Chợ Hạ Long I")
    say(office, waiting, state="more_wanted", text="Xin gửi thêm ảnh.")
    new = sent(anonymous, what=["past_date"], gtin=None, scanned=[])
    address = reverse("admin:reports_report_changelist")

    def listed(**query: str) -> list[str]:
        return [str(row.pk) for row in office.get(address, query).context["cl"].result_list]

    assert listed() == [new["id"], waiting["id"], closed["id"]]
    assert listed(state="waiting") == [new["id"], waiting["id"]]
    assert listed(state="closed") == [closed["id"]]
    assert listed(what="past_date") == [new["id"]]
    assert listed(q="cho ha long") == listed(q=made.gtin) == listed(q=made.name) == [waiting["id"]]
    page = office.get(reverse("admin:reports_report_change", args=[waiting["id"]])).content.decode()
    for words in (made.name, made.producer.name, "Hộp &lt;b&gt;lạ", "Xin gửi thêm ảnh.", "Cần bổ sung", "0900 000 000"):
        assert words in page, words
    assert waiting["device"] not in page
    assert "Xem báo cáo" in page
    assert "Bản trước đây" not in page
    photo = Report.objects.get(pk=waiting["id"]).files.get()
    shown = office.get(reverse("admin:reports_reportphoto_file", args=[photo.pk, "small"]))
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.content != picture()


def test_a_contact_is_erased_when_nobody_needs_it_any_more(anonymous: Sender, settings: Any) -> None:
    office = browser_of("sodangky")
    decided, open_still, ancient = sent(anonymous), sent(anonymous), sent(anonymous)
    say(office, decided, state="decided")
    say(office, open_still, state="reviewing")
    now = timezone.now()
    Event.objects.update(at=now - timedelta(days=settings.CONTACT_DAYS + 1))
    Report.objects.update(received_at=now - timedelta(days=settings.CONTACT_DAYS + 2))
    Report.objects.filter(pk=ancient["id"]).update(received_at=now - timedelta(days=settings.LONGEST_CONTACT_DAYS + 1))
    forgetting.forget_all()
    left = {str(row.pk): (row.contact, "0900" in row.body) for row in Report.objects.all()}
    assert left == {decided["id"]: ("", False), open_still["id"]: ("0900 000 000", True), ancient["id"]: ("", False)}
    page = office.get(reverse("admin:reports_report_change", args=[decided["id"]])).content.decode()
    assert "Đã xóa lúc" in page
    # what was erased is not asked for again, and does not come back
    again = anonymous.put_record("report", decided)
    assert (again.status_code, again.json()["sha256"]) == (200, Report.objects.get(pk=decided["id"]).sha256)
    assert "0900" not in Report.objects.get(pk=decided["id"]).body


def test_every_page_of_the_office_opens_with_whatever_was_taken(anonymous: Sender) -> None:
    office = browser_of("sodangky")
    odd = "\x00\u202e%\"'<script>"
    document = sent(
        anonymous, text=odd * 9, place=odd, contact=odd, scanned=[odd, ""], what=[], created_at="0001-01-01T00:00:00Z",
        gtin="99999999999999", clock_offset=None,
    )  # fmt: skip
    page = office.get(reverse("admin:reports_report_change", args=[document["id"]]))
    listed = office.get(reverse("admin:reports_report_changelist"))
    form = office.get(reverse("admin:reports_report_event"), {"report": document["id"]})
    assert [answer.status_code for answer in (page, listed, form)] == [200, 200, 200]
    assert not any("'<script>" in answer.content.decode() for answer in (page, listed, form))
