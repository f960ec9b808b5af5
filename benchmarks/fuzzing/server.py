"""The parsers of the server that meet what comes from outside. Each function makes its target when it is asked for."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import logging
import os
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from benchmarks.fuzzing.app import folder_in_memory, pictures
from benchmarks.fuzzing.made import Given, Target, changed, text_of

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER = ROOT / "server"
ROOMS = tuple(sorted(path.parent.name for path in SERVER.glob("*/__init__.py")))
_DEVICE = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11"
_GTIN = "09520000100018"
"""A product of the sample."""


class Fault(AssertionError):
    """The server answered 5xx."""


class _Caught(logging.Handler):
    """Keeps the last error that the server wrote of, and writes nothing."""

    error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.error = record.exc_info[1]


_caught = _Caught()


@cache
def server_here() -> None:
    """The server in this process, on a database of its own with the small sample."""
    folder = folder_in_memory()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", OCOP_SERVER_DATA=str(folder),
        DATABASE_URL=f"sqlite:///{folder / 'fuzz.sqlite3'}",
        OCOP_ALLOWED_HOSTS="*",
        **{f"OCOP_{rate}_RATE": "1000000000" for rate in ("ANONYMOUS_NOTES", "ANONYMOUS_PHOTOS", "REPORT_TRIES",
        "SIGN_IN", "READING")},
    )  # fmt: skip
    sys.path[:0] = [str(SERVER)]
    import django
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LOGGING = {"version": 1, "disable_existing_loggers": False}
    settings.AXES_ENABLED = False
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("sample_register", verbosity=0)
        call_command("issuer_keys", "new")
    logging.getLogger().handlers = [_caught]


def asked(
    client: Client, method: str, path: str, body: bytes = b"", kind: str = "", headers: Mapping[str, str] | None = None
) -> None:
    """Send one request. Raises the server's own error, or Fault, where the answer is 5xx."""
    _caught.error = None
    answer = client.generic(method, path, body, content_type=kind, headers=dict(headers or {}))
    if answer.status_code >= 500 and answer.status_code != 503:
        raise _caught.error or Fault(f"{answer.status_code} for {method} {path[:200]!r}")
    if answer.streaming:
        b"".join(getattr(answer, "streaming_content"))  # noqa: B009 - not in its type
    answer.close()


def clients() -> tuple[Client, Client, Client]:
    """Nobody, an inspector's token, and an administrator's browser."""
    from django.conf import settings
    from django.test import Client

    sessions: Any = import_module("accounts.sessions")
    Role = import_module("accounts.models").Role
    User = import_module("accounts.models").User

    inspector = User.objects.filter(role=Role.INSPECTOR).first()
    administrator = User.objects.filter(role=Role.ADMINISTRATOR).first()
    assert inspector
    assert administrator
    from uuid import UUID

    sessions.ACCESS_LIFE *= 10_000
    access = sessions.sign_in(inspector, UUID(_DEVICE)).access
    office = Client()
    office.force_login(administrator, settings.AUTHENTICATION_BACKENDS[1])
    return Client(), Client(headers={"Authorization": f"Bearer {access}"}), office


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def records() -> Target:
    """PUT /records and /inspections: a record's JSON, canonical or not, alone or with files."""
    import rfc8785

    from tests.support.record_kinds import SAMPLES

    server_here()
    nobody, inspector, _ = clients()
    Role = import_module("accounts.models").Role
    User = import_module("accounts.models").User

    username = User.objects.filter(role=Role.INSPECTOR).values_list("username", flat=True)[0]
    common = {
        "id": _DEVICE, "device": _DEVICE, "account": None, "created_at": "2026-11-23T08:00:00Z", "clock_offset": 0,
        "supersedes": None,
    }  # fmt: skip
    kinds = sorted(set(SAMPLES) - {"note", "made_up"})
    record: dict[str, Any] = {"schema": 1, "round": None, "prev": None, "files": []}
    forms = [
        {**common, **record, "kind": kind, SAMPLES[kind].words: "x", **SAMPLES[kind].own, **SAMPLES[kind].beside}
        for kind in kinds
    ]
    sent = [json.loads(line) for line in _kept_requests("PUT", "/api/v1/inspections/") if "/photos/" not in line]
    notes = [json.loads(base64.b64decode(one["body"])) for one in sent]
    forms.append(notes[0])
    kinds.append("note")
    numbers = iter(range(10**12))

    def run(data: bytes) -> None:
        given = Given(data)
        client, at, way = given.one_of((inspector, nobody, inspector)), given.below(len(kinds)), given.byte() % 8
        identity = f"6f0d8d5e-6f0b-4c55-9c6e-{next(numbers):012x}"
        account = username if client is inspector else None
        document = changed({**forms[at], "id": identity, "account": account}, given)
        try:
            body = json.dumps(document).encode() if way == 0 else rfc8785.dumps(document)
        except (ValueError, RecursionError, TypeError, UnicodeEncodeError):
            body = given.rest()
        path = f"/api/v1/records/{kinds[at]}/{identity}"
        if kinds[at] == "note":
            path = f"/api/v1/inspections/{identity}"
        sent, content = body, "application/json"
        if way == 7:
            head = b'--x\r\nContent-Disposition: form-data; name="record"\r\n\r\n'
            sent, content = head + body + b"\r\n--x" + given.rest() + b"--\r\n", "multipart/form-data; boundary=x"
        asked(client, "PUT", path, sent, content, {"Content-Digest": _digest(sent)})

    seeds = [bytes([who, kind, way]) for who in (0, 1) for kind in range(len(kinds)) for way in (1, 7)]
    return Target(run, seeds, ROOMS)


def _kept_requests(method: str, path: str) -> list[str]:
    lines = (ROOT / "tests/fixtures/0.1.0/requests.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if f'"method": "{method}"' in line and f'"path": "{path}' in line]


def parts() -> Target:
    """`api.multipart`: a body of several parts."""
    sys.path[:0] = [str(SERVER)]
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    parts_of = import_module("api.multipart").parts_of

    def run(data: bytes) -> None:
        given = Given(data)
        content_type = given.some().decode("latin-1")
        with contextlib.suppress(ValueError):
            parts_of(given.rest(), content_type)

    kind = b"multipart/form-data; boundary=x"
    body = b'--x\r\nContent-Disposition: form-data; name="record"\r\n\r\n{}\r\n--x--\r\n'
    return Target(run, [bytes([len(kind)]) + kind + body], ("api",))


def requests() -> Target:
    """Addresses, queries and headers of calls and public pages: cursors, Range, Accept, EPCIS, resolver, papers."""
    server_here()
    Role = import_module("accounts.models").Role
    User = import_module("accounts.models").User
    Scope = import_module("accounts.service_keys").Scope
    make = import_module("accounts.service_keys").make

    nobody, inspector, _ = clients()
    administrator = User.objects.filter(role=Role.ADMINISTRATOR).first()
    assert administrator
    _, key = make("fuzz", list(Scope), 700, administrator, 1_000_000)
    paths = (
        "/api/v1/changes?cursor=0&limit=5", "/api/v1/snapshot", f"/api/v1/products/{_GTIN}",
        "/api/v1/products?q=che&place=ba-che&stars=4&state=valid&limit=5&after=x",
        f"/api/v1/products/{_GTIN}/statement",
        f"/api/v1/identity?challenge={'a' * 43}", "/api/v1/records?since=0&limit=5", "/api/v1/inspections?since=0",
        "/api/v1/guidance",
        "/api/v1/epcis/events?since=0&limit=5", f"/api/v1/proofs/{_DEVICE}?hash={'0' * 64}",
        f"/api/v1/reports/{_DEVICE}",
        f"/api/v1/checklists/{'0' * 64}", f"/api/v1/pictures/{'0' * 64}/640",
        f"/api/v1/records/note/{_DEVICE}/files/{'0' * 64}",
        f"/01/{_GTIN}/10/L7?linkType=gs1:pip", f"/01/{_GTIN}?linkType=linkset&context=a",
        f"/01/{_GTIN}?statement=a.b.c", f"/p/{_GTIN}",
        "/producer/1", f"/proof/{_DEVICE}?p=eyJ2IjoxfQ", f"/report/{_DEVICE}", "/.well-known/gs1resolver",
        "/invite/" + "a" * 43, "/health",
        "/metrics", "/static/backoffice/office.css",
    )  # fmt: skip
    names = (
        "Range", "If-Range", "If-None-Match", "Accept", "Accept-Language", "Accept-Encoding", "Authorization",
        "Cookie", "Report-Secret", "Host",
        "X-Forwarded-For", "X-Forwarded-Proto", "If-Modified-Since", "Content-Type", "Origin",
    )  # fmt: skip
    values = (
        "bytes=5-", "bytes=-5", "bytes=0-0,3-4", '"x"', "*/*", "application/linkset+json;q=0.5, text/html",
        "vi;q=0.1,en-US,*", "gzip;q=0, br",
        "Bearer x", f"Bearer {key}", "sessionid=x; csrftoken=y", "a" * 43, "localhost", "1.2.3.4, ::1", "https",
        "Mon, 23 Nov 2026 08:00:00 GMT",
    )  # fmt: skip

    def run(data: bytes) -> None:
        given = Given(data)
        client = given.one_of((nobody, inspector))
        method = given.one_of(("GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"))
        path = given.one_of(paths)
        headers = {"Authorization": f"Bearer {key}"} if "epcis" in path else {}
        for _ in range(given.below(4)):
            value = given.one_of(values)
            cut = given.below(len(value) + 1)
            text = value[:cut] + given.some().decode("latin-1") + value[cut:] if given.byte() % 2 else value
            headers[given.one_of(names)] = text.replace("\r", " ").replace("\n", " ")
        while given.more():
            piece = text_of(given.some()).encode("utf-8", "replace").decode()
            cut = given.below(len(path) + 1)
            path = "/" + (
                path[:cut]
                + (quote(piece, safe="/?&=%") if given.byte() % 2 else quote(piece))
                + path[cut + given.below(4) :]
            ).lstrip("/")
        if method != "GET" and path.startswith("/api/v1/auth/sign-out"):
            return
        asked(client, method, path[:4000], b"", "", headers)

    return Target(run, [bytes([who, 0, number, 0]) for number in range(len(paths)) for who in (0, 1)], ROOMS)


def office() -> Target:
    """Queries of the office's pages, and forms: links of products, searches, filters, the tester of codes."""
    server_here()
    from django.contrib import admin
    from django.urls import reverse

    ProductLink = import_module("linking.models").ProductLink
    Product = import_module("register.models").Product

    _, _, browser = clients()
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    pages = [*lists, "/admin/", reverse("office-code-tester"), "/admin/inbox/note/", "/admin/imports/", "/admin/log/",
    "/admin/people/", "/admin/devices/",
             "/admin/autocomplete/", "/admin/service-keys/"]  # fmt: skip
    queries = ("q", "p", "o", "e", "all", "code", "from", "to", "since", "until", "page", "term", "state", "kind",
    "group__exact", "id__exact",
               "received_at__gte", "valid_to__year", "_facets", "next", "text", "who", "before")  # fmt: skip
    product = Product.objects.first()
    assert product
    link = {
        "product": str(product.pk),
        "kind": "pip",
        "href": "https://a.example/",
        "title": "Trang",
        "language": "vi",
        "media": "text/html",
    }
    forms: tuple[tuple[str, dict[str, str]], ...] = (
        ("/admin/linking/productlink/add/", link), (reverse("office-code-tester"), {"code": _GTIN}),
        ("/admin/people/invite/", {"username": "a", "name": "A", "role": "shop", "email": "", "locality": ""}),
        ("/admin/service-keys/new/", {"name": "a", "scopes": "epcis", "days": "30"}),
        ("/admin/register/producer/add/", {"name": "a", "address": "b", "phone": "c"}),
    )  # fmt: skip
    from django.db import transaction

    class Undone(Exception):
        """Ends a transaction without keeping it."""

    def run(data: bytes) -> None:
        given = Given(data)
        if given.byte() % 2:
            path, form = given.one_of(forms)
            document = changed(form, given)
            if not isinstance(document, dict):
                return
            sent = {key: value for key, value in document.items() if value is not None}
            from urllib.parse import urlencode

            body = urlencode(
                {key.encode("utf-8", "replace"): str(value).encode("utf-8", "replace") for key, value in sent.items()}
            ).encode()
            with contextlib.suppress(Undone), transaction.atomic():
                asked(browser, "POST", path, body, "application/x-www-form-urlencoded")
                raise Undone
            ProductLink.objects.all().delete()
            return
        path = given.one_of(pages)
        pairs: list[str] = []
        while given.more() and len(pairs) < 6:
            name = (
                given.one_of(queries) if given.byte() % 4 else text_of(given.some()).encode("utf-8", "replace").decode()
            )
            pairs.append(f"{quote(name)}={quote(text_of(given.some()).encode('utf-8', 'replace').decode())}")
        asked(browser, "GET", f"{path}?{'&'.join(pairs)}")

    seeds = [bytes([0, number, 1, 0, 1, 97]) for number in range(len(pages))] + [
        bytes([1, number, 0, 0, 0]) for number in range(len(forms))
    ]
    return Target(run, seeds, ROOMS)


def books() -> Target:
    """`imports`: a list that an office hands in, as a file or with the XML of one of its parts, read to its end."""
    sys.path[:0] = [str(SERVER)]
    Unreadable = import_module("imports.cells").Unreadable
    find_header = import_module("imports.header").find_header
    read_rows = import_module("imports.rows").read_rows
    read_book = import_module("imports.sheets").read_book

    whole = {
        path.name: path.read_bytes()
        for path in sorted((ROOT / "tests/server/imports/lists").iterdir())
        if path.suffix in (".xlsx", ".ods", ".csv")
    }
    archives = {name: data for name, data in whole.items() if data.startswith(b"PK") and len(data) < 60_000}
    chosen = [
        (name, part)
        for name, data in archives.items()
        for part in _names(data)
        if "sheet" in part or part.endswith(("content.xml", "styles.xml"))
    ]
    inner = dict(enumerate(chosen[:20]))

    def run(data: bytes) -> None:
        given = Given(data)
        way, content = given.below(len(inner) + 3), given.rest()
        name = "list.csv"
        if way in inner:
            name, part = inner[way]
            content = _with_part(archives[name], part, content)
        try:
            book = read_book(content, name)
        except Unreadable:
            return
        for sheet in book.sheets:
            with contextlib.suppress(Unreadable):
                header = find_header(sheet, None)
                read_rows(sheet, header.mapping, None, header.title)

    files = [bytes([len(inner)]) + data for data in whole.values() if len(data) < 30_000]
    return Target(
        run,
        [*files, *(bytes([n]) + _part(archives[name], part)[:20_000] for n, (name, part) in inner.items())],
        ("imports",),
    )


def _names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def _part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def _with_part(data: bytes, changed_part: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == changed_part else old.read(name))
    return made.getvalue()


def days() -> Target:
    """`imports.days`: days as lists write them."""
    sys.path[:0] = [str(SERVER)]
    first_day_in = import_module("imports.days").first_day_in
    order_of = import_module("imports.days").order_of
    read_day = import_module("imports.days").read_day

    def run(data: bytes) -> None:
        given = Given(data)
        order, flags = given.one_of(("", "dmy", "mdy")), given.byte()
        text = text_of(given.rest())
        read_day(text, order, since_1904=bool(flags & 1), knows_days=bool(flags & 2))
        first_day_in(text, order)
        order_of(text.split("\n"))

    texts = ("31/12/2026", "ngày 5 tháng 3 năm 2024", "2024-03-05T00:00:00", "45000", "03/2024", "5-3-24")
    return Target(run, [b"\0\0" + text.encode() for text in texts], ("imports",))


def paper_codes() -> Target:
    """`records.proofs`: the code on a printed record."""
    server_here()
    BadPaper = import_module("records.proofs").BadPaper
    read_paper = import_module("records.proofs").read_paper

    paper = {
        "v": 1, "hash": "0" * 64, "day": "2026-11-23", "products": 1, "findings": 0, "photos": 0, "kid": "0" * 32,
        "sig": "A" * 86, "cert": None,
    }  # fmt: skip

    def run(data: bytes) -> None:
        import rfc8785

        given = Given(data)
        code = text_of(data[1:])
        if given.byte() % 4:
            with contextlib.suppress(ValueError, RecursionError, TypeError):
                code = base64.urlsafe_b64encode(rfc8785.dumps(changed(paper, given))).decode().rstrip("=")
        with contextlib.suppress(BadPaper):
            read_paper(_DEVICE, code)

    return Target(run, [b"\0eyJ2IjoxfQ", b"\1\0\0", b"\1\1\1\1\1\1"], ("records", "issuing"))


def photos() -> Target:
    """`records.pictures`: photos of records and pictures that the office uploads."""
    server_here()
    kept = import_module("records.pictures")

    def run(data: bytes) -> None:
        given = Given(data)
        kind, content = given.one_of(("image/jpeg", "image/png")), given.rest()
        with contextlib.suppress(kept.UnsupportedPhoto):
            kept.extension_of(content, kind)
            kept.copy_to_show(content, 64)
        with contextlib.suppress(kept.UnsupportedPhoto, kept.UnknownKind, kept.TooManyPixels):
            kept.webp_copies(io.BytesIO(content), [64, 32])

    return Target(run, [bytes([number % 2]) + seed for seed in pictures().seeds for number in (0, 1)], ("records",))


TARGETS: dict[str, Callable[[], Target]] = {
    "records": records, "parts": parts, "requests": requests, "office": office, "books": books, "list-days": days,
    "paper-codes": paper_codes,
    "photos": photos,
}  # fmt: skip
