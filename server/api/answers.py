"""Describes what calls answer, for the OpenAPI document: bodies, refusals by their codes, headers of both ways."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import WithJsonSchema

from api.errors import REFUSALS, Code, Error

JSON: Final = "application/json"

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "By this those who run the server find the request in their log.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "Retry-After": {
        "description": "Seconds after which the same may be asked again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"const": "Bearer"}},
    "ETag": {
        "description": "Names this representation (RFC 9110, 8.8.3).",
        "schema": {"type": "string", "pattern": '^(W/)?"[!#-~]+"$'},
    },
    "Cache-Control": {"description": "How long the answer may be kept.", "schema": {"type": "string"}},
    "Accept-Ranges": {"description": "The rest of a gzip answer may be asked for.", "schema": {"const": "bytes"}},
    "Content-Range": {
        "description": "Which bytes of how many these are.",
        "schema": {"type": "string", "pattern": "^bytes [0-9]+-[0-9]+/[0-9]+$"},
    },
    "Link": {"description": "The next page, where there is one (RFC 8288).", "schema": {"type": "string"}},
    "Upload-Offset": {
        "description": "How many bytes of the file are here.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Upload-Length": {
        "description": "How many bytes the file has.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "RateLimit-Policy": {
        "description": "The limit that holds: `q` calls in `w` seconds (draft-ietf-httpapi-ratelimit-headers-10).",
        "schema": {"type": "string", "pattern": '^"[a-z]+";q=[0-9]+;w=[0-9]+$'},
    },
    "RateLimit": {
        "description": "What is left of it: `r` calls, anew in `t` seconds.",
        "schema": {"type": "string", "pattern": '^"[a-z]+";r=[0-9]+;t=[0-9]+$'},
    },
}
"""Headers of answers."""

PARAMETERS: dict[str, dict[str, Any]] = {
    "If-None-Match": {
        "description": "An `ETag` that was answered before; 304 where it still holds.",
        "schema": {"type": "string"},
        "example": '"9f3c0a1b2c3d4e5f"',
    },
    "If-Range": {
        "description": "The `ETag` of the answer of which `Range` asks for the rest.",
        "schema": {"type": "string"},
        "example": '"0123456789abcdef0123456789abcdef"',
    },
    "Range": {
        "description": "From which byte on, with `If-Range` and where gzip is accepted.",
        "schema": {"type": "string"},
        "example": "bytes=65536-",
    },
}
"""Headers of requests that operations do not read by themselves. Others than these forms are passed over."""

# Headers that every answer with this status has, whatever was asked.
_OF_STATUS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
PERHAPS = frozenset({"Link"})
"""Headers that an answer for which they are declared may do without."""
_EVERYWHERE: tuple[Code, ...] = ("unavailable",)


def answers(
    bodies: Mapping[int, Any],
    *codes: Code,
    headers: Mapping[int, Collection[str]] | None = None,
    reads: Collection[str] = (),
    scope: str = "",
    raw: Mapping[int, str] | None = None,
    also: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What to give a router's method beside the path: its answers by status, and what else there is to say of them.

    `bodies` are the schemas of answers that are no refusals, `codes` those of refusals (`unavailable` is everywhere).
    `headers` are names of HEADERS by status, `reads` names of PARAMETERS, `scope` what a service key needs. `raw` are
    the media types of answers that are bytes and no JSON. `also` is more of the OpenAPI operation, in its own words.
    """
    refused: dict[int, list[Code]] = {}
    for code in (*codes, *_EVERYWHERE):
        for status in REFUSALS[code][0]:
            refused.setdefault(status, []).append(code)
    told: dict[int, dict[str, Any]] = {status: _refusal(of_status) for status, of_status in refused.items()}
    for status in {*bodies, *refused, *(headers or {})}:
        names = ("X-Request-Id", *_OF_STATUS.get(status, ()), *(headers or {}).get(status, ()))
        told.setdefault(status, {})["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    for status, media_type in (raw or {}).items():
        told[status]["content"] = {media_type: {}}
    extra: dict[str, Any] = {"responses": told, **(also or {})}
    if reads:
        extra["parameters"] = [{"name": name, "in": "header", "required": False, **PARAMETERS[name]} for name in reads]
    if scope:
        extra["x-scope"] = str(scope)
    return {"response": {**bodies, **dict.fromkeys(refused, Error)}, "openapi_extra": extra}


def said(**schema: Any) -> WithJsonSchema:
    """For a text whose form the document tells, and which the operation itself judges, by a code of its own."""
    return WithJsonSchema({"type": "string", **schema})


def _refusal(codes: list[Code]) -> dict[str, Any]:
    """The codes that one status comes with, each with an example."""
    examples = {code: {"value": {"error": code, "detail": REFUSALS[code][1]}} for code in codes}
    narrowed = {"properties": {"error": {"enum": list(codes)}}}
    return {"content": {JSON: {"schema": narrowed, "examples": examples}}}
