"""What a screen reader is told of every screen, in a real browser; and that no page asks any other host.

axe-core looks at each screen too. It sees what Flutter tells assistive technology, and not what is drawn: contrast is
computed by tests/views/parts/test_design.py.
"""

from __future__ import annotations

import io
import re
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Request

from tests.support import syllables
from tests.support.browser import ROOT, Screen, person
from tests.support.registry_server import RegistryServer

NODES = """() => [...document.querySelectorAll('[id^=flt-semantic-node]')].filter(e => !e.closest('[aria-hidden=true]'))
    .map(e => ({
        role: e.getAttribute('role') || e.tagName.toLowerCase(),
        words: [...['aria-label', 'aria-description', 'aria-valuetext', 'title'].map(name => e.getAttribute(name)),
            ...[...e.childNodes].filter(n => n.nodeType == 3 || n.tagName == 'SPAN')
            .map(n => n.textContent)].filter(Boolean).join(' '),
        fields: [...e.querySelectorAll(':scope > input, :scope > textarea')].map(f => f.ariaLabel || ''),
        hints: [...e.querySelectorAll(':scope > input, :scope > textarea')]
            .flatMap(f => [f.placeholder, f.getAttribute('aria-description')]).filter(Boolean),
    }))"""
COVERED = """() => [...document.querySelectorAll('[flt-tappable]')].filter(e => {
        const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
        const top = document.elementFromPoint(x, y);
        return r.width && top && !e.contains(top) && !top.contains(e) && !top.innerText && !top.ariaLabel;
    }).map(e => e.ariaLabel || e.innerText)"""
ACT = ("button", "tab", "checkbox", "switch", "radio", "link", "menuitem")
FLUTTER_ENGLISH = re.compile(
    r"\b(character|remaining|close|dismiss|back|tab \d|of \d|working|loading|alert|dialog|show|hide|clear|search|"
    r"select|selected|copy|paste|cut|menu|more|previous|next|photo|image|page)\b",
    re.IGNORECASE,
)
UNTRANSLATED = {
    str(message.id)
    for message in read_po(io.BytesIO((ROOT / "assets/locale/vi/LC_MESSAGES/ocop.po").read_bytes()))
    if message.id and message.id != message.string and "{" not in str(message.id)
}
NAMES = {
    "ocop", "verify", "gtin", "qr", "data", "matrix", "web", "email", "english", "kg", "g", "ml", "tnhh", "htx", "ubnd",
    "tab",  # what Flutter's own Vietnamese calls a place of the navigation
    "matcher", "pyzbar", "widths",  # decoders
    "nowhere",  # an address of nothing
    "pdf", "z",  # a kind of file; from A to Z
    "logo", "nđ", "qđ", "tt",  # of laws
}  # fmt: skip
PRODUCT, PRODUCER = "9520007900017", "Hộ kinh doanh Gia Quang"


def settled(screen: Screen) -> list[dict[str, Any]]:
    """The nodes once they stay the same: semantics follow some frames after what is drawn."""
    nodes: list[dict[str, Any]] = []
    same = 0
    for _ in range(100):
        screen.page.wait_for_timeout(100)
        before, nodes = nodes, screen.page.evaluate(NODES)
        same = same + 1 if nodes == before else 0
        if same == 3:
            return nodes
    raise AssertionError("the screen does not come to rest")


def heard(screen: Screen) -> list[dict[str, Any]]:
    """The nodes of the screen that a screen reader walks through, checked: each can be told apart, none is English."""
    for _ in range(20):
        nodes = settled(screen)
        heading = next((each["words"] for each in nodes if each["role"] in ("h1", "h2")), "")
        # The title comes before what is drawn: on a busy machine the screen before may stand at rest under it.
        if screen.page.title() in ("OCOP Verify", f"{heading} · OCOP Verify"):
            break
    assert screen.page.title() in ("OCOP Verify", f"{heading} · OCOP Verify"), "the tab says which screen is shown"
    told = "\n".join(f"{node['role']}: {node['words']} {node['fields'] or ''}" for node in nodes)
    assert not [n for n in nodes if n["role"] in ACT and not n["words"]], f"something without a name:\n{told}"
    assert "" not in [name for n in nodes for name in n["fields"]], f"a field without a name:\n{told}"
    assert [n for n in nodes if n["role"] in ("h1", "h2")], f"no heading:\n{told}"
    if screen.page.evaluate("document.documentElement.lang") == "vi":
        lines = [line for node in nodes for line in [*node["words"].split("\n"), *node["fields"], *node["hints"]]]
        english = [line for line in lines if line in UNTRANSLATED or FLUTTER_ENGLISH.search(line)]
        assert not english, english
        assert not syllables.foreign(lines, NAMES), told
    assert not serious(screen), told
    for _ in range(50):  # a screen that leaves may lie over the next one for a moment
        if not (covered := screen.page.evaluate(COVERED)):
            break
        screen.page.wait_for_timeout(100)
    assert not covered, "something that says nothing lies over these: no tap gets through it"
    return nodes


def serious(screen: Screen) -> list[str]:
    """What axe-core finds on this screen that keeps people from using it."""
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}  # nothing is drawn in it
    found = Axe().run(screen.page, options=options).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def go_to(screen: Screen, path: str) -> None:
    """Open an address of the app without loading the page again, as the browser's Back does."""
    screen.page.evaluate("to => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }", path)


def words(nodes: list[dict[str, Any]]) -> list[str]:
    """What the nodes say, with composed letters: Flutter's own Vietnamese comes with others."""
    return [normalize("NFC", node["words"]) for node in nodes]


def facts(nodes: list[dict[str, Any]]) -> dict[str, str]:
    return dict(text.split(": ", 1) for text in words(nodes) if ": " in text)


def test_every_screen_can_be_heard_and_asks_no_other_host(
    address: str, server: RegistryServer, browser: Browser
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with person(browser, address) as screen:
        page = screen.page
        page.on("request", note)
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.reload()  # so that the first page's requests are heard too
        screen.ready()
        assert "Không thấy máy ảnh" in screen.see("camera-fault")
        assert page.evaluate("document.documentElement.lang") == "vi"
        page.evaluate("document.querySelector('flt-semantics').append(document.createElement('button'))")
        assert [each.split(":")[0] for each in serious(screen)] == ["button-name"], "the look finds what is wrong"
        page.evaluate("document.querySelector('flt-semantics > button').remove()")
        screen.type_into("code-entry", PRODUCT)
        heard(screen)
        page.keyboard.press("Enter")
        screen.see("verdict")
        heard(screen)
        screen.unfold("checked")
        screen.unfold("code-details")
        told = heard(screen)
        pack = facts(told)
        assert pack["Mã"] == PRODUCT
        assert all(pack[label] for label in ("Địa chỉ", "Địa bàn", "Nhóm sản phẩm", "Loại mã"))
        assert PRODUCER in words(told)

        screen.tap("write-note")
        screen.type_into("note-text", "Nhãn đúng")
        assert "Còn lại 4.991 ký tự" in words(heard(screen))
        for number, file in enumerate(("certified.png", "expired.png"), start=1):
            with page.expect_file_chooser() as chooser:
                screen.tap("note-photo-file")
            chooser.value.set_files(str(ROOT / "assets/samples" / file))
            photo = page.get_by_role("img", name=f"Ảnh {number}/{number}, ghi chép lúc ")
            photo.wait_for(state="attached", timeout=15_000)
        assert {"Bỏ ảnh 1", "Bỏ ảnh 2"} <= set(words(heard(screen)))
        page.get_by_role("button", name="Chụp ảnh").click()
        screen.see("camera-fault")
        heard(screen)
        page.get_by_role("button", name="Về ghi chép").click()
        screen.tap("note-save")
        screen.wait_for_text("note-row", "Đã nhận")
        assert "Đóng" in words(heard(screen)), "the passing message's button"
        screen.tap("note-row")
        screen.see("note-correct")
        signed = facts(heard(screen))
        assert signed["Mã"] == PRODUCT
        assert signed["Nội dung ghi chép"] == "Nhãn đúng"

        for path, mark in (
            ("/register", "register-count"),
            ("/register/place", "place-row"),
            ("/report", "report-send"),
            ("/reports", ""),
            ("/samples", ""),
            ("/paper", "choose-record"),
            ("/history", ""),
            (f"/p/0{PRODUCT}", ""),
            (f"/compare?c={PRODUCT}&s=typed", ""),
            ("/settings/scanner", ""),
            ("/nowhere", "missing"),
            ("/", "home-report"),
        ):
            go_to(screen, path)
            if mark:
                screen.see(mark)
            heard(screen)
        go_to(screen, "/")
        screen.tap("nav-settings")
        screen.see("sign-in")
        settings = heard(screen)
        assert facts(settings)["OCOP Verify"]
        assert server.url in words(settings)
        page.get_by_role("radio", name="English").click()
        page.wait_for_function("document.documentElement.lang == 'en'")
        heard(screen)

        for path in ("/", f"/01/0{PRODUCT}", "/01/09529999999993", "/admin/"):
            page.goto(server.url + path)
        page.fill("input[name=username]", "quantri")
        page.fill("input[name=password]", "mau-quantri-01")
        page.click("[type=submit]")
        page.wait_for_url("**/admin/")
        for path in ("", "register/product/", "inspections/inspection/"):
            page.goto(f"{server.url}/admin/{path}")
    ours = {urlsplit(address).netloc, urlsplit(server.url).netloc}
    foreign = [
        url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc not in ours
    ]
    assert not foreign, foreign
    assert len(asked) > 20
