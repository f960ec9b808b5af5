"""Video: a code is new once, a barcode needs two frames, and after a break nothing comes back at once."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from services.decoding import DESKTOP, PHONE, FrameTracker, Look, Read, Symbology
from services.decoding import tracker as tracker_module
from services.decoding.cascade import Step, run
from services.decoding.picture import Picture
from services.decoding.symbol import Unread
from services.decoding.tracker import QUIET
from services.decoding.unread import PARTS, part_of_search
from tests.services.decoding.pictures import GTIN, LINK, Gray, beside, blank, ean13, lies_on_the_ink, qr
from tests.services.decoding.steps import noting

OTHER = "https://id.example/01/09520000000011"
ONE_WITNESS = tuple(step for step in DESKTOP if step.name == "zxing")
NOTHING = np.full((20, 20), 255, np.uint8)


def looks(tracker: FrameTracker, frames: list[Gray], start: float = 0.0, every: float = 0.1) -> list[Look]:
    return [tracker.look(frame, start + n * every, budget=30) for n, frame in enumerate(frames)]


def new(all_looks: list[Look]) -> list[list[str]]:
    return [[symbol.text for symbol in look.new] for look in all_looks]


def test_a_qr_is_new_in_its_first_frame_and_only_there() -> None:
    seen = looks(FrameTracker(), [qr()] * 5)
    assert new(seen) == [[LINK], [], [], [], []]
    assert [{read.text for read in look.visible} for look in seen] == [{LINK}] * 5


@pytest.mark.parametrize("profile", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_barcode_whose_rows_agree_is_new_in_its_first_frame(profile: tuple[Step, ...]) -> None:
    seen = looks(FrameTracker(profile), [ean13()] * 3)
    assert new(seen) == [[GTIN], [], []]
    assert "band 1" in seen[0].new[0].confidence
    assert "band 2" in seen[0].new[0].confidence


def test_a_barcode_read_by_one_engine_is_new_in_its_second_frame() -> None:
    seen = looks(FrameTracker(ONE_WITNESS), [ean13()] * 4)
    assert new(seen) == [[], [GTIN], [], []]
    assert [read.text for read in seen[0].visible] == [GTIN], "the overlay shows it before it is believed"
    assert "frame 1" in seen[1].new[0].confidence


def test_two_sightings_too_many_frames_apart_do_not_agree() -> None:
    gap = [NOTHING]
    assert new(looks(FrameTracker(ONE_WITNESS, window=4), [ean13(), *gap * 2, ean13()]))[-1] == [GTIN]
    assert new(looks(FrameTracker(ONE_WITNESS, window=4), [ean13(), *gap * 3, ean13()]))[-1] == []


def test_a_code_that_stays_in_view_is_not_told_again_however_long() -> None:
    tracker = FrameTracker()
    assert new(looks(tracker, [qr()] * 40, every=0.5)) == [[LINK]] + [[]] * 39


def test_a_code_is_new_again_only_after_the_quiet_time_out_of_sight() -> None:
    tracker = FrameTracker()
    assert new(looks(tracker, [qr(), NOTHING])) == [[LINK], []]
    assert new(looks(tracker, [qr()], start=QUIET - 0.5)) == [[]]
    assert new(looks(tracker, [qr()], start=2 * QUIET)) == [[LINK]]


def test_a_new_code_is_told_at_once_while_another_is_quiet() -> None:
    tracker = FrameTracker()
    assert new(looks(tracker, [qr(), beside(qr(), qr(OTHER)), beside(qr(), qr(OTHER))])) == [[LINK], [OTHER], []]


def test_after_a_break_the_code_still_in_view_is_mute_for_a_while_and_another_is_not() -> None:
    tracker = FrameTracker()
    looks(tracker, [qr()])
    tracker.resume(10.0)
    assert new(looks(tracker, [qr()], start=10.1)) == [[]]
    assert new(looks(tracker, [qr(OTHER)], start=10.2)) == [[OTHER]]
    assert new(looks(tracker, [qr()], start=10.0 + QUIET + 0.1)) == [[LINK]]


def test_a_second_break_keeps_what_was_mute_mute() -> None:
    tracker = FrameTracker()
    looks(tracker, [qr()])
    tracker.resume(1.0)
    tracker.resume(2.0)
    assert new(looks(tracker, [qr()], start=1.0 + QUIET + 0.5)) == [[]]


def test_a_break_takes_away_the_first_witness_of_a_barcode() -> None:
    tracker = FrameTracker(ONE_WITNESS)
    looks(tracker, [ean13()])
    tracker.resume(0.1)
    assert new(looks(tracker, [ean13(), ean13()], start=20)) == [[], [GTIN]]


def test_what_is_new_is_believed_and_what_is_believed_is_visible() -> None:
    for frame, text in ((qr(), LINK), (ean13(), GTIN)):
        seen = looks(FrameTracker(), [frame] * 4)
        for look in seen:
            assert {s.text for s in look.new} <= {s.text for s in look.believed} <= {r.text for r in look.visible}
        assert [symbol.text for symbol in seen[-1].believed] == [text]
        assert seen[-1].new == ()


def test_a_code_that_has_left_the_view_is_believed_there_no_more() -> None:
    assert [len(look.believed) for look in looks(FrameTracker(), [qr(), NOTHING, qr()])] == [1, 0, 1]


def test_a_mute_code_is_still_shown_as_believed() -> None:
    tracker = FrameTracker()
    looks(tracker, [qr()])
    tracker.resume(10.0)
    (look,) = looks(tracker, [qr()], start=10.1)
    assert (look.new, [symbol.text for symbol in look.believed]) == ((), [LINK])


def test_what_is_visible_lies_where_it_is_in_this_frame() -> None:
    tracker = FrameTracker()
    for shift in (0, 60):
        frame = np.pad(qr(), ((0, 0), (shift, 0)), constant_values=255)
        (look,) = looks(tracker, [frame])
        assert look.visible
        for read in look.visible:
            assert lies_on_the_ink(read.corners, frame)
            assert read.symbology is Symbology.QR_CODE


def test_a_frame_over_the_limit_shows_its_symbol_in_its_own_pixels() -> None:
    frame = np.pad(qr(scale=8), ((0, 0), (5500, 0)), constant_values=255)
    (look,) = looks(FrameTracker(), [frame])
    for seen in (*look.new, *look.visible, *look.believed):
        assert lies_on_the_ink(seen.corners, frame)
    assert (len(look.new), len(look.visible), len(look.believed)) == (1, 1, 1)


def test_frames_without_a_picture_show_nothing() -> None:
    tracker = FrameTracker()
    assert looks(tracker, [np.zeros((0, 0), np.uint8), blank()]) == [Look((), ()), Look((), ())]
    assert tracker.look(qr(), 1.0, budget=0) == Look((), ()), "no time, no look"


def test_bars_that_nobody_can_read_are_told_with_their_place_and_module() -> None:
    image = unreadable()
    (look,) = looks(FrameTracker(), [image])
    assert look.visible == ()
    place = look.unread[0]
    assert lies_on_the_ink(place.corners, image, share=0.6, slack=40)
    assert 2 < place.module < 6


def unreadable() -> Gray:
    bars = np.random.default_rng(5).integers(0, 2, 95).astype(np.uint8) * 255
    return np.pad(np.repeat(np.repeat(bars[None], 120, axis=0), 4, axis=1), 60, constant_values=255)


@pytest.mark.parametrize(("frame", "parts"), [(ean13(), [3, 1, 1, 1, 1]), (blank(), [3, 0, 0, 1, 0])])
def test_each_frame_does_a_part_of_the_search_for_unread_codes(
    frame: Gray, parts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    search = part_of_search

    def noted(picture: Picture, number: int) -> Iterable[Unread]:
        done.append(number % PARTS)
        return search(picture, number)

    monkeypatch.setattr(tracker_module, "part_of_search", noted)
    tracker, counts = FrameTracker(()), []
    for _ in parts:
        before = len(done)
        looks(tracker, [frame])
        counts.append(len(done) - before)
    assert counts == parts
    assert set(done[:3]) == set(range(PARTS)), "the first frame had the time for all"


@pytest.mark.parametrize(("frame", "first"), [(unreadable(), "bars: widths"), (blank(), "qr quick")])
def test_a_second_frame_begins_with_matrix_codes_unless_bars_alone_are_seen(
    frame: Gray, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def noted(picture: Picture, profile: list[Step], *rest: Any, **options: Any) -> Iterator[list[Read]]:
        begun.append(profile[0].name)
        return run(picture, profile, *rest, **options)

    monkeypatch.setattr(tracker_module, "run", noted)
    looks(FrameTracker(PHONE[:2]), [frame] * 3)
    assert begun == ["bars: widths", first, "bars: widths"]


def test_the_desktop_looks_for_data_matrix_symbols_while_others_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []

    def noted(picture: Picture, profile: list[Step], *rest: Any, **options: Any) -> Iterator[list[Read]]:
        begun.append("data matrix quick" in [step.name for step in profile])
        return run(picture, profile, *rest, **options)

    monkeypatch.setattr(tracker_module, "run", noted)
    looks(FrameTracker(), [blank()] * 3)
    assert not any(begun)
    begun.clear()
    looks(FrameTracker(), [ean13(scale=2)] * 6)
    assert [number for number, looked in enumerate(begun, 1) if looked] == [2, 5]


def test_a_code_that_is_read_is_not_unread() -> None:
    assert looks(FrameTracker(), [ean13()])[0].unread == ()


def test_every_step_has_its_turn_while_a_frame_shows_nothing() -> None:
    asked: list[str] = []
    profile = (noting(asked, "a", always=True), noting(asked, "b"), noting(asked, "c"))
    looks(FrameTracker(profile), [blank()] * 4)
    assert asked[::2] == ["a"] * 4
    assert sorted(asked[1::2]) == ["b", "b", "c", "c"]
