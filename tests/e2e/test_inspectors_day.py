"""An inspector's whole day in a real browser: plan, round, packs, checklist, marks, signatures, record, answer."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from playwright.sync_api import Playwright

from services.papers.checking import check_pdf
from tests.e2e.test_camera import label
from tests.e2e.test_handed_phone import A
from tests.e2e.test_screen_reader import go_to, heard
from tests.services.conftest import change_register
from tests.support.browser import Screen, app, camera_flags, chromium, person
from tests.support.registry_server import RegistryServer, free_port
from tests.support.video import film

EXPIRED = "9520021000021"
SAY = """
from accounts.models import User
from records.events import write
from records.kinds import kind_named
round = kind_named("round")
write(round, round.records.get(), "{state}", "{text}", "{number}", User.objects.get(username="quantri"))
"""


def inspect_what_the_camera_shows(screen: Screen) -> None:
    """From the verdict to a saved inspection with a photo and a finding: four taps."""
    screen.see("verdict", seconds=60)
    screen.tap("write-note")
    screen.tap("photo-take")
    screen.see("photo-tile")
    screen.tap("finding-matches")
    screen.tap("inspection-save")
    screen.see("round-band")


def test_a_day_from_the_plan_to_the_offices_decision(
    own_server: RegistryServer, playwright: Playwright, tmp_path: Path
) -> None:
    video = film(label("certified.png"), tmp_path / "camera.y4m")
    with (
        app(tmp_path / "app", own_server.url, free_port()) as address,
        chromium(playwright, *camera_flags(video)) as browser,
        person(browser, address, camera=True, path="/settings") as screen,
    ):
        page = screen.page
        screen.type_into("sign-in-name", A[0])
        screen.type_into("sign-in-password", A[1])
        screen.tap("sign-in")
        page.get_by_role("button", name="Đăng xuất").wait_for(state="attached", timeout=15_000)

        go_to(screen, "/rounds/plan")
        screen.see("plan-search")
        heard(screen)

        go_to(screen, "/rounds")
        screen.tap("new-round")
        screen.tap("place-market")
        screen.type_into("round-name", "Chợ Cửa Sông")
        screen.type_into("round-address", "Dãy B, sạp 12")
        screen.type_into("round-inspected", "Trần Văn Lộc")
        heard(screen)
        screen.tap("begin-round")
        screen.see("round-head")
        heard(screen)
        screen.tap("round-scan")
        inspect_what_the_camera_shows(screen)

        own_server.kill()  # no network from here on
        go_to(screen, f"/verdict?c={EXPIRED}&s=typed")
        screen.see("verdict")
        screen.tap("write-note")
        screen.tap("finding-certificate_ended")
        screen.tap("photo-take")
        screen.see("photo-tile")
        screen.tap("photo-tile")
        screen.see("mark-canvas")
        heard(screen)
        screen.tap("tool-circle")
        screen.draw("mark-canvas")
        screen.tap("mark-keep")
        screen.tap("open-checklist")
        screen.see("checklist-progress")
        heard(screen)
        page.go_back()
        screen.tap("inspection-save")
        screen.see("round-band")

        screen.tap("round-band")
        screen.tap("close-round")
        screen.see("close-now")
        heard(screen)
        screen.tap("add-missing")
        screen.see("signature-pad")
        heard(screen)
        screen.draw("signature-pad")
        screen.tap("take-signature")
        page.wait_for_url("**/sign/seller")
        screen.tap("refuse-refuses")
        page.wait_for_url("**/sign/witness")
        screen.tap("refuse-none")
        page.wait_for_url("**/close")
        screen.tap("close-now")
        screen.see("record-save")
        heard(screen)
        with page.expect_download() as waiting:
            screen.tap("record-save")
        pdf = Path(waiting.value.path()).read_bytes()
        document = pypdfium2.PdfDocument(io.BytesIO(pdf))
        assert "Chợ Cửa Sông" in document[0].get_textpage().get_text_range()
        assert check_pdf(pdf)

        own_server.start()
        page.get_by_text("Đã nhận").first.wait_for(state="attached", timeout=60_000)
        change_register(own_server, SAY.format(state="more_wanted", text="Lô hàng nhập từ đâu?", number=""))
        page.reload()
        screen.ready()
        go_to(screen, "/waiting")
        screen.wait_for_text("waiting-row", "Lô hàng nhập từ đâu?", seconds=60)
        heard(screen)
        screen.tap("waiting-row")
        screen.type_into("answer-text", "Nhập từ kho Hải Hà.")
        heard(screen)
        screen.tap("answer-send")
        screen.wait_for_text("answer-given", "Đã nhận", seconds=60)
        change_register(own_server, SAY.format(state="decided", text="Nhắc nhở", number="12/QĐ"))
        page.reload()
        screen.ready()
        screen.wait_for_text("events", "12/QĐ", seconds=60)
        heard(screen)
    kinds = {kind: own_server.rows(f"SELECT count(*) FROM {kind}") for kind in ("rounds_round", "rounds_inspection")}
    assert kinds == {"rounds_round": [(1,)], "rounds_inspection": [(2,)]}
