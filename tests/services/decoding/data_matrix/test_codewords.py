"""Modules to text without a picture: placement, Reed-Solomon and the encodation schemes."""

import numpy as np
import pytest

from services.decoding.data_matrix.placement import border, codewords, corrected
from services.decoding.data_matrix.sizes import SIZES
from services.decoding.data_matrix.text import Message, decode
from services.decoding.eci import Undecodable
from services.decoding.reed_solomon import DATA_MATRIX, correct
from tests.services.decoding.data_matrix.symbols import modules


def said(dark: np.ndarray) -> Message:
    size = SIZES[dark.shape]
    fixed, expected = border(size)
    assert (dark[fixed] == expected[fixed]).all()
    done = corrected(codewords(dark, size), size)
    assert done is not None
    assert not any(done[1])
    return decode(done[0].tobytes())


@pytest.mark.parametrize("version", range(1, 49))
def test_every_size_is_taken_apart(version: int) -> None:
    assert said(modules("Aa1", version=version)).text == "Aa1"


def test_there_are_30_sizes_and_the_18_of_the_extension() -> None:
    assert len(SIZES) == 48
    for size in SIZES.values():
        rows, columns = size.matrix
        assert rows * columns // 8 == size.data + size.checks


@pytest.mark.parametrize(
    "alphabet",
    [
        "abcdefgh xyz",
        "ABCDEF 12",
        "0123456789",
        "*>\r ABC123",
        "aA1.:;\x01\x02{|}~",
        "éàü¶abc",
        "日本語テキスト",
        ".@ABC-/1,:",
    ],
)
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 9, 31, 150, 400])
def test_every_encodation_comes_back(alphabet: str, length: int) -> None:
    text = "".join(np.random.default_rng(length).choice(list(alphabet), length))
    assert said(modules(text)).text == text


def test_the_largest_symbol_holds_3116_digits() -> None:
    text = "0123456789" * 311 + "012345"
    assert said(modules(text)).text == text


def test_gs1_drops_the_first_fnc1_and_keeps_the_others_as_separators() -> None:
    message = said(modules("(01)09521234567899(10)123(17)301231", gs1=True))
    assert (message.text, message.gs1) == ("010952123456789910123\x1d17301231", True)
    assert not said(modules("0109521234567899")).gs1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ([236, 66, 129], "[)>\x1e05\x1dA\x1e\x04"),
        ([237, 66, 129], "[)>\x1e06\x1dA\x1e\x04"),
        ([241, 27, 235, 68, 235, 42, 129], "é"),  # ECI 26, UTF-8: bytes C3 A9
        ([241, 21, 235, 3, 235, 33, 129], "あ"),  # ECI 20, Shift JIS: bytes 82 A0
        ([241, 4, 235, 106, 129], "é"),  # ECI 3, Latin-1: byte E9
        ([235, 106, 129], "é"),  # no ECI and not UTF-8
        ([66, 232, 67], "AB"),  # FNC1 in the second place is AIM's, and not transmitted
        ([66, 67, 232, 68], "AB\x1dC"),
        ([240, 4, 32, 199, 66], "ABCGA"),  # EDIFACT, one codeword left over
    ],
)
def test_codewords_a_writer_rarely_makes(data: list[int], text: str) -> None:
    assert decode(bytes(data)).text == text


def test_a_part_of_a_structured_append_says_which() -> None:
    message = decode(bytes([233, 0x2D, 1, 1, 66, 129]))
    assert (message.text, message.part) == ("A", (3, 4))


@pytest.mark.parametrize(
    "data",
    [
        [66, 129, 66],  # a letter in the padding
        [66, 129, 129],  # padding that is not randomised
        [66, 243],  # a codeword without meaning
        [0],
        [235],  # ends in a shift
        [235, 235, 66],
        [231, 200, 1],  # fewer bytes than announced
        [230, 255, 255],  # no C40 triple
        [241, 27, 235, 106, 129],  # not UTF-8, though its ECI says so
        [241, 200, 1, 1, 66],  # an ECI nobody assigned
        [233, 0x2D, 0, 0, 66],  # structured append without file identification
        [241],
    ],
)
def test_codewords_that_break_a_rule_are_refused(data: list[int]) -> None:
    with pytest.raises(Undecodable):
        decode(bytes(data))


def test_random_codewords_end_in_a_text_or_a_refusal() -> None:
    random = np.random.default_rng(1)
    for _ in range(3000):
        data = random.integers(0, 256, random.integers(1, 60), dtype=np.uint8).tobytes()
        try:
            decode(data)
        except Undecodable:
            continue


def damaged(received: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    wrong = received.copy()
    places = random.choice(received.size, count, replace=False)
    wrong[places] ^= random.integers(1, 256, count).astype(np.uint8)
    return wrong


@pytest.mark.parametrize("version", [2, 4, 9, 15, 24, 30, 48])
def test_as_many_errors_as_the_size_allows_are_corrected(version: int) -> None:
    dark = modules("Ch", version=version)
    size = SIZES[dark.shape]
    received, random = codewords(dark, size), np.random.default_rng(version)
    block = received[:: size.blocks]  # one block, data and checks, as the blocks take turns
    capacity = size.checks // size.blocks // 2
    for count in range(capacity + 1):
        wrong = received.copy()
        wrong[:: size.blocks] = damaged(block, count, random)
        done = corrected(wrong, size)
        assert done is not None
        assert sum(done[1]) == count
        assert decode(done[0].tobytes()).text == "Ch"


def test_beyond_the_capacity_there_is_no_text_and_never_a_wrong_one() -> None:
    """Whatever Reed-Solomon takes for another codeword, and with few check codewords it sometimes does, is told by the
    padding and the encodation; nothing passes in 2,000 cases of 14 sizes."""
    random = np.random.default_rng(7)
    for version in (3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 26, 27, 28, 29):
        dark = modules("LO427", version=version)
        size = SIZES[dark.shape]
        received = codewords(dark, size)
        for _ in range(143):
            count = int(random.integers(size.checks // 2 + 1, received.size + 1))
            done = corrected(damaged(received, count, random), size)
            if done is not None:
                with pytest.raises(Undecodable):
                    decode(done[0].tobytes())


def test_a_block_without_errors_is_left_alone_and_a_random_one_refused() -> None:
    random = np.random.default_rng(3)
    assert correct(np.zeros(40, np.uint8), 12, DATA_MATRIX) is not None
    assert all(correct(random.integers(0, 256, 40).astype(np.uint8), 12, DATA_MATRIX) is None for _ in range(500))
