"""GTINs: check digit, the forms they are written in, and their 14-digit key (GS1 General Specifications 7.9, 3.3.2)."""

from __future__ import annotations


def check_digit(payload: str) -> int:
    """The check digit that belongs behind the digits `payload` (GS1 General Specifications 7.9.1).

    >>> check_digit("629104150021")
    3
    """
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(payload)))
    return -total % 10


def has_valid_check_digit(digits: str, upc_e: bool = False) -> bool:
    """Whether the last of `digits` is their check digit. An 8-digit UPC-E is checked on its expanded form.

    >>> has_valid_check_digit("6291041500213"), has_valid_check_digit("6291041500214")
    (True, False)
    """
    if not (digits.isascii() and digits.isdigit() and len(digits) >= 2):
        return False
    if upc_e and len(digits) == 8:
        digits = expand_upc_e(digits)
    return check_digit(digits[:-1]) == int(digits[-1])


def expand_upc_e(digits: str) -> str:
    """The 12-digit UPC-A number that the 8 digits of a UPC-E abbreviate (GS1 General Specifications 5.2.2.4.2).

    >>> expand_upc_e("01278907")
    '012000007897'
    """
    system, d, check = digits[0], digits[1:7], digits[7]
    if d[5] in "012":
        body = d[:2] + d[5] + "0000" + d[2:5]
    elif d[5] == "3":
        body = d[:3] + "00000" + d[3:5]
    elif d[5] == "4":
        body = d[:4] + "00000" + d[4]
    else:
        body = d[:5] + "0000" + d[5]
    return system + body + check


def shorten_to_upc_e(digits: str) -> str | None:
    """The 8 digits of the UPC-E that stands for a 12-digit UPC-A number, or None where it has no such form."""
    system, maker, item, check = digits[0], digits[1:6], digits[6:11], digits[11]
    if system not in "01":
        return None
    if maker[2:] in ("000", "100", "200") and item[:2] == "00":
        return system + maker[:2] + item[2:] + maker[2] + check
    if maker[3:] == "00" and item[:3] == "000":
        return system + maker[:3] + item[3:] + "3" + check
    if maker[4] == "0" and item[:4] == "0000":
        return system + maker[:4] + item[4] + "4" + check
    if item[:4] == "0000" and item[4] in "56789":
        return system + maker + item[4] + check
    return None


def to_gtin14(digits: str) -> str:
    """The 14-digit key of a GTIN-8, -12, -13 or -14. Raises ValueError on another length or a wrong check digit.

    >>> to_gtin14("6291041500213")
    '06291041500213'
    """
    if len(digits) not in (8, 12, 13, 14):
        raise ValueError(f"a GTIN has 8, 12, 13 or 14 digits, not {len(digits)}")
    if not has_valid_check_digit(digits):
        raise ValueError("wrong check digit")
    return digits.zfill(14)


def on_the_pack(gtin: str) -> str:
    """A GTIN as it stands below the bars: 14 digits for a case, else 13, or 8.

    >>> on_the_pack("09520007900017"), on_the_pack("00000095200002"), on_the_pack("19520007900014")
    ('9520007900017', '95200002', '19520007900014')
    """
    return gtin.removeprefix("000000") if gtin.startswith("000000") else gtin.removeprefix("0")
