"""GET /reports/{id}: what became of a report, for whoever holds its secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Router
from ninja.decorators import decorate_view

from api.answers import answers, said
from api.errors import ApiError
from api.schemas import EventOut, ReportState
from api.throttle import throttle
from records.models import Event
from records.wire import UUID_FORM
from register.days import rfc3339
from reports.following import find, said_of

router = Router(tags=["reports"])

_SECRET = re.compile(r"[0-9a-f]{32}")


def never_stored(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tell browsers and proxies to keep no copy of the answer, whatever it is."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


@router.get(
    "/reports/{id}",
    summary="What became of a report",
    **answers(
        {200: ReportState}, "not_found", "too_many_requests",
        headers={200: ("Cache-Control",)}, also={"security": [{"report_secret": []}]},
    ),
)  # fmt: skip
@decorate_view(never_stored)
def report_state(
    request: HttpRequest,
    id: Annotated[str, said(pattern=UUID_FORM), Path()],  # noqa: A002 - the contract's name
    report_secret: Annotated[str, Header(alias="Report-Secret", include_in_schema=False)] = "",
) -> Any:
    """404 for an unknown id, a wrong secret and none alike: the answer does not tell which reports there are."""
    throttle(request, "wrong secrets", settings.REPORT_TRIES_RATE, count=0)
    report = None
    if re.fullmatch(UUID_FORM, id) and _SECRET.fullmatch(report_secret):
        report = find(UUID(id), bytes.fromhex(report_secret))
    if report is None:
        throttle(request, "wrong secrets", settings.REPORT_TRIES_RATE)
        raise ApiError(404, "not_found", "There is no report with this id and this secret.")
    events = said_of(report)
    return {
        "id": str(report.pk),
        "received_at": rfc3339(report.received_at),
        "state": events[-1].state if events else Event.State.RECEIVED.value,
        "events": [EventOut.document(event) for event in events],
    }
