"""Notes in a real browser: written without a server, found on it exactly once; kept through reloads; nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import ROOT, Screen, app, person
from tests.support.registry_server import RegistryServer, free_port

CERTIFIED = "9520007900017"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """A server of these tests, which one of them kills and starts again. Each asks for the notes that it wrote."""
    with RegistryServer(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="module")
def site(registry: RegistryServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The browser version that sends to this server; each person has a device of their own on it."""
    with app(tmp_path_factory.mktemp("app"), registry.url, free_port()) as running:
        yield running


def stored_photos(registry: RegistryServer, text: str) -> int:
    """How many photos of notes whose text begins so the server has whole."""
    notes = f"select id from inspections_inspection where json_extract(body, '$.text') like '{text}%'"
    return len(registry.rows(f"select 1 from inspections_photo where stored_at and inspection_id in ({notes})"))


def texts_like(registry: RegistryServer, text: str) -> list[str]:
    """The texts of the server's notes in which this stands."""
    texts = registry.rows("select json_extract(body, '$.text') from inspections_inspection")
    return sorted(found for (found,) in texts if text in found)


def judge(screen: Screen, number: str) -> None:
    screen.type_into("code-entry", number)
    screen.page.keyboard.press("Enter")
    screen.see("verdict")


def begin_note(screen: Screen) -> None:
    judge(screen, CERTIFIED)
    screen.tap("write-note")
    screen.see("note-text")


def add_photo(screen: Screen, file: Path) -> None:
    with screen.page.expect_file_chooser() as chooser:
        screen.tap("note-photo-file")
    chooser.value.set_files(str(file))
    screen.page.get_by_role("img", name="Ảnh").wait_for(state="attached", timeout=15_000)


def test_a_note_with_a_photo_written_while_the_server_is_down_arrives_exactly_once_and_is_corrected(
    registry: RegistryServer, site: str, browser: Browser
) -> None:
    with person(browser, site) as screen:
        begin_note(screen)
        screen.type_into("note-text", "Có mạng: nhãn đúng")
        screen.tap("note-save")
        screen.wait_for_text("note-row", "Đã nhận")

        registry.kill()
        screen.tap("nav-scan")
        begin_note(screen)
        screen.type_into("note-text", "Mất mạng: 5 sao")
        add_photo(screen, ROOT / "assets/samples/expired.png")
        screen.tap("note-save")
        screen.wait_for_text("note-row", "Trên máy này")

        registry.start()
        screen.page.get_by_role("button", name="Gửi ngay").click()
        screen.wait_for_text("note-row", "1/1 ảnh đã lên máy chủ")
        screen.page.get_by_role("button", name="Gửi ngay").click()
        screen.page.wait_for_timeout(1500)
        assert texts_like(registry, "mạng: ") == ["Có mạng: nhãn đúng", "Mất mạng: 5 sao"]
        assert stored_photos(registry, "Mất mạng") == 1

        # Corrected by another note, which has its photo.
        screen.find("note-row").filter(has_text="Mất mạng").first.click()
        screen.tap("note-correct")
        screen.see("note-text")
        screen.type_into("note-text", " và 4 sao")
        screen.tap("note-save")
        screen.wait_for_text("note-row", "Đã đính chính")
        screen.wait_for_text("note-row", "1/1", at_least=2)
        assert screen.find("note-row").count() == 3
    rows = "select json_extract(body, '$.text'), json_extract(body, '$.supersedes') from inspections_inspection"
    notes = [(text, superseded is None) for text, superseded in registry.rows(rows) if text.startswith("Mất mạng")]
    assert sorted(notes) == [("Mất mạng: 5 sao", True), ("Mất mạng: 5 sao và 4 sao", False)]
    assert stored_photos(registry, "Mất mạng") == 2


def still_typed(screen: Screen, text: str) -> None:
    """The note's screen, loaded anew, has what was typed."""
    screen.ready()
    screen.see("note-text")
    field = screen.find("note-text").locator("textarea").first
    field.click()
    screen.page.wait_for_timeout(300)
    assert field.input_value() == text


def test_a_reload_and_a_handheld_scanner_keep_what_was_typed_and_another_tab_signs_it(
    registry: RegistryServer, site: str, browser: Browser
) -> None:
    with person(browser, site) as screen:
        begin_note(screen)
        screen.type_into("note-text", "Chữ gõ dở dang")
        screen.page.wait_for_timeout(1000)  # the promise: at most the last second is lost
        screen.page.reload()
        still_typed(screen, "Chữ gõ dở dang")

        screen.type_into("note-text", ", ghi")
        note = screen.page.url
        screen.page.wait_for_timeout(400)  # a person stops typing before pulling the trigger
        screen.scan("9529999999993")
        assert screen.see("verdict") == "Không có trong sổ đăng ký"
        screen.page.goto(note)
        still_typed(screen, "Chữ gõ dở dang, ghi")

        other = Screen(screen.context, screen.context.new_page())
        other.open(note)
        other.see("note-text")
        screen.page.bring_to_front()  # a browser draws nothing of a tab that is behind another
        screen.type_into("note-text", ": 5 sao")
        other.page.bring_to_front()
        other.see("note-shared")
        other.page.get_by_text("4.974").wait_for(state="attached", timeout=15_000)  # letters left after all 26
        other.page.get_by_role("checkbox", name="Sai nhãn").click()
        other.tap("note-save")
        other.wait_for_text("note-row", "Đã nhận")
        screen.page.bring_to_front()
        gone = "Bản nháp này đã được chốt hoặc bỏ ở một cửa sổ khác."
        screen.page.get_by_text(gone).wait_for(state="attached", timeout=15_000)
    assert texts_like(registry, "Chữ gõ") == ["Chữ gõ dở dang, ghi: 5 sao"]


def test_two_browsers_never_see_each_others_notes(site: str, browser: Browser) -> None:
    with person(browser, site) as one, person(browser, site) as two:
        begin_note(one)
        one.type_into("note-text", "Chỉ của người thứ nhất")
        one.tap("note-save")
        one.see("note-row")
        two.go_to("nav-notes", "Chưa có ghi chép")
        assert two.find("note-row").count() == 0
        note = one.page.url.replace("/notes", "/notes/none")
        two.open(note)
        two.page.get_by_text("Ghi chép này không có trên máy").wait_for(state="attached", timeout=15_000)
