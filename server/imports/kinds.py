"""Tells what a row below the header is: a product, a section's heading, a subtotal, the signatures, a header again."""

from __future__ import annotations

import re
from collections.abc import Mapping as Mapped
from enum import StrEnum

from imports.header import named_by
from imports.names import group_of_section
from imports.places import district_of_section
from imports.stars import stars_of_section
from imports.values import Field
from register.letters import fold


class RowKind(StrEnum):
    """What a row is; only products become rows of the register."""

    PRODUCT = "product"
    TITLE = "title"
    HEADER = "header"
    SECTION = "section"
    SUBTOTAL = "subtotal"
    SIGNATURE = "signature"
    UNKNOWN = "unknown"


_SIGNATURE = re.compile(
    r"noi nhan\b|(?:tm|kt|tl|tuq)\.|(?:pho )?chu tich\b|(?:pho )?giam doc\b|nguoi lap\b|\(?da ky|\(?ky(?: ten|,)"
    r"|uy ban nhan dan\b"
    r"|- ?(?:nhu tren|luu|nhu dieu|so |ubnd|ttr)|(?:ha long|quang ninh), ngay\b|ngay \W* ?thang \W* ?nam"
)
_SUBTOTAL = re.compile(r"(?:tong cong|tong so|tong|cong)\s*(?:[:(=]|\d|$|san pham|\(?[ivx]+)")
_NUMBERED = re.compile(r"\(?\d{1,2}\)?|\(?[a-z]\)?")
_SECTION_NUMBER = re.compile(r"(?:[ivx]{1,5}|[a-h])[.)]?")
_LEAD = re.compile(r"^\s*(?:[IVXivx]{1,5}|\d{1,2}|[A-Za-z])\s*[.)\-:]\s+")


def kind_of(texts: Mapped[int, str], columns: Mapped[Field, int], *, signed: bool = False) -> RowKind:
    """The kind of a row by its texts, by column, empty ones left out; `signed` tells that signatures stand above it."""
    told = {name for name, column in columns.items() if column in texts and name is not Field.STT}
    others = {column: text for column, text in texts.items() if column != columns.get(Field.STT)}
    if _is_header(texts, columns):
        return RowKind.HEADER
    like_product = Field.NAME in told and bool(told & {Field.PRODUCER, Field.GTIN, Field.STARS, Field.DECISION_NUMBER})
    folded = [fold(text) for text in texts.values()]
    if not like_product and (signed or any(map(_SIGNATURE.match, folded))):
        return RowKind.SIGNATURE
    if Field.PRODUCER not in told and any(map(_SUBTOTAL.match, folded[:3])):
        return RowKind.SUBTOTAL
    if heading_in(texts, columns) is not None:
        return RowKind.SECTION
    if Field.NAME in told or len(told) > 1:
        return RowKind.PRODUCT
    return RowKind.PRODUCT if len(others) > 1 else RowKind.UNKNOWN


def _is_header(texts: Mapped[int, str], columns: Mapped[Field, int]) -> bool:
    """Whether a row repeats the header, or numbers its columns: (1), (2), (3)."""
    known = {column: name for name, column in columns.items()}
    own = [(known[column], text) for column, text in texts.items() if column in known and len(text) < 40]
    if len(own) > 2 and sum(named_by(text)[0] is name for name, text in own) * 2 > len(own):
        return True
    return len(texts) > 2 and all(_NUMBERED.fullmatch(fold(text)) for text in texts.values())


def heading_in(texts: Mapped[int, str], columns: Mapped[Field, int]) -> tuple[int, str] | None:
    """The column and the text of a section's heading, where the row holds nothing else."""
    number = columns.get(Field.STT, -1)
    others = [(column, text) for column, text in texts.items() if column != number]
    if len(others) > 1 or not texts:
        return None
    column, text = others[0] if others else (number, texts[number])
    stt = fold(texts.get(number, "")) if others else ""
    if section_of(text) or _SECTION_NUMBER.fullmatch(stt) or (not stt and _LEAD.match(text) and not text[:1].isdigit()):
        return column, text
    return None


def section_of(text: str) -> dict[Field, str | int]:
    """What a heading says for the rows below it: stars, a group, a district; empty where it says none of these."""
    plain = _LEAD.sub("", text)
    found = {
        Field.STARS: stars_of_section(plain),
        Field.GROUP: group_of_section(plain),
        Field.DISTRICT: district_of_section(plain),
    }
    return {name: read for name, read in found.items() if read is not None}
