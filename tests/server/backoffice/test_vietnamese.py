"""The back office speaks Vietnamese: no page says a word that cannot be one."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from html.parser import HTMLParser

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from test_roles import PAGES, Scene, scene  # noqa: F401 - the fixture

from register.models import Certificate, Producer
from tests.support import syllables

pytestmark = pytest.mark.django_db

_SPOKEN = ("title", "alt", "placeholder", "aria-label", "data-label")
_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "wbr"}

KNOWN = {
    # names of things that have no other name
    "gtin", "ocop", "pdf", "qr", "byte", "web", "csv", "xlsx", "tsv", "json", "yaml", "html", "ctrl", "cmd", "esc",
    "cookie", "tnhh", "htx", "kg", "g", "id",
    # what the samples and records of this test say
    "administrator", "registrar", "inspector", "shop", "consumer", "other", "quantri", "certified", "r",
    # short names of laws, and words of their items
    "nđ", "tt", "qđ", "logo", "etanol",
    # Django's names of hidden fields and of hashes
    "salt",
    # what a language calls itself, where a page can be read in it
    "english",
    # the keys that open the search, and that lead to the record before and after
    "t", "j", "k",
}  # fmt: skip


class _Words(HTMLParser):
    """Gathers the words that a person sees or hears; icons are written by their English names."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        read = dict(attributes)
        icon = "material-symbols" in (read.get("class") or "")
        # Only a record's own canonical form, folded away, stands in a `pre`: it is in the contract's words.
        if tag not in _VOID and (self._hidden or icon or tag in {"script", "style", "pre"}):
            self._hidden += 1
        self.texts += [read.get(name) or "" for name in _SPOKEN]
        if tag == "input" and read.get("type") in {"submit", "button"}:
            self.texts.append(read.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in _VOID:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def foreign(page: str) -> set[str]:
    """The words of a page that are no Vietnamese syllables, and no names that this test knows."""
    reader = _Words()
    reader.feed(page)
    return syllables.foreign(reader.texts, KNOWN)


@pytest.mark.parametrize(
    "sentence", ["Please correct the errors below.", "Search apps and models...", "Select all rows", "Show counts"]
)
def test_the_search_for_english_finds_it(sentence: str) -> None:
    assert foreign(f"<p>{sentence}</p>")
    assert foreign(f'<input placeholder="{sentence}">')


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_what_is_translated_is_compiled(domain: str) -> None:
    source = settings.LOCALE_PATHS[0] / "vi" / "LC_MESSAGES" / f"{domain}.po"
    with source.open("rb") as written, source.with_suffix(".mo").open("rb") as compiled:
        texts = [message for message in read_po(written) if message.id]
        used = GNUTranslations(compiled)
    assert all(message.string for message in texts)
    for message in texts:
        one = message.id if isinstance(message.id, str) else message.id[0]
        found = used.gettext(f"{message.context}\x04{one}" if message.context else one)
        if not isinstance(message.id, str):
            found = used.ngettext(*message.id, 2)
        assert found in {message.string, message.string[0]}, one


def test_no_page_speaks_english(scene: Scene) -> None:  # noqa: F811
    # What the office itself writes in English is no word of a page.
    Producer.objects.update(story_en="")
    Certificate.objects.update(withdrawn_reason_en="")
    browser = scene.browsers["administrator"]
    catalogue = browser.get("/admin/jsi18n/").content.decode()
    assert re.search(r'"Choose all %s": "Ch\\u1ecdn', catalogue)
    assert re.search(r'"DATE_INPUT_FORMATS": \[\s*"%d/%m/%Y"', catalogue)
    heard: dict[str, set[str]] = {}

    def hear(name: str, page: str) -> None:
        if words := foreign(page):
            heard[name] = words

    for name, (address, _, _) in PAGES.items():
        if name != "producers to choose from" and not name.startswith("photo"):
            hear(name, browser.get(address(scene)).content.decode())
    lists = ("products", "producers", "localities", "accounts", "notes", "suspected copies", "rounds", "inspections")
    for name in (*lists, "answers", "keys of devices", "broken chains"):
        hear(f"nothing in {name}", browser.get(PAGES[name][0](scene), {"q": "zzz"}).content.decode())
    for name in ("product", "producer", "locality", "account"):
        hear(f"a refused {name}", browser.post(PAGES[name][0](scene), {}).content.decode())
    new = PAGES["new product"][0](scene)
    rows = {
        f"{part}-{count}_FORMS": n
        for part in ("certificates", "pictures", "packcodes")
        for count, n in (("TOTAL", 1), ("INITIAL", 0))
    }
    spoilt = {"certificates-0-number": "x", "certificates-0-valid_from": "31/02/2026", "packcodes-0-value": "x"}
    spoilt |= {"pictures-0-position": "9"}
    hear("a refused new product", browser.post(new, {**rows, **spoilt}).content.decode())
    chosen = {"action": "delete_selected", "_selected_action": [1, 2, 3]}
    hear("deleting", browser.post(PAGES["products"][0](scene), chosen, follow=True).content.decode())
    hear("no action", browser.post(PAGES["products"][0](scene), {"action": ""}, follow=True).content.decode())
    hear(
        "saved",
        browser.post(
            reverse("admin:register_producer_add"),
            {"name": "An", "address": "Thôn", "shops-TOTAL_FORMS": 0, "shops-INITIAL_FORMS": 0},
            follow=True,
        ).content.decode(),
    )
    hear("signed out", browser.post(reverse("admin:logout")).content.decode())
    stranger = Client(enforce_csrf_checks=True)
    hear("signing in", stranger.get("/admin/login/").content.decode())
    hear("an old page", stranger.post("/admin/login/", {}).content.decode())
    hear("a wrong password", Client().post("/admin/login/", {"username": "x", "password": "y"}).content.decode())
    assert heard == {}
