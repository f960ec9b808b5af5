"""What the people on the device do: which note, by whom, with which photos. Everything follows from the seed."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image

from services.records.kind import INSPECTION, NOTE, ROUND
from tests.support.record_kinds import SAMPLES

INSPECTORS = (("kiemtra01", "mau-kiemtra-01"), ("kiemtra02", "mau-kiemtra-02"))
PHOTOS_A_NOTE = 2
OTHER_KINDS = tuple(name for name in SAMPLES if name != NOTE.name)
_TURNS = (
    *((name,) for name in OTHER_KINDS if name not in (INSPECTION.name, ROUND.name)),
    (INSPECTION.name, ROUND.name),
)
"""The kinds take turns, so that more of them take no more time; a round is closed after its inspection."""
# Of this many notes in a row, the two inspectors who share one phone write the first and the others.
_TURN = 40


@dataclass(frozen=True)
class Finding:
    """The n-th note. `account` None: by somebody without one. `corrects` is the number of the note it corrects."""

    number: int
    account: str | None
    text: str
    pictures: tuple[int, ...]
    corrects: int | None

    @property
    def others(self) -> tuple[str, ...]:
        """The kinds of record that are written beside the note, of those that only accounts send."""
        return _TURNS[self.number // 3 % len(_TURNS)] if self.account is not None and self.number % 3 == 0 else ()


def finding(seed: int, number: int) -> Finding:
    """The note with this number: every third by nobody; every eighth corrects one; every fifth shares a photo."""
    draw = random.Random(f"{seed}/note/{number}")
    account = None if number % 3 == 2 else INSPECTORS[number // _TURN % 2][0]
    first = 2 * number
    shared = 2 * (number - 1) + 1 if number % 5 == 4 else first
    corrects = number - 3 if number % 8 == 7 and number >= 3 else None
    if corrects is not None and finding(seed, corrects).account != account:
        corrects = None
    words = " ".join(
        draw.choice(("Nhãn", "in", "5 sao", "“đặc sản”", "hết hạn", "\n", "🍵", "é\u0301", "\\")) for _ in range(9)
    )
    return Finding(number, account, f"#{number} {words}", (shared, first + 1), corrects)


def inspector_of(name: str | None) -> str | None:
    """The inspector whom this name means, who may have been renamed ("kiemtra01.2") since."""
    return None if name is None else name.partition(".")[0]


def number_in(text: str) -> int:
    """The number of the note with this text."""
    return int(text.split()[0].removeprefix("#"))


def picture(seed: int, number: int) -> bytes:
    """A photograph as a camera would give it: 6 to 20 KB of JPEG, every ninth some 400, each another."""
    digest = hashlib.sha256(f"{seed}/picture/{number}".encode()).digest()
    noise = np.random.default_rng(list(digest))
    width, height = 160 + digest[0] // 2, 120 + digest[1] // 2
    coarse = noise.integers(0, 256, (height // 6, width // 6, 3), dtype=np.uint8)
    if number % 9 == 0:
        width, height = 900, 700
        coarse = noise.integers(0, 256, (height // 2, width // 2, 3), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save(target, "JPEG", quality=80)
    return target.getvalue()
