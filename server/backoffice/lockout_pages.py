"""What is locked because of wrong passwords and codes, each opened by one button."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from accounts import lockouts, second_factor
from backoffice.permissions import needs


@needs("accounts.change_user")
def locked(request: HttpRequest) -> HttpResponse:
    """List all that is locked now; a post with a name opens it."""
    by: Any = request.user
    if request.method == "POST":
        name = request.POST.get("name", "")
        if lockouts.unlock(name, by):
            messages.success(request, f"Đã mở khóa {name}: những lần thử sai trước đây không còn được tính.")
        else:
            messages.info(request, f"{name} không bị khóa nữa.")
        return redirect("office-lockouts")
    context = {
        **admin.site.each_context(request), "title": "Đăng nhập bị khóa", "locks": lockouts.lockouts(),
        "each": settings.AXES_FAILURE_LIMIT, "all": settings.ACCOUNT_FAILURE_LIMIT, "codes": second_factor.TRIES,
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60,
    }  # fmt: skip
    return render(request, "backoffice/people/lockouts.html", context)


urlpatterns = [path("admin/lockouts/", locked, name="office-lockouts")]
