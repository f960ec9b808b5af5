"""Fills in pages of the back office as a browser does: every field of a form is sent, hidden ones too."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

from accounts.models import Role, User

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

Fields = dict[str, list[str]]


def browser_of(username: str, role: Role = Role.REGISTRAR) -> Client:
    """The browser of a new account, signed in to the back office."""
    user = User.objects.create_user(username, password="mat-khau-dai-01", name=f"Người {username}", role=role)
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[1])
    return client


def fields_of(page: str) -> Fields:
    """What a browser would send if the record's form were saved as it stands."""
    reader = _Form()
    reader.feed(page)
    return reader.fields


def save(browser: Client, address: str, opened: Fields, /, **typed: str | list[str]) -> Answer:
    """Save a page that was opened before, with some fields typed over; `__` in a name stands for `-`."""
    entered = {name.replace("__", "-"): value if isinstance(value, list) else [value] for name, value in typed.items()}
    unknown = entered.keys() - opened.keys()
    assert not unknown, f"the form has no {unknown}"
    return browser.post(address, {**opened, **entered})


class _Form(HTMLParser):
    """Reads the form whose id ends in `_form`."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._inside = False
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        read = dict(attributes)
        name = read.get("name") or ""
        if tag == "form":
            self._inside = (read.get("id") or "").endswith("_form")
        if not self._inside:
            return
        if tag == "select":
            self._select = name
            self.fields.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in read:
            self.fields[self._select].append(read.get("value") or "")
        elif tag == "textarea":
            self._text = name
            self.fields[name] = [""]
        elif tag == "input" and name and read.get("type") not in {"submit", "button", "image", "file"}:
            box = read.get("type") == "checkbox"
            if not box or "checked" in read:
                value = read.get("value") or ("on" if box else "")
                self.fields.setdefault(name, []).append(value.replace("\n", "\r\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._text:
            # The first line feed after the tag is not part of the text; browsers send the others as two characters.
            self.fields[self._text] = [self.fields[self._text][0].removeprefix("\n").replace("\n", "\r\n")]
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text][0] += data
