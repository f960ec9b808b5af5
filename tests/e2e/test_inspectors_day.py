"""An inspector's whole day in a real browser: plan, round, packs, checklist, marks, signatures, record, answer."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pypdfium2
from playwright.sync_api import Playwright

from tests.e2e.test_camera import label
from tests.e2e.test_handed_phone import A
from tests.e2e.test_screen_reader import go_to, heard
from tests.services.conftest import change_register
from tests.support.browser import Screen, app, camera_flags, chromium, person
from tests.support.inspecting import judged, photograph, record, sign_in
from tests.support.registry_server import RegistryServer, free_port
from tests.support.video import film, part, turn_to

CERTIFIED, EXPIRED, UNKNOWN = "9520007900017", "9520021000021", "9529999999993"
BARE = np.full((480, 640, 3), 200, np.uint8)
"""A table without a pack."""
SAY = """
from accounts.models import User
from records.events import write
from records.kinds import kind_named
round = kind_named("round")
write(round, round.records.get(), "{state}", "{text}", "{number}", User.objects.get(username="quantri"))
"""


def hear(screen: Screen) -> None:
    """Hear a screen as a person who taps it does.

    The driver's pointer stays over what it clicked. Flutter shows that button's tooltip, and never takes back the mark
    that it owned one. A finger brings about no tooltip.
    """
    screen.page.mouse.move(1, 500)
    screen.page.wait_for_timeout(200)
    screen.page.evaluate(
        "document.querySelectorAll('[aria-owns^=flt-semantic]').forEach(e => e.removeAttribute('aria-owns'))"
    )
    heard(screen)


def draw(screen: Screen, identifier: str) -> None:
    """Draw a stroke across the middle of a field, as a finger does."""
    screen.see(identifier)
    hear(screen)  # and until it is where it stays
    screen.draw(identifier)


def test_a_day_from_the_plan_to_the_offices_decision(
    own_server: RegistryServer, playwright: Playwright, tmp_path: Path
) -> None:
    packs = {
        name: film(part(label(f"{name}.png"), "ean"), tmp_path / f"{name}.y4m")
        for name in ("certified", "expired", "unknown")
    }
    table = film(BARE, tmp_path / "table.y4m")
    camera = Path(shutil.copy(packs["certified"], tmp_path / "camera.y4m"))
    with (
        app(tmp_path / "app", own_server.url, free_port()) as address,
        chromium(playwright, *camera_flags(camera)) as browser,
        person(browser, address, camera=True, path="/settings") as screen,
    ):
        page = screen.page
        sign_in(screen, *A)
        plan_and_open_a_round(screen)
        first = record(screen, CERTIFIED, "matches", 1, partial(turn_to, packs["expired"], camera))
        print(f"one product: {first.taps} taps, {first.own:.1f} s of the person's own, {first.whole:.1f} s in all")
        assert first.taps == 4

        own_server.kill()  # no network from here on
        record_with_marks_and_checklist(screen, partial(turn_to, packs["unknown"], camera))
        assert judged(screen, UNKNOWN) == "Không có trong sổ đăng ký"
        turn_to(table, camera)
        page.go_back()
        close_the_round(screen)
        pdf = save_the_record(screen, tmp_path / "record.pdf")
        here = page.url
        check_the_record(screen, pdf)

        own_server.start()
        go_to(screen, here.removeprefix(address))
        page.get_by_text("Đã nhận", exact=True).first.wait_for(state="attached", timeout=60_000)
        change_register(own_server, SAY.format(state="more_wanted", text="Lô hàng nhập từ đâu?", number=""))
        hear_the_office(screen, "Lô hàng nhập từ đâu?")
        screen.type_into("answer-text", "Nhập từ kho Hải Hà.")
        hear(screen)
        screen.tap("answer-send")
        screen.wait_for_text("answer-given", "Đã nhận", seconds=60)
        change_register(own_server, SAY.format(state="decided", text="Nhắc nhở", number="12/QĐ"))
        hear_the_office(screen, "12/QĐ")
        screen.wait_for_text("events", "Nhập từ kho Hải Hà.")
        hear(screen)
    tables = ("rounds_round", "rounds_inspection", "answers_answer")
    assert {table: own_server.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables} == {
        "rounds_round": 1,
        "rounds_inspection": 2,
        "answers_answer": 1,
    }


def plan_and_open_a_round(screen: Screen) -> None:
    go_to(screen, "/rounds/plan")
    screen.see("plan-search")
    hear(screen)
    go_to(screen, "/rounds")
    screen.tap("new-round")
    screen.tap("place-market")
    screen.type_into("round-name", "Chợ Cửa Sông")
    screen.type_into("round-address", "Dãy hai, sạp 12")
    screen.type_into("round-inspected", "Trần Văn Lộc")
    screen.tap("add-witness")
    screen.type_into("person-2", "Phạm Thị Mai")
    hear(screen)
    screen.tap("begin-round")


def record_with_marks_and_checklist(screen: Screen, turn: Callable[[], object]) -> None:
    judged(screen, EXPIRED)
    screen.tap("write-note")
    photograph(screen)
    turn()
    screen.tap("finding-certificate_ended")
    hear(screen)
    screen.tap("photo-tile")
    screen.tap("tool-circle")
    draw(screen, "mark-canvas")
    screen.tap("mark-keep")
    screen.tap("photos-done")
    screen.tap("open-checklist")
    screen.tap("annex-do_uong")
    screen.tap("checklist-all")
    hear(screen)
    screen.tap("photo-o2")  # the stars want a photo of their own
    screen.find("photo-take").get_by_role("button", disabled=False).click(timeout=20_000)
    screen.page.get_by_role("img", name="Ảnh của mục này").wait_for(state="attached", timeout=15_000)
    screen.tap("inspection-save")
    screen.wait_for_text("round-band", "2 đã lưu")


def close_the_round(screen: Screen) -> None:
    screen.tap("round-band")
    screen.see("round-head")
    hear(screen)
    screen.tap("close-round")
    screen.see("close-now")
    hear(screen)
    screen.tap("add-missing")
    draw(screen, "signature-pad")
    screen.tap("take-signature")
    screen.page.wait_for_url("**/sign/seller")
    screen.page.get_by_role("img", name="Chữ ký của").wait_for(state="attached", timeout=15_000)
    screen.tap("refuse-refuses")
    screen.page.wait_for_url("**/sign/witness")
    screen.see("refuse-none")  # the seller's screen, which leaves, has none of it
    hear(screen)
    screen.tap("refuse-none")
    screen.page.wait_for_url("**/close")
    screen.tap("close-now")


def save_the_record(screen: Screen, path: Path) -> Path:
    screen.see("record-save")
    hear(screen)
    with screen.page.expect_download() as waiting:
        screen.tap("record-save")
    waiting.value.save_as(path)
    document = pypdfium2.PdfDocument(io.BytesIO(path.read_bytes()))
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    for told in ("Chợ Cửa Sông", "Trần Văn Lộc", CERTIFIED, EXPIRED):
        assert told in words
    return path


def check_the_record(screen: Screen, pdf: Path) -> None:
    go_to(screen, "/paper")
    with screen.page.expect_file_chooser() as chooser:
        screen.tap("choose-record")
    chooser.value.set_files(pdf)
    assert "như khi ký" in screen.see("file-state")


def hear_the_office(screen: Screen, words: str) -> None:
    """Ask what the office has said, as the list of records offers, and go to what waits."""
    go_to(screen, "/notes")
    screen.page.get_by_role("button", name="Gửi ngay").click()
    screen.tap("notes-waiting")
    screen.wait_for_text("waiting-row", words)
    hear(screen)
    screen.tap("waiting-row")
