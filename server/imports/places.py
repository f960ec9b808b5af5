"""Finds Quảng Ninh's units in what a list says of a place, by their names and the day that the list speaks of.

Until 30 June 2025 a place was a commune in a district, since 1 July 2025 a commune alone. The register's former units
are the districts; former communes are known by their district only. A former commune therefore gives proposals: the new
commune of its district that bears its name, or all of that district.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from imports.values import Read, asked, proposed, refused, taken
from register.letters import fold
from register.localities import COMMUNES, COMMUNES_SINCE, FORMER_UNITS, Commune, FormerUnit

_DISTRICT = {"huyen": "huyện", "h": "huyện", "thi xa": "thị xã", "tx": "thị xã",
             "thanh pho": "thành phố", "tp": "thành phố"}  # fmt: skip
_COMMUNE = {"xa": "xã", "x": "xã", "phuong": "phường", "p": "phường", "thi tran": "thị trấn", "tt": "thị trấn",
            "dac khu": "đặc khu", "dk": "đặc khu"}  # fmt: skip
_KIND = re.compile(
    r"(huyen|thi xa|thanh pho|xa|phuong|thi tran|dac khu)\b[. ]*|(h|tx|tp|x|p|tt|dk)(?:[.]\s*|\s+)(?=\w)"
)
_ALIKE = str.maketrans({"y": "i"})
_PROVINCE = {"quang ninh", "tinh quang ninh", "t. quang ninh", "viet nam"}


def _key(name: str) -> str:
    return " ".join(fold(name).translate(_ALIKE).replace("-", " ").split())


_BY_DISTRICT: dict[str, FormerUnit] = {_key(unit.name): unit for unit in FORMER_UNITS}
_BY_UNIT_CODE = {unit.code: unit for unit in FORMER_UNITS}
_BY_COMMUNE: dict[str, list[Commune]] = {}
for _commune in COMMUNES:
    _BY_COMMUNE.setdefault(_key(_commune.name), []).append(_commune)
_BY_CODE = {commune.code: commune for commune in COMMUNES}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an address: its kind in words where it is told, its name folded, its own text."""

    kind: str
    name: str
    text: str


def part(text: str) -> Part:
    """Take a unit's kind from its name: "TP. Hạ Long", "X. Hải Sơn"."""
    words = fold(text).strip(" .,;")
    former = re.sub(r"\s*\((?:cu|truoc day)\)$", "", words)
    match = _KIND.match(former)
    kind = (match[1] or match[2]) if match else ""
    name = _key(former[match.end() :] if match else former).strip(" .,;")
    if not name:  # "Huyện" alone, or a name that begins like a kind
        return Part("", _key(former), text)
    return Part(_DISTRICT.get(kind) or _COMMUNE.get(kind) or "", name, text)


@dataclass(frozen=True, slots=True)
class Place:
    """What a row's place says: the former unit and the commune, each None where nothing names one."""

    district: Read | None = None
    commune: Read | None = None


def read_district(text: str) -> Read:
    """A column of districts."""
    found = part(text)
    unit = _BY_DISTRICT.get(found.name) or _BY_UNIT_CODE.get(text.strip())
    if unit is None or found.kind in _COMMUNE.values():
        return refused("district_unknown")
    return taken(unit.code, ("district_ended", f"{unit.kind} {unit.name}"))


def read_commune(text: str, district: str = "", day: str = "") -> Read:
    """A column of communes; `district` is the former unit of the row, `day` the day its decision speaks of.

    A name counts as a new commune's where the row names no district and its day is since 1 July 2025, or where the text
    itself is a commune's code.
    """
    if text.strip() in _BY_CODE:
        return taken(text.strip())
    found = part(text)
    named = [one for one in _BY_COMMUNE.get(found.name, []) if found.kind in {"", one.kind}]
    if district:
        near = [one for one in COMMUNES if district in one.former]
        alike = [one for one in near if _key(one.name) == found.name] or (near if len(near) == 1 else [])
        if alike:
            return proposed("commune_by_district", *(one.code for one in alike), detail=_told(alike[0]))
        return asked("commune_of_district", *(one.code for one in near))
    if not named:
        alike = _BY_COMMUNE.get(found.name, [])
        codes = [one.code for one in alike]
        return proposed("commune_other_kind", *codes, detail=_told(alike[0])) if alike else refused("commune_unknown")
    if len(named) > 1:
        return asked("commune_several", *(one.code for one in named))
    if day and day[:7] >= COMMUNES_SINCE.isoformat()[:7] and len(day) >= 7:
        return taken(named[0].code)
    return proposed("commune_undated", named[0].code, detail=_told(named[0]))


def read_address(text: str, day: str = "") -> Place:
    """An address of parts between commas, from small to large, as far as they name units."""
    parts = [part(piece) for piece in re.split(r"[,;]|\s+-\s+", text) if piece.strip()]
    parts = [one for one in parts if fold(one.text).strip(" .") not in _PROVINCE]
    district = next((at for at, one in reversed(list(enumerate(parts))) if _names_district(one, len(parts))), None)
    unit = _BY_DISTRICT[parts[district].name] if district is not None else None
    told = taken(unit.code, ("district_ended", f"{unit.kind} {unit.name}")) if unit else None
    commune = next(
        (one for at, one in enumerate(parts) if at != district and one.kind in _COMMUNE.values()), None
    ) or next(
        (one for at, one in enumerate(parts) if at != district and one.name in _BY_COMMUNE and not one.kind), None
    )
    if commune is None:
        return Place(told)
    return Place(told, read_commune(commune.text, unit.code if unit else "", day))


def _names_district(one: Part, parts: int) -> bool:
    """Whether a part names a former unit: by its kind, or as the last of several parts by its name alone."""
    if one.name not in _BY_DISTRICT:
        return False
    return one.kind in _DISTRICT.values() or (not one.kind and (parts > 1 or one.name not in _BY_COMMUNE))


def district_of_section(text: str) -> str | None:
    """The former unit that a section's heading names: "Huyện Vân Đồn", "1. Thành phố Hạ Long"."""
    found = part(re.sub(r"^\s*(?:[IVXivx]+|\d+|[A-Za-z])[.)]\s+", "", text))
    unit = _BY_DISTRICT.get(found.name)
    return unit.code if unit and found.kind in _DISTRICT.values() else None


def place_at_end(text: str) -> tuple[str, str] | None:
    """Split "Hộ …, phường Hồng Gai" into the producer and the place that stands behind its name."""
    name, comma, rest = text.partition(",")
    while comma:
        first = part(rest.split(",")[0])
        if first.kind or first.name in _BY_DISTRICT or re.match(r"\s*(?:thon|khu|to|ap|so nha)\s", fold(rest)):
            return name.strip(), rest.strip()
        more, comma, rest = rest.partition(",")
        name = f"{name},{more}"
    return None


def _told(commune: Commune) -> str:
    return f"{commune.kind} {commune.name}"
