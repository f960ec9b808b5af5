"""What is kept of a person's scanning from screen to screen, and the way from a scan to its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import flet as ft

from services.accounts.invitation import Invitation, read_invitation
from services.camera.choice import Handled
from services.camera.frames import CameraFault, FrameReader
from services.camera.preview import Outline, Size
from services.decoding import Unread
from services.papers.checking import CheckedFile
from services.papers.paper import is_paper
from services.scanners import Burst, Refusal, Scan
from services.verification import Status
from views.parts.commands import Commands
from views.parts.packs import JudgedCodes
from views.parts.places import INVITATION, PAPER, SCAN, above, is_place
from views.parts.question import Question, Scanned
from views.parts.shared import Shared
from views.parts.wedge import Wedge

MOST_SHOWN = 50
"""How many verdicts the running list beside the camera keeps; the history has them all."""


@dataclass(frozen=True)
class Check:
    """One check of what was scanned, typed or read from a picture, so that it is told apart from the one before.

    `number` counts all checks since the app was opened, `times` those of the same codes. `codes` is empty where a scan
    was refused. `unread` are the codes that were seen in the same picture file and could not be read.
    """

    number: int
    at: datetime
    codes: tuple[Scanned, ...]
    times: int
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Photo:
    """A picture file with several packs: a small JPEG of it, and what lies over it. It has the camera's place.

    `unread` are the codes of all its pages that were seen and could not be read.
    """

    jpeg: bytes
    size: Size
    outlines: tuple[Outline, ...]
    codes: JudgedCodes
    packs: tuple[tuple[Scanned, ...], ...]
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A verdict that was shown: its address, when, what it was on (a product's name, else the code), and its status."""

    address: str
    at: datetime
    name: str
    status: Status


@dataclass(frozen=True)
class RecordFile:
    """A file that was chosen as a round's record: what the check found, or the code of the problem with it."""

    name: str
    checked: CheckedFile | None
    problem: str | None = None


class Scanning(ft.Observable):
    """The readers of codes, and what they read last.

    `take_out` is set by a screen with a text field that may catch what a handheld scanner types, and is called with
    that text. `entry` empties the field for a code while that has the focus; this field judges by itself what is typed
    into it. `tester` is set by the screen that tests a scanner, and gets all that it sends. `taker` is set by a screen
    that does something of its own with each scan, and gets what became of it; `commands` by one that gives single keys
    a meaning. `compared` is what is
    known of a pack while the person looks for its other code, `judged_gtin` the product of the last verdict shown,
    `checked` the texts of all codes whose verdict was shown, and `last` the last check. `photo` is the picture with
    several packs that the person chooses between, and `seen` a file that showed one, with its codes.
    `no_camera` is why no camera could be had, as last told. `came_from` is the address of the screen that the verdict
    was asked for on, to which Back leads.
    `shown` are the last verdicts shown, the newest first. `felt` is the number of the last check that was felt.
    `record_file` is the record of a round that was checked last. `invitation` is the one that was read last: it is in
    no address, which a browser would keep. `handled` are the packs that were recorded and may
    still be before the camera.
    """

    def __init__(self, reader: FrameReader) -> None:
        self.reader = reader
        self.wedge = Wedge()
        self.take_out: Callable[[str], None] | None = None
        self.tester: Callable[[Burst | Refusal], None] | None = None
        self.taker: Callable[[Scan | Refusal], Awaitable[None]] | None = None
        self.commands: Commands | None = None
        self.compared: Question | None = None
        self.judged_gtin: str | None = None
        self.checked: set[str] = set()
        self.photo: Photo | None = None
        self.seen: tuple[frozenset[Scanned], bytes] | None = None
        self.no_camera: CameraFault | None = None
        self.came_from = SCAN
        self.last: Check | None = None
        self.felt = 0
        self.handled = Handled()
        self.shown: tuple[Judged, ...] = ()
        self.record_file: RecordFile | None = None
        self.invitation: Invitation | None = None
        self._entry: Callable[[], None] | None = None
        self._times: Counter[tuple[Scanned, ...]] = Counter()

    @property
    def entry(self) -> Callable[[], None] | None:
        return self._entry

    def note_entry(self, empty: Callable[[], None] | None) -> None:
        """Note that the field for a code has the focus, or None: has not. Nothing is drawn anew for that."""
        self._entry = empty

    def leave(self, address: str) -> None:
        """Remember the place of the navigation that a verdict is asked for on; from verdict to verdict it stays."""
        if is_place(address.partition("?")[0]):
            self.came_from = address

    def count(self, codes: Sequence[Scanned] = (), unread: Sequence[Unread] = ()) -> None:
        """Count one more check of these codes, or of a scan that is refused."""
        key = tuple(codes)
        self._times[key] += 1
        number = self.last.number + 1 if self.last else 1
        self.last = Check(number, datetime.now(UTC), key, self._times[key] if key else 1, tuple(unread))

    def note_verdict(self, judged: Judged) -> None:
        """Note that a verdict was shown; it takes the place of an earlier one at the same address."""
        before = [each for each in self.shown if each.address != judged.address]
        self.shown = (judged, *before[: MOST_SHOWN - 1])


REFUSED = "/refused"
"""The address of the screen that shows a refused scan."""

use_scanning = Shared[Scanning]()


def show_verdict(
    page: ft.Page,
    scanning: Scanning,
    codes: Sequence[Scanned],
    *,
    one_pack: bool = False,
    unread: Sequence[Unread] = (),
) -> None:
    """Go to the verdict on these codes, together with the pack's other code while the person compares two.

    The code of a record on paper is on no pack: it leads to the screen that checks such records. Nor is an invitation:
    alone it leads to its own screen, beside a pack's codes it is left out. It is never looked up, shown as a code, or
    kept in the history.

    `one_pack`: the person has said that all of them are on one pack. `unread` are further codes of the same picture
    file.
    """
    if link := next((text for text, _symbology in codes if is_paper(text)), None):
        scanning.record_file = None
        page.navigate(f"{PAPER}?{urlencode({'link': link})}")
        return
    codes = [code for code in codes if read_invitation(code[0]) is None] or codes
    if codes and (invitation := read_invitation(codes[0][0])):
        show_invitation(page, scanning, invitation)
        return
    pack, scanning.compared = scanning.compared, None
    if pack is None:
        question = Question(tuple(codes), one_pack)
    else:
        question = replace(pack, codes=tuple(dict.fromkeys([*pack.codes, *codes])))
    scanning.count(question.codes, unread)
    scanning.leave(page.route)
    page.navigate(question.address)


def show_invitation(page: ft.Page, scanning: Scanning, invitation: Invitation) -> None:
    """Go to the screen on which somebody who was invited sets a password. Nothing is asked of any server yet."""
    scanning.invitation = invitation
    page.navigate(INVITATION)


def back_to(scanning: Scanning, address: str) -> str:
    """The screen that Back leads to from this address."""
    return scanning.came_from if address.partition("?")[0] in ("/verdict", REFUSED) else above(address)
