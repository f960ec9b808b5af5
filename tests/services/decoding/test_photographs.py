"""Real photographs with known codes: nothing that is not there is read.

How many are read is measured by the benchmark over all of them; here a fixed sample guards against wrong texts.
"""

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from services.codes import to_gtin14
from services.codes.gtin import expand_upc_e
from services.decoding import Symbology, decode

SHARED = Path(os.environ.get("OCOP_SHARED", Path(__file__).resolve().parents[4] / "shared"))
CORPUS = SHARED / "decoding"
NAMES = {
    "Code128": Symbology.CODE_128,
    "ITF": Symbology.ITF_14,
    "QR": Symbology.QR_CODE,
    "DataMatrix": Symbology.DATA_MATRIX,
}
RETAIL = (Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CORPUS / "manifest.jsonl").exists(), reason="no photographs at OCOP_SHARED or ../shared"),
]


def photographs(with_code: bool, number: int) -> list[dict[str, Any]]:
    """`number` photographs of the open half with every code in them known, spread evenly over the list."""
    rows = [json.loads(line) for line in (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    fit = [
        row
        for row in rows
        if row["split"] == "open"
        and row["complete"]
        and bool(row["codes"]) is with_code
        and all(code["text"] is not None for code in row["codes"])
    ]
    return fit[:: max(len(fit) // number, 1)][:number]


def pixels(row: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    image = cv2.imread(str(CORPUS / row["path"]), cv2.IMREAD_GRAYSCALE)
    assert image is not None, row["path"]
    scale = min(1.0, 1000 / max(image.shape))
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def said(symbology: str, text: str) -> tuple[str, str]:
    """One form for one number, however it is written; for other texts the letters and digits that any charset has."""
    kind = NAMES.get(symbology) or Symbology(symbology)
    if kind in RETAIL:
        number = expand_upc_e(text) if kind is Symbology.UPC_E and len(text) == 8 else text
        return "GTIN", to_gtin14(number)
    return kind, "".join(c for c in text if c.isascii() and c.isprintable() and c not in "() ")


def test_no_photograph_gives_a_text_that_is_not_on_it() -> None:
    read = 0
    wrong = []
    sample = photographs(with_code=True, number=40)
    for row in sample:
        there = {said(code["symbology"], code["text"]) for code in [*row["codes"], *row.get("also", [])]}
        for symbol in decode(pixels(row), budget=0.2):
            read += 1
            if said(symbol.symbology, symbol.text) not in there:
                wrong.append((row["path"], symbol.symbology, symbol.text, there))
    assert len(sample) == 40
    assert wrong == []
    assert read >= 15, "a decoder that reads nothing is never wrong"


def test_nothing_is_read_where_there_is_no_code() -> None:
    sample = photographs(with_code=False, number=10)
    assert len(sample) == 10
    assert [(row["path"], decode(pixels(row), budget=0.2)) for row in sample] == [(row["path"], []) for row in sample]
