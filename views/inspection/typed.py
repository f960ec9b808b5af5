"""Reads numbers and days as people type them, in their language's form. Independent of any screen."""

from __future__ import annotations

import re

from services.codes.typed_days import typed_day


def amount_of(text: str, language: str) -> float | None:
    """A number with the language's separators; None for an empty text. Raises ValueError.

    >>> amount_of("1.500", "vi"), amount_of("1,5", "vi"), amount_of("1.5", "vi"), amount_of("1,500.5", "en")
    (1500.0, 1.5, 1.5, 1500.5)
    """
    text = "".join(text.split())
    if not text:
        return None
    group, point = (".", ",") if language == "vi" else (",", ".")
    whole, found, part = text.partition(point)
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole):
        whole = whole.replace(group, "")
    elif not found and whole.count(group) == 1:  # people write the other point, too
        whole, found, part = whole.partition(group)
    if not re.fullmatch(r"[0-9]{1,12}", whole) or (found and not re.fullmatch(r"[0-9]{1,6}", part)):
        raise ValueError(text)
    return float(f"{whole}.{part or 0}")


def price_of(text: str) -> int | None:
    """A price in whole đồng, however its thousands are parted; None for an empty text. Raises ValueError.

    >>> price_of("250.000"), price_of("1,250,000 đ"), price_of("")
    (250000, 1250000, None)
    """
    text = "".join(text.split()).removesuffix("đ").removesuffix("₫")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,12}|\d{1,3}(?:[.,]\d{3}){1,4}", text):
        raise ValueError(text)
    return int(re.sub(r"[.,]", "", text))


def day_of(text: str, *, last: bool = False) -> str | None:
    """A day as labels have it, in ISO form as records have it; None for an empty text. Raises ValueError.

    With `last`, a month alone means its last day, as in GS1's codes (General Specifications, 3.4.7).

    >>> day_of("14/9/2027"), day_of("14.09.27"), day_of("02/2027", last=True)
    ('2027-09-14', '2027-09-14', '2027-02-28')
    """
    day = typed_day(text, last=last)
    return day.isoformat() if day else None


def written(number: float | None, language: str) -> str:
    """A number as `amount_of` reads it.

    >>> written(1500, "vi"), written(1.5, "vi"), written(None, "vi")
    ('1500', '1,5', '')
    """
    if number is None:
        return ""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "vi" else text
