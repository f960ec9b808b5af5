"""What an engine reads on a scan line, if the line itself confirms it."""

from __future__ import annotations

from services.decoding import redraw, two_widths
from services.decoding.engines import Engine
from services.decoding.scan_lines import Line, is_quiet_around
from services.decoding.symbol import LineRead, Symbology
from services.decoding.widths import QUIET_OF_SHORT

SHORT = {Symbology.EAN_8: 67, Symbology.UPC_E: 51, Symbology.ITF_14: 120}
"""Symbols that engines find inside longer ones, and about how many modules they have."""
_PROVEN = (Symbology.CODE_93, Symbology.DATABAR, Symbology.DATABAR_LIMITED, Symbology.DATABAR_EXPANDED)
"""Symbols whose checksum is proof enough of what a line says: they are not drawn anew."""


def read_line(engine: Engine, line: Line) -> list[LineRead]:
    """What an engine reads on a scan line, if the line confirms it.

    The symbol is drawn anew from the read and compared with the line. What engines find inside longer symbols must also
    have QUIET_OF_SHORT quiet modules on either side.
    """
    return [
        read
        for read in engine.line(line)
        if _stands_alone(line, read) and (read.symbology in _PROVEN or _is_like(line, read))
    ]


def shows(line: Line, read: LineRead) -> bool:
    """Whether a line shows, in quiet zones and drawn anew, what was read at the same place of a line beside it."""
    return _stands_alone(line, read) and _is_like(line, read)


def _stands_alone(line: Line, read: LineRead) -> bool:
    modules = _modules(read)
    if not modules:
        return True
    quiet = QUIET_OF_SHORT * abs(read.end - read.start) / modules
    return is_quiet_around(line, read.start, read.end, quiet)


def _modules(read: LineRead) -> float:
    """About how many modules wide a symbol is that could be seen in a longer one; 0 for others."""
    if read.symbology is Symbology.CODE_93:
        return 9 * len(read.text) + 37
    return SHORT.get(read.symbology) or two_widths.modules(read.text, read.symbology)


def _is_like(line: Line, read: LineRead) -> bool:
    if read.runs:
        return redraw.drawn_likeness(line, read.start, read.end, read.runs) >= redraw.ALIKE
    return redraw.is_alike(line, read.start, read.end, read.text, read.symbology)
