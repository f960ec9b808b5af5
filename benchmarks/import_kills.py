#!/usr/bin/env python
"""Kills an import at random moments of reading, publishing and undoing, and checks what stands afterwards.

    .venv/bin/python benchmarks/import_kills.py [--kills 40] [--rows 400] [--seed 1] [--postgresql]

Each kill is a SIGKILL of a process that does the work on a real database, at a moment drawn from the time that the work
takes. After it the register holds all of the list or nothing, the import says which, and the work is taken up and
ends as if nothing had happened. The program ends with 1 where one of these does not hold.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import postgresql  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, table  # noqa: E402


@dataclass(frozen=True)
class Work:
    """One kind of work: what begins it, where it may stand after a kill, and where it ends."""

    name: str
    begin: Callable[[Any], object]
    before: str
    killed: tuple[str, ...]
    """Said states of an import of which nothing was done."""
    after: str


def killed_after(seconds: float, work: Callable[[], object]) -> bool:
    """Do the work in a process of its own and kill that after so many seconds; whether it was still at work."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def work_off_the_queue() -> None:
    """Do what stands in the queue, as a worker does, until nothing does."""
    unfinished = import_module("django_tasks_db.models").DBTaskResult.objects.filter(status__in=("READY", "RUNNING"))
    import_module("background.queue").work(lambda: not unfinished.exists())


def held() -> tuple[int, ...]:
    """How much the register holds: a count of each model, of its history, of signs of change, and the clock."""
    models, clock = import_module("register.models"), import_module("register.clock").RegisterClock
    kinds = (models.Producer, models.Product, models.Certificate, models.PackCode)
    counts = [kind.objects.count() for kind in kinds] + [kind.history.count() for kind in kinds]
    return (*counts, models.ProductChange.objects.count(), clock.objects.get(name="register").value)


def rows_stand() -> int:
    """How many products of the list the register has."""
    return int(import_module("register.models").Product.objects.filter(gtin__startswith="095250").count())


def rounds(rows: int, kills: int, seed: int) -> list[list[str]]:
    """Kill each kind of work so often; a line of figures for each."""
    import django

    django.setup()
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.db import transaction

    running, models, sample = (import_module(name) for name in ("imports.running", "imports.models", "register.sample"))
    write = import_module("register.management.commands.sample_register").write
    state = models.RunState
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        write(sample.build(sample.SEED, sample.date(2026, 11, 23), products=100, producers=25))
    vars(running)["SHORT"] = 0.0  # begun, and left in the queue
    data = import_module("benchmarks.import").list_of(rows, [])
    run = models.ImportRun.objects.create(
        name="list.xlsx", sha256="b" * 64, size=len(data), state=state.CANCELLED, answers={"issuer": "UBND tỉnh"}
    )
    default_storage.save(run.path, ContentFile(data))
    works = (
        Work("reading and judging", running.begin_reading, state.CANCELLED, (state.FAILED,), state.PREVIEW),
        Work("publishing", lambda one: running.begin_publishing(one, None), state.PREVIEW, (state.PREVIEW,),
             state.PUBLISHED),
        Work("undoing", lambda one: running.begin_undoing(one, None), state.PUBLISHED, (state.PUBLISHED,),
             state.UNDONE),
    )  # fmt: skip
    chance = random.Random(seed)
    return [_round(run, work, kills, chance) for work in works]


def _round(run: Any, work: Work, kills: int, chance: random.Random) -> list[str]:
    """Kill one kind of work, and let it be done in the end."""
    running = import_module("imports.running")
    took, counts, wrong = 0.0, Counter[str](), []
    began = held(), rows_stand()
    done: tuple[tuple[int, ...], int] | None = None
    for number in range(kills):
        moment = chance.uniform(0, took * 1.05) if took else 120.0
        if not took:  # the first is not killed: it tells how long the work takes, and is then taken back
            started = time.monotonic()
            work.begin(run)
            work_off_the_queue()
            took = time.monotonic() - started
            run.refresh_from_db()
            done = held(), rows_stand()
            _back(run, work)
            began = held(), rows_stand()
            continue
        work.begin(run)
        counts["killed at work" if killed_after(moment, work_off_the_queue) else "ended before"] += 1
        import_module("background.queue").give_back_lost()
        work_off_the_queue()  # the next worker: what had not begun is done now
        run.refresh_from_db()
        running.settle(run)
        stands = held(), rows_stand()
        is_done = run.state == work.after
        if run.at_work or not (is_done or run.state in {work.before, *work.killed}):
            wrong.append(f"kill {number}: {run.state}")
        as_it_should = stands[1] == done[1] if is_done and done is not None else stands == began
        if not as_it_should:
            wrong.append(f"kill {number}: {run.state}, {stands} and not {began}")
        counts["whole" if is_done else "nothing"] += 1
        if is_done:
            _back(run, work)
            began = held(), rows_stand()
    work.begin(run)  # and it can be taken up
    work_off_the_queue()
    run.refresh_from_db()
    if run.state != work.after or (done is not None and rows_stand() != done[1]):
        wrong.append(f"in the end: {run.state}, {rows_stand()} of the list")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    told = (counts["killed at work"], counts["ended before"], counts["nothing"], counts["whole"], len(wrong))
    return [work.name, f"{took:.2f} s", *map(str, told)]


def _back(run: Any, work: Work) -> None:
    """Bring the import to where it stood before the work."""
    running, state = import_module("imports.running"), import_module("imports.models").RunState
    if work.after == state.PUBLISHED:
        running.begin_undoing(run, None, here=True)
        run.refresh_from_db()
        assert run.state == state.UNDONE, run.state
    if work.after in {state.PUBLISHED, state.UNDONE}:
        type(run).objects.filter(pk=run.pk).update(state=state.CANCELLED)
        running.begin_reading(run, here=True)
    if work.after == state.UNDONE:
        run.refresh_from_db()
        running.begin_publishing(run, None, here=True)
    run.refresh_from_db()


def main() -> int:
    """Kill, check, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=40, help="of each kind of work")
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="a cluster of its own, instead of an SQLite file")
    chosen = parser.parse_args()
    with postgresql.own_database(on_postgresql=chosen.postgresql):
        figures = rounds(chosen.rows, chosen.kills + 1, chosen.seed)
        from django.db import connection, connections

        vendor = connection.vendor
        connections.close_all()
    columns = ("work", "it takes", "killed at work", "ended before", "nothing done", "all done", "wrong")
    print(table(columns, figures))
    print(f"\n{vendor}, {chosen.rows} rows, seed {chosen.seed}; {measured_on('django')}")
    return any(line[-1] != "0" for line in figures)


if __name__ == "__main__":
    sys.exit(main())
