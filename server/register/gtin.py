"""Global Trade Item Numbers (GS1 General Specifications, section 7.9: check digit)."""

from __future__ import annotations


def check_digit(digits: str) -> str:
    """Return the check digit that follows `digits`: weights 3 and 1 from the right, to the next multiple of ten."""
    total = sum(int(digit) * (3 if number % 2 == 0 else 1) for number, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def to_gtin14(text: str) -> str | None:
    """Return the 14-digit form of a GTIN of 8, 12, 13 or 14 digits; None for other texts or a wrong check digit."""
    if len(text) not in {8, 12, 13, 14} or not (text.isascii() and text.isdigit()):
        return None
    return text.zfill(14) if check_digit(text[:-1]) == text[-1] else None
