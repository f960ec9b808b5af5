"""Every fault by name: what happens to one request and its answer on the way.

A fault returns True where the connection can be used again. The proxy closes it otherwise.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.proxy import Exchange

Act = Callable[["Exchange"], bool]


@dataclass(frozen=True)
class Kind:
    """A fault. `often` is its share among the faults of a plan; 0: only where a plan names it."""

    name: str
    act: Act
    often: float


KINDS: dict[str, Kind] = {}


def _kind(often: float = 1.0) -> Callable[[Act], Act]:
    def enter(act: Act) -> Act:
        name = act.__name__
        KINDS[name] = Kind(name, act, often)
        return act

    return enter


# Cut connections


@_kind()
def closed_before_the_request(exchange: Exchange) -> bool:
    exchange.whole_request()
    return False


@_kind()
def closed_in_the_request(exchange: Exchange) -> bool:
    exchange.send_part()
    return False


@_kind()
def closed_before_the_answer(exchange: Exchange) -> bool:
    exchange.ask()
    return False


@_kind()
def closed_in_the_answer(exchange: Exchange) -> bool:
    exchange.say_part(exchange.ask())
    return False


@_kind()
def reset_before_the_request(exchange: Exchange) -> bool:
    exchange.reset()
    return False


@_kind()
def reset_in_the_request(exchange: Exchange) -> bool:
    exchange.send_part()
    exchange.reset()
    return False


@_kind()
def reset_before_the_answer(exchange: Exchange) -> bool:
    exchange.ask()
    exchange.reset()
    return False


@_kind()
def reset_in_the_answer(exchange: Exchange) -> bool:
    exchange.say_part(exchange.ask())
    exchange.reset()
    return False


@_kind()
def closed_after_the_answer(exchange: Exchange) -> bool:
    """The client finds a connection in its pool that is dead."""
    exchange.say(exchange.ask())
    return False


@_kind()
def reset_after_the_answer(exchange: Exchange) -> bool:
    exchange.say(exchange.ask())
    time.sleep(0.01)  # a reset overtakes what was not read yet
    exchange.reset()
    return False


# Slow connections


@_kind()
def slow(exchange: Exchange) -> bool:
    time.sleep(exchange.proxy.patience * exchange.draw.uniform(0.1, 0.5))
    exchange.say(exchange.ask())
    return True


@_kind(0.3)
def request_later_than_the_time_out(exchange: Exchange) -> bool:
    """The client has long given up, and may have sent it again, when the server gets it."""
    request = exchange.whole_request()
    exchange.wait_for_hang_up()
    exchange.proxy.ask(request)
    return False


@_kind(0.3)
def answer_later_than_the_time_out(exchange: Exchange) -> bool:
    exchange.ask()
    exchange.wait_for_hang_up()
    return False


@_kind()
def dribbled_answer(exchange: Exchange) -> bool:
    """Byte by byte."""
    answer = exchange.ask()
    for place in range(min(len(answer), 1500)):
        exchange.say(answer[place : place + 1])
    exchange.say(answer[1500:])
    return True


@_kind(0.3)
def headers_dribbled_without_end(exchange: Exchange) -> bool:
    exchange.whole_request()
    exchange.say(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    exchange.say_on(b"x", pause=exchange.proxy.patience / 4)
    return False


@_kind(0.3)
def body_dribbled_without_end(exchange: Exchange) -> bool:
    exchange.whole_request()
    exchange.say(_head("200 OK", {"Content-Length": "1000000"}))
    exchange.say_on(b" ", pause=exchange.proxy.patience / 4)
    return False


@_kind()
def slow_and_cut(exchange: Exchange) -> bool:
    """Half of what takes its time arrives: of the body on its way up, or of the answer."""
    if exchange.method == b"PUT" and exchange.draw.random() < 0.5:
        exchange.read_half(pause=0.002)
    else:
        answer = exchange.ask()
        for place in range(0, len(answer) // 2, 4096):
            exchange.say(answer[place : min(place + 4096, len(answer) // 2)])
            time.sleep(0.002)
    exchange.reset()
    return False


# The request more than once


@_kind(2)
def sent_twice(exchange: Exchange) -> bool:
    first = exchange.ask()
    second = exchange.ask()
    exchange.say(exchange.draw.choice((first, second)))
    return True


@_kind(2)
def sent_twice_at_once(exchange: Exchange) -> bool:
    request = exchange.whole_request()
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(exchange.proxy.ask(request))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    exchange.say(exchange.draw.choice(answers))
    return True


@_kind(2)
def old_request_replayed(exchange: Exchange) -> bool:
    """Out of order, long after the note was acknowledged."""
    acknowledged = list(exchange.proxy.acknowledged)
    if acknowledged:
        exchange.proxy.ask(exchange.draw.choice(acknowledged))
    exchange.say(exchange.ask())
    return True


@_kind()
def sent_twice_and_cut(exchange: Exchange) -> bool:
    exchange.ask()
    exchange.ask()
    return False


# What arrives is not what was sent


@_kind()
def request_garbled(exchange: Exchange) -> bool:
    """One bit of a note's or a photo's body is another one."""
    request = bytearray(exchange.whole_request())
    if exchange.method == b"PUT":
        place = exchange.draw.randrange(len(exchange.head), len(request))
        request[place] ^= 1 << exchange.draw.randrange(7)
    exchange.say(exchange.proxy.ask(bytes(request)))
    return True


_DROPPED = (b"Upload-Offset", b"X-Device", b"Content-Type", b"Content-Digest", b"Authorization")


@_kind(2)
def header_dropped(exchange: Exchange) -> bool:
    """A gateway passes on the headers that it knows, in one direction or the other."""
    request = exchange.whole_request()
    there = [name for name in _DROPPED if b"\r\n" + name.lower() + b":" in exchange.head.lower()]
    if exchange.method == b"PUT" and there and exchange.draw.random() < 0.8:
        head = _with(exchange.head, exchange.draw.choice(there), None)
        exchange.say(exchange.proxy.ask(head + exchange.body))
        return True
    head, body = _parts(exchange.proxy.ask(request))
    for name in (b"Upload-Offset", b"Upload-Length", b"ETag", b"Accept-Ranges"):
        head = _with(head, name, None)
    exchange.say(head + body)
    return True


@_kind()
def content_length_too_long(exchange: Exchange) -> bool:
    head, body = _parts(exchange.ask())
    exchange.say(_with(head, b"Content-Length", str(len(body) + exchange.draw.randint(1, 50)).encode()) + body)
    return False


@_kind()
def content_length_too_short(exchange: Exchange) -> bool:
    """The rest of the answer lies where the next one should begin."""
    head, body = _parts(exchange.ask())
    exchange.say(_with(head, b"Content-Length", str(exchange.draw.randrange(len(body) + 1)).encode()) + body)
    return True


@_kind()
def chunked_answer_cut(exchange: Exchange) -> bool:
    _, body = _parts(exchange.ask())
    half = body[: len(body) // 2]
    exchange.say(_head("200 OK", {"Transfer-Encoding": "chunked"}) + b"%x\r\n%b\r\n" % (len(half), half))
    return False


@_kind()
def gzip_broken(exchange: Exchange) -> bool:
    _, body = _parts(exchange.ask())
    packed = bytearray(gzip.compress(body))
    packed[len(packed) // 2] ^= 0xFF
    exchange.say(_answer("200 OK", bytes(packed), {"Content-Encoding": "gzip"}))
    return True


@_kind()
def gzip_cut(exchange: Exchange) -> bool:
    """Whole by its Content-Length, and not by what it unpacks to."""
    _, body = _parts(exchange.ask())
    packed = gzip.compress(body)
    exchange.say(_answer("200 OK", packed[: len(packed) // 2], {"Content-Encoding": "gzip"}))
    return True


@_kind()
def date_missing(exchange: Exchange) -> bool:
    head, body = _parts(exchange.ask())
    exchange.say(_with(head, b"Date", None) + body)
    return True


@_kind()
def date_garbled(exchange: Exchange) -> bool:
    head, body = _parts(exchange.ask())
    exchange.say(
        _with(head, b"Date", exchange.draw.choice((b"yesterday", b"", b"Mon, 99 Nov 2026 25:61:61 GMT"))) + body
    )
    return True


@_kind()
def clock_far_off(exchange: Exchange) -> bool:
    head, body = _parts(exchange.ask())
    moment = datetime.now(UTC) + timedelta(days=exchange.draw.choice((-20000, -365, 365, 20000)))
    exchange.say(_with(head, b"Date", format_datetime(moment, usegmt=True).encode()) + body)
    return True


@_kind()
def answer_of_another_request(exchange: Exchange) -> bool:
    """A confused gateway gives each of us the other's answer."""
    answer = exchange.ask()
    earlier = exchange.proxy.last_answer
    exchange.proxy.last_answer = answer
    exchange.say(earlier or _answer("200 OK", b"{}"))
    return True


# Others answer in the server's place, and it hears nothing


def _stranger(name: str, answer: Callable[[Exchange], bytes], often: float = 0.6) -> None:
    def act(exchange: Exchange) -> bool:
        exchange.whole_request()
        exchange.say(answer(exchange))
        return True

    KINDS[name] = Kind(name, act, often)


def _receipt(exchange: Exchange, **other: object) -> bytes:
    """A receipt in the contract's form for the note or photo that was sent, but for `other`."""
    path = exchange.path.split("/")
    note_id = path[4] if len(path) > 4 else str(uuid.UUID(int=exchange.draw.getrandbits(128)))
    body = exchange.whole_request()[len(exchange.head) :]
    digest = exchange.digest
    photos = [{"sha256": digest, "stored": True}]
    right = {
        "id": note_id,
        "sha256": digest,
        "size": len(body),
        "received_at": "2026-11-23T08:00:00Z",
        "photos": photos,
    }
    return _answer("200 OK", json.dumps(right | other).encode())


def _page(status: str, **headers: str) -> Callable[[Exchange], bytes]:
    page = f"<html><title>{status}</title><h1>{status}</h1></html>".encode()
    return lambda exchange: _answer(status, page, {"Content-Type": "text/html"} | headers)


def _to_elsewhere(status: str) -> Callable[[Exchange], bytes]:
    return lambda exchange: _answer(status, b"", {"Location": exchange.proxy.elsewhere + exchange.path})


_stranger("portal_page", _page("200 OK"))
_stranger("portal_json", lambda exchange: _answer("200 OK", b'{"status": "ok"}'))
_stranger("receipt_for_another_id", lambda exchange: _receipt(exchange, id=str(uuid.UUID(int=7, version=4))))
_stranger("receipt_for_another_hash", lambda exchange: _receipt(exchange, sha256="0" * 64))
_stranger("empty_200", lambda exchange: _answer("200 OK", b""))
_stranger("empty_201", lambda exchange: _answer("201 Created", b""))
_stranger("empty_204", lambda exchange: _head("204 No Content", {}))
for _status in (
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
):
    _stranger(f"redirect_{_status[:3]}", _to_elsewhere(_status))
for _status in ("401 Unauthorized", "403 Forbidden", "404 Not Found", "407 Proxy Authentication Required",
                "408 Request Timeout", "410 Gone", "413 Content Too Large"):  # fmt: skip
    _stranger(f"gateway_{_status[:3]}", _page(_status))
_stranger(
    "gateway_404_json", lambda exchange: _answer("404 Not Found", b'{"error": "Not Found", "detail": "no route"}')
)
_stranger("gateway_401_basic", _page("401 Unauthorized", **{"WWW-Authenticate": 'Basic realm="proxy"'}))
_stranger("gateway_429", _page("429 Too Many Requests", **{"Retry-After": "0.3"}))
_stranger("gateway_503_retry_after", _page("503 Service Unavailable", **{"Retry-After": "0.3"}))
for _status in ("500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"):
    _stranger(f"gateway_{_status[:3]}", _page(_status))


@_kind(0.6)
def garbage(exchange: Exchange) -> bool:
    exchange.whole_request()
    exchange.say(
        exchange.draw.choice((b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\x02\x00", b"\r\n\r\n" * 9, b"HTTP/9 ok\r\n"))
    )
    return False


@_kind(0.4)
def answer_without_end(exchange: Exchange) -> bool:
    """As much as the client takes."""
    exchange.whole_request()
    exchange.say(_head("200 OK", {}))
    exchange.say_on(b" " * 65536, pause=0, most=64 * 1024 * 1024)
    return False


@_kind(0.4)
def headers_without_end(exchange: Exchange) -> bool:
    exchange.whole_request()
    exchange.say(b"HTTP/1.1 200 OK\r\n")
    exchange.say_on(b"X-Filler: " + b"x" * 1000 + b"\r\n", pause=0, most=16 * 1024 * 1024)
    return False


# Both ends


@_kind()
def photos_unreadable(exchange: Exchange) -> bool:
    """The device's disk does not give its photos for a moment."""
    exchange.proxy.disturb_disk()
    exchange.say(exchange.ask())
    return True


@_kind(0.4)
def access_token_expired(exchange: Exchange) -> bool:
    """The server takes none of the access tokens that it has given any more."""
    exchange.proxy.expire_tokens()
    exchange.say(exchange.ask())
    return True


@_kind(0)
def account_renamed(exchange: Exchange) -> bool:
    """The office gives the inspectors other names, while their notes wait on the device."""
    exchange.proxy.rename_accounts()
    exchange.say(exchange.ask())
    return True


@_kind(0)
def address_moved(exchange: Exchange) -> bool:
    """The server moves: it is found at another address, and nobody listens at the one before."""
    exchange.proxy.move()
    exchange.say(exchange.ask())
    return False


# A kill that was planned comes whatever becomes of its request: on a busy machine the client may be gone before the
# answer is, and who was killed just before gives none.


def _killed_within(seconds: float, kill: Callable[[], None], exchange: Exchange) -> None:
    """Kill so long after the server has got the whole request."""
    killing = threading.Timer(seconds, kill)
    try:
        try:
            exchange.whole_request()
        finally:
            killing.start()
        exchange.say(exchange.ask())
    finally:
        killing.join()


@_kind(0)
def app_killed(exchange: Exchange) -> bool:
    """The app's process gets SIGKILL before, while or after the server hears of the request."""
    when = exchange.draw.randrange(4)
    if when == 0:
        exchange.proxy.kill_app()
        exchange.ask()
        return False
    try:
        answer = exchange.ask()
        if when > 1:
            exchange.say(answer)
            # The time in which the answer is read and recorded.
            time.sleep(exchange.draw.uniform(0, 0.02))
    finally:
        exchange.proxy.kill_app()
    return False


@_kind(0)
def server_killed(exchange: Exchange) -> bool:
    """The server's process gets SIGKILL before, while or after it works on the request."""
    when = exchange.draw.randrange(3)
    if when == 0:
        exchange.proxy.kill_server()
    elif when == 1:
        _killed_within(exchange.draw.uniform(0, 0.02), exchange.proxy.kill_server, exchange)
    else:
        try:
            exchange.say(exchange.ask())
        finally:
            exchange.proxy.kill_server()
    return False


@_kind(0)
def database_killed(exchange: Exchange) -> bool:
    """Every process of PostgreSQL gets SIGKILL while the server works on the request, and it is started again."""
    _killed_within(exchange.draw.uniform(0, 0.02), exchange.proxy.kill_database, exchange)
    return False


@_kind(0)
def database_restored(exchange: Exchange) -> bool:
    """The server is stopped, and goes on with an older copy of its database, which the office then edits."""
    exchange.proxy.restore_database()
    exchange.say(exchange.ask())
    return False


# Writing answers


def _head(status: str, headers: dict[str, str]) -> bytes:
    lines = {"Date": format_datetime(datetime.now(UTC), usegmt=True), "Content-Type": "application/json"} | headers
    return f"HTTP/1.1 {status}\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in lines.items()) + b"\r\n"


def _answer(status: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    return _head(status, {"Content-Length": str(len(body))} | (headers or {})) + body


def _parts(answer: bytes) -> tuple[bytes, bytes]:
    """Head with its empty line, and body."""
    head, end, body = answer.partition(b"\r\n\r\n")
    return head + end, body


def _with(head: bytes, name: bytes, value: bytes | None) -> bytes:
    """The head with another value of one field, or without it."""
    lines = [
        line
        for line in head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        if not line.lower().startswith(name.lower() + b":")
    ]
    if value is not None:
        lines.append(name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"
