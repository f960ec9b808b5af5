"""The bridge hands what a page posts to the session that this page shows, once, and to nobody else's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from contextvars import copy_context
from typing import Any

import pytest

from services.camera.frames import CameraFault
from views.bridge import Bridge, Keys, wishes_contrast
from views.bridge.bridge import CAMERA_PATH, MOST_BYTES, PATH, PICTURE_PATH
from views.bridge.dropped import Dropped

OWN = {"host": "verify.example", "origin": "https://verify.example"}
MESSAGE = {
    "number": 1,
    "keys": [["9", 1.0, False], ["Enter", 1.01, False]],
    "field": False,
    "owned": True,
    "quiet": False,
}
KEYS = Keys((("9", 1.0, False), ("Enter", 1.01, False)), field=False, owned=True, quiet=False)


class Site:
    """A web server with the bridge, and one page that has connected."""

    def __init__(self) -> None:
        self.bridge = Bridge()
        self.heard: list[Keys] = []
        self.pictures: list[Dropped] = []
        self.cameras: list[CameraFault | None] = []
        self.app = self.bridge.around(self._flet)
        self.connect("a1")

    async def _flet(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            self.joined = self.bridge.join(self.heard.append, self.take, self.learn)
            self.contrast = wishes_contrast()

    async def take(self, dropped: Dropped) -> None:
        self.pictures.append(dropped)

    async def learn(self, fault: CameraFault | None) -> None:
        self.cameras.append(fault)

    def connect(self, token: str | None, more: str = "") -> None:
        query = f"bridge={token}{more}".encode() if token else b""
        scope = {"type": "websocket", "path": "/ws", "query_string": query}
        copy_context().run(asyncio.run, self.app(scope, None, None))  # type: ignore[arg-type]

    def post(self, message: object, token: str = "a1", method: str = "POST", path: str = PATH, **headers: str) -> int:
        sent: list[Any] = []
        body = message if isinstance(message, bytes) else json.dumps(message).encode()

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(part: Any) -> None:
            sent.append(part)

        told = {**(headers or OWN), "x-bridge": token}
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in told.items()]
        asyncio.run(self.app({"type": "http", "method": method, "path": path, "headers": raw}, receive, send))
        return int(sent[0]["status"])


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_page_is_heard_by_its_session(site: Site) -> None:
    assert site.post(MESSAGE) == 204
    assert site.heard == [KEYS]


def test_a_message_that_is_sent_again_counts_once(site: Site) -> None:
    for _time in range(3):
        assert site.post(MESSAGE) == 204
    assert site.post({**MESSAGE, "number": 2}) == 204
    assert len(site.heard) == 2


def test_a_page_that_connects_again_goes_on(site: Site) -> None:
    site.post(MESSAGE)
    site.connect("a1")
    assert site.post(MESSAGE) == 204
    assert site.post({**MESSAGE, "number": 2}) == 204
    assert len(site.heard) == 2


def test_a_page_that_is_loaded_anew_takes_the_place_of_the_old_one(site: Site) -> None:
    site.connect("b2")
    assert site.post(MESSAGE, "a1") == 404
    assert site.post(MESSAGE, "b2") == 204
    assert site.heard == [KEYS]


def test_without_the_token_nobody_is_heard(site: Site) -> None:
    assert site.post(MESSAGE, "a2") == 404
    site.connect(None)
    assert not site.joined
    assert site.post(MESSAGE, "") == 404
    assert site.heard == []


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "verify.example", "origin": "https://evil.example"},
        {"host": "verify.example"},
        {"host": "verify.example", "origin": "https://["},
        {**OWN, "sec_fetch_site": "cross-site"},
        {**OWN, "sec_fetch_site": "same-site"},
    ],
)
def test_another_site_is_refused_even_with_the_token(site: Site, headers: dict[str, str]) -> None:
    assert site.post(MESSAGE, **headers) == 403
    assert site.heard == []


def test_behind_a_proxy_the_browser_says_that_the_page_is_the_sites_own(site: Site) -> None:
    inside = {"host": "127.0.0.1:8550", "origin": "https://verify.example", "sec_fetch_site": "same-origin"}
    assert site.post(MESSAGE, **inside) == 204


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"{", 400),
        ([], 400),
        ({**MESSAGE, "keys": [["9"]]}, 400),
        ({**MESSAGE, "keys": [["9", "soon", False]]}, 400),
        ({"number": 1}, 400),
        ({**MESSAGE, "number": float("inf")}, 400),
        ({**MESSAGE, "keys": [["9", 10**400, False]]}, 400),
        (b"[" * (MOST_BYTES - 1), 400),
        (b"1" * (MOST_BYTES + 1), 413),
    ],
)
def test_what_is_no_message_is_refused(site: Site, message: object, status: int) -> None:
    assert site.post(message) == status
    assert site.heard == []


def test_it_is_sent_again_where_nobody_could_hear_it(site: Site) -> None:
    def deaf(_keys: Keys) -> None:
        raise RuntimeError

    site.bridge._pages["a1"].hear = deaf
    assert site.post(MESSAGE) == 503
    site.bridge._pages["a1"].hear = site.heard.append
    assert site.post(MESSAGE) == 204
    assert site.heard == [KEYS]


def test_who_has_left_hears_nothing(site: Site) -> None:
    site.bridge.leave(site.heard.append)
    assert site.post(MESSAGE) == 404


def test_only_posts_are_taken(site: Site) -> None:
    assert site.post(MESSAGE, method="GET") == 405


def test_a_page_tells_the_systems_wish_for_contrast_when_it_connects_and_when_that_changes(site: Site) -> None:
    assert not site.contrast
    site.connect("a1", "&contrast=1")
    assert site.contrast
    site.connect("a1")
    assert not site.contrast, "each connection tells anew"
    assert site.post({"number": 1, "keys": [], "field": False, "owned": False, "quiet": False, "contrast": True}) == 204
    assert [keys.contrast for keys in site.heard] == [True]


def send_picture(site: Site, content: bytes, **told: str) -> int:
    return site.post(content, path=PICTURE_PATH, **(OWN | {"x_number": "1"} | told))


def test_a_picture_is_taken_once_whatever_the_keys_are_numbered(site: Site) -> None:
    assert site.post({**MESSAGE, "number": 7}) == 204
    for _time in range(2):
        assert send_picture(site, b"picture", x_others="2") == 204
    site.connect("a1")
    assert send_picture(site, b"picture", x_others="2") == 204
    assert send_picture(site, b"", x_number="2", x_problem="too_big") == 204
    assert site.pictures == [Dropped(b"picture", others=2), Dropped(b"", "too_big")]


def test_of_an_unknown_page_no_picture_is_taken_in(site: Site) -> None:
    assert site.post(b"picture", "a2", path=PICTURE_PATH, **OWN, x_number="1") == 404
    assert send_picture(site, b"picture", sec_fetch_site="cross-site") == 403


@pytest.mark.parametrize(
    ("content", "told", "status"),
    [
        (b"", {}, 400),
        (b"picture", {"x_problem": "too_big"}, 400),
        (b"", {"x_problem": "internal"}, 400),
        (b"picture", {"x_others": "-1"}, 400),
        (b"picture", {"x_number": "soon"}, 400),
    ],
)
def test_what_is_no_picture_message_is_refused(site: Site, content: bytes, told: dict[str, str], status: int) -> None:
    assert send_picture(site, content, **told) == status
    assert site.pictures == []


def test_no_more_than_the_bound_is_taken_in(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("views.bridge.bridge.MOST_PICTURE_BYTES", 5)
    assert send_picture(site, b"12345") == 204
    assert send_picture(site, b"123456", x_number="2") == 413
    assert [dropped.content for dropped in site.pictures] == [b"12345"]


def test_one_picture_is_read_at_a_time(site: Site) -> None:
    site.bridge._pages["a1"].busy = True
    assert send_picture(site, b"picture") == 409
    site.bridge._pages["a1"].busy = False
    assert send_picture(site, b"picture") == 204
    assert not site.bridge._pages["a1"].busy


def test_a_page_tells_why_it_can_have_no_camera(site: Site) -> None:
    for told in (b"no_camera", b"insecure_page", b""):
        assert site.post(told, path=CAMERA_PATH, **OWN) == 204
    assert site.post(b"broken", path=CAMERA_PATH, **OWN) == 400
    assert site.cameras == [CameraFault.NO_CAMERA, CameraFault.INSECURE_PAGE, None]
