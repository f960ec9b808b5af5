"""The checklist of an inspection as a person fills it, and what it amounts to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import flet as ft
import pytest

from services.checklists.document import bundled
from services.checklists.filled import FilledChecklist, ItemAnswer
from services.checklists.filling import give_photo
from services.checklists.knowledge import CertificateFact, Facts, Seen
from services.workspace import Workspace
from tests.views.conftest import REGISTER
from tests.views.headless import Client
from views.checklist.checklist_screen import ChecklistScreen
from views.checklist.subject import Subject
from views.design import TARGET

DAY = date(2026, 11, 28)
FACTS = Facts(
    DAY,
    expiry=Seen("2027-09-14"),
    certificate=CertificateFact("QN-2025-0158", 4, date(2028, 5, 12), in_force=True),
    label_stars=5,
    product_name="Trà hoa vàng",
)
GTIN = "09520007900017"


class Inspection:
    """Stands for the screen of an inspection: it keeps the draft, and draws the checklist that it gives a subject."""

    def __init__(self, ocop_group: str | None = "sinh_vat_canh", facts: Facts = FACTS) -> None:
        self.filled: FilledChecklist | None = None
        self.photographed: list[str] = []
        self.wanted: dict[str, frozenset[str]] = {}
        self.ocop_group, self.facts = ocop_group, facts
        self.gtin: str | None = GTIN

    @property
    def given(self) -> dict[str, tuple[str, str]]:
        return {each.item: (each.answer, each.by) for each in self.filled.answers} if self.filled else {}

    def forget(self) -> None:
        self.filled = None

    def screen(self) -> ft.Component:
        @ft.component
        def Screen() -> ft.View:  # noqa: N802 - named like the control it is
            _version, again = ft.use_state(0)

            def typed(filled: FilledChecklist) -> None:
                self.filled = filled

            def change(filled: FilledChecklist) -> None:
                self.filled = filled
                again(lambda version: version + 1)

            def photograph(item: str) -> None:
                self.photographed.append(item)
                if self.filled:
                    change(give_photo(self.filled, item, "ab" * 32))

            subject = Subject(
                facts=self.facts,
                read=lambda: self.filled,
                change=change,
                typed=typed,
                photograph=photograph,
                thumbnail=lambda photo: ft.Text(f"photo {photo[:4]}"),
                gtin=self.gtin,
                ocop_group=self.ocop_group,
                wanted=self.wanted,
            )
            return ChecklistScreen("/none", subject, [ft.Text("Trà hoa vàng")])

        return Screen  # type: ignore[return-value]


@pytest.fixture
def inspection(monkeypatch: pytest.MonkeyPatch) -> Inspection:
    made = Inspection()
    monkeypatch.setattr("views.app.MissingScreen", made.screen())
    return made


async def tap(app: Client, identifier: str) -> None:
    await app.fire(app.within(identifier, ft.OutlinedButton), "click")


async def begun(app: Client, inspection: Inspection) -> None:
    await app.until(lambda: inspection.filled and app.known("checklist-progress"))


async def test_a_group_of_one_begins_at_once_with_what_is_known(workspace: Workspace, inspection: Inspection) -> None:
    async with Client(workspace, route="/none") as app:
        await begun(app, inspection)
        certificate = ("ok", "certificate")
        assert inspection.given == {"o1": certificate, "o2": ("wrong", "certificate"), "o3": certificate}
        assert inspection.filled
        assert (inspection.filled.group, inspection.filled.law) == ("giong", "ND37/2026")
        assert inspection.filled.day == "2026-11-28"
        for words in (
            "Mục 3/21", "NĐ 37/2026", "Từ giấy", "Nhãn ghi 5 sao, giấy là 4 sao",
            "Căn cứ tạm tính: chưa đủ để kết luận vi phạm",
        ):  # fmt: skip
            assert app.says(words)
        await tap(app, "checklist-law")
        assert app.says("Từ ngày 23/01/2026")
        assert app.says("Danh mục hỗ trợ kiểm tra, không phải tư vấn pháp luật")


async def test_the_annex_group_is_asked_for_once_per_product(workspace: Workspace, inspection: Inspection) -> None:
    inspection.ocop_group = "do_uong"
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: app.known("annex-ruou"))
        assert not inspection.given
        await tap(app, "annex-ruou")
        await begun(app, inspection)
        assert app.says("Hàm lượng etanol")
        assert inspection.given["d2"] == ("ok", "code")
        inspection.forget()
        await app.go("/reports")
        await app.go("/none")
        await begun(app, inspection)
        assert inspection.filled
        assert inspection.filled.group == "ruou"


async def test_another_group_keeps_a_persons_answers(workspace: Workspace, inspection: Inspection) -> None:
    inspection.ocop_group, inspection.gtin = None, None
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: app.known("annex-dich_vu"))
        assert len([each for each in app.find(ft.Semantics) if (each.identifier or "").startswith("annex-")]) == 12
        await tap(app, "annex-giong")
        await begun(app, inspection)
        await tap(app, "answer-o2-missing")
        await app.fire(app.within("checklist-group", ft.TextButton), "click")
        await tap(app, "annex-dich_vu")
        assert inspection.filled
        assert (inspection.filled.group, inspection.given["o2"]) == ("dich_vu", ("missing", "person"))


async def test_all_in_order_but_one_takes_two_taps_and_can_be_undone(
    workspace: Workspace, inspection: Inspection
) -> None:
    async with Client(workspace, route="/none") as app:
        await begun(app, inspection)
        await app.fire(app.within("checklist-all", ft.FilledTonalButton), "click")
        await tap(app, "answer-c6-wrong")
        assert len(inspection.given) == 20  # warnings apply to some goods only
        assert [item for item, (word, _by) in inspection.given.items() if word == "wrong"] == ["c6", "o2"]
        undo = app.one(ft.SnackBar).action
        assert isinstance(undo, ft.SnackBarAction)
        await app.fire(undo, "click")
        persons = {item: word for item, (word, by) in inspection.given.items() if by == "person"}
        assert persons == {"c6": "wrong"}


async def test_reason_photo_and_the_other_answers(workspace: Workspace, inspection: Inspection) -> None:
    inspection.wanted = {"o2": frozenset({"answer_without_photo", "answer_without_reason"})}
    async with Client(workspace, route="/none") as app:
        await begun(app, inspection)
        # a reason is typed, and survives the next answers
        assert not app.known("reason-c6")
        await tap(app, "answer-c6-wrong")
        assert app.says("dấu hiệu để xem kỹ hơn")  # what is to be known before one concludes
        await app.change(app.within("reason-c6", ft.TextField), "dán đè hạn dùng")
        await tap(app, "answer-c6-missing")
        assert inspection.filled
        assert inspection.filled.answer("c6") == ItemAnswer("c6", "missing", "person", "dán đè hạn dùng")
        assert app.within("reason-c6", ft.TextField).value == "dán đè hạn dùng"
        # what is wanted is said; what is known becomes the reason by one tap
        assert app.says("Mục này cần một ảnh.")
        assert app.words().count("• Số sao trên nhãn không nhiều hơn giấy chứng nhận: một ảnh, lý do") == 2
        assert app.within("reason-o2", ft.TextField).error == "Hãy ghi điểm không đạt."
        inspection.wanted = {}
        await app.tap(ft.TextButton, "Ghi: Nhãn ghi 5 sao, giấy là 4 sao")
        await tap(app, "photo-o2")
        assert inspection.photographed == ["o2"]
        assert app.says("photo abab")
        assert not app.says("Mục này cần một ảnh.")
        assert app.within("reason-o2", ft.TextField).value == "Nhãn ghi 5 sao, giấy là 4 sao"
        given = ItemAnswer("o2", "wrong", "person", "Nhãn ghi 5 sao, giấy là 4 sao", "ab" * 32)
        assert inspection.filled.answer("o2") == given
        # the other answers stand in a menu
        menu = app.within("answer-c3-more", ft.PopupMenuButton)
        assert [item.content for item in menu.items] == ["Không đọc được", "Không áp dụng", "Chưa kiểm tra"]
        await app.fire(menu.items[1], "click")
        assert inspection.given["c3"] == ("not_applicable", "person")
        assert app.known("answer-c3-more")[0].selected
        # all of it is large enough for a glove
        for button in app.find(ft.OutlinedButton):
            padding = button.style.padding if button.style else None
            if isinstance(padding, ft.Padding):
                assert padding.top + padding.bottom + 20 >= TARGET
        assert [one for one in app.find(ft.Container) if one.on_click] == []


async def test_an_assumed_item_is_noted_and_only_a_found_one_may_be_a_violation(
    workspace: Workspace, inspection: Inspection
) -> None:
    async with Client(workspace, route="/none") as app:
        await begun(app, inspection)
        await tap(app, "answer-gc1-missing")
        assert not app.says("Có căn cứ: có thể là vi phạm")
        await tap(app, "answer-c1-missing")
        said = app.words()
        sure, noted = said.index("Có căn cứ: có thể là vi phạm"), said.index("Chỉ ghi nhận; tự nó không phải vi phạm")
        assert said[sure + 1 : noted] == ["• Tên hàng hóa bằng tiếng Việt"]
        assert "• Định lượng" in said[noted:]


async def test_the_law_of_the_day_is_chosen(workspace: Workspace, inspection: Inspection) -> None:
    inspection.ocop_group = "du_lich"
    inspection.facts = Facts(date(2022, 2, 14))
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: app.says("Không có danh mục cho ngày này"))
        assert not inspection.given
        await app.go("/reports")
        inspection.facts = Facts(date(2026, 1, 22))
        await app.go("/none")
        await begun(app, inspection)
        assert inspection.filled
        assert inspection.filled.law == "ND43/2017+111/2021"


async def test_a_version_stays_with_the_inspection_that_used_it(workspace: Workspace, inspection: Inspection) -> None:
    inspection.ocop_group = "du_lich"
    newer = json.dumps({**json.loads(bundled()), "made": "later"}).encode()
    sha256 = hashlib.sha256(newer).hexdigest()
    workspace.checklists.keep(sha256, newer)
    named = {"sha256": sha256, "valid_from": (DAY - timedelta(days=1)).isoformat(), "valid_to": None}
    async with Client(workspace, route="/none") as app:
        await begun(app, inspection)
        assert inspection.filled
        own = inspection.filled.version
        register = {**REGISTER, "checklists": [named]}
        workspace.catalogue.apply([], "2", more=False, register=register, as_of=workspace.now())
        await app.go("/reports")
        inspection.facts = replace(FACTS, label_stars=4)
        await app.go("/none")
        await app.until(lambda: inspection.given.get("o2") == ("ok", "certificate"))  # new facts are taken over
        assert inspection.filled.version == own
        inspection.forget()
        await app.go("/reports")
        await app.go("/none")
        await begun(app, inspection)
        assert inspection.filled
        assert inspection.filled.version == sha256


async def test_a_version_that_is_not_here_leaves_the_answers_alone(
    workspace: Workspace, inspection: Inspection
) -> None:
    inspection.ocop_group = "du_lich"
    answers = (ItemAnswer("o1", "wrong"),)
    inspection.filled = FilledChecklist("0" * 64, "dich_vu", "ND37/2026", "2026-11-28", answers)
    workspace.device("local").settings.change(language="en")
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: app.says("is not on this device"))
        assert inspection.given == {"o1": ("wrong", "person")}
        await app.tap(ft.TextButton, "Begin anew")
        await tap(app, "annex-dich_vu")
        await begun(app, inspection)
        assert inspection.given["o1"] == ("ok", "certificate")
        assert app.says("OCOP mark only on recognised products of 3 stars and more")
        assert app.says("Decision 1162/QĐ-VPĐP-OCOP, article 5")
        assert app.says("From the certificate")


async def test_a_day_of_production_that_is_read_later_may_call_for_another_law(
    workspace: Workspace, inspection: Inspection
) -> None:
    document = json.loads(bundled())
    for listing in document["lists"]:
        listing["chosen_by"] = "production_day"
    content = json.dumps(document).encode()
    version = hashlib.sha256(content).hexdigest()
    workspace.checklists.keep(version, content)
    answers = (ItemAnswer("o1", "wrong"),)
    inspection.filled = FilledChecklist(version, "giong", "ND37/2026", "2026-11-28", answers)
    inspection.facts = replace(FACTS, produced=Seen(None, "2026-01-22"))
    async with Client(workspace, route="/none") as app:
        await app.until(lambda: app.says("sản xuất ngày 22/01/2026") and app.says("Nghị định 43/2017"))
        await app.fire(app.within("checklist-other-law", ft.TextButton), "click")
        await app.until(lambda: not app.known("checklist-other-law"))
        assert inspection.filled
        assert (inspection.filled.law, inspection.filled.day) == ("ND43/2017+111/2021", "2026-01-22")
        assert inspection.given["o1"] == ("wrong", "person")
