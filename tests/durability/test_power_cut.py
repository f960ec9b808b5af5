"""The power is cut after each system call of the saves: a kill shows no missing fsync, for the page cache lives on."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.storage import store as storage
from services.storage.store import Recovery, make_folder
from services.workspace import mark_restored
from tests.durability import traced
from tests.durability.disk import Disk, Tree, put
from tests.durability.traced import NO_LINKS, Tell, Work
from tests.durability.writer import SAVES, Desk, Moment, marked, opened

pytestmark = pytest.mark.usefixtures("strace")

Fault = Callable[[], None]


def saving_all(data: Path, fault: Fault | None) -> Work:
    def work(tell: Tell) -> None:
        if fault:
            fault()  # in the child alone
        with opened(data) as desk:
            for _name, save in SAVES:
                save(desk)
                tell(b".")

    return work


def cuts(
    moments: list[Moment], data: Path, log: Path, *options: str, fault: Fault | None = None
) -> tuple[int, int, list[str]]:
    """Cut the power after each call: how many points, how many different states, and what was wrong with them.

    Where there is a fault, the first that it is caught by is enough.
    """
    data.mkdir(parents=True)
    said, status = traced.run(saving_all(data, fault), log, "-xx", "-s", "1000000", *options)
    assert (len(said), status) == (len(SAVES), 0)
    disk = Disk(data)
    points = confirmed = 0
    tried: set[tuple[int, frozenset[tuple[str, bytes | None]], bool]] = set()
    wrong: list[str] = []
    for call in traced.calls(log):
        if call.name == "write" and "<pipe:" in call.arguments:
            confirmed += 1
        elif not disk.play(call):
            continue
        points += 1
        for state in disk.after_power_cut():
            key = (confirmed, frozenset(state.tree.items()), state.in_order)
            if key not in tried:
                tried.add(key)
                if why := wrong_after_cut(state.tree, data.parent / "cut", moments[confirmed:][:2], state.in_order):
                    wrong.append(f"{confirmed} confirmed, cut after {call}: {why}")
                    if fault:
                        return points, len(tried), wrong
    assert confirmed == len(SAVES)
    return points, len(tried), wrong


def wrong_after_cut(tree: Tree, folder: Path, allowed: list[Moment], in_order: bool) -> str | None:
    """What is wrong with what an opening finds, or None."""
    state = frozenset(tree.items())
    found = _FOUND[state] = _FOUND.get(state) or after_opening(tree, folder, allowed)
    if found.error:
        return found.error
    if found.contents not in [moment.contents for moment in allowed]:
        return f"neither the state before nor the one after, of {sorted(tree)}"
    if found.recovered:
        return f"recovered: {found.recovered}"
    if in_order and not found.marked:
        return "unsent notes without the mark"
    return None


@dataclass(frozen=True)
class Found:
    """What an opening finds; `error` says why there was none."""

    contents: dict[str, Any] | None = None
    recovered: tuple[Recovery, ...] = ()
    marked: bool = False
    error: str = ""


_FOUND: dict[frozenset[tuple[str, bytes | None]], Found] = {}
"""By the state of the disk, which is the same after many cuts: an opening is told of nothing else."""


@pytest.fixture(autouse=True, scope="module")
def let_go() -> Iterator[None]:
    yield
    _FOUND.clear()


def after_opening(tree: Tree, folder: Path, likely: list[Moment]) -> Found:
    put(tree, folder)
    try:
        desk = Desk.open(folder)
        contents = desk.contents()
        kept = next((moment.contents for moment in likely if moment.contents == contents), contents)  # one of equals
        return Found(kept, tuple(desk.recovered()), marked(desk))
    except Exception as error:
        return Found(error=repr(error))
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("options", [(), NO_LINKS], ids=["hard links", "no hard links"])
def test_nothing_confirmed_is_lost_when_the_power_is_cut(
    tmp_path: Path, data: Path, moments: list[Moment], options: tuple[str, ...]
) -> None:
    points, tried, wrong = cuts(moments, data, tmp_path / "log", *options)
    print(f"the power cut at {points} points, {tried} states, {len(wrong)} of them lost something")
    assert not wrong, f"{len(wrong)} of {tried} states: " + "\n".join(wrong[:5])
    assert points > 200


def without_fsync(*, of_folders: bool) -> Fault:
    def fault() -> None:
        fsync = os.fsync

        def some(descriptor: int) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode) != of_folders:
                fsync(descriptor)

        os.fsync = some  # type: ignore[assignment]

    return fault


def folders_made_without_fsync() -> None:
    def make(folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    storage.make_folder.__code__ = make.__code__  # wherever it was imported to


def written_in_place() -> None:
    def publish(self: storage.DurableStorage, blob: bytes) -> None:
        storage.write_synced(self.path, blob)
        storage.sync_folder(self.path.parent)

    storage.DurableStorage._publish = publish  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "fault",
    [without_fsync(of_folders=False), without_fsync(of_folders=True), folders_made_without_fsync, written_in_place],
    ids=["no fsync of files", "no fsync of folders", "no fsync of new folders", "written in place"],
)
def test_a_writer_that_leaves_out_a_step_is_caught(
    tmp_path: Path, data: Path, moments: list[Moment], fault: Fault
) -> None:
    _points, tried, wrong = cuts(moments, data, tmp_path / "log", fault=fault)
    print(f"after {tried} states one has lost something, as it must: {wrong[:1]}")
    assert wrong


def test_once_a_restored_server_was_noticed_no_power_cut_forgets_it(tmp_path: Path, data: Path) -> None:
    """The copy that is fetched next knows the server's cursor: no later pass would notice it."""
    marks = {f"devices/{name}/restored": b"" for name in ("d1", "d2")}

    def work(tell: Tell) -> None:
        for mark in marks:
            make_folder((data / mark).parent)
        mark_restored(data)
        tell(b".")

    data.mkdir()
    assert traced.run(work, tmp_path / "log", "-xx", "-s", "1000000") == (b".", 0)
    disk = Disk(data)
    for call in traced.calls(tmp_path / "log"):
        if call.name == "write" and "<pipe:" in call.arguments:
            break
        disk.play(call)
    states = [*disk.after_power_cut()]
    assert states
    assert all(marks.items() <= state.tree.items() for state in states)
