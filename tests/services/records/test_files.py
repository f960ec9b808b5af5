from __future__ import annotations

import hashlib
import resource
from pathlib import Path

import pytest

from services.records.files import Photo, PhotoFolder, PhotoLost, PhotoUnreadable
from services.storage.store import StoreWriteError
from tests.services.conftest import picture


def test_a_photo_is_kept_under_its_hash(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    jpeg = picture()
    photo = folder.keep(jpeg)
    assert folder.keep(jpeg) == photo
    assert (photo.sha256, photo.size, photo.type) == (hashlib.sha256(jpeg).hexdigest(), len(jpeg), "image/jpeg")
    assert folder.read(photo.sha256) == jpeg
    assert [p.name for p in folder.folder.iterdir()] == [f"{photo.sha256}.jpg"]


def test_a_photo_that_was_damaged_or_lost_is_not_passed_on(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    photo = folder.keep(picture())
    folder.path(photo.sha256).write_bytes(picture("blue"))
    with pytest.raises(PhotoLost) as damaged:
        folder.read(photo.sha256)
    folder.path(photo.sha256).unlink()
    with pytest.raises(PhotoLost) as missing:
        folder.read(photo.sha256)
    assert (damaged.value.reason, missing.value.reason) == ("photo_damaged", "photo_missing")


def test_a_photo_that_the_system_does_not_give_now_is_not_lost(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    photo = folder.keep(picture())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))  # EMFILE for every file that is opened
    try:
        with pytest.raises(PhotoUnreadable) as error:
            folder.read(photo.sha256)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert error.value.reason == "photo_unreadable"
    assert folder.read(photo.sha256) == picture()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_a_name_that_is_no_hash(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        PhotoFolder(tmp_path).path(name)


def test_a_full_disk_leaves_no_half_photo(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(StoreWriteError):
            folder.keep(b"x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_removed_photo_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    red, blue = folder.keep(picture("red")), folder.keep(picture("blue"))
    folder.remove(red.sha256)
    folder.remove(red.sha256)  # the second time there is nothing, which is no error
    assert [path.name for path in tmp_path.iterdir()] == [f"{blue.sha256}.jpg"]


def test_what_the_disk_does_not_let_go_harms_nothing(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    photo = folder.keep(picture())
    folder.path(photo.sha256).unlink()
    folder.path(photo.sha256).mkdir()
    folder.remove(photo.sha256)
    assert folder.path(photo.sha256).is_dir()


def test_a_photo_is_written_down_and_read_back() -> None:
    photo = Photo("0" * 64, 12, "image/png")
    assert Photo.from_json(photo.to_json()) == photo
    for name in ("sha256", "size", "type"):
        with pytest.raises(KeyError):
            Photo.from_json({key: value for key, value in photo.to_json().items() if key != name})
