"""GET /checklists."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from ninja import Path, Router
from ninja.decorators import decorate_view

from api.answers import answers
from api.conditional import not_modified
from api.errors import ApiError
from api.picture_calls import FOREVER
from checklists.document import Checklists
from checklists.models import Checklist
from records.wire import SHA256_FORM

router = Router(tags=["register"])


@router.get(
    "/checklists/{sha256}",
    summary="A version of the checklists",
    **answers(
        {200: Checklists, 304: None}, "bad_request", "not_found",
        headers={200: ("ETag", "Cache-Control"), 304: ("ETag", "Cache-Control")}, reads=("If-None-Match",),
    ),
)  # fmt: skip
@decorate_view(gzip_page)
def checklist(request: HttpRequest, sha256: Annotated[str, Path(pattern=SHA256_FORM)]) -> HttpResponse:
    """The document to the byte as its hash names it; it never changes, so it may be kept for ever."""
    found = Checklist.objects.filter(pk=sha256).values_list("document", flat=True).first()
    if found is None:
        raise ApiError(404, "not_found", "There is no such version of the checklists.")
    headers = {"ETag": f'"{sha256}"', "Cache-Control": FOREVER}
    return not_modified(request, headers) or HttpResponse(
        found.encode(), content_type="application/json", headers=headers
    )
