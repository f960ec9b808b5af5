"""Pictures meant to harm: none of them may raise, take the memory, or take long."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.decoding import DESKTOP, FrameTracker, decode, decode_phone
from services.decoding.images import MAX_BYTES, MIN_SIDE, to_gray
from services.decoding.pixels import MAX_SIDE
from tests.services.decoding.hostile_files import FILES
from tests.services.decoding.pictures import GTIN, LINK, beside, desktop, ean13, phone, qr

ROOT = Path(__file__).resolve().parents[3]


def noise(*shape: int) -> Any:
    return np.random.default_rng(3).integers(0, 256, shape, np.uint8)


NO_PICTURES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "list": lambda: qr().tolist(),
    "bytes": lambda: qr().tobytes(),
    "text": lambda: "picture.jpg",
    "number": lambda: np.uint8(7),
    "0-D": lambda: np.array(7, np.uint8),
    "1-D": lambda: noise(500),
    "0 x 0": lambda: noise(0, 0),
    "0 x 0 x 3": lambda: noise(0, 0, 3),
    "0 x 30000": lambda: noise(0, 30_000),
    "no channel": lambda: noise(50, 50, 0),
    "1 x 1": lambda: noise(1, 1),
    "1 x 30000": lambda: noise(1, 30_000),
    "30000 x 1 x 3": lambda: noise(30_000, 1, 3),
    "30000 x 8": lambda: noise(30_000, 8),
    "two channels": lambda: np.dstack([qr()] * 2),
    "five channels": lambda: np.dstack([qr()] * 5),
    "channels first": lambda: np.stack([qr()] * 3),
    "4-D": lambda: np.dstack([qr()] * 3)[None],
    "bool": lambda: qr() > 0,
    "int8": lambda: qr().astype(np.int8),
    "uint16": lambda: qr().astype(np.uint16) * 257,
    "float of 0 to 1": lambda: qr() / 255,
    "float of 0 to 255": lambda: qr().astype(np.float32),
    "NaN": lambda: np.full((50, 50), np.nan),
    "infinite": lambda: np.full((50, 50, 3), np.inf, np.float16),
    "complex": lambda: qr().astype(np.complex64),
    "objects": lambda: np.full((50, 50), None, object),
    "texts": lambda: np.full((50, 50), "a"),
    "records": lambda: np.zeros((50, 50), [("b", np.uint8), ("g", np.uint8)]),
    "times": lambda: np.zeros((50, 50), "datetime64[s]"),
    "a long line": lambda: np.zeros(5000, np.uint8),
    "long without columns": lambda: np.zeros((5000, 0), np.uint8),
    "long without colours": lambda: np.zeros((5000, 20, 0), np.uint8),
    "long of four": lambda: np.zeros((5000, 4, 4, 4), np.uint8),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_has_no_symbols(name: str) -> None:
    image = NO_PICTURES[name]()
    assert decode(image) == []
    assert decode_phone(image) == []
    assert FrameTracker(DESKTOP).look(image, 0.0).visible == ()


def test_the_least_pictures_are_looked_at() -> None:
    """The smallest that pass reach every engine, and none of them falls over it."""
    for shape in ((MIN_SIDE, MIN_SIDE), (MIN_SIDE, 300), (300, MIN_SIDE, 3), (MIN_SIDE + 1, MIN_SIDE, 4)):
        assert to_gray(noise(*shape)) is not None
        assert desktop(noise(*shape)) == []
        assert phone(noise(*shape)) == []


SAME_PIXELS: dict[str, Callable[[Any], Any]] = {
    "every second of twice as many": lambda image: np.repeat(np.repeat(image, 2, 0), 2, 1)[::2, ::2],
    "backwards": lambda image: np.ascontiguousarray(image[::-1, ::-1])[::-1, ::-1],
    "column by column": np.asfortranarray,
    "red to blue": lambda image: np.ascontiguousarray(np.dstack([image] * 3)[:, :, ::-1])[:, :, ::-1],
    "planes": lambda image: np.stack([image] * 3).transpose(1, 2, 0),
    "four channels": lambda image: np.dstack([image] * 4),
    "one channel": lambda image: image[:, :, None],
    "a part of a larger one": lambda image: np.pad(np.dstack([image] * 3), ((5, 5), (7, 7), (0, 0)))[5:-5, 7:-7],
    "masked": np.ma.masked_array,
}


@pytest.mark.parametrize("name", SAME_PIXELS)
def test_pixels_are_read_however_they_lie_in_memory(name: str) -> None:
    image = SAME_PIXELS[name](beside(ean13(), qr()))
    image.flags.writeable = False
    for read in (desktop, phone):
        assert GTIN in [symbol.text for symbol in read(image)] or LINK in [symbol.text for symbol in read(image)]


def test_a_huge_array_comes_down_to_the_limit_at_little_cost() -> None:
    huge = np.broadcast_to(np.uint8(200), (30_000, 30_000, 3))  # one byte of memory, 2.7 GB as pixels
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    gray = to_gray(huge)
    assert gray is not None
    assert (gray.shape, gray.min(), gray.max()) == ((MAX_SIDE, MAX_SIDE), 200, 200)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # KiB
    assert time.process_time() - start < 2


def test_a_large_picture_is_averaged_and_not_only_sampled() -> None:
    lines = np.zeros((40, 2 * MAX_SIDE - 2), np.uint8)
    lines[:, ::2] = 255
    gray = to_gray(lines)
    assert gray is not None
    assert (gray.min() > 100, gray.max() < 155) == (True, True)


@pytest.fixture(scope="module")
def told() -> Iterator[Callable[[str], dict[str, Any]]]:
    """What a process of its own says of a hostile file: the reason or the shape, the seconds and the memory.

    It goes through all files while the tests look at one after another: each waits for no more than its own.
    """
    command = [sys.executable, "-W", "ignore", "-m", "tests.services.decoding.hostile_files"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        lines = map(json.loads, run.stdout)
        said: dict[str, dict[str, Any]] = {}

        def of(name: str) -> dict[str, Any]:
            while name not in said:
                line = next(lines)  # there is none where the process has died
                said[line["name"]] = line
            return said[name]

        yield of
        run.kill()


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_or_read_within_the_memory(name: str, told: Callable[[str], dict[str, Any]]) -> None:
    line = told(name)
    assert line["outcome"] == FILES[name].outcome
    assert line["grown"] < 1.15 * MAX_BYTES
    assert line["seconds"] < 5  # of the processor


def test_no_time_beyond_the_budget_goes_to_what_is_seen_and_not_told() -> None:
    image = noise(900, 1200)
    used = []
    for read in (decode, decode_phone):
        start = time.thread_time()
        assert read(image, budget=0) == []
        used.append(time.thread_time() - start)
    assert max(used) < 0.05
