"""PDFs that a person chose: pages with codes, hostile and locked ones, and devices without PDFium."""

import io
import sys
import zlib
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image

from services.decoding import BadImage, look, pdf
from services.decoding.files import open_file, read_file
from services.decoding.pages import MOST
from services.decoding.pixels import MAX_SIDE
from tests.services.decoding.pictures import GTIN, LINK, ean13, qr


def document(*pages: Any, password: str = "") -> bytes:
    made = FPDF(unit="mm", format=(100, 60))
    for page in pages:
        made.add_page()
        if page is not None:
            made.image(Image.fromarray(page), x=5, y=5, w=50)
    if password:
        made.set_encryption(owner_password=password, user_password=password)
    return bytes(made.output())


def drawn(box: str, content: bytes = b"", pages: int = 1) -> bytes:
    """A PDF whose pages have a MediaBox and draw `content` (PDF 1.7, 7.7.3)."""
    packed = zlib.compress(content)
    kids = " ".join(["3 0 R"] * pages)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R>>".encode(),
        f"<</Length {len(packed)}/Filter/FlateDecode>>stream\n".encode() + packed + b"\nendstream",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    end = f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{len(body)}\n%%EOF".encode()
    return body + head + table + end


def test_the_codes_of_all_pages_are_read() -> None:
    read = read_file(open_file(document(None, qr(), ean13()), pdf=True), look)
    assert [symbol.text for symbol in read.symbols] == [LINK, GTIN]
    assert read.more == 0


def test_pages_beyond_the_bound_are_counted() -> None:
    pages = open_file(drawn("0 0 200 20", b"0 0 10 10 re f", MOST + 5), pdf=True)
    assert pages.more == 5


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7 nothing", document(qr())[:900], document(qr(), password="secret"), drawn("0 0 20 20", pages=0)],
    ids=["no document", "half of one", "locked", "no page"],
)
def test_what_cannot_be_drawn_is_said_to_be_a_pdf(data: bytes) -> None:
    with pytest.raises(BadImage) as error:
        open_file(data, pdf=True)
    assert error.value.reason == "pdf"


@pytest.mark.parametrize("box", ["0 0 99999999 99999999", "0 0 9999999 1", "0 0 0 0", "5 5 -5 -5", "0 0 nan inf"])
def test_a_page_of_any_size_is_drawn_within_the_limit(box: str) -> None:
    assert max(open_file(drawn(box, b"0 0 10 10 re f"), pdf=True).pictures[0].shape) <= MAX_SIDE + 1


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.05)
    slow = b"0 0 m " + b"300 300 0 300 300 0 c " * 4_000 + b"S"
    with pytest.raises(BadImage) as error:
        open_file(drawn("0 0 300 300", slow), pdf=True)
    assert error.value.reason == "pdf"


def test_a_pdf_is_not_opened_where_nobody_asked() -> None:
    with pytest.raises(BadImage, match="pdf"):
        open_file(document(qr()), pdf=False)


def test_a_pdf_is_not_opened_where_nothing_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(BadImage, match="pdf"):
        open_file(document(qr()), pdf=True)


def test_a_picture_is_no_pdf_whatever_it_holds() -> None:
    target = io.BytesIO()
    Image.fromarray(qr()).save(target, "PNG")
    assert len(open_file(target.getvalue() + b"%PDF-1.7", pdf=True).pictures) == 1
