"""Where somebody asks for a mail each morning with what waits, or asks for it no more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from backoffice.permissions import needs
from reviewing.models import Digest


class DigestForm(forms.Form):
    """The address; the button says whether mails are wanted."""

    address = forms.EmailField(
        label="Gửi tới địa chỉ",
        error_messages={"required": "Hãy ghi địa chỉ thư.", "invalid": "Địa chỉ thư chưa đúng."},
    )


@needs("records.add_event")
def digest(request: HttpRequest) -> HttpResponse:
    """Show whether mails are wanted, and change it."""
    user: Any = request.user
    kept = Digest.objects.filter(user=user).first()
    form = DigestForm(request.POST or None, initial={"address": kept.address if kept else user.email})
    if request.method == "POST" and "off" in request.POST:
        Digest.objects.filter(user=user).delete()
        messages.success(request, "Bạn sẽ không nhận thư hằng ngày nữa.")
        return redirect("office-digest")
    if request.method == "POST" and form.is_valid():
        Digest.objects.update_or_create(user=user, defaults={"address": form.cleaned_data["address"]})
        messages.success(request, f"Mỗi sáng có việc chờ, thư được gửi tới {form.cleaned_data['address']}.")
        return redirect("office-digest")
    context = {
        **admin.site.each_context(request),
        "title": "Thư hằng ngày",
        "form": form,
        "kept": kept,
        "can_send": bool(settings.MAIL),
    }
    return render(request, "backoffice/digest.html", context)
