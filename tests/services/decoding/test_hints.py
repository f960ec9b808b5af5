"""Hints: the right one, said after consistent evidence only, and kept long enough to be read."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from services.decoding import FrameTracker, Look, Read, Symbology
from services.decoding.hints import BRIGHT, DARK, GIVE_UP, GIVE_UP_FRAMES, KEEP, SAY_AFTER, Hint, HintKeeper, light
from services.decoding.symbol import Reason, Unread
from services.decoding.why import LEAST_MODULE
from tests.services.decoding.pictures import Gray, qr

PLACE = ((0.0, 0.0), (50.0, 0.0), (50.0, 30.0), (0.0, 30.0))
NOTHING = Look((), ())
SMALL = Look((), (), unread=(Unread(PLACE, LEAST_MODULE - 0.1),))
LARGE = Look((), (), unread=(Unread(PLACE, LEAST_MODULE),))
READ = Look((), (Read("1", b"1", Symbology.EAN_13, PLACE, "zbar", "step"),))
DAY, NIGHT = 180.0, 20.0

Frame = tuple[Look, float]


def said(frames: Iterable[Frame], every: float = 0.1) -> list[Hint]:
    keeper = HintKeeper()
    return [keeper.hint(look, brightness, n * every) for n, (look, brightness) in enumerate(frames)]


@pytest.mark.parametrize(
    ("look", "brightness", "hint"),
    [
        (NOTHING, DAY, Hint.AIM),
        (NOTHING, NIGHT, Hint.DARK),
        (SMALL, DAY, Hint.CLOSER),
        (LARGE, DAY, Hint.STEADY),
        (SMALL, NIGHT, Hint.DARK),
        (READ, NIGHT, Hint.AIM),
        (READ, DAY, Hint.AIM),
    ],
)
def test_what_helps_most_is_said(look: Look, brightness: float, hint: Hint) -> None:
    assert said([(look, brightness)] * 20)[-1] is hint


def test_of_several_codes_the_largest_counts() -> None:
    both = Look((), (), unread=(*SMALL.unread, *LARGE.unread))
    assert said([(both, DAY)] * 20)[-1] is Hint.STEADY


def seen(why: Reason | None, module: float = 4.0) -> Look:
    return Look((), (), unread=(Unread(PLACE, module, why=why),))


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        (Reason.TOO_SMALL, Hint.CLOSER),
        (Reason.TOO_BLURRED, Hint.STEADY),
        (Reason.CUT_OFF, Hint.WHOLE),
        (Reason.GLARE, Hint.TILT),
        (Reason.TOO_DARK, Hint.DARK),
        (Reason.DAMAGED, Hint.DAMAGED),
        (Reason.NO_READER, Hint.NO_READER),
    ],
)
def test_the_reason_why_a_code_is_unread_becomes_a_hint(why: Reason, hint: Hint) -> None:
    assert said([(seen(why), DAY)] * 60)[-1] is hint


def test_a_code_is_not_said_to_be_at_fault_before_holding_still_has_been_tried() -> None:
    hints = said([(seen(Reason.DAMAGED), DAY)] * 60)
    assert hints.index(Hint.DAMAGED) * 0.1 > GIVE_UP
    assert set(hints[: hints.index(Hint.DAMAGED)]) == {Hint.AIM, Hint.STEADY}
    again = [(seen(Reason.DAMAGED), DAY)] * 20
    assert Hint.DAMAGED not in said([*again, (READ, DAY), *again]), "another code, another try"
    assert Hint.DAMAGED not in said([*again, *[(NOTHING, DAY)] * 15, *again])


def test_where_frames_are_slow_more_seconds_pass_before_a_code_is_said_to_be_at_fault() -> None:
    keeper = HintKeeper()
    hints = [keeper.hint(seen(Reason.DAMAGED), DAY, frame * 0.5) for frame in range(GIVE_UP_FRAMES + 5)]
    assert Hint.DAMAGED not in hints[: GIVE_UP_FRAMES - 1]
    assert hints[-1] is Hint.DAMAGED


def test_a_hint_waits_for_consistent_evidence() -> None:
    hints = said([(SMALL, DAY)] * 15)
    assert hints.index(Hint.CLOSER) == pytest.approx(SAY_AFTER / 0.1, abs=1)
    assert said([(NOTHING, DAY)] * 10 + [(SMALL, DAY)] * 4)[-1] is Hint.AIM, "a glimpse is no evidence"


def test_two_kinds_of_evidence_in_turns_say_nothing() -> None:
    assert set(said([(SMALL, DAY), (NOTHING, DAY)] * 30)) == {Hint.AIM}


def test_single_frames_that_show_nothing_do_not_take_a_hint_away() -> None:
    hints = said([(SMALL, DAY)] * 10 + [(NOTHING, DAY), *[(SMALL, DAY)] * 5] * 10)
    assert set(hints[10:]) == {Hint.CLOSER}


def test_a_hint_is_kept_long_enough_to_be_read_and_then_goes() -> None:
    hints = said([(SMALL, DAY)] * 9 + [(READ, DAY)] * 40)
    first, last = hints.index(Hint.CLOSER), len(hints) - hints[::-1].index(Hint.CLOSER)
    assert (last - first) * 0.1 == pytest.approx(KEEP, abs=0.15)


def test_light_at_the_border_does_not_make_the_hint_flicker() -> None:
    wavering = [(NOTHING, DARK + 3 * (-1) ** n) for n in range(60)]
    hints = said([(NOTHING, NIGHT)] * 10 + wavering)
    assert set(hints[10:]) == {Hint.DARK}
    assert said([(NOTHING, NIGHT)] * 10 + [(NOTHING, BRIGHT)] * 30)[-1] is Hint.AIM


@pytest.mark.parametrize("every", [1 / 30, 0.25, 0.9])
def test_slow_and_fast_cameras_come_to_the_same_hint(every: float) -> None:
    hints = said([(SMALL, DAY)] * max(4, int(2 / every)), every)
    assert hints[0] is Hint.AIM, "one frame is no evidence"
    assert hints[-1] is Hint.CLOSER


def test_after_a_pause_it_begins_anew() -> None:
    keeper = HintKeeper()
    for n in range(20):
        keeper.hint(SMALL, DAY, n * 0.1)
    assert keeper.hint(SMALL, DAY, 60.0) is Hint.AIM


def gray(level: int) -> Gray:
    return np.full((480, 640), level, np.uint8)


def test_a_lamp_makes_no_dark_hall_light_and_a_black_pack_no_day_dark() -> None:
    hall = gray(50)
    cv2.circle(hall, (320, 120), 90, 255, -1)
    assert light(hall) < DARK < hall.mean()
    pack = gray(190)
    pack[:, 60:580] = 10
    assert light(pack) > BRIGHT > DARK > pack.mean()


@pytest.mark.parametrize("level", [0, 40, 255])
def test_light_is_a_brightness_in_gray_and_in_colour(level: int) -> None:
    assert light(gray(level)) == level
    assert light(cv2.cvtColor(gray(level), cv2.COLOR_GRAY2BGR)) == level
    assert light(np.full((3, 5), level, np.uint8)) == level


def test_a_code_that_is_read_needs_no_hint() -> None:
    tracker, keeper = FrameTracker(), HintKeeper()
    hints = [keeper.hint(tracker.look(qr(), n * 0.1, budget=30), light(qr()), n * 0.1) for n in range(15)]
    assert set(hints) == {Hint.AIM}
