"""Further parsers of the app: the register's copy, checklists, codes on paper, its addresses and its page's posts."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.fuzzing.app import NOW, folder_in_memory
from benchmarks.fuzzing.made import Given, Target, changed, deepened, text_of

_GTIN = "09520000100018"
_DEVICE = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11"


def register() -> Target:
    """`services.register.catalogue`: products and what a register says of itself, kept, found, judged."""
    from benchmarks.fuzzing.app import kept_answers
    from services.codes import CodeError
    from services.register.catalogue import Catalogue, CopyRefused
    from services.storage.store import StoreError
    from services.verification.check import check

    snapshot = kept_answers()["snapshot"]
    products = snapshot["products"][:3]
    said = snapshot.get("register") or {"name": "Sổ", "domains": ["a.example"], "localities": [], "products": 3}
    texts = ("09520000100018", "https://a.example/q/1", "https://check.example.vn/p/1?x=2", "LO 12/2026")
    kept = folder_in_memory()
    catalogue = Catalogue.open(kept)

    def run(data: bytes) -> None:
        given = Given(data)
        way = given.byte()
        one, register = given.one_of(products), said
        sent = changed(one, given)
        if way % 3 == 0:
            register = changed(said, given)
            register = register if isinstance(register, dict) else said
        try:
            with contextlib.suppress(CopyRefused, StoreError):
                if way % 2:
                    catalogue.replace_all([*products, sent], "1", register, NOW)
                else:
                    change = {"op": given.one_of(("upsert", "delete")), "product": sent, "gtin": one["gtin"]}
                    catalogue.apply([change], "2", more=bool(way & 4), register=register, as_of=NOW)
        except (KeyError, TypeError, ValueError):
            return  # what the client refuses before: an answer without the contract's form
        words = text_of(given.rest())[:200]
        catalogue.search(words or one["name"])
        catalogue.labels()
        for text in (*texts, words, one["gtin"]):
            catalogue.product_for_text(text)
            with contextlib.suppress(CodeError):
                check(text, "typed", catalogue, NOW)

    return Target(run, [bytes([way, number, 3, 1, 4]) for way in range(6) for number in (0, 1)])


def checklists() -> Target:
    """`services.checklists`: a version of the checklists, as a server sends it, and the list of a day."""
    from services.checklists.choosing import choose
    from services.checklists.document import ChecklistRefused, bundled, read

    whole = json.loads(bundled())

    def run(data: bytes) -> None:
        given = Given(data)
        content = given.rest() if given.byte() % 8 == 0 else deepened(changed(whole, given))
        try:
            document = read(content)
        except ChecklistRefused:
            return
        for group in [*document.groups, None, "x"]:
            for annex in document.annex_groups(group)[:2]:
                choose(document, annex.id, NOW.date(), NOW.date())

    return Target(run, [b"\0{}", b"\1\0\1\2\3\4", b"\1\3\1\1\1\1\1\1\1\1\1\1", b"\1\2\4\1\7\1\1"])


def printed() -> Target:
    """`services.papers.paper`: the code on a printed record, with the certificate of the key that signed it."""
    from services.papers.paper import check_paper
    from services.papers.trust import Trust
    from services.register.statements import IssuerKey

    paper = {
        "v": 1, "hash": "0" * 64, "day": "2026-11-23", "products": 1, "findings": 0, "photos": 0, "kid": "0" * 32,
        "sig": "A" * 86, "cert": None,
    }  # fmt: skip
    claims = {
        "use": "device", "key": "A" * 43, "kid": "0" * 32, "device": _DEVICE, "account": _DEVICE, "name": "A", "iat": 1
    }  # fmt: skip
    key = IssuerKey("k1", bytes(32), "Sở", NOW.replace(year=2025), None, None, None)
    trust = Trust((key,), frozenset(), {})

    def packed(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    def run(data: bytes) -> None:
        given = Given(data)
        way = given.byte() % 4
        if way == 0:
            check_paper(text_of(given.rest()), trust)
            return
        cert = None
        if way == 1:
            header = given.one_of(({"alg": "EdDSA", "kid": "k1"}, {"alg": "EdDSA", "kid": "k2"}))
            cert = f"{packed(deepened(changed(header, given)))}.{packed(deepened(changed(claims, given)))}.{'A' * 86}"
        code = packed(deepened(changed({**paper, "cert": cert}, given)))
        check_paper(f"https://a.example/proof/{_DEVICE}?p={code}", trust)

    return Target(run, [b"\0https://a.example/proof/" + _DEVICE.encode() + b"?p=e30", b"\1\0\0", b"\2\1\1\1\1", b"\3"])


def bridge() -> Target:
    """`views.bridge`: what the browser's page posts (keys, pictures, cameras), and its headers."""
    from views.bridge.bridge import CAMERA_PATH, PATH, PICTURE_PATH, Bridge

    keys = {"number": 1, "keys": [["a", 1.5, False]], "field": False, "owned": True, "quiet": False, "contrast": True}
    headers = {
        "host": "a.example", "origin": "https://a.example", "x-bridge": "t", "x-number": "1", "x-others": "0",
        "content-type": "application/json",
    }  # fmt: skip
    answered: list[int] = []

    async def inner(_scope: Any, _receive: Any, _send: Any) -> None:
        """The web app, which none of these reaches."""

    async def learn(_told: Any) -> None:
        """Take what the page says."""

    desk = Bridge()

    around: Any = desk.around(inner)

    async def join() -> None:
        await around({"type": "websocket", "query_string": b"bridge=t"}, learn, learn)
        desk.join(lambda _keys: None, learn, learn)

    async def post(scope: Any, receive: Any, send: Any) -> None:
        await around(scope, receive, send)

    asyncio.run(join())

    def run(data: bytes) -> None:
        given = Given(data)
        path = given.one_of((PATH, PICTURE_PATH, CAMERA_PATH))
        said = changed(headers, given) if given.byte() % 2 else headers
        if not isinstance(said, dict):
            return
        if given.byte() % 4 == 0:
            said = {**said, given.one_of(tuple(headers)): text_of(given.some())}
        raw = [
            (
                text_of(name.encode("utf-8", "replace")).encode("latin-1", "replace"),
                str(value).encode("utf-8", "replace"),
            )
            for name, value in said.items()
        ]
        body = deepened(changed(keys, given)) if path == PATH and given.byte() % 4 else given.rest()
        pieces = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return pieces.pop() if pieces else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            answered.append(message.get("status", 0))

        scope = {"type": "http", "path": path, "method": "POST", "headers": raw, "query_string": b""}
        asyncio.run(post(scope, receive, send))

    return Target(run, [bytes([way, 0, 1, 0, 0]) for way in range(3)] + [b"\0\1\1\1\1\1", b"\0\0\0\1\10http://["])


def screens() -> Target:
    """The app's addresses, as anybody may send them in a link: the whole app opens there, without a browser."""
    import keyring
    import keyring.backends.fail

    from services.storage.store import StoreWriteError
    from services.workspace import Workspace
    from tests.views.conftest import fill
    from tests.views.headless import Client

    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    workspace = Workspace.open(folder_in_memory() / "data", server=None)
    fill(workspace)
    failed: list[BaseException] = []

    class Told(logging.Handler):
        """Keeps the error of a screen that could not be drawn."""

        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            if error and record.name.startswith(("views", "services")) and not isinstance(error, StoreWriteError):
                failed.append(error)  # what an app still read that was closed meanwhile is no fault

    logging.getLogger().handlers = [Told()]
    addresses = (
        f"/verdict?c={_GTIN}&s=typed&pack=1&stars=3&mark=yes", f"/01/{_GTIN}/10/L7?17=301231",
        f"/compare?c={_GTIN}&s=typed",
        "/note/1", "/waiting", "/answer/1", f"/report?gtin={_GTIN}&scanned=x", "/report?draft=1",
        "/refused?why=too_short",
        "/paper?link=https://a.example/proof/1?p=e30", "/labels/check", "/scan",
        "/register?q=che&place=ba-che&group=thuc_pham&stars=4&state=in_force&sort=-name&shape=table&page=2",
        "/register?product=12345678",
        "/register/place?code=ba-che", f"/register/verdict?c={_GTIN}&s=typed", "/history", "/rounds/new",
        "/rounds/plan?place=ba-che",
        "/rounds/1/close", "/rounds/1/sign/inspector", "/rounds/1/2/photos/3", "/audits/now/actions",
        "/audits/1/compare",
        "/reports/1", f"/p/{_GTIN}", "/producer/7", "/notes/1?q=x&from=2026-01-01&to=2026-12-31&kind=note&state=sent",
        "/settings/scanner", "/settings/invitation?token=" + "a" * 43, "/product/1",
    )  # fmt: skip
    loop = asyncio.new_event_loop()

    def can_be_read(address: str) -> bool:
        with contextlib.suppress(ValueError):
            return not urlsplit(address).netloc
        return False

    at_work: list[Client] = []

    async def opened(address: str) -> None:
        """Open the app at an address, or go there in the one that is open."""
        if at_work and can_be_read(address):
            await at_work[0].go(address)
            await at_work[0].settle()
            return
        for app in at_work:
            await app.__aexit__(None, None, None)
        at_work[:] = [await Client(workspace, route=address).__aenter__()]

    def run(data: bytes) -> None:
        given = Given(data)
        address = given.one_of(addresses)
        while given.more() and len(address) < 3000:
            piece = text_of(given.some()).encode("utf-8", "replace").decode()
            cut = given.below(len(address) + 1)
            piece = quote(piece) if given.byte() % 2 else piece
            address = "/" + (address[:cut] + piece + address[cut + given.below(4) :])[1:]
        failed.clear()
        if given.data[-1:] > b"\xf0":  # from time to time the app is opened there
            address = f"/{address}"
        loop.run_until_complete(opened(address))
        if failed:
            raise failed[0]

    return Target(run, [bytes([number]) for number in range(len(addresses))] + [b"\0\2/[\1\0\0", b"\5\3%ff\1\0\0"])


TARGETS: dict[str, Callable[[], Target]] = {
    "register": register, "checklists": checklists, "printed": printed, "bridge": bridge, "screens": screens,
}  # fmt: skip
