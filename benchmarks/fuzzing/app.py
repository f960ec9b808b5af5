"""The parsers of the app that meet what comes from outside. Each function makes its target when it is asked for."""

from __future__ import annotations

import atexit
import contextlib
import gzip
import io
import json
import shutil
import socket
import tempfile
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.fuzzing.made import Given, Target, changed, deepened, text_of

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_TEXTS = (
    "09520000100016", "]C10109520000100016103L7\x1d17270131", "(01)09520000100016(10)L7",
    "https://id.example/01/09520000100016/10/L7?17=270131",
    "https://check.example.vn:8443/a?utm_source=x&id=1#b", "https://u@xn--a.example/", "http://[::1]/",
    "]Q3010952000010001621S1",
    "https://ocop.example/01/09520000100016?statement=eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIn0.e30." + "A" * 86,
    "LO 12/2026",
)  # fmt: skip


def folder_in_memory() -> Path:
    """A folder that is gone when this process ends."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def kept_answers() -> dict[str, Any]:
    """What a server of version 0.1.0 answered, by the name of the call."""
    kept: dict[str, Any] = {}
    for line in (ROOT / "tests/fixtures/0.1.0/requests.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if said["status"] == 200:
            kept.setdefault(said["path"].partition("?")[0].split("/")[3], said["answer"])
    return kept


def _encoded(texts: tuple[str, ...], before: bytes = b"") -> list[bytes]:
    return [before + text.encode() for text in texts]


def codes() -> Target:
    """`services.codes`: the text of any symbol, as GS1 or not."""
    from services.codes import CodeError, gs1_elements, parse

    def run(data: bytes) -> None:
        given = Given(data)
        flags, text = given.byte(), text_of(given.rest())
        with contextlib.suppress(CodeError):
            parse(text, gs1=bool(flags & 1), upc_e=bool(flags & 2))
        with contextlib.suppress(CodeError):
            gs1_elements(text)

    return Target(run, _encoded(_TEXTS, b"\0"))


def links() -> Target:
    """`services.links`: where an address leads."""
    from services.codes import CodeError
    from services.links import read_link

    known = frozenset({"check.example.vn", "ocop.quangninh.gov.vn"})

    def run(data: bytes) -> None:
        with contextlib.suppress(CodeError):
            read_link(text_of(data), known)

    return Target(run, _encoded(_TEXTS))


def verdict() -> Target:
    """The whole way from a text to a verdict, of a device that holds nothing."""
    from benchmarks.text_fuzz import check
    from services.codes import CodeError

    def run(data: bytes) -> None:
        given = Given(data)
        flags = given.byte()
        with contextlib.suppress(CodeError):
            check(text_of(given.rest()), gs1=bool(flags & 1), upc_e=bool(flags & 2))

    return Target(run, _encoded(_TEXTS, b"\0"))


def charset() -> Target:
    """`services.decoding.charset`: the bytes of a symbol as text."""
    from services.decoding.charset import Segment, to_text
    from services.decoding.eci import Undecodable

    named = (None, "utf-8", "shift_jis", "gb18030", "big5", "euc_kr", "iso8859_1", "utf_16_be", "ascii")

    def run(data: bytes) -> None:
        given = Given(data)
        whole, count = given.byte() % 2 == 0, given.below(4)
        segments = [Segment(given.some(), given.one_of(named)) for _ in range(count)]
        with contextlib.suppress(Undecodable):
            to_text([*segments, Segment(given.rest(), None)], whole=whole)

    return Target(run, [b"\0\0" + "Chè Tà Xùa 日本 한국".encode(coding) for coding in ("utf-8", "utf-16", "gb18030")])


def keystrokes() -> Target:
    """`services.scanners`: what a handheld scanner typed."""
    from services.scanners import Burst, Frame, read

    def run(data: bytes) -> None:
        given = Given(data)
        end, gs = given.one_of(("Enter", "Tab", "")), given.one_of(("", "control", "F8"))
        frame = Frame(text_of(given.some())[:8], text_of(given.some())[:8])
        read(Burst(text_of(given.rest()), end, gs), frame)

    return Target(run, _encoded((*_TEXTS, "00020101021138540010A00000072763041D2A", "Ơ952ơ"), b"\0\0\0\0"))


def statements() -> Target:
    """`services.register.statements`: a signed statement, with the key that signed it."""
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from services.register.statements import IssuerKey, check_statement, statement_in

    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    keys = [IssuerKey("k1", public, "Sở", NOW.replace(year=2025), None, None, None)]
    header = {"alg": "EdDSA", "kid": "k1", "typ": "ocop-statement+jwt"}
    claims = {
        "jti": "1", "iss": "https://ocop.example", "iat": 1_790_000_000, "gtin": "09520000100016",
        "cert": "QN-2026-0002", "stars": 4,
        "from": "2026-03-17", "to": "2029-03-16",
    }  # fmt: skip

    def packed(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).decode().rstrip("=")

    def run(data: bytes) -> None:
        given = Given(data)
        if given.byte() % 4 == 0:
            text = text_of(given.rest())
            check_statement(statement_in(text) or text, keys)
            return
        parts = [changed(part, given) if given.byte() % 2 else part for part in (header, claims)]
        signed = ".".join(packed(deepened(part)) for part in parts)
        token = f"{signed}.{packed(private.sign(signed.encode()))}"
        check_statement(token, keys)
        statement_in(f"https://ocop.example/01/09520000100016?statement={token}")

    return Target(run, [*_encoded(_TEXTS, b"\0"), b"\1\0\0", b"\1\1\1\1\1\1\1\1"])


def invitations() -> Target:
    """`services.accounts.invitation` and a server's address, as typed or from a QR code."""
    from services.accounts.invitation import read_invitation
    from services.client.address import server_address

    def run(data: bytes) -> None:
        text = text_of(data)
        read_invitation(text)
        with contextlib.suppress(ValueError):
            server_address(text)

    return Target(run, _encoded((f"https://so.example/ocop/invite/{'a' * 43}", "so.example:8443", "http://[::1]:8400")))


def days() -> Target:
    """`services.codes.typed_days`: a day as people type it."""
    from services.codes.typed_days import typed_day

    def run(data: bytes) -> None:
        given = Given(data)
        last, text = bool(given.byte()), text_of(given.rest())
        with contextlib.suppress(ValueError):
            typed_day(text, last=last, today=NOW.date())

    return Target(run, _encoded(("31/12/2026", "12-2026", "2026-12-31", "311226", "tháng 2 năm 2027"), b"\0"))


def pictures() -> Target:
    """`services.decoding.images`: a picture file."""
    from PIL import Image

    from services.decoding import BadImage
    from services.decoding.images import load

    def run(data: bytes) -> None:
        with contextlib.suppress(BadImage):
            load(data)

    seeds = []
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        file = io.BytesIO()
        Image.new("RGB", (24, 16), "red").save(file, kind)
        seeds.append(file.getvalue())
    return Target(run, seeds)


def artwork() -> Target:
    """`services.labels.artwork`: a label's artwork, PDF or picture."""
    from fpdf import FPDF

    from services.labels.artwork import BadArtwork, open_artwork

    def run(data: bytes) -> None:
        with contextlib.suppress(BadArtwork):
            open_artwork(data, 50)

    page = FPDF(format=(50, 30))
    page.add_page()
    page.rect(5, 5, 10, 10, "F")
    return Target(run, [bytes(page.output()), *pictures().seeds[:2]])


def papers() -> Target:
    """`services.papers.checking`: a PDF that says it carries records."""
    import hashlib

    from services.papers.checking import check_pdf
    from services.papers.file_form import BadFile
    from services.papers.trust import Trust
    from tests.support.record_kinds import SAMPLES

    def attached(content: bytes) -> bytes:
        head = b"<< /Type /EmbeddedFile /Length %d /Params << /CheckSum <%s> >> >>" % (
            len(content), hashlib.md5(content, usedforsecurity=False).hexdigest().encode(),
        )  # fmt: skip
        return b"1 0 obj\n" + head + b"\nstream\n" + content + b"\nendstream\nendobj\n"

    records = [{"schema": 1, "kind": name, **sample.own, **sample.beside} for name, sample in SAMPLES.items()]
    records.append({"format": "ocop-paper", "v": 1, "record": "0" * 64, "inspections": [], "key": None})

    def run(data: bytes) -> None:
        given = Given(data)
        if given.byte() % 3 == 0:
            pdf = b"%PDF-1.7\n" + given.rest()
        else:
            pdf = b"%PDF-1.7\n"
            while given.more() and len(pdf) < 100_000:
                pdf += attached(deepened(changed(given.one_of(records), given)))
            pdf += b"%OCOP-SEAL " + b"a" * 120 + b"\n%%EOF\n"
        with contextlib.suppress(BadFile):
            check_pdf(pdf, Trust())

    return Target(run, [b"\0" + attached(b'{"kind":"round"}') + b"%OCOP-SEAL x\n", b"\1\0\1\2\3\4", b"\1\5\1\1\1"])


def sheets() -> Target:
    """`services.sheets`: a table of a spreadsheet program, as a file or with the XML of one of its parts."""
    from openpyxl import Workbook

    from services.sheets import Unreadable, rows_of

    book = Workbook()
    assert book.active is not None
    for row in (["GTIN", "Tên", "Số lượng"], ["9520000000011", "Chè", 2]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    whole = file.getvalue()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(name for name in parts if name.endswith((".xml", ".rels")))

    def run(data: bytes) -> None:
        given = Given(data)
        way = given.below(len(names) + 2)
        content = given.rest()
        if way < len(names):
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w") as archive:
                for name, part in parts.items():
                    archive.writestr(name, content if name == names[way] else part)
            content = made.getvalue()
        with contextlib.suppress(Unreadable):
            rows_of(content)

    csv = bytes([len(names)]) + 'GTIN;Tên\r\n9520000000011;"Chè"\r\n'.encode()
    return Target(run, [bytes([len(names)]) + whole, csv, *(bytes([n]) + parts[name] for n, name in enumerate(names))])


def stores() -> Target:
    """`services.storage`: a file of the app's own, TinyDB's form with a checksum, damaged in any way."""
    from services.storage.store import Store, StoreError

    folder = folder_in_memory()
    with Store(folder / "whole.json") as store:
        store.commit({"rows": {1: {"a": "ễ", "b": [1, None]}, 2: {"a": ""}}})
    whole = (folder / "whole.json").read_bytes()

    def run(data: bytes) -> None:
        given = Given(data)
        place = folder / "it"
        place.mkdir()
        try:
            if given.byte() % 2:
                (place / "x.json.previous").write_bytes(whole)
            (place / "x.json").write_bytes(given.rest())
            with contextlib.suppress(StoreError), Store(place / "x.json") as store:
                store.table("rows").all()
                store.commit({"rows": {3: {"a": 1}}})
        finally:
            shutil.rmtree(place)

    return Target(run, [b"\0" + whole, b"\1" + whole[:-3], b"\0{}"])


def settings() -> Target:
    """`services.settings`: a whole file whose values are not what the app writes."""
    from dataclasses import asdict

    from services.settings import Settings, SettingsFile
    from services.storage.store import Store

    folder = folder_in_memory()

    def run(data: bytes) -> None:
        given = Given(data)
        place = folder / "it"
        place.mkdir()
        try:
            document = changed(asdict(Settings()), given)
            try:
                with Store(place / "settings.json") as store:
                    store.commit({"settings": {1: document if isinstance(document, dict) else {"x": document}}})
            except (ValueError, TypeError):
                return  # nothing that a file can hold
            file = SettingsFile.open(place)
            file.change(volume=50)
            file.close()
        finally:
            shutil.rmtree(place)

    return Target(run, [b"\3\1\1\1\1\1\1\1", b"\2\1\5\7\\9\1\1\1"])


def answers() -> Target:
    """`services.client`: what a server answers, over a real connection."""
    from services.client.answers import Refused
    from services.client.registry import Registry
    from services.client.transport import Unreachable

    kept = kept_answers()
    product = kept["snapshot"]["products"][0]
    snapshot = {**kept["snapshot"], "products": kept["snapshot"]["products"][:2]}
    event = {
        "id": "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b12", "number": None,
        "record": "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", "kind": "note", "state": "decided",
        "at": "2026-11-23T08:00:00Z", "text": "Đã xem.",
    }  # fmt: skip
    session = {
        "access": "a", "expires_in": 900, "refresh": "b", "certificate": None,
        "account": {"id": "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", "username": "a", "former_names": [], "name": "A",
        "role": "inspector"},
    }  # fmt: skip
    calls: list[tuple[Any, Callable[[Registry], object]]] = [
        ({"changes": [{"op": "upsert", "product": product}], "next_cursor": "1-a", "more": False,
        "register": kept["snapshot"].get("register")},
         lambda r: r.changes(None)),
        ({"product": product, **product, "as_of": "2026-11-23T08:00:00Z"}, lambda r: r.product("09520000100018")),
        (snapshot, lambda r: r.snapshot()),
        ({"id": event["record"], "proofs": ["a.b.c"]}, lambda r: r.identity("a" * 43)),
        ({"url": "https://a.example/01/1?statement=a.b.c"}, lambda r: r.statement("09520000100018")),
        (session, lambda r: r.sign_in("a", "b", "c")),
        (session, lambda r: r.refresh("b")),
        ({"username": "a", "name": "A", "role": "shop", "register_name": "S", "expires_at": "2026-11-23T08:00:00Z"},
         lambda r: r.look_at_invitation("a")),
        ({"records": [], "events": [event], "next_cursor": "1-a", "more": False}, lambda r: r.records("t")),
        ({"products": [], "places": [{"name": "Chợ", "commune": None, "last_visit": None, "reports": 1}],
        "made_at": "2026-11-23T08:00:00Z"},
         lambda r: r.guidance("t")),
        ({"id": event["record"], "received_at": "2026-11-23T08:00:00Z", "events": [event], "state": "received"},
         lambda r: r.report("6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", "s")),
        ({"inspections": [{"id": event["record"], "sha256": "0" * 64, "received_at": "2026-11-23T08:00:00Z",
        "photos": []}],
          "next_cursor": "1-a", "more": False}, lambda r: r.inspections("t")),
    ]  # fmt: skip
    listening = socket.create_server(("127.0.0.1", 0))
    to_send: list[bytes] = [b""]

    def serve() -> None:
        while True:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(to_send[0])

    threading.Thread(target=serve, daemon=True).start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def run(data: bytes) -> None:
        given = Given(data)
        document, call = given.one_of(calls)
        way = given.byte()
        if way % 8 == 0:
            to_send[0] = b"HTTP/1.1 " + given.rest()
        else:
            status = given.one_of((200, 200, 200, 200, 400, 401, 404, 409, 410, 429, 503, 304))
            error = {"error": "bad_request", "detail": "x", "offset": 3}
            try:
                body = deepened(changed(document if status == 200 else error, given))
            except ValueError:
                return
            coding = b""
            if way % 8 == 1:
                body, coding = gzip.compress(body), b"Content-Encoding: gzip\r\n"
            head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            head += "Date: Mon, 23 Nov 2026 08:00:00 GMT\r\nConnection: close\r\n"
            to_send[0] = head.encode() + coding + b"\r\n" + body
        registry = Registry(address, timeout=(1, 1), deadline=2)
        try:
            call(registry)
        except (Refused, Unreachable):
            pass
        finally:
            registry.close()

    seeds = [bytes([number, way, 0]) for number in range(len(calls)) for way in (1, 2)]
    raw = b"200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    return Target(run, [*seeds, b"\0\0" + raw])


TARGETS: dict[str, Callable[[], Target]] = {
    "codes": codes, "links": links, "verdict": verdict, "charset": charset, "keystrokes": keystrokes,
    "statements": statements,
    "invitations": invitations, "typed-days": days, "pictures": pictures, "artwork": artwork, "papers": papers,
    "sheets": sheets,
    "stores": stores, "settings": settings, "answers": answers,
}  # fmt: skip
