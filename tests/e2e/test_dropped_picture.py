"""A picture that is dropped on the browser's page, or pasted into it, leads to its verdict."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.browser import ROOT, person

HAND_OVER = """([kind, names, bytes]) => {
  const files = new DataTransfer();
  for (const name of names) {
    files.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type: "image/png" }));
  }
  const told = { bubbles: true, cancelable: true };
  const event = kind === "paste" ? new ClipboardEvent(kind, { ...told, clipboardData: files })
                                 : new DragEvent(kind, { ...told, dataTransfer: files });
  document.body.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def hand_over(page: Page, kind: str, content: bytes, *names: str) -> bool:
    """Fire an event as the browser does for files; gives whether the page takes them."""
    return bool(page.evaluate(HAND_OVER, [kind, names or ("pack.png",), base64.b64encode(content).decode()]))


def wait_until_told(page: Page, words: str) -> None:
    """Wait until something says this in passing, in whichever way Flutter tells it to screen readers."""
    page.wait_for_function(
        "words => [...document.querySelectorAll('flt-semantics, flt-announcement-polite, flt-announcement-assertive')]"
        ".some(found => `${found.ariaLabel} ${found.innerText}`.includes(words))",
        arg=words,
    )


def test_a_picture_that_is_dropped_or_pasted_leads_to_its_verdict(
    browser: Browser, address: str, samples: dict[str, dict[str, Any]]
) -> None:
    picture = (ROOT / "assets/samples/expired.png").read_bytes()
    with person(browser, address, path="/") as screen:
        page, zone = screen.page, screen.page.locator("#drop-zone")
        screen.see("home-picture")
        assert hand_over(page, "dragover", picture)
        assert zone.inner_text() == "Thả ảnh gói hàng vào đây"
        assert hand_over(page, "drop", picture, "one.png", "two.png")
        wait_until_told(page, "Chỉ xem tệp đầu tiên; số tệp khác đi kèm: 1.")
        assert screen.see("verdict") == "Chứng nhận đã hết hạn"
        zone.wait_for(state="hidden")
        page.go_back()
        screen.see("home-picture")

        assert hand_over(page, "paste", (ROOT / "assets/samples/certified.png").read_bytes())
        screen.wait_for_text("verdict", "Chứng nhận còn hiệu lực")

        page.go_back()
        screen.see("home-picture")
        assert hand_over(page, "drop", b"no picture")
        wait_until_told(page, "Tệp này không phải ảnh đọc được.")
        screen.open(f"{address}/notes")
        assert hand_over(page, "dragover", picture)  # or the browser would show the file in the app's place
        assert zone.count() == 0
