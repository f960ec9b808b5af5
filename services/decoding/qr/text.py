"""From data codewords to bytes, each with what is said of its charset: the modes of ISO/IEC 18004:2015, 7.4."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.decoding.charset import KANJI, Segment
from services.decoding.eci import Undecodable, charset_of

_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_GROUP_SEPARATOR = b"\x1d"


@dataclass
class Message:
    """What the codewords say. `part` is position (from 1), total and parity of a structured append.

    `padded` is whether the codewords after the message are the pad codewords, as they must be.
    """

    segments: list[Segment] = field(default_factory=list)
    gs1: bool = False
    part: tuple[int, int, int] | None = None
    padded: bool = True

    @property
    def raw(self) -> bytes:
        """The bytes as a scanner transmits them, without the symbology identifier and ECI escapes."""
        return b"".join(segment.raw for segment in self.segments)


class _Bits:
    def __init__(self, codewords: bytes) -> None:
        self._value = int.from_bytes(codewords, "big")
        self.left = 8 * len(codewords)

    def take(self, number: int) -> int:
        if number > self.left:
            raise Undecodable("the codewords end too early")
        self.left -= number
        return self._value >> self.left & (1 << number) - 1


def decode(codewords: bytes, version: int) -> Message:
    """The message in the data codewords of a whole symbol. Raises Undecodable.

    FNC1 in first position only sets `gs1`; in second position its application indicator begins the message (7.4.9.3).
    """
    bits, message = _Bits(codewords), Message()
    charset: str | None = None
    fnc1 = False
    while bits.left >= 4:
        mode = bits.take(4)
        if mode == 0:
            break
        if mode in (3, 5, 9) and message.segments:
            raise Undecodable("a header comes after data")
        if mode == 3:
            message.part = _structured_append(bits)
        elif mode == 5:
            message.gs1 = fnc1 = True
        elif mode == 9:
            fnc1 = True
            message.segments.append(Segment(_application_indicator(bits), "ascii"))
        elif mode == 7:
            charset = charset_of(_eci(bits))
        elif mode in _READERS:
            read, widths, fixed_charset = _READERS[mode]
            if mode == 13 and bits.take(4) != 1:
                raise Undecodable("an unknown Hanzi set")
            count = bits.take(widths[(version > 9) + (version > 26)])
            raw = read(bits, count)
            if mode == 2 and fnc1:
                raw = raw.replace(b"%%", b"\0").replace(b"%", _GROUP_SEPARATOR).replace(b"\0", b"%")
            message.segments.append(Segment(raw, charset if mode == 4 else fixed_charset))
        else:
            raise Undecodable(f"mode {mode} has no meaning")
    message.padded = _is_padding(bits)
    return message


def _is_padding(bits: _Bits) -> bool:
    """Whether only 0 to the end of the codeword and then pad codewords are left (7.4.10).

    Pad codewords are 236 and 17 in turn; some writers begin with 0 or with 17, or use 0 alone.
    """
    if bits.take(bits.left % 8):
        return False
    return all(bits.take(8) in (0, 17, 236) for _ in range(bits.left // 8))


def _structured_append(bits: _Bits) -> tuple[int, int, int]:
    """Read position and number of symbols from 0 in four bits each, then the parity of the whole message (8.2)."""
    position, total, parity = bits.take(4) + 1, bits.take(4) + 1, bits.take(8)
    if position > total:
        raise Undecodable("no place in a structured append")
    return position, total, parity


def _application_indicator(bits: _Bits) -> bytes:
    """Read two digits, or a letter, encoded as its code plus 100."""
    value = bits.take(8)
    if value < 100:
        return b"%02d" % value
    letter = bytes([value - 100])
    if not letter.isalpha():
        raise Undecodable("no application indicator")
    return letter


def _eci(bits: _Bits) -> int:
    """Read the ECI number in one to three bytes; the first bits tell how many (7.4.2.2)."""
    first = bits.take(8)
    if first < 128:
        return first
    if first < 192:
        return (first & 63) << 8 | bits.take(8)
    if first < 224:
        return (first & 31) << 16 | bits.take(16)
    raise Undecodable("no ECI number")


def _numeric(bits: _Bits, count: int) -> bytes:
    digits = ""
    while count:
        length = min(count, 3)
        group = bits.take(3 * length + 1)
        if group >= 10**length:
            raise Undecodable("no group of digits")
        digits += f"{group:0{length}}"
        count -= length
    return digits.encode()


def _alphanumeric(bits: _Bits, count: int) -> bytes:
    characters = ""
    for _ in range(count // 2):
        first, second = divmod(bits.take(11), 45)
        if first >= 45:
            raise Undecodable("no pair of characters")
        characters += _ALPHANUMERIC[first] + _ALPHANUMERIC[second]
    if count % 2:
        last = bits.take(6)
        if last >= 45:
            raise Undecodable("no character")
        characters += _ALPHANUMERIC[last]
    return characters.encode()


def _bytes(bits: _Bits, count: int) -> bytes:
    return bits.take(8 * count).to_bytes(count, "big")


def _double_bytes(bits: _Bits, count: int, *, columns: int, first: int, gap: tuple[int, int]) -> bytes:
    """Read characters of two bytes, packed into 13 bits as positions in rows of `columns` from the character `first`.

    From row `gap[0]` on, the charset's codes lie `gap[1]` higher.
    """
    out = bytearray()
    for _ in range(count):
        row, column = divmod(bits.take(13), columns)
        character = first + (row << 8 | column) + (gap[1] if row >= gap[0] else 0)
        out += character.to_bytes(2, "big")
    return bytes(out)


def _kanji(bits: _Bits, count: int) -> bytes:
    """Read characters of two bytes in Shift-JIS, 13 bits each (7.4.6)."""
    return _double_bytes(bits, count, columns=0xC0, first=0x8140, gap=(0x1F, 0x4000))


def _hanzi(bits: _Bits, count: int) -> bytes:
    """Read characters of two bytes in GB 2312, 13 bits each (GB/T 18284-2000)."""
    return _double_bytes(bits, count, columns=0x60, first=0xA1A1, gap=(0x0A, 0x0500))


# By mode: its reader, the bits of the count in versions up to 9, 26 and 40 (table 3), and the charset.
_READERS = {
    1: (_numeric, (10, 12, 14), "ascii"),
    2: (_alphanumeric, (9, 11, 13), "ascii"),
    4: (_bytes, (8, 16, 16), None),
    8: (_kanji, (8, 10, 12), KANJI),
    13: (_hanzi, (8, 10, 12), "gb2312"),
}
