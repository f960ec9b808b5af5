"""Lets a verdict be heard without looking: a short tone for each class, where the person has not switched that off.

`scripts/make_tones` makes the files. A browser fetches a file when its tone is first prepared or played, so that a
visit which scans nothing costs nothing more. The ready-made clients of Flet contain the player.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Literal
from weakref import WeakKeyDictionary

import flet_audio as fta

from views.design import Tone
from views.parts.shell import Shell

Klass = Literal["good", "again", "look", "take_down", "outside", "not_read"]
"""What is heard: the classes of a line on a shelf, and `again`, a good pack of a product that is in the list."""

KLASSES: tuple[Klass, ...] = ("good", "again", "look", "take_down", "outside", "not_read")

OF_TONE: dict[Tone, Klass] = {
    Tone.GOOD: "good",
    Tone.CAUTION: "look",
    Tone.BAD: "take_down",
    Tone.UNKNOWN: "outside",
}
"""What is heard for a verdict's tone."""

_PATIENCE = 2.0
"""For so many seconds a client is asked whether it plays (seconds)."""

log = logging.getLogger(__name__)

_players: WeakKeyDictionary[Shell, dict[Klass, fta.Audio]] = WeakKeyDictionary()
"""The players of each person's page, one a tone: a player that changes its file plays late."""


def prepare(shell: Shell, klasses: Iterable[Klass] = KLASSES) -> None:
    """Let the client fetch these tones now, so that the first of them is not late."""
    if shell.tones and shell.volume:
        for klass in klasses:
            _player(shell, klass)


async def play(shell: Shell, klass: Klass) -> bool:
    """Play a tone; false where it is switched off, or the client refuses.

    A browser refuses all sound until the person has tapped the page or pressed a key. Nothing else may fail for that.
    """
    if not (shell.tones and shell.volume):
        return False
    player = _player(shell, klass)
    try:
        if player.volume != shell.volume / 100:
            player.volume = shell.volume / 100
            player.update()
        async with asyncio.timeout(_PATIENCE):
            await player.play()
    except TimeoutError:
        log.info("it is not known whether a tone was played")
    except RuntimeError as refused:
        log.info("a tone was not played: %s", refused)
        return False
    return True


def _player(shell: Shell, klass: Klass) -> fta.Audio:
    players = _players.setdefault(shell, {})
    if klass not in players:
        players[klass] = fta.Audio(
            src=f"tones/{klass}.wav",
            volume=shell.volume / 100,
            release_mode=fta.ReleaseMode.STOP,  # else the file is fetched anew each time
        )
    return players[klass]
