"""The files of the web client: packed as a browser takes them, kept where a hash names them, whole in each case."""

from __future__ import annotations

import asyncio
import errno
import gzip
import hashlib
import json
import re
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest

from tests.support.browser import ROOT
from views.bridge.client_files import FOR_EVER, ClientFiles, accepted
from views.bridge.packing import Packer

PAGE = (ROOT / "assets/index.html").read_bytes()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def whole(self) -> bytes:
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
        return bytes(unpack[self.headers.get("content-encoding")](self.body))


class Site:
    """Flet's web app, which knows its page alone, with the files of the client in front of it."""

    def __init__(self, cache: Path, assets: Path = ROOT / "assets") -> None:
        self.packer = Packer(cache, thorough=False)
        self.app = ClientFiles(assets, self.packer).around(self._flet)

    async def _flet(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        found = scope["path"] == "/"
        headers = [(b"content-type", b"text/html; charset=utf-8" if found else b"text/plain")]
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
        await send({"type": "http.response.body", "body": PAGE[:500], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[500:]})

    def get(self, path: str, **headers: str) -> Answer:
        sent: list[Any] = []
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip

        async def receive() -> Any:
            await asyncio.Event().wait()  # the browser stays

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("packed"))


def test_the_page_names_addresses_that_a_browser_keeps(site: Site) -> None:
    page = site.get("/", accept_encoding="gzip, deflate, br")
    told = json.loads(re.findall(rb"flet.versions = (\{.*?\});", page.whole())[0])
    assert page.headers["cache-control"] == "no-cache"
    scripts = re.findall(r' src="([^"]+)"', page.whole().decode())
    assert len(scripts) >= 5
    for path in (*scripts, f"{told['engine']}flutter_bootstrap.js", f"{told['assets']}assets/FontManifest.json"):
        assert path.startswith((told["engine"], told["assets"]))
        answer = site.get(f"/{path}")
        assert (answer.status, answer.headers["cache-control"]) == (200, FOR_EVER), path
    assert site.get("/", accept_encoding="br", if_none_match=page.headers["etag"]).status == 304


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_a_file_comes_whole_however_it_is_packed(site: Site, encoding: str) -> None:
    held = (ROOT / "assets/bridge.js").read_bytes()
    first = site.get("/bridge.js", accept_encoding=encoding)
    again = site.get("/bridge.js", accept_encoding=encoding)
    assert first.headers.get("content-encoding", "") == encoding
    assert first.whole() == again.whole() == held
    assert first.headers["vary"] == "accept-encoding"
    assert first.headers["cache-control"] == "no-cache", "a plain address may hold something else tomorrow"
    assert site.get("/bridge.js", if_none_match=first.headers["etag"]).status == 304
    assert site.get("/bridge.js", if_none_match='"of another file"').status == 200


def test_a_page_of_an_earlier_version_gets_what_there_is_and_does_not_keep_it(site: Site) -> None:
    answer = site.get("/assets/0123456789abcdef/bridge.js")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")


def test_what_is_no_file_is_left_to_flet(site: Site) -> None:
    for path in ("/nothing.js", "/../main.py", "/assets/0123456789abcdef/../main.py", "/index.html", "/manifest.json"):
        assert site.get(path).status == 404


def test_letters_that_the_text_lacks_come_from_a_font_of_this_host(site: Site) -> None:
    answer = site.get("/assets/fonts/notosans/v37/o-0mIpQlx3QUlC5A4PNB.woff2")
    assert answer.status == 200
    assert answer.body[:4] == b"wOF2"


def test_a_manifest_without_roboto_goes_before_flets_own(site: Site) -> None:
    fonts = json.loads(site.get("/assets/FontManifest.json").body)
    assert not [font for family in fonts for font in family["fonts"] if "roboto" in font["asset"].lower()]


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("identity", ""),
        ("", ""),
        ("br;q=abc", "br"),
    ],
)
def test_the_encoding_is_one_that_the_browser_takes(header: str, taken: str) -> None:
    assert accepted(header) == taken


def test_the_best_packing_takes_the_place_of_the_quick_one(tmp_path: Path) -> None:
    file = ROOT / "assets/bridge.js"
    packer = Packer(tmp_path / "packed")
    assert packer.packed(file, "of another", "br") is None, "it holds something else than its hash says"
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    quick = packer.packed(file, sha256, "br")
    assert quick is not None
    assert quick.path.suffix == ".quick"
    size = quick.path.stat().st_size
    ends = time.monotonic() + 5
    while (best := packer.packed(file, sha256, "br")) == quick:
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert best is not None
    assert best.path.stat().st_size < size
    assert brotli.decompress(best.path.read_bytes()) == file.read_bytes()
    packer.forget_others({sha256})
    assert [path.name for path in best.path.parent.iterdir()] == [best.path.name]


def test_a_disk_that_takes_nothing_does_not_keep_a_page_from_loading(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder would be")
    site = Site(tmp_path / "taken")
    answer = site.get("/bridge.js", accept_encoding="br")
    assert (answer.status, answer.headers["content-encoding"]) == (200, "br")
    assert answer.whole() == (ROOT / "assets/bridge.js").read_bytes()
    packed = site.packer.packed(ROOT / "assets/bridge.js", answer.headers["etag"][1:65], "br")
    assert packed is not None
    assert packed.content == answer.body, "it is packed once"


def test_a_full_disk_keeps_nothing_of_what_it_did_not_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    site = Site(tmp_path)
    for _ in range(2):
        assert site.get("/bridge.js", accept_encoding="br").whole() == (ROOT / "assets/bridge.js").read_bytes()
    assert not list(tmp_path.iterdir())


def test_a_file_that_changes_while_it_is_served_is_not_kept_under_the_earlier_hash(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "one.js").write_text("old")
    site = Site(tmp_path / "packed", assets)
    version = re.findall(rb'"assets": "(assets/[0-9a-f]{16}/)"', site.get("/").body)[0].decode()
    old = site.get(f"/{version}one.js")
    assert (old.body, old.headers["cache-control"]) == (b"old", FOR_EVER)
    (assets / "one.js").write_text("newer")
    for encoding in ("", "br"):
        new = site.get(f"/{version}one.js", accept_encoding=encoding, if_none_match=old.headers["etag"])
        assert (new.status, new.whole(), new.headers["cache-control"]) == (200, b"newer", "no-cache")
    (assets / "one.js").unlink()
    assert site.get(f"/{version}one.js").status == 404
