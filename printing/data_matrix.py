"""GS1 DataMatrix symbols to print. Drawing one needs zxing-cpp, which phones do not have."""

from __future__ import annotations

from collections.abc import Iterable

from printing.symbols import MATRIX_X, DrawnSymbol, matrix_symbol

_QUIET = 2  # one more than 5.6.3 asks for, since there is other print beside it


def data_matrix(elements: Iterable[tuple[str, str]]) -> DrawnSymbol:
    """Draw application identifiers and values, with FNC1 first and after each value of no fixed length (5.6).

    The values must obey the rules of their identifiers; not every breach is noticed here (ValueError). Raises
    ImportError where zxing-cpp is not installed.
    """
    import zxingcpp  # imported here, so that the rest of this package works without it

    text = "".join(f"[{ai}]{value}" for ai, value in elements)
    # Square, since the rectangular ones of ISO/IEC 21471 are no GS1 DataMatrix.
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True)
    picture = memoryview(symbol.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    rows = [[int(value == 0) for value in row] for row in picture.tolist()]  # type: ignore[attr-defined]
    return matrix_symbol(rows, MATRIX_X[1], _QUIET)
