"""The queue: imports wait in it, go on after their worker was killed or stopped, and are told as they stand."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from queue_turns import left_in_the_queue, off

from accounts.models import Role, User
from background import processes, queue
from background.work import QUEUED
from imports import preview, running
from imports.models import ImportRun, RunState
from observing.gauges import GAUGES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def leave_it_queued(settings: Any) -> Any:
    settings.IMPORTS_INLINE = False
    with left_in_the_queue():
        yield


@pytest.fixture
def run() -> ImportRun:
    return ImportRun.objects.create(name="ds.xlsx", sha256="a" * 64, size=1, state=RunState.CANCELLED)


def made(run: ImportRun, progress: Callable[[int], None]) -> RunState:
    progress(1)
    return RunState.PREVIEW


def test_work_waits_for_its_turn_and_is_told_so(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch, client: Client, settings: Any
) -> None:
    monkeypatch.setattr(preview, "make", made)
    client.force_login(User.objects.create_user("an", role=Role.REGISTRAR), settings.AUTHENTICATION_BACKENDS[1])
    assert running.begin_reading(run)
    assert (run.is_queued, queue.lengths()["tasks"]) == (True, 1)
    assert not running.begin_reading(run), "twice"
    address = f"/admin/imports/{run.pk}/"
    assert "Đang chờ tới lượt" in client.get(address).content.decode()
    assert client.get(f"{address}state/").json() == {"working": True, "queued": "10", "done": 0, "total": 0}
    ImportRun.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    page = client.get(address).content.decode()
    assert "Việc này đã chờ hơn một phút" in page
    off()
    run.refresh_from_db()
    assert (run.state, run.worker, queue.lengths()) == (RunState.PREVIEW, "", {"tasks": 0, "failed_tasks": 0})


def test_what_waits_can_be_stopped_before_its_turn(run: ImportRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "make", lambda *_: pytest.fail("it was stopped"))
    running.begin_reading(run)
    running.cancel(run)
    run.refresh_from_db()
    assert (run.state, "Đã dừng" in run.told) == (RunState.CANCELLED, True)
    off()
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_work_of_a_server_that_is_to_stop_goes_back_into_the_queue(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "make", made)
    running.begin_reading(run)
    told = itertools.count()
    # Told to stop once the work has begun: two looks of the loop come before it.
    queue.work(lambda: next(told) >= 1)
    run.refresh_from_db()
    assert (run.state, run.worker, queue.lengths()["tasks"]) == (RunState.READING, QUEUED, 1)
    off()
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW


def dead_worker() -> str:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return processes.this_process().replace(f":{processes.os.getpid()}:", f":{child.pid}:")


def test_a_task_whose_worker_was_killed_is_given_to_another_three_times_in_all(run: ImportRun) -> None:
    running.begin_reading(run)
    task, dead = DBTaskResult.objects.get(), dead_worker()
    for tries in (1, 2, 3):
        task.claim(dead)
        queue.give_back_lost()
        task.refresh_from_db()
        assert (task.status, len(task.worker_ids)) == ("READY" if tries < 3 else "FAILED", tries)
    assert queue.lengths() == {"tasks": 0, "failed_tasks": 1}
    families = {family.name: family for family in GAUGES.collect()}
    told = {sample.labels["queue"]: sample.value for sample in families["ocop_queue_length"].samples}
    assert (told["tasks"], told["failed_tasks"]) == (0, 1)


def test_an_import_as_whose_work_ended_the_database_was_away_is_told_so_by_the_same_process(run: ImportRun) -> None:
    running.begin_reading(run)
    task = DBTaskResult.objects.get()
    task.claim(processes.this_process())
    ImportRun.objects.update(worker=processes.this_process())
    off()
    run.refresh_from_db()
    task.refresh_from_db()
    assert (run.state, run.worker, task.status) == (RunState.FAILED, "", "SUCCESSFUL")
    assert "Máy chủ dừng khi đang đọc tệp" in run.told


def test_small_work_that_took_long_rests_without_keeping_tasks_or_the_end_waiting(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "make", made)
    monkeypatch.setattr(queue, "_small_rest", [0.0])
    rested, pieces = [], []

    def heavy() -> bool:
        pieces.append(len(rested))
        begun = time.thread_time()
        while time.thread_time() < begun + 0.05:
            pass
        running.begin_reading(run)  # meanwhile somebody asks for something
        return True

    monkeypatch.setattr(queue, "_small_work", [heavy])
    monkeypatch.setattr(time, "sleep", rested.append)
    off(4)
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW
    assert pieces == [0], "it rests for nine times as long"
    assert set(rested) == {queue.REST}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell when a process began")
def test_a_number_that_another_process_has_by_now_does_not_keep_the_task(run: ImportRun) -> None:
    running.begin_reading(run)
    task = DBTaskResult.objects.get()
    parent = processes._began(os.getppid())
    assert parent
    for began, status in (("1", "READY"), (parent, "RUNNING")):
        here = processes.this_process().rsplit(":", 2)[0]
        task.claim(f"{here}:{os.getppid()}:{began}-abcdef01")
        queue.give_back_lost()
        task.refresh_from_db()
        assert task.status == status


def test_a_task_that_is_being_done_is_left_alone(run: ImportRun) -> None:
    running.begin_reading(run)
    task = DBTaskResult.objects.get()
    here = processes.this_process().rsplit(":", 2)[0]
    parent = f"{here}:{os.getppid()}:{processes._began(os.getppid())}-abcdef01"
    for worker in (parent, "another-machine:17:abcdef01"):
        task.claim(worker)
        queue.give_back_lost()
        task.refresh_from_db()
        assert task.status == "RUNNING"
    DBTaskResult.objects.update(started_at=timezone.now() - queue.LONGEST * 2)  # nothing else tells of that machine
    queue.give_back_lost()
    task.refresh_from_db()
    assert task.status == "READY"


@pytest.mark.parametrize("what", [queue.InterfaceError("away"), RuntimeError("no fault of the database")])
def test_a_queue_that_cannot_be_read_is_looked_at_again(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what: Exception
) -> None:
    monkeypatch.setattr(preview, "make", made)
    monkeypatch.setattr(queue, "_AWAY", 0.0)
    running.begin_reading(run)
    away = iter([True])

    def gone_at_first() -> None:
        if next(away, False):
            raise what

    monkeypatch.setattr(queue, "close_old_connections", gone_at_first)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    looks = itertools.count()
    queue.work(lambda: next(looks) > 5)
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW
    told = "queue_failed" if isinstance(what, RuntimeError) else "queue_cannot_be_read"
    assert [one.message for one in caplog.records if one.message.startswith("queue_")] == [told]


def test_a_row_over_which_it_fails_keeps_no_other_task_waiting(run: ImportRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "make", made)
    monkeypatch.setattr(queue, "_AWAY", 0.0)
    monkeypatch.setattr(queue, "give_back_lost", lambda: {}["unforeseen"])
    running.begin_reading(run)
    off(8)
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW
