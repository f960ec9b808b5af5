"""The page at which somebody who reported something sees what became of it: {site}/report/{id}#{secret}.

The secret stands behind the `#`, which browsers send to no server. A script of this page reads it and asks the API with
it. So neither this server's log nor a proxy's nor another site ever gets it.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pages.language import in_readers_language
from pages.showing import show

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@require_safe
@in_readers_language
def report_page(request: HttpRequest, report: str) -> HttpResponse:
    """The same page for every report: whether there is one, only the holder of its secret is told."""
    is_whole = _ID.fullmatch(report) is not None
    context = {"report": report if is_whole else ""}
    response = show(request, "pages/report.html", context, status=200 if is_whole else 404)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
