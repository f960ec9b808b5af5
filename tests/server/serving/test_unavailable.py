"""A full disk, a photo store and a database that are away: 503 and when to try again, and nothing half kept."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, InterfaceError, InternalError, OperationalError, connection
from django.test import Client
from registry_notes import Sender, error_of, photo_of, picture, sha256

from accounts.models import Role, User
from inspections.models import Inspection, Photo
from observing import gauges
from observing.metrics import UNAVAILABLE, exposition
from observing.unavailable import gone
from pages import report_page
from records.storage import DurableStorage, PhotosUnavailable

pytestmark = pytest.mark.django_db


def internal(sqlstate: str | None) -> InternalError:
    """As psycopg's errors come through Django."""
    error, cause = InternalError(), Exception()
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OperationalError(), "database"),
        (InterfaceError("the connection is closed"), "database"),
        (internal("25006"), "database"),  # a server that became a standby takes no writes
        (internal("25P02"), None),
        (internal(None), "database"),  # what psycopg got is no answer to what it asked
        (InternalError(), None),
        (PhotosUnavailable(), "photos"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk"),
        (PermissionError(errno.EACCES, "Permission denied"), None),
        (DataError(), None),
        (ValueError(), None),
        (None, None),
    ],
)
def test_what_passes_by_itself_is_told_from_a_fault(error: Exception | None, what: str | None) -> None:
    found = gone(error)
    assert (found.what if found else None) == what


@contextmanager
def no_database() -> Iterator[None]:
    def refuse(*_: Any) -> Any:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize("path", ["/api/v1/changes", "/api/v1/nothing", "/p/08930000000019", "/admin/", "/report/x"])
def test_without_a_database_every_address_says_when_to_try_again(path: str, register: Any) -> None:
    client = Client(raise_request_exception=False)
    office = User.objects.create_user("so", password="x", name="Sổ", role=Role.REGISTRAR)
    client.force_login(office, "django.contrib.auth.backends.ModelBackend")
    with no_database():
        answer = client.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    if path.startswith("/api/"):
        assert error_of(answer) == (503, "unavailable")
    else:
        assert "Máy chủ đang bận" in answer.content.decode()


def test_a_fault_of_a_page_is_told_without_its_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(report_page, "show", fail)
    answer = Client(raise_request_exception=False).get("/report/x")
    words = answer.content.decode()
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in words
    assert "secret" not in words


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite can be told that its disk is full")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)  # SQLite then ends every transaction
def test_a_full_disk_of_the_database_keeps_nothing_of_a_note(anonymous: Sender, photo_folder: Path) -> None:
    documents = [anonymous.note(photos=[photo_of(picture())]) for _ in range(40)]
    with connection.cursor() as cursor:
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute("PRAGMA max_page_count = 1")  # as many as there are
    try:
        stored, answer = 0, anonymous.put_note(document := documents[0])
        while answer.status_code == 201:
            stored += 1
            answer = anonymous.put_note(document := documents[stored])
        assert error_of(answer) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert Inspection.objects.count() == Photo.objects.count() == stored
        assert not list(photo_folder.rglob("*.jpg"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")
    assert anonymous.put_note(document).status_code == 201


def test_a_full_disk_of_photos_keeps_no_piece_of_one(
    anonymous: Sender, photo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = anonymous.note(photos=[photo_of(picture())])
    anonymous.put_note(document)
    refused = UNAVAILABLE.labels("photos")._value.get()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("records.storage.os.fsync", full)
        answer = anonymous.put_photo(document["id"], picture())
    assert error_of(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert UNAVAILABLE.labels("photos")._value.get() == refused + 1
    assert [path for path in photo_folder.rglob("*") if path.is_file()] == []
    assert Photo.objects.get().file == ""
    assert anonymous.put_photo(document["id"], picture()).status_code == 201
    assert DurableStorage(photo_folder).exists(f"photos/{sha256(picture())[:2]}/{sha256(picture())}.jpg")


def test_gauges_are_measured_when_they_are_read(settings: Any, tmp_path: Path, anonymous: Sender) -> None:
    settings.DATA_DIR = tmp_path
    text = exposition(gauges.GAUGES).decode()
    assert 'ocop_works{part="database"}' in text
    assert 'ocop_queue_length{queue="file_parts"} 0.0' in text
    assert 'ocop_queue_length{queue="office_late"} 0.0' in text
    assert "ocop_disk_free_bytes" in text
    assert "ocop_last_backup_seconds" not in text
    (tmp_path / gauges.BACKUP_MARKER).touch()
    assert "ocop_last_backup_seconds 1." in exposition(gauges.GAUGES).decode()


def test_metrics_are_read_while_the_database_is_away() -> None:
    with no_database():
        text = exposition(gauges.GAUGES).decode()
    assert 'ocop_works{part="database"} 0.0' in text
    assert "ocop_queue_length{" not in text
    assert "ocop_disk_free_bytes" in text
