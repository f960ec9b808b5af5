"""The form that renews the certificates of many products by one decision, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from backoffice.certificate_words import OneCertificate, on_day
from backoffice.permissions import needs
from backoffice.renewal_page import ADDED, DecisionForm
from backoffice.renewing import hold_against
from backoffice.texts import whole_number
from imports.papers import LONGEST_NUMBER
from logbook.watching import bulk
from overview.certificates import Due, products
from register import days
from register.certificates import number_under, that_counts
from register.certifying import ChangedSince, NumberTaken, mark, renew
from register.models import STARS, Certificate, Product

MOST = 1000
"""Products that one decision renews at a time: the register stays locked for under a second."""
BY_STATE = (Due.DAYS_30, Due.DAYS_60, Due.DAYS_90, Due.ENDED)


class ManyForm(DecisionForm):
    """A decision on many products; without an issuer each keeps that of its old certificate."""

    issuer = forms.CharField(
        label="Nơi cấp", required=False, max_length=200, help_text="Để trống thì giữ nơi cấp của từng giấy cũ."
    )


@dataclass
class Line:
    """One product, its certificate that counts, and what would become of it."""

    product: Product
    old: OneCertificate | None
    mark: str
    stars: int | None
    paper: Certificate | None = None
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def chosen(self) -> str:
        """How the form names the product, with what was shown of its certificates."""
        return f"{self.product.pk}:{self.mark}"


@needs(ADDED)
def renewals_page(request: HttpRequest) -> HttpResponse:
    """Ask for the decision, show what it means for each product, and add the certificates."""
    if request.method == "GET":
        due = next((due for due in BY_STATE if due == request.GET.get("due")), None)
        found = products(due, days.today()) if due else Product.objects.none()
        return renewals_of(request, found.order_by("name", "pk").values_list("pk", flat=True)[: MOST + 1])
    seen = _seen(request)
    lines = _lines(seen, request)
    step = request.POST.get("step", "")
    form = ManyForm(request.POST)
    is_judged = step in {"look", "drop", "do"} and form.is_valid()
    if is_judged:
        _judge(lines, form)
    if step == "drop":
        lines = [line for line in lines if not line.refused]
    changed = ""
    if step == "do" and is_judged and lines and not any(line.refused for line in lines):
        papers = [line.paper for line in lines if line.paper]
        try:
            with bulk(papers, _why(form)):
                renew(papers, seen, _why(form), request.user)
        except (ChangedSince, NumberTaken) as error:
            changed = _told(error, lines)
        else:
            messages.success(request, f"Đã cấp lại {len(papers)} giấy. Thiết bị nhận ở lần đồng bộ tới.")
            return redirect("admin:register_product_changelist")
    return _shown(request, form, lines, is_judged=is_judged, changed=changed)


def renewals_of(request: HttpRequest, keys: Iterable[int]) -> HttpResponse:
    """The form for these products, before anything is entered."""
    lines = _lines(keys, request)
    if len(lines) > MOST:
        messages.warning(request, f"Mỗi lần cấp lại được {MOST} sản phẩm. Hãy lọc hoặc chọn ít hơn.")
        return redirect("admin:register_product_changelist")
    return _shown(request, ManyForm(), lines, is_judged=False, changed="")


def _shown(request: HttpRequest, form: ManyForm, lines: list[Line], *, is_judged: bool, changed: str) -> HttpResponse:
    refused = [line for line in lines if line.refused]
    context = {
        **admin.site.each_context(request),
        "title": "Cấp lại nhiều giấy theo một quyết định",
        "form": form,
        "lines": lines,
        "refused": refused,
        "good": len(lines) - len(refused),
        "is_judged": is_judged,
        "by_state": [(due.value, due.label) for due in BY_STATE],
        "stars": STARS,
        "changed": changed,
    }
    return render(request, "backoffice/register/renew_many.html", context, status=409 if changed else 200)


def _seen(request: HttpRequest) -> dict[int, str]:
    """The chosen products with the marks that the page showed; the list of products sends keys alone."""
    pairs = [one.partition(":")[::2] for one in request.POST.getlist("product")]
    return {number: shown for key, shown in pairs if (number := whole_number(key)) is not None}


def _lines(keys: Iterable[int], request: HttpRequest) -> list[Line]:
    today = days.today()
    chosen = Product.objects.filter(pk__in=list(keys)).select_related("producer").prefetch_related("certificates")
    lines = []
    for product in chosen:
        papers = list(product.certificates.all())
        old = that_counts(papers, today)
        said = whole_number(request.POST.get(f"stars-{product.pk}", ""))
        stars = said if said in {3, 4, 5} else (old.stars if old else None)
        lines.append(Line(product, on_day(old, today) if old else None, mark(papers), stars))
    return lines


def _judge(lines: list[Line], form: ManyForm) -> None:
    """Make the certificates, and say which may not be."""
    decision = form.cleaned_data["recognised_by"]
    numbers = {line.product.pk: number_under(decision, line.product.gtin, shared=True) for line in lines}
    taken = set(Certificate.objects.filter(number__in=numbers.values()).values_list("number", flat=True))
    for line in lines:
        issuer = form.cleaned_data["issuer"] or (line.old.certificate.issuer if line.old else "")
        number = numbers[line.product.pk]
        if line.stars is None:
            line.refused.append("Chưa chọn hạng sao.")
        if not issuer:
            line.refused.append("Chưa ghi nơi cấp.")
        if line.old and line.old.is_withdrawn:
            line.refused.append("Giấy gần nhất bị thu hồi: hãy cấp lại ở trang của giấy đó.")
        if number in taken:
            line.refused.append(f"Đã có giấy {number}.")
        if len(number) > LONGEST_NUMBER:
            line.refused.append("Số quyết định dài quá.")
        if line.refused:
            continue
        line.paper = form.paper(product=line.product, number=number, stars=line.stars, issuer=issuer)
        held = hold_against(line.paper, line.product.certificates.all())
        line.refused += [problem for _, problem in held.refused]
        line.notes += held.notes


def _why(form: ManyForm) -> str:
    said = form.cleaned_data
    return f"Cấp lại theo quyết định {said['recognised_by']} ngày {said['recognised_on']:%d/%m/%Y}"


def _told(error: ChangedSince | NumberTaken, lines: list[Line]) -> str:
    if isinstance(error, NumberTaken):
        return "Chưa ghi gì: có người vừa cấp giấy mang số này."
    names = [line.product.name for line in lines if line.product.pk in error.products]
    return f"Chưa ghi gì: trong lúc bạn làm, người khác đã sửa giấy của {', '.join(names[:5])}. Hãy xem lại."
