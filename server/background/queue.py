"""Does what stands in the queue: rows in the database, which django-tasks-db keeps, on SQLite and PostgreSQL alike.

Tasks are given ids, never what is about people: arguments and errors are kept for some days. A task whose worker was
killed is given to another, three times in all, so each must bear being begun again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from background.processes import is_gone, is_here, stop_when, this_process

logger = logging.getLogger(__name__)

REST = 0.25
"""Seconds between two looks at an empty queue."""
LOST_EVERY = 10.0
"""Seconds between two looks for tasks whose worker is gone."""
MOST_TRIES = 3
LONGEST = timedelta(hours=1)
"""A task of another machine that has taken longer is over: nothing else tells that its worker is gone."""
_AWAY = 5.0
_REST_AFTER = 9.0
"""Times as long as a piece of small work has taken, in processor time, it rests: it uses a tenth of one processor."""

_small_work: list[Callable[[], bool]] = []
_small_rest = [0.0]
"""Until when small work rests. What people wait for, and being told to stop, is looked for meanwhile."""


def also_do(piece: Callable[[], bool]) -> None:
    """Let small work be done while the queue is empty; `piece` does a little of it, and tells whether there was any."""
    _small_work.append(piece)


class WorkerLost(Exception):
    """Each worker that had the task was killed."""


def work(stopping: Callable[[], bool]) -> None:
    """Do one task after another until `stopping()`; one under way is told by `processes.is_stopping`."""
    stop_when(stopping)
    looked = 0.0
    try:
        while not stopping():
            looked = _turn(looked, stopping)
    finally:
        stop_when(lambda: False)


def _turn(looked: float, stopping: Callable[[], bool]) -> float:
    """Do one task, or rest; when lost tasks were last looked for."""
    try:
        close_old_connections()
        if time.monotonic() - looked > LOST_EVERY:
            looked = time.monotonic()  # before: a row over which it fails keeps no other task waiting
            give_back_lost()
        # Not the library's own waiting: each of its looks locks an SQLite file against all who write.
        if DBTaskResult.objects.ready().exists():
            _worker().run()
        else:
            if time.monotonic() >= _small_rest[0]:
                _small_rest[0] = time.monotonic() + _REST_AFTER * _do_small_work()
            time.sleep(REST)
    except Exception as error:
        # Whatever it was: in a server of one process nobody would begin the queue's thread again.
        if isinstance(error, (DatabaseError, InterfaceError)):
            logger.warning("queue_cannot_be_read", exc_info=True)
        else:
            logger.exception("queue_failed")
        close_old_connections()
        _sleep(_AWAY, stopping)
    return looked


def _do_small_work() -> float:
    """Do a piece of it; the seconds of processor that it took."""
    began = time.thread_time()
    try:
        any(piece() for piece in _small_work)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:  # what people wait for goes on
        logger.exception("small_work_failed")
    return time.thread_time() - began


def _worker() -> Worker:
    return Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=1,
        worker_id=this_process(), excluded_queue_names=[],
    )  # fmt: skip


def _sleep(seconds: float, stopping: Callable[[], bool]) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not stopping():
        time.sleep(REST)


def give_back_lost() -> None:
    """Put the tasks of workers that are gone back into the queue; those that were tried too often have failed.

    For whoever works off the queue, between two tasks: one that is this process's own was left by it.
    """
    for task in DBTaskResult.objects.running():
        if not _is_left(task):
            continue
        # Only while it still is as it was seen: another worker may look as well.
        same = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
        again = len(task.worker_ids) < MOST_TRIES
        fields = {"task": task.task_path, "tries": len(task.worker_ids), "again": again}
        if again and same.update(status=TaskResultStatus.READY):
            logger.warning("task_lost", extra={"fields": fields})
        elif not again and same.update(
            status=TaskResultStatus.FAILED, finished_at=timezone.now(),
            exception_class_path=f"{WorkerLost.__module__}.{WorkerLost.__qualname__}",
        ):  # fmt: skip
            logger.error("task_lost", extra={"fields": fields})


def _is_left(task: Any) -> bool:
    worker = task.worker_ids[-1] if task.worker_ids else ""
    if is_here(worker):
        # This process does no task while it looks: where the database was away as one ended, its row never said so.
        return worker == this_process() or is_gone(worker)
    return task.started_at is None or timezone.now() - task.started_at > LONGEST


def lengths() -> dict[str, int]:
    """How many tasks wait, and how many have failed within a day."""
    a_day = timezone.now() - timedelta(days=1)
    return {
        "tasks": DBTaskResult.objects.ready().count(),
        "failed_tasks": DBTaskResult.objects.failed().filter(finished_at__gt=a_day).count(),
    }


def forget_tasks(days: int) -> int:
    """Delete the rows of tasks that have been over for so many days, and tell how many."""
    over = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - timedelta(days=days))
    return over.delete()[0]
