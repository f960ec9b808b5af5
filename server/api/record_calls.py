"""PUT and GET /records, and their files, for every kind of record."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, Path, Query, Router, Status

from api.authentication import ACCOUNT, ACCOUNT_OR_NOBODY, sender
from api.bodies import read_body
from api.cursors import read_cursor
from api.errors import ApiError, Error
from api.schemas import EventOut, FileReceipt, RecordReceipt, SentRecord, SentRecords
from api.taking import find_file, take_file, take_record
from api.throttle import throttle
from records import files
from records.chain import signatures
from records.erasing import told
from records.kinds import Kind, UnknownKind, UnknownSchema, all_kinds, kind_named
from records.listing import sent
from records.receipts import receipt
from records.receiving import CLOCK
from records.wire import MAX_PART_BYTES, SHA256_FORM, UUID_FORM
from register.cursors import cursor_text

router = Router(tags=["records"])

# The number of parts of one file, when each is as large as may be.
PARTS_A_FILE = 16

RecordId = Annotated[str, Path(pattern=UUID_FORM)]
FileName = Annotated[str, Path(pattern=SHA256_FORM)]
BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORMS = ("Record", "Report", "Inspection", "Round", "Audit", "Answer", "Note")
_RECORD = {"oneOf": [{"$ref": f"#/components/schemas/{form}"} for form in _FORMS]}
_RECORD_BODY = {
    "requestBody": {
        "required": True,
        "description": "The record in canonical JSON (RFC 8785), up to its kind's size; or with files, up to 2 MiB.",
        "content": {
            "application/json": {"schema": _RECORD},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["record"],
                    "properties": {"record": _RECORD},
                    "additionalProperties": BYTES["schema"],
                }
            },
        },
    }
}
_FILE_BODY = {
    "requestBody": {
        "required": True,
        "description": "The file, or a part of up to 512 KiB of it.",
        "content": {"image/jpeg": BYTES, "image/png": BYTES, "application/octet-stream": BYTES},
    }
}


@router.put(
    "/records/{kind}/{id}",
    auth=ACCOUNT_OR_NOBODY,
    response={
        200: RecordReceipt, 201: RecordReceipt, 400: Error, 401: Error, 403: Error, 404: Error, 409: Error, 413: Error,
        429: Error,
    },
    openapi_extra=_RECORD_BODY,
    summary="Store one signed record, small files with it",
)  # fmt: skip
def put_record(
    request: HttpRequest,
    kind: str,
    id: RecordId,  # noqa: A002 - the contract's name
    content_digest: Annotated[str, Header(alias="Content-Digest")] = "",
    record_signature: Annotated[str, Header(alias="Record-Signature")] = "",
) -> Status[dict[str, Any]]:
    """201 stored, 200 the same record again, 409 another under this id."""
    of = _kind(kind)
    try:
        taken = take_record(request, of, id, content_digest, signature=record_signature, with_files=True)
    except UnknownSchema as error:
        raise ApiError(400, "unknown_schema", str(error)) from None
    return Status(201 if taken.is_new else 200, receipt(of, taken.record, taken.files))


@router.put(
    "/records/{kind}/{id}/files/{sha256}",
    auth=ACCOUNT_OR_NOBODY,
    response={
        200: FileReceipt, 201: FileReceipt, 400: Error, 401: Error, 403: Error, 404: Error, 409: Error, 413: Error,
        415: Error, 429: Error,
    },
    openapi_extra=_FILE_BODY,
    summary="Store one file of a record, whole or the next part of it",
)  # fmt: skip
def put_file(
    request: HttpRequest,
    kind: str,
    id: RecordId,  # noqa: A002
    sha256: FileName,
    upload_offset: Annotated[int | None, Header(alias="Upload-Offset", ge=0)] = None,
    x_device: Annotated[str, Header(alias="X-Device")] = "",
) -> Status[FileReceipt]:
    """201 where this request completed the file, else 200."""
    of = _kind(kind)
    if sender(request) is None:
        if upload_offset:
            throttle(request, "parts", settings.ANONYMOUS_PHOTOS_RATE * PARTS_A_FILE)
        else:
            throttle(request, "photos", settings.ANONYMOUS_PHOTOS_RATE)
    file = find_file(request, of, id, sha256, x_device)
    content = read_body(request, file.size if upload_offset is None else MAX_PART_BYTES)
    is_new = take_file(of, file, content, upload_offset)
    file.refresh_from_db(fields=["file", "erased_at"])
    here, stored = files.held(of, file), bool(file.file or file.erased_at)
    answer = FileReceipt(id=UUID(id), sha256=sha256, size=file.size, offset=here, stored=stored)
    return Status(201 if is_new else 200, answer)


@router.api_operation(
    ["HEAD"],
    "/records/{kind}/{id}/files/{sha256}",
    auth=ACCOUNT_OR_NOBODY,
    response={200: None, 400: Error, 401: Error, 403: Error, 404: Error},
    summary="How much of a file is there",
)
def head_file(
    request: HttpRequest,
    kind: str,
    id: RecordId,  # noqa: A002
    sha256: FileName,
    x_device: Annotated[str, Header(alias="X-Device")] = "",
) -> HttpResponse:
    """How many bytes are here in Upload-Offset, the file's size in Upload-Length."""
    of = _kind(kind)
    file = find_file(request, of, id, sha256, x_device)
    here = files.held(of, file)
    return HttpResponse(headers={"Upload-Offset": str(here), "Upload-Length": str(file.size)})


@router.get(
    "/records",
    auth=ACCOUNT,
    response={200: SentRecords, 400: Error, 401: Error, 410: Error},
    by_alias=True,
    summary="What this account has sent, and what became of it",
)
def sent_records(
    request: HttpRequest,
    since: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    only: Literal["events"] | None = None,
) -> Any:
    """Records of all kinds, each at its latest change, and events, from any device; or the events alone."""
    account = sender(request)
    assert account is not None  # noqa: S101 - ACCOUNT has seen to it
    start = read_cursor(since, CLOCK)
    page = sent(account, start, limit, () if only else all_kinds().values(), with_events=True)
    signed, erased = signatures(page.records), told(page.records)
    return JsonResponse(
        {
            "records": [
                SentRecord.document(
                    of.name,
                    record,
                    json.loads(record.body),
                    signed.get((of.name, record.pk)),
                    erased.get((of.name, record.pk), []),
                )
                for of, record in page.records
            ],
            "events": [EventOut.document(event) for event in page.events],
            "next_cursor": cursor_text(CLOCK, page.cursor),
            "more": page.more,
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _kind(name: str) -> Kind:
    try:
        return kind_named(name)
    except UnknownKind:
        raise ApiError(404, "not_found", "This server takes no records of this kind.") from None
