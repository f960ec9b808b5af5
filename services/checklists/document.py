"""Reads the document of checklists that the register publishes (docs/checklists.md), whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Any, TypeVar

FORMAT = 1
MOST_BYTES = 1024 * 1024
_MOST = 2000  # items, lists, laws, sources or groups
_LONGEST = 1000  # characters of one text

T = TypeVar("T")


class Certainty(StrEnum):
    """How sure it is that the law asks for an item. Only what was FOUND can make a violation."""

    FOUND = "found"
    ASSUMED = "assumed"


class PhotoNeed(StrEnum):
    """When an item wants a photo: ON_FAIL asks for one, the two others that say `always` insist on it."""

    NEVER = "never"
    ON_FAIL = "on_fail"
    ALWAYS_ON_FAIL = "always_on_fail"
    ALWAYS = "always"


class ReasonNeed(StrEnum):
    """When an item insists on a reason."""

    NEVER = "never"
    ON_FAIL = "on_fail"


class ChosenBy(StrEnum):
    """The day whose law holds."""

    INSPECTION_DAY = "inspection_day"
    PRODUCTION_DAY = "production_day"


class ChecklistRefused(Exception):
    """The document is not taken. `reason`: `too_large`, `altered`, `unreadable`, `another_format` or `incomplete`.

    `where` names the part that does not fit, for whoever made the document.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason}: {where}" if where else reason)
        self.reason = reason
        self.where = where


@dataclass(frozen=True)
class Law:
    """A version of the law: its first and its last day (None: open), both of which count."""

    id: str
    name: str
    name_en: str
    short: str
    short_en: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Source:
    """Where an item stands: short for the screen, and in full."""

    name: str
    name_en: str
    title: str


@dataclass(frozen=True)
class Item:
    """What is looked at. `optional`: only where it applies. `prefill` names what may answer it (knowledge.py)."""

    id: str
    text: str
    text_en: str
    citation: tuple[str, ...]
    certainty: Certainty
    note: str
    note_en: str
    prefill: str | None
    photo: PhotoNeed
    reason: ReasonNeed
    optional: bool


@dataclass(frozen=True)
class AnnexGroup:
    """A group of goods in the law's annex; `hint` names some of them."""

    id: str
    name: str
    name_en: str
    hint: str
    hint_en: str


@dataclass(frozen=True)
class Listing:
    """The items that one law asks for in one annex group, by their ids and in order."""

    group: str
    law: str
    label: str
    chosen_by: ChosenBy
    items: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One version of the checklists, known by the hash of its bytes. `groups`: annex groups by OCOP group."""

    sha256: str
    warning: str
    warning_en: str
    exempt: str
    exempt_en: str
    laws: Mapping[str, Law]
    sources: Mapping[str, Source]
    groups: Mapping[str, tuple[AnnexGroup, ...]]
    lists: tuple[Listing, ...]
    items: Mapping[str, Item]

    def annex_groups(self, ocop_group: str | None) -> tuple[AnnexGroup, ...]:
        """The annex groups that a product of this OCOP group may belong to; all of them where that is not known."""
        if ocop_group is not None and ocop_group in self.groups:
            return self.groups[ocop_group]
        return tuple({group.id: group for some in self.groups.values() for group in some}.values())


def read(content: bytes) -> Document:
    """Read a document. Raises ChecklistRefused; members that are not known here are left out."""
    if len(content) > MOST_BYTES:
        raise ChecklistRefused("too_large")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ChecklistRefused("unreadable") from error
    if not isinstance(document, dict):
        raise ChecklistRefused("unreadable")
    if document.get("format") != FORMAT:
        raise ChecklistRefused("another_format", str(document.get("format"))[:20])
    found = Document(
        sha256=hashlib.sha256(content).hexdigest(),
        **{name: _text(document, name, "", empty=True) for name in ("warning", "warning_en", "exempt", "exempt_en")},
        laws=_by_id(document, "laws", _law),
        sources={name: _source(each, name) for name, each in _members(document, "sources")},
        groups=_groups(document),
        lists=tuple(_listing(each, f"lists {n}") for n, each in enumerate(_rows(document, "lists", ""))),
        items=_by_id(document, "items", _item),
    )
    _check(found)
    return found


def bundled() -> bytes:
    """The document that comes with the app, for a device that has none of the register's yet."""
    return (resources.files("services.checklists") / "labels.json").read_bytes()


def _check(found: Document) -> None:
    """Refuse a document whose parts do not belong together: half a checklist would pass for a whole one."""
    groups = {group.id for some in found.groups.values() for group in some}
    if not found.lists:
        raise ChecklistRefused("incomplete", "lists")
    for each in found.lists:
        where = f"{each.group} {each.law}"
        if each.law not in found.laws or each.group not in groups or not each.items:
            raise ChecklistRefused("incomplete", where)
        if missing := [item for item in each.items if item not in found.items]:
            raise ChecklistRefused("incomplete", f"{where}: {missing[0]}")
        if len(set(each.items)) < len(each.items):
            raise ChecklistRefused("incomplete", f"{where}: twice")
    if len({(each.group, each.law) for each in found.lists}) < len(found.lists):
        raise ChecklistRefused("incomplete", "lists: twice")
    for item in found.items.values():
        if not item.citation or any(each not in found.sources for each in item.citation):
            raise ChecklistRefused("incomplete", f"{item.id}: citation")


def _law(row: Mapping[str, Any], where: str) -> Law:
    name, short = _text(row, "name", where), _text(row, "short", where, otherwise="name")
    law = Law(
        id=_text(row, "id", where),
        name=name,
        name_en=_text(row, "name_en", where, otherwise="name"),
        short=short,
        short_en=_text(row, "short_en", where, otherwise="short" if "short" in row else "name"),
        valid_from=_day(row.get("valid_from"), where),
        valid_to=None if row.get("valid_to") is None else _day(row["valid_to"], where),
    )
    if law.valid_to is not None and law.valid_to < law.valid_from:
        raise ChecklistRefused("incomplete", f"{where}: valid_to")
    return law


def _source(row: Any, where: str) -> Source:
    row = _object(row, where)
    return Source(
        name=_text(row, "name", where),
        name_en=_text(row, "name_en", where, otherwise="name"),
        title=_text(row, "title", where, otherwise="name"),
    )


def _item(row: Mapping[str, Any], where: str) -> Item:
    prefill, optional = row.get("prefill"), row.get("optional", False)
    if not (prefill is None or isinstance(prefill, str)) or not isinstance(optional, bool):
        raise ChecklistRefused("incomplete", f"{where}: prefill, optional")
    try:
        return Item(
            id=_text(row, "id", where),
            text=_text(row, "text", where),
            text_en=_text(row, "text_en", where, otherwise="text"),
            citation=_texts(row, "citation", where),
            certainty=Certainty(row.get("certainty", "")),
            note=_text(row, "note", where, empty=True),
            note_en=_text(row, "note_en", where, empty=True) or _text(row, "note", where, empty=True),
            prefill=prefill,
            photo=PhotoNeed(row.get("photo", "")),
            reason=ReasonNeed(row.get("reason", "")),
            optional=optional,
        )
    except ValueError as error:
        raise ChecklistRefused("incomplete", f"{where}: {error}") from error


def _groups(document: Mapping[str, Any]) -> dict[str, tuple[AnnexGroup, ...]]:
    groups: dict[str, tuple[AnnexGroup, ...]] = {}
    for row in _rows(document, "groups", ""):
        name = _text(row, "ocop_group", "groups")
        annex = tuple(_annex_group(each, name) for each in _rows(row, "annex_groups", name))
        if not annex or name in groups:
            raise ChecklistRefused("incomplete", f"groups: {name}")
        groups[name] = annex
    return groups


def _annex_group(row: Mapping[str, Any], where: str) -> AnnexGroup:
    return AnnexGroup(
        id=_text(row, "id", where),
        name=_text(row, "name", where),
        name_en=_text(row, "name_en", where, otherwise="name"),
        hint=_text(row, "hint", where, empty=True),
        hint_en=_text(row, "hint_en", where, empty=True),
    )


def _listing(row: Mapping[str, Any], where: str) -> Listing:
    try:
        chosen_by = ChosenBy(row.get("chosen_by", ""))
    except ValueError as error:
        raise ChecklistRefused("incomplete", f"{where}: {error}") from error
    return Listing(
        group=_text(row, "group", where),
        law=_text(row, "law", where),
        label=_text(row, "label", where),
        chosen_by=chosen_by,
        items=_texts(row, "items", where),
    )


def _by_id(document: Mapping[str, Any], name: str, read_one: Any) -> dict[str, Any]:
    found = [read_one(row, f"{name} {row.get('id', n)}") for n, row in enumerate(_rows(document, name, ""))]
    if len({each.id for each in found}) < len(found):
        raise ChecklistRefused("incomplete", f"{name}: twice")
    return {each.id: each for each in found}


def _rows(document: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    if not isinstance(rows, list) or len(rows) > _MOST:
        raise ChecklistRefused("incomplete", f"{where} {name}".strip())
    return [_object(row, name) for row in rows]


def _members(document: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    found = _object(document.get(name), name)
    if len(found) > _MOST:
        raise ChecklistRefused("incomplete", name)
    return [*found.items()]


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ChecklistRefused("incomplete", where)
    return value


def _texts(row: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    found = row.get(name)
    if not isinstance(found, list) or len(found) > _MOST or not all(isinstance(each, str) and each for each in found):
        raise ChecklistRefused("incomplete", f"{where}: {name}")
    return tuple(found)


def _text(row: Mapping[str, Any], name: str, where: str, *, otherwise: str = "", empty: bool = False) -> str:
    """A text within bounds; where it is absent, that of `otherwise`, or nothing where it may be `empty`."""
    found = row.get(name, "" if empty else row.get(otherwise))
    if not isinstance(found, str) or len(found) > _LONGEST or not (found.strip() or empty):
        raise ChecklistRefused("incomplete", f"{where}: {name}")
    return found


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ChecklistRefused("incomplete", f"{where}: {value}") from error
