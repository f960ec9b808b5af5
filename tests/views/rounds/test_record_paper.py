"""The PDF of a closed round, made on the device: saved, and found as it was signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from services.client.answers import Account, SignIn
from services.client.registry import Registry
from services.papers.checking import CheckedFile, check_pdf
from services.papers.faults import FaultCode
from services.papers.trust import Trust, unpadded
from services.rounds.inspection import Found
from services.rounds.place import Place
from services.rounds.round import Inspected, Signature
from services.workspace import Workspace
from tests.services.conftest import picture
from tests.support.closed_rounds import ISSUER_KEY, certificate_of
from tests.views.conftest import Open, fill
from tests.views.headless import Call, Client

TRUST = Trust((ISSUER_KEY,))
BOTH = "Bằng tiếng Việt và tiếng Anh"


class Door(Registry):
    """A register that signs everybody in and certifies their keys."""

    def sign_in(self, username: str, password: str, device: str, key: str | None = None) -> SignIn:
        account = Account(username, "Nguyễn Thị Kiểm", "inspector")
        until = datetime.now(UTC) + timedelta(hours=1)
        return SignIn(account, self.url, "access", until, "refresh", certificate_of(unpadded(key or ""), device))


@pytest.fixture
def inspecting(open_workspace: Open) -> Workspace:
    """The app's folder, with a copy of the register."""
    workspace = open_workspace()
    fill(workspace)
    return workspace


def closed(app: Client) -> str:
    """A round with one inspection and a photo, signed by one and not by the other, and closed."""
    device = app.session.device
    book, author = device.rounds, device.author
    place = Place("market", "Chợ Cửa Sông", "dãy B", None)
    said = book.open(place, Inspected("Trần Văn Lộc"), (), None, viewer=author.viewer)
    draft = book.begin(said.id, Found(product_name="Mực khô", findings=("matches",)), author)
    book.add_photo(draft.id, picture("red", (1600, 1200)), "front")
    book.finish(draft.id, author)
    for role, name, strokes, refused in (
        ("inspector", "Nguyễn Thị Kiểm", (((100, 100), (500, 300)),), None),
        ("seller", "Trần Văn Lộc", (), "Chờ chủ sạp về"),
    ):
        content = book.to_sign(said.id, author)
        book.sign(said.id, Signature(role, name, datetime.now(UTC), content, strokes, refused), author)
    book.close(said.id, author)
    return said.id


def checked(pdf: bytes) -> CheckedFile:
    return check_pdf(pdf, TRUST)


async def open_round(app: Client, inspecting: Workspace) -> None:
    """Sign in, with a key that is certified, and open a closed round."""
    accounts = app.session.device.accounts
    await app.until(lambda: accounts.key_keeper)
    door = Door("http://127.0.0.1:9")
    accounts.sign_in(door, "kiemtra01", "mau-kiemtra-01", app.session.device.id)
    inspecting.connect(door.url)
    door.close()
    await app.go(f"/rounds/{closed(app)}")
    await app.until(lambda: app.known("record-save"))


async def test_on_a_computer_it_is_saved_where_the_person_wants_it(inspecting: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "dot.pdf"
    app = Client(inspecting, answers={"save_file": str(path)}, platform=ft.PagePlatform.LINUX)
    async with app:
        await open_round(app, inspecting)
        assert not app.known("record-share")  # Linux has no list of apps to share with
        await app.fire(app.within("record-save", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("Đã lưu: dot.pdf"))
        found = checked(path.read_bytes())
        for photo in app.session.device.rounds.photos.folder.rglob("*.jpg"):
            photo.unlink()
        await app.fire(app.within("record-save", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("1 ảnh đã mất hoặc không đọc được"))
        assert checked(path.read_bytes()).is_whole
        # The key was lost since: what the one before has signed stays signed by it.
        device, kid = app.session.device, found.key.kid if found.key else ""
        device.accounts.keys.renew(device.accounts.viewer.account or "", device.id)
        path.unlink()
        await app.fire(app.within("record-save", ft.OutlinedButton), "click")
        await app.until(path.exists)
        later = checked(path.read_bytes())
        assert later.key is not None
        assert later.key.kid == kid
        # The new key itself is not certified yet: that of the code, and for the seal.
        assert [fault.code for fault in later.faults] == [FaultCode.NO_CERTIFICATE, FaultCode.NOT_SEALED]
    assert found.is_whole, found.faults
    assert found.key is not None
    assert found.paper is not None
    assert [each and each.found.product_name for each in found.inspections] == ["Mực khô"]
    assert not path.with_name("dot.pdf.part").exists()


async def test_on_a_phone_it_is_shared_in_both_languages(inspecting: Workspace) -> None:
    shared: list[Any] = []

    def share(call: Call) -> dict[str, Any]:
        shared.extend(call.arguments["files"])
        return {"status": "success", "raw": ""}

    app = Client(inspecting, answers={"share_files": share}, platform=ft.PagePlatform.ANDROID)
    async with app:
        await open_round(app, inspecting)
        assert not app.known("record-print")
        await app.fire(app.one(ft.Checkbox, BOTH), "change", True)
        await app.fire(app.within("record-share", ft.OutlinedButton), "click")
        await app.until(lambda: shared)
    (file,) = shared
    assert file["mime_type"] == "application/pdf"
    assert checked(file["data"]).is_whole


async def test_a_round_one_of_whose_inspections_is_lost_says_so_and_its_paper_is_made_without_it(
    open_workspace: Open, tmp_path: Path
) -> None:
    workspace = open_workspace()
    fill(workspace)
    path = tmp_path / "dot.pdf"
    async with Client(workspace, platform=ft.PagePlatform.LINUX) as app:
        await open_round(app, workspace)
        route = app.page.route
        assert not app.known("inspections-lost")
        folder = app.session.device.rounds.photos.folder.parent / "inspections"
    workspace.close()
    for segment in folder.glob("*.json"):
        segment.unlink()
    workspace = open_workspace()
    async with Client(workspace, answers={"save_file": str(path)}, platform=ft.PagePlatform.LINUX) as app:
        await app.go(route)
        await app.until(lambda: app.known("inspections-lost") and app.known("record-save"))
        assert app.says("1 phiếu của đợt này đã mất trên máy này.")
        await app.fire(app.within("record-save", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("1 phiếu đã mất trên máy này nên không có trong bản ghi."))
    assert [fault.code for fault in checked(path.read_bytes()).faults][:1] == [FaultCode.INSPECTION_MISSING]
