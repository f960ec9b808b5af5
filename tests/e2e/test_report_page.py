"""The page at a report's secret address: what somebody without an account sees there, before and after it arrived."""

from __future__ import annotations

import requests
import rfc8785
from playwright.sync_api import Browser, expect

from tests.server.registry_notes import SECRET, content_digest, report
from tests.support.registry_server import RegistryServer


def test_what_became_of_a_report_is_seen_at_its_secret_address(browser: Browser, server: RegistryServer) -> None:
    document = report()
    body = rfc8785.dumps(document)
    reporter = browser.new_page(locale="vi-VN", viewport={"width": 412, "height": 900})
    asked: list[str] = []
    reporter.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    faults: list[str] = []
    reporter.on("pageerror", lambda error: faults.append(str(error)))
    band = reporter.locator(".band:visible .headline")

    reporter.goto(f"{server.url}/report/{document['id']}")
    expect(band).to_have_text("Địa chỉ chưa đủ")
    reporter.goto(f"{server.url}/report/{document['id']}#{SECRET}")
    expect(band).to_have_text("Chưa tới nơi")
    answer = requests.put(
        f"{server.url}/api/v1/records/report/{document['id']}",
        body,
        headers={"Content-Type": "application/json", "Content-Digest": content_digest(body)},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text
    reporter.click("#again")
    expect(band).to_have_text("Đã nhận")

    office = browser.new_page(locale="vi-VN")
    office.goto(f"{server.url}/admin/login/?next=/admin/reports/report/event/?report={document['id']}")
    office.fill("[name=username]", "quantri")
    office.fill("[name=password]", "mau-quantri-01")
    office.keyboard.press("Enter")
    office.select_option("[name=state]", "decided")
    office.fill("[name=text]", "Đã thu hồi lô hàng <b>này</b>.")
    office.click("button:has-text('Ghi')")
    expect(office.locator("body")).to_contain_text("Đã có kết luận")

    reporter.click("#again")
    expect(band).to_have_text("Đã có kết luận")
    expect(reporter.locator("#said")).to_contain_text("Đã thu hồi lô hàng <b>này</b>.")
    reporter.click("a.switch")
    expect(band).to_have_text("Decided")  # the secret comes along
    assert not [request for request in asked if SECRET in request]
    assert not faults
    reporter.close()
    office.close()
