"""QR codes to print."""

from __future__ import annotations

import segno

from printing.symbols import MATRIX_X, DoesNotFit, DrawnSymbol, matrix_symbol

_QUIET = 4  # 5.10; ISO/IEC 18004, 9.1


def qr_code(text: str, room: float, *, least: float = MATRIX_X[0]) -> DrawnSymbol:
    """Draw a QR code for `text`, as large as a square of `room` millimetres and the specification allow.

    Raises DoesNotFit where a module would be smaller than `least` millimetres: what is not read at a shop's till may be
    smaller than the specification allows there.
    """
    try:
        rows = segno.make_qr(text, error="m", boost_error=False).matrix
    except segno.DataOverflowError as error:
        raise DoesNotFit(text) from error
    modules = len(rows) + 2 * _QUIET
    greatest = MATRIX_X[2]
    if room / modules < least:
        raise DoesNotFit(text)
    return matrix_symbol(rows, min(greatest, room / modules), _QUIET)
