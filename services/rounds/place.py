"""Where a round takes place. Only this module reads and writes its wire form (docs/api.md, ROUND)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.notes.content import Position

LONGEST_NAME, LONGEST_ADDRESS = 200, 500


class PlaceKind(StrEnum):
    """What kind of place it is; in the order in which it is offered."""

    MARKET = "market"
    SHOP = "shop"
    WAREHOUSE = "warehouse"
    FAIR = "fair"
    ONLINE = "online"
    OTHER = "other"


@dataclass(frozen=True)
class Place:
    """A place: its kind (a PlaceKind's value), its name, its address or stall, and its position where it was allowed.

    An online shop's address is that of its page.
    """

    kind: str
    name: str
    address: str = ""
    position: Position | None = None

    def to_json(self) -> dict[str, Any]:
        """The place as docs/api.md has it."""
        return vars(self) | {"position": self.position.to_json() if self.position else None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Place:
        """Read the wire form. Raises KeyError."""
        position = document["position"]
        return cls(
            document["kind"],
            document["name"],
            document["address"],
            Position.from_json(position) if position else None,
        )
