"""The record of a round on paper: what stands on its pages, and that none of it is cut or lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fpdf import FPDF

from printing.marks import draw_mark
from printing.record import record_pdf
from printing.record_content import (
    Column,
    Facts,
    Line,
    Mark,
    Picture,
    Pictures,
    RecordContent,
    Section,
    Signatures,
    Signed,
    Table,
    Words,
)
from tests.support.closed_rounds import photo

pypdfium2 = pytest.importorskip("pypdfium2")
FONTS = Path(__file__).resolve().parents[2] / "assets/assets/fonts"
LONG = "Ruốc hàu Vân Đồn, nước mắm cốt nhĩ và sá sùng khô rang muối " * 80


def content(*sections: Section, link: str | None = None) -> RecordContent:
    return RecordContent(
        above="OCOP Verify · Quảng Ninh",
        title="Bản ghi đợt kiểm tra",
        notice="Tài liệu hỗ trợ, không thay biên bản theo mẫu quy định.",
        link=link,
        link_words="Quét mã để đối chiếu.",
        sections=sections,
        foot=("Mã băm bản ghi 0123", "Đợt 4567"),
        page="Trang {page}/{pages}",
        language="vi",
        made_at=datetime(2026, 11, 28, tzinfo=UTC),
    )


def pages_of(drawn: RecordContent) -> list[str]:
    document = pypdfium2.PdfDocument(record_pdf(drawn, FONTS))
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def words_of(pages: list[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(pages))


def test_each_page_has_its_number_and_the_hash() -> None:
    pages = pages_of(content(Section("1. Sản phẩm", (Words(tuple(Line(f"Dòng {n}") for n in range(150))),))))
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"Trang {number}/3" in page
        assert "Mã băm bản ghi 0123" in page
    assert all(f"Dòng {n}" in words_of(pages) for n in range(150))


def test_a_row_that_is_higher_than_a_page_goes_on_and_the_head_is_repeated() -> None:
    table = Table(
        (Column("Sản phẩm", 1), Column("Ghi nhận", 2)), tuple(((Line(f"Sản phẩm {n}"),), (Line(LONG),)) for n in (1, 2))
    )
    pages = pages_of(content(Section("1. Bảng", (table,))))
    assert len(pages) > 2
    whole = words_of(pages)
    assert whole.count("rang muối") == 160
    assert whole.count("Ghi nhận") >= 2


def test_long_words_are_broken_and_never_run_out_of_the_page() -> None:
    hash_like = "0123456789abcdef" * 20
    document = pypdfium2.PdfDocument(record_pdf(content(Section("", (Facts((("Mã băm", hash_like),)),))), FONTS))
    text = document[0].get_textpage()
    right = max(text.get_charbox(n)[2] for n in range(text.count_chars()))
    assert right <= (210 - 15) * 72 / 25.4
    assert hash_like in re.sub(r"\s", "", text.get_text_bounded())
    text.close()
    document.close()


def test_photos_signatures_and_refusals() -> None:
    signed = Signatures(
        (
            Signed("Kiểm tra viên", (((0, 0), (1000, 400)), ((500, 200),)), "", "Nguyễn Thu Hà, 10:31"),
            Signed("Người bán", (), "Chưa ký trên màn hình: chờ chủ sạp", "Trần Văn Lộc, 10:33"),
        )
    )
    pictures = Pictures((Picture(photo(1), (Line("Ảnh 1.1"),)), Picture(None, (Line("Ảnh 1.2"),))), "Ảnh không còn.")
    whole = words_of(pages_of(content(Section("3. Ảnh", (pictures,)), Section("4. Chữ ký", (signed,)))))
    for words in ("Ảnh 1.1", "Ảnh 1.2", "Ảnh không còn.", "Chưa ký trên màn hình: chờ chủ sạp", "Trần Văn Lộc, 10:33"):
        assert words in whole


def test_marks_differ_in_grey() -> None:
    pdf = FPDF()
    pdf.add_page()
    for number, mark in enumerate(Mark):
        draw_mark(pdf, mark, 10 + 40 * number, 10, 30)
    document = pypdfium2.PdfDocument(bytes(pdf.output()))
    grey = np.asarray(document[0].render(scale=72 / 25.4).to_pil().convert("L"))
    document.close()
    side = round(30 * (72 / 25.4) ** 2)
    drawn = [
        grey[(at := round(10 * (72 / 25.4) ** 2)) : at + side, at * (1 + 4 * n) :][:, :side] < 140 for n in range(4)
    ]
    for n, one in enumerate(drawn):
        assert one.mean() > 0.3  # dark enough to be seen without colour
        assert all((one != other).mean() > 0.08 for other in drawn[:n])


def test_the_text_is_in_be_vietnam_pro_and_can_be_searched() -> None:
    pdf = record_pdf(content(Section("Ổ Ặ ỡ ự Đ đ", (Words((Line("Nhãn: Chả mực"),)),))), FONTS)
    assert b"BeVietnamPro" in pdf
    assert b"Helvetica" not in pdf
    assert "Ổ Ặ ỡ ự Đ đ" in words_of(pages_of(content(Section("Ổ Ặ ỡ ự Đ đ", ()))))


def test_a_decomposed_text_is_drawn_composed() -> None:
    assert "Chè" in words_of(pages_of(content(Section("", (Words((Line("Che\u0300"),)),)))))
