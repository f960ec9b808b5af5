"""PUT and GET /inspections, and their photos."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from ninja import Header, Path, Query, Router, Status
from pydantic import ValidationError

from api.authentication import ACCOUNT, ACCOUNT_OR_NOBODY, sender
from api.bodies import read_body
from api.cursors import read_cursor
from api.errors import ApiError, Error, validation_detail
from api.schemas import PhotoReceipt, Receipt, SentInspection, SentInspections
from api.throttle import throttle
from inspections import photos
from inspections.models import Inspection, Photo
from inspections.note import (
    MAX_NOTE_BYTES,
    MAX_PHOTO_BYTES,
    SHA256_FORM,
    UUID_FORM,
    BadDigest,
    Note,
    by_servers_clock,
    check_canonical,
    check_digest,
)
from inspections.receiving import IdTaken, NotYours, receive
from observing import metrics

router = Router(tags=["inspections"])

NoteId = Annotated[str, Path(pattern=UUID_FORM)]
_NOTE_BODY = {
    "requestBody": {
        "required": True,
        "description": "The note in canonical JSON (RFC 8785), up to 64 KiB.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}},
    }
}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_PHOTO_BODY = {
    "requestBody": {
        "required": True,
        "description": "The picture, up to 8 MiB.",
        "content": {"image/jpeg": _BYTES, "image/png": _BYTES},
    }
}


@router.put(
    "/inspections/{id}",
    auth=ACCOUNT_OR_NOBODY,
    response={200: Receipt, 201: Receipt, 400: Error, 401: Error, 403: Error, 409: Error, 413: Error, 429: Error},
    openapi_extra=_NOTE_BODY,
    summary="Store one signed-off note",
)
def put_inspection(
    request: HttpRequest,
    id: NoteId,  # noqa: A002 - the contract's name
    content_digest: Annotated[str, Header(alias="Content-Digest")] = "",
) -> Status[Receipt]:
    """201 stored, 200 the same body again, 409 another body under this id."""
    account = sender(request)
    if account is None:
        throttle(request, "notes", settings.ANONYMOUS_NOTES_RATE)
    body = read_body(request, MAX_NOTE_BYTES)
    try:
        sha256 = check_digest(body, content_digest)
        note = Note.model_validate(check_canonical(body))
    except BadDigest as error:
        raise ApiError(400, "bad_digest", str(error)) from None
    except ValidationError as error:
        raise ApiError(400, "bad_request", validation_detail(error.errors(include_input=False))) from None
    if note.id != id:
        raise ApiError(400, "bad_request", "The note's id is not the one in the path.")
    if note.account != (account.username if account else None):
        raise ApiError(403, "not_allowed", "The note's account is not the one that sends it.")
    try:
        inspection, is_new = receive(note, body, sha256, account)
    except IdTaken:
        raise ApiError(409, "id_taken", "This id holds another note.") from None
    except NotYours:
        raise ApiError(403, "not_allowed", "The note that this one supersedes is another sender's.") from None
    if is_new:
        metrics.NOTES.labels("account" if account else "nobody").inc()
        signed = by_servers_clock(inspection.created_at, note.clock_offset) or inspection.created_at
        metrics.NOTE_AGE.observe(max(0.0, (inspection.received_at - signed).total_seconds()))
    return Status(201 if is_new else 200, Receipt.of(inspection))


@router.put(
    "/inspections/{id}/photos/{sha256}",
    auth=ACCOUNT_OR_NOBODY,
    response={
        200: PhotoReceipt, 201: PhotoReceipt, 400: Error, 401: Error, 403: Error, 404: Error, 413: Error, 415: Error,
        429: Error,
    },
    openapi_extra=_PHOTO_BODY,
    summary="Store one photo of a note",
)  # fmt: skip
def put_photo(
    request: HttpRequest,
    id: NoteId,  # noqa: A002
    sha256: Annotated[str, Path(pattern=SHA256_FORM)],
    x_device: Annotated[str, Header(alias="X-Device")] = "",
) -> Status[PhotoReceipt]:
    """201 stored, 200 stored before. Order is free and each photo may be sent again."""
    account = sender(request)
    if account is None:
        throttle(request, "photos", settings.ANONYMOUS_PHOTOS_RATE)
    photo = Photo.objects.select_related("inspection").filter(inspection_id=UUID(id), sha256=sha256).first()
    if photo is None:
        raise ApiError(404, "not_found", "There is no such note, or it does not name this photo.")
    inspection = photo.inspection
    owner = inspection.account_id
    if owner != (account.pk if account else None) or (owner is None and x_device != str(inspection.device)):
        raise ApiError(403, "not_allowed", "This photo belongs to another sender's note.")
    picture = read_body(request, MAX_PHOTO_BYTES)
    if hashlib.sha256(picture).hexdigest() != sha256:
        raise ApiError(400, "bad_digest", "The bytes do not hash to the photo's name.")
    try:
        is_new = photos.store(photo, picture)
    except photos.UnsupportedPhoto as error:
        raise ApiError(415, "unsupported_photo", str(error)) from None
    if is_new:
        metrics.PHOTOS.inc()
        metrics.PHOTO_BYTES.inc(len(picture))
    return Status(201 if is_new else 200, PhotoReceipt(id=UUID(id), sha256=sha256, size=len(picture)))


@router.get(
    "/inspections",
    auth=ACCOUNT,
    response={200: SentInspections, 400: Error, 401: Error, 410: Error},
    by_alias=True,
    summary="What this account has sent",
)
def sent_inspections(
    request: HttpRequest, since: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Any:
    """Notes sent from any device, each at its latest change (its photos arriving)."""
    start = read_cursor(since, "inspections")
    sent = Inspection.objects.filter(account=sender(request), cursor__gt=start)
    found = list(sent.order_by("cursor").prefetch_related("photos")[: limit + 1])
    page = found[:limit]
    return JsonResponse(
        {
            "inspections": [SentInspection.document(inspection, json.loads(inspection.body)) for inspection in page],
            "next_cursor": str(page[-1].cursor if page else start),
            "more": len(found) > limit,
        },
        json_dumps_params={"ensure_ascii": False},
    )
