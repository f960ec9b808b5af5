"""QR codes to print."""

from __future__ import annotations

import segno

from printing.symbols import MATRIX_X, DoesNotFit, DrawnSymbol, matrix_symbol

_QUIET = 4  # 5.10; ISO/IEC 18004, 9.1


def qr_code(text: str, room: float) -> DrawnSymbol:
    """Draw a QR code for `text`, as large as a square of `room` millimetres and the specification allow.

    Raises DoesNotFit where it would have to be smaller than the specification allows.
    """
    try:
        rows = segno.make_qr(text, error="m", boost_error=False).matrix
    except segno.DataOverflowError as error:
        raise DoesNotFit(text) from error
    modules = len(rows) + 2 * _QUIET
    least, _target, greatest = MATRIX_X
    if room / modules < least:
        raise DoesNotFit(text)
    return matrix_symbol(rows, min(greatest, room / modules), _QUIET)
