"""What a browser loads and draws at a first and at a second visit: real weights, from its own host, and little."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import flet as ft
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Response

from tests.support.browser import ROOT
from tests.support.registry_server import free_port
from views.bridge import Bridge
from views.bridge.client_files import ClientFiles
from views.bridge.packing import Packer
from views.design import TEXT_FONT
from views.parts.fonts import TEXT_FILES, load_fonts

WORD = "Nhãn nước mắm Cái Rồng"
WEIGHTS = tuple(TEXT_FILES)


async def _words(page: ft.Page) -> None:
    """Draw a word in each weight, and one with a Cyrillic letter as addresses have it that imitate another."""
    page.theme = ft.Theme(font_family=TEXT_FONT)
    for weight in WEIGHTS:
        text = ft.Text(WORD, size=40, weight=ft.FontWeight[f"W_{weight}"])
        page.add(ft.Row([ft.Semantics(identifier=f"word-{weight}", label=str(weight), content=text)]))
    page.add(ft.Text("\u0430pple.example"))
    await load_fonts(page)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web server of the app with a page of words in place of the app's."""
    port = free_port()
    flet_app = ft.run(_words, assets_dir=str(ROOT / "assets"), no_cdn=True, export_asgi_app=True)
    files = ClientFiles(ROOT / "assets", Packer(tmp_path_factory.mktemp("packed"), thorough=False))
    app = Bridge().around(files.around(flet_app))
    config = uvicorn.Config(app, port=port, ws="websockets-sansio", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def widths(page: Page) -> dict[int, float]:
    """How wide each word is drawn, once all fonts have come."""
    found: dict[int, float] = {}
    for _ in range(100):
        for weight in WEIGHTS:
            box = page.locator(f"[flt-semantics-identifier=word-{weight}]").bounding_box()
            found[weight] = box["width"] if box else 0.0
        if len(set(found.values())) == len(WEIGHTS) and min(found.values()) > 0:
            break
        page.wait_for_timeout(100)
    return found


def test_a_visit_loads_little_and_draws_real_weights(words: str, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))

    page.goto(words)
    page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
    page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
    drawn = widths(page)
    assert sorted(drawn.values()) == list(drawn.values()), f"bolder is wider: {drawn}"
    assert len(set(drawn.values())) == len(WEIGHTS), f"a weight is faked: {drawn}"

    named = [urlsplit(answer.url) for answer in answers if not answer.url.startswith("blob:")]
    assert {part.netloc for part in named} == {urlsplit(words).netloc}
    loaded = [Path(part.path).name for part in named]
    assert len([name for name in loaded if name.endswith(".wasm")]) == 2, f"one engine and one program: {loaded}"
    assert "roboto.woff2" not in loaded
    assert {name for name in loaded if name.endswith(".ttf")} >= set(TEXT_FILES.values())
    fallback = [answer for answer in answers if "/fonts/noto" in answer.url]
    assert [answer.status for answer in fallback] == [200], "an imitating letter must not vanish"
    assert sum(received) < 4_200_000, "packed quickly; at its best it is half a megabyte less"

    first, received[:] = sum(received), []
    page.goto(words)
    page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
    assert sum(received) < first / 100, "a browser keeps what a hash names"
    context.close()


def test_a_cut_line_says_so_and_lets_people_try_again(words: str, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.route("**/main.dart.*", lambda route: route.abort())
    page.goto(words)
    again = page.get_by_role("button", name="Try again")
    again.wait_for(timeout=20_000)
    said = page.locator("#loading").inner_text()
    assert "Not everything could be loaded" in said
    assert "Loading" not in said
    assert "Chưa" not in said, "one language"
    page.unroute_all()
    again.click()
    page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
    assert page.locator("#loading").count() == 0
    context.close()


def test_without_scripts_the_page_says_what_is_missing(words: str, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    page.goto(words)
    said = [words for words in page.locator("noscript p").all_inner_texts() if words]
    assert [each.split(".")[0] for each in said] == ["OCOP Verify cần JavaScript", "OCOP Verify needs JavaScript"]
    assert not page.get_by_text("Đang tải").is_visible()
    assert not page.locator("#failed").is_visible()
    context.close()
