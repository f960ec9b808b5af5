from __future__ import annotations

import contextlib
import errno
import gc
import itertools
import json
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from services.records.files import PhotoFolder
from services.storage.store import (
    DurableStorage,
    FolderInUse,
    FolderLock,
    Store,
    StoreError,
    StoreNotMigrated,
    StoreTooNew,
    StoreWriteError,
    Tables,
    make_folder,
)


def filled(path: Path, *generations: int) -> DurableStorage:
    storage = DurableStorage(path)
    for n in generations:
        storage.commit({"notes": {1: {"n": n, "text": "Chè hoa vàng"}}})
    return storage


def number(storage: DurableStorage) -> int | None:
    document = storage.read().get("notes", {}).get("1")
    return document["n"] if document else None


def truncated(blob: bytes) -> bytes:
    return blob[:-7]


def garbled(blob: bytes) -> bytes:
    return blob[:-9] + b"#" + blob[-8:]


def emptied(blob: bytes) -> bytes:
    return b""


def foreign(blob: bytes) -> bytes:
    return b'{"_default": {}}'


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    filled(tmp_path / "a.json", 1, 2)
    again = DurableStorage(tmp_path / "a.json")
    assert again.read() == {"notes": {"1": {"n": 2, "text": "Chè hoa vàng"}}}
    assert again.recovered is None
    assert "Chè hoa vàng".encode() in (tmp_path / "a.json").read_bytes()


def test_a_store_that_was_never_written_is_empty_and_leaves_no_file(tmp_path: Path) -> None:
    assert DurableStorage(tmp_path / "a.json").read() == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [truncated, garbled, emptied, foreign])
def test_a_damaged_file_is_set_aside_and_the_previous_generation_used(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)

    storage = DurableStorage(path)

    assert number(storage) == 1
    recovered = storage.recovered
    assert recovered
    assert recovered.previous_used
    assert recovered.reason == damage.__name__.replace("emptied", "empty")
    assert recovered.set_aside
    assert recovered.set_aside.name.startswith("a.damaged-")
    assert recovered.set_aside.read_bytes() == damaged
    storage.commit({"notes": {1: {"n": 3}}})
    again = DurableStorage(path)
    assert (number(again), again.recovered) == (3, None)


def test_damage_to_both_generations_leaves_an_empty_store_and_both_files(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    damaged = []
    for name in ("a.json", "a.prev.json"):
        damaged.append(garbled((tmp_path / name).read_bytes()))
        (tmp_path / name).write_bytes(damaged[-1])
    storage = DurableStorage(path)
    assert storage.read() == {}
    assert storage.recovered
    assert not storage.recovered.previous_used
    for n in (3, 4, 5):
        storage.commit({"notes": {1: {"n": n}}})
    assert storage.recovered.set_aside
    assert storage.recovered.set_aside.read_bytes() == damaged[0]
    assert [kept.read_bytes() for kept in tmp_path.glob("a.prev.damaged-*")] == [damaged[1]]
    assert number(DurableStorage(path)) == 5


def test_a_file_cut_off_anywhere_is_set_aside_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    generations = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    whole = generations["a.json"]
    header = whole.index(b"\n") + 1
    for length in range(len(whole)):
        begin_again(tmp_path, generations | {"a.json": whole[:length]})
        storage = DurableStorage(path)
        assert number(storage) == 1
        assert storage.recovered
        assert storage.recovered.reason == (
            "empty" if not length else "foreign" if length < header - 1 else "truncated"
        )
        assert storage.recovered.set_aside
        assert storage.recovered.set_aside.read_bytes() == whole[:length]


@pytest.mark.parametrize("bit", [0, 5])
def test_a_byte_that_changed_anywhere_is_never_taken_for_data(tmp_path: Path, bit: int) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    generations = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    whole = generations["a.json"]
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]
        begin_again(tmp_path, generations | {"a.json": changed})
        try:
            storage = DurableStorage(path)
        except StoreTooNew:  # the digit of the schema: nothing is touched
            assert path.read_bytes() == changed
            continue
        assert number(storage) == 1, (place, changed)
        assert storage.recovered
        assert storage.recovered.set_aside
        assert storage.recovered.set_aside.read_bytes() == changed


def begin_again(folder: Path, files: dict[str, bytes]) -> None:
    for file in folder.iterdir():
        file.unlink()
    for name, blob in files.items():
        (folder / name).write_bytes(blob)


def test_damage_twice_in_one_second_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        assert number(DurableStorage(path)) == 1
    assert sorted(p.read_bytes() for p in tmp_path.glob("a.damaged-*")) == [b"one", b"three", b"two"]


def test_a_missing_file_is_replaced_by_the_previous_generation(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    path.unlink()
    storage = DurableStorage(path)
    assert number(storage) == 1
    assert storage.recovered
    assert (storage.recovered.reason, storage.recovered.set_aside) == ("missing", None)


def test_a_swap_that_was_interrupted_is_finished(tmp_path: Path) -> None:
    """Without hard links, a kill between the two renames leaves no file under its own name."""
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    two = path.read_bytes()
    filled(path, 3)
    three = path.read_bytes()
    path.unlink()
    (tmp_path / "a.prev.tmp.json").write_bytes(two)
    (tmp_path / "a.tmp.json").write_bytes(three)

    looking = DurableStorage(path, read_only=True)
    assert (number(looking), looking.recovered, path.exists()) == (3, None, False)
    storage = DurableStorage(path)
    assert (number(storage), storage.recovered, path.read_bytes()) == (3, None, three)

    path.unlink()
    (tmp_path / "a.tmp.json").write_bytes(three[:-1])
    storage = DurableStorage(path)
    assert number(storage) == 2, "the generation just before, not the one before that"
    assert storage.recovered
    assert storage.recovered.previous_used


def test_leftovers_of_a_write_that_was_killed_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    (tmp_path / "a.tmp.json").write_bytes(b'{"format":"ocop-ver')
    (tmp_path / "a.prev.tmp.json").hardlink_to(path)
    storage = DurableStorage(path)
    assert (number(storage), storage.recovered) == (2, None)
    storage.commit({"notes": {1: {"n": 3}}})
    assert {file.name for file in tmp_path.iterdir()} == {"a.json", "a.prev.json"}


def test_with_the_clock_set_back_nothing_that_was_set_aside_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        days = itertools.cycle([23, 22])

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls(2026, 11, next(cls.days), tzinfo=tz)

    monkeypatch.setattr("services.storage.store.datetime", Clock)
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    for content in (b"one", b"two", b"three", b"four"):
        path.write_bytes(content)
        assert number(DurableStorage(path)) == 1
    assert {p.read_bytes() for p in tmp_path.glob("a.damaged-*")} == {b"one", b"two", b"three", b"four"}


def test_opening_read_only_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    path.write_bytes(b"")
    before = sorted(p.name for p in tmp_path.iterdir())
    storage = DurableStorage(path, read_only=True)
    assert number(storage) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    with pytest.raises(StoreWriteError):
        storage.commit({"notes": {2: {}}})


def test_read_only_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert DurableStorage(tmp_path / "none" / "a.json", read_only=True).read() == {}
    assert not (tmp_path / "none").exists()


def to_second(tables: Tables) -> Tables:
    return {"notes": {key: {**row, "second": True} for key, row in tables["notes"].items()}}


def to_third(tables: Tables) -> Tables:
    return {"notes": {key: {**row, "third": row["second"]} for key, row in tables["notes"].items()}}


def test_migrations_run_from_the_schema_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1)
    storage = DurableStorage(path, migrations=[to_second])
    storage.commit({})
    assert storage.read()["notes"]["1"]["second"] is True
    third = DurableStorage(path, migrations=[to_second, to_third])
    assert third.read()["notes"]["1"]["third"] is True


def test_a_migration_that_fails_leaves_the_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(StoreNotMigrated, match="from schema 2 to 3: KeyError"):
        DurableStorage(path, migrations=[lambda tables: tables, to_third])
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
    assert number(DurableStorage(path)) == 2


def test_a_newer_schema_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, 1, 2)
    DurableStorage(path, migrations=[to_second]).commit({"notes": {1: {"n": 9}}})
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(StoreTooNew):
        DurableStorage(path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_newer_previous_generation_behind_a_damaged_file_is_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    newer = DurableStorage(path, migrations=[to_second])
    newer.commit({"notes": {1: {"n": 1}}})
    newer.commit({"notes": {1: {"n": 2}}})
    path.write_bytes(b"")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(StoreTooNew):
        DurableStorage(path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.fixture
def small_files() -> object:
    """Files over 64 KiB cannot be written, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    class Limit:
        def __enter__(self) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (65536, hard))

        def __exit__(self, *_: object) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return Limit()


def test_a_full_disk_leaves_memory_and_disk_as_they_were(tmp_path: Path, small_files: Limit) -> None:  # type: ignore[name-defined]  # noqa: F821
    path = tmp_path / "a.json"
    storage = filled(path, 1, 2)
    with small_files, pytest.raises(StoreWriteError):
        storage.commit({"notes": {1: {"n": 3}, 2: {"text": "x" * 100_000}}})
    assert number(storage) == 2
    assert "2" not in storage.read()["notes"]
    assert number(DurableStorage(path)) == 2
    assert not list(tmp_path.glob("*.tmp*"))
    storage.commit({"notes": {1: {"n": 4}}})
    assert number(DurableStorage(path)) == 4


def test_a_disk_too_full_to_put_the_previous_generation_back_gives_it_each_time(
    tmp_path: Path,
    small_files: Limit,  # type: ignore[name-defined]  # noqa: F821
) -> None:
    path = tmp_path / "a.json"
    storage = DurableStorage(path)
    for n in (1, 2):
        storage.commit({"notes": {1: {"n": n, "text": "x" * 100_000}}})
    path.write_bytes(b"")
    with small_files:
        for reason in ("empty", "missing"):
            storage = DurableStorage(path)
            assert number(storage) == 1
            assert storage.recovered
            assert (storage.recovered.reason, storage.recovered.previous_used) == (reason, True)
    assert number(DurableStorage(path)) == 1
    assert (number(again := DurableStorage(path)), again.recovered) == (1, None)


def test_a_write_stands_though_the_generation_before_it_cannot_get_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    storage = filled(path, 1, 2)
    (tmp_path / "a.prev.json").unlink()
    (tmp_path / "a.prev.json").mkdir()
    storage.commit({"notes": {1: {"n": 3}}})
    assert number(DurableStorage(path)) == 3
    path.write_bytes(b"")
    assert number(DurableStorage(path)) == 2, "it is found under the name that it had during the write"


def test_a_full_disk_under_tinydbs_own_update_in_place(tmp_path: Path, small_files: Limit) -> None:  # type: ignore[name-defined]  # noqa: F821
    store = Store(tmp_path / "a.json")
    store.commit({"notes": {1: {"n": 1}}})
    with small_files, pytest.raises(StoreWriteError):
        store.table("notes").update({"n": 2, "text": "x" * 100_000}, doc_ids=[1])
    assert store.table("notes").get(doc_id=1) == {"n": 1}
    assert Store(tmp_path / "a.json").table("notes").get(doc_id=1) == {"n": 1}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    path = small_disk / "a.json"
    storage = filled(path, 1, 2)
    for size in range(40_000, 130_000, 20_000):
        (small_disk / "other").write_bytes(b"x" * size)
        with contextlib.suppress(StoreWriteError):
            storage.commit({"notes": {1: {"n": size, "text": "y" * 40_000}}})
        assert number(DurableStorage(path)) == number(storage)
    (small_disk / "rest").touch()
    with contextlib.suppress(OSError), (small_disk / "rest").open("wb", buffering=0) as rest:
        while True:
            rest.write(b"z" * 4096)
    last = number(storage)
    with pytest.raises(StoreWriteError, match="No space left"):
        storage.commit({"notes": {1: {"n": 1}}})
    with pytest.raises(StoreWriteError, match="No space left"):
        PhotoFolder(small_disk / "photos").keep(b"jpeg")
    again = DurableStorage(path)
    assert (number(storage), number(again), again.recovered) == (last, last, None)
    (small_disk / "other").unlink()
    storage.commit({"notes": {1: {"n": 3}}})
    assert number(DurableStorage(path)) == 3


def test_a_file_system_that_became_read_only(small_disk: Path) -> None:
    path = small_disk / "a.json"
    storage = filled(path, 1, 2)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreWriteError, match="Read-only"):
        storage.commit({"notes": {1: {"n": 3}}})
    with pytest.raises(StoreWriteError, match="Read-only"):
        make_folder(small_disk / "new" / "deep")
    assert number(storage) == number(DurableStorage(path)) == number(DurableStorage(path, read_only=True)) == 2
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    storage.commit({"notes": {1: {"n": 3}}})
    assert number(DurableStorage(path)) == 3


def test_when_the_names_cannot_be_synced_the_old_file_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "a.json"
    new = DurableStorage(tmp_path / "new.json")
    storage = filled(path, 1, 2)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with monkeypatch.context() as broken:
        broken.setattr("services.storage.store.sync_folder", refuse)
        for each in (storage, new):
            with pytest.raises(StoreWriteError):
                each.commit({"notes": {1: {"n": 3}}})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert (number(storage), number(new)) == (2, None)
    storage.commit({"notes": {1: {"n": 4}}})
    assert number(DurableStorage(path)) == 4


def test_a_folder_that_cannot_be_synced_at_all_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    assert number(filled(tmp_path / "new" / "a.json", 1, 2)) == 2


def test_a_disk_that_fails_under_the_names_is_no_folder_that_cannot_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        fsync(descriptor)

    storage = filled(tmp_path / "a.json", 1)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", files_only)
        with pytest.raises(StoreWriteError, match="Input/output error"):
            storage.commit({"notes": {1: {"n": 2}}})
        with pytest.raises(StoreWriteError, match="Input/output error"):
            make_folder(tmp_path / "new")
    assert (number(storage), number(DurableStorage(tmp_path / "a.json"))) == (1, 1)


def test_a_store_that_cannot_take_back_a_change_in_place_refuses_every_later_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "a.json")
    store.commit({"notes": {1: {"n": 1}}})

    def refuse(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_bytes", refuse)
        broken.setattr(os, "open", refuse)
        with pytest.raises(StoreWriteError):
            store.table("notes").update({"n": 2}, doc_ids=[1])
    with pytest.raises(StoreWriteError, match="closed"):
        store.commit({"notes": {2: {"n": 3}}})
    assert number(DurableStorage(tmp_path / "a.json")) == 1


def test_what_json_cannot_hold_changes_nothing(tmp_path: Path) -> None:
    storage = filled(tmp_path / "a.json", 1)
    for value in (float("nan"), object()):
        with pytest.raises((TypeError, ValueError)):
            storage.commit({"notes": {1: {"n": value}}})
    assert number(storage) == 1


READ_ONLY = 0o555


@contextlib.contextmanager
def as_nobody(folder: Path, mode: int) -> Iterator[None]:
    """The folder has this mode, also for root, who is somebody else meanwhile."""
    folder.chmod(mode)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o700)


def test_a_read_only_folder() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        storage = filled(folder / "a.json", 1)
        with as_nobody(folder, READ_ONLY):
            with pytest.raises(StoreWriteError):
                storage.commit({"notes": {1: {"n": 2}}})
            for locked in (folder, folder / "new"):
                with pytest.raises(StoreWriteError, match="Permission denied"):
                    FolderLock(locked)
        assert number(storage) == 1
        FolderLock(folder).release()


def test_damage_that_cannot_be_set_aside_is_told_and_left_as_it_is() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.json"
        filled(path, 1, 2)
        path.write_bytes(garbled(path.read_bytes()))
        for file in path.parent.iterdir():
            file.chmod(0o644)
        before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
        with as_nobody(path.parent, READ_ONLY):
            with pytest.raises(StoreWriteError, match="Permission denied"):
                DurableStorage(path)
            looking = DurableStorage(path, read_only=True)
        assert (number(looking), looking.recovered and looking.recovered.set_aside) == (1, None)
        assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before
        assert number(DurableStorage(path)) == 1, "once it may be set aside, it is"


def test_an_interrupted_swap_that_cannot_be_finished_is_read_all_the_same() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.json"
        filled(path, 1, 2)
        path.rename(path.with_suffix(".tmp.json"))
        path.with_suffix(".prev.json").rename(path.with_suffix(".prev.tmp.json"))
        for file in path.parent.iterdir():
            file.chmod(0o644)
        before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
        with as_nobody(path.parent, READ_ONLY):
            storage = DurableStorage(path)
        assert (number(storage), storage.recovered) == (2, None)
        assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before
        storage = DurableStorage(path)
        assert (number(storage), storage.recovered, path.exists()) == (2, None, True)


def test_a_folder_above_that_lets_in_without_being_read_is_no_trouble() -> None:
    with tempfile.TemporaryDirectory() as name, as_nobody(Path(name), 0o333):
        with pytest.raises(PermissionError):
            next(Path(name).iterdir())
        make_folder(Path(name) / "new" / "deep")
        assert number(filled(Path(name) / "new" / "deep" / "a.json", 1, 2)) == 2


def test_a_closed_store_refuses_writes(tmp_path: Path) -> None:
    storage = filled(tmp_path / "a.json", 1)
    storage.close()
    with pytest.raises(StoreWriteError):
        storage.commit({"notes": {1: {"n": 2}}})
    assert number(DurableStorage(tmp_path / "a.json")) == 1


def test_without_hard_links_there_is_still_a_generation_to_go_back_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        if not target.exists():
            raise FileNotFoundError
        raise PermissionError(1, "Operation not permitted")  # what link(2) says on FAT

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    filled(tmp_path / "a.json", 1, 2, 3)
    assert number(DurableStorage(tmp_path / "a.json")) == 3
    (tmp_path / "a.json").write_bytes(b"")
    assert number(DurableStorage(tmp_path / "a.json")) == 2


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    filled(tmp_path / "deep" / "a.json", 1, 2)
    assert {oct(p.stat().st_mode & 0o777) for p in (tmp_path / "deep").iterdir()} == {"0o600"}
    assert oct((tmp_path / "deep").stat().st_mode & 0o777) == "0o700"


def test_reading_touches_no_file(tmp_path: Path) -> None:
    storage = filled(tmp_path / "a.json", 1, 2)
    for path in tmp_path.iterdir():
        path.unlink()
    assert number(storage) == 2


def test_opening_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    filled(tmp_path / "a.json", 1)
    was = gc.isenabled()
    try:
        for on in (False, True):
            (gc.enable if on else gc.disable)()
            DurableStorage(tmp_path / "a.json")
            assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()


def write_until_killed(path: Path, confirmed: int) -> None:
    storage = DurableStorage(path)
    n = number(storage) or 0
    while True:
        n += 1
        storage.commit({"notes": {1: {"n": n}, 2: {"n": n, "filling": "x" * random.randrange(20_000)}}})
        os.write(confirmed, n.to_bytes(8))


def test_a_process_killed_at_random_loses_nothing_it_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    chance = random.Random(20261123)
    last = 0
    for _ in range(40):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                write_until_killed(path, writing)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            numbers = os.read(reading, 8)
            time.sleep(chance.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            numbers += pipe.read()
        last = int.from_bytes(numbers[-8:])
        storage = DurableStorage(path)
        tables = storage.read()
        assert storage.recovered is None
        assert (number(storage) or 0) in (last, last + 1)
        assert tables["notes"]["1"]["n"] == tables["notes"]["2"]["n"]
        last = number(storage) or 0
    assert last >= 40


def test_two_processes_on_one_folder(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from services.storage.store import *\n"
        "try: FolderLock(Path(sys.argv[1])); print('taken')\n"
        "except FolderInUse as error: print(error)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    root = Path(__file__).parents[3]

    def other() -> str:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout

    lock = FolderLock(tmp_path)
    assert str(tmp_path) in other()
    with pytest.raises(FolderInUse):
        FolderLock(tmp_path)
    lock.release()
    assert other() == "taken\n"


def test_a_folder_is_given_back_when_its_writer_is_done_or_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with FolderLock(tmp_path):
            with pytest.raises(FolderInUse):
                FolderLock(tmp_path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with FolderLock(tmp_path):
        pass
    FolderLock(tmp_path).release()


def test_a_file_that_may_not_be_read_is_an_error_and_no_damage(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(StoreError):
        DurableStorage(tmp_path / "a.json")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_the_header_describes_the_payload(tmp_path: Path) -> None:
    filled(tmp_path / "a.json", 1)
    line, _, payload = (tmp_path / "a.json").read_bytes().partition(b"\n")
    header = json.loads(line)
    assert (header["format"], header["schema"], header["length"]) == ("ocop-verify-store", 1, len(payload))


def test_tinydbs_tables_read_what_was_committed(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.json")
    table = store.table("notes")
    assert table.search(lambda row: row["n"] > 0) == []
    store.commit({"notes": {7: {"n": 1}}})
    assert [row.doc_id for row in table.search(lambda row: row["n"] > 0)] == [7]
    assert table.insert({"n": 2}) == 8
    store.commit({"notes": {7: None}})
    assert [row["n"] for row in table] == [2]
