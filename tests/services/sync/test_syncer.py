from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from services.sync import syncer as module
from services.sync.syncer import Cancelled, Progress, Syncer


@dataclass(frozen=True)
class Outcome:
    problem: str | None = None
    retry_after: float | None = None
    waiting: int = 0


class Passes:
    """Work that is told what to report, and remembers when it was done."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.outcomes = list(outcomes)
        self.at: list[float] = []
        self.condition = threading.Condition()

    def __call__(self, cancelled: Cancelled, progress: Progress) -> Outcome:
        with self.condition:
            self.at.append(time.monotonic())
            self.condition.notify_all()
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def wait_for(self, count: int, timeout: float = 5) -> bool:
        with self.condition:
            return self.condition.wait_for(lambda: len(self.at) >= count, timeout)


def until(true: Callable[[], bool], timeout: float = 5) -> bool:
    ends = time.monotonic() + timeout
    while not true() and time.monotonic() < ends:
        time.sleep(0.005)
    return true()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Syncer]]:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.1)
    started: list[Syncer] = []

    def make(work: Callable[[Cancelled, Progress], Outcome], poll: Callable[[], float | None] = lambda: None) -> Syncer:
        syncer = Syncer("test", work, poll=poll)
        started.append(syncer)
        syncer.start()
        return syncer

    yield make
    for syncer in started:
        syncer.stop()


def test_it_begins_at_once_and_rests_until_woken(start: Callable[..., Syncer]) -> None:
    passes = Passes()
    syncer = start(passes)
    assert passes.wait_for(1)
    assert not passes.wait_for(2, timeout=0.2)
    syncer.wake()
    assert passes.wait_for(2)
    syncer.start()
    assert not passes.wait_for(3, timeout=0.1)


def test_it_polls(start: Callable[..., Syncer]) -> None:
    passes = Passes()
    start(passes, poll=lambda: 0.05)
    assert passes.wait_for(4)


def test_while_it_is_told_not_to_poll_it_does_not(start: Callable[..., Syncer]) -> None:
    passes = Passes()
    away = threading.Event()
    syncer = start(passes, poll=lambda: None if away.is_set() else 0.05)
    assert passes.wait_for(2)
    away.set()
    count = len(passes.at)
    assert not passes.wait_for(count + 2, timeout=0.3), "one may have been under way"
    syncer.wake()
    assert passes.wait_for(len(passes.at) + 1), "but it can be woken"


def test_pauses_grow_anew_once_it_was_woken(start: Callable[..., Syncer]) -> None:
    passes = Passes(*[Outcome("no_connection")] * 20)
    syncer = start(passes)
    assert passes.wait_for(5)  # the next pause is 0.8 s at least
    syncer.wake()
    assert passes.wait_for(6)
    assert passes.wait_for(7)
    assert passes.at[6] - passes.at[5] < 0.8


def test_pauses_grow_with_jitter_and_end_with_success(start: Callable[..., Syncer]) -> None:
    failing = [Outcome("no_connection", waiting=3)] * 3
    passes = Passes(*failing, Outcome())
    syncer = start(passes)
    assert passes.wait_for(4)
    pauses = [b - a for a, b in zip(passes.at, passes.at[1:], strict=False)]
    for pause, full in zip(pauses, (0.1, 0.2, 0.4), strict=True):
        assert full / 2 <= pause < full + 1
    assert until(lambda: syncer.status.last_problem is None)
    assert syncer.status.last_success is not None
    assert not passes.wait_for(5, timeout=0.3)


def test_waking_cuts_a_pause_short_but_not_the_servers_wish(start: Callable[..., Syncer]) -> None:
    passes = Passes(*[Outcome("no_connection")] * 8, Outcome("too_many_requests", retry_after=0.4))
    syncer = start(passes)
    for n in range(1, 9):
        assert passes.wait_for(n)
        syncer.wake()
    assert passes.at[7] - passes.at[0] < 4
    assert passes.wait_for(9)
    syncer.wake()
    assert passes.wait_for(10)
    assert passes.at[9] - passes.at[8] >= 0.4


def test_a_person_need_not_keep_to_the_servers_wish(start: Callable[..., Syncer]) -> None:
    passes = Passes(Outcome("too_many_requests", retry_after=600))
    syncer = start(passes)
    assert passes.wait_for(1)
    syncer.wake()
    assert not passes.wait_for(2, timeout=0.2)
    syncer.wake(insist=True)
    assert passes.wait_for(2)


def test_what_only_a_person_can_solve_waits_for_them(start: Callable[..., Syncer]) -> None:
    passes = Passes(Outcome("sign_in_needed", waiting=2))
    syncer = start(passes)
    assert passes.wait_for(1)
    assert not passes.wait_for(2, timeout=0.3)
    assert (syncer.status.last_problem, syncer.status.waiting) == ("sign_in_needed", 2)


def test_an_unexpected_error_becomes_a_status_and_its_words_no_log(
    start: Callable[..., Syncer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    passes = Passes(KeyError("token-of-Nguyen-Van-A"), Outcome())
    syncer = start(passes)
    assert passes.wait_for(1)
    assert until(lambda: syncer.status.last_problem == "internal")
    assert passes.wait_for(2), "and it goes on"
    assert "KeyError" in caplog.text
    assert "test_syncer.py" in caplog.text
    assert "Nguyen" not in caplog.text


def test_status_and_progress_are_announced_from_its_thread(start: Callable[..., Syncer]) -> None:
    go = threading.Event()

    def work(cancelled: Cancelled, progress: Progress) -> Outcome:
        go.wait(5)
        progress(1, 2)
        return Outcome(waiting=1)

    seen: list[tuple[bool, int, int, int]] = []
    threads: set[str] = set()
    syncer = start(work)

    def callback() -> None:
        status = syncer.status
        seen.append((status.running, status.done, status.total, status.waiting))
        threads.add(threading.current_thread().name)

    unsubscribe = syncer.subscribe(callback)
    syncer.subscribe(lambda: 1 / 0)
    assert until(lambda: syncer.status.running)
    go.set()
    assert until(lambda: len(seen) >= 2)
    assert seen[-2:] == [(True, 1, 2, 0), (False, 1, 2, 1)]
    assert threads == {"test"}
    unsubscribe()
    syncer.wake()
    assert until(lambda: not syncer.status.running)
    assert len(seen) == 2 or seen[0][:3] == (True, 0, 0)


def test_a_pass_can_be_cancelled_and_the_next_runs(start: Callable[..., Syncer]) -> None:
    ended: list[str] = []

    def work(cancelled: Cancelled, progress: Progress) -> Outcome:
        stuck = len(ended) == 0
        while stuck and not cancelled():
            time.sleep(0.005)
        ended.append("cancelled" if stuck else "done")
        return Outcome("cancelled" if stuck else None)

    syncer = start(work)
    assert until(lambda: syncer.status.running)
    syncer.wake()
    syncer.cancel()
    assert until(lambda: ended == ["cancelled"]), "and the wish from before the cancel is not done after it"
    assert not until(lambda: len(ended) > 1, timeout=0.2)
    syncer.wake()
    assert until(lambda: ended == ["cancelled", "done"])


def test_stopping_ends_a_rest_and_cancels_a_pass() -> None:
    def work(cancelled: Cancelled, progress: Progress) -> Outcome:
        while not cancelled():
            time.sleep(0.005)
        return Outcome("cancelled")

    for job in (work, Passes(), Passes(Outcome("no_connection"))):
        syncer = Syncer("test", job)
        syncer.start()
        time.sleep(0.05)
        started = time.monotonic()
        syncer.stop()
        assert time.monotonic() - started < 1
        assert not syncer._thread.is_alive()
        syncer.start()
        syncer.stop()


def test_it_can_be_stopped_by_its_own_pass(start: Callable[..., Syncer]) -> None:
    """A screen that ends the app at a pass's news does so in the syncer's thread, which cannot wait for itself."""
    ready = threading.Event()
    syncers: list[Syncer] = []

    def work(cancelled: Cancelled, progress: Progress) -> Outcome:
        ready.wait(5)
        syncers[0].stop()
        assert cancelled()
        return Outcome()

    syncers.append(start(work))
    ready.set()
    assert until(lambda: not syncers[0]._thread.is_alive())
    assert syncers[0].status.last_problem is None


def test_stopped_before_it_began_it_never_begins() -> None:
    passes = Passes()
    syncer = Syncer("test", passes)
    syncer.stop()
    syncer.start()
    assert not passes.wait_for(1, timeout=0.1)
