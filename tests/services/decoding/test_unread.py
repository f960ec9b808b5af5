"""What could not be read is told: where, what kind of code, and why; and nothing where no code is."""

from __future__ import annotations

from math import inf

import cv2
import numpy as np
import pytest
import zxingcpp

from services.decoding import PHONE, CodeKind, Engine, FrameTracker, Reason, Symbology, look, look_phone
from services.decoding.engines import EngineRead
from services.decoding.picture import Picture
from services.decoding.symbol import Corners, Unread, bounds
from services.decoding.unread import unread
from tests.services.decoding.pictures import GTIN, LINK, Gray, beside, lies_on_the_ink, qr
from tests.services.decoding.spoilt import PAPER, SPOILT, damaged, glare, label, print_and_texture, too_blurred

KINDS = {
    Symbology.EAN_13: CodeKind.BARCODE,
    Symbology.QR_CODE: CodeKind.QR_CODE,
    Symbology.DATA_MATRIX: CodeKind.DATA_MATRIX,
}


def seen(image: Gray, read: tuple[Corners, ...] = ()) -> tuple[Unread, ...]:
    return unread(Picture(image), read)


@pytest.mark.parametrize(
    ("symbology", "why"),
    [
        (symbology, why)
        for symbology in (Symbology.EAN_13, Symbology.QR_CODE)
        for why in SPOILT
        if (symbology, why) != (Symbology.QR_CODE, Reason.TOO_SMALL)  # modules of a pixel leave nothing to see of it
    ],
)
def test_the_reason_is_told(symbology: Symbology, why: Reason) -> None:
    scale = 8 if why is Reason.TOO_BLURRED and symbology is Symbology.QR_CODE else 4
    codes = seen(SPOILT[why](label(symbology, scale=scale)))
    assert codes
    assert {code.why for code in codes} == {why}


@pytest.mark.parametrize("why", [Reason.TOO_SMALL, Reason.TOO_BLURRED, Reason.CUT_OFF])
def test_white_paper_is_no_glare(why: Reason) -> None:
    printed = label(Symbology.EAN_13)
    codes = seen(SPOILT[why](np.where(printed == PAPER, 255, printed).astype(np.uint8)))
    assert codes
    assert max(codes, key=lambda code: code.module).why is why


@pytest.mark.parametrize("symbology", KINDS)
def test_the_kind_the_place_and_the_module_are_told(symbology: Symbology) -> None:
    image = label(symbology)
    (code,) = seen(image)
    assert code.kind is KINDS[symbology]
    assert lies_on_the_ink(code.corners, np.where(image < 80, 0, 255).astype(np.uint8), slack=12)
    assert code.module == pytest.approx(4, rel=0.25)


def test_a_kind_that_nobody_can_read_is_told() -> None:
    aztec = zxingcpp.create_barcode(LINK, zxingcpp.BarcodeFormat.Aztec)
    symbol = np.array(zxingcpp.write_barcode_to_image(aztec, scale=5))
    (code,) = seen(np.pad(np.where(symbol < 128, 40, 200).astype(np.uint8), 60, constant_values=200))
    assert (code.kind, code.why) == (CodeKind.OTHER_MATRIX, Reason.NO_READER)


@pytest.mark.parametrize("image", print_and_texture().values(), ids=print_and_texture())
def test_print_and_texture_are_no_codes(image: Gray) -> None:
    assert seen(image) == ()


def test_each_code_is_told_once_and_without_what_was_read() -> None:
    row = [label(Symbology.QR_CODE, scale=3), label(Symbology.EAN_13, scale=2), label(Symbology.DATA_MATRIX)]
    image = beside(*row, *row)
    codes = seen(image)
    kinds = [CodeKind.QR_CODE, CodeKind.BARCODE, CodeKind.DATA_MATRIX]
    assert [code.kind for code in sorted(codes, key=lambda code: code.corners[0])] == kinds * 2
    without = seen(image, tuple(code.corners for code in codes[1:]))
    assert without == codes[:1]


@pytest.mark.parametrize("see", [look, look_phone])
def test_a_picture_tells_what_was_read_and_what_was_not(see: object) -> None:
    sight = see(beside(label(Symbology.EAN_13), damaged(label())), budget=30)  # type: ignore[operator]
    assert [symbol.text for symbol in sight.symbols] == [GTIN]
    assert [(code.kind, code.why) for code in sight.unread] == [(CodeKind.QR_CODE, Reason.DAMAGED)]
    assert see(np.zeros((0, 0), np.uint8)) == see(None)  # type: ignore[operator]


def test_corners_and_module_are_those_of_the_picture_as_it_was_given() -> None:
    image = np.pad(damaged(label(scale=8)), ((0, 0), (4000, 0)), constant_values=120)
    sight = look(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), budget=30)
    (code,) = sight.unread
    assert bounds(code.corners)[0] > 4000
    assert code.module == pytest.approx(8, rel=0.3)


def test_a_video_tells_it_beside_what_is_read() -> None:
    tracker = FrameTracker()
    frame = beside(qr(), glare(label()))
    for n in range(4):
        looked = tracker.look(frame, n * 0.1, budget=30)
        assert [read.text for read in looked.visible][:1] == [LINK]
        assert [(code.kind, code.why) for code in looked.unread] == [(CodeKind.QR_CODE, Reason.GLARE)]


def test_a_video_asks_why_of_many_only_where_nothing_is_read() -> None:
    spoilt = [glare(label())] * 3
    assert [code.why for code in FrameTracker().look(beside(*spoilt), 0.0, budget=30).unread] == [Reason.GLARE] * 3
    assert [code.why for code in FrameTracker().look(beside(qr(), *spoilt), 0.0, budget=30).unread] == [None] * 3


def test_a_blurred_code_is_unread_in_a_video_until_it_is_read() -> None:
    tracker = FrameTracker()
    blurred, sharp = too_blurred(label(scale=8)), label(scale=8)
    looks = [tracker.look(frame, n * 0.1, budget=30) for n, frame in enumerate([blurred, sharp, sharp])]
    assert [len(looked.unread) for looked in looks] == [1, 0, 0]


def test_light_that_glare_adds_is_taken_away_and_nothing_is_done_without_highlights() -> None:
    given: list[Gray] = []

    def read(gray: Gray, deadline: float = 0) -> list[EngineRead]:
        given.append(gray)
        return []

    step = next(step for step in PHONE if step.name == "qr glare")
    engine = Engine("one that looks", "test", "1", read)
    image = label()
    assert step.look(Picture(image), engine, inf) == []
    assert given == []
    lit = np.clip(image + np.linspace(0, 40, image.shape[1]), 0, 255).astype(np.uint8)
    lit[:8, :8] = 255
    assert step.look(Picture(lit), engine, inf) == []
    (seen_by_it,) = given
    ink = image < 80
    assert np.ptp(lit[ink].astype(int)) > 10
    assert np.ptp(seen_by_it[ink].astype(int)) <= 3
