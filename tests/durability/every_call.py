"""Kills a save at each of its system calls in turn, or lets the call fail.

Each time in a process forked from this one. A test's process holds thousands of tests, and a fork of it takes twice as
long: `apart` does these in a small process of their own.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from services.storage.store import StoreError, StoreWriteError
from tests.durability import traced, writer
from tests.durability.traced import Call, Tell, Work
from tests.durability.writer import SAVES, Desk, Moment, marked, opened

Save = Callable[[Desk], object]
Result = TypeVar("Result")


def apart(work: Callable[..., Result], *arguments: object) -> Result:
    """What `work` gives in a process that begins anew."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def saving(data: Path, save: Save) -> Work:
    def work(tell: Tell) -> None:
        with opened(data) as desk:
            tell(b"opened ")
            save(desk)
            tell(b"confirmed")

    return work


def points(
    moments: list[Moment], data: Path, log: Path, *options: str, only: set[str] | None = None
) -> Iterator[tuple[int, Save, Call]]:
    """Every call of the first opening and of every save, on a fresh copy of the folder before it.

    Only those that change something or make it durable; killed between two others, the disk is no different.
    """
    for number, (_name, save) in enumerate(SAVES):
        shutil.copytree(moments[number].folder, data)
        assert traced.run(saving(data, save), log, *options) == (b"opened confirmed", 0)
        shutil.rmtree(data)
        calls = traced.calls(log)
        begin, end = (n for n, call in enumerate(calls) if call.name == "write" and "<pipe:" in call.arguments)
        for call in calls[begin if number else 0 : end + 1]:
            if not call.reads and (only is None or call.name in only):
                shutil.copytree(moments[number].folder, data)
                yield number, save, call
                shutil.rmtree(data)


def wrong_after_kill(data: Path, allowed: list[Moment]) -> str | None:
    """What is wrong with what an opening finds, or None."""
    found = Desk.open(data)
    if found.contents() not in [moment.contents for moment in allowed]:
        return "neither the state before nor the one after"
    if found.recovered():
        return f"recovered: {found.recovered()}"
    if not marked(found):
        return "unsent notes without the mark"
    return None


def kill_at_every_call(
    scratch: Path, data: Path, options: tuple[str, ...], only: set[str] | None
) -> tuple[int, list[str]]:
    """How many kills there were, and what was wrong after them. `scratch` exists and `data` does not."""
    moments, log = writer.moments(scratch), scratch / "log"
    wrong: list[str] = []
    kills = 0
    for number, save, call in points(moments, data, log, *options, only=only):
        kill = f"inject={call.name}:signal=KILL:when={call.nth}"
        said, status = traced.run(saving(data, save), log, *options, "-e", kill)
        assert os.WTERMSIG(status) == signal.SIGKILL, f"{kill}: ended with {status}"
        kills += 1
        after = moments[number + 1]
        if why := wrong_after_kill(data, [after] if b"confirmed" in said else [moments[number], after]):
            wrong.append(f"{SAVES[number][0]}, {kill} ({call}): {why}")
        with opened(data) as desk:  # and the next save succeeds
            desk.settings.change(theme="contrast")
        assert Desk.open(data).settings.value.theme == "contrast"
    return kills, wrong


ERRORS = {
    "openat": ("ENOSPC", "EROFS", "EMFILE"),
    "write": ("ENOSPC", "EIO"),
    "fsync": ("EIO", "ENOSPC"),
    "close": ("EIO",),
    "rename": ("ENOSPC", "EIO"),
    "link": ("EPERM", "ENOSPC"),
    "unlink": ("EIO", "EROFS"),
    "mkdir": ("ENOSPC", "EROFS"),
}


def saving_again_where_refused(data: Path, save: Save, before: Moment, after: Moment) -> Work:
    """Where a save is refused, memory and disk hold the state before it, and the same save then succeeds."""

    def work(tell: Tell) -> None:
        try:
            folder = opened(data)
            desk = folder.__enter__()
        except StoreError:
            tell(b"refused\n")
            folder = opened(data)
            desk = folder.__enter__()
        tell(b"opened\n")
        try:
            save(desk)
        except StoreWriteError:
            tell(b"refused\n")
            if desk.contents() != before.contents:
                tell(b"memory changed\n")
            if Desk.open(data).contents() != before.contents:
                tell(b"the disk changed\n")
            save(desk)
        if not desk.contents() == Desk.open(data).contents() == after.contents:
            tell(b"not saved\n")
        folder.__exit__(None, None, None)
        tell(b"done\n")

    return work


def fail_at_every_call(scratch: Path, data: Path) -> tuple[int, int, list[str]]:
    """How many errors there were, how many refused a save, and what was wrong after them.

    `scratch` exists and `data` does not.
    """
    moments, log = writer.moments(scratch), scratch / "log"
    wrong: list[str] = []
    errors = refused = 0
    for number, save, call in points(moments, data, log, only=set(ERRORS)):
        if "<pipe:" in call.arguments:
            continue
        error = ERRORS[call.name][call.nth % len(ERRORS[call.name])]
        fail = f"inject={call.name}:error={error}:when={call.nth}"
        work = saving_again_where_refused(data, save, moments[number], moments[number + 1])
        said, status = traced.run(work, log, "-e", fail)
        lines = said.decode().splitlines()
        errors += 1
        refused += "refused" in lines
        if status or [line for line in lines if line != "refused"] != ["opened", "done"]:
            wrong.append(f"{SAVES[number][0]}, {fail} ({call}): {status} {lines}")
    return errors, refused, wrong
