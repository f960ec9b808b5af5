"""A disk of which only what was synced is sure: what it may hold after a power cut, from a writer's system calls.

A file's data is sure after its fsync; a name (a file made, renamed, linked or removed, a folder made) after the fsync
of the folder it is in. Of what is not sure, anything may have reached the disk.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.durability.traced import Call

Tree = dict[str, bytes | None]
"""Files with their data, and folders (None), by their path below the folder that is watched."""

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_DESCRIPTOR = re.compile(r"^(\d+)<")
_MOST_SUBSETS = 4  # names on the way of which every choice is tried; of more, each beginning and each but one


@dataclass
class _File:
    data: bytes = b""
    synced: bytes = b""


@dataclass
class _Folder:
    names: dict[str, _File | _Folder] = field(default_factory=dict)


@dataclass(frozen=True)
class _Change:
    """Names of one folder, changed at once: None takes a name away."""

    folder: _Folder
    names: dict[str, _File | _Folder | None]


@dataclass(frozen=True)
class CutState:
    """A state after a power cut. `in_order`: as a file system leaves it that loses no name before a later one."""

    tree: Tree
    in_order: bool


class Disk:
    """What was there at the beginning of `root` is sure. Raises NotImplementedError for a call it does not know."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sure = _Folder()
        self._changes: list[_Change] = []
        self._open: dict[int, tuple[_File | _Folder, int]] = {}

    def play(self, call: Call) -> bool:
        """Let a call happen; whether it could have changed what is on the disk."""
        opened = _DESCRIPTOR.match(call.arguments)
        number = int(opened[1]) if opened else -1
        if call.name == "close":
            self._open.pop(number, None)
            return False
        if call.name == "openat":
            return call.result >= 0 and self._opened(call)
        if call.result < 0 or (opened and number not in self._open):
            return False  # failed, or the pipe
        if call.name == "write":
            held, begin = self._open[number]
            assert isinstance(held, _File)
            written = _string(call.arguments)[: call.result]
            held.data = held.data[:begin] + written + held.data[begin + len(written) :]
            self._open[number] = (held, begin + len(written))
        elif call.name == "fsync":
            self._fsync(self._open[number][0])
        elif call.name == "mkdir":
            self._change(self._path(call, 0), _Folder())
        elif call.name == "rename":
            old, new = self._path(call, 0), self._path(call, 1)
            moved, replaced = self._find(old), self._look(new)
            if moved is not replaced:  # rename(2): of two names for one file it does nothing
                assert old.parent == new.parent, "renamed from one folder into another"
                self._changes.append(_Change(self._folder(old), {new.name: moved, old.name: None}))
        elif call.name == "link":
            self._change(self._path(call, 1), self._find(self._path(call, 0)))
        elif call.name == "unlink":
            self._change(self._path(call, 0), None)
        else:
            raise NotImplementedError(call)
        return True

    def after_power_cut(self) -> Iterator[CutState]:
        """What the disk may hold if the power goes now."""
        for count, chosen in self._choices():
            for data in ("current", "synced", "half"):
                yield CutState(dict(_tree(self._sure, [self._changes[n] for n in chosen], data)), count)

    def _choices(self) -> Iterator[tuple[bool, tuple[int, ...]]]:
        everything = tuple(range(len(self._changes)))
        beginnings = {everything[:n] for n in range(len(everything) + 1)}
        if len(everything) <= _MOST_SUBSETS:
            others = {chosen for n in everything for chosen in itertools.combinations(everything, n)}
        else:
            others = {everything[:n] + everything[n + 1 :] for n in everything} | {(n,) for n in everything}
        yield from ((True, chosen) for chosen in beginnings)
        yield from ((False, chosen) for chosen in others - beginnings)

    def _opened(self, call: Call) -> bool:
        path = self._path(call, 0)
        if not path.is_relative_to(self._root):
            return False
        held = self._look(path)
        changed = held is None or "O_TRUNC" in call.arguments
        if held is None:
            assert "O_CREAT" in call.arguments, call
            held = _File()
            self._change(path, held)
        elif isinstance(held, _File) and "O_TRUNC" in call.arguments:
            held.data = b""
        self._open[call.result] = (held, 0)
        return changed

    def _fsync(self, held: _File | _Folder) -> None:
        if isinstance(held, _File):
            held.synced = held.data
            return
        for change in self._changes:
            if change.folder is held:
                _apply(held.names, change.names)
        self._changes = [change for change in self._changes if change.folder is not held]

    def _path(self, call: Call, which: int) -> Path:
        return Path([_decoded(match) for match in _STRING.findall(call.arguments)][which].decode())

    def _change(self, path: Path, to: _File | _Folder | None) -> None:
        self._changes.append(_Change(self._folder(path), {path.name: to}))

    def _folder(self, path: Path) -> _Folder:
        folder = self._find(path.parent)
        assert isinstance(folder, _Folder)
        return folder

    def _find(self, path: Path) -> _File | _Folder:
        found = self._look(path)
        assert found is not None, path
        return found

    def _look(self, path: Path) -> _File | _Folder | None:
        """What a running process finds at `path`."""
        at: _File | _Folder | None = self._sure
        for name in path.relative_to(self._root).parts:
            if not isinstance(at, _Folder):
                return None
            names = dict(at.names)
            for change in self._changes:
                if change.folder is at:
                    _apply(names, change.names)
            at = names.get(name)
        return at


def _apply(names: dict[str, _File | _Folder], changed: dict[str, _File | _Folder | None]) -> None:
    for name, to in changed.items():
        if to is None:
            names.pop(name, None)
        else:
            names[name] = to


def _tree(folder: _Folder, changes: list[_Change], data: str, path: str = "") -> Iterator[tuple[str, bytes | None]]:
    names = dict(folder.names)
    for change in changes:
        if change.folder is folder:
            _apply(names, change.names)
    for name, held in names.items():
        if isinstance(held, _Folder):
            yield f"{path}{name}", None
            yield from _tree(held, changes, data, f"{path}{name}/")
        elif data == "half" and held.data != held.synced:
            yield f"{path}{name}", held.data[: len(held.data) // 2]
        else:
            yield f"{path}{name}", held.data if data == "current" else held.synced


def _string(arguments: str) -> bytes:
    match = _STRING.search(arguments)
    assert match
    return _decoded(match[1])


def _decoded(text: str) -> bytes:
    """What strace wrote with -xx: every byte as \\xNN."""
    found = ast.literal_eval(f'b"{text}"')
    assert isinstance(found, bytes)
    return found


def put(tree: Tree, folder: Path) -> None:
    """Make the files of a state."""
    folder.mkdir()
    for name, data in tree.items():
        if data is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(data)
