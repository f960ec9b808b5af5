"""Checklists are drafted, looked at and used from a day on; what was used before stays as it was."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from office import browser_of, fields_of
from registry_notes import Sender

from accounts.models import Role, User
from backoffice.checklist_drafts import in_use
from checklists.document import read
from checklists.drafting import changed, differences
from checklists.models import Checklist, Draft
from register import days
from rounds.models import Inspection

pytestmark = pytest.mark.django_db
TODAY = days.today()
DRAFTS = "/admin/checklists/drafts/"


@pytest.fixture
def office(db: None) -> Client:
    call_command("checklists", "sample", verbosity=0)
    return browser_of("huong")


def begun(office: Client) -> Draft:
    office.post(DRAFTS, {"name": "Theo thông tư mới"})
    return Draft.objects.get()


def page_of(draft: Draft) -> str:
    return reverse("office-checklist-draft", args=[draft.pk])


def test_a_draft_is_worded_looked_at_and_used_from_a_day_on(office: Client) -> None:
    before = in_use()
    assert before
    draft = begun(office)
    assert draft.document == before.document
    assert "Không khác gì." in office.get(page_of(draft)).content.decode()
    form = fields_of(office.get(page_of(draft)).content.decode())
    first, second = read(draft.document.encode()).items[:2]
    saved = office.post(page_of(draft), {**form, "text-0": "Tên hàng hóa, viết mới", "drop-1": "on", "do": "save"})
    assert saved.status_code == 302
    page = office.get(page_of(draft)).content.decode()
    assert f"<del>{first.text}</del>" in page
    assert "<b>Tên hàng hóa, viết mới</b>" in page
    assert f"<del>{second.text}</del>" in page, "what is dropped is told"
    assert [one.pk for one in Checklist.objects.all()] == [before.pk], "a draft is no version"
    told = Client().get("/api/v1/changes").json()["register"]["checklists"]
    assert [one["sha256"] for one in told] == [before.pk]
    day = TODAY + timedelta(days=30)
    draft.refresh_from_db()
    entered = {"seen": fields_of(page)["seen"], "do": "use", "valid_from": f"{day:%d/%m/%Y}"}
    assert office.post(page_of(draft), entered).headers["Location"] == DRAFTS
    new, old = Checklist.objects.all()
    assert (new.valid_from, old.valid_to, old.document) == (day, day - timedelta(days=1), before.document)
    assert new.added_by == User.objects.get(username="huong")
    assert in_use() == old, "until that day the old one is used"
    assert not Draft.objects.exists()
    listed = office.get(DRAFTS).content.decode()
    assert "Đang dùng" in listed
    assert "Sắp dùng" in listed
    kept = office.get(reverse("admin:checklists_checklist_change", args=[old.pk])).content.decode()
    assert first.text in kept, "the old version stays readable"


def test_an_old_inspection_keeps_its_answers_and_the_words_of_its_version(office: Client) -> None:
    old = in_use()
    assert old
    user = User.objects.create_user("kiemtra08", password="mat-khau-dai-01", name="K", role=Role.INSPECTOR)
    sender = Sender(Client(), account=user.username)
    entered = {"username": user.username, "password": "mat-khau-dai-01", "device": sender.device}
    sender.tokens = sender.post("/api/v1/auth/sign-in", entered).json()
    version = read(old.document.encode())
    answer = {"item": version.items[0].id, "answer": "wrong", "by": "person", "reason": "Thiếu dấu", "photo": None}
    filled = {
        "version": old.pk, "group": "thuc_pham", "law": version.laws[0].id, "day": "2026-11-23", "answers": [answer],
    }  # fmt: skip
    document = sender.record("inspection", checklist=filled)
    assert sender.put_record("inspection", document).status_code == 201
    stored = Inspection.objects.get(pk=document["id"])
    body, address = stored.body, reverse("admin:rounds_inspection_change", args=[stored.pk])
    assert version.items[0].text in office.get(address).content.decode()
    draft = begun(office)
    form = fields_of(office.get(page_of(draft)).content.decode())
    office.post(page_of(draft), {**form, "text-0": "Lời hoàn toàn khác", "do": "save"})
    draft.refresh_from_db()
    seen = fields_of(office.get(page_of(draft)).content.decode())["seen"]
    office.post(page_of(draft), {"seen": seen, "do": "use", "valid_from": f"{TODAY:%d/%m/%Y}"})
    assert Checklist.objects.count() == 2
    stored.refresh_from_db()
    assert stored.body == body
    page = office.get(address).content.decode()
    assert version.items[0].text in page
    assert "Lời hoàn toàn khác" not in page


def test_what_does_not_fit_is_refused_and_nothing_is_lost(office: Client) -> None:
    spoilt = SimpleUploadedFile("x.json", b'{"format": 2}')
    page = office.post(DRAFTS, {"name": "x", "file": spoilt}).content.decode()
    assert "Tệp không đúng dạng danh mục" in page
    assert not Draft.objects.exists()
    draft = begun(office)
    form = fields_of(office.get(page_of(draft)).content.decode())
    refused = office.post(page_of(draft), {**form, "text-0": " ", "text-1": "Lời đã gõ", "do": "save"}).content.decode()
    assert "Chưa lưu" in refused
    assert "Lời đã gõ" in refused
    same = office.post(page_of(draft), {**form, "do": "use", "valid_from": f"{TODAY:%d/%m/%Y}"}).content.decode()
    assert "giống hệt một bản đã có" in same
    changed_by_other = {**form, "text-0": "Người khác viết", "do": "save"}
    assert browser_of("minh").post(page_of(draft), changed_by_other).status_code == 302
    late = office.post(page_of(draft), {**form, "text-1": "Lời đã gõ", "do": "save"})
    assert late.status_code == 409
    assert "Người minh đã sửa bản nháp này" in late.content.decode()
    assert "Lời đã gõ" in late.content.decode()
    assert office.post(page_of(draft), {"seen": "x", "do": "delete"}).status_code == 409
    seen = fields_of(office.get(page_of(draft)).content.decode())["seen"]
    office.post(page_of(draft), {"seen": seen, "do": "delete"})
    assert not Draft.objects.exists()
    assert Checklist.objects.count() == 1


def test_unknown_members_stay_and_every_difference_is_told(office: Client) -> None:
    now = in_use()
    assert now
    document = now.document
    content = json.loads(document)
    content["for_newer_apps"] = {"x": 1}
    content["laws"][0]["valid_to"] = "2030-12-31"
    item = content["items"][0]["id"]
    other = changed(json.dumps(content), {item: {"note": "Ghi chú mới"}}, frozenset())
    assert json.loads(other)["for_newer_apps"] == {"x": 1}
    told = differences(read(document.encode()), read(other.encode()))
    assert {(one.what, one.new) for one in told} >= {("ghi chú", "Ghi chú mới")}
    assert any(one.what == "luật" and "2030-12-31" in one.new for one in told)
    assert {one.what for one in differences(None, read(document.encode()))} == {"mục mới", "luật", "danh mục"}
