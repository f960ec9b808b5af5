"""The keys of other systems: which there are and what they read, making one, shown once, and revoking one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache

from accounts import service_keys
from accounts.models import ServiceKey
from backoffice.permissions import needs

_NEEDED = "accounts.change_user"
_ROWS = 50


class KeyForm(forms.Form):
    """For which system a key is, what it reads, and for how long."""

    name = forms.CharField(
        label="Hệ thống nào dùng", max_length=100, help_text="Ví dụ: Cổng truy xuất nguồn gốc quốc gia."
    )
    scopes = forms.MultipleChoiceField(
        label="Được đọc", choices=service_keys.Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label="Dùng được bao nhiêu ngày", min_value=1, max_value=service_keys.LONGEST_DAYS, initial=365,
        help_text=f"Nhiều nhất {service_keys.LONGEST_DAYS} ngày. Hết hạn thì cấp khóa mới.",
    )  # fmt: skip

    per_minute = forms.IntegerField(
        label="Gọi nhiều nhất bao nhiêu lần mỗi phút", min_value=1, max_value=service_keys.MOST_PER_MINUTE,
        initial=service_keys.PER_MINUTE, help_text="Quá số này thì máy chủ từ chối cho đến phút sau.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = "Hãy điền ô này."
        self.fields["scopes"].error_messages["required"] = "Hãy chọn ít nhất một."


@needs(_NEEDED)
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys, the newest first."""
    page = Paginator(ServiceKey.objects.select_related("by"), _ROWS).get_page(request.GET.get("p"))
    shown = [(key, service_keys.state_of(key), service_keys.labels(key)) for key in page]
    context = {**admin.site.each_context(request), "title": "Khóa dịch vụ", "page": page, "keys": shown, "query": ""}
    return render(request, "backoffice/people/service_keys.html", context)


@never_cache
@needs(_NEEDED)
def make(request: HttpRequest) -> HttpResponse:
    """Ask what a key is for, make it, and show its secret. It is shown this once."""
    form = KeyForm(request.POST or None)
    by: Any = request.user
    context: dict[str, Any] = {**admin.site.each_context(request), "title": "Cấp khóa dịch vụ", "form": form}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        scopes = [service_keys.Scope(scope) for scope in said["scopes"]]
        key, secret = service_keys.make(said["name"], scopes, said["days"], by, said["per_minute"])
        context |= {"key": key, "secret": secret, "labels": service_keys.labels(key)}
        return render(request, "backoffice/people/service_key.html", context)
    return render(request, "backoffice/people/service_key_new.html", context)


@needs(_NEEDED)
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Tell what revoking a key ends, and do it with a reason."""
    key = get_object_or_404(ServiceKey, pk=key_id)
    reason, problem = request.POST.get("reason", "").strip()[:300], ""
    if request.method == "POST" and not reason:
        problem = "Hãy ghi lý do, ví dụ: hệ thống ngừng dùng, khóa bị lộ."
    elif request.method == "POST":
        if service_keys.revoke(key, reason):
            messages.success(request, f"Đã thu hồi khóa của {key.name}.")
        else:
            messages.info(request, f"Khóa của {key.name} đã được thu hồi trước đó.")
        return redirect("office-service-keys")
    context = {
        **admin.site.each_context(request), "title": "Thu hồi khóa dịch vụ", "key": key, "reason": reason,
        "state": service_keys.state_of(key), "labels": service_keys.labels(key), "problem": problem,
    }  # fmt: skip
    return render(request, "backoffice/people/service_key_revoke.html", context)


urlpatterns = [
    path("admin/service-keys/", keys, name="office-service-keys"),
    path("admin/service-keys/new/", make, name="office-service-key-new"),
    path("admin/service-keys/<int:key_id>/revoke/", revoke, name="office-service-key-revoke"),
]
