"""PUT and GET /records, and their files, for every kind of record."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, Path, Query, Router, Status

from api.answers import answers, said
from api.authentication import ACCOUNT, ACCOUNT_OR_NOBODY, sender
from api.bodies import read_body
from api.cursors import Cursor, read_cursor
from api.errors import ApiError, Code
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
# What another form is worth is judged with the record, or the file, that comes along, and told by a code of its own.
KindName = Annotated[str, said(enum=sorted(all_kinds())), Path()]
ContentDigest = Annotated[
    str,
    said(pattern="sha-256=:[A-Za-z0-9+/]{43}=:"),
    Header(
        "",
        alias="Content-Digest",
        description="The SHA-256 of the body (RFC 9530).",
        examples=["sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"],
    ),
]
DeviceHeader = Annotated[
    str,
    said(pattern=f"({UUID_FORM})|^$"),
    Header(
        "",
        alias="X-Device",
        description="The device that sent the record, where nobody's account did.",
        examples=["6f1d2c3b-0000-4000-8000-000000000001"],
    ),
]
OR_NOBODY: dict[str, Any] = {"security": [{}]}
REFUSED_RECORD: tuple[Code, ...] = (
    "bad_request", "bad_digest", "not_signed_in", "not_allowed", "id_taken", "too_large", "too_many_requests",
)  # fmt: skip
REFUSED_FILE: tuple[Code, ...] = (
    "bad_request", "bad_digest", "not_signed_in", "not_allowed", "not_found", "too_large", "unsupported_photo",
    "too_many_requests",
)  # fmt: skip
BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORMS = ("Report", "Inspection", "Round", "Audit", "Answer", "Note")
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
                },
                "encoding": {"record": {"contentType": "application/json"}},
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
    summary="Store one signed record, small files with it",
    **answers(
        {200: RecordReceipt, 201: RecordReceipt},
        *REFUSED_RECORD, "unknown_schema", "bad_signature", "unknown_key", "not_found",
        also=_RECORD_BODY | OR_NOBODY,
    ),
)  # fmt: skip
def put_record(
    request: HttpRequest,
    kind: KindName,
    id: RecordId,  # noqa: A002 - the contract's name
    content_digest: ContentDigest,
    record_signature: Annotated[str, said(maxLength=8192), Header("", alias="Record-Signature")],
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
    summary="Store one file of a record, whole or the next part of it",
    **answers(
        {200: FileReceipt, 201: FileReceipt}, *REFUSED_FILE, "wrong_offset", also=_FILE_BODY | OR_NOBODY
    ),
)  # fmt: skip
def put_file(
    request: HttpRequest,
    kind: KindName,
    id: RecordId,  # noqa: A002
    sha256: FileName,
    x_device: DeviceHeader,
    upload_offset: Annotated[int | None, Header(alias="Upload-Offset", ge=0)] = None,
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
    summary="How much of a file is there",
    **answers(
        {200: None}, "bad_request", "not_signed_in", "not_allowed", "not_found",
        headers={200: ("Upload-Offset", "Upload-Length")}, also=OR_NOBODY,
    ),
)  # fmt: skip
def head_file(
    request: HttpRequest,
    kind: KindName,
    id: RecordId,  # noqa: A002
    sha256: FileName,
    x_device: DeviceHeader,
) -> HttpResponse:
    """How many bytes are here in Upload-Offset, the file's size in Upload-Length."""
    of = _kind(kind)
    file = find_file(request, of, id, sha256, x_device)
    here = files.held(of, file)
    return HttpResponse(headers={"Upload-Offset": str(here), "Upload-Length": str(file.size)})


@router.get(
    "/records",
    auth=ACCOUNT,
    by_alias=True,
    summary="What this account has sent, and what became of it",
    **answers({200: SentRecords}, "bad_request", "not_signed_in", "cursor_too_old"),
)
def sent_records(
    request: HttpRequest,
    since: Cursor = None,
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
