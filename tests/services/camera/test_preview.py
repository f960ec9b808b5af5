"""A place in a frame and its place in the preview: checked against pictures that are turned and fitted for real."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from services.camera.preview import Fit, Outline, View, in_reading_order, outlines, sensor_view
from services.decoding import Corners, Look, Read, Symbol, Symbology
from services.decoding.symbol import Unread

FRAME = (160, 90)
BOXES = [(320, 180), (200, 300), (300, 120), (97, 211)]
TURNS = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
SPOT = (70, 30, 10, 8)  # left, top, width, height; off the middle in both directions


def square(left: float, top: float, width: float, height: float) -> Corners:
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def shown(view: View, box: tuple[int, int]) -> np.ndarray:
    """What the preview shows of a black frame with a white spot, made with OpenCV alone."""
    frame = np.zeros(FRAME[::-1], np.uint8)
    left, top, width, height = SPOT
    frame[top : top + height, left : left + width] = 255
    turn = TURNS[view.turn]
    picture = frame if turn is None else cv2.rotate(frame, turn)
    if view.mirrored:
        picture = cv2.flip(picture, 1)
    height, width = picture.shape
    if view.fit is Fit.FILL:
        return np.asarray(cv2.resize(picture, box))
    scales = box[0] / width, box[1] / height
    scale = max(scales) if view.fit is Fit.COVER else min(scales)
    moved = np.array(
        [[scale, 0, (box[0] - width * scale + scale - 1) / 2], [0, scale, (box[1] - height * scale + scale - 1) / 2]]
    )
    return np.asarray(cv2.warpAffine(picture, moved, box, flags=cv2.INTER_LINEAR))


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("fit", Fit)
def test_the_place_is_where_the_picture_shows_it(fit: Fit, turn: int, mirrored: bool, box: tuple[int, int]) -> None:
    view = View(fit, turn, mirrored)
    place = np.array(view.in_box(square(*SPOT), FRAME, box))
    rows, columns = np.nonzero(shown(view, box) > 127)
    assert place.min(0) == pytest.approx((columns.min(), rows.min()), abs=1.5)
    assert place.max(0) == pytest.approx((columns.max() + 1, rows.max() + 1), abs=1.5)


def test_corners_stay_corners_of_their_code() -> None:
    """Turned by 90 degrees, what was at the top left of the frame is at the top right."""
    place = View(Fit.FILL, 90).in_box(square(0, 0, 10, 10), (100, 50), (50, 100))
    assert place == ((50, 0), (50, 10), (40, 10), (40, 0))


def test_what_the_preview_cuts_off_lies_beyond_its_edge() -> None:
    """A frame of 4:3 in an upright box: a third of its width is to be seen."""
    left = View(Fit.COVER).in_box(square(0, 0, 1, 1), (640, 480), (300, 600))[0]
    right = View(Fit.COVER).in_box(square(639, 479, 1, 1), (640, 480), (300, 600))[2]
    assert left == pytest.approx((-250, 0))
    assert right == pytest.approx((550, 600))


@pytest.mark.parametrize(
    ("sensor", "device", "front", "turn"),
    [
        # The usual sensor lies across: upright the picture needs a quarter turn, held across with the top left none.
        (90, 0, False, 90),
        (90, 90, False, 0),
        (90, 180, False, 270),
        (90, 270, False, 180),
        (270, 0, True, 270),
        (270, 90, True, 0),
        (270, 270, True, 180),
        (0, 0, False, 0),  # tablets
        (270, 0, False, 270),  # a back camera built in the other way round, as in the Nexus 5X
    ],
)
def test_a_sensor_that_lies_across_is_turned_upright(sensor: int, device: int, front: bool, turn: int) -> None:
    assert sensor_view(sensor, device, front=front) == View(Fit.FILL, turn, front)


def read(text: str, corners: Corners, symbology: Symbology = Symbology.EAN_13) -> Read:
    return Read(text, text.encode(), symbology, corners, "zbar", "step")


def symbol(of: Read) -> Symbol:
    return Symbol(of.text, of.raw, of.symbology, of.corners, of.family, of.step, gs1=False, confidence="agreed")


HERE, THERE = square(10, 10, 100, 50), square(200, 10, 100, 50)


def test_what_is_believed_bears_its_read_and_what_is_not_says_nothing() -> None:
    sure, doubtful = read("1", HERE), read("2", THERE)
    look = Look((), (doubtful, sure), (symbol(sure),), (Unread(square(10, 200, 50, 50), 1.0),))
    assert outlines(look) == (
        Outline(HERE, sure),
        Outline(THERE, doubtful=True),
        Outline(square(10, 200, 50, 50)),
    )


def test_a_code_that_several_engines_read_is_outlined_once() -> None:
    sure = read("1", HERE)
    look = Look((), (sure, read("1", square(11, 12, 98, 47)), read("9", HERE)), (symbol(sure),), (Unread(HERE, 2.0),))
    assert len(outlines(look)) == 1


def test_two_packs_with_one_number_have_an_outline_each() -> None:
    packs = (read("1", HERE), read("1", THERE))
    assert {outline.corners for outline in outlines(Look((), packs, (symbol(packs[0]),)))} == {HERE, THERE}


def test_the_outline_lies_close_around_a_tilted_code_and_around_all_of_it() -> None:
    tilted: Corners = ((60, 0), (120, 60), (60, 120), (0, 60))
    upright, rows = square(0, 0, 120, 120), square(30, 55, 60, 4)
    reads = (read("1", upright), read("1", tilted), read("1", rows))
    for order in (reads, reads[::-1]):
        (outline,) = outlines(Look((), order, (symbol(reads[0]),)))
        assert outline.corners == tilted


def test_a_frame_without_a_code_has_no_outline() -> None:
    assert outlines(Look((), ())) == ()


def test_the_reading_order_is_that_of_the_preview() -> None:
    frame = (600, 300)
    places = [square(400, 20, 50, 50), square(10, 30, 50, 50), square(10, 200, 50, 50)]
    there = [Outline(place) for place in places]
    assert [o.corners for o in in_reading_order(there, View(), frame)] == [places[1], places[0], places[2]]
    mirrored = View(mirrored=True)
    assert [o.corners for o in in_reading_order(there, mirrored, frame)] == [places[0], places[1], places[2]]
    turned = View(Fit.FILL, 90)
    assert [o.corners for o in in_reading_order(there, turned, frame)] == [places[2], places[1], places[0]]
