"""The back office speaks Vietnamese: no page says a word that cannot be one."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings as settings_of_all
from office_walk import HELP, no_pages, patterns, walk
from test_roles import Scene, scene  # noqa: F401 - the fixture

from linking.models import ProductLink
from register.models import Certificate, Producer, Product
from tests.support import syllables

pytestmark = pytest.mark.django_db

_SPOKEN = ("title", "alt", "placeholder", "aria-label", "data-label")
_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "wbr"}

KNOWN = {
    # names of things that have no other name
    "gtin", "ocop", "pdf", "qr", "byte", "web", "csv", "xlsx", "tsv", "json", "yaml", "html", "ctrl", "cmd", "esc",
    "ods", "ubnd", "stt", "zip", "email", "epcis", "authorization", "bearer",
    "cookie", "tnhh", "htx", "kg", "g", "id",
    # what everybody in Việt Nam calls it; there is no plainer word
    "video",
    # what the samples and records of this test say
    "administrator", "registrar", "reviewer", "inspector", "shop", "consumer", "other", "quantri", "certified", "r",
    # short names of laws, and words of their items
    "nđ", "tt", "qđ", "logo", "etanol",
    # what a language calls itself, where a page can be read in it
    "english",
    # keys: they open the search, save, and lead to the record before and after
    "t", "s", "j", "k",
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
        # What the office itself writes in English is marked as such, and is no word of a page.
        own = read.get("lang") == "en" and tag == "textarea"
        if tag not in _VOID and (self._hidden or icon or own or tag in {"script", "style", "pre"}):
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
    return syllables.foreign(words_of(page), KNOWN)


def words_of(page: str) -> list[str]:
    """What a person sees or hears of a page."""
    reader = _Words()
    reader.feed(page)
    return reader.texts


@pytest.mark.parametrize(
    "sentence", ["Please correct the errors below.", "Search apps and models...", "Select all rows", "Show counts"]
)
def test_the_search_for_english_finds_it(sentence: str) -> None:
    assert foreign(f"<p>{sentence}</p>")
    assert foreign(f'<input placeholder="{sentence}">')


@pytest.mark.parametrize(
    "made_up",
    ["7298 acab 109e", "acab 109e beef", "deadbeef", "DEADBEEF", "feedfacedeed", "xKdWqZrTpLmN", "XKdwqzrtplmn"],
)
def test_digests_and_ids_are_no_words_and_hide_none(made_up: str) -> None:
    assert not foreign(f"<p>Dấu nội dung {made_up}, bản {made_up}</p>")
    assert foreign(f"<p>{made_up} Search</p>") == {"Search"}


@pytest.mark.parametrize("english", ["feed face", "Added", "faded", "certificates", "Certificates", "CERTIFICATES"])
def test_words_that_look_like_digests_or_ids_are_found(english: str) -> None:
    assert foreign(f"<p>{english}</p>") == set(english.split())


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_what_is_translated_is_compiled(domain: str) -> None:
    source = settings_of_all.LOCALE_PATHS[0] / "vi" / "LC_MESSAGES" / f"{domain}.po"
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


_OTHER_DAYS = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}(?::\d\d)? ?(?:a\.m\.|p\.m\.|AM|PM)(?!\w)")
"""Days and times as other countries write them."""
_OTHER_INPUTS = re.compile(r'type="(?:date|datetime-local|time|month)"')
"""Inputs that a browser shows in its own language."""


def test_every_page_speaks_vietnamese_helps_and_writes_days_as_people_do(scene: Scene, settings: Any) -> None:  # noqa: F811
    settings.IMPORTS_INLINE = True
    # What the office itself writes in English is no word of a page.
    Producer.objects.update(story_en="")
    Certificate.objects.update(withdrawn_reason_en="")
    ProductLink.objects.create(
        product=Product.objects.all()[0], kind="relatedVideo", href="https://a.example", title="Cách làm"
    )
    browser = scene.browsers["administrator"]
    catalogue = browser.get("/admin/jsi18n/").content.decode()
    assert re.search(r'"Choose all %s": "Ch\\u1ecdn', catalogue)
    assert re.search(r'"DATE_INPUT_FORMATS": \[\s*"%d/%m/%Y"', catalogue)
    wrong: dict[str, dict[str, Any]] = {}
    seen = set()
    for name, answer in walk(scene):
        if match := getattr(answer, "resolver_match", None):
            seen.add(match.url_name or "")
        page = answer.content.decode() if answer.headers["Content-Type"].startswith("text/html") else ""
        if "<html" not in page:
            continue  # a file, or a part of a page
        read = words_of(page)
        found: dict[str, Any] = {
            "foreign": syllables.foreign(read, KNOWN),
            "days": {text for text in read if _OTHER_DAYS.search(text)} | set(_OTHER_INPUTS.findall(page)),
            "no help": 'id="nav-sidebar"' in page and not HELP(page),
            "no title": not re.search(r"<title>\s*[^\s|<]", page),
        }
        if mistakes := {what: of for what, of in found.items() if of}:
            wrong[name] = mistakes
    assert not wrong, "\n".join(f"{name}: {of}" for name, of in wrong.items())
    missing = {name: route for name, route in patterns() if name not in seen and not no_pages(name)}
    assert missing == {}, "pages that nobody has looked at: add them to test_roles.PAGES or office_walk"
