"""Takes what a page's script posts, and hands it to the session that this page shows and to no other.

The script makes up a random token when its page is loaded, and adds it to the address of Flet's web socket. So each
connection tells the session which page it serves, also after a reload or a broken connection, and a post that bears the
token comes from that page. Another site knows no token, and its posts are refused by their origin as well.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flet.messaging.connection import Connection
from flet.messaging.session import Session

from services.camera.frames import CameraFault
from views.bridge.dropped import MOST_PICTURE_BYTES, Dropped

MOST_BYTES = 256 * 1024
"""The largest message but a picture; a burst of keys has some 100 bytes a key."""

PATH = "/bridge/keys"
PICTURE_PATH = "/bridge/picture"
CAMERA_PATH = "/bridge/camera"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_token: ContextVar[str | None] = ContextVar("bridge_token", default=None)
"""The token of the page whose connection runs the present task."""

_contrast: ContextVar[bool] = ContextVar("bridge_contrast", default=False)
"""Whether that page said with its connection that the system wishes for high contrast."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keys:
    """Keys that were pressed one after another.

    Each has a name, a time in seconds, and whether another modifier than Shift was held.
    `field`: a text field has the focus; `written`: one had it when any of the keys was pressed. `owned`: they came at a
    scanner's pace, and the page gave their end to nobody.
    `held` is then what the field with the focus holds. `quiet`: none has come for a second since. `contrast` comes
    without keys: whether the system wishes for high contrast from now on.
    """

    keys: tuple[tuple[str, float, bool], ...]
    field: bool
    owned: bool
    quiet: bool
    held: str = ""
    contrast: bool | None = None
    written: bool = False

    @classmethod
    def of(cls, told: Any) -> Keys:
        """Read a message. Raises ValueError where it is none."""
        try:
            keys = tuple((str(key), float(at), bool(other)) for key, at, other in told["keys"])
            field, owned, quiet = (bool(told[name]) for name in ("field", "owned", "quiet"))
            contrast = bool(told["contrast"]) if "contrast" in told else None
            held = str(told.get("held", ""))
            written = bool(told.get("written"))
            return cls(keys, field=field, owned=owned, quiet=quiet, held=held, contrast=contrast, written=written)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError("no keys") from error


Hear = Callable[[Keys], object]
Take = Callable[[Dropped], Awaitable[object]]
Learn = Callable[[CameraFault | None], Awaitable[object]]


@dataclass
class _Page:
    """A page: who hears its keys, takes its pictures, and learns why it could not have a camera."""

    hear: Hear
    take: Take | None
    learn: Learn | None
    taken: int = 0
    """The number of the last keys that were handed over: a message that is sent again counts once."""
    pictured: int = 0
    """The same of pictures."""
    busy: bool = False
    """A picture is being received or read: one at a time."""


def wishes_contrast() -> bool:
    """Whether the page whose connection runs this task wishes for high contrast (CSS Media Queries 5, 11.4)."""
    return _contrast.get()


class Bridge:
    """The pages of one web server, by their tokens. All calls belong to its event loop."""

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}

    def join(self, hear: Hear, take: Take | None = None, learn: Learn | None = None) -> bool:
        """Hand the keys of the page whose connection runs this task to `hear`; False where it has no bridge.

        Its pictures go to `take`, and what it knows of a camera to `learn`.
        """
        token = _token.get()
        if token is None:
            return False
        page = self._pages.get(token) or _Page(hear, take, learn)
        self.leave(hear)
        page.hear, page.take, page.learn = hear, take, learn
        self._pages[token] = page
        return True

    def follow(self, session: Session, hear: Hear, take: Take | None = None, learn: Learn | None = None) -> bool:
        """Do as `join` for the page that this session is shown on, now and after each new connection."""
        if not self.join(hear, take, learn):
            return False
        attach = session.attach_connection

        def attached(connection: Connection) -> None:
            attach(connection)
            self.join(hear, take, learn)

        session.attach_connection = attached  # type: ignore[assignment, method-assign]
        return True

    def leave(self, hear: Hear) -> None:
        """Hand nothing to `hear` any more."""
        self._pages = {token: page for token, page in self._pages.items() if page.hear != hear}

    def around(self, app: App) -> App:
        """Give the web app with the bridge in front of it."""

        async def bridged(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] in (PATH, PICTURE_PATH, CAMERA_PATH):
                await _answer(send, await self._post(scope, receive))
                return
            if scope["type"] == "websocket":
                told = parse_qs(scope["query_string"].decode("latin-1"))
                _token.set(told.get("bridge", [None])[0])
                _contrast.set("contrast" in told)
            await app(scope, receive, send)

        return bridged

    async def _post(self, scope: Scope, receive: Receive) -> int:
        """Take one message; gives the HTTP status."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] != "POST":
            return 405
        if not _is_own(headers):
            return 403
        page = self._pages.get(headers.get("x-bridge", ""))
        if scope["path"] == PICTURE_PATH:  # of no unknown page are so many bytes taken in
            return await _picture(page, headers, receive) if page and page.take else 404
        body = await _body(receive, MOST_BYTES)
        if body is None:
            return 413
        return await _camera(page, body) if scope["path"] == CAMERA_PATH else _keys(page, body)


def _keys(page: _Page | None, body: bytes) -> int:
    try:
        told = json.loads(body)
        number, keys = int(told["number"]), Keys.of(told)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return 400
    if page is None:
        return 404
    if number > page.taken:
        try:
            page.hear(keys)
        except Exception:
            log.exception("a page's keys could not be handed over")
            return 503
        page.taken = number
    return 204


async def _picture(page: _Page, headers: dict[str, str], receive: Receive) -> int:
    """Take a picture, and answer when it has been read: 409 while another is."""
    if page.busy:
        return 409
    page.busy = True
    try:
        body = await _body(receive, MOST_PICTURE_BYTES)
        if body is None:
            return 413
        try:
            number, dropped = int(headers.get("x-number", "")), Dropped.of(headers, body)
        except ValueError:
            return 400
        if number <= page.pictured or page.take is None:
            return 204
        try:
            await page.take(dropped)
        except Exception:
            log.exception("a page's picture could not be handed over")
            return 503
        page.pictured = number
        return 204
    finally:
        page.busy = False


async def _camera(page: _Page | None, body: bytes) -> int:
    try:
        fault = CameraFault(body.decode()) if body else None
    except ValueError:
        return 400
    if page is None:
        return 404
    if page.learn:
        try:
            await page.learn(fault)
        except Exception:
            log.exception("what a page knows of a camera could not be handed over")
            return 503
    return 204


def _is_own(headers: dict[str, str]) -> bool:
    """Whether a request comes from a page of this site.

    Browsers tell so themselves where the connection is safe (Sec-Fetch-Site); elsewhere the origin must be the host.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(headers.get("origin", "")).netloc == headers.get("host")
    except ValueError:  # an origin such as http://[
        return False


async def _body(receive: Receive, most: int) -> bytes | None:
    """The body of a request; None where it is too large, or its sender has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
