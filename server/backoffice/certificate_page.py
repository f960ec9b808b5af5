"""The page of a certificate: what it says, what it is worth today, what was changed in it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backoffice.certificate_words import OneCertificate, on_day
from backoffice.history import Change, changes_of
from backoffice.permissions import needs
from register import days
from register.certificates import that_counts
from register.models import STOOD_BEFORE, Certificate, Product

LOOKED_AT = "register.view_certificate"
CHANGED = "register.change_certificate"


@dataclass(frozen=True)
class Edition:
    """All that one save changed in the certificate, with its reason where one was given."""

    at: datetime
    who: str
    done: str
    why: str
    changes: list[Change]


@dataclass(frozen=True)
class Bar:
    """One certificate on the line of time, in hundredths of its width."""

    shown: OneCertificate
    left: float
    width: float


@needs(LOOKED_AT)
def certificate_page(request: HttpRequest, certificate: int) -> HttpResponse:
    """Show one certificate."""
    one = get_object_or_404(Certificate.objects.select_related("product__producer"), pk=certificate)
    today = days.today()
    shown = [on_day(paper, today) for paper in one.product.certificates.all()]
    mine = next(paper for paper in shown if paper.certificate.pk == one.pk)
    bars, now = _on_a_line(shown, today)
    return render(
        request,
        "backoffice/register/certificate.html",
        {
            **admin.site.each_context(request),
            "title": f"Giấy {one.number}",
            "one": mine,
            "left": (one.valid_to - today).days,
            "product": one.product,
            "picture": one.product.pictures.first(),
            "others": [paper for paper in shown if paper is not mine],
            "bars": bars,
            "now": now,
            "editions": editions_of(one),
            "begins_here": begins_here(one),
            "may_change": request.user.has_perm(CHANGED),
            "may_add": request.user.has_perm("register.add_certificate"),
        },
    )


@needs(LOOKED_AT)
def of_product(request: HttpRequest, product: int) -> HttpResponse:
    """Lead to the certificate that counts for a product today, or to the product where it never had one."""
    one = get_object_or_404(Product.objects.prefetch_related("certificates"), pk=product)
    counts = that_counts(one.certificates.all(), days.today())
    if counts is None:
        return redirect("admin:register_product_change", one.pk)
    to = "office-withdraw" if request.GET.get("to") == "withdraw" and request.user.has_perm(CHANGED) else ""
    return redirect(to or "office-certificate", counts.pk)


def editions_of(one: Certificate) -> list[Edition]:
    """What was saved in it, the newest first."""
    groups = groupby(changes_of(Certificate, one.pk), key=lambda change: (change.at, change.who, change.done))
    found = [(key, list(changes)) for key, changes in groups]
    return [Edition(at, who, done, changes[0].why, changes) for (at, who, done), changes in found]


def begins_here(one: Certificate) -> bool:
    """Whether the history goes back to when the certificate was added."""
    first = one.history.order_by("history_date", "history_id").first()
    return first is not None and first.history_type == "+" and first.history_change_reason != STOOD_BEFORE


def _on_a_line(shown: list[OneCertificate], today: date) -> tuple[list[Bar], float]:
    """The certificates on a line of time, and where today is on it."""
    first = min(*(one.certificate.valid_from for one in shown), today)
    last = max(*(one.certificate.valid_to for one in shown), today)
    span = max((last - first + timedelta(days=1)).days, 1)

    def at(day: date) -> float:
        return round(100 * (day - first).days / span, 2)

    bars: list[Any] = []
    for one in reversed(shown):
        left = at(one.certificate.valid_from)
        bars.append(Bar(one, left, round(at(one.certificate.valid_to) - left, 2)))
    return bars, at(today)
