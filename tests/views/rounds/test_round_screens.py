"""A round from its opening to its closing: said once, signed by hand, closed with what was missing told."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import flet as ft
import pytest

from services.notes.content import NotedCode, NotedVerdict, Position
from services.rounds.inspection import Found, Inspection
from services.rounds.place import Place
from services.rounds.round import Inspected, OpenRound, Person, Role
from services.rounds.round_book import RoundBook
from services.workspace import Device, Workspace
from tests.views.conftest import Open, fill
from tests.views.headless import Client
from views.parts import autosave
from views.parts.open_round import back_to_scanning
from views.parts.places import above
from views.rounds import sign_screen
from views.rounds.pad import HIGH, WIDE, Strokes, pieces, within

MARKET = Place("market", "Chợ Cửa Sông", "dãy B", Position(20.95, 107.08, 12.0))
TYPED = "9529999999993"


@pytest.fixture
def inspecting(open_workspace: Open, signed_in: Any) -> Workspace:
    """The app's folder of a signed-in inspector, with a copy of the register."""
    workspace = open_workspace()
    fill(workspace)
    signed_in(workspace.device("local"))
    return workspace


def book(app: Client) -> RoundBook:
    return app.session.device.rounds


def opened(app: Client, **said: Any) -> OpenRound:
    """Open a round as the form does."""
    made: dict[str, Any] = {
        "place": MARKET,
        "inspected": Inspected("Trần Văn Lộc"),
        "people": (),
        "case_number": None,
    } | said
    return book(app).open(**made, viewer=app.session.device.accounts.viewer)


def inspected(app: Client, said: OpenRound, name: str = "Mực khô", status: str = "certified") -> Inspection:
    """Save an inspection in the round."""
    code = NotedCode(TYPED, "typed", f"0{TYPED}")
    found = Found(f"0{TYPED}", name, codes=(code,), verdict=NotedVerdict(status), findings=("matches",))
    signer = app.session.device.author
    return book(app).finish(book(app).begin(said.id, found, signer).id, signer)


def current(app: Client) -> OpenRound:
    said = book(app).current(app.session.device.accounts.viewer)
    assert said is not None
    return said


async def press(app: Client, identifier: str) -> None:
    """Tap the button in what carries this identifier."""
    (found,) = app.known(identifier)
    inside = [one for one in app.inside(identifier, ft.Control) if getattr(one, "on_click", None)]
    assert found
    await app.fire(inside[0], "click")


async def confirm(app: Client, words: str) -> None:
    """Tap the button of the question over the screen."""
    await app.fire(app.find(ft.FilledButton, words)[-1], "click")


async def draw(app: Client, *strokes: list[tuple[float, float]], width: float = 380) -> None:
    """Draw on the field with a finger, as the client tells it."""
    field = app.within("signature-pad", ft.GestureDetector)
    box = next(one for one in app.inside("signature-pad", ft.Container) if one.on_size_change)
    await app.fire(box, "size_change", {"w": width, "h": width * HIGH / WIDE})
    for (x, y), *rest in strokes:
        field = app.within("signature-pad", ft.GestureDetector)
        at = {"l": {"x": x, "y": y}, "g": {"x": x, "y": y}, "k": "touch", "ts": 0}
        await app.fire(field, "pan_start", at)
        for to_x, to_y in rest:
            await app.fire(field, "pan_update", at | {"l": {"x": to_x, "y": to_y}})
        await app.fire(field, "pan_end", {"l": {"x": x, "y": y}, "g": {"x": x, "y": y}, "v": {"x": 0, "y": 0}})


# The place in the navigation


async def test_who_inspects_has_the_place_of_rounds_and_finds_their_looks_in_the_settings(
    inspecting: Workspace,
) -> None:
    async with Client(inspecting) as app:
        bar = app.one(ft.NavigationBar)
        assert [place.label for place in bar.destinations] == ["Quét", "Đợt", "Tra cứu", "Ghi chép"]
        await app.fire(bar, "change", 1)
        await app.until(lambda: app.says("Chưa có đợt kiểm tra nào"))
        await app.go("/history")
        await app.until(lambda: app.find(ft.IconButton, "Quay lại"))
        await app.tap(ft.IconButton, "Quay lại")
        await app.until(lambda: app.page.route == "/settings")


async def test_others_have_no_rounds(workspace: Workspace) -> None:
    async with Client(workspace, route="/rounds") as app:
        assert app.says("Đợt kiểm tra dành cho người đi kiểm tra.")
        assert not app.known("new-round")


# Opening


async def test_a_round_is_opened_once_for_all_that_follows(inspecting: Workspace) -> None:
    answers = {
        "request_permission": "whileInUse",
        "get_current_position": {"latitude": 20.9501234567, "longitude": 107.08, "accuracy": 12.34},
    }
    async with Client(inspecting, route="/rounds", answers=answers) as app:
        await app.until(lambda: app.known("new-round"))
        await press(app, "new-round")
        await app.until(lambda: app.known("begin-round"))
        await press(app, "begin-round")
        assert app.says("Hãy cho biết đây là nơi loại nào.")
        await press(app, "place-market")
        await app.change(app.within("round-name", ft.TextField), "Chợ Cửa Sông")
        await app.change(app.within("round-address", ft.TextField), "dãy B")
        await app.change(app.within("round-position", ft.Switch), True)
        await app.until(lambda: app.says("Vị trí sai số 12\N{NO-BREAK SPACE}m"))
        await app.change(app.within("round-inspected", ft.TextField), "Trần Văn Lộc")
        await press(app, "inspected-absent")
        await press(app, "add-witness")
        await app.change(app.within("person-2", ft.TextField), "Lê Văn Chứng")
        await press(app, "begin-round")
        await app.until(lambda: app.page.route == "/scan")
        said = current(app)
        assert said.place == Place("market", "Chợ Cửa Sông", "dãy B", Position(20.950123, 107.08, 12.3))
        assert said.inspected == Inspected("Trần Văn Lộc", None, False)
        assert said.people == (
            Person("Nguyễn Thị Kiểm", Role.INSPECTOR),
            Person("Lê Văn Chứng", Role.WITNESS),
        )
        await app.until(lambda: app.known("round-band"))
        assert app.says("Chợ Cửa Sông, dãy B")
        assert app.says("Đợt đang mở · 0 đã lưu")


async def test_the_next_round_takes_over_who_was_there_and_on_the_same_day_where(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        people = (Person("Nguyễn Thị Kiểm", "inspector", "Đội trưởng"), Person("Lê Văn Chứng", "witness"))
        said = opened(app, people=people, case_number="12/QLTT")
        book(app).close(said.id, app.session.device.author)
        await app.go("/rounds/new")
        await app.until(lambda: app.known("round-name"))
        assert app.within("round-name", ft.TextField).value == "Chợ Cửa Sông"
        assert app.within("round-case", ft.TextField).value == "12/QLTT"
        assert [app.within(f"person-{n}", ft.TextField).value for n in (1, 2)] == ["Nguyễn Thị Kiểm", "Lê Văn Chứng"]
        assert not app.within("round-address", ft.TextField).value, "the next stall is another"
        assert not app.within("round-inspected", ft.TextField).value


async def test_what_a_handheld_scanner_types_does_not_stay_in_the_form(inspecting: Workspace) -> None:
    async with Client(inspecting, route="/rounds/new") as app:
        await app.until(lambda: app.known("round-name"))
        await app.change(app.within("round-name", ft.TextField), f"Chợ Cửa Sông{TYPED}\n")
        assert app.session.scanning.take_out
        app.session.scanning.take_out(TYPED)
        await app.until(lambda: app.within("round-name", ft.TextField).value == "Chợ Cửa Sông")


async def test_a_form_that_was_left_for_a_scan_is_found_again(inspecting: Workspace) -> None:
    async with Client(inspecting, route="/rounds/new") as app:
        await app.until(lambda: app.known("round-name"))
        await app.change(app.within("round-name", ft.TextField), "Chợ Cửa Sông")
        await app.go(f"/verdict?c={TYPED}&s=typed")
        await app.until(lambda: app.verdict)
        await app.go("/rounds/new")
        await app.until(lambda: app.known("round-name"))
        assert app.within("round-name", ft.TextField).value == "Chợ Cửa Sông"


async def test_a_form_that_was_not_begun_outlives_a_kill(
    inspecting: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.0)
    async with Client(inspecting, route="/rounds/new") as app:
        await app.until(lambda: app.known("round-name"))
        await press(app, "place-market")
        await app.change(app.within("round-inspected", ft.TextField), "Trần Văn Lộc")
        await press(app, "inspected-absent")
        await press(app, "add-witness")
        viewer = app.session.device.accounts.viewer
        await app.until(lambda: (head := book(app).head(viewer)) and len(head.people) == 2)
    async with Client(inspecting, route="/rounds/new") as app:
        await app.until(lambda: app.known("round-name"))
        assert app.within("round-inspected", ft.TextField).value == "Trần Văn Lộc"
        await app.change(app.within("round-name", ft.TextField), "Chợ Cửa Sông")
        await press(app, "begin-round")
        await app.until(lambda: app.page.route == "/scan")
        assert (current(app).place.kind, current(app).inspected) == ("market", Inspected("Trần Văn Lộc", None, False))
        assert book(app).head(viewer) is None
        book(app).discard_round(current(app).id, viewer)
        await app.go("/rounds/new")
        await app.until(lambda: app.known("round-inspected"))
        assert not app.within("round-inspected", ft.TextField).value


# While it is open


async def test_in_an_open_round_the_result_is_recorded_and_not_a_loose_note(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/verdict?c={TYPED}&s=typed")
        await app.until(lambda: app.known("round-line"))
        assert app.within("write-note", ft.FilledButton).content == "Ghi kết quả"
        await press(app, "write-note")
        await app.until(lambda: app.page.route.startswith(f"/rounds/{said.id}/"))
        (draft,) = book(app).drafts(app.session.device.accounts.viewer)
        assert draft.found.codes[0].text == TYPED
        assert draft.found.verdict
        assert draft.found.verdict.status == "not_registered"
        assert not draft.found.findings, "nothing is chosen for the person"
        assert not app.session.device.notebook.count()
        await app.go(f"/verdict?c={TYPED}&s=typed")
        await press(app, "write-note")
        await app.until(lambda: app.page.route.startswith(f"/rounds/{said.id}/"))
        assert len(book(app).drafts(app.session.device.accounts.viewer)) == 1, "the draft that was begun goes on"


async def test_a_product_that_is_looked_at_is_in_the_round_without_a_note(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        opened(app)
        await app.go(f"/verdict?c={TYPED}&s=typed")
        await app.until(lambda: current(app).looked_at)
        assert [look.status for look in current(app).looked_at] == ["not_registered"]


@pytest.mark.parametrize("paused", [False, True], ids=["no round", "paused"])
async def test_without_a_round_under_way_everything_stays_as_it_is(inspecting: Workspace, paused: bool) -> None:
    async with Client(inspecting) as app:
        if paused:
            book(app).pause(opened(app).id, app.session.device.accounts.viewer)
            await app.until(lambda: app.says("Đợt đang tạm nghỉ · 0 đã lưu"))
        await app.go(f"/verdict?c={TYPED}&s=typed")
        await app.until(lambda: app.known("write-note"))
        assert not app.known("round-line")
        await press(app, "write-note")
        await app.until(lambda: app.page.route.startswith("/note/"))


async def test_a_round_is_paused_and_goes_on(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/rounds/{said.id}")
        await app.until(lambda: app.known("round-pause"))
        await press(app, "round-pause")
        await app.until(lambda: current(app).is_paused and app.find(ft.TextButton, "Làm tiếp"))
        await press(app, "round-pause")
        await app.until(lambda: not current(app).is_paused and app.find(ft.TextButton, "Tạm nghỉ"))
        assert len(current(app).pauses) == 1


async def test_the_last_saved_can_be_taken_back(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        saved = inspected(app, said)
        await app.go(f"/rounds/{said.id}")
        await app.until(lambda: app.known("undo-inspection"))
        assert app.says("1 đã lưu")
        await press(app, "undo-inspection")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}/{saved.id}")
        assert book(app).draft(saved.id, app.session.device.accounts.viewer)


async def test_the_head_is_changed_and_what_was_opened_by_mistake_thrown_away(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/rounds/{said.id}/edit")
        await app.until(lambda: app.known("save-round"))
        await app.change(app.within("round-name", ft.TextField), "Chợ Hạ Long 1")
        await press(app, "save-round")
        await app.until(lambda: current(app).place.name == "Chợ Hạ Long 1")
        assert current(app).place.position == MARKET.position
        await app.go(f"/rounds/{said.id}/edit")
        await app.until(lambda: app.known("discard-round"))
        await press(app, "discard-round")
        await app.tap(ft.FilledButton, "Bỏ đợt")
        await app.until(lambda: app.page.route == "/rounds")
        assert book(app).current(app.session.device.accounts.viewer) is None


async def test_changes_of_the_head_are_kept_as_they_are_typed(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/rounds/{said.id}/edit")
        await app.until(lambda: app.known("save-round"))
        assert not app.known("edit-left")
        await app.change(app.within("round-name", ft.TextField), "Chợ Hạ L")
        viewer = app.session.device.accounts.viewer
        await app.until(lambda: book(app).head_edit(said.id, viewer))
    async with Client(inspecting) as app:
        await app.go(f"/rounds/{said.id}/close")
        await app.until(lambda: app.says("Thay đổi thông tin đợt chưa lưu"))
        await app.go(f"/rounds/{said.id}/edit")
        await app.until(lambda: app.known("edit-left"))
        assert app.within("round-name", ft.TextField).value == "Chợ Hạ L"
        await press(app, "drop-edit")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}")
        assert book(app).head_edit(said.id, viewer) is None
        assert current(app).place == MARKET
        await app.go(f"/rounds/{said.id}/edit")
        await app.until(lambda: app.known("save-round"))
        await app.change(app.within("round-name", ft.TextField), "Chợ Hạ Long 1")
        await app.until(lambda: book(app).head_edit(said.id, viewer))
        await press(app, "save-round")
        await app.until(lambda: current(app).place.name == "Chợ Hạ Long 1")
        assert book(app).head_edit(said.id, viewer) is None


async def test_a_round_left_open_overnight_asks(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        yesterday = inspecting.now() - timedelta(days=1, hours=1)
        said = opened(app, now=yesterday)
        await app.go(f"/rounds/{said.id}")
        await app.until(lambda: app.known("left-open"))
        await press(app, "carry-on")
        await app.until(lambda: not app.known("left-open"))
        (pause,) = current(app).pauses
        assert pause.until
        assert pause.until - pause.since > timedelta(days=1), "the night is a pause"


async def test_a_device_whose_clock_is_behind_does_not_ask_of_a_round_in_use(
    inspecting: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in a round is by the device's clock: by the server's, it seemed to be of the day before, for ever."""
    later = inspecting.now() + timedelta(days=1)
    monkeypatch.setattr(Workspace, "now", lambda _self: later)
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/verdict?c={TYPED}&s=typed")
        await app.until(lambda: current(app).looked_at)
        assert current(app).looked_at[0].at < later - timedelta(hours=1)
        await app.go(f"/rounds/{said.id}")
        await app.until(lambda: app.known("round-pause"))
        assert not app.known("left-open")


async def test_a_round_left_open_is_closed_as_of_the_last_act(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        yesterday = (inspecting.now() - timedelta(days=1, hours=1)).replace(microsecond=0)
        said = opened(app, now=yesterday)
        await app.go(f"/rounds/{said.id}")
        await app.until(lambda: app.known("close-as-of"))
        await press(app, "close-as-of")
        await app.until(lambda: app.known("close-now"))
        await press(app, "close-now")
        await confirm(app, "Đóng đợt")
        await app.until(lambda: app.says("Mã băm của bản ghi"))
        kept = book(app).round(said.id, app.session.device.accounts.viewer)
        assert kept is not None
        assert kept.said.closed_at == yesterday


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/rounds/new", "/rounds"),
        ("/rounds/x", "/rounds"),
        ("/rounds/x/close", "/rounds/x"),
        ("/rounds/x/sign/seller", "/rounds/x/close"),
        ("/rounds/x/y", "/rounds/x"),
        ("/rounds/x/y/photos", "/rounds/x/y"),
    ],
)
def test_back_leads_to_what_a_part_of_a_round_lies_in(address: str, leads: str) -> None:
    assert above(address) == leads


def left_alone(app: Client, code: str) -> bool:
    """Whether the camera does not lead to the verdict on a code."""
    return bool(app.session.scanning.handled.see([(code, "typed")], 0.0, lambda one, other: one == other))


async def test_what_was_saved_is_told_over_the_camera_and_can_be_taken_back(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        first, second = inspected(app, said), inspected(app, said, "Mật ong")
        await app.go(f"/rounds/{said.id}")
        back_to_scanning(app.session.shell, app.session.scanning, app.session.state, app.session.device, second.id)
        await app.until(lambda: app.page.route == "/scan" and app.says("2 đã lưu"))
        assert left_alone(app, TYPED)
        await app.fire(app.one(ft.SnackBarAction), "click")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}/{second.id}")
        kept = book(app).round(said.id, app.session.device.accounts.viewer)
        assert kept is not None
        assert kept.inspections == (first.id,)
        assert not left_alone(app, TYPED)


# Signing


async def test_people_sign_what_the_round_says_one_after_another(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        inspected(app, said)
        await app.go(f"/rounds/{said.id}/sign/inspector")
        await app.until(lambda: app.known("signature-pad"))
        assert app.within("signature-name", ft.TextField).value == "Nguyễn Thị Kiểm"
        assert app.says("1 sản phẩm, 0 ảnh")
        await press(app, "take-signature")
        assert app.says("Hãy ký vào khung, hoặc ghi lý do không ký.")
        await draw(app, [(38, 76), (76, 38), (190, 76)], [(200, 40), (240, 90)])
        await press(app, "take-signature")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}/sign/seller")
        await app.until(lambda: app.says("Ký không có nghĩa là đồng ý"))
        assert app.within("signature-name", ft.TextField).value == "Trần Văn Lộc"
        await press(app, "refuse-refuses")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}/close")
        first, second = current(app).signatures
        assert first.strokes == (((100, 200), (200, 100), (500, 200)), ((526, 105), (632, 237)))
        assert (second.role, second.strokes, second.refused) == ("seller", (), "Không muốn ký")
        assert first.content == second.content == book(app).to_sign(said.id, app.session.device.author)


async def test_nobody_signs_with_what_the_person_before_them_drew(
    inspecting: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, answers = sign_screen._ToSign.of, threading.Event()

    def slowly(device: Device, round_id: str, role: Role) -> object:
        assert role is not Role.SELLER or answers.wait(20)
        return read(device, round_id, role)

    monkeypatch.setattr(sign_screen._ToSign, "of", slowly)
    async with Client(inspecting) as app:
        said = opened(app)
        inspected(app, said)
        await app.go(f"/rounds/{said.id}/sign/inspector")
        await app.until(lambda: app.known("signature-pad"))
        await draw(app, [(38, 76), (76, 38), (190, 76)])
        viewer, content = app.session.device.accounts.viewer, book(app).to_sign(said.id, app.session.device.author)
        await app.until(lambda: book(app).begun_signature(said.id, "inspector", content, viewer))
        await app.go(f"/rounds/{said.id}")
        await app.go(f"/rounds/{said.id}/sign/inspector")
        await app.until(lambda: app.known("signature-pad"))
        await press(app, "take-signature")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}/sign/seller")
        for _tap in range(3):  # of a finger that is quicker than the disk
            for button in app.inside("take-signature", ft.FilledButton):
                await app.fire(button, "click")
            await asyncio.sleep(0.05)
        answers.set()
        await app.until(lambda: app.says("Ký không có nghĩa là đồng ý"))
        assert app.within("signature-name", ft.TextField).value == "Trần Văn Lộc"
        assert [each.role for each in current(app).signatures] == ["inspector"]


async def test_strokes_are_there_again_after_a_break(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        inspected(app, said)
        await app.go(f"/rounds/{said.id}/sign/seller")
        await app.until(lambda: app.known("signature-pad"))
        await draw(app, [(38, 76), (76, 38), (190, 76)])
        viewer, content = app.session.device.accounts.viewer, book(app).to_sign(said.id, app.session.device.author)
        await app.until(lambda: book(app).begun_signature(said.id, "seller", content, viewer))
    async with Client(inspecting) as app:
        await app.go(f"/rounds/{said.id}/sign/seller")
        await app.until(lambda: app.known("signature-pad"))
        await press(app, "take-signature")
        await app.until(lambda: current(app).signatures)
        assert current(app).signatures[0].strokes == (((100, 200), (200, 100), (500, 200)),)
        assert book(app).begun_signature(said.id, "seller", content, viewer) is None


async def test_a_stroke_is_taken_back_and_a_name_alone_is_no_signature(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/rounds/{said.id}/sign/seller")
        await app.until(lambda: app.known("signature-pad"))
        await draw(app, [(38, 76), (190, 76)])
        await press(app, "stroke-back")
        await press(app, "take-signature")
        assert not current(app).signatures
        await draw(app, [(38, 76)])
        await press(app, "take-signature")
        assert not current(app).signatures, "a tap by mistake is nobody's hand"


async def test_the_reason_for_no_signature_may_be_in_own_words(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        await app.go(f"/rounds/{said.id}/sign/witness")
        await app.until(lambda: app.known("refuse-other"))
        await press(app, "refuse-other")
        await app.until(lambda: app.known("refusal-words"))
        await app.change(app.within("refusal-words", ft.TextField), "Đau tay")
        await press(app, "refuse")
        await app.until(lambda: current(app).signatures)
        (signature,) = current(app).signatures
        assert (signature.role, signature.name, signature.refused) == ("witness", "Người làm chứng", "Đau tay")


def test_points_are_in_thousandths_of_the_field_and_stay_within() -> None:
    assert within(190, 76, 380) == (500, 200)
    assert within(-3, 900, 380) == (0, HIGH)
    strokes = Strokes()
    strokes.begin((0, 0))
    for n in range(10_000):
        strokes.go_on((n * 37 % WIDE, n % HIGH))
    assert sum(map(len, strokes.drawn)) <= 2000


def test_a_stroke_is_drawn_in_pieces_that_join() -> None:
    stroke = tuple((n, n % HIGH) for n in range(100))
    parts = pieces([stroke, ((5, 5),)])
    assert parts[-1] == ((5, 5),), "a dot is a piece too"
    assert all(before[-1] == after[0] for before, after in pairwise(parts[:-1]))
    assert sum(len(part) - 1 for part in parts[:-1]) == 99


# Closing


async def test_closing_says_what_is_missing_and_leads_there(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        inspected(app, said, status="withdrawn")
        await app.go(f"/rounds/{said.id}/close")
        await app.until(lambda: app.known("missing-row"))
        assert app.says("Kiểm tra viên chưa ký")
        assert app.says("Người bán chưa ký")
        assert app.says("1 phiếu chưa có ảnh")
        await app.fire(app.inside("add-missing", ft.TextButton)[0], "click")
        await app.until(lambda: app.page.route == f"/rounds/{said.id}/sign/inspector")
        await app.go(f"/rounds/{said.id}/close")
        await app.until(lambda: app.known("close-now"))
        await press(app, "close-now")
        assert app.says("Vẫn đóng đợt?")
        assert app.says("Còn thiếu 3 điểm.")
        await confirm(app, "Đóng đợt")
        await app.until(lambda: app.says("Mã băm của bản ghi"))
        kept = book(app).round(said.id, app.session.device.accounts.viewer)
        assert kept is not None
        assert kept.closed is not None
        assert app.says(kept.closed.sha256)
        await app.settle()
        assert not app.says("Ứng dụng gặp lỗi. Những gì bạn đã ghi vẫn còn."), "the open round was drawn below"


async def test_what_is_not_saved_yet_keeps_the_round_open(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app)
        book(app).begin(said.id, Found(product_name="Trà hoa vàng"), app.session.device.author)
        await app.go(f"/rounds/{said.id}/close")
        await app.until(lambda: app.says("Trà hoa vàng"))
        await press(app, "close-now")
        assert app.says("Một phiếu của đợt này chưa lưu.")
        assert current(app).id == said.id


async def test_remarks_typed_just_before_the_closing_are_in_the_record(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app, inspected=None)
        await app.go(f"/rounds/{said.id}/close")
        await app.until(lambda: app.known("round-remarks"))
        await app.change(app.within("round-remarks", ft.TextField), "Người bán sẽ bổ sung giấy.")
        await press(app, "close-now")
        await confirm(app, "Đóng đợt")
        await app.until(lambda: app.says("Người bán sẽ bổ sung giấy."))
        kept = book(app).round(said.id, app.session.device.accounts.viewer)
        assert kept is not None
        assert kept.said.remarks == "Người bán sẽ bổ sung giấy."


async def test_a_signature_given_before_a_change_holds_no_longer_and_is_given_anew(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        said = opened(app, inspected=None)
        inspected(app, said)
        await app.go(f"/rounds/{said.id}/sign/inspector")
        await app.until(lambda: app.known("signature-pad"))
        await draw(app, [(38, 76), (190, 76)])
        await press(app, "take-signature")
        await app.until(lambda: app.page.route.endswith("/close"))
        book(app).change(current(app), replace(current(app), remarks="Thêm"), app.session.device.author)
        await app.until(lambda: app.says("Nguyễn Thị Kiểm đã ký nội dung khác"))
        await press(app, "close-now")
        assert app.says("Có thay đổi sau khi ký.")
        await app.tap(ft.TextButton, "Bỏ")
        await app.until(lambda: not current(app).signatures)


async def test_closed_rounds_stand_below_by_day_with_what_became_of_them(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        for name in ("Chợ A", "Chợ B"):
            said = opened(app, place=replace(MARKET, name=name))
            book(app).close(said.id, app.session.device.author)
        still = opened(app, place=replace(MARKET, name="Chợ C"))
        await app.go("/rounds")
        await app.until(lambda: len(app.known("round-row")) == 2 and app.known("open-round"))
        assert app.says("Hôm nay")
        assert app.says("Trên máy này")
        words = app.words()
        assert words.index("Chợ C, dãy B") < words.index("Chợ B, dãy B") < words.index("Chợ A, dãy B")
        await press(app, "open-round")
        await app.until(lambda: app.page.route == f"/rounds/{still.id}")


async def test_a_round_that_is_not_here_says_so(inspecting: Workspace) -> None:
    async with Client(inspecting) as app:
        for part in ("", "/edit", "/close", "/sign/seller", "/sign/nobody"):
            await app.go(f"/rounds/00000000-0000-4000-8000-000000000000{part}")
            await app.until(lambda: app.says("Đợt này không mở trên máy này"))
