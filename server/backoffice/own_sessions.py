"""Where somebody of the office is signed in, in browsers and in the app, and ending it there."""

from __future__ import annotations

from typing import cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache

from accounts import idle, office_sessions, sessions
from accounts.models import User
from accounts.recording import record
from backoffice.gate import ask_to_sign_in_again
from backoffice.texts import whole_number

_WHY = "Để kết thúc một phiên của mình, hãy đăng nhập lại: lần đăng nhập trước đã quá {} phút."


@never_cache
def own_sessions(request: HttpRequest) -> HttpResponse:
    """List the account's own sessions; end one, or all but this one, where the person has signed in just now."""
    user = cast("User", request.user)
    if request.method == "POST" and not idle.is_fresh(request):
        return ask_to_sign_in_again(request, _WHY)
    this = office_sessions.mark_of(request.session.session_key or "")
    if request.method == "POST":
        ended = _end(request, user, this)
        messages.success(request, f"Đã kết thúc {ended} phiên." if ended else "Phiên này đã kết thúc từ trước.")
        return redirect("office-own-sessions")
    context = {
        **admin.site.each_context(request), "title": "Nơi tôi đang đăng nhập",
        "browsers": office_sessions.open_ones(user), "this": this, "devices": sessions.open_ones(user),
    }  # fmt: skip
    return render(request, "backoffice/people/own_sessions.html", context)


def _end(request: HttpRequest, user: User, this: str) -> int:
    """End what the form names, and return how many there were."""
    if "others" in request.POST:
        marks = {one.mark for one in office_sessions.open_ones(user)} - {this}
        devices = sessions.open_ones(user)
    else:
        marks = {request.POST.get("browser", "")} - {this}
        devices = sessions.open_ones(user).filter(pk=whole_number(request.POST.get("device", "")) or 0)
    with transaction.atomic():
        ended = office_sessions.end(user, marks) + sessions.revoke_each(devices)
        if ended:
            record(user, user, f"Tự kết thúc {ended} phiên của mình ở nơi khác.")
    return ended


urlpatterns = [path("admin/account/sessions/", admin.site.admin_view(own_sessions), name="office-own-sessions")]
