"""Pictures to texts: turned, tilted, bent, blurred, small, damaged and hostile ones."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
import segno

from services.decoding.pixels import Gray
from services.decoding.qr import QrCode, joined, read
from services.decoding.qr.versions import known
from tests.services.decoding.matrices import picture
from tests.services.decoding.qr.symbols import gs1_modules, matrix, modules, photograph

TEXT = "https://id.gs1.org/01/09521234567899/10/L0427?17=261231"


def texts(image: Gray, **options: Any) -> list[str]:
    return [code.text for code in read(image, **options)]


@pytest.mark.slow
@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_is_read(version: int) -> None:
    assert texts(picture(modules("LO4", version=version), 3)) == ["LO4"]


def test_what_a_read_says() -> None:
    dark = gs1_modules("(01)09521234567899(10)AB")
    (code,) = read(picture(dark, 6))
    assert code == QrCode(
        "010952123456789910AB", b"010952123456789910AB", code.corners, gs1=True, errors_corrected=0,
        segments=code.segments,
    )  # fmt: skip
    side = 6 * len(dark)
    assert np.abs(np.array(code.corners) - 24 - [[0, 0], [side, 0], [side, side], [0, side]]).max() < 3


@pytest.mark.parametrize("degrees", range(0, 360, 30))
def test_a_turned_symbol_is_read_and_its_corners_turn_with_it(degrees: int) -> None:
    image = photograph(modules(TEXT), degrees=degrees + 7, seed=degrees)
    (code,) = read(image)
    assert code.text == TEXT
    across = np.subtract(code.corners[1], code.corners[0])
    assert abs((np.rad2deg(np.arctan2(across[1], across[0])) - degrees - 7 + 180) % 360 - 180) < 3


@pytest.mark.parametrize("version", [1, 4, 10])
@pytest.mark.parametrize("seed", range(4))
def test_a_symbol_seen_from_the_side_is_read(version: int, seed: int) -> None:
    text = "LO-4/27"
    image = photograph(modules(text, version=version), pixels=5, degrees=seed * 80, skew=0.08, seed=seed)
    assert texts(image) == [text]


@pytest.mark.parametrize(
    "conditions",
    [
        {"noise": 14},
        {"pixels": 2, "blur": 0.3},
        {"pixels": 20},
        {"shadow": 0.7},
        {"pixels": 6, "blur": 0.55},
        {"bulge": 1.2},
        {"contrast": 0.15, "noise": 2},
    ],
    ids=str,
)
def test_a_poor_picture_is_read(conditions: dict[str, float]) -> None:
    for seed in range(4):
        assert texts(photograph(modules(TEXT), degrees=20 + 90 * seed, seed=seed, **conditions)) == [TEXT]


@pytest.mark.parametrize("degrees", [0, 50, 200])
def test_a_mirrored_symbol_is_read(degrees: int) -> None:
    assert texts(photograph(modules(TEXT), degrees=degrees)[:, ::-1]) == [TEXT]


@pytest.mark.parametrize("turns", range(4))
def test_a_symbol_with_part_of_a_finder_pattern_gone_is_read(turns: int) -> None:
    image = picture(modules(TEXT, error="Q"), 6)
    image[24:36, 24:66] = 255  # two rows of the first one
    assert texts(np.rot90(image, turns)) == [TEXT]
    image = picture(modules(TEXT, error="Q"), 6)
    image[-66:-48, 24:66] = 120  # three of the one below
    assert texts(np.rot90(image, turns)) == [TEXT]


def test_a_spot_is_corrected_and_counted() -> None:
    image = picture(modules(TEXT), 6)
    cv2.circle(image, (130, 130), 12, 0, -1)
    (code,) = read(image)
    assert code.text == TEXT
    assert code.errors_corrected > 0


def test_a_frame_of_a_video_is_read_quickly() -> None:
    frame = np.full((720, 1280), 150, np.uint8)
    symbol = photograph(modules(TEXT), degrees=30, pixels=4)
    frame[100 : 100 + len(symbol), 300 : 300 + len(symbol)] = symbol
    assert texts(frame, quick=True) == [TEXT]


@pytest.mark.slow
@pytest.mark.parametrize("version", [1, 2, 4])
def test_damage_that_grows_ends_in_nothing_and_never_in_another_text(version: int) -> None:
    random = np.random.default_rng(version)
    counts = {0: 0, 1: 0}
    for trial in range(30):
        dark = modules("LO427", version=version, error="L", boost_error=False)
        flips = (random.random(dark.shape) < trial / 1000) & ~known(version)[0]
        found = texts(picture(dark ^ flips, 5))
        assert found in ([], ["LO427"])
        counts[len(found)] += 1
    assert min(counts.values()) > 3


@pytest.mark.slow
def test_random_modules_between_right_patterns_say_nothing() -> None:
    random = np.random.default_rng(11)
    for trial in range(16):
        taken, dark = known(1 + trial % 4)
        image = picture(np.where(taken, dark, random.random(dark.shape) < 0.5), 4)
        assert texts(image) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_the_parts_of_a_structured_append_in_one_picture_are_joined(order: tuple[int, ...]) -> None:
    message = "Chả mực Hạ Long, bốn sao, lô 0427, hạn dùng 31/12/2026"
    pictures = [picture(matrix(code), 5) for code in segno.make_sequence(message, symbol_count=3)]
    codes = read(np.hstack([pictures[n] for n in order]))
    assert sorted(code.part[:2] for code in codes if code.part) == [(1, 3), (2, 3), (3, 3)]
    (whole,) = joined(codes)
    assert whole.text == message
    assert whole.part is None
    assert joined([*codes, codes[0]]) == [whole]
    assert joined(codes[:2]) == []
    alone = read(picture(modules(TEXT)))
    assert joined([*codes, *alone]) == [*alone, whole]


def test_parts_of_different_messages_are_not_joined() -> None:
    def parts(message: str) -> list[QrCode]:
        return [read(picture(matrix(code)))[0] for code in segno.make_sequence(message, symbol_count=2)]

    one, two = parts("Miến dong Bình Liêu, lô 1"), parts("Miến dong Bình Liêu, lô 2")
    assert joined([one[0], two[1]]) == []
    # Of the same parity, as its characters only change places, and yet another message.
    three = parts("Miến dong Bình Liêu 1, lô")
    assert three[0].part == one[0].part
    assert joined([*one, *three]) == []


def test_the_deadline_is_kept_on_a_picture_full_of_finder_patterns(working_time: Callable[[], float]) -> None:
    finder = np.pad(np.kron(~known(1)[1][:7, :7], np.full((4, 4), 255)), 10, constant_values=255).astype(np.uint8)
    image = np.tile(finder, (12, 20))
    read(image, deadline=working_time() + 0.2)  # tables are made once
    began = working_time()
    read(image, deadline=began + 0.05)
    assert working_time() - began < 0.25  # a step under way is ended
