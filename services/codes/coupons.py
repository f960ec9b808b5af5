"""North American coupons, the values of AI 8110 and 8112.

Rules: GS1 US, North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols; AI (8112) Coupon Data
Specification. The values are digits only; many of their parts begin with a digit that tells the part's length.
"""

from __future__ import annotations

from services.codes.days import is_day

_ANY = "0123456789"
_COMPANY = "0123456"
"""Lengths 6 to 12 of a company prefix."""


class _Digits:
    """Digits read from the beginning. Reading what is not there raises ValueError."""

    def __init__(self, text: str) -> None:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(text)
        self.rest = text

    def take(self, count: int) -> str:
        """Read so many digits."""
        part, self.rest = self.rest[:count], self.rest[count:]
        if len(part) < count:
            raise ValueError(part)
        return part

    def one(self, allowed: str = _ANY) -> str:
        """Read one digit, which must be one of these."""
        digit = self.take(1)
        if digit not in allowed:
            raise ValueError(digit)
        return digit

    def sized(self, allowed: str, more: int = 0) -> str:
        """Read one of these digits, then as many digits as it says plus `more`."""
        return self.take(int(self.one(allowed)) + more)

    def day(self) -> str:
        """Read a date, YYMMDD."""
        digits = self.take(6)
        if not is_day(digits):
            raise ValueError(digits)
        return digits

    def field(self, number: str) -> bool:
        """Whether the optional field with this number comes next."""
        if not self.rest.startswith(number):
            return False
        self.rest = self.rest[1:]
        return True


def is_coupon(text: str) -> bool:
    """Whether a text is a valid value of AI 8110.

    >>> is_coupon("012345612345611110123"), is_coupon("012345612345611110")
    (True, False)
    """
    try:
        digits = _Digits(text)
        _read_coupon(digits)
    except ValueError:
        return False
    return not digits.rest


def is_offer(text: str) -> bool:
    """Whether a text is a valid value of AI 8112: format, funder, offer and serial number."""
    try:
        digits = _Digits(text)
        digits.one("01")
        digits.sized(_COMPANY, 6)
        digits.take(6)
        digits.sized(_ANY, 6)
    except ValueError:
        return False
    return not digits.rest


def _read_coupon(digits: _Digits) -> None:
    digits.sized(_COMPANY, 6)
    digits.take(6)  # the offer
    digits.sized("12345")  # what is saved
    _read_purchase(digits)
    if digits.field("1"):
        digits.one("0123")  # how the purchases are combined
        _read_further_purchase(digits)
    if digits.field("2"):
        _read_further_purchase(digits)
    last = digits.day() if digits.field("3") else None
    first = digits.day() if digits.field("4") else None
    if first and last and first > last:
        raise ValueError(last)
    if digits.field("5"):
        digits.sized(_ANY, 6)  # serial number
    if digits.field("6"):
        digits.sized("1234567", 6)  # the retailer
    if digits.field("9"):
        digits.one("01256")
        digits.one("012")
        digits.one()
        digits.one("01")


def _read_purchase(digits: _Digits) -> None:
    """Read what has to be bought: how much, of which sort, of which family."""
    digits.sized("12345")
    digits.one("012349")
    digits.take(3)


def _read_further_purchase(digits: _Digits) -> None:
    """Read a further purchase; 9 says that it is from the same company, otherwise a company prefix follows."""
    _read_purchase(digits)
    if not digits.field("9"):
        digits.sized(_COMPANY, 6)
