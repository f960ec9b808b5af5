"""The camera's state machine by itself: what happens to a camera, and what the person is shown of it."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.camera.frames import CameraFault
from services.camera.state import (
    STILL_FOR,
    CameraState,
    Drawn,
    Event,
    Failed,
    Opened,
    Phase,
    PictureCame,
    Retried,
    Seen,
    StillPictures,
    StoodStill,
    TookLong,
    after,
)

SHOWN, HIDDEN = Seen(shown=True, client=0), Seen(shown=False, client=0)
RELOADED = Seen(shown=True, client=1)


def through(*events: Event, start: CameraState | None = None) -> CameraState:
    return reduce(after, events, start or CameraState())


LIVE = through(SHOWN, Drawn(1), Opened(1), PictureCame(1))


def test_a_camera_is_asked_for_opened_and_live() -> None:
    steps = [SHOWN, Drawn(1), Opened(1), PictureCame(1), PictureCame(1)]
    states = [through(*steps[: n + 1]) for n in range(len(steps))]
    assert [state.phase for state in states] == [Phase.ASKING, Phase.ASKING, Phase.STARTING, Phase.LIVE, Phase.LIVE]
    assert {state.run for state in states} == {1}


def test_being_drawn_again_changes_nothing() -> None:
    assert through(SHOWN, SHOWN, start=LIVE) == LIVE


def test_hidden_it_is_paused_and_shown_it_is_opened_anew() -> None:
    hidden = after(LIVE, HIDDEN)
    assert hidden.phase is Phase.PAUSED
    assert after(hidden, PictureCame(1)) == hidden, "a late picture wakes nothing"
    again = after(hidden, SHOWN)
    assert (again.phase, again.run) == (Phase.ASKING, 2)


@pytest.mark.parametrize(
    "before",
    [
        through(SHOWN),
        through(SHOWN, Opened(1)),
        LIVE,
        through(SHOWN, TookLong(1)),
        *(through(SHOWN, Failed(1, fault)) for fault in CameraFault),
    ],
)
def test_a_reloaded_page_opens_the_camera_anew_whatever_the_page_before_it_did(before: CameraState) -> None:
    reloaded = after(before, RELOADED)
    assert reloaded == CameraState(Phase.ASKING, run=before.run + 1, client=1)
    for late in (Opened(1), PictureCame(1), TookLong(1), StoodStill(1), Failed(1, CameraFault.FAILED)):
        assert after(reloaded, late) == reloaded, "what was asked of the page before says nothing any more"


def test_a_page_that_is_reloaded_behind_a_verdict_stays_paused_until_it_is_shown() -> None:
    behind = through(HIDDEN, Seen(shown=False, client=1), start=LIVE)
    assert behind.phase is Phase.PAUSED
    assert after(behind, RELOADED).phase is Phase.ASKING


@pytest.mark.parametrize("fault", CameraFault)
@pytest.mark.parametrize("before", [through(SHOWN), through(SHOWN, Opened(1)), LIVE], ids=lambda state: state.phase)
def test_a_fault_is_told_until_the_person_tries_again_or_comes_back(before: CameraState, fault: CameraFault) -> None:
    stopped = after(before, Failed(1, fault))
    assert (stopped.phase, stopped.fault) == (Phase.STOPPED, fault)
    assert through(SHOWN, Opened(1), PictureCame(1), start=stopped) == stopped
    for back in ([Retried()], [HIDDEN, SHOWN]):
        assert through(*back, start=stopped) == CameraState(Phase.ASKING, run=2)


def test_a_question_that_waits_for_its_answer_is_told_and_may_be_asked_again() -> None:
    slow = through(SHOWN, TookLong(1))
    assert slow.slow
    assert slow.phase is Phase.ASKING
    assert not through(Opened(1), PictureCame(1), start=slow).slow
    assert after(slow, Retried()) == CameraState(Phase.ASKING, run=2)
    assert not after(LIVE, TookLong(1)).slow


def test_pictures_that_stand_still_make_it_ask_anew_which_tells_of_a_permission_taken_away() -> None:
    asked = after(LIVE, StoodStill(1))
    assert (asked.phase, asked.run) == (Phase.ASKING, 2)
    assert after(asked, Failed(2, CameraFault.PERMISSION_DENIED)).fault is CameraFault.PERMISSION_DENIED


def test_a_preview_that_moves_to_another_place_is_opened_anew() -> None:
    moved = after(LIVE, Drawn(1))
    assert (moved.phase, moved.run) == (Phase.ASKING, 1)
    assert through(Opened(1), PictureCame(1), start=moved).phase is Phase.LIVE


runs = st.integers(0, 4)
events = st.one_of(
    st.builds(Seen, st.booleans(), st.integers(0, 2)),
    st.just(Retried()),
    st.builds(Failed, runs, st.sampled_from(CameraFault)),
    *(st.builds(kind, runs) for kind in (Drawn, TookLong, Opened, PictureCame, StoodStill)),
)


@given(st.lists(events, max_size=20))
def test_whatever_happens_there_is_a_picture_on_the_way_or_words_and_a_way_on(happened: list[Event]) -> None:
    state = CameraState()
    for event in happened:
        before, state = state, after(state, event)
        assert state.run >= before.run
        assert (state.fault is not None) == (state.phase is Phase.STOPPED)
        assert after(state, Retried()).phase is Phase.ASKING
        if isinstance(event, Seen):
            assert (state.phase is Phase.PAUSED) != event.shown


def test_a_live_camera_never_stands_still() -> None:
    pictures = StillPictures()
    assert not any(pictures.told(b"%d" % n, float(n)) for n in range(20))


def test_a_picture_that_stands_still_is_told_once() -> None:
    pictures = StillPictures()
    told = [at for at in range(20) if pictures.told(b"black", float(at))]
    assert told == [int(STILL_FOR)], "a covered lens is no reason to open the camera again and again"


def test_a_camera_that_came_alive_and_stands_still_again_is_told_again() -> None:
    pictures = StillPictures()
    shown = [b"a"] * 4 + [b"b", b"c", b"d"] + [b"d"] * 4
    assert [at for at, picture in enumerate(shown) if pictures.told(picture, float(at))] == [3, 9]
