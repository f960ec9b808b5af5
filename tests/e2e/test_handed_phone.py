"""A phone that is handed to a colleague, in a real browser: nobody sees or sends what is another's."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_screen_reader import go_to
from tests.support.browser import Screen, app, person
from tests.support.registry_server import RegistryServer, free_port

CERTIFIED = "9520007900017"
A, B = ("kiemtra01", "mau-kiemtra-01"), ("kiemtra02", "mau-kiemtra-02")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """A server of these tests, which one of them kills and starts again."""
    with RegistryServer(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the site keeps."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def site(registry: RegistryServer, data: Path) -> Iterator[str]:
    """The browser version that sends to this server, with its log at its most talkative."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCOP_LOG", "DEBUG")
        with app(data, registry.url, free_port()) as running:
            yield running


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
    screen.find("nav-scan").first.wait_for(state="detached", timeout=15_000)  # until then it would take the tap
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


def arrived(server: RegistryServer, text: str) -> list[tuple[str | None, str]]:
    """The account in the note, and its text, of all notes that the server holds with this in their text."""
    body = "json_extract(body, '$.account'), json_extract(body, '$.text')"
    return sorted(row for row in server.rows(f"select {body} from inspections_inspection") if text in row[1])


def test_a_phone_handed_to_a_colleague_mixes_nothing(
    registry: RegistryServer, site: str, data: Path, browser: Browser
) -> None:
    with person(browser, site) as screen:
        sign_in(screen, A)
        registry.kill()
        write_note(screen, "Của cán bộ A")
        screen.find("note-row").first.click()
        screen.page.wait_for_url("**/notes/*")
        of_a = screen.page.url
        go_to(screen, "/")
        begin_note(screen, "Bản nháp của A")
        screen.page.wait_for_timeout(1000)
        draft_of_a = screen.page.url
        go_to(screen, "/")
        words = sign_out(screen)
        assert "1 ghi chép chưa có trên máy chủ. Chúng ở lại máy này" in words
        assert "1 bản nháp chưa chốt" in words

        registry.start()
        sign_in(screen, B)
        screen.tap("nav-notes")
        assert screen.see("others-notes").startswith("1 ghi chép của tài khoản khác được giữ trên máy này.")
        assert screen.find("note-row").count() == 0
        for place, words in ((of_a, "thuộc tài khoản khác"), (draft_of_a, "thuộc tài khoản khác")):
            screen.open(place)
            screen.page.get_by_text(words).first.wait_for(state="attached", timeout=15_000)
            assert screen.page.get_by_text("của A").count() == 0
        go_to(screen, "/")
        registry.kill()
        write_note(screen, "Của cán bộ B")
        assert screen.find("note-row").count() == 1

        registry.start()
        screen.page.get_by_role("button", name="Gửi ngay").click()
        screen.wait_for_text("note-row", "Đã nhận")
        assert arrived(registry, "Của cán bộ") == [("kiemtra02", "Của cán bộ B")]

        sign_out(screen)
        sign_in(screen, A)
        screen.tap("nav-notes")
        screen.find("note-row").filter(has_text="Của cán bộ A").filter(has_text="Đã nhận").wait_for(timeout=30_000)
        screen.find("note-row").filter(has_text="Bản nháp của A").wait_for(timeout=15_000)
        assert screen.find("note-row").count() == 2
        screen.page.get_by_role("button", name="Gửi ngay").click()
        screen.page.wait_for_timeout(1500)
        secret = json.loads(screen.page.evaluate("localStorage.getItem('flutter.ocop.device')"))
    assert arrived(registry, "Của cán bộ") == [("kiemtra01", "Của cán bộ A"), ("kiemtra02", "Của cán bộ B")]
    owners = "select json_extract(body, '$.text'), a.username from inspections_inspection i, accounts_user a"
    found = registry.rows(f"{owners} where a.id = i.account_id")
    assert sorted(owner for text, owner in found if "Của cán bộ" in text) == ["kiemtra01", "kiemtra02"]
    nothing_of_value(data, (A[1], B[1], secret))


def nothing_of_value(data: Path, secrets: tuple[str, ...]) -> None:
    """The site's disk, its log at its most talkative included, holds no password, no browser's key, no clear token."""
    files = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    for secret in secrets:
        for form in (secret.encode(), base64.b64encode(secret.encode())):
            assert [path.name for path, content in files.items() if form in content] == []
    accounts = [content for path, content in files.items() if path.name == "accounts.json"]
    assert accounts
    for kept in accounts:
        session = json.loads(kept.partition(b"\n")[2])["session"]["1"]
        assert sorted(session) == ["account", "sealed", "server"]


def test_a_sign_in_that_ended_is_told_where_it_matters_and_the_work_goes_on(
    registry: RegistryServer, site: str, browser: Browser
) -> None:
    with person(browser, site) as screen:
        sign_in(screen, A)
        with sqlite3.connect(registry.data / "registry.sqlite3") as database:
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
    assert arrived(registry, "hết hạn") == [("kiemtra01", "Sau khi phiên hết hạn")]
