"""The screen that checks a label's artwork: a file, what is asked, the findings, and the report."""

from __future__ import annotations

import flet as ft

from services.workspace import Workspace
from tests.services.labels.artworks import Put, drawn, ean, label, png
from tests.views.headless import Client
from tests.views.notes.test_note_screen import files


async def test_a_fault_is_shown_with_its_figure_and_the_report_is_saved(workspace: Workspace) -> None:
    app = Client(workspace, answers={"pick_files": files(label(Put(ean(x=0.2)))), "save_file": "label.pdf"})
    async with app:
        await app.go("/labels/check")
        await app.until(lambda: app.known("choose-artwork"))
        assert app.says("Nhãn này in được chưa?")
        await app.fire(app.within("choose-artwork", ft.FilledButton), "click")
        await app.until(lambda: app.known("label-result"))
        assert app.says("Khoan in nhãn này.")
        assert app.says("0,200 mm (0,264 đến 0,660)")
        assert app.says("1. EAN-13: 9521234567899")
        assert app.known("artwork-1")
        assert not app.known("label-width")
        await app.fire(app.within("save-report", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("Đã lưu"))


async def test_millimetres_and_stars_are_asked_where_the_file_does_not_say_them(workspace: Workspace) -> None:
    app = Client(workspace, answers={"pick_files": files(png(drawn([Put(ean())]), None))})
    async with app:
        await app.go("/labels/check")
        await app.until(lambda: app.known("choose-artwork"))
        await app.fire(app.within("choose-artwork", ft.FilledButton), "click")
        await app.until(lambda: app.known("label-width"))
        assert app.says("Chưa biết cỡ in")
        await app.change(app.within("label-width", ft.TextField), "abc")
        await app.fire(app.within("label-measure", ft.OutlinedButton), "click")
        await app.until(lambda: app.within("label-width", ft.TextField).error)
        await app.change(app.within("label-width", ft.TextField), "30,0")
        await app.fire(app.within("label-measure", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("0,165 mm (0,264 đến 0,660)"))


async def test_a_file_that_is_no_artwork_is_named(workspace: Workspace) -> None:
    app = Client(workspace, answers={"pick_files": files(b"GIF89a")})
    async with app:
        await app.go("/labels/check")
        await app.until(lambda: app.known("choose-artwork"))
        await app.fire(app.within("choose-artwork", ft.FilledButton), "click")
        await app.until(lambda: app.says("Đây không phải PDF hay hình ảnh đọc được."))
