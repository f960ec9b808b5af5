"""The registry server as the app calls it: docs/api.md over HTTP, and nothing believed that does not fit that page."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol, TypeVar

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.util import Retry

from services.client.answers import (
    Account,
    Changes,
    ProductAnswer,
    Receipt,
    Refused,
    Sent,
    SignIn,
    SignInNeeded,
    Snapshot,
)
from services.client.transport import Adapter, Pieces, Unreachable, or_cancelled, read
from services.register.products import Product, is_product

T = TypeVar("T")

_SMALL = 1024 * 1024
_PAGE = 32 * 1024 * 1024
_SNAPSHOT = 512 * 1024 * 1024
_CODES = frozenset({
    "bad_request", "bad_digest", "too_large", "not_signed_in", "wrong_credentials", "not_allowed", "not_found",
    "not_registered", "id_taken", "cursor_too_old", "unsupported_photo", "too_many_requests",
})  # fmt: skip


class SignedRecord(Protocol):
    """What was recorded and never changes: its id, the hex SHA-256 of its canonical form, and that form's bytes."""

    @property
    def id(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def canonical(self) -> bytes: ...


class _Bearer(AuthBase):
    """Given with every request, token or not: without it requests would send what it finds in the user's .netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Registry:
    """The server at `url`. Blocking, and safe to share between threads.

    Every call raises Unreachable, Refused or SignInNeeded. Redirects are not followed: an answer comes from this host
    or not at all. Nothing is logged here, least of all a token or a body.
    """

    def __init__(self, url: str, *, timeout: tuple[float, float] = (5, 20), deadline: float = 60) -> None:
        """`timeout`: seconds to connect, and between two pieces of an answer; `deadline`: for a whole answer."""
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._deadline = deadline
        self._lock = threading.Lock()
        self._clock_offset: int | None = None
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # One more try at once where no connection came about. All waiting is the Syncer's business, which can be woken.
        retry = Retry(total=1, connect=1, read=False, status=0, other=0, respect_retry_after_header=False)
        self._session.mount("http://", Adapter(deadline, retry))
        self._session.mount("https://", Adapter(deadline, retry))

    @property
    def clock_offset(self) -> int | None:
        """Seconds to add to the device's clock to get the server's, as last seen in a `Date` header, or None."""
        with self._lock:
            return self._clock_offset

    def changes(self, cursor: str | None, limit: int = 500) -> Changes:
        """What changed in the register since `cursor` (None: from the beginning). 410 is Refused `cursor_too_old`."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor is not None else {})
        answer = self._call("GET", "/changes", params=query, limit=_PAGE)
        with _contract():
            if answer.json["more"] and answer.json["next_cursor"] == cursor:
                raise ValueError("a page that leads to itself")
            return Changes(
                changes=[_instance(change, dict) for change in _instance(answer.json["changes"], list)],
                next_cursor=_instance(answer.json["next_cursor"], str),
                more=_instance(answer.json["more"], bool),
                register=None if answer.json["register"] is None else _instance(answer.json["register"], dict),
                as_of=answer.date,
            )

    def product(self, gtin: str, *, cancelled: Callable[[], bool] | None = None) -> ProductAnswer:
        """Whether the register holds this GTIN (14 digits) now, and what it says of the product."""
        path = f"/products/{gtin}"
        try:
            answer = or_cancelled(lambda _given_up: self._call("GET", path), cancelled)
        except Refused as refused:
            if refused.code != "not_registered" or refused.as_of is None:
                raise
            return ProductAnswer(None, refused.as_of)
        with _contract():
            product = answer.json["product"]
            if not is_product(product) or product["gtin"] != gtin:
                raise ValueError("another product, or none that can be read")
            return ProductAnswer(Product.from_json(product), answer.date)

    def statement(self, gtin: str) -> str:
        """The address that carries the product's signed statement. Refused `not_found` where it has none."""
        answer = self._call("GET", f"/products/{gtin}/statement")
        with _contract():
            return _instance(answer.json["url"], str)

    def snapshot(self, etag: str | None = None, *, cancelled: Callable[[], bool] = lambda: False) -> Snapshot | None:
        """The whole register; None where it is still the one with this ETag. May take ten times the deadline."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._call(
            "GET",
            "/snapshot",
            headers=headers,
            limit=_SNAPSHOT,
            deadline=10 * self._deadline,
            cancelled=cancelled,
            parse=_split_products,
        )
        if answer.status == 304:
            return None
        with _contract():
            return Snapshot(
                products=_instance(answer.json["products"], list),
                next_cursor=_instance(answer.json["next_cursor"], str),
                register=_instance(answer.json["register"], dict),
                as_of=answer.date,
                etag=answer.etag,
            )

    def sign_in(self, username: str, password: str, device: str) -> SignIn:
        """Open a session for one account on one device. Wrong credentials are SignInNeeded."""
        return self._open("/auth/sign-in", {"username": username, "password": password, "device": device})

    def refresh(self, refresh: str) -> SignIn:
        """A session with a new access token. A revoked refresh token is SignInNeeded."""
        return self._open("/auth/refresh", {"refresh": refresh})

    def sign_out(self, refresh: str) -> None:
        """Revoke the session."""
        if self._call("POST", "/auth/sign-out", body=_json({"refresh": refresh})).status != 204:
            raise Unreachable("not_the_registry")

    def put_inspection(
        self, note: SignedRecord, token: str | None, *, cancelled: Callable[[], bool] | None = None
    ) -> Receipt:
        """Send one note. An answer that does not echo the note's id and hash is Unreachable `wrong_receipt`.

        So is `bad_digest` for a body that has its digest here: what arrived is not what was sent.
        """
        body = note.canonical()
        digest = base64.b64encode(bytes.fromhex(note.sha256)).decode()
        headers = {"Content-Digest": f"sha-256=:{digest}:"}
        path = f"/inspections/{note.id}"
        with _garbled_on_the_way(body, note.sha256):
            answer = or_cancelled(
                lambda _given_up: self._call("PUT", path, body=body, headers=headers, token=token), cancelled
            )
        with _contract("wrong_receipt"):
            stored = [p["sha256"] for p in _instance(answer.json["photos"], list) if p["stored"] is True]
            receipt = Receipt(
                id=_instance(answer.json["id"], str),
                sha256=_instance(answer.json["sha256"], str),
                received_at=datetime.fromisoformat(answer.json["received_at"]).astimezone(UTC),
                photos_stored=frozenset(stored),
            )
            if (receipt.id, receipt.sha256) != (note.id, note.sha256):
                raise ValueError("another note's receipt")
            return receipt

    def put_photo(
        self,
        inspection_id: str,
        sha256: str,
        jpeg: bytes,
        token: str | None,
        device: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int], object] = lambda _sent: None,
    ) -> None:
        """Send one photo of a note. `device` is the one the note names; `progress` is told how many bytes have gone."""
        path = f"/inspections/{inspection_id}/photos/{sha256}"
        headers = {"Content-Type": "image/jpeg", "X-Device": device}

        def put(given_up: Callable[[], bool]) -> _Answer:
            return self._call("PUT", path, body=Pieces(jpeg, given_up, progress), headers=headers, token=token)

        with _garbled_on_the_way(jpeg, sha256):
            answer = or_cancelled(put, cancelled)
        with _contract("wrong_receipt"):
            if (answer.json["id"], answer.json["sha256"], answer.json["size"]) != (inspection_id, sha256, len(jpeg)):
                raise ValueError("another photo's receipt")

    def inspections(self, token: str, since: str | None = None) -> Sent:
        """What the token's account has sent from any device, since a cursor."""
        query = {"since": since} if since is not None else {}
        answer = self._call("GET", "/inspections", params=query, token=token, limit=_PAGE)
        with _contract():
            return Sent(
                inspections=[_instance(row, dict) for row in _instance(answer.json["inspections"], list)],
                next_cursor=_instance(answer.json["next_cursor"], str),
                more=_instance(answer.json["more"], bool),
            )

    def close(self) -> None:
        self._session.close()

    def _open(self, path: str, body: dict[str, str]) -> SignIn:
        answer = self._call("POST", path, body=_json(body))
        with _contract():
            account = answer.json["account"]
            return SignIn(
                account=Account(*(_instance(account[name], str) for name in ("username", "name", "role"))),
                server=self.url,
                access=_instance(answer.json["access"], str),
                access_expires=datetime.now(UTC) + timedelta(seconds=float(answer.json["expires_in"])),
                refresh=_instance(answer.json["refresh"], str),
            )

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: bytes | Pieces | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        limit: int = _SMALL,
        deadline: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        parse: Callable[[bytes], Any] = json.loads,
    ) -> _Answer:
        asked = datetime.now(UTC)
        headers = {"Accept": "application/json", "Content-Type": "application/json"} | (headers or {})
        try:
            with self._session.request(
                method,
                f"{self.url}/api/v1{path}",
                params=params,
                data=body,
                headers=headers,
                auth=_Bearer(token),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                # From here on: a photo may take its time on a slow line, and its answer has come all the same.
                ends = time.monotonic() + (deadline or self._deadline)
                content = read(response, limit, ends, cancelled)
        except requests.exceptions.SSLError as error:
            raise Unreachable("insecure") from error
        except (requests.exceptions.Timeout, Urllib3TimeoutError) as error:
            raise Unreachable("timed_out") from error
        except (requests.exceptions.RequestException, HTTPError, OSError, UnicodeError) as error:
            raise Unreachable("no_connection") from error
        answer = _judge(response, content, parse)
        half = (datetime.now(UTC) - asked) / 2
        with self._lock:
            self._clock_offset = round((answer.date - (asked + half)).total_seconds())
        return answer


@dataclass(frozen=True)
class _Answer:
    status: int
    json: Any
    date: datetime
    etag: str | None


def _judge(response: requests.Response, content: bytes, parse: Callable[[bytes], Any]) -> _Answer:
    """An answer of the contract, or the exception that says what it is instead."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        reason = {408: "timed_out", 429: "too_many_requests"}.get(status, "server_error")
        raise Unreachable(reason, retry_after=_retry_after(response.headers.get("Retry-After")))
    if 300 <= status < 400 and status != 304:
        raise Unreachable("redirected")
    with _contract():
        date = parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
        document: Any = parse(content) if content else None
        if status >= 400:
            # Without the contract's own body a 4xx is some gateway's word, on which no note may be set aside.
            code, detail = _instance(document["error"], str), _instance(document["detail"], str)
            if code not in _CODES:
                raise ValueError("not one of the contract's codes")
            raise (SignInNeeded if status == 401 else Refused)(code, detail, status, date)
        return _Answer(status, document, date, response.headers.get("ETag"))


def _split_products(content: bytes) -> Any:
    """A snapshot with each product as its JSON. Where each has a line of its own, no product is parsed."""
    lines = io.BytesIO(content)
    begin = lines.readline().rstrip()
    if begin == b'{"products":[':
        products: list[bytes] = []
        for line in lines:
            if line.startswith(b"]"):
                return {**json.loads(begin + line + lines.read()), "products": products}
            products.append(line.rstrip(b",\r\n"))
    document = json.loads(content)
    if isinstance(document, dict) and isinstance(document.get("products"), list):
        document["products"] = [json.dumps(product).encode() for product in document["products"]]
    return document


def _retry_after(value: str | None) -> float | None:
    """Seconds, from either form of the header (RFC 9110, 10.2.3); None where there is none."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


@contextlib.contextmanager
def _contract(reason: str = "not_the_registry") -> Iterator[None]:
    """What does not have the contract's shape inside this block is Unreachable, for the reason given."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unreachable(reason) from error


@contextlib.contextmanager
def _garbled_on_the_way(body: bytes, sha256: str) -> Iterator[None]:
    """`bad_digest` says nothing about a body that has this digest here, and nothing is set aside for it."""
    try:
        yield
    except Refused as refused:
        if refused.code == "bad_digest" and hashlib.sha256(body).hexdigest() == sha256:
            raise Unreachable("wrong_receipt") from refused
        raise


def _instance(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"not a {kind.__name__}")
    return value


def _json(document: dict[str, str]) -> bytes:
    return json.dumps(document).encode()
