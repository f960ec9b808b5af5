"""The form that renews one product's certificate by a decision, held against its older ones before it is written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backoffice.certificate_words import on_day, points_in_words
from backoffice.day_input import day_field, validate_year
from backoffice.editing import changed_by
from backoffice.permissions import needs
from backoffice.renewing import hold_against
from logbook.watching import bulk
from register import days
from register.certificates import last_of_36_months, rules_on
from register.certifying import ChangedSince, NumberTaken, mark, renew
from register.models import STARS, Certificate

ADDED = "register.add_certificate"
TAKEN = "Số này đã có giấy khác dùng."


class DecisionForm(forms.Form):
    """A decision that recognises products, and for how long."""

    recognised_by = forms.CharField(label="Số quyết định công nhận", max_length=60)
    recognised_on = day_field("Ngày quyết định")
    valid_from = day_field("Có giá trị từ ngày")
    valid_to = day_field("Đến hết ngày", required=False, help_text="Để trống thì lấy 36 tháng.")
    issuer = forms.CharField(label="Nơi cấp", max_length=200)

    def clean_recognised_on(self) -> date:
        """Refuse a decision that is not signed yet."""
        day: date = self.cleaned_data["recognised_on"]
        if day > days.today():
            raise forms.ValidationError("Quyết định chưa ký. Hãy xem lại ngày.")
        return day

    def clean(self) -> dict[str, Any]:
        """Fill in the last day where it is left open."""
        cleaned = super().clean() or {}
        if cleaned.get("valid_from") and not cleaned.get("valid_to") and "valid_to" not in self.errors:
            cleaned["valid_to"] = last_of_36_months(cleaned["valid_from"])
            try:
                validate_year(cleaned["valid_to"])
            except forms.ValidationError as error:
                self.add_error("valid_from", error)
        return cleaned

    def paper(self, **more: Any) -> Certificate:
        """The certificate that the decision gives."""
        said = self.cleaned_data
        names = ("recognised_by", "recognised_on", "valid_from", "valid_to", "issuer")
        rules = rules_on(said["valid_from"])
        return Certificate(**{"decision": rules, **{name: said[name] for name in names}, **more})


class RenewalForm(DecisionForm):
    """The new certificate of one product."""

    number = forms.CharField(
        label="Số giấy chứng nhận mới", required=False, max_length=60, help_text="Để trống thì lấy số quyết định."
    )
    stars = forms.TypedChoiceField(label="Hạng sao", choices=STARS, coerce=int)
    points = forms.DecimalField(
        label="Điểm", required=False, max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(100),
        localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
    )  # fmt: skip
    field_order = ("recognised_by", "recognised_on", "number", "stars", "points", "valid_from", "valid_to", "issuer")

    def clean(self) -> dict[str, Any]:
        """Refuse a number that another certificate has."""
        cleaned = super().clean()
        cleaned["number"] = cleaned.get("number") or cleaned.get("recognised_by", "")
        if cleaned["number"] and Certificate.objects.filter(number=cleaned["number"]).exists():
            self.add_error("number", f"{TAKEN} Hãy ghi số riêng của giấy này.")
        return cleaned


@needs(ADDED)
def renewal_page(request: HttpRequest, certificate: int) -> HttpResponse:
    """Ask for the new certificate, show what it means beside the old ones, and add it."""
    one = get_object_or_404(Certificate.objects.select_related("product__producer"), pk=certificate)
    older = list(one.product.certificates.all())
    step = request.POST.get("step", "")
    form = RenewalForm(request.POST or None, initial=_proposed(one))
    changed, status = "", 200
    paper, held = None, None
    if step in {"look", "do"} and form.is_valid():
        said = form.cleaned_data
        paper = form.paper(product=one.product, number=said["number"], stars=said["stars"], points=said["points"])
        held = hold_against(paper, older)
        for name, problem in held.refused:
            form.add_error(name, problem)
        if held.refused:
            paper = None
    if step == "do" and paper is not None:
        why = f"Cấp lại theo quyết định {paper.recognised_by} ngày {paper.recognised_on:%d/%m/%Y}"
        try:
            with bulk([paper], why):
                renew([paper], {one.product_id: request.POST.get("seen", "")}, why, request.user)
        except ChangedSince:
            editions = Certificate.history.filter(product_id=one.product_id)
            changed, status = changed_by(editions.order_by("-history_date", "-history_id")), 409
        except NumberTaken:
            form.add_error("number", TAKEN)
            paper = None
        else:
            messages.success(request, f"Đã cấp giấy {paper.number}. Thiết bị nhận ở lần đồng bộ tới.")
            return redirect("office-certificate", paper.pk)
    context = {
        **admin.site.each_context(request),
        "title": "Cấp lại giấy chứng nhận",
        "one": on_day(one, days.today()),
        "product": one.product,
        "picture": one.product.pictures.first(),
        "form": form,
        "paper": paper,
        "points": points_in_words(paper.points) if paper and paper.points is not None else "",
        "held": held,
        "seen": mark(one.product.certificates.all()),
        "changed": changed,
    }
    return render(request, "backoffice/register/renew.html", context, status=status)


def _proposed(one: Certificate) -> dict[str, Any]:
    """What most renewals say: the day after the old one, the same stars and issuer."""
    begins = max(one.valid_to + timedelta(days=1), days.today()) if one.withdrawn_on is None else days.today()
    return {"stars": one.stars, "issuer": one.issuer, "valid_from": begins}
