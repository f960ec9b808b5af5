"""PLACE: where a round takes place (docs/api.md)."""

from __future__ import annotations

from typing import Annotated

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
