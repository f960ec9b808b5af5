"""Long files of the office: made by the queue, for whoever asked, with the rights of now; stopped, failed, removed."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.transaction import set_rollback
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from office import browser_of
from queue_turns import left_in_the_queue, off

from accounts.models import Role, User
from background import processes, queue, work
from backoffice import file_pages, labels
from backoffice.labels import LABELS
from logbook.models import Entry
from office_files import forgetting, making
from office_files.models import FileState, OfficeFile
from printing.sheet import sheet
from records.storage import DurableStorage, PhotosUnavailable
from register.models import Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
PRODUCTS = reverse("admin:register_product_changelist")


@pytest.fixture(autouse=True)
def leave_it_in_the_queue() -> Iterator[None]:
    with left_in_the_queue():
        yield


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made at once ends at two of anything."""
    monkeypatch.setattr(file_pages, "is_short", lambda _, count: count <= 2)


@pytest.fixture
def office(register: SampleRegister) -> Client:
    return browser_of("sodangky")


def asked_for_labels(office: Client, many: int = 3) -> OfficeFile:
    chosen = list(Product.objects.values_list("pk", flat=True)[:many])
    answer = office.post(PRODUCTS, {"action": "print_labels", "_selected_action": chosen})
    file = OfficeFile.objects.latest("at")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/files/{file.pk}/")
    return file


def page(office: Client, file: OfficeFile, rest: str = "") -> str:
    answer = office.get(f"/admin/files/{file.pk}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("few_at_once")
def test_a_long_sheet_is_made_by_the_queue_and_given_to_whoever_asked(office: Client) -> None:
    file = asked_for_labels(office)
    assert "Đang chờ tới lượt" in page(office, file)
    told = office.get(f"/admin/files/{file.pk}/state/").json()
    assert told == {"working": True, "queued": "10", "done": 0, "total": 3}
    assert office.get(f"/admin/files/{file.pk}/file/").status_code == 302, "there is none yet"
    OfficeFile.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    assert "Việc này đã chờ hơn một phút" in page(office, file)
    off()
    assert "Tải tệp về" in page(office, file)
    answer = office.get(f"/admin/files/{file.pk}/file/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    pdf = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(pdf) == OfficeFile.objects.get().size
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert text.count("MẪU / SAMPLE") == 3
    assert file.title in office.get("/admin/files/").content.decode()
    # Nobody else's, whatever they may; and not theirs either once the right is gone.
    for other in (browser_of("nguoikhac", Role.ADMINISTRATOR), Client()):
        for rest in ("", "state/", "file/"):
            assert other.get(f"/admin/files/{file.pk}/{rest}").status_code in {302, 404}
        assert file.title not in other.get("/admin/files/", follow=True).content.decode()


@pytest.mark.usefixtures("few_at_once")
def test_rights_count_when_the_file_is_made_and_when_it_is_fetched(office: Client) -> None:
    log, user = making.all_kinds()["log"], User.objects.get(username="sodangky")
    queued = making.begin(log, "Nhật ký", "nhat-ky.csv", {"format": "csv", "said": {}}, 9, user)
    assert queued is not None
    off()
    assert "không còn quyền" in page(office, queued)
    made = asked_for_labels(office)
    off()
    User.objects.filter(pk=user.pk).update(role=Role.INSPECTOR)
    assert office.get(f"/admin/files/{made.pk}/file/").status_code == 302
    assert not LABELS.may(User.objects.get(pk=user.pk))


@pytest.mark.usefixtures("few_at_once")
def test_the_list_of_products_and_the_log_are_the_same_through_the_queue_as_at_once(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = browser_of("quanly", Role.ADMINISTRATOR)
    Product.objects.earliest("pk").save()
    form = {"resource": "", "productsheet_gtin": "on", "productsheet_stars": "on", "productsheet_commune": "on"}
    asked: dict[str, Callable[[], Any]] = {
        "san-pham": lambda: administrator.post(reverse("admin:register_product_export"), {"format": "0", **form}),
        "nhat-ky": lambda: administrator.get("/admin/log/file.csv", {"group": "register"}),
    }
    for number in range(4):
        Entry.objects.create(group="register", what=f"Việc {number}", who="An")
    for name, ask in asked.items():
        file = OfficeFile.objects.get(pk=ask().headers["Location"].split("/")[-2])
        off()
        bytes_of = administrator.get(f"/admin/files/{file.pk}/file/")
        queued = b"".join(bytes_of.streaming_content)  # type: ignore[attr-defined]
        assert name in bytes_of.headers["Content-Disposition"]
        with monkeypatch.context() as patched:
            patched.setattr(file_pages, "is_short", lambda *_: True)
            now = ask()
        assert now.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert now.content == queued
        assert len(list(csv.reader(io.StringIO(queued.decode("utf-8-sig"))))) > 3


@pytest.mark.usefixtures("few_at_once")
def test_a_file_is_stopped_before_its_turn_and_at_work_and_made_once_more(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = asked_for_labels(office)
    office.post(f"/admin/files/{file.pk}/do/cancel/")
    assert "Đã dừng theo yêu cầu" in page(office, file)
    off()
    assert OfficeFile.objects.get().state == FileState.CANCELLED

    def while_a_person_stops_it(*given: Any, **named: Any) -> bytes:
        office.post(f"/admin/files/{file.pk}/do/cancel/")
        return sheet(*given, **named)

    office.post(f"/admin/files/{file.pk}/do/again/")
    with monkeypatch.context() as patched:
        patched.setattr(labels, "sheet", while_a_person_stops_it)
        patched.setattr(work.time, "monotonic", iter(range(10_000)).__next__)
        off()
    assert OfficeFile.objects.get().state == FileState.CANCELLED
    office.post(f"/admin/files/{file.pk}/do/again/")
    off()
    assert OfficeFile.objects.get().state == FileState.READY
    assert DBTaskResult.objects.failed().count() == 0


@pytest.mark.usefixtures("few_at_once")
def test_work_of_a_worker_that_is_to_stop_goes_back_and_a_lost_one_is_told(office: Client) -> None:
    file = asked_for_labels(office)
    told = itertools.count()
    queue.work(lambda: next(told) >= 1)  # told to stop once the work has begun
    file.refresh_from_db()
    assert (file.state, file.worker) == (FileState.MAKING, work.QUEUED)
    # Its worker is on another machine and has said nothing for long: the queue still has the task, so it goes on.
    OfficeFile.objects.update(worker="elsewhere:7:1-abcdef01", beat_at=timezone.now() - timedelta(minutes=5))
    page(office, file)
    assert OfficeFile.objects.get().state == FileState.MAKING
    DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())
    assert "Máy chủ dừng khi đang làm tệp" in page(office, file)
    office.post(f"/admin/files/{file.pk}/do/again/")
    off()
    assert OfficeFile.objects.get().state == FileState.READY


@pytest.mark.usefixtures("few_at_once")
def test_a_file_as_whose_making_ended_the_database_was_away_is_made_by_the_same_process(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, save, away = asked_for_labels(office), DurableStorage._save, [False]

    def refuse(execute: Any, *asked: Any) -> Any:
        if away[0]:
            raise OperationalError("away")
        return execute(*asked)

    def goes_away(*given: Any) -> str:
        away[0] = True
        return save(*given)

    with monkeypatch.context() as patched, connection.execute_wrapper(refuse):
        patched.setattr(queue, "_AWAY", 0.0)
        patched.setattr(DurableStorage, "_save", goes_away)
        off(4)
    set_rollback(False)
    file.refresh_from_db()
    task = DBTaskResult.objects.filter(pk=file.task)
    assert (file.worker, task.get().status) == (processes.this_process(), "RUNNING")
    off()
    file.refresh_from_db()
    assert (file.state, task.get().status) == (FileState.READY, "SUCCESSFUL")
    # And where the queue has given it up, the page of a server that is the queue's process as well says so.
    OfficeFile.objects.update(
        state=FileState.MAKING, worker=processes.this_process(), beat_at=timezone.now() - timedelta(minutes=5)
    )
    assert "Máy chủ dừng khi đang làm tệp" in page(office, file)


@pytest.mark.usefixtures("few_at_once")
def test_the_log_is_given_as_it_was_asked_for_whatever_is_written_until_it_is_made() -> None:
    administrator = browser_of("quanly", Role.ADMINISTRATOR)
    for number in range(4):
        Entry.objects.create(group="register", what=f"Việc {number}", who="An")
    file = OfficeFile.objects.get(
        pk=administrator.get("/admin/log/file.csv", {"group": "register"}).headers["Location"].split("/")[-2]
    )
    Entry.objects.create(group="register", what="Việc sau đó", who="An")
    off()
    given = administrator.get(f"/admin/files/{file.pk}/file/")
    text = b"".join(given.streaming_content).decode()  # type: ignore[attr-defined]
    assert ("Việc 3" in text, "Việc sau đó" in text) == (True, False)


@pytest.mark.usefixtures("few_at_once")
def test_what_cannot_be_made_or_kept_is_told_in_words(
    office: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_URL = "https://" + "x" * 1200
    file = asked_for_labels(office)
    off()
    assert "quá dài cho một mã QR" in page(office, file)

    def full(*_: Any) -> None:
        raise PhotosUnavailable

    settings.PUBLIC_URL = ""
    file = asked_for_labels(office)
    with monkeypatch.context() as patched:
        patched.setattr(DurableStorage, "_save", full)
        off()
    assert "chưa giữ được tệp lúc này" in page(office, file)
    office.post(f"/admin/files/{file.pk}/do/again/")
    off()
    default_storage.delete(OfficeFile.objects.get(pk=file.pk).file)  # as after a restore
    assert office.get(f"/admin/files/{file.pk}/file/").status_code == 302
    assert "không còn trên máy chủ" in page(office, file)


@pytest.mark.usefixtures("few_at_once")
def test_one_person_waits_for_a_few_files_alone(office: Client) -> None:
    for _ in range(making.MOST_WAITING):
        asked_for_labels(office)
    chosen = list(Product.objects.values_list("pk", flat=True)[:3])
    answer = office.post(PRODUCTS, {"action": "print_labels", "_selected_action": chosen}, follow=True)
    assert "Bạn đang chờ 5 tệp" in answer.content.decode()
    assert OfficeFile.objects.count() == making.MOST_WAITING
    # Nor by stopping some, asking for others, and making the first once more.
    stopped = OfficeFile.objects.earliest("at")
    office.post(f"/admin/files/{stopped.pk}/do/cancel/")
    asked_for_labels(office)
    answer = office.post(f"/admin/files/{stopped.pk}/do/again/", follow=True)
    assert "Bạn đang chờ 5 tệp" in answer.content.decode()
    assert OfficeFile.objects.filter(state=FileState.MAKING).count() == making.MOST_WAITING


@pytest.mark.usefixtures("few_at_once")
def test_files_go_after_their_time_with_what_killed_tries_have_left(
    office: Client, photo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = asked_for_labels(office)
    off()
    name = OfficeFile.objects.get().file
    left = default_storage.save("made/left-by-a-kill", ContentFile(b"%PDF-1.7"))
    call_command("keep_or_erase", stdout=io.StringIO())
    assert default_storage.exists(name)
    assert default_storage.exists(left), "it may still be written"
    OfficeFile.objects.update(at=timezone.now() - timedelta(hours=25))
    monkeypatch.setattr(forgetting, "BEING_WRITTEN", timedelta(0))
    call_command("keep_or_erase", stdout=io.StringIO())
    assert not list((photo_folder / "made").iterdir())
    assert office.get(f"/admin/files/{file.pk}/").status_code == 404
