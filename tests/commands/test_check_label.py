"""`main.py check-label`: text in the person's language, JSON, the report, and exit codes that scripts can rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from commands.check_label import check_label
from main import main
from services.labels.check import Asked
from tests.services.labels.artworks import Put, drawn, ean, label, png
from views.parts.fonts import FOLDER
from views.parts.texts import Texts, assets_folder

FONTS = assets_folder() / FOLDER


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "nhãn nhỏ.png"
    path.write_bytes(label(Put(ean(x=0.2))))
    return path


def test_a_fault_is_told_in_the_persons_language_with_what_to_do(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.pdf"
    told = ["check-label", str(small), "--data", str(tmp_path), "--stars", "4", "--pdf", str(report)]
    assert main([*told, "--language", "vi"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("nhãn nhỏ.png: Khoan in nhãn này.")
    assert "[1] EAN-13: 9521234567899" in said
    assert "Vạch hoặc mô-đun hẹp nhất (X): 0,200 mm (0,264 đến 0,660)." in said
    assert "GS1 General Specifications, 5.12.3.1, table 1" in said
    assert "không phải kết quả của máy kiểm định mã" in said
    with pypdfium2.PdfDocument(report) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert "Kiểm tra nhãn trước khi in" in pages[0]
    assert "0,200 mm (0,264 đến 0,660)" in " ".join(pages).replace("\r\n", " ")
    assert "Những điều hình không cho biết" in " ".join(pages)


def test_json_has_the_figures_and_nothing_in_its_way_gives_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.png"
    good.write_bytes(png(drawn([Put(ean())]), None))
    code = check_label(good, Asked(60, "9521234567899"), tmp_path, Texts("en"), FONTS, pdf=None, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["result"], told["verifier_grade"], told["as_of"]) == (0, "in_order", False, None)
    assert told["codes"][0]["gtin"] == "09521234567899"
    size = next(finding for finding in told["findings"] if finding["what"] == "x_dimension")
    assert (size["grade"], size["unit"], size["least"], size["most"]) == ("in_order", "mm", 0.264, 0.66)
    assert size["measured"] == pytest.approx(0.33, rel=0.005)
    assert all(finding["words"] for finding in told["findings"])


def test_what_cannot_be_checked_gives_2_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")

    def run(file: Path, **said: object) -> tuple[int, str]:
        asked = Asked(**said)  # type: ignore[arg-type]
        code = check_label(file, asked, tmp_path, Texts("vi"), FONTS, pdf=None, as_json=False)
        return code, capsys.readouterr().err

    assert run(broken) == (2, f"{broken}: Tệp PDF bị hỏng hoặc mất quá lâu để vẽ. Hãy xuất lại, hoặc xuất ra PNG.\n")
    assert run(tmp_path / "none.png")[0] == 2
    good = tmp_path / "good.png"
    good.write_bytes(label(Put(ean())))
    assert run(good, gtin="123")[0] == 2
    assert run(good, width_mm=-1) == (2, f"{good}: Chiều rộng nhãn nằm trong khoảng từ 5 đến 5.000 milimét.\n")
