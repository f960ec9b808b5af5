"""From data codewords to text: the encodation schemes of ISO/IEC 16022:2006, 5.2, read strictly."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.decoding.charset import Segment, to_text
from services.decoding.eci import Undecodable, charset_of

_C40_BASIC = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEXT_BASIC = " 0123456789abcdefghijklmnopqrstuvwxyz"
_SHIFT_2 = "!\"#$%&'()*+,-./:;<=>?@[\\]^_"
_TEXT_SHIFT_3 = "`ABCDEFGHIJKLMNOPQRSTUVWXYZ{|}~\x7f"
_X12 = "\r*> 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNLATCH, _PAD, _FNC1 = 254, 129, 29


@dataclass
class Message:
    """What the codewords say. `part` is the position in a structured append (from 1) and the number of symbols."""

    text: str = ""
    raw: bytes = b""
    gs1: bool = False
    part: tuple[int, int] | None = None


@dataclass
class _Reader:
    codewords: bytes
    at: int = 0
    upper: bool = False  # the next character is 128 higher
    out: bytearray = field(default_factory=bytearray)
    starts: list[tuple[int, int]] = field(default_factory=list)  # where in `out` which ECI begins

    @property
    def left(self) -> int:
        return len(self.codewords) - self.at

    def take(self) -> int:
        if not self.left:
            raise Undecodable("the codewords end too early")
        self.at += 1
        return self.codewords[self.at - 1]

    def put(self, character: int) -> None:
        if self.upper and character > 127:
            raise Undecodable("a character is shifted twice")
        self.out.append(character + 128 * self.upper)
        self.upper = False

    def fnc1(self) -> None:
        if self.upper:
            raise Undecodable("FNC1 is shifted")
        self.out.append(_FNC1)


def decode(codewords: bytes) -> Message:
    """The message in the data codewords of a whole symbol. Raises Undecodable.

    As scanners transmit it: FNC1 in first position only sets `gs1`, later ones are the group separator, macros are
    spelt out. Many writers leave the ECI out: charset.py tells what the bytes are.
    """
    reader, message = _Reader(codewords), Message()
    if codewords[0] == 233:
        message.part = _structured_append(reader)
    elif codewords[0] == 234:  # reader programming; its text is still shown to people
        reader.take()
    first = reader.at
    macro = reader.left and codewords[first] in (236, 237)
    if macro:
        reader.out += b"[)>\x1e05\x1d" if reader.take() == 236 else b"[)>\x1e06\x1d"
    while reader.left:
        codeword = reader.take()
        if 1 <= codeword <= 128:
            reader.put(codeword - 1)
        elif codeword == _PAD:
            _padding(reader)
        elif 130 <= codeword <= 229:
            for digit in f"{codeword - 130:02}":
                reader.put(ord(digit))
        elif codeword == 232:
            if reader.at == first + 1:
                message.gs1 = True
            elif reader.at != first + 2:  # in second position it marks an AIM application indicator, and is not sent
                reader.fnc1()
        elif codeword == 235 and not reader.upper:
            reader.upper = True
        elif codeword == 241:
            reader.starts.append((len(reader.out), _eci(reader)))
        elif codeword in _LATCHES and not reader.upper:
            _LATCHES[codeword](reader)
        elif codeword != _UNLATCH or reader.left:
            raise Undecodable(f"codeword {codeword} has no meaning here")
    if reader.upper:
        raise Undecodable("the message ends in a shift")
    if macro:
        reader.out += b"\x1e\x04"
    message.raw = bytes(reader.out)
    message.text = _text_of(message.raw, reader.starts)
    return message


def _structured_append(reader: _Reader) -> tuple[int, int]:
    """Read codeword 233: position and total in one codeword, then two of file identification (5.6)."""
    reader.take()
    both = reader.take()
    position, total = (both >> 4) + 1, 17 - (both & 15)
    if not 2 <= total <= 16 or position > total:
        raise Undecodable("no place in a structured append")
    if not (1 <= reader.take() <= 254 and 1 <= reader.take() <= 254):
        raise Undecodable("no file identification")
    return position, total


def _padding(reader: _Reader) -> None:
    """Check that only pads follow the first pad codeword, randomised by their position (5.2.4.2)."""
    while reader.left:
        found = reader.take()
        expected = _PAD + 149 * reader.at % 253 + 1
        if found != (expected if expected <= 254 else expected - 254):
            raise Undecodable("wrong padding")


def _eci(reader: _Reader) -> int:
    """The ECI number after codeword 241 (table 6)."""
    first = reader.take()
    if 1 <= first <= 127:
        return first - 1
    second = reader.take() - 1
    if 128 <= first <= 191 and 0 <= second <= 253:
        return (first - 128) * 254 + second + 127
    third = reader.take() - 1
    if 192 <= first <= 207 and 0 <= second <= 253 and 0 <= third <= 253:
        return (first - 192) * 64516 + second * 254 + third + 16383
    raise Undecodable("no ECI number")


def _triples(reader: _Reader) -> list[int]:
    """The values, three in each pair of codewords, up to the unlatch or the end (table 3's rule)."""
    values = []
    while reader.left >= 2:
        if reader.codewords[reader.at] == _UNLATCH:
            reader.take()
            break
        packed = 256 * reader.take() + reader.take() - 1
        if not 0 <= packed < 64000:
            raise Undecodable("no triple of values")
        values += [packed // 1600, packed // 40 % 40, packed % 40]
    return values


def _c40(reader: _Reader, basic: str = _C40_BASIC, shift_3: str | None = None) -> None:
    """C40; with its own character sets, Text. A single codeword left over is ASCII."""
    shift = 0
    for value in _triples(reader):
        if shift == 0:
            if value < 3:
                shift = value + 1
            else:
                reader.put(ord(basic[value - 3]))
            continue
        if shift == 1 and value < 32:
            reader.put(value)
        elif shift == 2 and value < 27:
            reader.put(ord(_SHIFT_2[value]))
        elif shift == 2 and value == 27:
            reader.fnc1()
        elif shift == 2 and value == 30 and not reader.upper:
            reader.upper = True
        elif shift == 3 and value < 32:
            reader.put(ord(shift_3[value]) if shift_3 else value + 96)
        else:
            raise Undecodable(f"value {value} has no meaning in shift {shift}")
        shift = 0


def _text(reader: _Reader) -> None:
    _c40(reader, _TEXT_BASIC, _TEXT_SHIFT_3)


def _x12(reader: _Reader) -> None:
    for value in _triples(reader):
        reader.put(ord(_X12[value]))


def _edifact(reader: _Reader) -> None:
    """Four characters in three codewords; one or two codewords left over are ASCII."""
    while reader.left >= 3:
        packed = int.from_bytes(reader.codewords[reader.at : reader.at + 3], "big")
        for index in range(4):
            value = packed >> 18 - 6 * index & 63
            if value == 31:
                reader.at += (index + 1) * 6 // 8 + ((index + 1) * 6 % 8 > 0)
                return
            reader.put(value if value >= 32 else value + 64)
        reader.at += 3


def _base256(reader: _Reader) -> None:
    def unrandomised() -> int:
        codeword = reader.take()
        return (codeword - 149 * reader.at % 255 - 1) % 256

    length = unrandomised()
    if length == 0:
        length = reader.left
    elif length >= 250:
        length = 250 * (length - 249) + unrandomised()
    if length > reader.left:
        raise Undecodable("fewer bytes than announced")
    reader.out += bytes(unrandomised() for _ in range(length))


_LATCHES = {230: _c40, 231: _base256, 238: _x12, 239: _text, 240: _edifact}


def _text_of(raw: bytes, starts: list[tuple[int, int]]) -> str:
    """The text of the bytes; before the first ECI, if there is one, they are Latin-1, the standard's default."""
    if not starts:
        return to_text([Segment(raw, None)])
    ends = [at for at, _ in starts[1:]] + [len(raw)]
    said: list[tuple[int, int, str | None]] = [(0, starts[0][0], "latin-1")]
    said += [(start, end, charset_of(number)) for (start, number), end in zip(starts, ends, strict=True)]
    return to_text(Segment(raw[start:end], charset) for start, end, charset in said if end > start)
