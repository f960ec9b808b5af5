"""PLACE: where a round takes place (docs/api.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from inspections.note import NotePlace
from records.wire import Strict
from rounds.words import PlaceKind


class Place(Strict):
    """Its kind, its name, its address or stall (of an online shop, that of its page), and its position."""

    kind: Annotated[PlaceKind, Field(strict=False)]
    name: str = Field(max_length=200)
    address: str = Field(max_length=500)
    position: NotePlace | None


PUBLIC = (PlaceKind.MARKET, PlaceKind.FAIR)
"""Kinds of places whose names are nobody's; a shop is often called after its owner."""


def without_names(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place without what may name a person: its stall or address, its exact position, a shop's name."""
    name = place["name"] if place["kind"] in PUBLIC else ""
    return {**place, "name": name, "address": "", "position": None}
