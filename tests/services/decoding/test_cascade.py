"""The cascade: its steps, its budget, hostile input, engines that are not there, and several threads at once."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from services.decoding import DESKTOP, PHONE, CodeKind, Engine, Missing, Symbol, engines, present
from services.decoding.belief import Evidence
from services.decoding.cascade import run
from services.decoding.picture import Picture
from tests.services.decoding.pictures import GTIN, LINK, Gray, blank, desktop, ean13, lies_on_the_ink, phone, qr, turned
from tests.services.decoding.steps import noting

BOTH = pytest.mark.parametrize("read", [desktop, phone], ids=["desktop", "phone"])
Decoder = Callable[..., list[Symbol]]
STEPS = {step.name: step for step in (*DESKTOP, *PHONE)}


@BOTH
def test_a_spent_budget_ends_it_before_the_first_step(read: Decoder) -> None:
    assert read(qr(), budget=0) == []
    assert len(read(qr(), budget=5)) == 1


def never() -> bool:
    return False


def test_a_step_that_takes_too_long_is_not_waited_for() -> None:
    asked: list[str] = []
    finished = threading.Event()
    start = time.monotonic()
    profile = tuple(noting(asked, f"endless {n}", doing=lambda: finished.wait(30)) for n in range(10))
    try:
        assert list(run(Picture(blank()), profile, start + 0.1, never)) == []
        assert time.monotonic() - start < 10
        assert asked == ["endless 0"]
    finally:
        finished.set()


def test_a_step_that_would_not_fit_is_left_out_and_a_quicker_one_is_taken() -> None:
    asked: list[str] = []
    profile = (noting(asked, "a slow step", doing=lambda: time.sleep(0.5)), noting(asked, "a quick step"))
    list(run(Picture(blank()), profile, time.monotonic() + 30, never))
    list(run(Picture(blank()), profile, time.monotonic() + 0.48, never))
    assert asked == ["a slow step", "a quick step", "a quick step"]


def test_once_there_is_enough_only_the_steps_that_are_always_taken_go_on() -> None:
    asked: list[str] = []
    profile = (noting(asked, "first", always=True), noting(asked, "second"), noting(asked, "third", always=True))
    list(run(Picture(blank()), profile, time.monotonic() + 30, lambda: bool(asked)))
    assert asked == ["first", "third"]


def test_a_step_for_several_codes_goes_on_where_more_than_one_was_read() -> None:
    for several, taken in ((False, ["first"]), (True, ["first", "second"])):
        asked: list[str] = []
        profile = (noting(asked, "first"), replace(noting(asked, "second"), picture=True, several=True))
        deadline = time.monotonic() + 30
        list(run(Picture(blank()), profile, deadline, lambda a=asked: bool(a), several=lambda s=several: s))
        assert asked == taken


@pytest.mark.parametrize(("in_vain", "kind", "taken"), [(0, "barcode", 0), (0, "data_matrix", 1), (0.04, "barcode", 1)])
def test_a_step_is_left_out_where_nothing_is_seen_that_it_could_read(in_vain: float, kind: str, taken: int) -> None:
    asked: list[str] = []
    step = replace(noting(asked, "data matrix"), seeks=(CodeKind.DATA_MATRIX,), in_vain=in_vain)
    list(run(Picture(blank()), (step,), time.monotonic() + 30, never, seen=lambda: {CodeKind(kind)}))
    assert len(asked) == taken


@pytest.mark.parametrize("name", ["matrix: zxing", "zbar double", "zxing double"])
def test_a_symbol_lies_where_it_is_also_when_read_in_another_size(name: str) -> None:
    image = qr(scale=5)
    if name == "matrix: zxing":
        image = np.pad(image, ((0, 1200), (0, 900)), constant_values=255)
        assert max(image.shape) > 1280, "smaller pictures are looked at as they are"
    ((read,),) = list(run(Picture(image), (STEPS[name],), time.monotonic() + 5, never))
    assert (read.text, read.step) == (LINK, name)
    assert lies_on_the_ink(read.corners, image)


def test_a_picture_over_the_limit_is_shrunk_and_its_symbol_lies_in_its_own_pixels() -> None:
    image = np.full((5000, 6000), 255, np.uint8)
    label = qr(scale=20)
    image[3000 : 3000 + label.shape[0], 4000 : 4000 + label.shape[1]] = label
    (symbol,) = desktop(image)
    assert symbol.text == LINK
    assert lies_on_the_ink(symbol.corners, image)


HOSTILE: dict[str, np.ndarray[Any, Any]] = {
    "no pixels": np.zeros((0, 0), np.uint8),
    "no columns": np.zeros((50, 0, 3), np.uint8),
    "one pixel": np.zeros((1, 1), np.uint8),
    "a scalar": np.array(3, np.uint8),
    "a row": np.zeros(500, np.uint8),
    "a stack": np.zeros((2, 50, 50, 3), np.uint8),
    "two channels": np.zeros((50, 50, 2), np.uint8),
    "floats": ean13().astype(np.float64),
    "not a number": np.full((100, 100, 3), np.nan),
    "truths": np.ones((50, 50), bool),
    "signed": np.zeros((50, 50), np.int8),
    "objects": np.full((50, 50), None, object),
    "a line of 60,000": np.zeros((9, 60_000), np.uint8),
    "a column of 60,000": np.zeros((60_000, 9, 3), np.uint8),
    "black": np.zeros((300, 300, 3), np.uint8),
    "noise": np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8),
}


@BOTH
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_of_a_symbol_gives_none(read: Decoder, name: str) -> None:
    assert read(HOSTILE[name]) == []


def read_only(image: Gray) -> Gray:
    image = image.copy()
    image.flags.writeable = False
    return image


@BOTH
@pytest.mark.parametrize(
    "seen_as",
    [
        lambda gray: gray[:, :, None],
        lambda gray: cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR),
        lambda gray: cv2.cvtColor(gray, cv2.COLOR_GRAY2BGRA),
        read_only,
        np.asfortranarray,
        lambda gray: np.repeat(gray, 2, axis=1)[:, ::2],
        lambda gray: np.ascontiguousarray(gray[::-1])[::-1],
        lambda gray: read_only(np.repeat(gray[:, :, None], 3, axis=2))[:, ::-1],
    ],
    ids=["one channel", "BGR", "BGRA", "read-only", "by columns", "every second", "upwards", "mirrored view"],
)
def test_any_layout_of_the_pixels_will_do(read: Decoder, seen_as: Callable[[Gray], Gray]) -> None:
    image = seen_as(ean13())
    before = image.copy()
    assert [symbol.text for symbol in read(image)] == [GTIN]
    assert np.array_equal(image, before)


def opencv_barcode() -> Engine:
    engine = engines.find("opencv-barcode")
    assert isinstance(engine, Engine)
    return engine


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes packages unimportable, as on a target that has no wheel for them."""

    def hide(*packages: str) -> None:
        for package in packages:
            monkeypatch.setitem(sys.modules, package, None)
        engines.find.cache_clear()

    yield hide
    monkeypatch.undo()
    engines.find.cache_clear()


def test_every_engine_is_there() -> None:
    assert [engine for engine in present() if isinstance(engine, Missing)] == []
    there = {engine.name: engine.family for engine in present() if isinstance(engine, Engine)}
    families = {"zxing-cpp": "zxing", "pyzbar": "zbar", "opencv-barcode": "opencv"}
    assert families.items() <= there.items()


@pytest.mark.parametrize(("package", "name"), [("zxingcpp", "zxing-cpp"), ("pyzbar", "pyzbar")])
def test_a_missing_engine_is_said_and_the_others_go_on(without: Callable[..., None], package: str, name: str) -> None:
    without(package)
    (missing,) = [engine for engine in present() if isinstance(engine, Missing)]
    assert missing.name == name
    assert package in missing.reason
    assert [symbol.text for symbol in desktop(ean13())] == [GTIN]
    assert [symbol.text for symbol in desktop(qr())] == [LINK]


def test_our_reader_alone_reads_a_qr(without: Callable[..., None]) -> None:
    without("zxingcpp", "pyzbar")
    assert [symbol.text for symbol in desktop(qr(scale=5))] == [LINK]


def test_one_engine_alone_is_one_witness_of_a_barcode() -> None:
    gathered = Evidence()
    for reads in run(Picture(turned(ean13(), 10)), (STEPS["opencv barcode"],), time.monotonic() + 30, never):
        gathered.add(reads)
    assert [read.text for read in gathered.doubtful()] == [GTIN]
    assert gathered.believed() == []


def test_four_threads_read_at_once() -> None:
    texts = [f"https://id.example/{n}" for n in range(4)]
    images = [qr(text, scale=4) for text in texts]

    def read(n: int) -> tuple[int, list[str]]:
        reader = (desktop, phone)[n % 2]
        return n, [symbol.text for symbol in reader(images[n % 4])]

    with ThreadPoolExecutor(4) as pool:
        for n, found in pool.map(read, range(40)):
            assert found == [texts[n % 4]]


def test_opencv_detectors_are_not_shared_between_threads() -> None:
    slanted = turned(ean13(), 10)
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda _: [read.text for read in opencv_barcode().read(slanted)], range(60))
        assert list(found) == [[GTIN]] * 60
