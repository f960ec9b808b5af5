"""Which reads are believed: a wrong GTIN accuses somebody's product."""

import time
from dataclasses import replace
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


def square(text: str = "https://id.example/", family: str = "zxing", raw: bytes | None = None, **fields: Any) -> Read:
    read_ = read(text, family, symbology=Symbology.QR_CODE, corners=fields.pop("corners", box(0, 0, 50)), **fields)
    return replace(read_, raw=text.encode() if raw is None else raw)


def test_the_same_bytes_in_two_charsets_are_one_symbol_with_the_text_of_our_own_reader() -> None:
    raw = "Hạ Long".encode()
    for order in (1, -1):
        reads = [square("Hạ Long", "qr", raw), square("Háº¡ Long", "zbar", raw)][::order]
        assert believed(*reads) == ["Hạ Long"]


def test_the_same_text_of_bytes_that_an_engine_recoded_is_one_symbol() -> None:
    assert believed(square("Hạ", "qr", b"\x01"), square("Hạ", "zbar", "Hạ".encode())) == ["Hạ"]


def test_of_two_matrix_texts_at_one_place_neither_is_believed_unless_one_is_far_better_proven() -> None:
    assert believed(square("one", "qr"), square("two", "zxing")) == []
    assert believed(square("one", "qr"), square("one", "zbar"), square("two", "zxing")) == ["one"]
    assert believed((square("one"), 1), (square("two"), 2)) == ["one", "two"], "another code held there later"


@pytest.mark.parametrize(
    "there",
    [
        box(15, 15, 20, 20),  # a small one printed in the middle of a large one
        box(45, 0, 50),  # its upright rectangle overlaps
        ((25.0, -5.0), (75.0, 45.0), (125.0, -5.0), (75.0, -55.0)),  # a neighbour stands on its corner
    ],
)
def test_matrix_symbols_within_and_beside_each_other_are_both_believed(there: Corners) -> None:
    assert believed(square("one"), square("two", "qr", corners=there)) == ["one", "two"]


def slanted(at: float) -> Corners:
    """A barcode at 45 degrees, `at` pixels along the other diagonal."""
    return (at, 100 + at), (100 + at, at), (120 + at, 20 + at), (20 + at, 120 + at)


def test_slanted_neighbours_do_not_contradict_though_their_upright_rectangles_overlap() -> None:
    one = [read(RIGHT, family, corners=slanted(0)) for family in ("zxing", "zbar")]
    other = [read(WRONG, family, corners=slanted(-40)) for family in ("zxing", "zbar")]
    assert believed(*one, *other) == [RIGHT, WRONG]
    assert believed(*one, *(replace(each, corners=slanted(-2)) for each in other)) == []


def test_a_read_whose_engine_tells_one_line_without_width_contradicts_too() -> None:
    line = ((50.0, 5.0), (50.0, 5.0), (50.0, 45.0), (50.0, 45.0))
    assert believed(read(), read(family="opencv"), read(WRONG, "zbar", corners=line)) == []


@pytest.mark.parametrize("weak", [Symbology.EAN_8, Symbology.UPC_E, Symbology.ITF_14])
def test_a_weak_symbol_read_from_the_modules_of_a_matrix_symbol_is_refused(weak: Symbology) -> None:
    inside = [read("95200002", family, symbology=weak, corners=box(5, 5, 40, 10)) for family in ("zxing", "zbar")]
    assert believed(*inside, square()) == [square().text]
    beside = [replace(each, corners=box(100, 5)) for each in inside]
    assert believed(*beside, square()) == ["95200002", square().text]


@pytest.mark.parametrize("strong", [Symbology.CODE_128, Symbology.EAN_13])
def test_a_weak_symbol_in_a_strong_one_is_refused_however_many_agree(strong: Symbology) -> None:
    bands = [read("19521234567896", region=f"band {n}", symbology=Symbology.ITF_14) for n in (1, 2, 3)]
    assert believed(*bands, read("LO-42", symbology=strong)) == []


def test_a_drawing_unlike_the_picture_refutes_what_engines_agree_on_but_not_what_bands_say() -> None:
    whole = [read(), read(family="zbar")]
    assert evidence(*whole).uncompared() == [whole[1]]
    refuted = replace(read(), refuted=True)
    assert believed(*whole, refuted) == []
    assert evidence(*whole, refuted).uncompared() == []
    assert evidence(read(), refuted).doubtful() == []
    assert believed(*whole, refuted, read(region="band 1"), read(region="band 2")) == [RIGHT]


def test_what_is_refuted_contradicts_nothing() -> None:
    wrong = read(WRONG, "zbar")
    assert believed(read(), read(family="opencv"), wrong) == []
    assert believed(read(), read(family="opencv"), wrong, replace(wrong, refuted=True)) == [RIGHT]


@pytest.mark.parametrize("weak", [Symbology.EAN_8, Symbology.UPC_E, Symbology.ITF_14])
def test_one_engine_is_no_second_witness_of_a_weak_symbol_in_the_next_frame(weak: Symbology) -> None:
    assert believed(*((read("95200002", symbology=weak), frame) for frame in range(5))) == []
    assert believed((read("95200002", symbology=weak), 1), (read("95200002", "zbar", symbology=weak), 2)) != []


def test_a_hundred_codes_are_believed_quickly() -> None:
    """Each step reads all codes again, and after each step it is asked what is believed."""
    gathered, start = Evidence(), time.process_time()
    for step in range(8):
        for code in range(140):
            place = box(code % 12 * 110 + step % 3, code // 12 * 60)
            gathered.add([read(f"{code:013}", f"{step}", f"band {band}", corners=place) for band in (1, 2, 3)])
        assert len(gathered.believed()) == 140
    assert time.process_time() - start < 2


def test_the_places_of_what_is_believed_are_known_for_each_pack_that_bears_it() -> None:
    there, later = read(family="zbar", corners=box(300, 0)), read(region="band 1")
    gathered = evidence(read(), there, read(WRONG, corners=box(600, 0)), (later, 1))
    assert gathered.read_places() == [read(), there]
    assert gathered.read_places(1) == [later]
