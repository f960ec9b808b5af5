"""Rounds, inspections and answers: what is taken of them, and what the office is shown and says."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import rfc8785
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from office import browser_of
from registry_notes import PLACE, Sender, error_of, photo_of, picture, sha256

from accounts.models import Role
from checklists.models import Checklist
from records.models import Event
from rounds.models import Inspection, InspectionPhoto, Round
from services.rounds.inspection import Found
from services.rounds.round import content_hash as content_on_the_device

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]

LINE = [[10, 20], [500, 400]]
SIGNED = {
    "role": "seller", "name": "Nguyễn Thị Hoa", "at": "2026-11-23T08:59:00Z", "content": "0" * 64, "strokes": [LINE],
    "refused": None,
}  # fmt: skip
ANSWER = {"item": "c1", "answer": "wrong", "by": "person", "reason": "Thiếu dấu", "photo": None}
FILLED = {"version": "a" * 64, "group": "thuc_pham", "law": "ND37/2026", "day": "2026-11-23", "answers": [ANSWER]}
PHOTO = {"sha256": sha256(picture()), "shows": "label", "copy_of": None}
FILE = photo_of(picture())


def sent(sender: Sender, kind: str, *files: bytes, **changed: Any) -> dict[str, Any]:
    document = sender.record(kind, *files, **changed)
    answer = sender.put_together(kind, document, *((sha256(file), file) for file in files))
    assert answer.status_code == 201, answer.content
    return document


def named(*inspections: dict[str, Any]) -> list[dict[str, str]]:
    return [{"id": one["id"], "sha256": sha256(rfc8785.dumps(one))} for one in inspections]


def page(office: Client, kind: str, document: dict[str, Any]) -> str:
    app = "answers" if kind == "answer" else "rounds"
    answer = office.get(reverse(f"admin:{app}_{kind}_change", args=[document["id"]]))
    assert answer.status_code == 200
    return answer.content.decode()


def listed(office: Client, kind: str, **query: str) -> str:
    return office.get(reverse(f"admin:rounds_{kind}_changelist"), query).content.decode()


def say(office: Client, kind: str, document: dict[str, Any], **said: str) -> Event:
    form = f"{reverse(f'admin:rounds_{kind}_event')}?{urlencode({kind: document['id']})}"
    assert office.post(form, {"text": "", "number": "", **said}).status_code == 302
    return Event.objects.get(record=document["id"], state=said["state"])


# What is taken


FITTING_INSPECTIONS = (
    {},
    {"findings": [], "text": "x"},
    {"findings": [], "text": "", "checklist": FILLED},
    {"findings": [], "text": "", "files": [FILE], "photos": [PHOTO]},
    {"findings": ["matches"], "gtin": None, "product": None, "codes": [], "verdict": None, "copy_as_of": None},
    {"files": [FILE], "photos": [{**PHOTO, "copy_of": "b" * 64}, {**PHOTO, "sha256": "b" * 64}]},
    {"files": [FILE], "photos": [{**PHOTO, "copy_of": "b" * 64}]},
    {"quantity": {"amount": 0, "unit": ""}, "price": 0, "seal": None, "sale": None},
    {"place": {**PLACE, "position": None}},
)


def test_an_inspection_that_fits_is_taken(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    for fits in FITTING_INSPECTIONS:
        document = sender.record("inspection", **fits)
        assert sender.put_record("inspection", document).status_code == 201, fits
        assert Found.from_json(document).to_json().items() <= document.items(), "the app reads the same"


SPOILT_INSPECTIONS = (
    {"round": None},
    {"findings": ["matches", "other"]},
    {"findings": ["other", "other"]},
    {"findings": ["fine"]},
    {"findings": [], "text": ""},
    {"findings": [], "text": "", "checklist": {**FILLED, "answers": []}},
    {"checklist": {**FILLED, "answers": [ANSWER, ANSWER]}},
    {"checklist": {**FILLED, "answers": [{**ANSWER, "answer": "bad"}]}},
    {"checklist": {**FILLED, "answers": [{**ANSWER, "photo": "c" * 64}]}},
    {"checklist": {**FILLED, "answers": [{**ANSWER, "reason": "x" * 501}]}},
    {"checklist": {**FILLED, "day": "23/11/2026"}},
    {"files": [FILE], "photos": []},
    {"files": [FILE], "photos": [PHOTO, PHOTO]},
    {"files": [FILE], "photos": [{**PHOTO, "copy_of": PHOTO["sha256"]}]},
    {"photos": [PHOTO]},
    {"quantity": {"amount": -1, "unit": "kg"}},
    {"quantity": {"amount": 1, "unit": "x" * 41}},
    {"price": 1.5},
    {"price": True},
    {"lot": None},
    {"expiry": {"code": "2027-02-30", "label": None}},
    {"seal": "open"},
    {"sale": "gone"},
    {"seller_said": "x" * 2001},
    {"samples": [{"amount": 1, "unit": "kg", "seal_number": None}] * 11},
    {"samples": [{"amount": 1, "unit": "kg"}]},
    {"place": {**PLACE, "kind": "street"}},
    {"place": {**PLACE, "name": "x" * 201}},
    {"place": {**PLACE, "position": {"lat": 91, "lon": 0, "accuracy": None}}},
    {"codes": [{"text": "x", "symbology": "typed", "gtin": "1", "lot": None, "serial": None, "expiry": None}]},
    {"text": "x" * 5001},
    {"secret": 1},
)


def test_an_inspection_that_does_not_fit_is_refused(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    for spoilt in SPOILT_INSPECTIONS:
        answer = sender.put_record("inspection", sender.record("inspection", **spoilt))
        assert error_of(answer) == (400, "bad_request"), spoilt


SPOILT_ROUNDS = (
    {"round": str(uuid.UUID(int=1))},
    {"place": None},
    {"people": [{"name": "A", "role": "chief", "title": ""}]},
    {"inspected": {"name": "A", "registration": None, "present": 1}},
    {"case_number": "x" * 101},
    {"opened_at": None},
    {"pauses": [{"from": "2026-11-23T08:10:00Z"}]},
    {"inspections": [{"id": str(uuid.UUID(int=1)), "sha256": "0" * 64}] * 2},
    {"inspections": [{"id": str(uuid.UUID(int=1))}]},
    {"looked_at": [{"gtin": None, "text": "", "status": "Fine", "at": "2026-11-23T08:00:00Z"}]},
    {"looked_at": [{"gtin": None, "text": "", "status": "fine", "at": "2026-11-23T08:00:00Z"}] * 201},
    {"signatures": [{**SIGNED, "role": "other"}]},
    {"signatures": [{**SIGNED, "strokes": None}]},
    {"signatures": [{**SIGNED, "strokes": []}]},
    {"signatures": [{**SIGNED, "refused": "Vắng mặt"}]},
    {"signatures": [{**SIGNED, "strokes": [[[0, 401]]]}]},
    {"signatures": [{**SIGNED, "strokes": [[[1001, 0]]]}]},
    {"signatures": [{**SIGNED, "strokes": [[[0.5, 0]]]}]},
    {"signatures": [{**SIGNED, "strokes": [[[1]]]}]},
    {"signatures": [{**SIGNED, "content": None}]},
    {"remarks": "x" * 5001},
)


def test_a_round_that_does_not_fit_is_refused(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    for spoilt in SPOILT_ROUNDS:
        answer = sender.put_record("round", sender.record("round", **spoilt))
        assert error_of(answer) == (400, "bad_request"), spoilt


def test_they_are_taken_from_accounts_alone(anonymous: Sender) -> None:
    for kind in ("inspection", "round", "answer"):
        assert error_of(anonymous.put_record(kind, anonymous.record(kind))) == (403, "not_allowed")


def test_a_long_round_is_taken_and_a_longer_one_refused(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    signatures = [{**SIGNED, "strokes": [[[n % 1000, n % 400] for n in range(5000)]]}]
    assert sender.put_record("round", sender.record("round", signatures=signatures)).status_code == 201
    too_long = sender.record("round", signatures=signatures * 6)
    assert error_of(sender.put_record("round", too_long)) == (413, "too_large")


def test_a_page_of_large_records_ends_before_apps_refuse_it(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = sign_in("kiemtra01")
    several = [sent(sender, "round")["id"] for _ in range(3)]
    monkeypatch.setattr("records.listing.MOST_PAGE_BYTES", 2500)
    found, cursor, more = [], "", True
    while more:
        told = sender.get(f"/api/v1/records?since={cursor}").json()
        assert told["records"]
        found, cursor, more = [*found, *told["records"]], told["next_cursor"], told["more"]
    assert [row["id"] for row in found] == several


# What the office is shown


def test_a_round_shows_its_inspections_whatever_came_first(sign_in: SignIn) -> None:
    sender, office, own = sign_in("kiemtra01"), browser_of("sodangky"), str(uuid.uuid4())
    early = sent(sender, "inspection", round=own)
    late, altered = (sender.record("inspection", round=own, text=text) for text in ("Đến sau", "Đã đổi"))
    not_named = sent(sender, "inspection", round=own, product={"name": "Không nêu tên", "producer": None})
    assert "chưa nhận được đợt này" in page(office, "inspection", early)
    document = sent(sender, "round", id=own, inspections=named(early, late, altered))
    assert page(office, "round", document).count("CHƯA NHẬN ĐƯỢC") == 2
    assert sender.put_record("inspection", late).status_code == 201
    assert sender.put_record("inspection", {**altered, "text": "Khác"}).status_code == 201
    shown = page(office, "round", document)
    assert ("CHƯA NHẬN ĐƯỢC" in shown, shown.count("khớp<"), shown.count("KHÁC với mã băm")) == (False, 2, 1)
    assert shown.count("đợt không nêu phiếu này") == 1
    assert "KHÁC với mã băm" in page(office, "inspection", altered)
    assert "đợt không nêu phiếu này" in page(office, "inspection", not_named)
    assert "· khớp" in page(office, "inspection", early)


def test_a_correction_is_told_as_one_and_not_as_left_out(sign_in: SignIn) -> None:
    sender, office, own = sign_in("kiemtra01"), browser_of("sodangky"), str(uuid.uuid4())
    before = sent(sender, "inspection", round=own)
    kept = sent(sender, "inspection", round=own, supersedes=before["id"])
    document = sent(sender, "round", id=own, inspections=named(kept))
    after = sent(sender, "inspection", round=own, supersedes=kept["id"])
    shown = page(office, "round", document)
    assert ("đợt không nêu phiếu này" in shown, "khớp; sau đó đã được thay" in shown) == (False, True)
    assert "đã được thay<" in shown
    assert "thay cho phiếu mà đợt nêu" in shown
    assert "· đã được thay" in page(office, "inspection", before)
    assert "· thay cho phiếu mà đợt nêu" in page(office, "inspection", after)
    hidden = sent(sender, "inspection", round=own)
    hidden = sent(sender, "inspection", round=own, supersedes=hidden["id"])
    assert page(office, "round", document).count("đợt không nêu phiếu này") == 1
    assert "· đợt không nêu phiếu này" in page(office, "inspection", hidden)


def test_nobody_puts_an_inspection_into_anothers_round(sign_in: SignIn) -> None:
    mine, other, office = sign_in("kiemtra01"), sign_in("kiemtra02"), browser_of("sodangky")
    document = sent(mine, "round")
    foreign = sent(other, "inspection", round=document["id"], product={"name": "Của người khác", "producer": None})
    assert "Của người khác" not in page(office, "round", document)
    assert "Của người khác" not in listed(office, "inspection", case="12/KT-2026")
    assert "chưa nhận được đợt này" in page(office, "inspection", foreign)


def test_a_signature_is_drawn_and_held_against_what_was_signed(sign_in: SignIn) -> None:
    sender, office = sign_in("kiemtra01"), browser_of("sodangky")
    document = sender.record("round")
    right = {**SIGNED, "content": content_on_the_device(document), "name": "<b>Hoa</b>"}
    refused = {**SIGNED, "role": "witness", "strokes": None, "refused": "Không đồng ý"}
    document["signatures"] = [right, SIGNED, refused]
    assert sender.put_record("round", document).status_code == 201
    shown = page(office, "round", document)
    assert shown.count('<polyline points="10,20 500,400"/>') == 2
    assert (shown.count("ký đúng nội dung này"), shown.count("KÝ MỘT NỘI DUNG KHÁC")) == (1, 1)
    assert "từ chối ký</strong>, lý do: Không đồng ý" in shown
    assert "&lt;b&gt;Hoa" in shown
    assert right["content"] in shown


def test_an_inspection_is_shown_in_peoples_words(sign_in: SignIn) -> None:
    call_command("checklists", "sample")
    sender, office, version = sign_in("kiemtra01"), browser_of("sodangky"), Checklist.objects.get()
    item = json.loads(version.document)["items"][0]
    filled = {**FILLED, "version": version.pk, "answers": [{**ANSWER, "item": item["id"]}]}
    document = sent(sender, "inspection", picture(), checklist=filled, quantity={"amount": 1202.5, "unit": "kg"})
    shown = page(office, "inspection", document)
    for words in (
        "Sai số sao, Quá hạn dùng", "1.202,5 kg", "120.000 đồng", "2 hộp · niêm phong số NP-7", "Tạm ngừng bán",
        "mã: 31/01/2027 · nhãn: 30/01/2027", "khác nhau", "Nhập từ đại lý.", item["text"], "Nghị định 37/2026/NĐ-CP",
        "Thiếu dấu", "Đạt OCOP", "Chợ Hạ Long 1", "Nhãn</",
    ):  # fmt: skip
        assert words in shown, words
    assert "máy chủ không có bản danh mục này" in page(
        office, "inspection", sent(sender, "inspection", checklist=FILLED)
    )


def test_rounds_and_inspections_are_found_by_day_place_finding_case_state_and_words(sign_in: SignIn) -> None:
    sender, office = sign_in("kiemtra01"), browser_of("sodangky")
    here = sent(sender, "round")
    there = sent(sender, "round", place={**PLACE, "kind": "shop", "name": "Tạp hóa Bình"}, case_number=None)
    one = sent(sender, "inspection", round=here["id"])
    two = sent(sender, "inspection", round=there["id"], place=there["place"], findings=["no_papers"], gtin=None)
    say(office, "round", there, state="more_wanted", text="Cần ảnh hóa đơn")
    received = Round.objects.get(pk=here["id"]).received_at

    def found(kind: str, **query: str) -> list[bool]:
        text = listed(office, kind, **query)
        return [document["id"] in text for document in ((here, there) if kind == "round" else (one, two))]

    assert found("round") == [True, True]
    assert found("round", place="Tạp hóa Bình") == [False, True]
    assert found("round", place_kind__exact="market") == [True, False]
    assert found("round", case="12/KT-2026") == [True, False]
    assert found("round", state="more_wanted") == [False, True]
    assert found("round", q="le van binh") == [True, True]
    assert found("round", q="nguyen thi hoa cho ha long") == [True, False]
    assert found("round", q="kiemtra01 tap hoa") == [False, True]
    assert found("round", month=f"{received:%Y-%m}") == [True, True]
    assert found("round", month="2020-01") == [False, False]
    assert found("inspection", finding="no_papers") == [False, True]
    assert found("inspection", case="12/KT-2026") == [True, False]
    assert found("inspection", place="Tạp hóa Bình") == [False, True]
    assert found("inspection", state="waiting", q="tra hoa vang 09520000100016") == [True, False]


def test_every_page_opens_with_whatever_was_taken(sign_in: SignIn) -> None:
    sender, office, far, odd = sign_in("kiemtra01"), browser_of("sodangky"), "9999-12-31T23:59:59Z", "\x00%<&\u202e"
    place = {"kind": "other", "name": odd, "address": odd, "position": None}
    texts = {"text": odd, "seller_said": odd, "product": {"name": odd, "producer": None}, "gtin": "0" * 14}
    own = sent(sender, "round", place=place, created_at="0001-01-01T00:00:00Z", opened_at=far, closed_at=far,
               inspected=None, people=[], remarks=odd, case_number=odd)  # fmt: skip
    one = sent(sender, "inspection", round=own["id"], place=place, created_at=far, copy_as_of=far, **texts)
    reply = sent(sender, "answer", text=odd, to={"kind": "nothing", "id": own["id"]})
    for kind, document in (("round", own), ("inspection", one), ("answer", reply)):
        page(office, kind, document)
    assert one["id"] in listed(office, "inspection")
    assert own["id"] in listed(office, "round", q="%<&")


# What the office says, and what comes back


def test_a_question_is_answered_and_the_answer_stands_with_it(sign_in: SignIn) -> None:
    sender, other, office = sign_in("kiemtra01"), sign_in("kiemtra02"), browser_of("sodangky")
    document = sent(sender, "inspection")
    asked = say(office, "inspection", document, state="more_wanted", text="Còn bao nhiêu hộp?")
    (told,) = sender.get("/api/v1/records?only=events").json()["events"]
    assert (told["id"], told["kind"], told["record"]) == (str(asked.pk), "inspection", document["id"])
    to = {"kind": "inspection", "id": document["id"]}
    assert document["id"] not in listed(office, "inspection", state="answered")
    stranger = sent(other, "answer", event=told["id"], to=to, text="Không phải của tôi")
    assert document["id"] not in listed(office, "inspection", state="answered")
    mine = sent(sender, "answer", picture(), event=told["id"], to=to, text="Còn 12 hộp")
    assert document["id"] in listed(office, "inspection", state="answered")
    shown = page(office, "inspection", document)
    assert "Còn 12 hộp (1 ảnh)" in shown
    assert "Không phải của tôi" not in shown
    assert "Còn bao nhiêu hộp?" in page(office, "answer", mine)
    assert "Còn bao nhiêu hộp?" not in page(office, "answer", stranger)
    say(office, "inspection", document, state="decided", text="Đã xử lý", number="7/QĐ")
    assert document["id"] not in listed(office, "inspection", state="answered")
    kinds = {row["kind"] for row in sender.get("/api/v1/records").json()["records"]}
    assert kinds == {"inspection", "answer"}


def test_who_sees_them(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    documents = {kind: sent(sender, kind) for kind in ("inspection", "round", "answer")}
    for role, status in ((Role.SHOP, 302), (Role.INSPECTOR, 302), (Role.REGISTRAR, 200), (Role.ADMINISTRATOR, 200)):
        browser = browser_of(f"nguoi-{role}", role)
        for kind, document in documents.items():
            app = "answers" if kind == "answer" else "rounds"
            address = reverse(f"admin:{app}_{kind}_change", args=[document["id"]])
            assert browser.get(address).status_code == status
            assert browser.post(address, {"text": "khác"}).status_code in {302, 403}
    assert Inspection.objects.get().text == documents["inspection"]["text"]
    assert not sign_in("kiemtra02").get("/api/v1/records").json()["records"]


def test_a_photo_that_was_swapped_on_the_disk_is_not_shown_as_the_one_that_was_signed(
    sign_in: SignIn, photo_folder: Path
) -> None:
    sent(sign_in("kiemtra01"), "inspection", picture())
    photo, office = InspectionPhoto.objects.get(), browser_of("sodangky")
    addresses = [reverse("admin:rounds_inspectionphoto_file", args=[photo.pk, side]) for side in ("small", "large")]
    assert [office.get(address).status_code for address in addresses] == [200, 200]
    call_command("check_files")
    (photo_folder / photo.file).write_bytes(picture("blue"))
    for address in addresses:
        answer = office.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "image/svg+xml")
        assert "KHÔNG PHẢI ẢNH ĐÃ KÝ" in answer.content.decode()
    said = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 files"):
        call_command("check_files", stdout=said)
    assert said.getvalue().startswith(f"other bytes: inspection {photo.record_id}")
    (photo_folder / photo.file).unlink()
    with pytest.raises(CommandError):
        call_command("check_files", stdout=said)
    assert "missing: inspection" in said.getvalue()


def test_the_office_is_told_of_breaks_clocks_and_late_revocations_also_of_a_rounds_inspections(sign_in: SignIn) -> None:
    sender, office = sign_in("kiemtra01"), browser_of("sodangky")
    before = sent(sender, "inspection", created_at="2026-11-23T08:00:00Z")
    after = named(before)[0]["sha256"]
    first = sent(sender, "inspection", prev=after, created_at="2025-11-23T08:00:00Z")
    sent(sender, "inspection", prev=after)
    shown = page(office, "round", sent(sender, "round", prev=named(first)[0]["sha256"], inspections=named(first)))
    assert "Hai phiếu cùng nối sau một phiếu" in shown
    assert "Đồng hồ của máy đã bị chỉnh lùi" in shown
    assert "đi trước" not in shown
    ahead = sent(sender, "answer", event=str(uuid.uuid4()), created_at="2100-01-01T00:00:00Z")
    assert "Đồng hồ của máy đi trước" in page(office, "answer", ahead)
