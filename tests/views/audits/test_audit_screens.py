"""The place of audits: history of all tills, what is to be done, what has changed, files, and the shop's own list."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import flet as ft
import openpyxl
import pytest

from services.audits.audit import Audit, Named, Seen
from services.audits.own_list import OwnProduct
from services.notes.content import NotedVerdict
from services.papers.checking import check_pdf
from services.papers.trust import Trust
from services.register.products import Product
from services.workspace import Workspace
from tests.views.conftest import Open, fill, today
from tests.views.headless import Client
from tests.views.test_handheld import Page
from views.audits.own_list_screen import _read
from views.parts.places import above

pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")

CERTIFIED, ENDED, SOON, OTHER = "09520007900017", "09520021000021", "09520010800014", "09529999999993"


@pytest.fixture
def shop(open_workspace: Open, signed_in: Any) -> Workspace:
    """The app's folder of somebody with an account, with a copy of the register."""
    workspace = open_workspace()
    fill(workspace)
    signed_in(workspace.device("local"))
    return workspace


def seen(gtin: str, status: str = "certified", **other: Any) -> Seen:
    said: dict[str, Any] = {"gtin": gtin, "product": Named(f"Hàng {gtin[-4:]}", "HTX")}
    judged = datetime.now(UTC) - timedelta(days=1)  # by an older copy than the one that is here now
    said |= {"verdict": NotedVerdict(status, (), judged)} | other
    return Seen(gtin[1:], "EAN-13", "scanner", **said)


def closed(app: Client, *packs: Seen, shelf: str = "Kệ 1", shop: str = "Tạp hóa", **other: Any) -> Audit:
    """An audit of these packs on one shelf, closed."""
    device = app.session.device
    audit = device.audits.open(shop, shelf, device.accounts.viewer)
    for pack in packs:
        device.audits.take(audit.id, pack)
    return device.audits.close(audit.id, device.author, **other)


async def press(app: Client, identifier: str, nth: int = 0) -> None:
    """Tap the button in what carries this identifier."""
    (*found,) = app.known(identifier)
    assert found, identifier
    buttons = [one for one in app.inside(identifier, ft.Control) if getattr(one, "on_click", None)]
    await app.fire(buttons[nth], "click")


def saved(app: Client) -> list[tuple[str, bytes]]:
    """The files that the person was asked to save."""
    return [(call["file_name"], bytes(call["src_bytes"])) for call in app.called("save_file")]


async def test_without_an_account_the_place_opens_and_an_audit_begins(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits") as app:
        await app.until(lambda: app.says("Kiểm kệ"))
        assert app.known("audit-start")
        closed(app, seen(CERTIFIED))
        await app.until(lambda: app.known("audit-row"))
        assert app.says("Chỉ trên máy này")


async def test_the_history_names_what_was_to_be_taken_down_and_the_shelves_as_they_are(shop: Workspace) -> None:
    async with Client(shop, route="/audits") as app:
        closed(app, seen(CERTIFIED), seen(ENDED, "certificate_expired"))
        await app.until(lambda: app.known("audit-row"))
        assert app.says("Tạp hóa")
        assert app.says("Nên cất: 1")
        assert app.known("shelf-now")
        app.session.device.audits.open("", "Kệ 2", app.session.device.accounts.viewer)
        await app.until(lambda: app.known("audit-running"))
        assert app.says("Kiểm tiếp")


def _left(product: Product) -> int:
    """Days until the product's certificate ends."""
    return (product.certificates[0].valid_to - today()).days


async def test_what_ends_soon_leads_to_the_product(shop: Workspace) -> None:
    gtin = next(each.gtin for each in shop.catalogue.search("") if _left(each) == 40)
    async with Client(shop, route="/audits") as app:
        closed(app, seen(gtin, "certificate_expires_soon"))
        await app.until(lambda: app.known("reminders-60"))
        assert app.says("Còn 40 ngày")


async def test_a_closed_audit_is_shown_with_its_state_and_each_shelf(shop: Workspace) -> None:
    async with Client(shop, route="/audits") as app:
        audit = closed(app, seen(CERTIFIED, price=120_000, expiry=date(2027, 1, 31)), remarks="Đã xem hết.")
        await app.go(f"/audits/{audit.id}")
        await app.until(lambda: app.known("audit-facts"))
        for words in ("Kệ 1", "Chỉ tài khoản này xem được", "Đã xem hết.", audit.sha256, "120.000", "hạn 31/01/2027"):
            assert app.says(words), words
        assert above(f"/audits/{audit.id}/actions") == f"/audits/{audit.id}"
        await app.go("/audits/6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11")
        await app.until(lambda: app.says("Lần kiểm này không có trên máy này"))


async def test_what_is_to_be_done_is_sorted_and_ticked_off(shop: Workspace) -> None:
    async with Client(shop, route="/audits") as app:
        packs = (
            seen(CERTIFIED, "doubtful_link", lot="A"),
            seen(ENDED, "withdrawn"),
            seen(CERTIFIED, expiry=today() + timedelta(9)),
        )
        audit = closed(app, *packs)
        await app.go(f"/audits/{audit.id}/actions")
        await app.until(lambda: len(app.known("action-done")) == 3)
        words = " ".join(app.words())
        assert words.index("Chứng nhận đã hết hạn") < words.index("Đường dẫn đáng ngờ") < words.index("Còn 9 ngày")
        await press(app, "action-done")
        await app.until(lambda: len(app.known("action-done")) == 2)
        assert app.says("Đã cất khỏi kệ")
        kept = app.session.device.audits.audit(audit.id, app.session.device.accounts.viewer)
        assert [line.done.what for line in kept.lines if line.done] == ["taken_down"]
        assert kept.audit.sha256 == audit.sha256, "what was signed does not change"
        await press(app, "action-undo")
        await app.until(lambda: len(app.known("action-done")) == 3)


async def test_the_running_audits_list_is_ticked_off_and_printed(shop: Workspace) -> None:
    async with Client(shop, route="/audits", answers={"save_file": "x.pdf"}) as app:
        device = app.session.device
        audit = device.audits.open("Tạp hóa", "Kệ 1", device.accounts.viewer)
        device.audits.take(audit.id, seen(ENDED, "withdrawn"))
        await app.go("/audits/now/actions")
        await app.until(lambda: app.known("action-done"))
        await press(app, "audit-pick")
        await app.until(lambda: saved(app))
        assert saved(app)[0][1].startswith(b"%PDF-")
        await press(app, "action-done")
        await app.until(lambda: not app.known("action-done"))
        assert device.audits.current(device.accounts.viewer).lines[0].done.what == "taken_down"


async def test_what_is_to_be_done_on_all_shelves_is_ticked_off_in_the_audits(shop: Workspace) -> None:
    async with Client(shop, route="/audits") as app:
        audit = closed(app, seen(ENDED, "withdrawn"))
        await app.until(lambda: app.known("shelf-actions"))
        assert app.says("1 việc cần làm")
        await press(app, "shelf-actions")
        await app.until(lambda: app.known("action-done"))
        await press(app, "action-done")
        await app.until(lambda: app.known("action-undo"))
        kept = app.session.device.audits.audit(audit.id, app.session.device.accounts.viewer)
        assert kept is not None
        assert [line.done.what for line in kept.lines if line.done] == ["taken_down"]
        assert above("/audits/shelf/actions") == "/audits"
        afterwards = datetime.now(UTC) + timedelta(seconds=5)
        closed(app, seen(ENDED, "withdrawn", at=afterwards))
        await app.until(lambda: app.known("action-done"))
        assert not app.known("action-undo"), "what is scanned on the shelf again is to be taken down again"


async def test_against_last_time_tells_what_is_gone_new_and_otherwise(shop: Workspace) -> None:
    async with Client(shop, route="/audits") as app:
        closed(app, seen(CERTIFIED), seen(ENDED), seen(SOON))
        audit = closed(app, seen(CERTIFIED), seen(CERTIFIED), seen(SOON, "withdrawn"), seen(OTHER))
        await app.go(f"/audits/{audit.id}/compare")
        await app.until(lambda: len(app.known("difference-row")) == 4)
        for words in ("Không còn", "Mới có", "Đổi tình trạng", "Đổi số lượng", "Trước 1 gói, nay 2 gói"):
            assert app.says(words), words


async def test_the_files_of_an_audit(shop: Workspace) -> None:
    """The table has days as days, GTINs as text and no formula; the PDF can be checked."""
    async with Client(shop, route="/audits", answers={"save_file": "x"}) as app:
        odd = seen(CERTIFIED, own_name="=1+1", expiry=date(2027, 1, 31), price=120_000)
        audit = closed(app, odd, seen(ENDED, "withdrawn"))
        await app.go(f"/audits/{audit.id}")
        for count, kind in enumerate(("xlsx", "csv", "pdf"), 1):
            await app.until(lambda kind=kind: app.known(f"audit-{kind}"))
            await press(app, f"audit-{kind}")
            await app.until(lambda count=count: len(saved(app)) == count)
        (name, xlsx), (_csv_name, csv), (_pdf_name, pdf) = saved(app)
    assert name == f"ocop-audit-{today():%Y%m%d}-{audit.id[:8]}.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
    titles = [cell.value for cell in sheet[1]]
    row = dict(zip(titles, sheet[2], strict=True))
    assert (row["GTIN"].value, row["GTIN"].data_type) == (CERTIFIED, "s")
    assert row["Hạn sử dụng"].value.isoformat() == "2027-01-31T00:00:00"
    assert row["Hạn sử dụng"].is_date
    assert (row["Số gói"].value, row["Số gói"].data_type) == (1, "n")
    assert (row["Tên gọi riêng"].value, row["Tên gọi riêng"].data_type) == ("=1+1", "s"), "it is computed nowhere"
    assert (row["Nhìn chung"].value, row["Giá (₫)"].value) == ("Còn hiệu lực", 120_000)
    assert "'=1+1" in csv.decode("utf-8-sig")
    checked = check_pdf(pdf, Trust())
    assert checked.audit is not None
    assert checked.audit.sha256 == audit.sha256


async def test_a_list_is_taken_whole_or_not_at_all(shop: Workspace) -> None:
    good = f"mã vạch,tên gọi,kệ,giá,số lượng\n{CERTIFIED[1:]},Trà nhà,Kệ 1,120000,3\n{ENDED[1:]},Rượu,Kệ 1,,\n".encode()
    bad = good + b"123,,,,\n"
    files: list[bytes] = [bad, good]

    def pick(_call: Any) -> Any:
        content = files.pop(0)
        return [{"id": 0, "name": "list.csv", "size": len(content), "path": None, "bytes": content}]

    async with Client(shop, route="/audits/own-list", answers={"pick_files": pick, "save_file": "x"}) as app:
        await app.until(lambda: app.known("list-choose"))
        await press(app, "template-xlsx")
        await app.until(lambda: saved(app))
        assert openpyxl.load_workbook(io.BytesIO(saved(app)[0][1])).active["A1"].value == "Mã vạch"
        await press(app, "list-choose")
        await app.until(lambda: app.known("list-row-refused"))
        assert app.says("Dòng 4")
        assert not app.known("list-take")
        assert app.session.device.own_list.products() == ()
        await press(app, "list-again")
        await app.until(lambda: app.known("list-take"))
        assert app.session.device.own_list.products() == (), "a preview changes nothing"
        await press(app, "list-take")
        await app.until(lambda: app.known("list-products"))
        assert [product.name for product in app.session.device.own_list.products()] == ["Trà nhà", "Rượu"]
        closed(app, seen(CERTIFIED))
        await app.until(lambda: app.says("thấy 1, dự kiến 3"))
        assert app.says("thấy 0, dự kiến 1")


def test_why_a_file_is_no_list() -> None:
    assert _read("x.csv", None).reason == "damaged"
    assert _read("x.csv", b"\xff\xfe\x00").reason
    assert _read("x.csv", b"a,b\n1,2\n").reason == "unknown_column"


async def test_audits_without_an_account_are_taken_over_only_where_the_person_says_so(
    open_workspace: Open, signed_in: Any
) -> None:
    workspace = open_workspace()
    fill(workspace)
    async with Client(workspace, route="/audits") as app:
        device = app.session.device
        audit = closed(app, seen(CERTIFIED))
        signed_in(device)
        await app.until(lambda: app.known("audits-take-over"))
        assert device.audits.without_account() == [audit.id]
        await press(app, "audits-take-over")
        await app.until(lambda: not device.audits.without_account())
        kept = device.audits.audit(audit.id, device.accounts.viewer)
        assert kept is not None
        assert kept.state is not None
        await app.until(lambda: not app.known("audits-take-over"))


async def test_one_that_runs_without_an_account_holds_up_no_closed_one_and_is_not_said_to_be_sent(
    open_workspace: Open, signed_in: Any
) -> None:
    workspace = open_workspace()
    fill(workspace)
    async with Client(workspace, route="/audits") as app:
        device = app.session.device
        signed_in(device)
        own = device.audits.open("", "", device.accounts.viewer).id
        device.accounts.sign_out()
        audit = closed(app, seen(CERTIFIED))
        running = device.audits.open("", "", device.accounts.viewer).id
        device.audits.take(running, seen(ENDED))
        signed_in(device)
        await app.until(lambda: app.known("audits-take-over"))
        await press(app, "audits-take-over")
        await app.until(lambda: device.audits.without_account() == [running])
        assert device.audits.audit(audit.id, device.accounts.viewer).audit.owner  # type: ignore[union-attr]
        device.audits.drop(own)
        await app.go("/audits/now")
        await app.until(lambda: app.known("audit-ready") or app.known("audit-result"))
        await Page(app).press("q")
        await app.until(lambda: app.known("audit-close"))
        assert app.says("trừ khi bạn nhận nó về tài khoản")
        assert not app.known("audit-office")


async def test_a_list_can_be_deleted_and_the_deletion_taken_back(shop: Workspace) -> None:
    async with Client(shop, route="/audits/own-list") as app:
        book = app.session.device.own_list
        book.replace([OwnProduct(CERTIFIED, "Trà nhà", "Kệ 1", 120_000, 3)])
        await app.until(lambda: app.known("list-delete"))
        await press(app, "list-delete")
        await app.until(lambda: not book.products())
