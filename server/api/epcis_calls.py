"""GET /epcis/events: inspections as other systems read them, by GS1's standard."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view
from pydantic import ConfigDict, Field

from accounts.service_keys import Scope
from api.answers import answers
from api.authentication import ServiceKeyToken
from api.cursors import Cursor, read_cursor
from api.throttle import LIMITED, tells_limit
from epcis.document import page_of
from epcis.reading import is_sample, page
from records.receiving import CLOCK
from register.cursors import cursor_text

router = Router(tags=["epcis"])


class EpcisResults(Schema):
    """`resultsBody` of EPCIS 2.0: events as docs/epcis.md and GS1's JSON Schema describe them."""

    eventList: list[dict[str, Any]]  # noqa: N815 - the standard's name


class EpcisQueryResults(Schema):
    """`queryResults` of EPCIS 2.0."""

    queryName: str  # noqa: N815
    resultsBody: EpcisResults  # noqa: N815


class EpcisQueryBody(Schema):
    """`epcisBody` of an answer."""

    queryResults: EpcisQueryResults  # noqa: N815


class EpcisPage(Schema):
    """An EPCISQueryDocument, and where the next question goes on."""

    model_config = ConfigDict(populate_by_name=True)

    context: list[Any] = Field(alias="@context")
    type: str
    schemaVersion: str  # noqa: N815
    creationDate: str  # noqa: N815
    sample: bool = Field(alias="ocop:sampleData")
    next_cursor: str = Field(alias="ocop:nextCursor")
    more: bool = Field(alias="ocop:more")
    epcisBody: EpcisQueryBody  # noqa: N815


@router.get(
    "/epcis/events",
    auth=ServiceKeyToken(Scope.EPCIS),
    by_alias=True,
    summary="Inspections as EPCIS 2.0 events",
    **answers(
        {200: EpcisPage}, "bad_request", "not_signed_in", "not_allowed", "cursor_too_old", "too_many_requests",
        headers={200: ("Cache-Control", "Link", *LIMITED), 429: LIMITED}, scope=Scope.EPCIS,
    ),
)  # fmt: skip
@decorate_view(tells_limit)
def epcis_events(
    request: HttpRequest,
    since: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """The events of the next inspections after the cursor `since`."""
    found = page(read_cursor(since, CLOCK), limit)
    cursor = cursor_text(CLOCK, found.cursor)
    document = page_of(found.events, timezone.now(), cursor, more=found.more, sample=is_sample())
    answer = HttpResponse(json.dumps(document, ensure_ascii=False), content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    if found.more:
        following = f"{request.path}?{urlencode({'since': cursor, 'limit': limit})}"
        answer.headers["Link"] = f'<{request.build_absolute_uri(following)}>; rel="next"'
    return answer
