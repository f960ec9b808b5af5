"""Which answer an unknown address gets: the back office's, for those who work there, or that for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from backoffice import error_pages
from pages import product_page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address without a page, or a record that is not there."""
    answer = error_pages.not_found if error_pages.is_at_work(request) else product_page.not_found
    return answer(request, exception)
