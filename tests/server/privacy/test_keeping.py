"""What has been kept long enough goes; the record's hash, receipt and chain stay, and all who look are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from office import browser_of
from registry_notes import API, Sender, picture, sha256

from accounts.models import Role
from imports.models import ImportRun, RunState
from logbook.models import Entry
from privacy import clock, keeping
from records import erasing
from records.kinds import REMOVED, kind_named
from records.models import Erasure
from records.receipts import receipt
from reviewing.models import Case

pytestmark = pytest.mark.django_db
PHOTO = picture()
OLD = timedelta(days=4000)


def sent(sender: Sender, kind: str, **changed: Any) -> dict[str, Any]:
    document = sender.record(kind, PHOTO, **changed)
    answer = sender.put_together(kind, document, (sha256(PHOTO), PHOTO))
    assert answer.status_code == 201, answer.content
    return document


def aged(kind: str, **changed: Any) -> Any:
    """The records of a kind came long ago, and the office has closed them."""
    kind_named(kind).records.update(received_at=timezone.now() - OLD)
    Case.objects.filter(kind=kind).update(is_open=False, **changed)
    return kind_named(kind).records.get()


def test_content_goes_and_the_proof_of_the_record_stays(sign_in: Callable[[str], Sender]) -> None:
    sender = sign_in("kiemtra01")
    document = sent(sender, "inspection", text="Bà Hoa bán ở nhà")
    kind, before = kind_named("inspection"), aged("inspection")
    name, proven = kind.files.get().file, receipt(kind, before)
    cursor = sender.get("/api/v1/records").json()["next_cursor"]
    total = keeping.run(lambda *_: None)
    assert total > 0
    after = kind.records.get()
    assert (after.text, after.sha256, after.latitude) == (REMOVED, before.sha256, None)
    assert "Bà Hoa" not in after.body + after.search_text
    assert not default_storage.exists(name)
    again = receipt(kind, after)
    assert again == proven, "the same receipt, signature and all: the photo did arrive"
    assert sender.put_record("inspection", document).status_code == 200
    answer = sender.put_file("inspection", document["id"], sha256(PHOTO), PHOTO)
    assert (answer.status_code, answer.json()["stored"]) == (200, True)
    assert not default_storage.exists(name), "what was removed does not come back"
    # All who look are told: the account's devices, whoever holds the hash, the office.
    (listed,) = sender.get(f"/api/v1/records?since={cursor}").json()["records"]
    whats = {one["what"]: one["ground"] for one in listed["erased"]}
    assert whats == {"text": "time", "photos": "time", "names": "time"}
    assert listed["sha256"] == before.sha256
    proof = Client().get(f"{API}/proofs/{document['id']}?hash={before.sha256}").json()
    assert (proof["state"], proof["chain"], {one["what"] for one in proof["erased"]}) == (
        "matches", "whole", {"text", "photos", "names"},
    )  # fmt: skip
    page = browser_of("sodangky").get(reverse("admin:rounds_inspection_change", args=[document["id"]])).content.decode()
    assert "Đã xóa ảnh lúc" in page
    assert "hết thời hạn lưu, tự động" in page
    assert keeping.run(lambda *_: None) == 0, "a second run finds nothing"


def test_an_open_case_keeps_its_content(anonymous: Sender) -> None:
    sent(anonymous, "report", text="Nghi hàng nhái", contact=None)
    aged("report")
    Case.objects.filter(kind="report").update(is_open=True)
    keeping.run(lambda *_: None)
    report = kind_named("report").records.get()
    assert (report.text, report.files.get().erased_at) == ("Nghi hàng nhái", None)


def test_a_run_that_was_killed_between_row_and_bytes_is_finished_by_the_next(
    anonymous: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(anonymous, "report")
    aged("report")
    name = kind_named("report").files.get().file

    def killed(_: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            keeping.run(lambda *_: None)
    assert default_storage.exists(name)
    keeping.run(lambda *_: None)
    assert not default_storage.exists(name)


def test_bytes_that_another_record_still_needs_stay(anonymous: Sender, sign_in: Callable[[str], Sender]) -> None:
    sent(anonymous, "report")
    aged("report")
    document = sent(sign_in("kiemtra01"), "note")
    keeping.run(lambda *_: None)
    assert not kind_named("report").files.exclude(file="").exists()
    assert default_storage.exists(kind_named("note").files.get(record=document["id"]).file)


def test_a_dry_run_says_what_would_go_and_removes_nothing(
    anonymous: Sender, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(anonymous, "report")
    aged("report")
    call_command("keep_or_erase", "--dry-run")
    told = capsys.readouterr().out
    assert "photos: 1 now" in told
    assert "report_text: 1 now" in told
    assert not Erasure.objects.exists()
    call_command("keep_or_erase")
    assert {"photos", "text", "contact"} == set(Erasure.objects.values_list("what", flat=True))


def test_the_office_sets_a_time_with_a_reason_and_the_next_run_keeps_to_it(anonymous: Sender) -> None:
    sent(anonymous, "report")
    aged("report")
    kind_named("report").records.update(received_at=timezone.now() - timedelta(days=40))
    browser = browser_of("quantri1", Role.ADMINISTRATOR)
    address = reverse("office-privacy")
    terms = {key: str(days) for key, days in clock.all_days().items()}
    for wrong in ({"photos": "0"}, {"photos": "-3"}, {"photos": "hai"}, {"photos": "99999999"}, {"why": ""}):
        browser.post(address, {**terms, "photos": "30", "why": "Tỉnh quyết định", **wrong})
        assert clock.days_of("photos") == 1825, wrong
    browser.post(address, {**terms, "photos": "30", "why": "Tỉnh quyết định"})
    (entry,) = Entry.objects.filter(what="Đổi thời hạn")
    assert (entry.changes, entry.why, entry.who[:5]) == (
        [["Tính từ khi nhận", "1825", "30"]],
        "Tỉnh quyết định",
        "Người",
    )
    assert "1</strong> ngay bây giờ" in browser.get(address).content.decode()
    browser.post(reverse("office-privacy-erase"))
    assert kind_named("report").files.get().erased_at is not None
    assert kind_named("report").records.get().text != REMOVED


def test_the_original_of_an_import_goes_and_its_page_says_so(settings: Any) -> None:
    browser = browser_of("sodangky")
    data = b"STT,T\xc3\xaan\n1,022089000000\n"
    run = ImportRun.objects.create(name="ds.csv", sha256=sha256(data), size=len(data), state=RunState.PREVIEW)
    default_storage.save(run.path, ContentFile(data))
    ImportRun.objects.update(at=timezone.now() - timedelta(days=29))
    keeping.run(lambda *_: None)
    assert default_storage.exists(run.path)
    ImportRun.objects.update(at=timezone.now() - timedelta(days=31))
    keeping.run(lambda *_: None)
    assert not default_storage.exists(run.path)
    page = browser.get(reverse("import-file", args=[run.pk]), follow=True).content.decode()
    assert "Tệp gốc đã hết thời hạn lưu" in page
    assert ImportRun.objects.get().state == RunState.CANCELLED


def test_old_entries_of_the_log_go_and_that_is_an_entry(settings: Any) -> None:
    Entry.objects.bulk_create([Entry(group="case", what="Cũ", at=timezone.now() - timedelta(days=1826))])
    keeping.run(lambda *_: None)
    assert [entry.what for entry in Entry.objects.all()] == ["Xóa dòng nhật ký cũ"]


def test_working_days_and_deadlines() -> None:
    assert clock.deadlines(date(2026, 11, 26)) == (date(2026, 11, 30), date(2026, 12, 11))


def test_what_removes_content_is_one_mechanism(sign_in: Callable[[str], Sender]) -> None:
    """Names of rounds too: the office reads by whom, when and on which ground."""
    sender = sign_in("kiemtra01")
    document = sender.record("round")
    assert sender.put_record("round", document).status_code == 201
    call_command("erase_names", document["id"])
    (told,) = erasing.told([(kind_named("round"), kind_named("round").records.get())]).values()
    assert [(one["what"], one["ground"]) for one in told] == [("names", "office")]


def test_no_row_of_an_import_keeps_a_number_of_an_identity_card(settings: Any, register: Any) -> None:
    settings.IMPORTS_INLINE = True
    number = "022089000123"
    lines = [
        "STT,Tên sản phẩm,Chủ thể,Địa chỉ,Sao,CCCD,Ghi chú",
        f'1,Miến dong,HTX Một,"Thôn 1, CCCD {number}",4,{number},Số căn cước: {number}',
    ]
    file = ContentFile("\n".join(lines).encode(), name="ds.csv")
    browser_of("sodangky").post(reverse("imports"), {"file": file})
    run = ImportRun.objects.get()
    rows = list(run.rows.values())
    assert rows, run.told
    kept = str(rows) + str(ImportRun.objects.values()) + str(Entry.objects.values())
    assert number not in kept
