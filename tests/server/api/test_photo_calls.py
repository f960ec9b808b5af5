"""PUT /inspections/{id}/photos/{sha256}."""

from __future__ import annotations

import io
import os
import struct
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from registry_notes import Sender, error_of, photo_of, picture, sha256

from inspections.models import Photo

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]


def sent(sender: Sender, *contents: bytes) -> str:
    document = sender.note(photos=[photo_of(content) for content in contents])
    assert sender.put_note(document).status_code == 201
    return str(document["id"])


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png")])
def test_a_photo_is_stored_once(anonymous: Sender, photo_folder: Path, kind: str, extension: str) -> None:
    content = picture(kind=kind)
    document = anonymous.note(photos=[photo_of(content, f"image/{kind.lower()}")])
    note_id = document["id"]
    assert anonymous.put_note(document).status_code == 201
    first, second = anonymous.put_photo(note_id, content), anonymous.put_photo(note_id, content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() == {"id": note_id, "sha256": sha256(content), "size": len(content)}
    name = sha256(content)
    files = [path for path in photo_folder.rglob("*") if path.is_file()]
    assert files == [photo_folder / "photos" / name[:2] / f"{name}.{extension}"]
    assert files[0].read_bytes() == content


def test_photos_arrive_in_any_order_and_show_in_the_receipt(anonymous: Sender) -> None:
    contents = [picture(colour) for colour in ("red", "green", "blue")]
    document = anonymous.note(photos=[photo_of(content) for content in contents])
    anonymous.put_note(document)
    anonymous.put_photo(document["id"], contents[2])
    anonymous.put_photo(document["id"], contents[0])
    receipt = anonymous.put_note(document).json()
    assert receipt["photos"] == [
        {"sha256": sha256(content), "stored": stored}
        for content, stored in zip(contents, (True, False, True), strict=True)
    ]


def test_one_picture_in_two_notes(anonymous: Sender) -> None:
    first, second = sent(anonymous, picture()), sent(anonymous, picture())
    assert anonymous.put_photo(first, picture()).status_code == 201
    assert anonymous.put_photo(second, picture()).status_code == 201
    assert {photo.file for photo in Photo.objects.all()} == {f"photos/{sha256(picture())[:2]}/{sha256(picture())}.jpg"}


def test_bytes_must_hash_to_the_name(anonymous: Sender) -> None:
    note_id = sent(anonymous, picture("red"))
    answer = anonymous.put_photo(note_id, picture("blue"), name=sha256(picture("red")))
    assert error_of(answer) == (400, "bad_digest")


def test_a_note_or_photo_that_is_not_there(anonymous: Sender) -> None:
    note_id = sent(anonymous, picture("red"))
    assert error_of(anonymous.put_photo(note_id, picture("blue"))) == (404, "not_found")
    assert error_of(anonymous.put_photo(str(uuid.uuid4()), picture("red"))) == (404, "not_found")
    assert error_of(anonymous.put_photo(note_id, picture("red"), name="x")) == (400, "bad_request")


def bomb() -> bytes:
    """A PNG header that announces 40,000 by 40,000 pixels, and nothing behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (header, data, b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )


def gif() -> bytes:
    file = io.BytesIO()
    Image.new("P", (8, 8)).save(file, "GIF")
    return file.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG whose Exif segment holds another whole JPEG, before the picture itself."""
    whole, inner = picture(), picture("blue")
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(inner) + 2) + inner + whole[2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"<html>not a photo</html>", SVG, gif(), bomb(), b"\xff\xd8\xff", picture(kind="PNG")[:60],
        b"GIF89a\xff\xd8\xff", picture()[:-2], picture()[: len(picture()) // 2], with_thumbnail()[:-2],
        picture(kind="PNG")[:33] + picture(kind="PNG")[-12:],
    ],
    ids=[
        "html", "svg", "gif", "bomb", "jpeg-start", "cut-png", "gif-start", "jpeg-without-end", "half-jpeg",
        "whole-thumbnail-cut-picture", "png-without-pixels",
    ],
)  # fmt: skip
def test_what_is_no_jpeg_or_png_is_refused_by_its_content(
    anonymous: Sender, content: bytes, photo_folder: Path
) -> None:
    note_id = sent(anonymous, content)
    assert error_of(anonymous.put_photo(note_id, content)) == (415, "unsupported_photo")
    assert not photo_folder.exists()


@pytest.mark.parametrize(("kind", "said"), [("PNG", "image/jpeg"), ("JPEG", "image/png")])
def test_a_picture_of_the_other_kind_than_the_note_says_is_refused(anonymous: Sender, kind: str, said: str) -> None:
    content = picture(kind=kind)
    document = anonymous.note(photos=[photo_of(content, said)])
    anonymous.put_note(document)
    assert error_of(anonymous.put_photo(document["id"], content)) == (415, "unsupported_photo")


@pytest.mark.parametrize(
    "content", [with_thumbnail(), picture() + b"<script>alert(1)</script>", picture() + b"PK\x05\x06" + b"\0" * 18]
)
def test_a_picture_with_something_else_in_it_is_a_picture(anonymous: Sender, content: bytes) -> None:
    """It is kept byte for byte, as the note's hash demands, and shown as nothing but a picture."""
    assert anonymous.put_photo(sent(anonymous, content), content).status_code == 201


@pytest.mark.parametrize("trouble", ["a file in its way", "a folder in its way"])
def test_a_disk_that_takes_no_photo_is_told_and_tried_again(
    anonymous: Sender, photo_folder: Path, trouble: str
) -> None:
    note_id = sent(anonymous, picture())
    folder = photo_folder / "photos" / sha256(picture())[:2]
    if trouble == "a file in its way":
        photo_folder.mkdir()
        (photo_folder / "photos").write_text("")
    else:
        (folder / f"{sha256(picture())}.jpg").mkdir(parents=True)
    answer = anonymous.put_photo(note_id, picture())
    assert error_of(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert Photo.objects.get().file == ""
    if trouble == "a file in its way":
        (photo_folder / "photos").unlink()
    else:
        (folder / f"{sha256(picture())}.jpg").rmdir()
    assert anonymous.put_photo(note_id, picture()).status_code == 201


def test_a_photo_over_8_mib_is_too_large(anonymous: Sender) -> None:
    limit = 8 * 1024 * 1024
    whole = picture() + os.urandom(limit - len(picture()))  # a JPEG may have anything behind its end
    note_id = sent(anonymous, whole)
    assert anonymous.put_photo(note_id, whole).status_code == 201
    assert error_of(anonymous.put_photo(note_id, whole + b"x", name=sha256(whole))) == (413, "too_large")


def test_the_device_stands_for_the_sender_of_a_note_without_an_account(anonymous: Sender, sign_in: SignIn) -> None:
    note_id = sent(anonymous, picture())
    for device in ("", str(uuid.uuid4())):
        answer = anonymous.put_photo(note_id, picture(), **{"X-Device": device})
        assert error_of(answer) == (403, "not_allowed")
    inspector = sign_in("kiemtra01")
    answer = inspector.put_photo(note_id, picture(), **{"X-Device": anonymous.device})
    assert error_of(answer) == (403, "not_allowed")


def test_only_the_account_sends_photos_of_its_note(anonymous: Sender, sign_in: SignIn) -> None:
    inspector, other = sign_in("kiemtra01"), sign_in("kiemtra02")
    note_id = sent(inspector, picture())
    stolen = {"X-Device": inspector.device}
    assert error_of(other.put_photo(note_id, picture(), **stolen)) == (403, "not_allowed")
    assert error_of(anonymous.put_photo(note_id, picture(), **stolen)) == (403, "not_allowed")
    bad = inspector.put_photo(note_id, picture(), Authorization="Bearer khong-co")
    assert error_of(bad) == (401, "not_signed_in")
    second_device = sign_in("kiemtra01")
    assert second_device.put_photo(note_id, picture()).status_code == 201


def test_photos_without_an_account_are_throttled(settings: Any, anonymous: Sender) -> None:
    settings.ANONYMOUS_PHOTOS_RATE = 1
    note_id = sent(anonymous, picture())
    assert anonymous.put_photo(note_id, picture()).status_code == 201
    assert error_of(anonymous.put_photo(note_id, picture())) == (429, "too_many_requests")


def test_a_half_written_file_is_replaced(anonymous: Sender, photo_folder: Path) -> None:
    """A power cut while an earlier server wrote the file must not pass for the photo."""
    name = sha256(picture())
    target = photo_folder / "photos" / name[:2] / f"{name}.jpg"
    target.parent.mkdir(parents=True)
    target.write_bytes(picture()[:50])
    note_id = sent(anonymous, picture())
    assert anonymous.put_photo(note_id, picture()).status_code == 201
    assert target.read_bytes() == picture()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
