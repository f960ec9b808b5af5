"""Photos in an S3-compatible bucket: the same as on the disk, against a real HTTP server that speaks S3."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from office import browser_of
from PIL import Image
from registry_notes import TODAY, Sender, error_of, photo_of, picture, sha256

from accounts.models import Role, User
from background import work
from backoffice import file_pages
from backups import files as backup_files
from inspections.models import Photo
from office_files import forgetting, making
from office_files.models import OfficeFile
from pictures import store as pictures
from records import copies
from records.erasing import delete_bytes
from records.storage import PhotosUnavailable
from serving import probes
from tests.support.registry_server import free_port, prepared_register

pytestmark = pytest.mark.django_db
BUCKET = "anh-kiem-tra"


class Bucket:
    """An S3 server that can be stopped and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        code = "import sys; from moto.server import main; main(sys.argv[1:])"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while self.process.poll() is None:
            try:
                requests.get(f"{self.url}/moto-api/", timeout=5)
            except requests.ConnectionError:
                continue
            break
        self.client().create_bucket(Bucket=BUCKET)

    def empty(self) -> None:
        """Running, with an empty bucket."""
        if self.process is None:
            self.start()
        else:
            requests.post(f"{self.url}/moto-api/reset", timeout=20)
            self.client().create_bucket(Bucket=BUCKET)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def client(self) -> Any:
        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", config=Config(connect_timeout=5))

    def objects(self) -> list[dict[str, Any]]:
        return list(self.client().list_objects_v2(Bucket=BUCKET).get("Contents", []))


@pytest.fixture(scope="module")
def store() -> Iterator[Bucket]:
    bucket = Bucket()
    yield bucket
    bucket.stop()


@pytest.fixture
def bucket(store: Bucket, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Bucket:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "khoa",
        "AWS_SECRET_ACCESS_KEY": "bi-mat",
        "OCOP_S3_BUCKET": BUCKET,
        "OCOP_S3_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    settings.S3_ENDPOINT, settings.S3_ADDRESSING = store.url, "path"
    store.empty()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "records.bucket.BucketStorage"}}
    monkeypatch.setattr(probes, "_photos_asked", -probes.PHOTOS_SECONDS)
    return store


def sent(sender: Sender, content: bytes) -> str:
    document = sender.note(photos=[photo_of(content)])
    assert sender.put_note(document).status_code == 201
    return str(document["id"])


def test_a_photo_is_an_object_named_by_its_hash_and_written_once(bucket: Bucket, anonymous: Sender) -> None:
    first, second = sent(anonymous, picture()), sent(anonymous, picture())
    assert [anonymous.put_photo(first, picture()).status_code for _ in range(2)] == [201, 200]
    (written,) = bucket.objects()
    assert written["Key"] == f"photos/{sha256(picture())[:2]}/{sha256(picture())}.jpg"
    held = bucket.client().get_object(Bucket=BUCKET, Key=written["Key"])
    assert (held["Body"].read(), held["ContentType"]) == (picture(), "image/jpeg")
    assert anonymous.put_photo(second, picture()).status_code == 201  # another note with the same picture
    assert bucket.objects() == [written]


def test_an_object_is_private(bucket: Bucket, anonymous: Sender) -> None:
    anonymous.put_photo(sent(anonymous, picture()), picture())
    key = bucket.objects()[0]["Key"]
    grants = bucket.client().get_object_acl(Bucket=BUCKET, Key=key)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    assert requests.get(f"{bucket.url}/{BUCKET}/{key}", timeout=20).status_code == 403


def test_the_back_office_shows_it_to_those_who_may_see_it(bucket: Bucket, anonymous: Sender) -> None:
    anonymous.put_photo(sent(anonymous, picture()), picture())
    address = reverse("admin:inspections_photo_file", args=[Photo.objects.get().pk, "large"])
    office = Client()
    assert office.get(address).status_code == 302
    office.force_login(
        User.objects.create_user("so", password="x", name="Sổ", role=Role.REGISTRAR),
        "django.contrib.auth.backends.ModelBackend",
    )
    assert Image.open(io.BytesIO(office.get(address).content)).size == Image.open(io.BytesIO(picture())).size
    bucket.stop()
    assert office.get(address).status_code == 503
    bucket.start()  # empty, as after somebody emptied it
    assert office.get(address).status_code == 404


def test_what_is_no_photo_does_not_reach_the_bucket(bucket: Bucket, anonymous: Sender) -> None:
    note_id = sent(anonymous, b"<html>")
    assert error_of(anonymous.put_photo(note_id, b"<html>")) == (415, "unsupported_photo")
    assert bucket.objects() == []


def test_pictures_of_the_register_are_objects_too(bucket: Bucket, anonymous: Sender) -> None:
    pictures.keep("ab" * 32, dict.fromkeys(pictures.WIDTHS, b"webp"))
    assert pictures.is_kept("ab" * 32)
    assert f"pictures/ab/{'ab' * 32}-160.webp" in {row["Key"] for row in bucket.objects()}
    assert [sha256 for sha256, _ in pictures.kept_since()] == ["ab" * 32]
    assert anonymous.get(f"/api/v1/pictures/{'ab' * 32}/640").getvalue() == b"webp"
    pictures.remove("ab" * 32)
    assert bucket.objects() == []
    assert pictures.opened("ab" * 32, 640) is None


def test_a_backup_copies_objects_and_gives_them_back(bucket: Bucket, anonymous: Sender, tmp_path: Path) -> None:
    anonymous.put_photo(sent(anonymous, picture()), picture())
    copied = backup_files.copy(backup_files.named(), tmp_path, {}, TODAY)
    assert [entry.sha256 for entry in copied.new] == [sha256(picture())]
    bucket.empty()
    assert backup_files.copy(backup_files.named(), tmp_path / "other", {}, TODAY).missing == [copied.new[0].name]
    assert backup_files.give_back(copied.entries, tmp_path) == (1, [])
    bucket.client().put_object(Bucket=BUCKET, Key=copied.new[0].name, Body=b"other bytes")
    assert backup_files.give_back(copied.entries, tmp_path) == (1, [])
    assert bucket.client().get_object(Bucket=BUCKET, Key=copied.new[0].name)["Body"].read() == picture()
    bucket.stop()
    with pytest.raises(PhotosUnavailable):
        backup_files.copy(backup_files.named(), tmp_path / "third", {}, TODAY)
    bucket.start()


@pytest.mark.parametrize("trouble", ["down", "no bucket"])
def test_nothing_is_said_to_be_stored_that_is_not(bucket: Bucket, anonymous: Sender, trouble: str) -> None:
    note_id = sent(anonymous, picture())
    if trouble == "down":
        bucket.stop()
    else:
        bucket.client().delete_bucket(Bucket=BUCKET)
    answer = anonymous.put_photo(note_id, picture())
    assert error_of(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert Photo.objects.get().file == ""
    health = anonymous.get("/health")
    assert (health.status_code, health.json()["photos"], health.json()["database"]) == (503, "unavailable", "ok")
    bucket.empty()
    assert anonymous.put_photo(note_id, picture()).status_code == 201  # as the app tries again
    assert Photo.objects.get().file == bucket.objects()[0]["Key"]


def test_health_tells_that_the_bucket_can_be_written(bucket: Bucket, anonymous: Sender) -> None:
    assert anonymous.get("/health").json() == {"status": "ok", "database": "ok", "photos": "ok"}


def test_small_copies_and_files_that_were_asked_for_are_objects_that_go_again(
    bucket: Bucket, anonymous: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = sent(anonymous, picture())
    anonymous.put_photo(note, picture())
    photo = Photo.objects.get()
    office = browser_of("quanly", Role.ADMINISTRATOR)
    shown = reverse("admin:inspections_photo_file", args=[photo.pk, "small"])
    first, second = (office.get(shown).content for _ in range(2))
    assert first == second
    kept = f"copies/{photo.sha256[:2]}/{photo.sha256}-400"
    sealed = bucket.client().get_object(Bucket=BUCKET, Key=kept)["Body"].read()
    assert sealed.endswith(first)
    bucket.client().put_object(Bucket=BUCKET, Key=kept, Body=b"damaged")
    assert office.get(shown).content == first
    assert bucket.client().get_object(Bucket=BUCKET, Key=kept)["Body"].read() == sealed

    monkeypatch.setattr(file_pages, "is_short", lambda *_: False)
    monkeypatch.setattr(work, "SHORT", 0.0)
    address = office.get("/admin/log/file.csv").headers["Location"]
    file = OfficeFile.objects.get()
    making.make_file.call(str(file.pk))
    file.refresh_from_db()
    answer = office.get(f"{address}file/")
    assert len(b"".join(answer.streaming_content)) == file.size > 0  # type: ignore[attr-defined]
    bucket.client().put_object(Bucket=BUCKET, Key="made/left-by-a-kill", Body=b"%PDF")
    monkeypatch.setattr(forgetting, "BEING_WRITTEN", timedelta(0))
    monkeypatch.setattr(forgetting.timezone, "now", lambda: datetime.now(UTC) + timedelta(minutes=1))
    assert forgetting.remove_left() == 1
    default_storage.delete(file.file)
    assert office.get(f"{address}file/").headers["Location"] == address
    assert "không còn trên máy chủ" in office.get(address).content.decode()

    Photo.objects.update(erased_at=datetime.now(UTC))
    delete_bytes(10)
    assert bucket.objects() == []
    bucket.client().put_object(Bucket=BUCKET, Key=kept, Body=sealed)
    call_command("keep_or_erase", stdout=io.StringIO())
    assert bucket.objects() == []


def test_a_clean_up_while_the_bucket_is_away_says_so(bucket: Bucket) -> None:
    bucket.stop()
    for ask in (
        forgetting.remove_left,
        lambda: copies.remove_left("00"),
        lambda: default_storage.get_modified_time("x"),
    ):
        with pytest.raises(PhotosUnavailable):
            ask()


def test_a_command_that_needs_the_bucket_while_it_is_away_says_so_in_a_line(bucket: Bucket, tmp_path: Path) -> None:
    bucket.stop()
    shutil.copy(prepared_register() / "registry.sqlite3", tmp_path)
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    server = Path(__file__).parents[3] / "server"
    run = subprocess.run(
        [sys.executable, "manage.py", "keep_or_erase"], cwd=server, env=env | {"OCOP_SERVER_DATA": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "The photos cannot be used now: Could not connect" in run.stderr
    assert "Traceback" not in run.stderr
