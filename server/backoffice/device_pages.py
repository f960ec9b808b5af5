"""Devices on which accounts are signed in: when they were here last, what waits there, and revoking one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from accounts import sessions
from accounts.models import DeviceKey, DeviceSession
from accounts.recording import record
from backoffice.folded_search import accounts_named
from backoffice.permissions import needs
from overview.devices import SILENT
from records import device_keys

_NEEDED = "accounts.change_user"
_ROWS = 50
_WHICH = {"": "Đang đăng nhập", "silent": "Lâu chưa liên lạc", "waiting": "Còn phiếu chưa gửi", "ended": "Đã kết thúc"}


@needs(_NEEDED)
def devices(request: HttpRequest) -> HttpResponse:
    """List the devices, the one that was here last first."""
    now, term, which = timezone.now(), request.GET.get("q", "").strip(), request.GET.get("which", "")
    alive = Q(revoked_at=None, expires_at__gt=now, user__is_active=True)
    found = DeviceSession.objects.select_related("user").order_by("-refreshed_at", "-pk")
    found = found.exclude(alive) if which == "ended" else found.filter(alive)
    if which == "silent":
        found = found.filter(refreshed_at__lt=now - SILENT)
    elif which == "waiting":
        found = found.filter(waiting__gt=0)
    if term:
        found = found.filter(Q(user__in=accounts_named(term)) | Q(device__istartswith=term.replace("-", "")[:8]))
    page = Paginator(found, _ROWS).get_page(request.GET.get("p"))
    context = {
        **admin.site.each_context(request), "title": "Máy", "page": page, "q": term,
        "which": which, "ways": _WHICH, "old": now - SILENT,
        "query": "".join(f"{name}={value}&" for name, value in (("q", term), ("which", which)) if value),
    }  # fmt: skip
    return render(request, "backoffice/people/devices.html", context)


@needs(_NEEDED)
def revoke(request: HttpRequest, session_id: int) -> HttpResponse:
    """Tell what revoking a device does, and do it with a reason: the session alone, or the device's key as well."""
    session = get_object_or_404(DeviceSession.objects.select_related("user"), pk=session_id)
    keys = DeviceKey.objects.filter(user=session.user, device=session.device, revoked_at=None)
    reason, problem = request.POST.get("reason", "").strip()[:300], ""
    if request.method == "POST" and not reason:
        problem = "Hãy ghi lý do, ví dụ: mất máy, nghỉ việc."
    elif request.method == "POST":
        by: Any = request.user
        with transaction.atomic():
            sessions.revoke(session)
            gone = list(keys) if "keys" in request.POST else []
            for key in gone:
                device_keys.revoke(key.kid, reason)
            what = "phiên và khóa" if gone else "phiên"
            record(by, session.user, f"Thu hồi {what} trên máy {session.device}: {reason}")
        messages.success(request, f"Đã thu hồi {what} của {session.user.name} trên máy này.")
        return redirect("office-devices")
    context = {
        **admin.site.each_context(request), "title": "Thu hồi một máy", "session": session, "keys": len(keys),
        "ended": session.revoked_at is not None, "reason": reason, "problem": problem,
    }  # fmt: skip
    return render(request, "backoffice/people/revoke_device.html", context)


urlpatterns = [
    path("admin/devices/", devices, name="office-devices"),
    path("admin/devices/<int:session_id>/revoke/", revoke, name="office-device-revoke"),
]
