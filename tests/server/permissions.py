"""Who is let into which page and call, as docs/permissions.md says it. The rows come from asking (test_roles.py)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.template.backends.base import BaseEngine
from django.test import override_settings
from django.urls import URLResolver, get_resolver

from register.models import Producer, Product

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
WRITES = "OCOP_WRITE_PERMISSIONS"
"""The environment variable with which scripts/make_permissions lets the tests write the document."""
REDIRECTS_BEFORE = re.compile(r"admin/\w+/\w+/<path:object_id>/|admin/\(\?P<url>\.\*\)\$|admin/login/|")
"""Addresses that only lead to others of the table, or to the sign-in."""
NOTHING = "00000000-0000-0000-0000-000000000000"


def routes() -> dict[str, str | None]:
    """Every route of the server and its name, in the order in which they are tried."""

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str | None]]:
        for each in patterns:
            piece = str(each.pattern)
            route = before + (piece.removeprefix("^") if before else piece)  # as Django joins them
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            else:
                yield route, each.name

    found: dict[str, str | None] = {}
    for route, name in walk(get_resolver().url_patterns, ""):
        found.setdefault(route, name)
    return found


def address_of(route: str, name: str | None) -> str:
    """An address of a route that no table names: of the first record of its model, or of none."""
    key: object = "0"
    if name and route.startswith("admin/") and len(parts := name.split("_")) > 2 and parts[0] in apps.app_configs:
        first = apps.get_model(parts[0], parts[1])._default_manager.order_by("pk").first()
        key = "0" if first is None else first.pk
    filled = re.sub(r"<uuid:\w+>", NOTHING, re.sub(r"<\w+:(\w+)>", _of_everybody, route))
    filled = re.sub(r"<path:object_id>|<id>", str(key), filled).replace("([^/]+)", str(key), 1)
    filled = re.sub(r"<int:\w+>|\(\[\^/\]\+\)|<path:\w+>", "0", filled).replace("/$", "/")
    return "/" + re.sub(r"<str:kind>", "note", re.sub(r"<str:extension>", "csv", filled)).replace("<str:what>", "x")


def _of_everybody(parameter: re.Match[str]) -> str:
    """What a page for everybody may be asked for; other parameters stay."""
    match parameter[1]:
        case "gtin":
            return str(Product.objects.earliest("pk").gtin)
        case "producer":
            return str(Producer.objects.earliest("pk").pk)
        case "report" | "record" if parameter[0].startswith("<str"):
            return NOTHING
        case "secret":
            return "a" * 43
        case "qualifiers":
            return "10/A1"
    return parameter[0]


def shown(route: str) -> str:
    """A route as people read it."""
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda found: f"<{found[1] or found[2]}>", route)
    return "/" + plain.replace("([^/]+)", "<id>", 1).replace("([^/]+)", "<edition>").replace("^", "").replace("$", "")


def cell(answer: Any) -> str:
    """What became of a request: let in, told to sign in, refused, or nothing there to see."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/admin/login/"):
        return "sign in"
    return {401: "sign in", 403: "no", 409: "no", 404: "nothing there", 410: "nothing there"}.get(
        answer.status_code, "yes"
    )


def compare(heading: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Hold rows that were asked against the part of the document with this heading, or write that part."""
    table = "\n".join(
        [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}", *(f"| {' | '.join(row)} |" for row in rows)]
    )
    before, title, rest = DOCUMENT.read_text("utf-8").partition(f"## {heading}\n")
    part, next_title, after = rest.partition("\n## ")
    words, bar, written = part.partition("\n|")
    assert bar, f"docs/permissions.md has no part {heading}"
    if os.environ.get(WRITES):
        DOCUMENT.write_text(f"{before}{title}{words}\n{table}\n{next_title}{after}", "utf-8")
    else:
        lines = f"|{written}".strip().splitlines()
        assert lines == table.splitlines(), "run scripts/make_permissions, and read what it has changed"


class Blank(BaseEngine):
    """Templates without a word: who is let in does not depend on what a page says, and drawing it takes longest."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({name: value for name, value in params.items() if name != "OPTIONS"})

    def from_string(self, template_code: str) -> Blank:
        return self

    def get_template(self, template_name: str) -> Blank:
        return self

    def render(self, context: object = None, request: object = None) -> str:
        return ""


@contextmanager
def undrawn() -> Iterator[None]:
    """Let pages do all but draw."""
    engine = {"BACKEND": "permissions.Blank", "NAME": "blank", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}
    with override_settings(TEMPLATES=[engine]):
        yield
