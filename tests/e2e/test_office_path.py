"""A person's path through the office in a browser: a dirty list, a round from the market, a citizen's report.

The app's side is the app's own: its device, its books and its line to the server, without its screens.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from services.records.book import RecordState
from services.records.events import Event
from services.reports.report import Subject
from services.reports.report_book import KeptReport
from services.rounds.inspection import Finding, Found
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, Person, Role
from services.workspace import Device, Workspace
from tests.services.conftest import INSPECTOR, KEY, new_id, picture, until
from tests.support.browser import ROOT
from tests.support.office_desk import Desk, desk
from tests.support.registry_server import RegistryServer

OFFICE = ("quantri", "mau-quantri-01")
NEW = "09520000000035"
"""The GTIN of the list's row 15."""


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(timezone(timedelta(hours=7))).date()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    with RegistryServer(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def phone(own: RegistryServer, tmp_path: Path) -> Iterator[Workspace]:
    """The app of one person, with its line to the server."""
    workspace = Workspace.open(tmp_path / "phone", server=own.url)
    yield workspace
    workspace.close()


def test_a_list_a_round_and_a_report_go_their_way(
    own: RegistryServer, browser: Browser, phone: Workspace, dirty_list: Path
) -> None:
    inspector = phone.device("inspector")
    inspector.accounts.unlock(KEY)
    assert until(lambda: phone.catalogue.copy.complete and phone.schemas is not None, 60)
    assert phone.catalogue.product(NEW) is None
    with desk(browser, own, *OFFICE) as office:
        import_correct_and_publish(office, dirty_list)
        phone.fetch_now()
        assert until(lambda: phone.catalogue.product(NEW) is not None, 30)

        inspector.sign_in(*INSPECTOR)
        record = send_a_round(inspector)
        ask_for_more(office)
        asked = heard(inspector, record, "more_wanted")
        assert asked.text == "Xin chụp lại số lô."
        answer(inspector, asked)
        decide(office)
        decided = heard(inspector, record, "decided")
        assert (decided.text, decided.number) == ("Yêu cầu in lại nhãn.", "118/QĐ-XPHC ngày 28/11/2026")

        secret = report_something(phone.device("citizen"), own)
        answer_the_report(office)
        reporter = browser.new_page(locale="vi-VN", viewport={"width": 412, "height": 900})
        reporter.goto(secret)
        expect(reporter.locator(".band:visible .headline")).to_have_text("Đã có kết luận")
        expect(reporter.locator("#said")).to_contain_text("Đã thu hồi lô hàng.")
        reporter.close()


def test_what_a_new_person_does_is_done_from_the_page_alone(own: RegistryServer, browser: Browser) -> None:
    phone = {"username": "kiemtra02", "password": "mau-kiemtra-02", "device": new_id()}
    assert requests.post(f"{own.url}/api/v1/auth/sign-in", json=phone, timeout=20).status_code == 200
    with desk(browser, own, *OFFICE) as office:
        find_what_lapses(office)
        withdraw(office)
        invite(office)
        revoke(office)


def find_what_lapses(office: Desk) -> None:
    office.begin()
    figure = office.page.get_by_role("link", name="Giấy hết hạn trong 30 ngày").first
    count = int(re.findall(r"\d+", figure.inner_text().replace("30 ngày", ""))[0])
    assert count
    office.click(figure)
    expect(office.page.locator("#result_list tbody tr")).to_have_count(count)
    assert office.clicks == 1


def withdraw(office: Desk) -> None:
    """From the list of products, with the effect told before."""
    office.begin("/admin/register/product/?due=30")
    row = office.page.locator("#result_list tbody tr").first
    office.press("Thu hồi", within=row, role="link")
    office.fill_in(
        ("Lý do", "Vi phạm an toàn thực phẩm"),
        ("Có hiệu lực từ ngày", f"{today():%d/%m/%Y}"),
        ("Số quyết định thu hồi", "31/QĐ-UBND"),
        ("Ngày quyết định", f"{today():%d/%m/%Y}"),
    )
    office.press("Xem tác động")
    office.see("Bạn có chắc thu hồi giấy này không?")
    office.press("Thu hồi giấy này")
    office.see("Thu hồi từ ngày")
    assert office.clicks == 4


def invite(office: Desk) -> None:
    office.begin()
    office.press("Người", role="link")
    office.press("Mời một người", role="link")
    office.fill_in(("Họ và tên", "Đỗ Thị Mận"), ("Tên đăng nhập", "do.thi.man"))
    office.press("Tạo lời mời")
    assert office.page.get_by_label("Liên kết").input_value().startswith(office.url)
    assert office.clicks == 4


def revoke(office: Desk) -> None:
    office.begin()
    office.press("Máy", role="link")
    office.press("Thu hồi", within=office.row("Cán bộ kiểm tra mẫu 02"), role="link")
    office.fill_in(("Lý do", "Mất máy"))
    office.press("Thu hồi")
    office.see("Đã thu hồi phiên của Cán bộ kiểm tra mẫu 02 trên máy này.")
    assert office.clicks == 4


@pytest.fixture
def dirty_list(tmp_path: Path) -> Path:
    """Six products of the office's dirty sample list, by the same script."""
    command = [sys.executable, str(ROOT / "scripts/make_import_sample"), str(tmp_path), "--products", "6"]
    subprocess.run(command, check=True)
    return tmp_path / "danh-sach-mau.xlsx"


def import_correct_and_publish(office: Desk, file: Path) -> None:
    """Take the list in: one row by its questions, one by a corrected cell; the others wait."""
    office.begin()
    office.press("Nhập danh sách", role="link")
    office.choose_file(file)
    office.press("Đọc tệp")
    office.press("Nhận cả 3 đề nghị: điện thoại")
    asked = office.row("Sửa dòng 15")
    expect(office.page.get_by_role("button", name="đề nghị: điện thoại")).to_have_count(0)
    office.press("4", within=asked)
    expect(asked.get_by_role("button")).to_have_count(2)
    office.press("24/12/2019", within=asked)
    expect(asked).to_contain_text("Mới")
    office.press("phường Cẩm Phả", within=office.row("Sửa dòng 16"))
    expect(office.row("Sửa dòng 16").get_by_role("button")).to_have_count(0)
    office.press("Sửa dòng 16", role="link")
    office.type(office.page.locator("#cell-valid_to"), "31/12/2028")
    office.page.keyboard.press("Enter")
    office.press("Nhập 2 dòng")
    office.see("Đã nhập 2 dòng")
    assert office.clicks == 10


def send_a_round(inspector: Device) -> str:
    """Hold a round with one inspection and its photo as the app does, and wait until the office has all of it."""
    rounds, author = inspector.rounds, inspector.author
    place = Place(PlaceKind.MARKET, "Chợ Cửa Sông", "Dãy B, sạp 12, phường Hồng Gai")
    people = (Person("Lê Minh", Role.INSPECTOR),)
    begun = rounds.open(place, Inspected("Trần Thị Hoa"), people, "12/QĐ", author.viewer)
    found = Found(gtin=NEW, product_name="Miến dong mẫu 3", findings=(Finding.STARS_DIFFER,), text="Nhãn in 5 sao.")
    draft = rounds.begin(begun.id, found, author)
    rounds.add_photo(draft.id, picture(), "label")
    rounds.finish(draft.id, author)
    closed = rounds.close(begun.id, author)
    inspector.send_now()

    def is_there() -> bool:
        kept = rounds.round(closed.id, author.viewer)
        return kept is not None and kept.state is RecordState.RECEIVED and not inspector.unsent(author.viewer).records

    assert until(is_there, 30)
    return closed.id


def ask_for_more(office: Desk) -> None:
    office.begin("/admin/inbox/round/")
    office.click(office.page.get_by_role("link", name="Chợ Cửa Sông"))
    office.type(office.page.get_by_label("Trả lời người gửi"), "Xin chụp lại số lô.")
    office.press("Hỏi thêm")
    office.see("Cần bổ sung")
    assert office.clicks == 3


def answer(inspector: Device, asked: Event) -> None:
    author = inspector.author
    base = inspector.answers.begin(asked, author.viewer)
    draft = inspector.answers.save(replace(base, text="Số lô L-2311."), base)
    given = inspector.answers.sign(
        draft, account=author.account, viewer=author.viewer, device=author.device, now=datetime.now(UTC), clock_offset=0
    )
    inspector.send_now()

    def is_there() -> bool:
        kept = [one for one in inspector.answers.answers(author.viewer) if one.answer.id == given.id]
        return bool(kept) and kept[0].state is RecordState.RECEIVED

    assert until(is_there, 30)


def heard(inspector: Device, record: str, state: str) -> Event:
    """What the app shows of the office's word at its next poll."""
    inspector.send_now()

    def said() -> list[Event]:
        matters = inspector.matters(inspector.author.viewer)
        return [one.event for one in matters if one.event and (one.event.record, one.event.state) == (record, state)]

    assert until(lambda: bool(said()), 30)
    return said()[0]


def decide(office: Desk) -> None:
    office.begin("/admin/inbox/round/?state=answered")
    office.click(office.page.get_by_role("link", name="Chợ Cửa Sông"))
    office.see("Số lô L-2311.")
    office.type(office.page.get_by_label("Trả lời người gửi"), "Yêu cầu in lại nhãn.")
    office.click(office.page.get_by_text("Số và ngày của quyết định"))
    office.type(office.page.get_by_label("Số quyết định hoặc văn bản"), "118/QĐ-XPHC")
    office.type(office.page.get_by_label("Ngày ký"), "28/11/2026")
    office.press("Ghi kết luận và gửi")
    office.see("Đã có kết luận")


def report_something(citizen: Device, server: RegistryServer) -> str:
    """Send a citizen's report as the app does; gives the address that tells what became of it."""
    viewer = citizen.accounts.viewer
    base = citizen.reports.begin(Subject.of(NEW, [NEW]), viewer)
    draft = citizen.reports.save(replace(base, what=("shows_stars",), text="Gói này in 5 sao.", place="Chợ"), base)
    report = citizen.reports.sign(
        draft, account=None, viewer=viewer, device=citizen.id, now=datetime.now(UTC), clock_offset=0, site=server.url
    )
    citizen.send_now()

    def kept() -> KeptReport:
        found = citizen.reports.report(report.id, viewer)
        assert found
        return found

    assert until(lambda: kept().state is RecordState.RECEIVED, 30)
    return kept().address or ""


def answer_the_report(office: Desk) -> None:
    """Three clicks from the list of what waits."""
    office.begin("/admin/inbox/report/")
    office.click(office.page.get_by_role("link", name="Miến dong mẫu 3"))
    office.type(office.page.get_by_label("Trả lời người gửi"), "Đã thu hồi lô hàng.")
    office.press("Ghi kết luận và gửi")
    office.see("Đã có kết luận")
    assert office.clicks == 3


def test_what_was_typed_outlives_its_session(own: RegistryServer, browser: Browser) -> None:
    """A session may end at any moment, as by its age: the form is held back, and goes after another sign-in."""
    with desk(browser, own, *OFFICE) as office:
        page = office.page
        page.goto(f"{own.url}/admin/register/producer/")
        page.locator("#result_list tbody th a").first.click()
        with page.expect_response("**/account/alive/"):  # the page knows now who is signed in
            page.reload()
        page.wait_for_timeout(200)
        page.fill("[name=story]", "Điều vừa gõ rất lâu.")
        address, signed_in = page.url, page.context.cookies()
        page.context.clear_cookies()
        page.locator("[name=_continue]").click()
        office.see("Phiên làm việc đã kết thúc.")
        assert page.url == address
        assert page.input_value("[name=story]") == "Điều vừa gõ rất lâu."
        page.context.add_cookies(signed_in)  # type: ignore[arg-type]  # as they were read
        page.locator("[name=_continue]").click()
        page.locator(".messagelist, [class*=success], [class*=green]").first.wait_for()
        page.reload()
        assert page.input_value("[name=story]") == "Điều vừa gõ rất lâu."
