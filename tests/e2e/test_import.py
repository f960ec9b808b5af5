"""A registrar's list in a browser: chosen, corrected in the page, published, and taken back."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.support.registry_server import RegistryServer

LIST = """Tên sản phẩm;Chủ thể;Địa chỉ;Hạng sao;Số QĐ;Ngày cấp;Ngày hết hạn;Nhóm;Mã vạch
Miến dong mới;HTX Chưa Từng Có;Thôn 1;4 sao;91/QĐ-UBND;25/01/2026;24/01/2029;Thực phẩm;9529990000018
Miến dong hỏng;HTX Chưa Từng Có;Thôn 1;3 sao;92/QĐ-UBND;25/01/2026;24/01/2029;Thực phẩm;9,52999E+12
"""


def test_a_list_is_chosen_corrected_published_and_taken_back(
    browser: Browser, server: RegistryServer, tmp_path: Path
) -> None:
    file = tmp_path / "danh_sach.csv"
    file.write_text(LIST, encoding="utf-8")
    page = browser.new_page(locale="vi-VN", viewport={"width": 1366, "height": 900})
    page.goto(f"{server.url}/admin/login/?next=/admin/imports/")
    page.fill("[name=username]", "quantri")
    page.fill("[name=password]", "mau-quantri-01")
    page.keyboard.press("Enter")
    page.set_input_files("#id_file", file)
    assert page.locator("[data-import-file]").inner_text() == file.name
    page.get_by_role("button", name="Đọc tệp").click()
    page.get_by_role("link", name="Từ chối 1").click()
    assert "9,52999E+12" in page.locator(".imp-table tbody").inner_text()
    page.get_by_role("link", name="Sửa dòng 3").click()
    page.fill("#cell-gtin", "9529990000025")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Nhập 2 dòng").click()
    page.get_by_role("button", name="Hoàn tác").wait_for()
    assert page.request.get(f"{server.url}/p/09529990000025").status == 200
    page.set_viewport_size({"width": 412, "height": 915})
    assert page.evaluate("document.documentElement.scrollWidth") <= 412
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Đã hoàn tác 2 dòng.").wait_for()
    assert page.request.get(f"{server.url}/p/09529990000025").status == 404
    page.close()
