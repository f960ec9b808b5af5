"""GET /guidance."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from ninja import Router
from ninja.decorators import decorate_view

from accounts.models import Role
from api.answers import answers
from api.authentication import ACCOUNT, sender
from api.conditional import not_modified
from api.errors import ApiError
from api.schemas import Guidance
from guidance.planning import plan

router = Router(tags=["records"])


@router.get(
    "/guidance",
    auth=ACCOUNT,
    summary="What a round may be planned by",
    **answers(
        {200: Guidance, 304: None}, "not_signed_in", "not_allowed",
        headers={200: ("ETag", "Cache-Control"), 304: ("ETag", "Cache-Control")}, reads=("If-None-Match",),
    ),
)  # fmt: skip
@decorate_view(gzip_page)
def guidance(request: HttpRequest) -> Any:
    """One whole document: what changes in it changes with every note, and it is small."""
    account = sender(request)
    if account is None or account.role == Role.SHOP:
        raise ApiError(403, "not_allowed", "This is for inspectors alone.")
    body = json.dumps(plan(), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    return not_modified(request, headers) or HttpResponse(body, content_type="application/json", headers=headers)
