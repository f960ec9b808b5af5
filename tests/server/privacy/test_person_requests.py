"""What a person asks for: found over all that is kept, copied, corrected, removed unless held, answered in time."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from office import browser_of
from registry_notes import Sender, picture, sha256

from accounts.models import Role, User
from background import work
from backoffice import file_pages
from imports.models import ImportRow, ImportRun
from logbook.models import Entry
from office_files import making
from office_files.models import OfficeFile
from privacy.finding import find
from privacy.models import PersonRequest
from records.kinds import REMOVED, kind_named
from reviewing.models import Case, Remark

pytestmark = pytest.mark.django_db
PHOTO = picture()


@pytest.fixture
def office() -> Client:
    return browser_of("quantri1", Role.ADMINISTRATOR)


def asked(office: Client, **said: str) -> PersonRequest:
    form = {"what": "erase", "name": "Nguyễn Thị Hoa", "reach": "hoa@example.vn", "received_on": "27/11/2026"}
    answer = office.post(reverse("office-person-request-new"), {**form, **said})
    assert answer.status_code == 302, answer.content.decode()
    return PersonRequest.objects.latest("received_on")


def report_of(sender: Sender, **said: Any) -> dict[str, Any]:
    document = sender.record("report", PHOTO, **said)
    assert sender.put_together("report", document, (sha256(PHOTO), PHOTO)).status_code == 201
    return document


def keys(request: PersonRequest, model: str) -> set[str]:
    return {item.key for found in find(request) for item in found.items if item.model == model}


def do(office: Client, request: PersonRequest, what: str, *items: str, text: str = "") -> Any:
    address = reverse("office-person-request", args=[request.pk])
    return office.post(address, {"do": what, "item": items, "text": text}, follow=what != "copy")


@pytest.mark.parametrize("contact", ["0912345678", "+84 912 345 678", "gọi 0912.345.678 sau 17h", "091 234 56 78"])
def test_a_phone_number_is_found_however_it_was_written(office: Client, anonymous: Sender, contact: str) -> None:
    document = report_of(anonymous, contact=contact)
    report_of(anonymous, contact="0999 999 999")
    assert keys(asked(office, phone="0912 345 678"), "reports.report") == {document["id"]}


def test_a_phone_number_in_a_text_is_found_in_whatever_groups(office: Client, anonymous: Sender) -> None:
    written = ("0912 34 56 78", "09.1234.5678", "(0912) 345-678", "+84 91\u00a0234\u00a05678")
    texts = {report_of(anonymous, contact=None, text=f"gọi {one} nhé")["id"] for one in written}
    report_of(anonymous, contact=None, text="gọi 0912 345 679, mã 91 2345 và 678")
    assert keys(asked(office, phone="0912345678"), "reports.report") == texts


def test_a_name_that_no_account_bears_is_refused_and_nothing_is_erased_twice(office: Client, anonymous: Sender) -> None:
    form = {"what": "copy", "name": "Hoa", "reach": "hoa@example.vn", "received_on": "27/11/2026"}
    refused = office.post(reverse("office-person-request-new"), {**form, "account": "khong.co"})
    assert "Không có tài khoản nào" in refused.content.decode()
    assert not PersonRequest.objects.exists()
    device = str(uuid.UUID(anonymous.device))
    document = report_of(anonymous, contact="0912345678")
    Case.objects.update(is_open=False)
    request = asked(office, device=device, account="quantri1")
    report = f"reports.report|{document['id']}"
    assert "Đã xóa nội dung của 1 mục" in do(office, request, "erase", report).content.decode()
    again = do(office, request, "erase", report).content.decode()
    assert "Đã xóa nội dung" not in again
    assert "1 mục không có gì để xóa" in again


def test_it_is_sought_in_everything_that_is_kept(
    office: Client, anonymous: Sender, sign_in: Callable[[str], Sender]
) -> None:
    sender = sign_in("kiemtra01")
    told = report_of(anonymous, text="Cô nguyen thi HOA bán ở chợ", contact=None)
    signed = {"role": "seller", "name": "Nguyễn Thị Hoa", "at": "2026-11-23T08:59:00Z", "content": "0" * 64,
              "strokes": [[[10, 20], [500, 400]]], "refused": None}  # fmt: skip
    round_ = sender.record("round", signatures=[signed])
    assert sender.put_record("round", round_).status_code == 201
    run = ImportRun.objects.create(name="ds.xlsx", sha256="0" * 64, size=1)
    row = ImportRow.objects.create(
        run=run, position=1, number=1, read={"cells": ["HTX", "Nguyễn Thị Hoa"]}, outcome="same"
    )
    case = Case.objects.get(record=told["id"])
    Remark.objects.create(case=case, by=User.objects.first(), what="comment", text="Đã gọi bà Nguyễn Thị Hoa")
    request = asked(office, account="kiemtra01", device=str(uuid.UUID(anonymous.device)))
    found = {item.model: item.key for one in find(request) for item in one.items}
    assert found["reports.report"] == told["id"]
    assert found["rounds.round"] == round_["id"]
    assert found["imports.importrow"] == str(row.pk)
    assert {"reviewing.remark", "accounts.user", "accounts.devicesession"} <= found.keys()
    page = office.get(reverse("office-person-request", args=[request.pk])).content.decode()
    for title in ("Báo cáo của người dân", "Đợt kiểm tra", "Dòng của danh sách đã nhập", "Tài khoản"):
        assert title in page


def test_a_copy_is_a_zip_to_read_and_to_process_without_secrets(office: Client, anonymous: Sender) -> None:
    document = report_of(anonymous, contact="0912345678", text="<script>alert(1)</script>")
    User.objects.create_user("hoa", password="mat-khau-dai-09", name="Nguyễn Thị Hoa", role=Role.SHOP)
    request = asked(office, phone="0912345678", account="hoa")
    account = User.objects.get(username="hoa")
    answer = do(office, request, "copy", f"reports.report|{document['id']}", f"accounts.user|{account.pk}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        said = json.loads(packed.read("data.json"))
        page = packed.read("doc.html").decode()
        (photo,) = [name for name in packed.namelist() if name.startswith("photos/")]
        assert packed.read(photo) == PHOTO
        assert account.password not in packed.read("data.json").decode() + page
    assert said["kept"][0]["says"]["contact"] == "0912345678"
    assert "<script>" not in page
    assert Entry.objects.filter(what="Xuất dữ liệu của một người", key=str(request.pk)).exists()


def test_a_large_copy_waits_in_the_queue_is_logged_for_who_asked_and_goes_when_content_is_erased(
    office: Client, anonymous: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = report_of(anonymous, contact="0912345678", text="Hàng giả")
    request = asked(office, phone="0912345678")
    monkeypatch.setattr(file_pages, "is_short", lambda *_: False)
    monkeypatch.setattr(work, "SHORT", 0.0)
    address = do(office, request, "copy", f"reports.report|{document['id']}").headers["Location"]
    making.make_file.call(str(OfficeFile.objects.get().pk))
    answer = office.get(f"{address}file/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:  # type: ignore[attr-defined]
        assert len(packed.namelist()) == 3
    logged = Entry.objects.get(what="Xuất dữ liệu của một người", key=str(request.pk))
    assert logged.by == OfficeFile.objects.get().by_id
    # The same person asked a second time, and a copy that was ready just before it was to stop.
    again = asked(office, phone="0912345678")
    do(office, again, "copy", f"reports.report|{document['id']}")
    late = OfficeFile.objects.latest("at")
    cancel = making.cancel

    def ready_just_before(file: OfficeFile) -> None:
        making.make_file.call(str(late.pk))
        cancel(file)

    monkeypatch.setattr(making, "cancel", ready_just_before)
    do(office, request, "erase", f"reports.report|{document['id']}")
    assert office.get(address).status_code == 404
    assert not OfficeFile.objects.exists()
    assert not default_storage.listdir("made")[1]


def test_a_photo_that_is_lost_keeps_nobody_from_the_rest_of_the_copy(office: Client, anonymous: Sender) -> None:
    document = report_of(anonymous, contact="0912345678")
    default_storage.delete(kind_named("report").files.get().file)
    answer = do(office, asked(office, phone="0912345678"), "copy", f"reports.report|{document['id']}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert sorted(packed.namelist()) == ["data.json", "doc.html"]
        assert json.loads(packed.read("data.json"))["kept"][0]["photos"] == [{"sha256": sha256(PHOTO), "here": False}]


def test_only_what_was_found_can_be_chosen(office: Client, anonymous: Sender) -> None:
    strange = report_of(anonymous, contact="0999999999", text="Việc khác")
    request = asked(office, phone="0912345678")
    do(office, request, "erase", f"reports.report|{strange['id']}", "auth.permission|1", "x")
    assert kind_named("report").records.get().contact == "0999999999"


def test_what_is_held_stays_until_the_case_is_done_and_the_page_says_why(office: Client, anonymous: Sender) -> None:
    document = report_of(anonymous, contact="0912345678", text="Hàng giả")
    request = asked(office, phone="0912345678")
    item = f"reports.report|{document['id']}"
    page = do(office, request, "erase", item).content.decode()
    assert "1 mục giữ lại vì hồ sơ đang xử lý" in page
    assert "giữ lại đến khi có kết luận" in page
    Case.objects.update(is_open=False)
    page = do(office, request, "erase", item).content.decode()
    report = kind_named("report").records.get()
    assert (report.contact, report.text, report.sha256 != "") == ("", REMOVED, True)
    assert "theo yêu cầu của người có dữ liệu" in page or "Không tìm thấy gì" in page
    gone = kind_named("report").files.get()
    assert (gone.file, gone.erased_at is None) == ("", False)


def test_a_correction_stands_beside_what_was_signed(office: Client, anonymous: Sender) -> None:
    document = report_of(anonymous, contact="0912345678")
    before = kind_named("report").records.get().body
    do(office, asked(office, phone="0912345678"), "rectify", f"reports.report|{document['id']}", text="Tên đúng là Hòa")
    assert kind_named("report").records.get().body == before
    assert Remark.objects.get().text == "Đính chính theo yêu cầu: Tên đúng là Hòa"


def test_it_is_answered_in_words_and_within_its_clock(office: Client) -> None:
    request = asked(office)
    assert (f"{request.answer_by}", f"{request.carry_out_by}") == ("2026-12-01", "2026-12-12")
    assert "trước khi đánh dấu xong" in do(office, request, "finish").content.decode()
    do(office, request, "answer", text="Chúng tôi không còn giữ gì về bà.")
    page = do(office, request, "finish").content.decode()
    assert "Đã xong" in page
    request.refresh_from_db()
    assert (request.answer, request.answered_at is None, request.done_at is None) == (
        "Chúng tôi không còn giữ gì về bà.", False, False,
    )  # fmt: skip
    entries = Entry.objects.filter(key=str(request.pk))
    assert [entry.what for entry in entries.order_by("id")] == [
        "Ghi yêu cầu của một người", "Trả lời người yêu cầu", "Xong yêu cầu",
    ]  # fmt: skip
    assert not [entry for entry in entries if "Hoa" in str(entry.about) + str(entry.changes)]
