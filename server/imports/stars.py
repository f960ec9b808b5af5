"""Reads stars and points."""

from __future__ import annotations

import re
from decimal import Decimal

from imports.values import Read, asked, left_out, refused, taken
from register.letters import fold

FEWEST, MOST = 3, 5
"""What the register knows (Decision 148/QĐ-TTg: 3 to 5 stars; fewer are no OCOP product)."""
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5}
_POTENTIAL = re.compile(r"[(\[,;]?\s*(?:tiem nang|du kien|phan dau|huong den|de xuat)[^)\]]*[)\]]?")
_DRAWN = re.compile(r"\(?([★⭐✭✮*]+)[☆]*\)?(?: ?sao)?")
_COUNTED = re.compile(
    r"(?:san pham )?(?:dat )?(?:ocop )?(?:hang |cap |xep hang |dat )?(?:ocop )?(\d+(?:[.,]\d+)?|mot|hai|ba|bon|tu|nam)"
    r"(?: ?(?:sao|\*|★|⭐))?(?: ocop)?(?: cap (?:tinh|quoc gia|huyen|trung uong))?"
)
_NONE = {"-", "khong", "chua xep hang", "chua danh gia", "khong dat", "khong xep hang", "x"}


def read_stars(text: str) -> Read:
    """Read a cell of a column of stars."""
    words = fold(text).strip(" .:;")
    if words in _NONE:
        return left_out("stars_none")
    sure = " ".join(_POTENTIAL.sub(" ", words).split())
    notes = () if sure == words else (("stars_potential", ""),)
    stars = _count(sure)
    if stars is None:
        found = sorted({int(number) for number in re.findall(r"(?<![\d.,])[345](?![\d.,])", sure)})
        if len(found) > 1:
            return asked("stars_several", *(str(number) for number in found))
        return refused("stars_unreadable")
    if stars == 0:
        return refused("stars_none")
    if stars != int(stars):
        return refused("stars_unreadable")
    if not FEWEST <= stars <= MOST:
        return refused("stars_out_of_range", str(int(stars)))
    return taken(int(stars), *notes)


def _count(words: str) -> Decimal | None:
    if match := _DRAWN.fullmatch(words):
        return Decimal(len(match[1]))
    if match := _COUNTED.fullmatch(words):
        number = match[1].replace(",", ".")
        return Decimal(_NUMBERS[number]) if number in _NUMBERS else Decimal(number)
    return None


_SECTION = re.compile(
    r"(?:(?:cac |danh sach )?(?:san pham )?(?:ocop )?)?(?:dat )?(?:hang |cap |xep hang )?(?:ocop )?"
    r"(?P<stars>[345]|ba|bon|nam)(?: sao|\*)|(?P<drawn>[★⭐]{3,5})"
)


def stars_of_section(text: str) -> int | None:
    """The stars that a section's heading gives to the rows below it: "Hạng 4 sao", "Sản phẩm đạt 3 sao"."""
    words = fold(text).strip(" .:;")
    words = re.sub(r"\s*[(:]\s*\d+ san pham\)?$|\s*\(\d+\)$", "", words)
    match = _SECTION.fullmatch(words)
    if match is None:
        return None
    if match["drawn"]:
        return len(match["drawn"])
    return int(_NUMBERS.get(match["stars"], match["stars"]))


def read_points(text: str) -> Read:
    """Read points of 100, with a decimal comma or point."""
    words = re.sub(r" ?(?:diem|/ ?100)$", "", fold(text))
    if not re.fullmatch(r"\d{1,3}(?:[.,]\d{1,2})?", words):
        return refused("points_unreadable")
    points = Decimal(words.replace(",", "."))
    if points > 100:
        return refused("points_out_of_range")
    return taken(str(points))


def stars_for(points: str) -> int | None:
    """The stars that points stand for (Decision 148/QĐ-TTg: 50, 70 and 90 of 100); None below."""
    number = Decimal(points)
    return next((stars for stars, least in ((5, 90), (4, 70), (3, 50)) if number >= least), None)
