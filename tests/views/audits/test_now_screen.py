"""The running audit: what scans and keys do, what is told, and that nothing is silent."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from services.accounts.viewer import Viewer
from services.audits.audit import Line
from services.scanners import Refusal
from services.storage.store import StoreWriteError
from services.workspace import Workspace
from tests.views.headless import Client
from tests.views.test_handheld import Page
from views.parts import sounds
from views.parts.audit_words import line_name
from views.parts.handheld import SENTENCES

GOOD, ENDED, OUTSIDE = "9520007900017", "9520021000021", "9529999999993"


async def begun(app: Client, shelf: str = "Kệ 2") -> Page:
    """Begin an audit at a shelf."""
    await app.until(lambda: app.known("audit-begin"))
    await app.change(app.within("audit-first-shelf", ft.TextField), shelf)
    await app.fire(app.within("audit-begin", ft.FilledButton), "click")
    await app.until(lambda: app.known("audit-ready"))
    await app.settle()
    return Page(app)


def shown(app: Client, identifier: str) -> str:
    found = app.known(identifier)
    return found[0].label or "" if found else ""


def heard(app: Client) -> list[str]:
    """The tones that were played."""
    names = {player._i: klass for klass, player in sounds._players.get(app.session.shell, {}).items()}
    return [names[call.control] for call in app.calls if call.method == "play"]


def lines(app: Client) -> list[tuple[str, int, int]]:
    audit = app.session.device.audits.current(Viewer(None))
    return [(line.text, line.quantity, line.times) for line in audit.newest_first] if audit else []


async def test_each_scan_is_one_line_or_one_more_of_it(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        for code, word in ((GOOD, "Còn hiệu lực"), (OUTSIDE, "Không có trong sổ đăng ký"), (ENDED, "Nên cất khỏi kệ")):
            await page.scan(code)
            await app.until(lambda word=word: shown(app, "audit-result") == word)  # type: ignore[misc]
        await page.scan(GOOD)
        await app.until(lambda: app.says("lần 2"))
        assert lines(app) == [(GOOD, 2, 2), (ENDED, 1, 1), (OUTSIDE, 1, 1)]
        totals = [shown(app, f"audit-total-{name}") for name in ("good", "look", "take_down", "outside")]
        assert totals == ["còn hiệu lực: 2", "cần xem: 0", "nên cất: 1", "ngoài sổ: 1"]


async def test_a_refused_scan_is_told_and_stays_in_sight(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.scan(GOOD, pause_before=6)
        await app.until(lambda: app.known("audit-refused"))
        assert shown(app, "audit-result") == "Không đọc được"
        assert app.says(app.session.shell.texts.gettext(SENTENCES[Refusal.INTERRUPTED]))
        await page.scan(GOOD)
        await app.until(lambda: shown(app, "audit-result") == "Còn hiệu lực")
        assert app.known("audit-refused"), "the next scan does not hide that one was not counted"
        assert lines(app) == [(GOOD, 1, 1)]
        await app.fire(app.within("audit-refusals-seen", ft.TextButton), "click")
        await app.until(lambda: not app.known("audit-refused"))


async def test_what_the_disk_does_not_take_is_told_and_not_counted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)

        def full(*_arguments: object, **_named: object) -> None:
            raise StoreWriteError(Path("audits"), "no space")

        with monkeypatch.context() as patched:
            patched.setattr(app.session.device.audits, "take", full)
            await page.scan(GOOD)
            await app.until(lambda: app.known("audit-refused"))
        assert shown(app, "audit-result") == "Chưa tính"
        assert lines(app) == []


async def test_keys_of_a_person_count_and_undo(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.scan(GOOD)
        await app.until(lambda: lines(app) == [(GOOD, 1, 1)])
        await page.press("+")
        await app.until(lambda: lines(app) == [(GOOD, 2, 1)])
        await page.press("×", "1", "2", "Enter")
        await app.until(lambda: lines(app) == [(GOOD, 12, 1)])
        await page.press("z")
        await app.until(lambda: lines(app) == [(GOOD, 2, 1)])
        await page.press("-")
        await app.until(lambda: lines(app) == [(GOOD, 1, 1)])
        await page.scan(GOOD)
        await app.until(lambda: lines(app) == [(GOOD, 2, 2)])


async def test_enter_ticks_off_what_the_large_result_asks_for(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.scan(ENDED)
        await app.until(lambda: shown(app, "audit-result") == "Nên cất khỏi kệ")
        await page.press("Enter")
        await app.until(lambda: app.known("audit-done"))
        audit = app.session.device.audits.current(Viewer(None))
        assert audit
        assert audit.lines[0].done
        assert audit.lines[0].done.what == "taken_down"


async def test_the_next_shelf_is_scanned_from_its_label_and_never_from_a_product(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.press("k")
        await app.until(lambda: app.known("audit-shelf"))
        await page.scan(GOOD, field=True)
        await app.settle()
        assert lines(app) == []
        await page.scan("KE-0003-TRA", field=True)
        await app.until(lambda: app.says("KE-0003-TRA"))
        await page.scan(GOOD)
        await app.until(lambda: lines(app) == [(GOOD, 1, 1)])
        audit = app.session.device.audits.current(Viewer(None))
        assert audit
        assert audit.lines[0].shelf == "KE-0003-TRA"


async def test_each_class_has_a_tone_and_none_where_they_are_off(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        for number, code in enumerate((GOOD, OUTSIDE, ENDED, GOOD), 1):
            await page.scan(code)
            await app.until(lambda number=number: len(heard(app)) == number)  # type: ignore[misc]
        await page.scan(GOOD, pause_before=6)
        await app.until(lambda: heard(app) == ["good", "outside", "take_down", "again", "not_read"])
        app.session.shell.tones = False
        await page.scan(GOOD)
        await app.settle()
        assert len(heard(app)) == 5


async def test_the_audit_is_closed_and_its_record_stays(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.scan(ENDED)
        await app.until(lambda: lines(app))
        await page.press("q")
        await app.until(lambda: app.known("audit-close"))
        assert app.says("1 sản phẩm nên cất vẫn chưa cất")
        await app.change(app.within("audit-remarks", ft.TextField), "Tủ lạnh hỏng")
        await app.fire(app.within("audit-close", ft.FilledButton), "click")
        await app.until(lambda: app.session.device.audits.audits(Viewer(None)))
        (kept,) = app.session.device.audits.audits(Viewer(None))
        assert (kept.audit.remarks, kept.audit.office) == ("Tủ lạnh hỏng", False)
        assert app.session.device.audits.current(Viewer(None)) is None


async def test_an_audit_under_another_screen_hears_neither_keys_nor_scans(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.scan(GOOD)
        await app.until(lambda: lines(app) == [(GOOD, 1, 1)])
        await app.go("/audits/now/actions")
        await app.until(lambda: app.session.scanning.taker is None)
        await page.press("z", "+")
        assert lines(app) == [(GOOD, 1, 1)], "nobody sees what a key changes there"
        await app.go("/audits/now")
        await app.until(lambda: app.session.scanning.taker)
        page.at += 20  # without a screen that gives keys a meaning they may have been the beginning of a scan
        await page.scan(GOOD)
        await app.until(lambda: lines(app) == [(GOOD, 2, 2)])


async def test_enter_begins_whatever_has_the_focus_and_only_once(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now", width=1280) as app:
        await app.until(lambda: app.known("audit-begin") and app.session.scanning.commands)
        page, told = Page(app), app.calls
        app.page.run_task(app.within("audit-begin", ft.FilledButton).on_click)  # type: ignore[arg-type]
        await page.press("Enter")
        await app.until(lambda: app.known("audit-ready"))
        assert not app.says(app.session.shell.texts.gettext("An audit is running already.")), told


async def test_a_scan_draws_its_own_row_and_no_other(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def named(line: Line) -> str:
        drawn.append(line.text)
        return line_name(line)

    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        for code in (OUTSIDE, ENDED, GOOD):
            await page.scan(code)
        await app.until(lambda: len(lines(app)) == 3)
        await app.settle()
        monkeypatch.setattr("views.audits.lines.line_name", named)
        await page.scan(GOOD)
        await app.until(lambda: app.says("lần 2"))
        assert set(drawn) == {GOOD}


async def test_a_scan_is_counted_though_the_client_goes_at_that_moment(workspace: Workspace) -> None:
    async with Client(workspace, route="/audits/now") as app:
        page = await begun(app)
        await page.scan(GOOD)
        await app.lose_connection()
        await app.until(lambda: lines(app) == [(GOOD, 1, 1)])
        await app.settle()
        await app.regain_connection()
        await app.until(lambda: shown(app, "audit-total-good") == "còn hiệu lực: 1")
        await page.scan(GOOD)
        await app.until(lambda: lines(app) == [(GOOD, 2, 2)])
