"""What an inspection and its checklist's screen tell each other, and which list that leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import flet as ft

from services.checklists.choosing import Checklist, choose, chosen
from services.checklists.document import AnnexGroup, Document
from services.checklists.filled import FilledChecklist
from services.checklists.knowledge import Facts
from services.workspace import Device
from views.parts.loading import use_loaded
from views.parts.shared import use_device, use_workspace


@dataclass(frozen=True)
class Subject:
    """What an inspection gives to its checklist.

    `gtin` (14 digits) and `ocop_group` are the product's, None where they are not known. `read` gives the checklist as
    the draft has it now. `change` takes a changed one over, draws the screen anew and saves it soon; so does `typed`,
    but draws nothing, since what was typed is on the screen already. `photograph` takes a photo for an item and puts it
    into the draft (`give_photo`), `thumbnail` draws a photo by its hash. `label_photo` gives the hash of a photo that
    is there and shows the label, None where there is none. `wanted` are the reasons why items keep the
    inspection from being signed, by item (services.rounds.checks).
    """

    facts: Facts
    read: Callable[[], FilledChecklist | None]
    change: Callable[[FilledChecklist], None]
    typed: Callable[[FilledChecklist], None]
    photograph: Callable[[str], object]
    thumbnail: Callable[[str], ft.Control]
    label_photo: Callable[[], str | None] = lambda: None
    gtin: str | None = None
    ocop_group: str | None = None
    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A subject's list: the version, the annex groups among which it belongs, and the list, None where there is none.

    `filled` is what the draft has. `unread`: the register has a newer version, which this version of the app cannot
    take. `lost` says that this device does not have the version that it was filled in.
    """

    document: Document
    groups: tuple[AnnexGroup, ...]
    group: str | None
    checklist: Checklist | None
    filled: FilledChecklist | None
    unread: bool
    lost: bool = False


def use_opened(subject: Subject) -> Opened | None:
    """Hook: the subject's list as it is now; None while its version is being read."""
    workspace, device = use_workspace(), use_device()
    versions, named = workspace.checklists, workspace.catalogue.register.checklists
    filled, day = subject.read(), subject.facts.day
    version = filled.version if filled else None

    def load() -> Document:
        return (versions.get(version) if version else None) or versions.in_force(named, day)

    _ready, document = use_loaded(load, [version])
    if document is None or (version and document.sha256 != version and versions.get(version)):
        return None  # what was read is the version before
    return opened(subject, document, device, unread=versions.unread(named, day))


def opened(subject: Subject, document: Document, device: Device, *, unread: bool) -> Opened:
    """Find the list of a subject in a version."""
    filled, groups = subject.read(), document.annex_groups(subject.ocop_group)
    if filled is not None:
        found = chosen(document, filled)
        return Opened(document, groups, filled.group, found, filled, unread=unread, lost=found is None)
    group = groups[0].id if len(groups) == 1 else device.annex_groups.of(subject.gtin)
    if group not in {each.id for each in groups}:
        return Opened(document, groups, None, None, None, unread=unread)
    return Opened(document, groups, group, choose_for(subject, document, group), None, unread=unread)


def choose_for(subject: Subject, document: Document, group: str) -> Checklist | None:
    """The list of an annex group for the subject's days."""
    produced = subject.facts.produced.label or subject.facts.produced.code
    return choose(document, group, subject.facts.day, date.fromisoformat(produced) if produced else None)
