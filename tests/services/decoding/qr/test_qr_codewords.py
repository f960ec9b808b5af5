"""Modules to text without a picture: tables, Reed-Solomon, the modes, and charsets."""

from typing import Any

import numpy as np
import pytest
import segno

from services.decoding.charset import Segment, to_text
from services.decoding.eci import Undecodable
from services.decoding.qr.codewords import corrected, formats
from services.decoding.qr.text import Message, decode
from services.decoding.qr.versions import blocks, format_words, known, mask, order, version_words
from services.decoding.reed_solomon import QR_CODE, correct
from tests.services.decoding.matrices import Modules
from tests.services.decoding.qr.symbols import gs1_modules, matrix, modules


def said(dark: Modules) -> Message:
    version = (len(dark) - 17) // 4
    taken, expected = known(version)
    assert (dark[taken] == expected[taken]).all()
    (form, *_) = formats(dark, version)
    assert form.wrong == 0
    done = corrected(dark, version, form)
    assert done is not None
    assert done[1] == 0
    return decode(done[0], version)


def text_of(dark: Modules) -> str:
    return to_text(said(dark).segments)


@pytest.mark.slow
@pytest.mark.parametrize("error", "LMQH")
@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_and_level_is_taken_apart(version: int, error: str) -> None:
    message = said(modules("Ab1", version=version, error=error, boost_error=False))
    assert to_text(message.segments) == "Ab1"
    assert message.padded


@pytest.mark.parametrize("pattern", range(8))
def test_every_data_mask_is_undone(pattern: int) -> None:
    assert text_of(modules("mặt nạ", version=7, mask=pattern)) == "mặt nạ"


def test_format_and_version_words_keep_their_distance() -> None:
    for words, distance in ((format_words(), 7), (version_words(), 8)):
        apart = (words[:, None] != words[None]).sum(axis=2)
        assert apart[~np.eye(len(words), dtype=bool)].min() == distance


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("0123456789012", {}),
        ("12", {}),
        ("HELLO $%*+-./:", {}),
        ("A", {}),
        ("xin chào Quảng Ninh", {}),
        ("Sản phẩm OCOP 4★", {"encoding": "utf-8", "eci": True}),
        ("点茗", {}),
        ("日本語テキスト", {"encoding": "shift_jis", "mode": "byte"}),
        ("ｱｲｳｴｵ 12", {"encoding": "shift_jis", "mode": "byte"}),
        ("Märchen für Käse", {"encoding": "latin1"}),
        ("Ångström", {"encoding": "latin1"}),
        ("£ 12 ±½", {"encoding": "latin1"}),
        ("Привет", {"encoding": "iso8859-5", "eci": True}),
        ("Ελληνικά", {"encoding": "iso8859-7", "eci": True}),
        ("书读百遍其义自现", {"mode": "hanzi"}),
    ],
)
def test_every_mode_and_charset_comes_back(content: str, options: dict[str, Any]) -> None:
    assert text_of(modules(content, **options)) == content


def test_digits_fill_the_largest_symbol() -> None:
    text = "0123456789" * 708 + "012345678"
    assert text_of(modules(text, error="L")) == text


def test_gs1_drops_the_first_fnc1_and_reads_percent_as_the_separator() -> None:
    message = said(gs1_modules("(01)09521234567899(10)A%B(17)301231"))
    assert message.gs1
    assert message.raw == b"010952123456789910A%B\x1d17301231"


def bits(*fields: tuple[int, int]) -> bytes:
    """Values with their widths, packed and filled up with the terminator."""
    text = "".join(f"{value:0{width}b}" for value, width in fields) + "0000"
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def test_alphanumeric_percent_is_a_separator_only_with_fnc1() -> None:
    pair = [(45 * 10 + 38, 11), (45 * 38 + 38, 11)]  # A% %%
    assert decode(bits((2, 4), (4, 9), *pair), 1).raw == b"A%%%"
    assert decode(bits((5, 4), (2, 4), (4, 9), *pair), 1).raw == b"A%\x1d"


def test_fnc1_in_the_second_place_begins_with_the_application_indicator() -> None:
    digits = [(1, 4), (1, 10), (7, 4)]
    assert decode(bits((9, 4), (37, 8), *digits), 1).raw == b"377"
    assert decode(bits((9, 4), (165, 8), *digits), 1).raw == b"A7"
    assert not decode(bits((9, 4), (37, 8), *digits), 1).gs1


def test_structured_append_counts_from_one() -> None:
    codes = segno.make_sequence("Cục Quản lý, Quảng Ninh " * 4, symbol_count=4)
    assert [said(matrix(code)).part[:2] for code in codes] == [(n, len(codes)) for n in range(1, len(codes) + 1)]  # type: ignore[index]


@pytest.mark.parametrize(
    "codewords",
    [
        bits((1, 4), (1, 10), (10, 4)),  # a group of one digit that is ten
        bits((1, 4), (3, 10), (1000, 10)),
        bits((2, 4), (2, 9), (45 * 45, 11)),
        bits((2, 4), (1, 9), (45, 6)),
        bits((4, 4), (9, 8), (65, 8)),  # fewer bytes than announced
        bits((7, 4), (255, 8)),  # no ECI number
        bits((7, 4), (2, 2), (900, 14), (4, 4), (1, 8), (65, 8)),  # an ECI nobody assigned
        bits((6, 4)),  # no mode
        bits((13, 4), (7, 4), (1, 8), (0, 13)),  # an unknown Hanzi set
        bits((9, 4), (255, 8)),  # no application indicator
        bits((3, 4), (4, 4), (2, 4), (0, 8)),  # the fifth of three
        bits((1, 4), (1, 10), (7, 4), (5, 4)),  # FNC1 after data
    ],
)
def test_codewords_that_break_a_rule_are_refused(codewords: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(codewords, 1)


def test_bytes_outside_the_charset_that_was_said_are_refused() -> None:
    with pytest.raises(Undecodable):
        to_text([Segment(b"\xff\xfe", "utf-8")])
    assert to_text([Segment(b"\xff\xfe", "utf-8")], whole=False) == "��"


def test_a_character_may_be_cut_in_two_between_segments() -> None:
    raw = "Quảng".encode()
    assert to_text([Segment(raw[:4], None), Segment(raw[4:], None)]) == "Quảng"


def test_random_codewords_end_in_a_text_or_a_refusal() -> None:
    random = np.random.default_rng(1)
    for _ in range(3000):
        codewords = random.integers(0, 256, random.integers(1, 60), dtype=np.uint8).tobytes()
        try:
            to_text(decode(codewords, 5).segments)
        except Undecodable:
            continue


def flipped(dark: Modules, version: int, codewords: "np.ndarray[Any, Any]") -> Modules:
    """The symbol with the first bit of each of these codewords turned over."""
    wrong = dark.copy()
    wrong.reshape(-1)[order(version)[codewords * 8]] ^= True
    return wrong


@pytest.mark.parametrize(
    ("version", "error", "level"), [(1, "L", 0), (1, "H", 3), (3, "L", 0), (4, "Q", 2), (2, "L", 0)]
)
def test_as_many_errors_as_the_level_allows_are_corrected_and_not_one_more(
    version: int, error: str, level: int
) -> None:
    dark = modules("CA1", version=version, error=error, boost_error=False)
    (form, *_) = formats(dark, version)
    shares = blocks(version, level)
    most = shares.correctable
    first = np.arange(most + 1) * len(shares.data)  # one block's, as the blocks take turns
    for count in range(most + 1):
        done = corrected(flipped(dark, version, first[:count]), version, form)
        assert done is not None
        assert done[1:] == (count, count == most)
    assert corrected(flipped(dark, version, first), version, form) is None


def test_the_format_information_survives_three_wrong_bits_in_the_better_copy() -> None:
    dark = modules("CA1", version=2, error="M", boost_error=False)
    wrong = dark.copy()
    wrong[8, [0, 1, 2]] ^= True
    wrong[8, -5:] ^= True
    assert formats(wrong, 2)[0].level == 1
    assert formats(wrong, 2)[0].wrong == 3


def test_a_random_block_is_refused() -> None:
    random = np.random.default_rng(3)
    assert all(correct(random.integers(0, 256, 40).astype(np.uint8), 16, QR_CODE) is None for _ in range(500))


def test_masks_leave_the_patterns_alone() -> None:
    assert not mask(7, 0)[known(7)[0]].any()
