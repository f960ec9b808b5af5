"""The places of the app that the navigation leads to, by who uses it."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from views.parts.texts import mark

HOME, SCAN, REGISTER, NOTES, SETTINGS = "/", "/scan", "/register", "/notes", "/settings"
"""The addresses of the places. HOME is the consumer's first screen; who has signed in starts at SCAN."""


@dataclass(frozen=True)
class Place:
    """A place: the identifier of its button, its address, its icon and its name."""

    identifier: str
    address: str
    icon: ft.IconData
    name: str


_HOME = Place("nav-home", HOME, ft.Icons.HOME_OUTLINED, mark("Home"))
_SCAN = Place("nav-scan", SCAN, ft.Icons.QR_CODE_SCANNER, mark("Scan"))
_REGISTER = Place("nav-register", REGISTER, ft.Icons.MANAGE_SEARCH, mark("Look up"))
_NOTES = Place("nav-notes", NOTES, ft.Icons.ASSIGNMENT_OUTLINED, mark("Notes"))


def places(*, signed_in: bool) -> tuple[Place, ...]:
    """The places in the navigation; settings stand apart, behind the person's icon."""
    return (_SCAN, _REGISTER, _NOTES) if signed_in else (_HOME, _SCAN, _REGISTER, _NOTES)


REPORT, REPORTS = "/report", "/reports"
"""The form for something suspicious, and the list of the reports that were sent off."""


def above(address: str) -> str:
    """Where the way back of a screen leads; from the settings, which no bar leads away from, to the first screen."""
    if address.startswith(f"{REPORTS}/"):
        return REPORTS
    return HOME if address.partition("?")[0] == SETTINGS else place_of(address)


def place_of(address: str) -> str:
    """The place that a screen's address belongs to; what lies on no other's path belongs to SCAN."""
    path = address.partition("?")[0]
    if path == HOME:
        return HOME
    return next((place for place in (REGISTER, NOTES, SETTINGS) if path == place or path.startswith(f"{place}/")), SCAN)
