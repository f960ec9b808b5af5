"""A phone that is handed to a colleague, in a real browser: nobody sees or sends what is another's."""

from __future__ import annotations

import base64
import json
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Screen, app, person
from tests.support.registry_server import RegistryServer, free_port

CERTIFIED = "9520007900017"
A, B = ("kiemtra01", "mau-kiemtra-01"), ("kiemtra02", "mau-kiemtra-02")


def sign_in(screen: Screen, who: tuple[str, str]) -> None:
    screen.tap("nav-settings")
    screen.type_into("sign-in-name", who[0])
    screen.type_into("sign-in-password", who[1])
    screen.tap("sign-in")
    screen.page.get_by_role("button", name="Đăng xuất").wait_for(state="attached", timeout=15_000)
    screen.leave_settings()


def sign_out(screen: Screen) -> str:
    """Sign out, and give what the dialog said."""
    screen.tap("nav-settings")
    screen.page.get_by_role("button", name="Đăng xuất").click()
    words = screen.see("sign-out-words")
    screen.tap("sign-out-sure")
    screen.see("sign-in-name")
    screen.leave_settings()
    return words


def begin_note(screen: Screen, text: str) -> None:
    screen.tap("nav-scan")
    screen.type_into("code-entry", CERTIFIED)
    screen.page.keyboard.press("Enter")
    screen.tap("write-note")
    screen.type_into("note-text", text)


def write_note(screen: Screen, text: str) -> None:
    begin_note(screen, text)
    screen.tap("note-save")
    screen.find("note-row").filter(has_text=text).first.wait_for(state="attached", timeout=15_000)


def arrived(server: RegistryServer) -> list[tuple[str | None, str]]:
    """The account in the note, and its text, of all notes that the server holds."""
    body = "json_extract(body, '$.account'), json_extract(body, '$.text')"
    return sorted(server.rows(f"select {body} from inspections_inspection"))


def test_a_phone_handed_to_a_colleague_mixes_nothing(
    own_server: RegistryServer, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCOP_LOG", "DEBUG")
    with app(tmp_path / "app", own_server.url, free_port()) as address, person(browser, address) as screen:
        sign_in(screen, A)
        own_server.kill()
        write_note(screen, "Của cán bộ A")
        screen.find("note-row").first.click()
        screen.page.wait_for_url("**/notes/*")
        of_a = screen.page.url
        screen.open(address)
        begin_note(screen, "Bản nháp của A")
        screen.page.wait_for_timeout(1000)
        draft_of_a = screen.page.url
        screen.open(address)
        words = sign_out(screen)
        assert "1 ghi chép chưa có trên máy chủ. Chúng ở lại máy này" in words
        assert "1 bản nháp chưa chốt" in words

        own_server.start()
        sign_in(screen, B)
        screen.tap("nav-notes")
        assert screen.see("others-notes").startswith("1 ghi chép của tài khoản khác được giữ trên máy này.")
        assert screen.find("note-row").count() == 0
        for place, words in ((of_a, "thuộc tài khoản khác"), (draft_of_a, "thuộc tài khoản khác")):
            screen.open(place)
            screen.page.get_by_text(words).first.wait_for(state="attached", timeout=15_000)
            assert screen.page.get_by_text("của A").count() == 0
        screen.open(address)
        own_server.kill()
        write_note(screen, "Của cán bộ B")
        assert screen.find("note-row").count() == 1

        own_server.start()
        screen.page.get_by_role("button", name="Gửi ngay").click()
        screen.wait_for_text("note-row", "Đã nhận")
        assert arrived(own_server) == [("kiemtra02", "Của cán bộ B")]

        sign_out(screen)
        sign_in(screen, A)
        screen.tap("nav-notes")
        screen.find("note-row").filter(has_text="Của cán bộ A").filter(has_text="Đã nhận").wait_for(timeout=30_000)
        screen.find("note-row").filter(has_text="Bản nháp của A").wait_for(timeout=15_000)
        assert screen.find("note-row").count() == 2
        screen.page.get_by_role("button", name="Gửi ngay").click()
        screen.page.wait_for_timeout(1500)
        secret = json.loads(screen.page.evaluate("localStorage.getItem('flutter.ocop.device')"))
    assert arrived(own_server) == [("kiemtra01", "Của cán bộ A"), ("kiemtra02", "Của cán bộ B")]
    owners = "select a.username from inspections_inspection i join accounts_user a on a.id = i.account_id"
    assert sorted(own_server.rows(owners)) == [("kiemtra01",), ("kiemtra02",)]
    nothing_of_value(tmp_path / "app", (A[1], B[1], secret))


def nothing_of_value(data: Path, secrets: tuple[str, ...]) -> None:
    """The site's disk, its log at its most talkative included, holds no password, no browser's key, no clear token."""
    files = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    for secret in secrets:
        for form in (secret.encode(), base64.b64encode(secret.encode())):
            assert [path.name for path, content in files.items() if form in content] == []
    (accounts,) = [content for path, content in files.items() if path.name == "accounts.json"]
    session = json.loads(accounts.partition(b"\n")[2])["session"]["1"]
    assert sorted(session) == ["account", "sealed", "server"]


def test_a_sign_in_that_ended_is_told_where_it_matters_and_the_work_goes_on(
    own_server: RegistryServer, browser: Browser, tmp_path: Path
) -> None:
    with app(tmp_path / "app", own_server.url, free_port()) as address, person(browser, address) as screen:
        sign_in(screen, A)
        with sqlite3.connect(own_server.data / "registry.sqlite3") as database:
            database.execute("update accounts_devicesession set revoked_at = '2026-01-01 00:00:00'")
            database.execute("delete from accounts_accesstoken")
        write_note(screen, "Sau khi phiên hết hạn")
        screen.page.get_by_role("button", name="Đăng nhập lại").click()
        screen.see("sign-in-again")
        screen.type_into("sign-in-password", A[1])
        screen.tap("sign-in")
        screen.find("sign-in-again").wait_for(state="detached", timeout=15_000)
        screen.leave_settings()
        screen.tap("nav-notes")
        screen.wait_for_text("note-row", "Đã nhận")
    assert arrived(own_server) == [("kiemtra01", "Sau khi phiên hết hạn")]
