"""Where an administrator takes the sample office away, after having seen what goes with it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from backoffice.permissions import needs
from backoffice.site import EMPTYING
from sample_office.emptying import NotWhole, empty, stock
from sample_office.models import SampleOffice


@needs(EMPTYING)
def sample(request: HttpRequest) -> HttpResponse:
    """What is in the sample office, and the question whether all of that should go."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        return _empty(request)
    found = stock()
    context = {
        **admin.site.each_context(request),
        "title": "Văn phòng mẫu",
        "lines": found.lines,
        "by_others": found.by_others,
        "asking": request.method == "POST",
        "office": SampleOffice.now(),
    }
    return render(request, "backoffice/sample.html", context)


def _empty(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    try:
        kept = empty(user)
    except NotWhole:
        messages.error(request, "Danh sách mẫu đang được nhập hoặc hoàn tác. Chưa dọn gì, hãy thử lại sau ít phút.")
        return redirect("office-sample")
    messages.success(request, "Đã dọn văn phòng mẫu. Dữ liệu do người thật ghi vẫn còn nguyên.")
    for sentence in kept:
        messages.warning(request, sentence)
    return redirect("admin:index")
