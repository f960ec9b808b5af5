"""Which reads are believed: a wrong GTIN accuses somebody's product."""

from typing import Any

import pytest

from services.decoding import Corners, Read, Symbology
from services.decoding.belief import Evidence

RIGHT, WRONG = "9521234567899", "9520000000011"


def box(left: float, top: float, width: float = 100, height: float = 50) -> Corners:
    return (left, top), (left + width, top), (left + width, top + height), (left, top + height)


def read(text: str = RIGHT, family: str = "zxing", region: str = "whole", **fields: Any) -> Read:
    symbology = fields.pop("symbology", Symbology.EAN_13)
    return Read(text, text.encode(), symbology, fields.pop("corners", box(0, 0)), family, "step", region, **fields)


def believed(*reads: Read | tuple[Read, int]) -> list[str]:
    """The texts believed after these reads, each of frame 0 or of the frame beside it."""
    return [symbol.text for symbol in evidence(*reads).believed()]


def evidence(*reads: Read | tuple[Read, int]) -> Evidence:
    gathered = Evidence()
    for each in reads:
        one, frame = each if isinstance(each, tuple) else (each, 0)
        gathered.add([one], frame)
    return gathered


def test_nothing_read_is_nothing_believed() -> None:
    assert believed() == []


@pytest.mark.parametrize("symbology", [s for s in Symbology if not s.is_matrix])
def test_a_single_read_of_a_barcode_is_doubtful(symbology: Symbology) -> None:
    one = read(symbology=symbology)
    assert believed(one) == []
    assert evidence(one).doubtful() == [one]


@pytest.mark.parametrize("symbology", [Symbology.QR_CODE, Symbology.DATA_MATRIX])
def test_a_single_read_with_error_correction_is_believed(symbology: Symbology) -> None:
    gathered = evidence(read(symbology=symbology))
    assert [symbol.confidence for symbol in gathered.believed()] == ["error correction"]
    assert gathered.doubtful() == []


def test_two_engine_families_that_agree_are_believed_and_named() -> None:
    gathered = evidence(read(), read(family="zbar"))
    (symbol,) = gathered.believed()
    assert symbol.confidence == "agreed: zbar whole frame 0, zxing whole frame 0"
    assert gathered.doubtful() == []


def test_one_family_twice_on_the_same_pixels_is_one_witness() -> None:
    assert believed(read(), read()) == []


def test_two_bands_of_one_family_are_two_witnesses() -> None:
    assert believed(read(region="row band 1"), read(region="row band 3")) == [RIGHT]


def test_the_whole_and_a_band_of_it_share_pixels_and_are_one_witness() -> None:
    assert believed(read(), read(region="row band 1")) == []
    assert believed(read(), read(region="row band 1"), read(family="zbar")) == [RIGHT]


def test_two_frames_that_agree_are_believed() -> None:
    assert believed((read(), 1), (read(), 2)) == [RIGHT]
    assert believed((read(), 1), (read(), 1)) == []


def test_an_old_frame_is_no_witness_once_forgotten() -> None:
    gathered = evidence((read(), 1), (read(), 9))
    gathered.forget_before(2)
    assert gathered.believed() == []


def test_reads_of_different_text_do_not_agree() -> None:
    assert believed(read(RIGHT), read(WRONG, "zbar", corners=box(300, 0))) == []


def test_the_same_digits_under_two_symbologies_do_not_agree() -> None:
    assert (
        believed(read("95200002", symbology=Symbology.EAN_8), read("95200002", "zbar", symbology=Symbology.UPC_E)) == []
    )


def test_two_texts_at_one_place_are_both_refused() -> None:
    both = [read(RIGHT), read(RIGHT, "zbar"), read(WRONG, "opencv", corners=box(5, 5))]
    assert believed(*both) == []
    assert evidence(*both).doubtful() == []


def test_much_more_weight_outvotes_a_single_misread() -> None:
    bands = [read(RIGHT, region=f"row band {n}") for n in (1, 2, 3)]
    assert believed(*bands, read(WRONG, "opencv")) == [RIGHT]


def test_two_texts_at_two_places_are_two_products() -> None:
    there = box(200, 0)
    reads = [read(RIGHT), read(RIGHT, "zbar"), read(WRONG, corners=there), read(WRONG, "zbar", corners=there)]
    assert believed(*reads) == [RIGHT, WRONG]


def test_places_that_touch_by_less_than_a_third_do_not_contradict() -> None:
    there = box(80, 0)
    reads = [read(RIGHT), read(RIGHT, "zbar"), read(WRONG, corners=there), read(WRONG, "zbar", corners=there)]
    assert believed(*reads) == [RIGHT, WRONG]


def test_another_product_held_there_in_a_later_frame_is_no_contradiction() -> None:
    assert believed((read(RIGHT), 1), (read(RIGHT), 2), (read(WRONG), 3), (read(WRONG), 4)) == [RIGHT, WRONG]


@pytest.mark.parametrize("short", [Symbology.EAN_8, Symbology.UPC_E])
@pytest.mark.parametrize("long", [Symbology.EAN_13, Symbology.UPC_A])
def test_a_short_symbol_inside_a_long_one_never_wins(short: Symbology, long: Symbology) -> None:
    inside = [
        read("95200002", family, symbology=short, corners=box(20, 5, 40)) for family in ("zxing", "zbar", "opencv")
    ]
    assert believed(*inside, read(symbology=long)) == []
    assert believed(*inside, read(symbology=long), read(family="zbar", symbology=long)) == [RIGHT]


@pytest.mark.parametrize("short", [Symbology.EAN_8, Symbology.UPC_E])
def test_a_short_symbol_beside_a_long_one_is_believed(short: Symbology) -> None:
    small = [read("95200002", family, symbology=short, corners=box(300, 0)) for family in ("zxing", "zbar")]
    assert believed(*small, read(), read(family="zbar")) == ["95200002", RIGHT]


def test_a_qr_over_a_barcode_contradicts_nothing() -> None:
    square = read("https://id.example/", symbology=Symbology.QR_CODE)
    assert believed(read(), read(family="zbar"), square) == [RIGHT, square.text]


def test_the_newest_read_gives_the_place_and_any_read_the_gs1_mark() -> None:
    carton = Symbology.CODE_128
    here, there = box(0, 0), box(7, 3)
    gathered = evidence(
        read(symbology=carton, corners=here, gs1=True), read(family="zbar", symbology=carton, corners=there)
    )
    (symbol,) = gathered.believed()
    assert (symbol.corners, symbol.engine, symbol.gs1) == (there, "zbar", True)
