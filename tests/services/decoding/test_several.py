"""Several codes in view: all are told, what is read is covered, the budget is kept, and frames share their time."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from services.codes.gtin import check_digit
from services.decoding import DESKTOP, PHONE, FrameTracker, Look, Read, Symbol, Symbology, decode, decode_phone
from services.decoding.belief import Evidence
from services.decoding.cascade import Step
from services.decoding.engines import Engine, EngineRead
from services.decoding.held import follow, hold
from services.decoding.picture import Picture
from services.decoding.pixels import Gray
from services.decoding.symbol import corners_of
from tests.services.decoding.pictures import GTIN, LINK, desktop, drawn, ean13, phone, qr

BOTH = pytest.mark.parametrize("read", [desktop, phone], ids=["desktop", "phone"])
PROFILES = pytest.mark.parametrize("profile", [DESKTOP, PHONE], ids=["desktop", "phone"])
Decoder = Callable[..., list[Symbol]]

GTINS = tuple(f"95212345678{n}{check_digit(f'95212345678{n}')}" for n in range(10))


def sheet(*images: Gray, columns: int = 3) -> Gray:
    """The pictures in a grid, row by row."""
    height, width = (max(image.shape[n] for image in images) for n in (0, 1))
    cells = [np.pad(i, ((0, height - i.shape[0]), (0, width - i.shape[1])), constant_values=255) for i in images]
    cells += [np.full((height, width), 255, np.uint8)] * (-len(cells) % columns)
    return np.vstack([np.hstack(cells[n : n + columns]) for n in range(0, len(cells), columns)])


@BOTH
def test_all_of_ten_barcodes_are_told(read: Decoder) -> None:
    assert {symbol.text for symbol in read(sheet(*(ean13(gtin, scale=2) for gtin in GTINS)))} == set(GTINS)


@BOTH
def test_codes_of_several_kinds_are_all_told(read: Decoder) -> None:
    codes = [
        (GTIN, Symbology.EAN_13),
        ("96385074", Symbology.EAN_8),
        ("01234565", Symbology.UPC_E),
        (LINK, Symbology.QR_CODE),
        ("OCOP-1", Symbology.CODE_128),
        (f"{LINK}?second", Symbology.QR_CODE),
    ]
    image = sheet(*(drawn(text, kind, scale=2) for text, kind in codes))
    assert {(symbol.text, symbol.symbology) for symbol in read(image)} == set(codes)


@pytest.mark.parametrize("read", [decode, decode_phone], ids=["desktop", "phone"])
def test_the_budget_is_kept_with_many_codes_in_view(read: Decoder) -> None:
    image = sheet(*(ean13(gtin, scale=2) for gtin in GTINS * 4), columns=5)
    start = time.process_time()
    read(image, budget=0.2)
    assert time.process_time() - start < 1, "a step runs beside the one before it at most: 0.4 s of two processors"


def box(left: float, top: float, right: float, bottom: float, text: str = GTIN, family: str = "zxing") -> Read:
    corners = corners_of([(left, top), (right, top), (right, bottom), (left, bottom)])
    return Read(text, text.encode(), Symbology.EAN_13, corners, family, "step")


def test_what_is_read_is_covered_and_its_neighbour_is_not() -> None:
    one, other = ean13(), ean13(GTINS[0])
    image = np.hstack([one, other])
    picture = Picture(image)
    assert len(picture.coarse) > 1
    picture.cover([box(40, 60, one.shape[1] - 40, 62)])  # an engine may tell one line only
    assert {region.quad.mean(0)[0] > one.shape[1] for region in picture.coarse} == {True}
    assert (picture.gray[50 : one.shape[0] - 50, 60 : one.shape[1] - 60] == 255).all()
    assert np.array_equal(picture.gray[:, one.shape[1] :], other)
    assert np.array_equal(picture.whole, image)


def test_a_text_on_two_packs_is_covered_on_both() -> None:
    evidence = Evidence()
    evidence.add([box(0, 0, 100, 50), box(0, 0, 100, 50, family="zbar"), box(300, 0, 400, 50, family="zbar")])
    evidence.add([box(0, 200, 90, 250, text=GTINS[0])])
    assert [read.corners[0] for read in evidence.read_places()] == [(0, 0), (0, 0), (300, 0)], "a doubtful one is not"


def looks(tracker: FrameTracker, frames: list[Gray]) -> list[Look]:
    return [tracker.look(frame, n / 15, budget=30) for n, frame in enumerate(frames)]


def counting(asked: list[int], *, profile: tuple[Step, ...]) -> tuple[Step, ...]:
    """The first step of a profile, noting how many places are left for it to look at."""

    def look(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
        asked.append(len(picture.coarse))
        return list(profile[0].look(picture, engine, deadline))

    return (replace(profile[0], look=look),)


def test_a_code_that_stays_in_its_place_is_not_read_anew_in_every_frame_and_is_shown_in_all() -> None:
    asked: list[int] = []
    tracker = FrameTracker(counting(asked, profile=DESKTOP))
    seen = looks(tracker, [np.roll(ean13(), n % 3, axis=1) for n in range(20)])
    assert [{symbol.text for symbol in look.believed} for look in seen] == [{GTIN}] * 20
    assert [len(look.new) for look in seen] == [1] + [0] * 19
    assert 2 < sum(places > 0 for places in asked) < 10, "it was covered in most frames, and read again now and then"


@PROFILES
def test_another_code_that_comes_to_the_place_is_told_soon(profile: tuple[Step, ...]) -> None:
    seen = looks(FrameTracker(profile), [qr()] * 4 + [qr(LINK[:-1] + "2")] * 9)
    assert {symbol.text for look in seen for symbol in look.new} == {LINK, LINK[:-1] + "2"}
    assert {symbol.text for symbol in seen[-1].believed} == {LINK[:-1] + "2"}


def test_a_held_symbol_is_followed_to_where_it_moved_and_given_up_where_it_is_gone() -> None:
    frame = ean13()
    read = box(40, 40, frame.shape[1] - 40, frame.shape[0] - 40)
    symbol = Symbol(GTIN, b"", Symbology.EAN_13, read.corners, "zxing", "step", gs1=False, confidence="agreed")
    held = hold(symbol, read, frame, 1)
    assert held is not None
    moved = follow(held, np.roll(frame, (6, -9), axis=(0, 1)))
    assert moved is not None
    assert np.allclose(moved.symbol.corners, np.add(read.corners, (-9, 6)), atol=3)
    assert follow(held, np.full_like(frame, 255)) is None
    assert follow(held, frame[:30, :30]) is None
