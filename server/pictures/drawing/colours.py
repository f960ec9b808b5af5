"""The colours of drawn packs."""

from __future__ import annotations

from dataclasses import dataclass

GOLD = "#c9a227"
STAR_ON_PAPER = "#c07f00"


@dataclass(frozen=True)
class Colours:
    """Text and bands (`deep`), the pack (`main`), its lid and edges (`light`), what is behind (`soft`), the label."""

    deep: str
    main: str
    light: str
    soft: str
    paper: str


COLOURS = {
    "amber": Colours("#6b3a00", "#db951a", "#f0b94a", "#f6eacc", "#fff7e0"),
    "green": Colours("#1f4a22", "#4c7d46", "#86a97f", "#e3eada", "#fbf9ef"),
    "navy": Colours("#0b3a52", "#114a63", "#5a8296", "#dde6ec", "#f7fafb"),
    "brick": Colours("#75281a", "#c4532d", "#e6b9a6", "#f7e1d3", "#fff6f0"),
    "ochre": Colours("#3b481e", "#c6a023", "#dfc670", "#ebe3c9", "#f8f1dc"),
    "purple": Colours("#3b1a4a", "#5b2a66", "#9672a0", "#e8deec", "#faf5fb"),
    "brown": Colours("#54390f", "#a67a2f", "#caa96f", "#efe9de", "#fcf6ea"),
    "teal": Colours("#0c4a4e", "#23787a", "#7fb8b6", "#dcebe9", "#f5fbf9"),
    "pink": Colours("#7a1f47", "#c9557f", "#e8a9bf", "#f9e4eb", "#fff7f9"),
    "slate": Colours("#22282b", "#4a555b", "#929ea4", "#e3e7e9", "#f8f9f9"),
}
