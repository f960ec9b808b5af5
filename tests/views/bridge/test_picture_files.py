"""The web version's own address has the pictures, for ever, and fetches none that the register does not name."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from services.register.pictures import Pictures
from tests.services.register.test_device_pictures import A, B, C, Server
from views.bridge.picture_files import with_pictures

NOT_NAMED = "d4" * 32


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def pictures(tmp_path: Path, server: Server) -> Pictures:
    return Pictures(tmp_path, server.fetch, lambda: server.named)


def ask(pictures: Pictures, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def other(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(part: Any) -> None:
        sent.append(part)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(with_pictures(pictures, other)(scope, None, send))  # type: ignore[arg-type]
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"]


def test_a_picture_is_given_for_ever(pictures: Pictures, server: Server) -> None:
    status, headers, body = ask(pictures, f"/pictures/{A}/160")
    assert (status, body, headers["content-type"]) == (200, server.has[A], "image/webp")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(pictures, f"/pictures/{A}/160", "HEAD")[::2] == (200, b"")
    assert ask(pictures, f"/pictures/{A}/160", if_none_match=headers["etag"])[0] == 304
    assert server.asked == [(A, 160)]


@pytest.mark.parametrize("path", [f"{NOT_NAMED}/160", f"{B}/161", f"{B}/", B, f"{B}/160/x", "../x/160", f"{C}/160"])
def test_what_there_is_not_is_not_kept_by_browsers(pictures: Pictures, server: Server, path: str) -> None:
    status, headers, _body = ask(pictures, f"/pictures/{path}")
    assert (status, headers["cache-control"]) == (404, "no-store")
    assert server.asked in ([], [(C, 160)])


def test_while_the_register_cannot_be_reached_the_browser_may_ask_again(pictures: Pictures, server: Server) -> None:
    def fail() -> None:
        raise ConnectionError

    server.before = fail
    status, headers, _body = ask(pictures, f"/pictures/{A}/160")
    assert (status, headers["cache-control"]) == (503, "no-store")


def test_everything_else_is_the_apps(pictures: Pictures) -> None:
    assert ask(pictures, "/register")[0] == 299
    assert ask(pictures, f"/pictures/{A}/160", "POST")[0] == 405
