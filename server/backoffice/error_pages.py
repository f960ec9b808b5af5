"""What the back office answers to an address that leads nowhere, and to what an account may not do.

People who work here keep the sidebar and a way on; everybody else gets the page for everybody.
"""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import permission_denied

from pages import product_page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address without a page, or a record that is not there."""
    if not _is_at_work(request):
        return product_page.not_found(request, exception)
    help_line = "Không có trang hay bản ghi nào ở địa chỉ này: có thể địa chỉ gõ sai, hoặc bản ghi đã bị xóa."
    return _page(request, "Không tìm thấy", help_line, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what the account may not see or do."""
    if not _is_at_work(request):
        return permission_denied(request, exception)
    help_line = "Tài khoản của bạn không được xem trang này hoặc làm việc này. Chưa có gì bị thay đổi."
    return _page(request, "Không được phép", help_line, 403)


def _is_at_work(request: HttpRequest) -> bool:
    return request.path_info.startswith("/admin/") and hasattr(request, "user") and admin.site.has_permission(request)


def _page(request: HttpRequest, title: str, help_line: str, status: int) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, "help": help_line}
    return render(request, "backoffice/error.html", context, status=status)
