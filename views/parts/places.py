"""The places of the app that the navigation leads to, by who uses it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

import flet as ft

from services.wording import mark
from views.parts.reader import Reader

HOME, SCAN, REGISTER, HISTORY, NOTES, ROUNDS = "/", "/scan", "/register", "/history", "/notes", "/rounds"
AUDITS, SETTINGS = "/audits", "/settings"
"""The addresses of the places. HOME is the consumer's first screen; who has signed in starts at SCAN."""

NEW_ROUND, PLAN = f"{ROUNDS}/new", f"{ROUNDS}/plan"
"""The form that opens a round, and the list of what to look at first."""

PRODUCT, PRODUCER = "/p/", "/producer/"
"""A product's page has its GTIN behind this, a producer's its id; the register's server has the same addresses."""


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
_SEEN = Place("nav-history", HISTORY, ft.Icons.HISTORY, mark("Seen"))
_NOTES = Place("nav-notes", NOTES, ft.Icons.ASSIGNMENT_OUTLINED, mark("Notes"))
_ROUNDS = Place("nav-rounds", ROUNDS, ft.Icons.ROUTE, mark("Rounds"))
_AUDITS = Place("nav-audits", AUDITS, ft.Icons.SHELVES, mark("Shelves"))


def places(reader: Reader) -> tuple[Place, ...]:
    """The places in the navigation; settings stand apart, behind the person's icon.

    Who has an account finds what was looked at there too: it is no place of theirs.
    """
    if reader is Reader.INSPECTOR:
        return (_SCAN, _ROUNDS, _REGISTER, _NOTES)
    if reader is Reader.SHOP:
        return (_SCAN, _AUDITS, _REGISTER, _NOTES)
    return (_HOME, _SCAN, _REGISTER, _SEEN, _NOTES)


def is_place(address: str) -> bool:
    """Whether this is the address of a place itself."""
    return address in (HOME, SCAN, REGISTER, HISTORY, NOTES, ROUNDS, AUDITS)


def round_address(round_id: str, part: str = "") -> str:
    """The address of a round, or of a part of it.

    A part is an inspection's id (with `/checklist` or `/photos` behind it), `edit`, `close` or `sign/ROLE`.
    """
    return f"{ROUNDS}/{round_id}/{part}" if part else f"{ROUNDS}/{round_id}"


AUDIT_NOW, OWN_LIST = f"{AUDITS}/now", f"{AUDITS}/own-list"
"""The running audit of the shelves, and the shop's own list of products."""


def audit_address(audit_id: str, part: str = "") -> str:
    """The address of a closed audit, or of a part of it: `actions` or `compare`.

    There are `actions` of the running one too, which is called `now`, and of all shelves together, called `shelf`.
    """
    return f"{AUDITS}/{audit_id}/{part}" if part else f"{AUDITS}/{audit_id}"


REPORT, REPORTS = "/report", "/reports"
"""The form for something suspicious, and the list of the reports that were sent off."""


WAITING, ANSWER = "/waiting", "/answer/"
"""What waits for the person; and the screen that answers a question of the office, with the event's id behind it."""

PAPER = "/paper"
"""The screen that checks a record on paper: its code, in the address, or the PDF."""

INVITATION = f"{SETTINGS}/invitation"
"""The screen on which somebody who was invited sets a password and signs in."""

OWN_SESSIONS = f"{SETTINGS}/sessions"
"""The screen that shows where one's account is signed in, and ends it there."""

LABEL_CHECK = "/labels/check"
"""The screen that checks the artwork of a label before it is printed."""

COMPARE = "/compare"
"""The screen with a pack beside its registered label; its address names the codes as the verdict's does.

Opened from an inspection, its address also has that: `inspection=ROUND/ID`.
"""


def compared_in(address: str) -> str | None:
    """The address of the inspection from which a comparison was opened; None where from a verdict."""
    path, _mark, query = address.partition("?")
    named = dict(parse_qsl(query)).get("inspection") if path == COMPARE else None
    return round_address(*named.split("/", 1)) if named and named.count("/") == 1 else None


def above(address: str) -> str:
    """Where the way back of a screen leads: from a comparison to the verdict or the inspection of the same pack.

    From the settings, which no bar leads away from, it leads to the first screen, and from what lies in a round to what
    it lies in.
    """
    path, _mark, query = address.partition("?")
    if path == COMPARE:
        return compared_in(address) or f"/verdict?{query}"
    if path == HISTORY:  # no place of who has an account, who comes from the settings
        return SETTINGS
    if path.startswith(f"{ROUNDS}/"):
        inner = path.rpartition("/")[0]
        return inner.removesuffix("/sign") + "/close" if inner.endswith("/sign") else inner
    if path.startswith(f"{AUDITS}/shelf/"):
        return AUDITS
    if path.startswith(f"{AUDITS}/"):
        return path.rpartition("/")[0]
    if path.startswith(f"{NOTES}/"):  # the list as it was sought
        return f"{NOTES}?{query}" if query else NOTES
    if path.startswith(ANSWER):
        return WAITING
    if address.startswith(f"{REPORTS}/"):
        return REPORTS
    return HOME if path == SETTINGS else place_of(address)


def place_of(address: str) -> str:
    """The place that a screen's address belongs to; what lies on no other's path belongs to SCAN."""
    path = address.partition("?")[0]
    if path == HOME:
        return HOME
    if path.startswith((PRODUCT, PRODUCER)):
        return REGISTER
    if path == WAITING or path.startswith(ANSWER):
        return NOTES
    others = (REGISTER, HISTORY, NOTES, ROUNDS, AUDITS, SETTINGS)
    return next((place for place in others if path == place or path.startswith(f"{place}/")), SCAN)
