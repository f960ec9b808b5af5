"""Extended Channel Interpretations: which charset the bytes of a matrix symbol are in (AIM ECI assignments)."""

from __future__ import annotations

SHIFT_JIS = "cp932"
"""As Windows has it: JIS X 0208 and what makers added."""

# The charsets that Python can read. Of one that grew the largest is taken: writers of labels do not tell them apart.
_CHARSETS = {
    0: "cp437", 1: "latin-1", 2: "cp437", 3: "latin-1", 4: "iso8859-2", 5: "iso8859-3", 6: "iso8859-4",
    7: "iso8859-5", 8: "iso8859-6", 9: "iso8859-7", 10: "iso8859-8", 11: "iso8859-9", 12: "iso8859-10",
    13: "iso8859-11", 15: "iso8859-13", 16: "iso8859-14", 17: "iso8859-15", 18: "iso8859-16", 20: SHIFT_JIS,
    21: "cp1250", 22: "cp1251", 23: "cp1252", 24: "cp1256", 25: "utf-16-be", 26: "utf-8", 27: "ascii", 28: "cp950",
    29: "gb18030", 30: "cp949", 31: "gb18030", 32: "gb18030", 33: "utf-16-le", 34: "utf-32-be", 35: "utf-32-le",
    170: "ascii",
}  # fmt: skip


class Undecodable(ValueError):
    """The codewords break a rule of the standard, or use something that this reader cannot turn into text."""


_BINARY = 899


def charset_of(number: int) -> str | None:
    """Python's name for the charset of that ECI; None for bytes that it only calls binary. Raises Undecodable."""
    if number == _BINARY:
        return None
    if number not in _CHARSETS:
        raise Undecodable(f"ECI {number:06} is unknown")
    return _CHARSETS[number]
