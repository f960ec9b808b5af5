"""From finder patterns to a message: tries better and better grids until Reed-Solomon confirms what is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from services.decoding.charset import to_text
from services.decoding.eci import Undecodable
from services.decoding.pixels import Gray
from services.decoding.qr import text
from services.decoding.qr.codewords import corrected, formats
from services.decoding.qr.decisions import equalised, plain
from services.decoding.qr.grid import (
    BENT,
    MARGIN,
    WAVY,
    Floats,
    Grid,
    agreement,
    bent,
    glance,
    look,
    projected,
    rough,
    straightened,
    through_alignment,
    versions,
)
from services.decoding.qr.grouping import Group
from services.decoding.qr.locate import Triple
from services.decoding.qr.qr_code import QrCode
from services.decoding.qr.versions import Modules, dimension
from services.decoding.symbol import Corners, corners_of

_PROMISING = 0.7  # the least share of right known modules to look closer
_WORN = 0.75  # the same to believe a symbol
_SURE = 0.9  # the same where the most errors possible were corrected


def read_easily(ink: Gray, group: Group, enlarged: float, late: Callable[[], bool]) -> QrCode | None:
    """Read a symbol by the flat grid that its finder and timing patterns give, or by that grid straightened.

    Takes a millisecond or two. `enlarged` is by how much the picture is smaller than the one that corners refer to.
    """
    grid = projected(group.triple, group.version, group.tilts)
    code = _message(plain(glance(ink, grid)), grid, enlarged)
    if code is None and not late():
        grid = straightened(ink, grid, 3, late)
        grid = through_alignment(ink, grid, 3 + dimension(grid.version) / 20)
        code = _message(plain(look(ink, grid).modules), grid, enlarged)
    return code


def read_thoroughly(ink: Gray, triple: Triple, enlarged: float, late: Callable[[], bool]) -> QrCode | None:
    """Read a symbol with every means: all likely versions, bent grids, and equalised brightness."""
    for version in versions(ink, triple):
        for grid, bright in _attempts(ink, rough(triple, version), late):
            code = _message(bright, grid, enlarged)
            if code is not None:
                return code
            if late():
                return None
    return None


def _attempts(ink: Gray, grid: Grid, late: Callable[[], bool]) -> Iterator[tuple[Grid, Floats]]:
    """Yield better and better grids, each with the brightness of the modules that it gives."""
    grid = straightened(ink, grid, 3, late)
    grid = through_alignment(ink, grid, 3 + dimension(grid.version) / 20)
    sight = look(ink, grid)
    yield grid, plain(sight.modules)
    if agreement(sight.modules, grid.version) < _PROMISING:
        return
    grid = bent(ink, grid, terms=BENT, rounds=3, sight=sight, late=late)
    modules = look(ink, grid).modules
    if agreement(modules, grid.version) < _WORN:
        return
    yield grid, plain(modules)
    bright = equalised(modules, grid.version)
    yield grid, bright
    for terms in (BENT, WAVY):
        grid = bent(ink, grid, terms=terms, rounds=2, guess=np.clip(bright, -1, 1), late=late)
        modules = look(ink, grid).modules
        yield grid, plain(modules)
        bright = equalised(modules, grid.version, bright)
        yield grid, bright


def _message(bright: Floats, grid: Grid, enlarged: float) -> QrCode | None:
    """The message of the modules, as printed or mirrored, if Reed-Solomon, the modes and the patterns agree."""
    dark = bright < 0
    likeness = agreement(np.pad(bright, MARGIN), grid.version)
    if likeness < _WORN:
        return None
    for mirrored in (False, True):
        code = _decoded(dark.T if mirrored else dark, grid, likeness, enlarged)
        if code is not None:
            return code
    return None


def _decoded(dark: Modules, grid: Grid, likeness: float, enlarged: float) -> QrCode | None:
    for form in formats(dark, grid.version):
        done = corrected(dark, grid.version, form)
        if done is None:
            continue
        codewords, errors, brimful = done
        try:
            message = text.decode(codewords, grid.version)
            said = to_text(message.segments, whole=message.part is None)
        except Undecodable:
            continue
        if not message.raw or (brimful and (likeness < _SURE or not message.padded)):
            continue
        corners, segments = outline(grid, enlarged), tuple(message.segments)
        return QrCode(said, message.raw, corners, message.gs1, errors, message.part, segments)
    return None


def outline(grid: Grid, enlarged: float) -> Corners:
    """The corners of the symbol that a grid covers."""
    side = dimension(grid.version)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float64)
    return corners_of((grid.pixels(corners) + 0.5) * enlarged - 0.5)
