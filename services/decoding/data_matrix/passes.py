"""The searches of a picture for Data Matrix: at which scales, with which masks, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.decoding.data_matrix.locate import Mask

LITTLE = 440
"""The longest side of pictures so small that a first look spares nothing."""


@dataclass(frozen=True)
class Pass:
    """One search: its scale, its mask, and whether it is for a light symbol on dark ground.

    A `quick` one looks only where the picture is busy, and for dashed sides along the outline. One for `dots` looks for
    modules that do not touch.
    """

    scale: float
    mask: Mask
    inverted: bool = False
    quick: bool = False
    dots: bool = False


_CLOSED, _FINE = Mask(31, 6, 3), Mask(15, 4)
# Modules of one size are looked for at one scale: what is too large is found in the halved picture.
_SMALL, _LARGE = Mask(31, 6, 3, most=260), Mask(31, 6, 3, least=36)


# Scales to search at, the likeliest first, for pictures whose longest side is above the key.
_SCALES: tuple[tuple[int, tuple[float, ...]], ...] = (
    (1400, (0.5, 0.25, 1.0)),
    (700, (0.5, 1.0)),
    (440, (1.0,)),
    (300, (1.0, 2.0)),
    (150, (2.0, 1.0)),
    (0, (4.0, 2.0)),
)


def _scales(longest: int) -> tuple[float, ...]:
    return next(scales for least, scales in _SCALES if longest > least)


def quick_passes(longest: int) -> list[Pass]:
    """The searches for a first look."""
    scales = [(0.5, _LARGE), (1.0, _SMALL), (0.25, _LARGE)]
    if longest <= LITTLE:
        scales = [(1.0 if longest > 150 else 2.0, _CLOSED)]
    found = [Pass(scale, mask, inverted, quick=True) for inverted in (False, True) for scale, mask in scales]
    found = [search for search in found if not search.inverted or search.scale < 1 or longest <= 700]
    return found + _dots((0.5, 1.0) if longest <= 700 else (0.5,))


def further_passes(longest: int) -> list[Pass]:
    """The further searches, the likeliest first."""
    first, *others = _scales(longest)
    return [
        Pass(first, _CLOSED),
        Pass(first, _FINE),
        Pass(first, _CLOSED, inverted=True),
        *(Pass(scale, _CLOSED) for scale in others),
        *(Pass(scale, _CLOSED, inverted=True) for scale in others if scale != 1 or longest < 700),
        *_dots((2.0,) if longest <= 700 else (1.0, 0.25)),
    ]


def _dots(scales: Iterable[float]) -> list[Pass]:
    return [Pass(scale, _CLOSED, inverted, dots=True) for scale in scales for inverted in (False, True)]
