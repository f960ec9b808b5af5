"""How well a strip supports what somebody else read in it."""

from __future__ import annotations

from math import inf

from services.codes.gtin import expand_upc_e
from services.decoding.linear.matcher import REACH, Match, read_patch
from services.decoding.linear.strips import Patch
from services.decoding.symbol import Symbology

UNDECIDED = 1.0
"""The agreement of a strip in which no code stands out."""


def agreement(
    patch: Patch,
    text: str,
    symbology: Symbology,
    *,
    ends: tuple[float, float] | None = None,
    reach: float = REACH,
    thorough: bool = True,
    deadline: float = inf,
) -> float:
    """How many times worse the next code explains a straightened strip than `text` does, as far as one stands out.

    Above 1 the picture shows `text`, below 1 it shows another code; at 1 (UNDECIDED) it says nothing: it is too poor,
    or `deadline` (time.monotonic()) came first. The strip is read without knowing `text`, so that the many spellings of
    a Code 128 need no guess. For the strip and the other arguments see `read_patch`.
    """
    match = read_patch(patch, ends=ends, reach=reach, thorough=thorough, deadline=deadline)
    if match is None:
        return UNDECIDED
    return match.margin if _says(match, text, symbology) else 1 / match.margin


def _says(match: Match, text: str, symbology: Symbology) -> bool:
    """Whether a match is that text; some readers call a UPC-E by the UPC-A that it stands for."""
    if match.symbology is Symbology.UPC_E and symbology is Symbology.UPC_A:
        return text == expand_upc_e(match.text)
    return (match.text, match.symbology) == (text, symbology)
