"""Serves the files of the web client in front of Flet's app: packed, and kept by browsers where a hash names them.

What the first frame needs has an address that begins with a hash, so a browser asks for it once: `engine/<hash>/…` for
the large files, which change with Flet alone, and `assets/<hash>/…` for the others. The page names both hashes, and is
itself asked for at each visit. Every file has its plain address as well, and is there asked for by its ETag.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from flet_web import get_package_web_dir
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response

from views.bridge.bridge import App, Receive, Scope, Send
from views.bridge.packing import QUICK, Packer

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

_PACKED = frozenset({".css", ".frag", ".html", ".js", ".json", ".mjs", ".otf", ".svg", ".ttf", ".txt", ".wasm", ".bin"})
_ENGINE = ("main.dart", "canvaskit/", "flutter")
"""How the names of the engine's files begin."""

_LEFT_TO_FLET = re.compile(r"(index\.html|manifest\.json|pyodide/.*|.*\.symbols|.*\.map)$")
"""What Flet fills in before it sends it, and what no page of ours asks for."""

_VERSIONED = re.compile(r"^(?:engine|assets)/[0-9a-f]{16}/(.+)$")
_FALLBACK = re.compile(r"^assets/fonts/noto\w+/.+")
_FALLBACK_FONT = "assets/fonts/roboto.woff2"
"""What Flutter's engine asks for to draw letters that the text's font lacks, and what it gets: a font of Flet's client
that has Greek and Cyrillic. An address that imitates another with such letters must show them.
"""

_PLACE = "<!-- versions -->"
_LOADED = re.compile(r'(?<= src=")[^"]+(?=")')


@dataclass(frozen=True)
class ClientFile:
    """A file that is served, with the hash of what it holds, and its time of change in nanoseconds."""

    path: Path
    sha256: str
    size: int
    written: int

    @classmethod
    def read(cls, path: Path) -> ClientFile:
        """Read the file as it is now. Raises OSError."""
        written, held = path.stat().st_mtime_ns, path.read_bytes()
        return cls(path, hashlib.sha256(held).hexdigest(), len(held), written)

    def is_current(self) -> bool:
        """Whether the file is as it was read. Raises OSError where it is gone."""
        state = self.path.stat()
        return (state.st_size, state.st_mtime_ns) == (self.size, self.written)


class ClientFiles:
    """The files below two folders by their addresses: those of `assets` go before those of Flet's client."""

    def __init__(self, assets: Path, packer: Packer) -> None:
        self._files = _files(Path(get_package_web_dir())) | _files(assets)
        self._packer = packer
        engine = {name: file for name, file in self._files.items() if name.startswith(_ENGINE)}
        others = {name: file for name, file in self._files.items() if name not in engine}
        self._prefixes = {"engine": f"engine/{_version(engine)}/", "assets": f"assets/{_version(others)}/"}
        packer.forget_others({file.sha256 for file in self._files.values()})

    def around(self, app: App) -> App:
        """Give the web app with these files in front of it."""

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
                await app(scope, receive, send)
                return
            answer = await asyncio.to_thread(self._answer, scope["path"].lstrip("/"), Headers(scope=scope))
            if answer:
                await answer(scope, receive, send)
            elif scope["method"] == "GET":
                await app(scope, receive, _Page(self, scope, receive, send).send)
            else:
                await app(scope, receive, send)

        return served

    def _answer(self, path: str, asked: Headers) -> Response | None:
        """The answer to a request for a file; None where there is none at this path."""
        # An earlier version's page gets what there is now, and is not to keep it.
        kept = FOR_EVER if path.startswith(tuple(self._prefixes.values())) else ASK_AGAIN
        if versioned := _VERSIONED.match(path):
            path = versioned[1]
        file = self._files.get(_FALLBACK_FONT if _FALLBACK.match(path) else path)
        if file is None:
            return None
        try:
            if not file.is_current():  # the address names what it was
                file, kept = ClientFile.read(file.path), ASK_AGAIN
        except OSError:
            return None
        headers = {"cache-control": kept, "etag": f'"{file.sha256}"', "vary": "accept-encoding"}
        if file.sha256 in asked.get("if-none-match", ""):  # however it was packed
            return Response(status_code=304, headers=headers)
        encoding = accepted(asked.get("accept-encoding", "")) if file.path.suffix in _PACKED else ""
        packed = self._packer.packed(file.path, file.sha256, encoding) if encoding else None
        if packed:
            headers |= {"content-encoding": encoding, "etag": f'"{file.sha256}{packed.path.suffix}"'}
            if packed.content is not None:
                return Response(packed.content, headers=headers, media_type=_media_type(path))
        return FileResponse(packed.path if packed else file.path, headers=headers, media_type=_media_type(path))

    def page(self, html: bytes, asked: Headers) -> Response:
        """Flet's page with the addresses filled in, packed; 304 where the browser has it."""
        encoding = accepted(asked.get("accept-encoding", ""))
        body = _pack(self._filled_in(html.decode()).encode(), encoding)
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        headers = {"cache-control": ASK_AGAIN, "etag": etag, "vary": "accept-encoding"}
        if etag in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["content-encoding"] = encoding
        return Response(body, headers=headers, media_type="text/html")

    def _filled_in(self, html: str) -> str:
        sizes = {name: file.size for name, file in self._files.items() if name.endswith(".wasm")}
        told = json.dumps(self._prefixes | {"sizes": sizes})
        html = html.replace(_PLACE, f"<script>flet.versions = {told};</script>")
        return _LOADED.sub(lambda named: self._versioned(named[0]), html)

    def _versioned(self, name: str) -> str:
        if name not in self._files:
            return name
        return self._prefixes["engine" if name.startswith(_ENGINE) else "assets"] + name


class _Page:
    """Takes what Flet's app sends, and sends it on; a page is held back until it is whole, to be filled in."""

    def __init__(self, files: ClientFiles, scope: Scope, receive: Receive, send: Send) -> None:
        self._files, self._scope, self._receive, self._send = files, scope, receive, send
        self._html: bytearray | None = None

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._html = bytearray()
            return
        if self._html is None:
            await self._send(message)
            return
        self._html += message.get("body", b"")
        if not message.get("more_body"):
            page = self._files.page(bytes(self._html), Headers(scope=self._scope))
            await page(self._scope, self._receive, self._send)


def _is_page(start: MutableMapping[str, Any]) -> bool:
    told = Headers(raw=start["headers"])
    return start["status"] == 200 and told.get("content-type", "").startswith("text/html")


def accepted(header: str) -> str:
    """The better of `br` and `gzip` that an Accept-Encoding header takes (RFC 9110, 12.5.3), or an empty text."""
    weights = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name] = next((float(p[2:]) for p in parameters if re.fullmatch(r"q=[01](\.\d{0,3})?", p)), 1.0)
    return next((name for name in ("br", "gzip") if weights.get(name, weights.get("*", 0.0)) > 0), "")


def _files(folder: Path) -> dict[str, ClientFile]:
    """The files below a folder by their names there."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not _LEFT_TO_FLET.match(name):
            found[name] = ClientFile.read(path)
    return found


def _version(files: dict[str, ClientFile]) -> str:
    """The hash of a tree: of the names of its files and of what they hold."""
    told = "".join(f"{name} {file.sha256}\n" for name, file in files.items())
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _media_type(path: str) -> str:
    """By the name's end; what a system's own list may lack or have wrong is told here."""
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
    return known.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


@lru_cache(maxsize=8)
def _pack(body: bytes, encoding: str) -> bytes:
    """A page packed as `br` or `gzip`, or as it is; it is the same for all visitors."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=QUICK))
    return gzip.compress(body, mtime=0) if encoding == "gzip" else body
