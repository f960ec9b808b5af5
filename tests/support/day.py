"""Walks an inspector's day from the first plan to the answer, and photographs each of its screens."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import Playwright

from tests.services.conftest import INSPECTOR, change_register
from tests.support.album import Album, visit
from tests.support.browser import camera_flags, chromium
from tests.support.inspecting import photograph, sign_in
from tests.support.registry_server import RegistryServer
from tests.support.video import Picture, film, turn_to

VALID, EXPIRED = "9520007900017", "9520021000021"
SCREENS = (
    "account",
    "no-rounds",
    "plan",
    "new-round",
    "new-round-filled",
    "verdict-in-round",
    "inspection",
    "photos",
    "marks",
    "checklist-group",
    "checklist",
    "checklist-answered",
    "checklist-law",
    "inspection-filled",
    "scan-in-round",
    "round",
    "round-open",
    "closing",
    "signing",
    "signing-seller",
    "closing-signed",
    "closed-round",
    "record-page",
    "rounds",
    "waiting",
    "nothing-waits",
    "answer",
    "records",
    "records-found",
    "record",
    "paper-file",
)
"""In the order in which they come."""

_TABLE = np.full((720, 1280, 3), (120, 140, 150), np.uint8)
"""What the camera sees where no pack is."""
_SAYS = """
from accounts.models import User
from records.events import write
from records.kinds import kind_named
round = kind_named("round")
write(round, round.records.latest("received_at"), "more_wanted", "{text}", "", User.objects.get(username="quantri"))
"""
_WORDS = {
    "vi": ("Chợ Cửa Sông", "Dãy B, sạp 12", "Lô hàng nhập từ đâu?", "Nhập từ kho Hải Hà ngày 12/11."),
    "en": ("Cua Song market", "Row B, stall 12", "Where does the lot come from?", "From Hai Ha, 12 November."),
}
"""The place, its stall, what the office asks, and what it is told."""

_RECEIVED = {"vi": "Đã nhận", "en": "Received"}


class Day:
    """One inspector's day with a phone of their own; `packs` are the pictures of labels by their GTIN."""

    def __init__(
        self, server: RegistryServer, address: str, language: str, album: Album, packs: dict[str, Picture], folder: Path
    ) -> None:
        self._server, self._address, self._language, self._album = server, address, language, album
        films = {name: film(picture, folder / f"{name}.y4m", 1280, 720) for name, picture in packs.items()}
        self._films = films | {"": film(_TABLE, folder / "table.y4m", 1280, 720)}
        self._camera = Path(shutil.copy(self._films[""], folder / "camera.y4m"))
        self._place, self._stall, self._question, self._answer = _WORDS[language]

    def spend(self, playwright: Playwright) -> None:
        """Walk the day."""
        with chromium(playwright, *camera_flags(self._camera)) as browser:
            self._screen = visit(browser, f"{self._address}/settings", self._language, self._album, camera=True)
            try:
                self._open_a_round()
                self._record_a_pack_in_order()
                self._record_a_pack_that_is_not()
                pdf = self._close()
                self._hear_the_office()
                self._find_again(pdf)
            except Exception as failure:
                failure.add_note(f"{self._screen.page.url} showed: {self._screen.words()}")
                raise
            finally:
                self._screen.context.close()

    def _look(self, name: str, path: str | None = None, sees: str | None = None) -> None:
        if path:
            self._screen.open(f"{self._address}{path}")
        if sees:
            self._screen.see(sees, seconds=60)
        self._album.shoot(self._screen, name, self._language)

    def _open_a_round(self) -> None:
        screen = self._screen
        sign_in(screen, *INSPECTOR)
        self._look("account")
        self._look("no-rounds", "/rounds", "new-round")
        self._look("plan", "/rounds/plan", "plan-search")
        self._look("nothing-waits", "/waiting", "ask-now")
        screen.open(f"{self._address}/rounds")
        screen.tap("new-round")
        self._look("new-round", sees="place-market")
        screen.tap("place-market")
        screen.type_into("round-name", self._place)
        screen.type_into("round-address", self._stall)
        screen.type_into("round-inspected", "Trần Văn Lộc")
        screen.tap("add-witness")
        screen.type_into("person-2", "Phạm Thị Mai")
        self._look("new-round-filled")
        screen.tap("begin-round")
        self._look("scan-in-round", sees="round-band")

    def _record_a_pack_in_order(self) -> None:
        screen = self._screen
        self._turn_to(VALID)
        self._look("verdict-in-round", sees="write-note")
        screen.tap("write-note")
        self._look("inspection", sees="photo-take")
        photograph(screen)
        self._turn_to(EXPIRED)
        screen.tap("finding-matches")
        screen.tap("inspection-save")

    def _record_a_pack_that_is_not(self) -> None:
        screen = self._screen
        screen.page.wait_for_function(
            "valid => location.pathname === '/verdict' && !location.search.includes(valid)", arg=VALID, timeout=60_000
        )  # whichever of the pack's codes was read first
        screen.tap("write-note")
        screen.tap("finding-certificate_ended")
        photograph(screen)
        screen.page.wait_for_timeout(1500)  # until the photo stands where it stays
        inspection = screen.page.url.removeprefix(self._address)
        screen.tap("photo-tile")
        screen.tap("tool-circle")
        screen.page.wait_for_timeout(1500)
        screen.draw("mark-canvas")
        self._look("marks")
        screen.tap("mark-keep")
        self._look("photos", sees="photos-done")
        screen.tap("photos-done")
        screen.tap("open-checklist")
        self._look("checklist-group", sees="annex-do_uong")
        screen.tap("annex-do_uong")
        self._look("checklist", sees="checklist-progress")
        screen.tap("checklist-law")
        screen.page.wait_for_timeout(1000)
        self._look("checklist-law")
        screen.page.get_by_role("button", name=re.compile("^(Đóng|Close)$")).click()
        screen.tap("checklist-all")
        screen.see("answer-c1-missing")
        screen.page.wait_for_timeout(1500)  # until all are answered
        screen.tap("answer-c1-missing")
        screen.see("checklist-amounts")
        screen.page.wait_for_timeout(10_000)  # until the message at the bottom has gone
        self._look("checklist-answered")
        screen.tap("answer-c1-ok")
        screen.open(f"{self._address}{inspection}")
        screen.find("photo-take").get_by_role("button", disabled=False).wait_for(state="attached", timeout=60_000)
        self._look("inspection-filled", sees="inspection-save")
        self._turn_to("")
        screen.tap("inspection-save")
        screen.wait_for_text("round-band", "2")

    def _close(self) -> Path:
        """Look at the round, sign, close it, and give its PDF."""
        screen = self._screen
        screen.tap("round-band")
        screen.see("close-round")
        screen.page.wait_for_timeout(10_000)  # until the message at the bottom has gone
        self._look("round")
        screen.open(f"{self._address}/rounds")
        self._look("round-open", sees="open-round")
        screen.tap("open-round")
        screen.tap("close-round")
        self._look("closing", sees="close-now")
        screen.tap("add-missing")
        screen.see("signature-pad")
        screen.page.wait_for_timeout(1500)
        screen.draw("signature-pad")
        self._look("signing")
        screen.tap("take-signature")
        screen.page.wait_for_url("**/sign/seller")
        self._look("signing-seller", sees="refuse-refuses")
        screen.tap("refuse-refuses")
        screen.page.wait_for_url("**/sign/witness")
        screen.tap("refuse-none")
        screen.page.wait_for_url("**/close")
        self._look("closing-signed", sees="close-now")
        screen.tap("close-now")
        screen.see("record-save", seconds=60)
        with screen.page.expect_download() as record:
            screen.tap("record-save")
        screen.page.get_by_text(_RECEIVED[self._language]).first.wait_for(state="attached", timeout=60_000)
        self._look("closed-round")
        return record.value.path()

    def _hear_the_office(self) -> None:
        screen = self._screen
        self._look("rounds", "/rounds", "new-round")
        change_register(self._server, _SAYS.format(text=self._question))
        screen.open(f"{self._address}/waiting")
        screen.tap("ask-now")
        self._look("waiting", sees="waiting-row")
        screen.tap("waiting-row")
        screen.type_into("answer-text", self._answer)
        self._look("answer")
        screen.tap("answer-send")
        screen.see("answer-given")

    def _find_again(self, pdf: Path) -> None:
        screen = self._screen
        self._look("records", "/notes", "note-row")
        screen.type_into("notes-search", "trà")
        self._look("records-found")
        screen.open(f"{self._address}/notes")
        screen.see("note-row")
        screen.page.wait_for_timeout(1000)
        screen.find("note-row").first.click()
        self._look("record")
        self._album.page(pdf, self._language)
        screen.open(f"{self._address}/paper")
        with screen.page.expect_file_chooser() as chooser:
            screen.tap("choose-record")
        chooser.value.set_files({"name": "record.pdf", "mimeType": "application/pdf", "buffer": pdf.read_bytes()})
        self._look("paper-file", sees="file-state")

    def _turn_to(self, pack: str) -> None:
        turn_to(self._films[pack], self._camera)
