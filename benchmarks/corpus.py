"""A corpus of photographs with known codes, which lies outside this project and brings its own judge, `evaluate.py`."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.uint8]
Read = tuple[str, str]
Row = dict[str, Any]


class NoCorpus(Exception):
    """There is no corpus at that path; the text says what is missing."""


@dataclass(frozen=True)
class Verdict:
    """The codes read and the codes there, by symbology, and the texts that are not there."""

    read: dict[str, tuple[int, int]]
    wrong: tuple[Read, ...]

    def share(self, symbology: str | None = None) -> float | None:
        """How much of what is in the picture was read, 0 to 1; None where nothing is, of that symbology."""
        counts = [count for name, count in self.read.items() if symbology in (None, name)]
        there = sum(codes for _, codes in counts)
        return sum(hits for hits, _ in counts) / there if there else None


@dataclass(frozen=True)
class Corpus:
    """Its rows, as its README describes them, and its judge."""

    root: Path
    rows: tuple[Row, ...]
    evaluate: ModuleType

    def pixels(self, row: Row, longest: int = 2400) -> Array:
        """The photograph, BGR, at most `longest` pixels wide and high."""
        return cast("Array", self.evaluate.load(row, str(self.root), longest))

    def judge(self, row: Row, found: Iterable[object]) -> Verdict:
        """What the corpus says of these symbols, or of pairs of text and symbology."""
        judged = self.evaluate.judge(row, list(found))
        return Verdict(judged["read"], tuple(judged["wrong"]))

    def same(self, read: Read, code: Read) -> bool:
        """Whether a read is that code, however each writes it."""
        return bool(self.evaluate.same(read, code))

    def baselines(self) -> dict[str, Callable[[Array], list[Read]]]:
        """zxing-cpp, pyzbar and OpenCV by themselves, as the corpus calls them."""
        called = {"zxing-cpp": "zxingcpp", "pyzbar": "pyzbar", "OpenCV": "opencv"}
        return {name: self.evaluate.BASE[theirs]() for name, theirs in called.items()}


def opened(path: Path, manifest: Path | None = None) -> Corpus:
    """The corpus in a folder; `manifest` names another list of pictures, whose paths start at its own folder.

    Raises NoCorpus where a part is missing.
    """
    manifest = manifest or path / "manifest.jsonl"
    for needed in (path / "evaluate.py", manifest):
        if not needed.is_file():
            raise NoCorpus(f"no corpus: {needed} is not there")
    evaluate = module_at(path / "evaluate.py")
    cv2.setNumThreads(1)
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    return Corpus(manifest.parent, tuple(rows), evaluate)


def module_at(path: Path) -> ModuleType:
    """The module in a file that is not on the path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise NoCorpus(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
