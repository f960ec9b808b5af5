"""GET /pictures."""

from __future__ import annotations

import re

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from ninja import Router

from api.errors import ApiError, Error
from pictures import showing, store

_SHA256 = re.compile("[0-9a-f]{64}")
FOREVER = "public, max-age=31536000, immutable"
router = Router(tags=["register"])


@router.api_operation(
    ["GET", "HEAD"],
    "/pictures/{sha256}/{width}",
    response={200: None, 304: None, 404: Error},
    openapi_extra={"responses": {200: {"content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}}}}},
    summary="A picture of a product",
)
def picture(request: HttpRequest, sha256: str, width: str) -> HttpResponseBase:
    """A WebP that never changes, so it may be kept for ever."""
    is_name = _SHA256.fullmatch(sha256) and width in map(str, store.WIDTHS)
    file = showing.opened(sha256, int(width)) if is_name else None
    if file is None:
        raise ApiError(404, "not_found", "There is no such picture, or not in this width.")
    headers = {"ETag": f'"{sha256}-{width}"', "Cache-Control": FOREVER}
    if unchanged := get_conditional_response(request, etag=headers["ETag"]):
        file.close()
        for name, value in headers.items():
            unchanged.headers[name] = value
        return unchanged
    return FileResponse(file, content_type="image/webp", headers=headers)
