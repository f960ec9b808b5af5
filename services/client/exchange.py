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

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.util import Retry

from services.client.answers import Refused, SignInNeeded, WrongOffset
from services.client.transport import Adapter, Pieces, Unreachable, read

T = TypeVar("T")

_SMALL = 1024 * 1024
_CODES = frozenset({
    "bad_request", "bad_digest", "too_large", "not_signed_in", "wrong_credentials", "not_allowed", "not_found",
    "not_registered", "id_taken", "unknown_schema", "wrong_offset", "cursor_too_old", "unsupported_photo",
    "too_many_requests",
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
        """Seconds: `timeout` to connect and between two pieces of an answer, `deadline` for a whole answer."""
        self.url = url.rstrip("/")
        self.deadline = deadline
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
        deadline: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        parse: Callable[[bytes], Any] = json.loads,
    ) -> Answer:
        """Ask, and return an answer that has the contract's form; `parse` reads its body of at most `limit` bytes."""
        asked = datetime.now(UTC)
        headers = {"Accept": "application/json", "Content-Type": "application/json"} | (headers or {})
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
                # Counted from here on: sending a photo may take long on a slow line without the answer being late.
                ends = time.monotonic() + (deadline or self.deadline)
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

    def close(self) -> None:
        self._session.close()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # One more try at once where no connection was made. Longer waits are left to the Syncer, which can be woken.
        retry = Retry(total=1, connect=1, read=False, status=0, other=0, respect_retry_after_header=False)
        session.mount("http://", Adapter(self.deadline, retry))
        session.mount("https://", Adapter(self.deadline, retry))
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
    """An answer of the contract: its status, its body parsed, its `Date`, and all of its headers."""

    status: int
    json: Any
    date: datetime
    headers: Mapping[str, str]


def _judge(response: requests.Response, content: bytes, parse: Callable[[bytes], Any]) -> Answer:
    """Return an answer that has the contract's form, or raise the exception that says what it is instead."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        reason = {408: "timed_out", 429: "too_many_requests"}.get(status, "server_error")
        raise Unreachable(reason, retry_after=_retry_after(response.headers.get("Retry-After")))
    if 300 <= status < 400 and status != 304:
        raise Unreachable("redirected")
    with contract():
        date = parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
        document: Any = parse(content) if content else None
        if status >= 400:
            # A 4xx without the contract's body comes from some gateway, and must not set a note aside.
            code, detail = instance(document["error"], str), instance(document["detail"], str)
            if code not in _CODES:
                raise ValueError("not one of the contract's codes")
            if code == "wrong_offset":
                raise WrongOffset(detail, int(response.headers["Upload-Offset"]), date)
            raise (SignInNeeded if status == 401 else Refused)(code, detail, status, date)
        return Answer(status, document, date, response.headers)


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
