"""Which answer an unknown address gets, and a request that failed: by who asked, and by what failed."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse

from backoffice import error_pages
from observing.unavailable import gone
from pages import product_page, trouble_page

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address without a page, or a record that is not there."""
    answer = error_pages.not_found if error_pages.is_at_work(request) else product_page.not_found
    return answer(request, exception)


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer for a request whose error nobody caught: 503 where it will pass by itself, else 500.

    The API's own errors are told in `api.errors`; below /api/ this page's body is put into the API's form.
    """
    error = sys.exc_info()[1]
    now = gone(error)
    logger.error("%s", f"{now.what}_unavailable" if now else "request_failed", exc_info=error)
    return trouble_page.try_again(now.retry_after) if now else trouble_page.failed()
