"""PUT and GET /inspections, and their photos: the kind `note` at the addresses for apps of version 0.1.0."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from ninja import Query, Router, Status

from api.answers import answers
from api.authentication import ACCOUNT, ACCOUNT_OR_NOBODY, sender
from api.bodies import read_body
from api.cursors import Cursor, read_cursor
from api.errors import ApiError
from api.record_calls import (
    BYTES,
    OR_NOBODY,
    REFUSED_FILE,
    REFUSED_RECORD,
    ContentDigest,
    DeviceHeader,
    FileName,
    RecordId,
)
from api.schemas import PhotoReceipt, Receipt, SentInspection, SentInspections
from api.taking import find_file, take_file, take_record
from api.throttle import throttle
from inspections.kind import NOTE
from records.kinds import UnknownSchema
from records.listing import sent
from records.receiving import CLOCK
from records.wire import MAX_FILE_BYTES
from register.cursors import cursor_text

router = Router(tags=["inspections"])

_NOTE_BODY = {
    "requestBody": {
        "required": True,
        "description": "The note in canonical JSON (RFC 8785), up to 64 KiB.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}},
    }
}
_PHOTO_BODY = {
    "requestBody": {
        "required": True,
        "description": "The picture, up to 8 MiB.",
        "content": {"image/jpeg": BYTES, "image/png": BYTES},
    }
}


@router.put(
    "/inspections/{id}",
    auth=ACCOUNT_OR_NOBODY,
    summary="Store one signed-off note",
    **answers({200: Receipt, 201: Receipt}, *REFUSED_RECORD, "bad_signature", also=_NOTE_BODY | OR_NOBODY),
)
def put_inspection(
    request: HttpRequest,
    id: RecordId,  # noqa: A002 - the contract's name
    content_digest: ContentDigest,
) -> Status[Receipt]:
    """201 stored, 200 the same body again, 409 another body under this id."""
    try:
        taken = take_record(request, NOTE, id, content_digest, with_files=False)
    except UnknownSchema as error:
        raise ApiError(400, "bad_request", str(error)) from None
    return Status(201 if taken.is_new else 200, Receipt.of(taken.record))


@router.put(
    "/inspections/{id}/photos/{sha256}",
    auth=ACCOUNT_OR_NOBODY,
    summary="Store one photo of a note",
    **answers({200: PhotoReceipt, 201: PhotoReceipt}, *REFUSED_FILE, also=_PHOTO_BODY | OR_NOBODY),
)  # fmt: skip
def put_photo(
    request: HttpRequest,
    id: RecordId,  # noqa: A002
    sha256: FileName,
    x_device: DeviceHeader,
) -> Status[PhotoReceipt]:
    """201 stored, 200 stored before. Photos may come in any order, and each may be sent again."""
    if sender(request) is None:
        throttle(request, "photos", settings.ANONYMOUS_PHOTOS_RATE)
    photo = find_file(request, NOTE, id, sha256, x_device)
    picture = read_body(request, MAX_FILE_BYTES)
    is_new = take_file(NOTE, photo, picture)
    return Status(201 if is_new else 200, PhotoReceipt(id=UUID(id), sha256=sha256, size=len(picture)))


@router.get(
    "/inspections",
    auth=ACCOUNT,
    by_alias=True,
    summary="What this account has sent",
    **answers({200: SentInspections}, "bad_request", "not_signed_in", "cursor_too_old"),
)
def sent_inspections(
    request: HttpRequest, since: Cursor = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Any:
    """Notes sent from any device, each at its latest change (the arrival of a photo)."""
    account = sender(request)
    assert account is not None  # noqa: S101 - ACCOUNT has seen to it
    page = sent(account, read_cursor(since, CLOCK), limit, [NOTE], with_events=False)
    return JsonResponse(
        {
            "inspections": [SentInspection.document(note, json.loads(note.body)) for _, note in page.records],
            "next_cursor": cursor_text(CLOCK, page.cursor),
            "more": page.more,
        },
        json_dumps_params={"ensure_ascii": False},
    )
