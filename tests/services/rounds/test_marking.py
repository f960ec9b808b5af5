"""Marks on a photo: what was covered cannot be had back, and the original stays as it was."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from services.rounds.marking import LONGEST_WORDS, Arrow, Circle, Cover, Mark, Words, cells_below, hides, marked

FONT = Path(__file__).resolve().parents[3] / "assets" / "assets" / "fonts" / "BeVietnamPro-SemiBold.ttf"
SIZE = 320, 240
RED = (208, 28, 28)
STROKE = Cover(((0.2, 0.5), (0.6, 0.5)))


def photo(plate: str = "") -> bytes:
    """A photo with a number plate where STROKE passes. PNG, so that what is beside it is the same to the last bit."""
    picture = Image.new("RGB", SIZE, "#C8B8A0")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((64, 112, 192, 128), fill="white" if plate else "black")
    draw.text((70, 114), plate, fill="black")
    target = io.BytesIO()
    picture.save(target, "PNG", pnginfo=None)
    return target.getvalue()


def pixels(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.convert("RGB")


def changed(one: bytes, other: bytes) -> tuple[int, int, int, int] | None:
    """The box in which two pictures differ by more than a JPEG's own noise."""
    difference = ImageChops.difference(pixels(one), pixels(other)).convert("L")
    return difference.point(lambda value: 255 * (value > 40)).getbbox()


def test_what_was_covered_cannot_be_had_back() -> None:
    told = [marked(photo(plate), [STROKE], FONT) for plate in ("", "14A-123.45", "30K-999.99")]
    assert changed(photo(), told[0]), "the place is covered"
    assert told[0] == told[1] == told[2], "no byte depends on what is below"


def test_what_is_covered_is_a_mosaic_and_the_rest_stays() -> None:
    picture = photo("14A-123.45")
    covered = marked(picture, [STROKE], FONT)
    left, top, right, bottom = changed(picture, covered) or (0, 0, 0, 0)
    assert left > 40
    assert right < 225
    assert (top, bottom) < (115, 150)
    assert len(set(pixels(covered).crop((64, 112, 192, 128)).get_flattened_data())) > 4, "shades, not one patch"
    assert pixels(covered).getpixel((20, 20)) == pytest.approx((200, 184, 160), abs=4)


def test_a_point_covers_too_and_a_stroke_has_no_gaps() -> None:
    assert len(cells_below([Cover(((0.5, 0.5),))], SIZE)) >= 4
    columns = {column for column, _row in cells_below([Cover(((0.0, 0.5), (1.0, 0.5)))], SIZE)}
    assert columns == set(range(max(columns) + 1))
    assert max(columns) == (SIZE[0] - 1) // 8


def test_all_of_a_photo_may_be_covered() -> None:
    strokes = [Cover(((0, y / 20), (1, y / 20))) for y in range(21)]
    assert marked(photo("14A"), strokes, FONT) == marked(photo(), strokes, FONT)


@pytest.mark.parametrize(
    ("mark", "there", "beside"),
    [
        (Arrow((0.1, 0.1), (0.5, 0.5)), (96, 72), (250, 30)),
        (Circle((0.75, 0.9), (0.25, 0.1)), (80, 120), (160, 60)),
        (Words((0.5, 0.2), "Sai địa chỉ"), (126, 48), (160, 200)),
    ],
)
def test_a_mark_is_red_with_a_white_edge_where_it_was_drawn(
    mark: Mark, there: tuple[int, int], beside: tuple[int, int]
) -> None:
    picture = photo()
    drawn = marked(picture, [mark], FONT)
    assert pixels(drawn).getpixel(there) == pytest.approx(RED, abs=40)
    assert pixels(drawn).getpixel(beside) == pytest.approx(pixels(picture).getpixel(beside), abs=12)
    assert max(pixels(drawn).convert("L").tobytes()) > 225, "the white edge"
    assert pixels(drawn).size == SIZE


def test_a_long_text_stays_on_the_photo() -> None:
    drawn = marked(photo(), [Words((0.99, 0.01), "Ổ khóa nhãn ghi " * 9)], FONT)
    left, top, right, _bottom = changed(photo(), drawn) or (0, 0, 0, 0)
    assert right - left > 200, "it is whole"
    assert (left > 0, top) == (True, 0)
    assert LONGEST_WORDS <= 60


def test_the_original_is_untouched_and_the_copy_tells_nothing_of_the_device() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Camera 7"
    target = io.BytesIO()
    Image.new("RGB", SIZE, "white").save(target, "JPEG", exif=exif, comment=b"secret")
    original = target.getvalue()
    before = bytes(original)
    copy = marked(original, [STROKE], FONT)
    assert original == before
    assert b"Camera 7" not in copy
    assert b"secret" not in copy
    assert copy.startswith(b"\xff\xd8")


def test_marks_that_hide_are_told_from_marks_that_show() -> None:
    assert hides([Circle((0, 0), (1, 1)), STROKE])
    assert not hides([Arrow((0, 0), (1, 1)), Words((0, 0), "x")])
