"""Photos on this machine's disk: whether it takes them, and what is left where it does not."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from records.storage import DurableStorage, PhotosUnavailable


@pytest.fixture
def storage() -> DurableStorage:
    return DurableStorage()


def test_a_disk_that_takes_photos_is_as_it_was_after_the_question(storage: DurableStorage, photo_folder: Path) -> None:
    for _ in range(2):
        storage.check()
        assert [path.name for path in photo_folder.rglob("*")] == ["photos"]


def test_a_disk_that_takes_none_says_so(storage: DurableStorage, photo_folder: Path) -> None:
    photo_folder.mkdir()
    (photo_folder / "photos").write_text("")
    with pytest.raises(PhotosUnavailable):
        storage.check()
    (photo_folder / "photos").unlink()
    storage.check()


def test_half_a_photo_is_not_left(storage: DurableStorage, photo_folder: Path) -> None:
    name = "photos/aa/photo.jpg"
    storage.save(name, ContentFile(b"the photo"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, hard))  # as on a full disk
    try:
        with pytest.raises(PhotosUnavailable):
            storage.save(name, ContentFile(b"x" * 100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in (photo_folder / "photos" / "aa").iterdir()] == ["photo.jpg"]
    with default_storage.open(name) as kept:
        assert kept.read() == b"the photo"
