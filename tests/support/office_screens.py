"""Looks at pages of the back office in a browser as a person sees them: on a phone, on a desk, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

SIZES = {"phone": (412, 915), "desk": (1366, 820)}
THEMES = ("light", "dark")
_NOT_PAGES = re.compile(
    r"/(logout|jsi18n|autocomplete|file|state)/|\.(csv|xlsx|svg)$|/admin/login/|/(small|large|whole)$"
)
_NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|\d+")
_LEAST_TARGET = 44
_TOO_SMALL = """
least => [...document.querySelectorAll(
    'button, select, summary, input:not([type=hidden]), a[class], nav a'
)].filter(one => {
    const box = (one.closest('label') ?? one).getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(one).visibility === 'hidden') return false;
    const other = '.of-skip, [type=checkbox], [type=radio], [type=range], [type=file]';
    if (one.matches(other) || one.closest('p, td, th, dd, svg, h1')) return false;
    return box.height < least - 0.5;
}).map(one => one.outerHTML.slice(0, 120))
"""
"""What a thumb would miss; links within sentences and cells of tables are as large as their lines."""

_CUT = """
() => [...document.querySelectorAll('#main :is(td, th), #main h1 span')].filter(one => {
    const hides = getComputedStyle(one).overflowY === 'hidden';
    return hides && one.clientHeight && one.scrollHeight > one.clientHeight + 2;
}).map(one => one.innerText.slice(0, 80))
"""
"""Cells whose words are cut at the top or the bottom."""


def signed_in(browser: Browser, url: str, size: str, theme: str, name: str, password: str) -> Page:
    """A page of a new window in which this account has signed in."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # for axe-core
    )
    page = context.new_page()
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/admin/(?!login)"))
    return page


def crawl(page: Page, url: str) -> Iterator[str]:
    """Follow the links of the office, to one page of each kind; yield the path of each when it is open."""
    waiting, known = ["/admin/"], {"/admin/"}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(url + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.wait_for_timeout(250)  # until the frame's own script has run
        yield path
        for link in page.eval_on_selector_all(
            "a[href]", "all => all.map(one => new URL(one.getAttribute('href'), location).href)"
        ):
            split = urlsplit(urldefrag(link).url)
            kind = _NUMBERS.sub("*", split.path)
            inside = link.startswith(f"{url}/admin/") and not _NOT_PAGES.search(split.path)
            if inside and kind not in known:
                known.add(kind)
                waiting.append(split.path)


def name_of(path: str) -> str:
    """A name for the picture of a page."""
    return _NUMBERS.sub("n", path).removeprefix("/admin/").strip("/").replace("/", "-") or "index"


def faults(page: Page, *, by_thumb: bool) -> list[str]:
    """What is wrong with the open page: what runs over its side, what a thumb misses, what axe-core finds."""
    page.wait_for_function("!document.querySelector('ul.object-tools:not([role])')")  # the frame's script has run
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = [f"{over} px run over the side"] if over > 0 else []
    found += [f"cut: {one}" for one in page.evaluate(_CUT)]
    if by_thumb:
        found += [f"small: {one}" for one in page.evaluate(_TOO_SMALL, _LEAST_TARGET)]
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    grave = (one for one in violations if one["impact"] in ("serious", "critical"))
    return found + [f"{one['id']}: {node['html'][:160]}" for one in grave for node in one["nodes"][:3]]
