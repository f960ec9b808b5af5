"""Takes records and their files, from whichever address they were sent to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from pydantic import ValidationError

from accounts.models import DeviceKey, User
from accounts.rates import seconds_to_wait
from api.authentication import sender, session_device
from api.bodies import read_body
from api.errors import ApiError, validation_detail
from api.multipart import parts_of
from api.throttle import throttle
from observing import metrics
from observing.unavailable import gone
from records import chain, files
from records.kinds import Kind
from records.models import StoredRecord
from records.pictures import UnsupportedPhoto
from records.receiving import IdTaken, NotYours, is_here, read, receive
from records.storage import PhotosUnavailable
from records.wire import (
    MAX_MULTIPART_BYTES,
    MIN_PART_BYTES,
    BadDigest,
    Signed,
    check_digest,
)

MULTIPART = "multipart/form-data"


class Taken(NamedTuple):
    """A record that is stored, and whether it is new.

    `files` tells of each of its files whether it is here; None where the database has to be asked.
    """

    record: StoredRecord
    is_new: bool
    files: dict[str, bool] | None = None


def take_record(
    request: HttpRequest, kind: Kind, record_id: str, content_digest: str, *, signature: str = "", with_files: bool
) -> Taken:
    """Store the record of a request. Raises ApiError, and UnknownSchema.

    With `with_files`, files may come along with it; the receipt tells what became of them.
    """
    account = sender(request)
    if account is None:
        if not kind.from_nobody:
            raise ApiError(403, "not_allowed", "Records of this kind are taken from accounts alone.")
        throttle(request, "notes", settings.ANONYMOUS_NOTES_RATE)
    several = with_files and request.content_type == MULTIPART
    body = read_body(request, MAX_MULTIPART_BYTES if several else kind.max_bytes)
    try:
        sha256 = check_digest(body, content_digest)
        along: list[tuple[str, bytes]] = []
        if several:
            body, along = _apart(body, request.META["CONTENT_TYPE"], kind.max_bytes)
            sha256 = hashlib.sha256(body).hexdigest()
        form = read(kind, body)
    except BadDigest as error:
        raise ApiError(400, "bad_digest", str(error)) from None
    except ValidationError as error:
        raise ApiError(400, "bad_request", validation_detail(error.errors(include_input=False))) from None
    _check_sender(form, record_id, account)
    _check_along(along, {file.sha256 for file in form.named_files})
    signed = _signed(request, kind, form, sha256, signature)
    content = dict(along)
    # A correction may be refused, and a record that is here keeps what it has: their files are kept once that is known.
    is_first = bool(along) and form.supersedes is None and not is_here(kind, form)
    try:
        stored = _store_along(request, form, content) if is_first else {}
        record, is_new = receive(kind, form, body, sha256, account, signed, stored)
    except IdTaken:
        raise ApiError(409, "id_taken", "This id holds another record.") from None
    except NotYours:
        raise ApiError(403, "not_allowed", "The record that this one supersedes is another sender's.") from None
    if is_new:
        for file, name in stored.items():
            files.store_again_if_gone(name, content[file])
    if is_new and (is_first or not along):
        named = dict.fromkeys(file.sha256 for file in form.named_files)
        return Taken(record, is_new, {sha256: sha256 in stored for sha256 in named})
    _keep_along(request, kind, record, content)
    return Taken(record, is_new)


def find_file(request: HttpRequest, kind: Kind, record_id: str, sha256: str, device: str) -> Any:
    """The file that a sender's record names. Raises ApiError 404 and 403."""
    file = files.find(kind, UUID(record_id), sha256)
    if file is None:
        raise ApiError(404, "not_found", "There is no such record, or it does not name this file.")
    if not files.is_senders(file.record, sender(request), device):
        raise ApiError(403, "not_allowed", "This file belongs to another sender's record.")
    return file


def take_file(kind: Kind, file: Any, content: bytes, offset: int | None = None) -> bool:
    """Keep a whole file, or the part that begins at `offset`; True when that completes the file. Raises ApiError."""
    try:
        is_new = files.keep(kind, file, content) if offset is None else files.add_part(kind, file, offset, content)
    except BadDigest as error:
        raise ApiError(400, "bad_digest", str(error)) from None
    except UnsupportedPhoto as error:
        raise ApiError(415, "unsupported_photo", str(error)) from None
    except files.TooLarge:
        raise ApiError(413, "too_large", "There are more bytes than the record says.") from None
    except files.TooSmall:
        detail = f"There are fewer bytes than the record says, or than {MIN_PART_BYTES} in one of many parts."
        raise ApiError(400, "bad_request", detail) from None
    except files.WrongOffset as error:
        headers = {"Upload-Offset": str(error.held)}
        raise ApiError(409, "wrong_offset", f"{error.held} bytes of this file are here.", headers) from None
    if is_new:
        metrics.PHOTOS.inc()
        metrics.PHOTO_BYTES.inc(file.size)
    return is_new


def _apart(body: bytes, content_type: str, most: int) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Separate the record from the files that come along, by name. Raises ApiError."""
    try:
        (name, record), *along = parts_of(body, content_type)
    except ValueError as error:
        raise ApiError(400, "bad_request", f"The body is not a record with its files: {error}.") from None
    if name != "record":
        raise ApiError(400, "bad_request", "The first part is not the record.")
    if len(record) > most:
        raise ApiError(413, "too_large", f"The record is over {most} bytes.")
    return record, along


def _check_sender(form: Signed, record_id: str, account: User | None) -> None:
    if form.id != record_id:
        raise ApiError(400, "bad_request", "The record's id is not the one in the path.")
    anonymous = account is None and form.account is None
    if not anonymous and not (account and form.account and account.bears(form.account)):
        raise ApiError(403, "not_allowed", "The record's account is not the one that sends it.")


def _signed(
    request: HttpRequest, kind: Kind, form: Signed, sha256: str, signature: str
) -> tuple[DeviceKey, str] | None:
    """The key that signed a record, and its signature. Raises ApiError where it is wrong, or missing though needed."""
    account, device = sender(request), UUID(form.device)
    try:
        signed = chain.check(signature, sha256, account, device)
    except chain.BadSignature as error:
        raise ApiError(400, "bad_signature", str(error)) from None
    except chain.UnknownKey as error:
        raise ApiError(400, "unknown_key", str(error)) from None
    if signed is not None or not chain.must_be_signed(kind, account, {device, session_device(request) or device}):
        return signed
    # What is here already needs no signature to be confirmed once more.
    if not kind.records.filter(pk=form.id, sha256=sha256).exists():
        raise ApiError(400, "bad_signature", "Records of this kind need the signature of the device's key.")
    return None


def _check_along(along: Collection[tuple[str, bytes]], named: Collection[str]) -> None:
    """Raise ApiError unless each part is a file that the record names, and comes once."""
    names = [name for name, _ in along]
    if not set(names) <= set(named):
        raise ApiError(400, "bad_request", "A part is no file that the record names.")
    if len(names) != len(set(names)):
        raise ApiError(400, "bad_request", "A file comes along twice.")


def _store_along(request: HttpRequest, form: Signed, along: Mapping[str, bytes]) -> dict[str, str]:
    """Make those files durable that can be, before their record is stored. Returns their names by their hashes."""
    stored: dict[str, str] = {}
    for file in form.named_files:
        if file.sha256 not in along or file.sha256 in stored:
            continue
        if not _may_bring_a_file(request, form.account):
            break
        with suppress(BadDigest, UnsupportedPhoto, files.TooLarge, files.TooSmall):
            try:
                stored[file.sha256] = files.store(file, along[file.sha256])
            except PhotosUnavailable as error:
                gone(error)  # counted
                break
            metrics.PHOTOS.inc()
            metrics.PHOTO_BYTES.inc(file.size)
    return stored


def _may_bring_a_file(request: HttpRequest, account: object) -> bool:
    """Count a file that comes with a record; whether it is within what one address may send without an account."""
    return account is not None or not seconds_to_wait(request, "photos", settings.ANONYMOUS_PHOTOS_RATE)


def _keep_along(request: HttpRequest, kind: Kind, record: StoredRecord, along: Mapping[str, bytes]) -> None:
    """Keep those files that can be kept now; the sender sends the others to their own addresses."""
    for file in kind.files.filter(record_id=record.pk, file="") if along else ():
        content = along.get(file.sha256)
        if content is None:
            continue
        if not _may_bring_a_file(request, record.account_id):
            return
        try:
            take_file(kind, file, content)
        except ApiError:
            continue
        except PhotosUnavailable as error:
            gone(error)
            return
