"""GET /pictures."""

from __future__ import annotations

import re
from typing import Annotated

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Path, Router

from api.answers import answers, said
from api.conditional import not_modified
from api.errors import ApiError
from pictures import showing, store

_SHA256 = re.compile("[0-9a-f]{64}")
FOREVER = "public, max-age=31536000, immutable"
router = Router(tags=["register"])
# Another name or width is answered with 404, as a picture that is gone: addresses of earlier pictures stay in pages.
Name = Annotated[str, said(pattern="^[0-9a-f]{64}$"), Path()]
Width = Annotated[str, said(enum=[str(width) for width in store.WIDTHS]), Path()]


@router.api_operation(
    ["GET", "HEAD"],
    "/pictures/{sha256}/{width}",
    summary="A picture of a product",
    **answers(
        {200: None, 304: None}, "not_found",
        headers={200: ("ETag", "Cache-Control"), 304: ("ETag", "Cache-Control")}, reads=("If-None-Match",),
        raw={200: "image/webp"},
    ),
)  # fmt: skip
def picture(request: HttpRequest, sha256: Name, width: Width) -> HttpResponseBase:
    """A WebP that never changes, so it may be kept for ever."""
    is_name = _SHA256.fullmatch(sha256) and width in map(str, store.WIDTHS)
    file = showing.opened(sha256, int(width)) if is_name else None
    if file is None:
        raise ApiError(404, "not_found", "There is no such picture, or not in this width.")
    headers = {"ETag": f'"{sha256}-{width}"', "Cache-Control": FOREVER}
    if unchanged := not_modified(request, headers):
        file.close()
        return unchanged
    return FileResponse(file, content_type="image/webp", headers=headers)
