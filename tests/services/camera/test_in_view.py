"""The codes in view: kept for a moment, counted once while they move, and told from other packs'."""

from __future__ import annotations

import pytest

from services.camera.in_view import KEEP, KEEP_AT_MOST, KEEP_FRAMES, InView, awaits_another
from services.camera.preview import REACH, Outline, outlines, tapped
from services.decoding import Corners, Look
from services.decoding.symbol import CodeKind, Unread
from tests.services.camera.test_preview import read, square, symbol

NOTHING: tuple[Outline, ...] = ()
WIDE = 300.0


def place(number: int, *, shift: float = 0) -> Corners:
    return square(WIDE * number + shift, 10 + shift, 100, 60)


def look(*texts: str, unread: tuple[int, ...] = (), shift: float = 0) -> tuple[Outline, ...]:
    """A frame with believed codes beside each other, and unread ones at the places with these numbers."""
    reads = [read(text, place(number, shift=shift)) for number, text in enumerate(texts) if text]
    codes = tuple(Unread(place(number, shift=shift), 2.0) for number in unread)
    return outlines(Look((), tuple(reads), tuple(symbol(one) for one in reads), codes))


def told(shown: tuple[Outline, ...]) -> tuple[list[str], int]:
    """The texts read, and the number of codes not read yet."""
    read = sorted(outline.read.text for outline in shown if outline.read)
    return read, sum(outline.read is None for outline in shown)


def test_what_a_frame_misses_stays_for_a_moment_and_goes() -> None:
    view = InView()
    view.see(look("1", "2", unread=(2,)), 0)
    assert told(view.see(look("", "2"), 0.3)) == (["1", "2"], 1)
    assert told(view.see(look("1", ""), 0.6)) == (["1", "2"], 1)
    for frame in range(1, KEEP_FRAMES + 1):  # frames come quickly
        view.see(NOTHING, 0.6 + 0.01 * frame)
    assert told(view.see(NOTHING, KEEP + 0.01)) == (["1", "2"], 0)
    assert told(view.see(NOTHING, 0.3 + KEEP + 0.01)) == (["1"], 0)
    for frame in range(1, KEEP_FRAMES + 1):
        view.see(NOTHING, 0.3 + KEEP + 0.01 + 0.01 * frame)
    assert told(view.see(NOTHING, 0.6 + KEEP + 0.01)) == ([], 0)


def test_where_frames_come_slowly_a_code_stays_for_some_of_them() -> None:
    view = InView()
    view.see(look("1", "2"), 0)
    for number in range(1, KEEP_FRAMES + 1):
        assert told(view.see(look("1"), 0.4 * number)) == (["1", "2"], 0)
    assert told(view.see(look("1"), 0.4 * (KEEP_FRAMES + 1))) == (["1"], 0)
    view.see(look("1", "2"), 10)
    assert told(view.see(look("1"), 10 + KEEP_AT_MOST + 0.1)) == (["1"], 0)


def test_what_moves_is_counted_once_and_outlined_where_it_is_now() -> None:
    view = InView()
    view.see(look("1", "2", "2", unread=(3, 4)), 0)
    shown = view.see(look("1", "2", "2", unread=(3, 4), shift=400), 0.1)
    assert told(shown) == (["1", "2", "2"], 2)
    assert {outline.corners for outline in shown} == {place(number, shift=400) for number in range(5)}


def test_of_packs_with_one_number_the_one_that_a_frame_misses_is_kept() -> None:
    view = InView()
    view.see(look("1", "1", "1"), 0)
    shown = view.see(look("1", "", "1", shift=5), 0.1)
    assert [outline.corners for outline in shown] == [place(0, shift=5), place(2, shift=5), place(1)]


def test_a_code_read_a_moment_ago_is_not_told_as_unread() -> None:
    view = InView()
    view.see(look("1"), 0)
    assert told(view.see(look(unread=(0,)), 0.3)) == (["1"], 0)
    for frame in range(KEEP_FRAMES):
        view.see(look(unread=(0,)), 0.4 + 0.1 * frame)
    assert told(view.see(look(unread=(0,)), KEEP + 0.1)) == ([], 1)
    assert told(view.see(look("1"), 1.0)) == (["1"], 0)


def test_after_a_break_nothing_is_kept() -> None:
    view = InView()
    view.see(look("1"), 0)
    view.clear()
    assert view.see(NOTHING, 0.1) == ()


def test_a_code_that_is_read_now_is_not_also_counted_as_the_unread_one_that_it_was() -> None:
    view = InView()
    view.see(look(unread=(0, 3)), 0)
    assert told(view.see(look("1", unread=(3,), shift=80), 0.1)) == (["1"], 1)
    view = InView()
    view.see(look(unread=(0, 3)), 0)
    assert told(view.see(look("1", shift=80), 0.1)) == (["1"], 1), "the other was missed, and is far from it"
    view = InView()
    view.see(look(unread=(0,)), 0)
    repeated = (*look("1", shift=120), *look(unread=(0,)))
    assert told(view.see(repeated, 0.1)) == (["1"], 0), "the frame only repeats what the one before has shown"
    assert not view.awaits_another
    assert told(view.see((*look("1", shift=120), *look(unread=(0,), shift=-9)), 0.2)) == (["1"], 1)
    assert view.awaits_another


@pytest.mark.parametrize(
    ("unread", "other"),
    [
        ((), False),
        ((Unread(place(1), 2.0),), True),
        ((Unread(place(1), 2.0, CodeKind.QR_CODE),), False),  # as a single pack has one
        ((Unread(place(1), 2.0, CodeKind.QR_CODE), Unread(place(2), 2.0, CodeKind.QR_CODE)), True),
        ((Unread(square(300, 10, 15, 9), 2.0),), False),  # nothing like a pack beside it
    ],
)
def test_a_code_of_the_same_kind_and_size_is_another_packs(unread: tuple[Unread, ...], other: bool) -> None:
    one = read("1", place(0))
    assert awaits_another(outlines(Look((), (one,), (symbol(one),), unread))) is other


@pytest.mark.parametrize(
    ("point", "which"),
    [
        ((5, 5), 0),
        ((5 - REACH, 5), 0),
        ((-REACH - 1, 5), None),
        ((23, 5), 1),  # within reach of both: the nearer
        ((14, 5), 0),
        ((104, 104), 2),  # inside two: the one whose middle is nearer
        ((180, 180), 3),
    ],
)
def test_a_tap_means_the_nearest_outline_within_a_fingers_reach(point: tuple[float, float], which: int | None) -> None:
    shown = [square(0, 0, 10, 10), square(20, 0, 10, 10), square(100, 100, 10, 10), square(100, 100, 100, 100)]
    assert tapped(point, shown) == which
