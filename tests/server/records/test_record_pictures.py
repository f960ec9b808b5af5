"""What may be opened as a picture; tests/server/api/test_photo_calls.py has more of what is refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from registry_notes import picture

from records.pictures import UnsupportedPhoto, copy_to_show, extension_of


def test_both_kinds_are_told_by_what_they_are() -> None:
    assert extension_of(picture(), "image/jpeg") == "jpg"
    assert extension_of(picture(kind="PNG"), "image/png") == "png"
    with pytest.raises(UnsupportedPhoto, match="which is not what the record says"):
        extension_of(picture(kind="PNG"), "image/jpeg")


def test_a_jpeg_whose_segments_do_not_follow_on_each_other_is_not_taken() -> None:
    """Pillow opens it, since it looks for the next marker; another reader may see something else in it, or nothing."""
    whole = picture()
    first = 4 + int.from_bytes(whole[4:6], "big")
    assert whole[first : first + 1] == b"\xff", "a segment begins here"
    with pytest.raises(UnsupportedPhoto, match="breaks off"):
        extension_of(whole[:first] + b"\0" + whole[first:], "image/jpeg")
    padded = whole[:first] + b"\xff" + whole[first:]  # which is allowed before a marker (T.81, B.1.1.2)
    assert extension_of(padded, "image/jpeg") == "jpg"


def photograph(width: int, height: int, orientation: int = 1) -> bytes:
    """A JPEG with an orientation, a camera's name, a place, a comment, and a web page behind its end."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0110] = "Camera of Nguyen Van A"
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    image = Image.new("RGB", (width, height), "white")
    image.paste("black", (0, 0, width // 2, height // 2))  # top left as the sensor saw it
    image.save(file, "JPEG", exif=exif, comment=b"a comment")
    return file.getvalue() + b"<script>alert(1)</script>"


def test_a_copy_to_show_has_the_pixels_and_nothing_else() -> None:
    sent = photograph(800, 600)
    copy = copy_to_show(sent, 400)
    for secret in (b"Nguyen", b"a comment", b"script", b"Exif"):
        assert secret in sent
        assert secret not in copy
    shown = Image.open(io.BytesIO(copy))
    assert (shown.format, shown.size) == ("JPEG", (400, 300))
    assert not shown.getexif()


def test_a_copy_to_show_stands_upright_and_is_never_enlarged() -> None:
    shown = Image.open(io.BytesIO(copy_to_show(photograph(80, 60, orientation=6), 400)))  # turned by a quarter
    assert shown.size == (60, 80)
    corners = [shown.convert("L").getpixel(at) for at in ((5, 5), (55, 5))]
    assert corners[0] > 200 > 50 > corners[1], "what was top left is top right"  # type: ignore[operator]


def test_what_is_clear_in_a_picture_is_white_in_its_copy() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(file, "PNG")
    assert Image.open(io.BytesIO(copy_to_show(file.getvalue(), 400))).getpixel((10, 10)) == (255, 255, 255)


def test_a_picture_that_cannot_be_unpacked_is_refused() -> None:
    broken = photograph(800, 600)[:400]
    with pytest.raises(UnsupportedPhoto, match="damaged"):
        copy_to_show(broken, 400)
