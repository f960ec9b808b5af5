"""What phones can print: they have fpdf2 and segno, but no zxing-cpp."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

ROOT = Path(__file__).resolve().parent.parent.parent
DRAWN = """
import importlib, pkgutil, sys
sys.modules["zxingcpp"] = None  # as if it were not installed
import printing
for module in pkgutil.iter_modules(printing.__path__):
    importlib.import_module(f"printing.{module.name}")
from printing.data_matrix import data_matrix
from printing.linear import trade_item
from printing.pages import document, draw_symbol, write
from printing.qr import qr_code
try:
    data_matrix([("01", "09521234567899")])
except ImportError:
    pdf = document("Biên bản")
    pdf.add_page()
    write(pdf, "Biên bản kiểm tra", 20, 20, 12)
    draw_symbol(pdf, qr_code("https://registry.example/01/09521234567899", 46), 20, 30)
    draw_symbol(pdf, trade_item("09521234567899"), 20, 90)
    sys.stdout.buffer.write(pdf.output())
"""


@pytest.fixture(scope="module")
def page() -> pypdfium2.PdfPage:
    done = subprocess.run([sys.executable, "-c", DRAWN], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return pypdfium2.PdfDocument(done.stdout)[0]


def test_a_page_with_text_a_qr_code_and_bars_is_drawn_without_zxing(page: pypdfium2.PdfPage) -> None:
    assert "Biên bản kiểm tra" in page.get_textpage().get_text_range()
    found = zxingcpp.read_barcodes(page.render(scale=300 / 72, grayscale=True).to_numpy())
    assert {code.text for code in found} == {"https://registry.example/01/09521234567899", "9521234567899"}
