"""The command that checks a record says what was signed and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.check_record import check_record
from services.papers.file_form import Manifest, sealed
from services.papers.making import attachments
from services.papers.paper import Paper, paper_link
from tests.support.closed_rounds import SITE, closed_round


def test_a_file_and_a_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from fpdf import FPDF

    closed = closed_round(2, 0, refused=True)
    link = paper_link(
        SITE, Paper.of(closed.round, closed.inspections), closed.key, closed.proof.certificates[closed.key.kid]
    )
    pdf = FPDF()
    pdf.add_page()
    for file in attachments(closed.round, closed.inspections, Manifest(link, **vars(closed.proof))):
        pdf.embed_file(bytes=file.content, basename=file.name)
    whole = tmp_path / "round.pdf"
    whole.write_bytes(sealed(bytes(pdf.output()), closed.key))
    assert check_record([str(whole), link], tmp_path) == 1  # this device has no copy of the register
    told = capsys.readouterr().out
    assert "round.pdf: cannot be told" in told
    assert "A newer copy may." in told
    assert "1. Mực khô Vân Đồn xé tẩm: withdrawn; certificate_ended, label_differs" in told
    assert "refused: Không đồng ý" in told
    assert "2 products, 2 findings, 0 photos" in told
    assert "The rest of the paper was not compared." in told
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(whole.read_bytes().replace(b"/Page", b"/Pagd"))
    assert check_record([str(altered), str(tmp_path / "none.pdf")], tmp_path) == 2
    told, errors = capsys.readouterr()
    assert "altered.pdf: NOT as it was signed" in told
    assert "none.pdf" in errors
