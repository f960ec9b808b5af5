"""The screen that checks a record on paper: its code, its file, and both together."""

from __future__ import annotations

import flet as ft
import pytest
from fpdf import FPDF

from services.papers.file_form import Manifest, sealed
from services.papers.making import attachments
from services.papers.paper import Paper, paper_link
from services.papers.trust import padless
from services.papers.words import grouped
from services.workspace import Workspace
from tests.support.closed_rounds import ISSUER, ISSUER_KEY, SITE, ClosedRound, closed_round
from tests.views.conftest import REGISTER, fill
from tests.views.headless import Client
from tests.views.notes.test_note_screen import files
from views.parts.picture_verdict import judge_picture
from views.parts.scanning import show_verdict


def link_of(closed: ClosedRound) -> str:
    return paper_link(
        SITE, Paper.of(closed.round, closed.inspections), closed.key, closed.proof.certificates[closed.key.kid]
    )


def file_of(closed: ClosedRound) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    for file in attachments(closed.round, closed.inspections, Manifest(link_of(closed), **vars(closed.proof))):
        pdf.embed_file(bytes=file.content, basename=file.name, compress=True)
    return sealed(bytes(pdf.output()), closed.key)


@pytest.fixture(scope="module")
def closed() -> ClosedRound:
    return closed_round(2, 0, refused=True)


@pytest.fixture
def known(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A device whose copy of the register has the key that certified the device's."""
    issuer = {
        "kid": ISSUER_KEY.kid,
        "public_key": padless(ISSUER.public),
        "issuer": ISSUER_KEY.issuer,
        "valid_from": ISSUER_KEY.valid_from.isoformat(),
        "valid_to": None,
        "revoked_at": None,
        "revoked_reason": None,
    }
    monkeypatch.setitem(REGISTER, "issuer_keys", [issuer])
    fill(workspace)
    return workspace


async def test_a_scanned_code_shows_its_facts_and_what_was_not_compared(known: Workspace, closed: ClosedRound) -> None:
    app = Client(known)
    async with app:
        show_verdict(app.page, app.session.scanning, [(link_of(closed), "QR Code")])
        await app.until(lambda: app.known("paper-facts"))
        assert app.says("Nội dung trong mã đúng như thiết bị đã ký.")
        assert app.says("Nguyễn Thu Hà")
        assert app.says(grouped(closed.round.sha256))
        assert app.says("Phần còn lại của bản giấy chưa được đối chiếu.")


async def test_a_file_is_shown_with_what_was_signed(known: Workspace, closed: ClosedRound) -> None:
    app = Client(known, answers={"pick_files": files(file_of(closed))})
    async with app:
        await app.go("/paper")
        await app.until(lambda: app.known("choose-record"))
        assert app.says("Bản ghi có còn như khi ký?")
        await app.fire(app.within("choose-record", ft.FilledButton), "click")
        await app.until(lambda: app.known("file-state"))
        assert app.says("Tệp đúng như thiết bị đã tạo")
        assert app.says("Mực khô Vân Đồn xé tẩm")
        assert app.says("Không đồng ý với số lượng ghi nhận")


async def test_a_file_and_the_code_of_another_paper_are_told_apart(known: Workspace, closed: ClosedRound) -> None:
    app = Client(known)
    async with app:
        show_verdict(app.page, app.session.scanning, [(link_of(closed), "QR Code")])
        await app.until(lambda: app.known("paper-facts"))
        await judge_picture(app.session.shell, app.session.scanning, known, file_of(closed_round(1, 0)))
        await app.until(lambda: app.says("Mã là của một bản ghi khác với tệp này."))
        await judge_picture(app.session.shell, app.session.scanning, known, file_of(closed))
        await app.until(lambda: app.says("Mã trên bản giấy là của tệp này."))


async def test_a_changed_file_and_one_that_is_none_are_named(known: Workspace, closed: ClosedRound) -> None:
    changed = file_of(closed).replace(b"/Page\n", b"/Pagf\n", 1)
    app = Client(known, answers={"pick_files": files(changed)})
    async with app:
        await app.go("/paper")
        await app.until(lambda: app.known("choose-record"))
        await app.fire(app.within("choose-record", ft.FilledButton), "click")
        await app.until(lambda: app.says("Tệp đã bị thay đổi sau khi tạo"))
        app.answers["pick_files"] = files(b"GIF89a")
        await app.fire(app.within("choose-record", ft.FilledButton), "click")
        await app.until(lambda: app.says("Đây không phải tệp PDF."))
