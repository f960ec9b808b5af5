"""Calls the registry server over HTTP as docs/api.md says, and believes no answer that does not fit that page."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from services import VERSION
from services.checklists.document import MOST_BYTES
from services.client.answers import (
    Account,
    Changes,
    FileAnswer,
    GuidanceAnswer,
    Invited,
    OpenSession,
    ProductAnswer,
    Refused,
    ReportAnswer,
    Sent,
    SentRecords,
    SignIn,
    Snapshot,
)
from services.client.exchange import Answer, Exchange, contract, garbled_on_the_way, instance, text_of
from services.client.line import Line
from services.client.multipart import multipart
from services.client.snapshot import snapshot
from services.client.transport import Pieces, Unreachable, or_cancelled
from services.guidance.guidance import MOST_PLACES, MOST_PRODUCTS, GuidedPlace, GuidedProduct
from services.records.events import Event
from services.records.files import Photo
from services.records.record import Receipt, Record
from services.register.about import check_register
from services.register.arriving import Arriving
from services.register.pictures import LARGEST, is_webp
from services.register.products import Product, is_product

# Bounds for what a hostile or broken server may cost. JSON takes up to 25 times its size in memory.
_PAGE = 16 * 1024 * 1024  # bytes
T = TypeVar("T")

_MOST_CHANGES = 1000
_AS_BEFORE = 304
_EVENT_TEXT = 20_000  # characters


class Registry:
    """The server at `url`. Blocking, and safe to share between threads.

    Every call raises Unreachable, Refused or SignInNeeded. Redirects are not followed, so every answer comes from this
    host. Nothing is logged here, least of all a token or a body.
    """

    def __init__(self, url: str, *, timeout: tuple[float, float] = (5, 20), deadline: float = 60) -> None:
        """Seconds: `timeout` to connect and between two pieces of an answer, `deadline` for the head of an answer."""
        self._exchange = Exchange(url, timeout=timeout, deadline=deadline)
        self.addresses = frozenset({self.url})
        """Its address, and those that were proven to be the same register's (services.sync.standing)."""

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return self._exchange.url

    @property
    def clock_offset(self) -> int | None:
        """Seconds to add to the device's clock to get the server's, as last seen in a `Date` header, or None."""
        return self._exchange.clock_offset

    @property
    def moved_to(self) -> str | None:
        """The address to which the server's last answer sent on; no request follows it by itself."""
        return self._exchange.moved_to

    @property
    def line(self) -> Line:
        """What the line to the server has been seen to carry."""
        return self._exchange.line

    def connected_anew(self) -> None:
        """Forget what the line was seen to carry: the device is connected in another way."""
        self._exchange.line = Line()

    def changes(self, cursor: str | None, limit: int = 500) -> Changes:
        """The changes of the register since `cursor` (None: from the beginning). 410 is Refused `cursor_too_old`."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor is not None else {})
        answer = self._exchange.call("GET", "/changes", params=query, limit=_PAGE)
        with contract():
            if answer.json["more"] and answer.json["next_cursor"] == cursor:
                raise ValueError("a page that leads to itself")
            return Changes(
                changes=_some(answer.json["changes"], _MOST_CHANGES),
                next_cursor=text_of(answer.json["next_cursor"]),
                more=instance(answer.json["more"], bool),
                register=None if answer.json["register"] is None else check_register(answer.json["register"]),
                as_of=answer.date,
            )

    def product(self, gtin: str, *, cancelled: Callable[[], bool] | None = None) -> ProductAnswer:
        """Whether the register holds this GTIN (14 digits) now, and what it says of the product."""
        path = f"/products/{gtin}"
        try:
            answer = or_cancelled(lambda _given_up: self._exchange.call("GET", path), cancelled)
        except Refused as refused:
            if refused.code != "not_registered" or refused.as_of is None:
                raise
            return ProductAnswer(None, refused.as_of)
        with contract():
            product = instance(answer.json["product"], dict)
            if product["gtin"] != gtin:
                raise ValueError("another product")
            if not is_product(product):
                raise Unreachable("unreadable_product")
            return ProductAnswer(Product.from_json(product), answer.date)

    def picture(self, sha256: str, width: int, *, cancelled: Callable[[], bool] | None = None) -> bytes | None:
        """A product's picture as a WebP whose longest side is at most `width`; None where the register has none."""
        content = self._unchanging(f"/pictures/{sha256}/{width}", LARGEST[width], cancelled, {"Accept": "image/webp"})
        with contract():
            if content is not None and not is_webp(content, width):
                raise ValueError("no picture of this width")
        return content

    def checklist(self, sha256: str, *, cancelled: Callable[[], bool] | None = None) -> bytes | None:
        """A version of the checklists by the hash of its bytes; None where the register has none."""
        content = self._unchanging(f"/checklists/{sha256}", MOST_BYTES, cancelled)
        with contract():
            if content is not None and hashlib.sha256(content).hexdigest() != sha256:
                raise ValueError("another document")
        return content

    def _unchanging(
        self, path: str, limit: int, cancelled: Callable[[], bool] | None, headers: Mapping[str, str] | None = None
    ) -> bytes | None:
        """The bytes of what never changes at its address; None where the register has none."""

        def get(given_up: Callable[[], bool]) -> bytes:
            content = bytearray()
            self._exchange.call(
                "GET",
                path,
                headers={"Accept-Encoding": "identity", **(headers or {})},
                limit=limit,
                cancelled=given_up,
                # The answer may come from some cache, so its clock is not believed.
                keep=lambda response: content.extend if response.status_code == 200 else None,
            )
            return bytes(content)

        try:
            return or_cancelled(get, cancelled)
        except Refused as refused:
            if refused.code != "not_found":
                raise
            return None

    def identity(self, challenge: str) -> tuple[str, list[str]]:
        """The id that the register claims, and its proofs of it. Refused `not_found` where it can prove nothing."""
        answer = self._exchange.call("GET", "/identity", params={"challenge": challenge})
        with contract():
            proofs = [instance(proof, str) for proof in instance(answer.json["proofs"], list)]
            return instance(answer.json["id"], str), proofs

    def statement(self, gtin: str) -> str:
        """The address that carries the product's signed statement. Refused `not_found` where it has none."""
        answer = self._exchange.call("GET", f"/products/{gtin}/statement")
        with contract():
            return text_of(answer.json["url"], 8192)

    def snapshot(
        self,
        etag: str | None = None,
        *,
        arriving: Arriving | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], object] = lambda _done, _total: None,
    ) -> Snapshot | None:
        """The whole register; None where it has not changed since this ETag.

        What comes is kept in `arriving`, where the server can go on later; what came earlier is not asked for again.
        `progress` is told how many bytes of how many are there. Raises StoreWriteError as well.
        """
        return snapshot(self._exchange, etag, arriving, cancelled, progress)

    def sign_in(
        self,
        username: str,
        password: str,
        device: str,
        key: str | None = None,
        *,
        new_password: str | None = None,
        code: str | None = None,
    ) -> SignIn:
        """Open a session for one account on one device. Wrong credentials are SignInNeeded.

        `key` is the public half of the account's key there, for the server to certify. `new_password` takes the place
        of `password`; Refused `password_change_needed` asks for one, `weak_password` for a better one. `code` is one of
        the account's second factor, which Refused `second_factor_needed` asks for.
        """
        body = {"username": username, "password": password, "device": device, "app": VERSION}
        changed = {name: value for name, value in (("new_password", new_password), ("code", code)) if value}
        return self._open("/auth/sign-in", body | ({"key": key} if key else {}) | changed)

    def look_at_invitation(self, token: str) -> Invited:
        """Whom an invitation is for. Refused `invitation_...` where it opens nothing."""
        answer = self._exchange.call("POST", "/invitations/look", body=_dumped({"token": token}))
        with contract():
            return Invited(*(text_of(answer.json[name]) for name in ("username", "name", "role", "register_name")))

    def redeem(self, token: str, password: str, device: str, key: str) -> SignIn:
        """Use an invitation up: set the account's password, and open a session as `sign_in` does."""
        body = {"token": token, "password": password, "device": device, "key": key, "app": VERSION}
        return self._open("/invitations/redeem", body)

    def certify(self, token: str, key: str, device: str) -> str | None:
        """The certificate of an account's key on a device; None where the register has no key to sign it with.

        Refused `key_refused` for a key that was revoked, `not_found` by an older server.
        """
        body = _dumped({"key": key, "device": device})
        answer = self._exchange.call("POST", "/auth/key", body=body, token=token)
        with contract():
            return _certificate(answer.json["certificate"])

    def refresh(self, refresh: str, *, waiting: int | None = None) -> SignIn:
        """A session with a new access token. A revoked refresh token is SignInNeeded.

        The server is told the app's version, and how many of the account's records wait on this device.
        """
        told = {} if waiting is None else {"waiting": waiting}
        return self._open("/auth/refresh", {"refresh": refresh, "app": VERSION, **told})

    def sign_out(self, refresh: str) -> None:
        """Revoke the session."""
        if self._exchange.call("POST", "/auth/sign-out", body=_dumped({"refresh": refresh})).status != 204:
            raise Unreachable("not_the_registry")

    def sessions(self, token: str) -> list[OpenSession]:
        """Where the token's account is signed in, the device that asks first. Refused `not_found` by older servers."""
        answer = self._exchange.call("GET", "/auth/sessions", token=token)
        with contract():
            return [_session(row) for row in _some(answer.json["sessions"], _MOST_CHANGES)]

    def end_sessions(self, token: str, password: str, device: str | None) -> int:
        """End the account's session on another device (None: on all others), and give how many have ended.

        SignInNeeded `wrong_credentials` for a wrong password; Refused `not_found` by an older server.
        """
        body = json.dumps({"password": password, "device": device}).encode()
        answer = self._exchange.call("POST", "/auth/sessions/end", body=body, token=token)
        with contract():
            return instance(answer.json["ended"], int)

    def put_record(
        self,
        record: Record,
        token: str | None,
        *,
        signature: str | None = None,
        files: Sequence[tuple[Photo, bytes]] = (),
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int], object] = lambda _sent: None,
    ) -> Receipt:
        """Send one record with its signature, and small files with it: up to 1 MiB together.

        An answer that does not echo the record's id and hash is Unreachable `wrong_receipt`. So is `bad_digest` where
        the body had its digest here: it was changed on the way. `progress` is told how many bytes have gone.
        """
        media_type, body = multipart(record, files) if files else ("application/json", record.canonical())
        answer = self._put_signed(
            f"/records/{record.kind.name}/{record.id}", record, body, media_type, token, cancelled, progress, signature
        )
        with contract("wrong_receipt"):
            proof = {"prev": answer.json["prev"], "jws": answer.json["jws"]}
            if proof["prev"] != record.prev or (proof["jws"] is not None and not text_of(proof["jws"])):
                raise ValueError("another record's receipt")
            return replace(_receipt(answer, record, "files"), **proof)

    def put_file(
        self,
        record: Record,
        file: Photo,
        content: bytes,
        token: str | None,
        *,
        offset: int | None = None,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int], object] = lambda _sent: None,
    ) -> FileAnswer:
        """Send one of a record's files, or the part of it that begins at `offset`. May raise WrongOffset."""
        path = _file_path(record, file)
        headers = {"Content-Type": file.type, "X-Device": record.device}
        if offset is not None:
            headers["Upload-Offset"] = str(offset)
        try:
            answer = self._put(path, content, headers, token, cancelled, progress)
        except Refused as refused:
            if refused.code == "bad_digest":  # the bytes were read and hashed here, so they were changed on the way
                raise Unreachable("wrong_receipt") from refused
            raise
        with contract("wrong_receipt"):
            echo = (answer.json["id"], answer.json["sha256"], answer.json["size"])
            found = FileAnswer(instance(answer.json["offset"], int), instance(answer.json["stored"], bool))
            there = file.size if found.stored else (offset or 0) + len(content)
            if echo != (record.id, file.sha256, file.size) or found.offset != there:
                raise ValueError("another file's receipt")
            return found

    def file_offset(
        self, record: Record, file: Photo, token: str | None, *, cancelled: Callable[[], bool] | None = None
    ) -> int | None:
        """How many bytes of the file the server has; None where the answer does not say, and sending will tell why."""
        path, headers = _file_path(record, file), {"X-Device": record.device}
        try:
            answer = or_cancelled(
                lambda _given_up: self._exchange.call("HEAD", path, headers=headers, token=token), cancelled
            )
            offset, length = (int(answer.headers[name]) for name in ("Upload-Offset", "Upload-Length"))
        except (KeyError, ValueError):
            return None
        except Unreachable as error:
            if error.reason != "not_the_registry":  # HEAD answers have no body, so a refusal looks like a gateway's
                raise
            return None
        return offset if length == file.size and 0 <= offset <= length else None

    def records(self, token: str, since: str | None = None, *, only_events: bool = False) -> SentRecords:
        """The records that the token's account has sent from any device, and the events on them, since a cursor.

        With `only_events` a server later than 0.1.0 leaves the records out, which may be many.
        """
        query = ({"since": since} if since is not None else {}) | ({"only": "events"} if only_events else {})
        answer = self._exchange.call("GET", "/records", params=query, token=token, limit=_PAGE)
        with contract():
            if answer.json["more"] and answer.json["next_cursor"] == since:
                raise ValueError("a page that leads to itself")
            records = _some(answer.json["records"], _MOST_CHANGES)
            return SentRecords(
                records=records,
                events=[_event(row) for row in _some(answer.json["events"], _MOST_CHANGES)],
                next_cursor=text_of(answer.json["next_cursor"]),
                more=instance(answer.json["more"], bool),
                held={(row["kind"], row["id"]): (row["sha256"], frozenset(_stored(row["files"]))) for row in records},
            )

    def guidance(self, token: str, etag: str | None = None) -> GuidanceAnswer | None:
        """What the register tells inspectors; None where it is as at `etag`. Refused `not_allowed` for others."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._exchange.call("GET", "/guidance", headers=headers, token=token, limit=_PAGE)
        if answer.status == _AS_BEFORE:
            return None
        with contract():
            return GuidanceAnswer(
                products=tuple(_readable(GuidedProduct.from_json, answer.json["products"], MOST_PRODUCTS)),
                places=tuple(_readable(GuidedPlace.from_json, answer.json["places"], MOST_PLACES)),
                as_of=answer.date,
                etag=answer.headers.get("ETag"),
            )

    def report(self, report_id: str, secret: str) -> ReportAnswer:
        """What became of a report. Refused `not_found` for an unknown id and for a wrong secret alike."""
        answer = self._exchange.call("GET", f"/reports/{report_id}", headers={"Report-Secret": secret}, limit=_PAGE)
        with contract():
            received = answer.json["received_at"]
            if answer.json["id"] != report_id:
                raise ValueError("another report")
            events = sorted(map(_event, _some(answer.json["events"], _MOST_CHANGES)), key=lambda event: event.at)
            return ReportAnswer(
                id=report_id,
                received_at=None if received is None else _moment(received),
                state=text_of(answer.json["state"], 200),
                events=tuple(events),
            )

    def put_inspection(
        self, note: Record, token: str | None, *, cancelled: Callable[[], bool] | None = None
    ) -> Receipt:
        """Send one note to the address that servers of version 0.1.0 have for it. Otherwise as `put_record`."""
        path, body = f"/inspections/{note.id}", note.canonical()
        answer = self._put_signed(path, note, body, "application/json", token, cancelled)
        with contract("wrong_receipt"):
            return _receipt(answer, note, "photos")

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
        """Send one photo of a note to the old address. `device` is the one the note names."""
        path = f"/inspections/{inspection_id}/photos/{sha256}"
        headers = {"Content-Type": "image/jpeg", "X-Device": device}
        with garbled_on_the_way(jpeg, sha256):
            answer = self._put(path, jpeg, headers, token, cancelled, progress)
        with contract("wrong_receipt"):
            if (answer.json["id"], answer.json["sha256"], answer.json["size"]) != (inspection_id, sha256, len(jpeg)):
                raise ValueError("another photo's receipt")

    def inspections(self, token: str, since: str | None = None) -> Sent:
        """The notes that the token's account has sent from any device, since a cursor."""
        query = {"since": since} if since is not None else {}
        answer = self._exchange.call("GET", "/inspections", params=query, token=token, limit=_PAGE)
        with contract():
            return Sent(
                inspections=_some(answer.json["inspections"], _MOST_CHANGES),
                next_cursor=text_of(answer.json["next_cursor"]),
                more=instance(answer.json["more"], bool),
            )

    def close(self) -> None:
        self._exchange.close()

    def _put_signed(
        self,
        path: str,
        record: Record,
        body: bytes,
        media_type: str,
        token: str | None,
        cancelled: Callable[[], bool] | None,
        progress: Callable[[int], object] = lambda _sent: None,
        signature: str | None = None,
    ) -> Answer:
        digest = hashlib.sha256(body).digest()
        headers = {"Content-Type": media_type, "Content-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:"}
        headers |= {"Record-Signature": signature} if signature else {}
        with garbled_on_the_way(record.canonical(), record.sha256):
            return self._put(path, body, headers, token, cancelled, progress)

    def _put(
        self,
        path: str,
        body: bytes,
        headers: dict[str, str],
        token: str | None,
        cancelled: Callable[[], bool] | None,
        progress: Callable[[int], object],
    ) -> Answer:
        def put(given_up: Callable[[], bool]) -> Answer:
            return self._exchange.call("PUT", path, body=Pieces(body, given_up, progress), headers=headers, token=token)

        return or_cancelled(put, cancelled)

    def _open(self, path: str, body: Mapping[str, str | int]) -> SignIn:
        answer = self._exchange.call("POST", path, body=_dumped(body))
        with contract():
            return SignIn(
                account=Account.from_json(instance(answer.json["account"], dict)),
                server=self.url,
                access=text_of(answer.json["access"]),
                access_expires=datetime.now(UTC) + timedelta(seconds=float(answer.json["expires_in"])),
                refresh=text_of(answer.json["refresh"]),
                certificate=_certificate(answer.json.get("certificate")),
            )


def _certificate(told: Any) -> str | None:
    return None if told is None else text_of(told)


def _receipt(answer: Answer, record: Record, files: str) -> Receipt:
    """Read an answer as a receipt that lists files under this name. Raises KeyError, TypeError, ValueError."""
    stored = _stored(answer.json[files])
    if (answer.json["id"], answer.json["sha256"]) != (record.id, record.sha256):
        raise ValueError("another record's receipt")
    return Receipt(record.id, record.sha256, _moment(answer.json["received_at"]), frozenset(stored))


def _stored(files: Any) -> list[str]:
    return [instance(file["sha256"], str) for file in instance(files, list) if file["stored"] is True]


def _session(row: dict[str, Any]) -> OpenSession:
    """Read one of an account's sessions. Raises KeyError, TypeError or ValueError."""
    app, waiting = row["app"], row["waiting"]
    return OpenSession(
        device=str(UUID(row["device"])),
        this=instance(row["this"], bool),
        app=None if app is None else text_of(app, 40),
        waiting=None if waiting is None else instance(waiting, int),
        opened_at=_moment(row["opened_at"]),
        heard_at=_moment(row["heard_at"]),
    )


def _event(document: dict[str, Any]) -> Event:
    """Read EVENT within its bounds. Raises KeyError, TypeError or ValueError."""
    event = Event.from_json(document)
    _moment(document["at"])
    if len(event.text) > _EVENT_TEXT or max(len(event.state), len(event.record), len(event.number or "")) > 200:
        raise ValueError("longer than the contract allows")
    return event


def _moment(text: str) -> datetime:
    """Read a time of the contract. Raises ValueError for one that cannot be meant, which could not be kept either."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 2000 <= moment.year < 3000:
        raise ValueError("no time that can be meant")
    return moment.astimezone(UTC)


def _some(value: Any, most: int) -> list[dict[str, Any]]:
    found = instance(value, list)
    if len(found) > most:
        raise ValueError("more than the contract allows")
    return [instance(each, dict) for each in found]


def _readable(read: Callable[[dict[str, Any]], T], rows: Any, most: int) -> Iterator[T]:
    for row in _some(rows, most):
        with contextlib.suppress(KeyError, TypeError, ValueError):  # of a later version
            yield read(row)


def _file_path(record: Record, file: Photo) -> str:
    return f"/records/{record.kind.name}/{record.id}/files/{file.sha256}"


def _dumped(document: Mapping[str, str | int]) -> bytes:
    return json.dumps(document).encode()
