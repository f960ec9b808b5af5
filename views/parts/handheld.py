"""What becomes of the bursts of a handheld scanner: a verdict, or a sentence that says why there is none."""

from __future__ import annotations

import asyncio
from typing import cast
from urllib.parse import urlencode

from services.accounts.invitation import read_invitation
from services.scanners import Burst, Frame, Refusal, Scan, read
from services.scanners.reading import is_certain
from services.verification.check import TYPED
from services.wording import mark
from views.design import Tone
from views.parts.feel import let_feel
from views.parts.places import ROUNDS
from views.parts.scanning import REFUSED, Scanning, show_invitation, show_verdict
from views.parts.shell import Shell
from views.parts.sounds import play

_FIELD_LAG = 0.15
"""How long after a key a field's change may still be on its way, in seconds."""

SENTENCES: dict[Refusal, str] = {
    Refusal.INTERRUPTED: mark(
        "The scan came in pieces, and its beginning may be missing. Nothing was judged. Scan again."
    ),
    Refusal.INPUT_METHOD: mark(
        "A Vietnamese input method (Telex or VNI) changed what the scanner sent. Nothing was judged. "
        "Switch the input method to English, then scan again."
    ),
    Refusal.FOREIGN_KEY: mark(
        "Keys that no scan contains came in the middle of it. Nothing was judged. Take your hands off the keyboard and "
        "scan again. If this stays so, test the scanner in the settings."
    ),
    Refusal.LAYOUT: mark(
        "The computer's keyboard layout changed what the scanner sent. Nothing was judged. "
        "Set the scanner to the computer's layout, or the computer to English (US), then scan again."
    ),
    Refusal.NO_END: mark(
        "The scanner did not say where the code ends. Nothing was judged. Set it to send Enter after each code; "
        "the settings test a scanner."
    ),
    Refusal.FRAME: mark(
        "The scan does not begin with the prefix that is set under Scanner in the settings. Nothing was judged. "
        "Scan again, or change the prefix there."
    ),
}


async def tell(
    shell: Shell,
    scanning: Scanning,
    outcome: Scan | Refusal,
    burst: Burst | None,
    *,
    in_field: bool = False,
    owned: bool = True,
    held: str = "",
) -> None:
    """Do what a burst asks for, of which the wedge has said this.

    `in_field`: a text field had the focus, as far as that is known. `owned`: the burst's end went to no field. Where it
    did, the burst counts as typed by a person. `held` is what a web page's field holds at that end: a scan that came
    haltingly into the field for a code is whole there, if what it holds proves itself.
    """
    if outcome is Refusal.INTERRUPTED and scanning.entry:
        outcome = _whole(held, scanning.wedge.frame) or outcome
    if scanning.tester:
        is_whole = isinstance(outcome, Scan) or outcome in (Refusal.NO_END, Refusal.FRAME, Refusal.LAYOUT)
        scanning.tester(burst if is_whole and burst else cast("Refusal", outcome))
    elif isinstance(outcome, Scan) and owned and (invitation := read_invitation(outcome.text)):
        show_invitation(shell.page, scanning, invitation)  # whatever else takes scans on this screen
    elif scanning.taker:
        if owned or not in_field:  # else that field has the words, and is asked about them
            await scanning.taker(outcome)
    elif isinstance(outcome, Scan):
        if in_field and not owned:
            return
        if scanning.take_out and burst:
            await asyncio.sleep(_FIELD_LAG)
            scanning.take_out(burst.typed)
        show_verdict(shell.page, scanning, [(outcome.text, TYPED)])
    elif in_field and (outcome is Refusal.NO_END or (not owned and scanning.entry)):
        return  # the person may go on there, or that field judges all of what it holds
    else:
        if scanning.entry:
            await asyncio.sleep(_FIELD_LAG)
            scanning.entry()
        _refuse(shell, scanning, outcome, in_field=in_field)
        await asyncio.gather(let_feel(shell, Tone.CAUTION), play(shell, "not_read"))


def _whole(held: str, frame: Frame) -> Scan | None:
    found = read(Burst(held.strip(), "Enter"), frame)
    return found if isinstance(found, Scan) and is_certain(found.text) else None


def _refuse(shell: Shell, scanning: Scanning, why: Refusal, *, in_field: bool) -> None:
    """Say why a scan is not judged: in place of the last verdict, or in passing where the person is writing."""
    if in_field or shell.page.route.startswith(("/note/", f"{ROUNDS}/")):
        shell.say(shell.texts.gettext(SENTENCES[why]))
        return
    scanning.count()
    scanning.leave(shell.page.route)
    shell.page.navigate(f"{REFUSED}?{urlencode({'why': why.value})}")
