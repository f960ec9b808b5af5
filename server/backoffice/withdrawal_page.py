"""The guided form that withdraws a certificate, told with its effect before it is done, and the one that undoes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from backoffice.certificate_page import CHANGED
from backoffice.certificate_words import on_day
from backoffice.day_input import day_field
from backoffice.editing import changed_by
from backoffice.permissions import needs
from backoffice.words import moment
from inspections.note import VERDICTS
from overview.devices import SILENT, in_contact
from register import days
from register.certificates import that_counts
from register.certifying import ChangedSince, Withdrawal, mark, take_back, withdraw
from register.models import Certificate

REASONS = (
    "Không còn đạt tiêu chí khi kiểm tra lại",
    "Vi phạm an toàn thực phẩm",
    "Sử dụng sai giấy chứng nhận hoặc biểu trưng OCOP",
    "Ngừng sản xuất",
    "Chủ thể tự đề nghị",
)
OTHER = "other"
_UNCOUNTED = "Máy của người không đăng nhập cũng nhận, nhưng không đếm được. Máy mất mạng thì biết khi có mạng lại."
_LONGEST = Certificate._meta.get_field("withdrawn_reason").max_length


class WithdrawalForm(forms.Form):
    """Why, from when, and by which decision. What is chosen and what is typed become one reason."""

    reason = forms.ChoiceField(
        label="Lý do", choices=[("", "Chọn lý do"), *((one, one) for one in REASONS), (OTHER, "Lý do khác")],
        error_messages={"required": "Hãy chọn lý do thu hồi."},
    )  # fmt: skip
    detail = forms.CharField(
        label="Ghi rõ thêm", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ai xem giấy chứng nhận cũng thấy lý do này.",
    )  # fmt: skip
    day = day_field("Có hiệu lực từ ngày")
    number = forms.CharField(label="Số quyết định thu hồi", max_length=60)
    decided_on = day_field("Ngày quyết định")

    def __init__(self, certificate: Certificate, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.certificate = certificate

    def clean_detail(self) -> str:
        """Return the text in one line, as it stands wherever the reason does."""
        return " ".join(str(self.cleaned_data["detail"]).split())

    def clean_day(self) -> date:
        """Refuse a day on which the certificate is not valid anyway."""
        day: date = self.cleaned_data["day"]
        if not self.certificate.valid_from <= day <= self.certificate.valid_to:
            span = f"{self.certificate.valid_from:%d/%m/%Y} đến {self.certificate.valid_to:%d/%m/%Y}"
            raise forms.ValidationError(f"Giấy này có giá trị từ {span}. Hãy chọn một ngày trong khoảng đó.")
        return day

    def clean_decided_on(self) -> date:
        """Refuse a decision that is not signed yet."""
        day: date = self.cleaned_data["decided_on"]
        if day > days.today():
            raise forms.ValidationError("Quyết định chưa ký thì chưa thu hồi được. Hãy xem lại ngày.")
        return day

    def clean(self) -> dict[str, Any]:
        """Another reason is written out."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == OTHER and not cleaned.get("detail") and "detail" not in self.errors:
            self.add_error("detail", "Hãy viết lý do.")
        return cleaned

    def withdrawal(self) -> Withdrawal:
        """What is to be written."""
        said = self.cleaned_data
        parts = [part for part in ("" if said["reason"] == OTHER else said["reason"], said["detail"]) if part]
        return Withdrawal(said["day"], ": ".join(parts)[:_LONGEST], said["number"], said["decided_on"])


class TakeBackForm(forms.Form):
    """Why a withdrawal was wrong."""

    why = forms.CharField(
        label="Vì sao việc thu hồi là sai", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lý do này ở lại trong lịch sử của giấy, cán bộ nào cũng đọc được.",
        error_messages={"required": "Hãy viết vì sao việc thu hồi là sai."},
    )  # fmt: skip


@needs(CHANGED)
def withdrawal_page(request: HttpRequest, certificate: int) -> HttpResponse:
    """Ask what is withdrawn and why, show what that does, and do it."""
    one = get_object_or_404(Certificate.objects.select_related("product__producer"), pk=certificate)
    step = request.POST.get("step", "")
    form = WithdrawalForm(one, request.POST or None, initial={"day": days.today(), "decided_on": days.today()})
    changed = ""
    if one.withdrawn_on is not None and step != "do":
        messages.warning(request, "Giấy này đã có quyết định thu hồi.")
        return redirect("office-certificate", one.pk)
    is_sure = step in {"look", "do"} and form.is_valid()
    if step == "do" and is_sure:
        try:
            withdraw(one.pk, request.POST.get("seen", ""), form.withdrawal(), request.user)
        except ChangedSince:
            changed, is_sure = changed_by(_editions(one)), False
        else:
            messages.success(request, f"Đã thu hồi giấy {one.number}. Thiết bị nhận ở lần đồng bộ tới.")
            return redirect("office-certificate", one.pk)
    one.refresh_from_db()
    context = {
        **_shown(request, one, changed),
        "title": "Thu hồi giấy chứng nhận",
        "form": form,
        "is_sure": is_sure,
        "withdrawal": form.withdrawal() if is_sure else None,
        "effect": effect_of(one, form.cleaned_data["day"], timezone.now()) if is_sure else [],
    }
    return render(request, "backoffice/register/withdraw.html", context, status=409 if changed else 200)


@needs(CHANGED)
def taking_back_page(request: HttpRequest, certificate: int) -> HttpResponse:
    """Undo a wrong withdrawal, with its reason."""
    one = get_object_or_404(Certificate.objects.select_related("product__producer"), pk=certificate)
    form = TakeBackForm(request.POST or None)
    changed = ""
    if request.method == "POST" and form.is_valid():
        try:
            take_back(one.pk, request.POST.get("seen", ""), " ".join(form.cleaned_data["why"].split()), request.user)
        except ChangedSince:
            changed = changed_by(_editions(one))
            one.refresh_from_db()
        else:
            messages.success(request, f"Đã hủy việc thu hồi giấy {one.number}. Thiết bị nhận ở lần đồng bộ tới.")
            return redirect("office-certificate", one.pk)
    if one.withdrawn_on is None and not changed:
        messages.warning(request, "Giấy này không bị thu hồi.")
        return redirect("office-certificate", one.pk)
    context = {
        **_shown(request, one, changed),
        "title": "Hủy việc thu hồi",
        "form": form,
        "effect": effect_of_taking_back(one, timezone.now()),
    }
    return render(request, "backoffice/register/take_back.html", context, status=409 if changed else 200)


def effect_of(one: Certificate, day: date, now: datetime) -> list[str]:
    """What a withdrawal from a day on does, with the devices that are known."""
    today = days.today()
    then = max(day, today)
    gone = Certificate(pk=one.pk, valid_from=one.valid_from, valid_to=one.valid_to, withdrawn_on=day)
    papers = [gone if paper.pk == one.pk else paper for paper in one.product.certificates.all()]
    counts = that_counts(papers, then)
    told = []
    if today < day == one.valid_from:
        told.append("Giấy bị thu hồi ngay từ ngày đầu, nên không ngày nào có hiệu lực.")
    elif day > today:
        begins = f"Từ ngày {one.valid_from:%d/%m/%Y} đến" if one.valid_from > today else "Đến"
        last = day - timedelta(days=1)
        told.append(f"{begins} hết ngày {last:%d/%m/%Y} giấy vẫn có hiệu lực, và thiết bị báo trước ngày thu hồi.")
    what = f"hiện “{VERDICTS['withdrawn']}”"
    if counts is not None and counts.pk != one.pk:
        worth = on_day(counts, then).words.lower()
        told.append(
            f"Sản phẩm còn giấy {counts.number} ({worth}), nên kết luận theo giấy đó; giấy này được ghi là bị thu hồi."
        )
        what = "nhận thay đổi này"
    return [*told, *_devices(what, now, day if day > today else None)]


def effect_of_taking_back(one: Certificate, now: datetime) -> list[str]:
    """What the certificate is worth again, and on how many devices."""
    back = Certificate(valid_from=one.valid_from, valid_to=one.valid_to)
    today = days.today()
    worth = f"Giấy trở lại là “{on_day(back, today).words}”, đến hết ngày {one.valid_to:%d/%m/%Y}."
    if one.valid_to < today:
        worth = f"Giấy không còn ghi là bị thu hồi, nhưng vẫn hết hiệu lực từ sau ngày {one.valid_to:%d/%m/%Y}."
    kept = f"Lý do cũ “{one.withdrawn_reason or 'không ghi'}” ở lại trong lịch sử."
    return [
        worth,
        kept,
        *_devices("nhận thay đổi này", now),
    ]


def _devices(what: str, now: datetime, from_day: date | None = None) -> list[str]:
    """How many devices will show it; those without an account are not known to the server."""
    later = f" từ ngày {from_day:%d/%m/%Y}" if from_day else ""
    number = in_contact(now)
    if not number:
        told = f"Trong {SILENT.days} ngày qua không máy nào đang đăng nhập có liên lạc, đếm lúc {moment(now)}."
        return [f"{told} Máy liên lạc lại sẽ {what}{later}.", _UNCOUNTED]
    known = f"Đó là những máy đang đăng nhập và có liên lạc trong {SILENT.days} ngày qua, đếm lúc {moment(now)}."
    return [
        f"Ở lần đồng bộ tới, {number} thiết bị sẽ {what}{later}. {known}",
        _UNCOUNTED,
    ]


def _editions(one: Certificate) -> Any:
    """What was saved of all certificates of the product, the newest first."""
    return Certificate.history.filter(product_id=one.product_id).order_by("-history_date", "-history_id")


def _shown(request: HttpRequest, one: Certificate, changed: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "one": on_day(one, days.today()),
        "product": one.product,
        "picture": one.product.pictures.first(),
        "seen": mark(one.product.certificates.all()),
        "changed": changed,
    }
