"""The pages of an import, as a registrar and others see them."""

from __future__ import annotations

import socket
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from office import browser_of, fields_of
from openpyxl import Workbook, load_workbook

import serve
from accounts.models import Role
from background import work
from doctor import inside
from imports import preview, running, scanning
from imports.bounds import MOST_BYTES
from imports.models import ImportRun, RunState, SourceMapping
from logbook.models import Entry
from register import sample
from register.gtin import check_digit
from register.models import Certificate, Producer, Product
from tests.support.clamd import EICAR, Babbling, Dripping, Dying, Endless, stand_in

pytestmark = pytest.mark.django_db

HEADER = [
    "STT", "Tên sản phẩm", "Chủ thể", "Địa chỉ", "Hạng sao", "Số QĐ", "Ngày cấp", "Ngày hết hạn", "Nhóm", "GTIN",
    "Cột lạ",
]  # fmt: skip

LIST = "STT,Tên sản phẩm,Chủ thể,Địa chỉ,Sao\n1,Miến dong,HTX Một,Thôn 1,4\n".encode()


def gtin(number: int) -> str:
    digits = f"952{number:09d}"
    return digits + check_digit(digits)


def listed(*rows: list[Any], header: list[str] = HEADER) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["DANH SÁCH SẢN PHẨM OCOP"], header, *rows):
        sheet.append(row)
    for cell in next(sheet.iter_cols(2, 2)):
        cell.data_type = "s"  # a text that begins as a formula does
    written = BytesIO()
    book.save(written)
    return SimpleUploadedFile("danh_sach.xlsx", written.getvalue())


def good(number: int, **other: Any) -> list[Any]:
    row = {
        "stt": number, "name": f"Miến dong {number}", "maker": "HTX Chưa Có", "place": "Thôn 1", "stars": "4 sao",
        "decision": f"{number}/QĐ-UBND", "from": "15/01/2026", "to": "14/01/2029", "group": "Thực phẩm",
        "gtin": gtin(number), "odd": "x",
    }  # fmt: skip
    return list((row | other).values())


@pytest.fixture
def browser(register: sample.SampleRegister, settings: Any) -> Client:
    settings.IMPORTS_INLINE = True
    return browser_of("nhaplieu")


def handed_in(browser: Client, file: SimpleUploadedFile) -> ImportRun:
    answer = browser.post("/admin/imports/", {"file": file})
    assert answer.status_code == 302
    return ImportRun.objects.latest("at")


@pytest.mark.parametrize(
    "name", ["../../ngoai.xlsx", 'a"; filename="b.html', "a\r\nX-Them: 1.xlsx", "danh sách “mới”.xlsx"]
)
def test_a_files_own_name_leads_nowhere_and_breaks_no_header(browser: Client, name: str) -> None:
    file = listed(good(1))
    file.name = name
    run = handed_in(browser, file)
    assert run.path == f"imports/{run.sha256}"
    answer = browser.get(f"/admin/imports/{run.pk}/file/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "X-Them" not in answer.headers
    assert "\n" not in disposition
    assert "/" not in disposition
    assert disposition.replace('\\"', "").count('"') in {0, 2}


def test_numbers_of_a_form_that_are_none_are_answered(browser: Client) -> None:
    run = handed_in(browser, listed(good(1)))
    where = f"/admin/imports/{run.pk}/columns/"
    for number in ("²", "9" * 5000, "-1"):
        assert browser.post(where, {"sheet": number}).status_code == 302
        assert browser.post(where, {"row": number, "column-²": "name"}).status_code == 302
        assert browser.get("/admin/producers/merge/", {"kept": number, "gone": number}).status_code == 200


def test_a_list_is_corrected_published_and_taken_back_from_the_pages_alone(browser: Client) -> None:
    rows = (good(1), good(2, gtin="9.52E+12"), good(3, name="=1+1", stars="nhiều sao"), good(4, to=""))
    run = handed_in(browser, listed(*rows))
    where = f"/admin/imports/{run.pk}/"
    assert (run.state, run.counts["new"], run.by.username if run.by else "") == (RunState.PREVIEW, 1, "nhaplieu")
    page = browser.get(f"{where}?o=refused").content.decode()
    assert "9.52E+12" in page
    assert "nhiều sao" in page
    rest = load_workbook(BytesIO(browser.get(f"{where}rest.xlsx").content)).active
    assert rest is not None
    back = list(rest.values)
    assert back[0][-2:] == ("Dòng", "Lý do")
    assert [row[1] for row in back[1:]] == ["Miến dong 2", "=1+1", "Miến dong 4"]
    assert {cell.data_type for cell in rest[3] if cell.value} == {"s"}
    bad = run.rows.get(number=4)
    opened = fields_of(browser.get(f"{where}rows/{bad.pk}/").content.decode())
    browser.post(f"{where}rows/{bad.pk}/", opened | {"cell-gtin": [gtin(2)]})
    browser.post(f"{where}answer/", {"all": "valid_to", "query": "o=asked&p=1"})
    run.refresh_from_db()
    assert (run.counts["new"], run.counts["refused"]) == (3, 1)
    stale = browser.post(f"{where}do/publish/", {"judged": "an earlier one"}, follow=True)
    assert "vừa đổi" in stale.content.decode()
    browser.post(f"{where}do/publish/", {"judged": run.judged})
    assert Product.objects.filter(producer__name="HTX Chưa Có").count() == 3
    assert {str(day) for day in Certificate.objects.filter(number="4/QĐ-UBND").values_list("valid_to", flat=True)} == {
        "2029-01-14"
    }
    browser.post(f"{where}do/undo/")
    assert not Producer.objects.filter(name="HTX Chưa Có").exists()
    assert "Đã hoàn tác 3 dòng" in browser.get(where).content.decode()
    assert browser.get(f"{where}file/").status_code == 200


def test_two_who_correct_one_row_lose_nothing_unseen(browser: Client) -> None:
    run = handed_in(browser, listed(good(1, to=""), good(2)))
    second = browser_of("nhaplieu2")
    address = f"/admin/imports/{run.pk}/rows/{run.rows.get(number=3).pk}/"
    mine, theirs, third = (fields_of(browser.get(address).content.decode()) for _ in range(3))
    browser.post(address, mine | {"cell-name": ["Tên của người thứ nhất"], "leave": ["on"]})
    # another cell: both are kept, and so is that the row is left out
    second.post(address, theirs | {"cell-place": ["Thôn 9"]})
    run.refresh_from_db()
    assert (run.answers["cell:3:name"], run.answers["cell:3:place"]) == ("Tên của người thứ nhất", "Thôn 9")
    assert run.answers["leave:3"] == "yes"
    # the same cell: refused with both values
    page = second.post(address, third | {"cell-name": ["Tên thứ hai"]}, follow=True).content.decode()
    assert "Tên của người thứ nhất" in page
    assert "“Tên thứ hai”, chưa được lưu" in page
    run.refresh_from_db()
    assert run.answers["cell:3:name"] == "Tên của người thứ nhất"


def test_columns_a_person_has_named_are_kept_for_the_next_file_of_the_source(browser: Client) -> None:
    header = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "K", "L"]
    run = handed_in(browser, listed(good(1), header=header))
    assert run.state == RunState.ASKING
    names = ["", "name", "producer", "place", "stars", "decision_number", "valid_from", "valid_to", "group", "gtin", ""]
    said = {f"column-{at}": name for at, name in enumerate(names)} | {"row": "2", "issuer": "UBND tỉnh"}
    browser.post(f"/admin/imports/{run.pk}/columns/", said)
    run.refresh_from_db()
    assert (run.state, run.counts["new"], SourceMapping.objects.count()) == (RunState.PREVIEW, 1, 1)


def test_who_may_not_change_products_sees_no_import(browser: Client) -> None:
    run = handed_in(browser, listed(good(1)))
    for role, status in ((Role.INSPECTOR, {302, 403}), (Role.SHOP, {302, 403}), (Role.ADMINISTRATOR, {200})):
        other = browser_of(f"ai-{role}", role)
        assert other.get("/admin/imports/").status_code in status, role
        assert other.get(f"/admin/imports/{run.pk}/file/").status_code in status, role
    assert Client().get("/admin/imports/").status_code == 302


def test_work_stops_when_asked_and_the_file_may_be_read_again(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = running.preview.load

    def asked_to_stop() -> Any:
        ImportRun.objects.update(cancelling=True)
        return stop()

    monkeypatch.setattr(running.preview, "load", asked_to_stop)
    monkeypatch.setattr(work.time, "monotonic", iter(range(10_000)).__next__)
    run = handed_in(browser, listed(good(1)))
    assert (run.state, "Đã dừng" in run.told) == (RunState.CANCELLED, True)
    monkeypatch.undo()
    browser.post(f"/admin/imports/{run.pk}/do/read/")
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW


def test_two_producers_become_one_and_two_again(browser: Client) -> None:
    kept, gone = Producer.objects.order_by("pk")[:2]
    moved = set(gone.products.values_list("pk", flat=True))
    address = "/admin/producers/merge/"
    page = browser.get(f"{address}?kept={kept.pk}&gone={gone.pk}").content.decode()
    mark = page.partition('name="seen" value="')[2].partition('"')[0]
    browser.post(address, {"kept": kept.pk, "gone": gone.pk, "seen": "old"})
    assert Producer.objects.filter(pk=gone.pk).exists()
    browser.post(address, {"kept": kept.pk, "gone": gone.pk, "seen": mark})
    assert not Producer.objects.filter(pk=gone.pk).exists()
    assert moved <= set(kept.products.values_list("pk", flat=True))
    apart = browser.get(address).content.decode().partition(f'action="{address}')[2].partition('"')[0]
    browser.post(address + apart)
    assert set(Producer.objects.get(name=gone.name).products.values_list("pk", flat=True)) == moved


def test_a_harmful_file_is_kept_apart_neither_read_nor_given_out(
    browser: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = handed_in(browser, SimpleUploadedFile("truoc.csv", LIST + EICAR))
    assert browser.get(f"/admin/imports/{before.pk}/file/").content.endswith(EICAR), "nothing scans"
    with stand_in(tmp_path) as settings.CLAMD:
        assert inside.scanner().is_well
        led = browser.get(f"/admin/imports/{before.pk}/file/", follow=True)
        assert "Eicar-Test-Signature" in led.content.decode(), "what is known by now is found in an earlier file"
        monkeypatch.setattr(preview, "read_book", lambda *_: pytest.fail("it was read"))
        run = handed_in(browser, SimpleUploadedFile("sau.csv", b"1," + LIST + EICAR))
        assert (run.state, run.sheets) == (RunState.INFECTED, [])
        page = browser.get(f"/admin/imports/{run.pk}/").content.decode()
        assert "mã độc trong tệp (Eicar-Test-Signature)" in page
        browser.post(f"/admin/imports/{run.pk}/do/read/")
        assert browser.get(f"/admin/imports/{run.pk}/columns/").status_code == 200
        monkeypatch.undo()
        assert handed_in(browser, listed(good(1))).state == RunState.PREVIEW, "and what is clean is read"
    settings.CLAMD = ""
    assert browser.get(f"/admin/imports/{run.pk}/file/").status_code == 302, "whatever scans later"
    assert default_storage.exists(run.path), "it is not lost"
    entry = Entry.objects.get(what="Có mã độc trong tệp")
    assert (entry.about, entry.why) == ("sau.csv", "Eicar-Test-Signature")


@pytest.mark.parametrize("scanner", ["/nowhere/clamd.ctl", "127.0.0.1:1"])
def test_without_the_scanner_that_should_look_no_file_is_taken(browser: Client, settings: Any, scanner: str) -> None:
    run = handed_in(browser, listed(good(1)))
    settings.CLAMD = scanner
    page = browser.post("/admin/imports/", {"file": listed(good(2))}, follow=True).content.decode()
    assert "chưa được nhận" in page
    assert ImportRun.objects.count() == 1
    assert browser.get(f"/admin/imports/{run.pk}/file/").status_code == 302
    assert not inside.scanner().is_well


@pytest.mark.parametrize("how", [Dying, Babbling, Endless, Dripping])
def test_a_scanner_that_does_not_answer_as_one_takes_no_file_and_holds_up_nobody(
    browser: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    monkeypatch.setattr(scanning, "_SECONDS", 0.3)
    began = time.monotonic()
    with stand_in(tmp_path, how) as settings.CLAMD:
        page = browser.post("/admin/imports/", {"file": SimpleUploadedFile("a.csv", LIST + EICAR)}, follow=True)
        assert "chưa được nhận" in page.content.decode()
        assert not inside.scanner().is_well
    assert not ImportRun.objects.exists()
    assert time.monotonic() - began < 3.5, "two answers of 4 s were waited for"


def test_a_scanner_that_takes_no_more_is_not_waited_for_without_an_end(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "_SECONDS", 0.1)
    settings.CLAMD = str(tmp_path / "full.ctl")
    with socket.socket(socket.AF_UNIX) as full, socket.socket(socket.AF_UNIX) as first:
        full.bind(settings.CLAMD)
        full.listen(0)
        first.connect(settings.CLAMD)
        with pytest.raises(scanning.CannotScan):
            scanning.found_in(LIST)
    settings.CLAMD = "127.0.0.1:70000"
    with pytest.raises(scanning.CannotScan):
        scanning.version()


def test_the_largest_list_is_no_larger_than_what_the_server_reads() -> None:
    assert serve.LARGER_BODIES["/admin/imports/"] > MOST_BYTES + 1024 * 1024
