"""What may be opened as a picture; tests/server/api/test_photo_calls.py has more of what is refused."""

from __future__ import annotations

import pytest
from registry_notes import picture

from records.pictures import UnsupportedPhoto, extension_of


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
