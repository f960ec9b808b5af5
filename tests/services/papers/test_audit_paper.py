"""The paper of a shelf audit: what stands on it, and that a change of it is found without network."""

from __future__ import annotations

import io
import itertools
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from commands.check_record import check_record
from services.audits.audit import Audit, Line
from services.audits.gravity import Klass, actions, klass
from services.notes.content import NotedVerdict
from services.papers.audit_making import make_audit_pdf, make_picking_list
from services.papers.checking import CheckedFile, check_pdf
from services.papers.content import Source
from services.papers.faults import FaultCode
from services.papers.file_form import carries_record
from services.papers.paper import AuditPaper, check_paper, closing_day, is_paper
from services.papers.trust import Trust
from services.records.record import rfc3339
from services.verification.verdict import Status
from tests.support.closed_audits import DONE, closed_audit, line, proven
from tests.support.closed_rounds import AT, SITE, TRUST, Key
from views.audits.files import ScreenWords
from views.paper.signed_audit import signed_audit
from views.parts.fonts import FOLDER
from views.parts.texts import Texts, assets_folder

FONTS = assets_folder() / FOLDER
KEY = Key(7)


def pdf_of(audit: Audit, lines: tuple[Line, ...] = (), *languages: str, **other: Any) -> bytes:
    told = {"site": SITE, "proven": proven(audit, KEY)} | other
    texts = [Texts(language) for language in languages or ("vi",)]
    source = Source("OCOP Quảng Ninh", sample=False)
    return make_audit_pdf(audit, lines or audit.lines, texts, FONTS, source, ScreenWords(), **told).pdf


def codes(checked: CheckedFile) -> list[FaultCode]:
    return [fault.code for fault in checked.faults]


def words_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


@pytest.fixture(scope="module")
def made() -> tuple[Audit, bytes]:
    audit = closed_audit()
    return audit, pdf_of(audit, (replace(audit.lines[1], done=DONE), *audit.lines[:1], *audit.lines[2:]))


def test_it_is_laid_out_by_what_to_do_and_by_shelf(made: tuple[Audit, bytes]) -> None:
    words = words_of(made[1])
    for said in (
        "Phiếu kiểm kệ", "Tạp hóa bà Hoa", "Việc cần làm", "Chứng nhận đã bị thu hồi", "Hàng số 2", "Mực khô Vân Đồn",
        "Đã cất khỏi kệ", "Kệ trà (2 dòng, 9 gói)", "Kệ khô (3 dòng, 12 gói)", "120.000", "L1", "31/01/2027",
        "28", made[0].sha256[:8], "Quét mã",
    ):  # fmt: skip
        assert said in words, said
    assert words.index("Việc cần làm") < words.index("Kệ trà (")


def test_a_file_as_it_was_made_is_whole_and_tells_all(made: tuple[Audit, bytes]) -> None:
    audit, pdf = made
    assert carries_record(pdf)
    checked = check_pdf(pdf, TRUST)
    assert checked.faults == ()
    assert checked.audit is not None
    assert (checked.audit.sha256, checked.audit.lines) == (audit.sha256, audit.lines)
    assert checked.key is not None
    assert checked.key.name == "Nguyễn Thu Hà"
    assert checked.paper is not None
    assert checked.paper.paper == AuditPaper.of(audit)
    assert (checked.paper.paper.lines, checked.paper.paper.packs, checked.paper.paper.take_down) == (7, 28, 3)  # type: ignore[union-attr]
    drawn = [control for control in signed_audit(Texts("vi"), checked.audit) if control]
    assert len(drawn) > len(audit.lines), "the screen draws each line out of what was signed"
    assert pdf_of(audit) == pdf_of(audit), "the same audit gives the same bytes"


def test_a_changed_record_is_named(made: tuple[Audit, bytes]) -> None:
    audit, pdf = made
    other = closed_audit([replace(each, quantity=each.quantity + 1) for each in audit.lines])
    swapped = pdf_of(other, proven=proven(audit, KEY))
    assert FaultCode.AUDIT_ALTERED in codes(check_pdf(swapped, TRUST))
    assert FaultCode.FILE_ALTERED in codes(check_pdf(pdf.replace(b"/Title", b"/titlE", 1), TRUST))
    foreign = replace(proven(audit, KEY), key=Key(8))  # type: ignore[arg-type]
    assert not check_pdf(pdf_of(audit, proven=foreign), TRUST).is_whole
    assert codes(check_pdf(pdf, Trust())) == [FaultCode.UNKNOWN_ISSUER]


def test_the_code_is_read_alone_and_a_changed_count_is_found(made: tuple[Audit, bytes]) -> None:
    audit, pdf = made
    link = check_pdf(pdf, TRUST).paper
    assert link is not None
    from services.papers.paper import paper_link

    right = paper_link(SITE, AuditPaper.of(audit), KEY, proven(audit, KEY).proof.certificates[KEY.kid])
    assert is_paper(right)
    assert check_paper(right, TRUST).faults == ()
    fewer = replace(AuditPaper.of(audit), take_down=0)

    class Lying:
        kid = KEY.kid

        def sign(self, _message: bytes) -> bytes:
            return KEY.sign(AuditPaper.of(audit).message())

    wrong = paper_link(SITE, fewer, Lying(), proven(audit, KEY).proof.certificates[KEY.kid])
    assert [fault.code for fault in check_paper(wrong, TRUST).faults] == [FaultCode.PAPER_ALTERED]


def test_without_an_account_it_says_that_it_proves_nothing() -> None:
    audit = closed_audit(account=None)
    pdf = pdf_of(audit, (), "vi", "en", proven=proven(audit, KEY).__class__())
    words = words_of(pdf)
    assert "this paper bears no proof" in words
    assert "không chứng minh" in words
    assert b"OCOP-SEAL" not in pdf
    checked = check_pdf(pdf, TRUST)
    assert checked.audit is not None
    assert codes(checked) == [FaultCode.NOT_SIGNED, FaultCode.NOT_SEALED]
    assert not checked.contradicts


def test_the_command_checks_it(made: tuple[Audit, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "audit.pdf"
    file.write_bytes(made[1])
    assert check_record([str(file)], tmp_path) == 1  # no copy of the register: who certified the key is not known here
    told = capsys.readouterr().out
    assert "cannot be told" in told
    assert f"audit {made[0].id}, 2026-11-28 08:50, Tạp hóa bà Hoa" in told
    assert "2. 2 x Hàng số 2: take_down; withdrawn" in told


def test_a_list_to_take_along_leaves_out_what_is_done() -> None:
    audit = closed_audit()
    lines = (audit.lines[0], replace(audit.lines[1], done=DONE), *audit.lines[2:])
    today, by_n = closing_day(audit), {each.n: each for each in lines}
    todo = actions(lines, today)
    words = words_of(make_picking_list("Tạp hóa", by_n, todo, today, [Texts("vi")], FONTS, ScreenWords()))
    assert "Rượu ba kích" in words
    assert "Hàng số 2" not in words
    assert "không chứng minh" in words


# The server counts by the same rule


def test_server_and_app_agree_on_what_is_to_be_taken_down() -> None:
    """Every status, fresh and old copies, dates before and after, marks: the rule is written once a side."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "server"))
    try:
        from audits.gravity import judged_at, to_take_down
    finally:
        sys.path.pop(0)
    ages = (None, timedelta(0), timedelta(days=30), timedelta(days=30, seconds=1))
    marks = ({}, {"shows_mark": True}, {"stars_label": 4})
    reasons: tuple[tuple[str, ...], ...] = ((), ("mark_not_registered",))
    days = (None, AT.date() - timedelta(days=1), AT.date())
    today = closing_day(closed_audit(closed_at=AT.isoformat().replace("+00:00", "Z")))
    for status, age, mark, why, day in itertools.product([*Status, "tinned", None], ages, marks, reasons, days):
        verdict = NotedVerdict(status, why, None if age is None else AT - age) if status else None
        said = line(1, verdict=verdict, expiry=day, expiry_by="person" if day else None, **mark)
        here = klass(said, today) is Klass.TAKE_DOWN
        assert to_take_down(said.to_json(), AT.isoformat().replace("+00:00", "Z")) == here, said
    # By a clock that is a year ahead nothing is past its date, and none is accused that the screen had found good.
    for closed, created, offset in ((400, 400, -400), (400, 0, 0), (0, 30, None), (-400, -400, 400)):
        moments = {"closed_at": AT + timedelta(days=closed), "created_at": AT + timedelta(days=created)}
        other: dict[str, Any] = {name: rfc3339(at) for name, at in moments.items()}
        other |= {"clock_offset": None if offset is None else offset * 86_400}
        assert closing_day(closed_audit(**other)).moment == datetime.fromisoformat(judged_at(**other)) == AT
