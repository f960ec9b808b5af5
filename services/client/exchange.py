"""One HTTP exchange with the registry server: asks, and judges whether the answer has the contract's form."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.util import Retry

from services.client.answers import Refused, SignInNeeded, WrongOffset
from services.client.line import Line
from services.client.transport import Adapter, Pieces, Unreachable, read

T = TypeVar("T")

_SMALL = 1024 * 1024
_CODES = frozenset({
    "bad_request", "bad_digest", "too_large", "not_signed_in", "wrong_credentials", "not_allowed", "not_found",
    "not_registered", "id_taken", "unknown_schema", "wrong_offset", "cursor_too_old", "unsupported_photo",
    "bad_signature", "unknown_key", "key_refused", "too_many_requests", "password_change_needed",
    "password_change_in_office", "weak_password", "second_factor_needed", "second_factor_wrong",
    "invitation_unknown", "invitation_used", "invitation_expired",
    "invitation_revoked",
})  # fmt: skip


class _Bearer(AuthBase):
    """Set on every request, with or without a token, or `requests` would send the credentials of the user's .netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Exchange:
    """Asks the server at `url`. Blocking, and safe to share between threads. Raises as Registry says."""

    def __init__(self, url: str, *, timeout: tuple[float, float], deadline: float) -> None:
        """Seconds: `timeout` to connect and between two pieces of an answer, `deadline` for the head of an answer.

        What is sent may stand still for three times as long as an answer, and a body must make progress in `deadline`.
        """
        self.url = url.rstrip("/")
        self.deadline = deadline
        self.line = Line()
        self.moved_to: str | None = None
        self._timeout = timeout
        self._lock = threading.Lock()
        self._clock_offset: int | None = None
        self._session = self._new_session()

    @property
    def clock_offset(self) -> int | None:
        """Seconds to add to the device's clock to get the server's, as last seen in a `Date` header, or None."""
        with self._lock:
            return self._clock_offset

    def call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: bytes | Pieces | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        limit: int = _SMALL,
        cancelled: Callable[[], bool] = lambda: False,
        keep: Callable[[requests.Response], Callable[[bytes], object] | None] | None = None,
    ) -> Answer:
        """Ask, and return an answer that has the contract's form, and at most `limit` bytes.

        `keep` sees the head of the answer. What it returns is given the body piece by piece, as it came. The answer's
        `json` is None then, and its clock is believed when the caller says so (`believe`), who can judge the body.
        """
        asked = datetime.now(UTC)
        headers = {"Accept": "application/json", "Content-Type": "application/json"} | (headers or {})
        try:
            response, content = self._carry(
                method,
                path,
                params,
                body,
                headers,
                token,
                lambda found: read(found, limit, self.deadline, cancelled, keep(found) if keep else None),
            )
        except requests.exceptions.SSLError as error:
            raise Unreachable("insecure") from error
        except (requests.exceptions.Timeout, Urllib3TimeoutError) as error:
            raise Unreachable("timed_out") from error
        except (requests.exceptions.RequestException, HTTPError, OSError, UnicodeError) as error:
            raise Unreachable("no_connection") from error
        except ValueError as error:  # `requests` reads a redirect's address even where it is not followed
            raise Unreachable("not_the_registry") from error
        try:
            answer = _judge(response, content, asked)
        except Unreachable as error:
            if error.reason == "too_large_on_the_way":
                self.line.too_large(len(body or b""))
            self.moved_to = error.location
            raise
        self.moved_to = None
        if keep is None:
            self.believe(answer)
        return answer

    def believe(self, answer: Answer) -> None:
        """Take over the server's clock from an answer."""
        with self._lock:
            self._clock_offset = answer.clock_offset

    def close(self) -> None:
        self._session.close()

    def _carry(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None,
        body: bytes | Pieces | None,
        headers: dict[str, str],
        token: str | None,
        take: Callable[[requests.Response], bytes],
    ) -> tuple[requests.Response, bytes]:
        """Send the request, `take` the answer's body, and let the line learn from it."""
        began, response = time.monotonic(), None
        try:
            with (
                self._session_for(method) as session,
                session.request(
                    method,
                    f"{self.url}/api/v1{path}",
                    params=params,
                    data=body,
                    headers=headers,
                    auth=_Bearer(token),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                self.line.carried(len(body or b""), time.monotonic() - began)
                content = take(response)
                # From the question on: the whole answer may have been there with its head.
                self.line.carried(response.raw.tell(), time.monotonic() - began)
                return response, content
        except (requests.exceptions.RequestException, HTTPError, OSError):
            came = response.raw.tell() if response is not None else 0
            if came or (isinstance(body, Pieces) and body.begun):
                self.line.cut(came)
            raise

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # One more try at once where no connection was made. Longer waits are left to the Syncer, which can be woken.
        retry = Retry(total=1, connect=1, read=False, status=0, other=0, respect_retry_after_header=False)
        session.mount("http://", Adapter(self.deadline, 3 * self._timeout[1], retry))
        session.mount("https://", Adapter(self.deadline, 3 * self._timeout[1], retry))
        return session

    @contextlib.contextmanager
    def _session_for(self, method: str) -> Iterator[requests.Session]:
        if method != "HEAD":
            yield self._session
            return
        # HEAD gets a connection of its own: a body sent all the same would be read as the next answer.
        with self._new_session() as session:
            yield session


@dataclass(frozen=True)
class Answer:
    """An answer of the contract: its status, its body parsed, its `Date`, and all of its headers.

    `clock_offset`: seconds by which the server's clock was ahead of the device's when it answered.
    """

    status: int
    json: Any
    date: datetime
    headers: Mapping[str, str]
    clock_offset: int


def _judge(response: requests.Response, content: bytes, asked: datetime) -> Answer:
    """Return an answer that has the contract's form, or raise the exception that says what it is instead."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        reason = {408: "timed_out", 429: "too_many_requests"}.get(status, "server_error")
        raise Unreachable(reason, retry_after=_retry_after(response.headers.get("Retry-After")))
    if 300 <= status < 400 and status != 304:
        location = _moved_to(response)
        raise Unreachable("moved" if location else "redirected", location=location)
    with contract("too_large_on_the_way" if status == 413 else "not_the_registry"):
        date = date_of(response.headers)
        document: Any = json.loads(content) if content else None
        if status >= 400:
            # A 4xx without the contract's body comes from some gateway, and must not set a note aside.
            code, detail = instance(document["error"], str), instance(document["detail"], str)
            if code not in _CODES:
                raise ValueError("not one of the contract's codes")
            if code == "wrong_offset":
                raise WrongOffset(detail, int(response.headers["Upload-Offset"]), date)
            raise (SignInNeeded if status == 401 else Refused)(code, detail, status, date)
        offset = date - (asked + response.elapsed / 2)  # half of the time until the head was there
        return Answer(status, document, date, response.headers, round(offset.total_seconds()))


def _moved_to(response: requests.Response) -> str | None:
    """The address at which the registry now stands, by a redirect that keeps what was asked for; None by any other.

    A sign-in page of a network leads to a page of its own. Nobody is led away from a safe connection.
    """
    with contextlib.suppress(ValueError):
        asked = urlsplit(response.request.url or "")
        there = urlsplit(urljoin(response.request.url or "", response.headers.get("Location", "")))
        wanted = asked.path[asked.path.index("/api/v1/") :]
        is_safe = there.scheme == "https" or there.scheme == asked.scheme == "http"
        if is_safe and there.hostname and "@" not in there.netloc and there.path.endswith(wanted):
            found = f"{there.scheme}://{there.netloc}{there.path.removesuffix(wanted)}"
            return found if there[:3] != asked[:3] else None  # scheme, host and path
    return None


def date_of(headers: Mapping[str, str]) -> datetime:
    """The server's time of an answer. Raises KeyError, TypeError or ValueError where it does not say."""
    return parsedate_to_datetime(headers["Date"]).astimezone(UTC)


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
def contract(reason: str = "not_the_registry") -> Iterator[None]:
    """Raise Unreachable with this reason where anything in the block does not have the contract's shape."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unreachable(reason) from error


@contextlib.contextmanager
def garbled_on_the_way(body: bytes, sha256: str) -> Iterator[None]:
    """Raise Unreachable for a `bad_digest` about a body that had this digest here: it was changed on the way."""
    try:
        yield
    except Refused as refused:
        if refused.code == "bad_digest" and hashlib.sha256(body).hexdigest() == sha256:
            raise Unreachable("wrong_receipt") from refused
        raise


def instance(value: Any, kind: type[T]) -> T:
    """Return the value if it is of this type. Raises TypeError."""
    if not isinstance(value, kind):
        raise TypeError(f"not a {kind.__name__}")
    return value


def text_of(value: Any, most: int = 4096) -> str:
    """Return the value if it is a text of so many characters at most. Raises TypeError or ValueError."""
    text = instance(value, str)
    if len(text) > most:
        raise ValueError("longer than the contract allows")
    text.encode()  # raises ValueError for half a surrogate pair
    return text
