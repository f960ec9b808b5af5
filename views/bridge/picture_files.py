"""Serves pictures of products to the browsers of the web version, from the app's own address, so that they keep them.

Through Flet's web socket each picture would come again with each drawing of each page.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from services.register.pictures import Pictures
from services.safe_errors import describe
from views.bridge.bridge import App, Receive, Scope, Send
from views.parts.product_picture import PATH

_FOR_EVER = "public, max-age=31536000, immutable"
"""A name never stands for another picture."""

log = logging.getLogger(__name__)


def with_pictures(pictures: Pictures, app: App) -> App:
    """Give the web app with the pictures in front of it: `/pictures/<sha256>/<width>`, as on the register's server.

    Only pictures that the copy of the register names are fetched, so nobody can make this site ask for others.
    """

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PATH):
            await _serve(pictures, scope, send)
            return
        await app(scope, receive, send)

    return served


async def _serve(pictures: Pictures, scope: Scope, send: Send) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        await _answer(send, 405, {"allow": "GET, HEAD"})
        return
    sha256, _slash, told = scope["path"].removeprefix(PATH).partition("/")
    width = int(told) if told.isascii() and told.isdecimal() and len(told) < 5 else 0
    etag = f'"{sha256}-{width}"'
    try:
        if not await asyncio.to_thread(pictures.is_named, sha256):
            await _answer(send, 404)
            return
        content = await asyncio.to_thread(pictures.kept, sha256, width)
        if content is None:
            content = await asyncio.wrap_future(pictures.ask(sha256, width))
    except ValueError:  # a width that there is not
        await _answer(send, 404)
        return
    except Exception as error:
        log.info("a picture could not be fetched: %s", describe(error))
        await _answer(send, 503, {"retry-after": "10"})
        return
    if content is None:
        await _answer(send, 404)
        return
    headers = {"cache-control": _FOR_EVER, "etag": etag}
    if any(name == b"if-none-match" and etag.encode() in value for name, value in scope["headers"]):
        await _answer(send, 304, headers)
        return
    headers |= {
        "content-type": "image/webp",
        "content-length": str(len(content)),
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    await _answer(send, 200, headers, content if scope["method"] == "GET" else b"")


async def _answer(send: Send, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
    raw = [(k.encode(), v.encode()) for k, v in ({"cache-control": "no-store"} | dict(headers or {})).items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
