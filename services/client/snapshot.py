"""Fetches the whole register, and goes on where an earlier try broke off."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests

from services.client.answers import Snapshot
from services.client.exchange import Exchange, contract, date_of, instance, text_of
from services.client.transport import Unreachable
from services.register.about import check_register
from services.register.arriving import Arriving, Whose

_LIMIT = 512 * 1024 * 1024
_MOST_PRODUCTS = 1_000_000
_ONE_PIECE = 16 * 1024 * 1024
"""Bytes of JSON that are parsed in one piece, which takes up to 25 times as much memory."""

Progress = Callable[[int, int], object]


def snapshot(
    exchange: Exchange,
    etag: str | None,
    arriving: Arriving | None,
    cancelled: Callable[[], bool],
    progress: Progress,
) -> Snapshot | None:
    """The whole register, as Registry.snapshot says."""
    if arriving and arriving.whose and arriving.whose.source != exchange.url:
        arriving.drop()
    earlier = arriving.whose if arriving and arriving.size else None
    came, answer = _Coming(exchange.url, arriving, progress), None
    if earlier is None or not (arriving and arriving.is_whole):
        headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": etag} if etag else {})
        if arriving and earlier:
            headers |= {"Range": f"bytes={arriving.size}-", "If-Range": earlier.etag}
        answer = exchange.call("GET", "/snapshot", headers=headers, limit=_LIMIT, cancelled=cancelled, keep=came.keep)
        if answer.status == 304:
            exchange.believe(answer)
            return None
        if came.loose is not None:
            is_gzip = answer.headers.get("Content-Encoding") == "gzip"
            found = _read(bytes(came.loose), is_gzip, answer.date, answer.headers.get("ETag"), resumed=False)
            exchange.believe(answer)
            return found
    if arriving is None or arriving.whose is None or not arriving.is_whole:
        raise Unreachable("not_the_registry")
    whose = arriving.whose
    try:
        found = _read(arriving.content(), True, whose.date, whose.etag, resumed=whose == earlier)
    except Unreachable:
        arriving.drop()
        raise
    if answer is not None:
        exchange.believe(answer)
    return found


def _read(content: bytes, is_gzip: bool, as_of: datetime, etag: str | None, *, resumed: bool) -> Snapshot:
    with contract():
        document = _split_products(_unpacked(content) if is_gzip else content)
        return Snapshot(
            products=instance(document["products"], list),
            next_cursor=text_of(document["next_cursor"]),
            register=check_register(document["register"]),
            as_of=as_of,
            etag=etag,
            resumed=resumed,
        )


class _Coming:
    """Takes an answer as it comes: into `arriving` where the server can go on later, else into `loose`."""

    def __init__(self, url: str, arriving: Arriving | None, progress: Progress) -> None:
        self._url = url
        self._arriving = arriving
        self._progress = progress
        self.loose: bytearray | None = None

    def keep(self, response: requests.Response) -> Callable[[bytes], object] | None:
        """What takes the pieces of this answer's body; None where it is no register."""
        arriving, headers = self._arriving, response.headers
        if response.status_code == 206:
            with contract():
                if arriving is None or arriving.whose is None or headers["ETag"] != arriving.whose.etag:
                    raise ValueError("a part that was not asked for")
                whole = arriving.whose.length
                if headers["Content-Range"] != f"bytes {arriving.size}-{whole - 1}/{whole}":
                    raise ValueError("another part")
                return self._add
        if response.status_code != 200:
            return None
        etag, length = headers.get("ETag", ""), headers.get("Content-Length", "")
        can_go_on = headers.get("Accept-Ranges") == "bytes" and headers.get("Content-Encoding") == "gzip"
        if arriving and can_go_on and etag.startswith('"') and length.isdecimal():
            with contract():
                if int(length) > _LIMIT:  # each further try would put as much again on the disk
                    raise Unreachable("too_large")
                arriving.begin(Whose(self._url, etag, int(length), date_of(headers).isoformat()))
            return self._add
        self.loose = bytearray()
        return self.loose.extend

    def _add(self, piece: bytes) -> None:
        assert self._arriving  # noqa: S101 - where there is none, nothing is added to it
        self._arriving.add(piece)
        if self._arriving.whose:
            self._progress(self._arriving.size, self._arriving.whose.length)


def _unpacked(content: bytes) -> bytes:
    """The text of a whole gzip answer. Raises ValueError for anything else, Unreachable where it is too large."""
    stream = zlib.decompressobj(31)
    try:
        text = stream.decompress(content, _LIMIT)
    except zlib.error as error:
        raise ValueError("no gzip, or bytes of two answers") from error
    if stream.unconsumed_tail:
        raise Unreachable("too_large")
    if not stream.eof or stream.unused_data:
        raise ValueError("not whole")
    return text


def _split_products(content: bytes) -> Any:
    """Parse a snapshot, but leave each product as JSON: products that have a line of their own are not parsed."""
    lines = io.BytesIO(content)
    begin = lines.readline().rstrip()
    if begin == b'{"products":[':
        products: list[bytes] = []
        for line in lines:
            if line.startswith(b"]"):
                return {**json.loads(begin + line + _in_one_piece(lines.read())), "products": products}
            products.append(line.rstrip(b",\r\n"))
            if len(products) > _MOST_PRODUCTS:
                raise ValueError("more products than a register can hold")
    document = json.loads(_in_one_piece(content))
    if isinstance(document, dict) and isinstance(document.get("products"), list):
        document["products"] = [json.dumps(product).encode() for product in document["products"]]
    return document


def _in_one_piece(content: bytes) -> bytes:
    if len(content) > _ONE_PIECE:
        raise ValueError("too much JSON in one piece")
    return content
