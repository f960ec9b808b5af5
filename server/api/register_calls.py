"""GET /changes, /snapshot and /identity: the register as devices copy it."""

from __future__ import annotations

import gzip
import json
import re
from itertools import accumulate
from typing import Annotated, Any

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from ninja import Query, Router
from ninja.decorators import decorate_view

from api.answers import JSON, answers
from api.conditional import not_modified
from api.cursors import Cursor, read_cursor
from api.errors import ApiError
from api.schemas import Changes, IdentityOut, Snapshot
from issuing.identity import own_host, proofs
from publishing.documents import change_documents, register_document
from publishing.moment import one_moment
from publishing.snapshot import RegisterState, earlier_snapshot
from publishing.snapshot import snapshot as compressed_snapshot
from records.kinds import schemas
from register.clock import newest_mark, newest_marks
from register.cursors import cursor_text, with_mark
from register.description import Register, settle
from register.models import ProductChange

_ACCEPTS_GZIP = re.compile(r"\bgzip\b")
_STATE = re.compile(r'"([0-9a-f]{32})"')
_FROM = re.compile(r"bytes=(\d{1,12})-")
MOST_PAGE_BYTES = 8 * 1024 * 1024
"""Where a page of changes ends, though it could have more: apps read up to 16 MiB (docs/api.md)."""
_CHALLENGE = r"^[A-Za-z0-9_-]{22,86}$"
router = Router(tags=["register"])


@router.get(
    "/changes",
    by_alias=True,
    summary="What changed since a cursor",
    **answers({200: Changes}, "bad_request", "cursor_too_old"),
)
@decorate_view(gzip_page)
def changes(
    request: HttpRequest,  # noqa: ARG001 - ninja's signature
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Any:
    """A product appears at its latest change only; replaying a page is harmless."""
    document = _unchanged(cursor) or _page(cursor, limit)
    if document is None:
        settle(schemas())
        document = _page(cursor, limit)
    return _json(document or {})


def _unchanged(cursor: str | None) -> dict[str, Any] | None:
    """The answer to most polls, by one query: nothing has changed. None where something has."""
    newest = newest_mark.first("register") if cursor else None
    if newest is None or with_mark(*newest) != cursor:
        return None
    return {"changes": [], "next_cursor": cursor, "more": False, "register": None}


def _page(cursor: str | None, limit: int) -> dict[str, Any] | None:
    """One page; None where the register has no identity yet. Raises ApiError."""
    # One moment, so that after the last page the number of products is the one that the register tells.
    with one_moment():
        start = read_cursor(cursor, "register")
        newest = newest_marks("register")
        now = Subquery(newest.values("value")[:1]), Subquery(newest.values("mark")[:1])
        told = Register.objects.exclude(identity=None).values_list("cursor", *now).first()
        if told is None:
            return None
        described, value, mark = told
        found = list(ProductChange.objects.filter(cursor__gt=start).order_by("cursor")[: limit + 1])
        documents = _fitting(change_documents(found[:limit]))
        more = len(found) > len(documents)
        last = found[len(documents) - 1].cursor if more else 0
        return {
            "changes": documents,
            "next_cursor": cursor_text("register", last) if more else with_mark(value or 0, mark),
            "more": more,
            "register": register_document() if described > start or cursor is None else None,
        }


def _fitting(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of these that fit into a page: one at least, so that each page leads on."""
    sizes = accumulate(len(json.dumps(document, ensure_ascii=False).encode()) for document in documents)
    return documents[: max(1, sum(1 for size in sizes if size <= MOST_PAGE_BYTES))]


@router.get(
    "/identity",
    summary="A proof of which register it is",
    **answers({200: IdentityOut}, "bad_request", "not_found"),
)
def identity(request: HttpRequest, challenge: Annotated[str, Query(pattern=_CHALLENGE)]) -> IdentityOut:
    """Signed anew for each challenge, for the host name that was asked."""
    register, host = Register.objects.first(), own_host(request)
    proven = proofs(register.identity, challenge, host) if register and register.identity and host else []
    if not (register and register.identity and proven):
        raise ApiError(404, "not_found", "This server cannot prove which register it is.")
    return IdentityOut(id=register.identity, proofs=proven)


@router.get(
    "/snapshot",
    by_alias=True,
    summary="The whole register",
    **answers(
        {200: Snapshot, 206: None, 304: None},
        headers={200: ("ETag",), 206: ("ETag", "Content-Range", "Accept-Ranges"), 304: ("ETag",)},
        reads=("If-None-Match", "If-Range", "Range"),
        # From a byte on it is no JSON by itself: its coding is undone once all parts are together.
        raw={206: JSON},
    ),
)
def snapshot(request: HttpRequest) -> Any:
    """The register at one moment, with the cursor of that moment; or the rest of such an answer, by Range."""
    is_packed = _ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
    if is_packed and (rest := _rest(request)):
        return rest
    state = RegisterState.now()
    if unchanged := not_modified(request, {"ETag": _etag(state.name, is_packed)}):
        return unchanged
    state, body = compressed_snapshot(state)
    answer = HttpResponse(body, content_type="application/json", headers={"ETag": _etag(state.name, is_packed)})
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Accept-Ranges"] = "bytes"
    else:
        answer.content = gzip.decompress(body)
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


def _etag(name: str, is_packed: bool) -> str:
    """The same register in two codings is two representations (RFC 9110, 8.8.3)."""
    return f'"{name}"' if is_packed else f'"{name}-plain"'


def _rest(request: HttpRequest) -> HttpResponse | None:
    """206 with what is missing of the answer that If-Range names, where that is still kept."""
    of, begin = (
        form.fullmatch(request.headers.get(name, "")) for form, name in ((_STATE, "If-Range"), (_FROM, "Range"))
    )
    body = earlier_snapshot(of[1]) if of and begin else None
    if of is None or begin is None or body is None or (first := int(begin[1])) >= len(body):
        return None
    headers = {
        "ETag": of[0],
        "Content-Encoding": "gzip",
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}",
    }
    answer = HttpResponse(body[first:], status=206, content_type="application/json", headers=headers)
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


def _json(document: dict[str, Any]) -> JsonResponse:
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})
