"""From the bytes of a matrix symbol to its one text: every reader and every engine's bytes go through this rule."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from services.decoding.eci import SHIFT_JIS, Undecodable

KANJI = "ms_kanji"
"""Shift-JIS that the mode says, not an ECI: writers put any bytes that fit into Kanji mode, also those of UTF-8."""
_UNSAID = {None, "ascii", KANJI}

_EVERYDAY = 0.6
"""The least share of the bytes beyond ASCII that a charset turns into everyday characters, to be taken for it."""


@dataclass(frozen=True)
class Segment:
    """Bytes of one charset; None where the symbol does not say which."""

    raw: bytes
    charset: str | None


def to_text(segments: Iterable[Segment], *, whole: bool = True) -> str:
    """The text of segments in their order, without a byte-order mark.

    Where no ECI says another charset, all bytes together are UTF-16 if they begin with its mark or look like it
    (_utf_16_of), and UTF-8 if they are valid UTF-8. Otherwise bytes of no stated charset are GB18030 or Shift-JIS if
    they then are everyday characters, and else Latin-1, the standard's default (ISO/IEC 18004:2015, 7.4.2.1). Raises
    Undecodable for bytes that are invalid in the stated charset, or that are as likely Big5, EUC-KR or EUC-JP as what
    they would be taken for: no text is better than a wrong one. If this is not the `whole` message, whose characters
    may be split, bytes that are invalid become replacement characters.
    """
    segments = list(segments)
    said = {segment.charset for segment in segments}
    raw = b"".join(segment.raw for segment in segments)
    if said <= {*_UNSAID, "utf-8"} and (text := _unicode(raw, stated="utf-8" in said)) is not None:
        return text
    runs = [
        (charset, b"".join(segment.raw for segment in run)) for charset, run in groupby(segments, lambda s: s.charset)
    ]
    unsaid = _guess(b"".join(raw for charset, raw in runs if charset is None), japanese=KANJI in said)
    errors = "strict" if whole else "replace"
    try:
        text = "".join(codecs.decode(raw, charset or unsaid, errors) for charset, raw in runs)
    except UnicodeDecodeError as error:
        raise Undecodable(f"these bytes are not in {error.encoding}") from error
    return text.removeprefix("\ufeff")


def is_plain(raw: bytes) -> bool:
    """Whether the bytes are Unicode by themselves, so that no charset needs to be guessed."""
    return _unicode(raw) is not None


def _unicode(raw: bytes, *, stated: bool = False) -> str | None:
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    charset = "utf-8-sig" if stated else "utf-16" if marked else _utf_16_of(raw) or "utf-8-sig"
    try:
        return raw.decode(charset)
    except UnicodeDecodeError:
        return None


def _utf_16_of(raw: bytes) -> str | None:
    """UTF-16 without a mark, where its characters up to Latin-1 show: one of their two bytes is empty, always the same.

    No text of a label has an empty byte otherwise. A byte that stands alone, as padding, makes it no UTF-16.
    """
    first, second = raw[::2], raw[1::2]
    empty = first.count(0), second.count(0)
    if len(raw) % 2 or sum(empty) < 2 or min(empty):
        return None
    return "utf-16-be" if empty[0] else "utf-16-le"


def _guess(raw: bytes, *, japanese: bool) -> str:
    """GB18030 or Shift-JIS, whichever gives more everyday characters if it gives enough, else Latin-1.

    Raises Undecodable where another charset gives as many, since then nothing tells which is meant.
    """
    best, most = "latin-1", _EVERYDAY
    for charset, everyday in (("gb18030", _everyday_chinese), (SHIFT_JIS, _everyday_japanese)):
        share = _share(raw, charset, everyday)
        if share > most or (share == most and best == "latin-1"):
            best, most = charset, share
    if japanese and best == "latin-1":
        try:
            raw.decode(SHIFT_JIS)
        except UnicodeDecodeError:
            return best
        return SHIFT_JIS
    rivals = () if japanese else _RIVALS
    if any(_share(raw, charset, everyday) >= most for charset, everyday in rivals):
        raise Undecodable("nothing tells which charset these bytes are in")
    return best


def _share(raw: bytes, charset: str, everyday: Callable[[str, bytes], float]) -> float:
    """How much of the bytes beyond ASCII are everyday characters; 0 where two of them are nowhere together."""
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        return 0.0
    beyond = score = 0.0
    run = longest = 0.0
    for character in text:
        if character < "\x80":
            run = 0.0
            continue
        encoded = character.encode(charset)
        worth = everyday(character, encoded)
        beyond += len(encoded)
        score += worth * len(encoded)
        run = run + worth if worth else 0.0
        longest = max(longest, run)
    return score / beyond if longest >= 2 else 0.0


def _everyday_chinese(_: str, encoded: bytes) -> float:
    """Characters of the first level of GB 2312, which are nearly all of those in use, and its punctuation."""
    row, cell = encoded[0], encoded[1]
    return float(len(encoded) == 2 and cell >= 0xA1 and (0xB0 <= row <= 0xD7 or 0xA1 <= row <= 0xA3))


def _everyday_traditional(_: str, encoded: bytes) -> float:
    """Characters of the first level of Big5, and its punctuation."""
    return float(len(encoded) == 2 and 0xA1 <= encoded[0] <= 0xC6)


def _everyday_korean(_: str, encoded: bytes) -> float:
    """Hangul and punctuation: Hanja are rare."""
    row = encoded[0]
    return float(0xB0 <= row <= 0xC8 or 0xA1 <= row <= 0xA3)


def _everyday_japanese_euc(_: str, encoded: bytes) -> float:
    """Kana, punctuation and the first level of JIS X 0208."""
    row = encoded[0]
    return float(len(encoded) == 2 and (0xA1 <= row <= 0xA5 or 0xB0 <= row <= 0xCF))


_RIVALS = (("big5", _everyday_traditional), ("euc_kr", _everyday_korean), ("euc_jp", _everyday_japanese_euc))
"""Charsets that are not read without an ECI, since writers of labels here do not use them, but that may be meant."""


def _everyday_japanese(character: str, encoded: bytes) -> float:
    """Kana, punctuation and the first level of JIS X 0208. Half-width katakana share bytes with other charsets."""
    if "\uff61" <= character <= "\uff9f":
        return 0.7
    return float(0x8140 <= int.from_bytes(encoded, "big") <= 0x9872)
