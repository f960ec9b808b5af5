"""The filters of products by their certificates and by whether an inspector has seen them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from backoffice.texts import whole_number
from overview.certificates import Due, counting, in_force, products
from register import days
from register.models import STARS, Producer, Product

IN_FORCE, NEVER_HAD = "in_force", "none"


class DueFilter(DropdownFilter):
    """By what a product's certificates are worth: in force, ending soon, ended, withdrawn, or never had one."""

    title = "giấy chứng nhận"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        # What nobody has seen has a filter of its own, which joins with this one; the first page leads here.
        offered = [due for due in Due if due is not Due.NEVER_SEEN or request.GET.get(self.parameter_name) == due.value]
        named = [(due.value, due.label) for due in offered]
        return [(IN_FORCE, "Còn hiệu lực"), *named, (NEVER_HAD, "Chưa từng có giấy")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        if self.value() == NEVER_HAD:
            return queryset.filter(certificates=None)
        if self.value() == IN_FORCE:
            return queryset.filter(pk__in=in_force(days.today()).values("pk"))
        due = next((due for due in Due if due == self.value()), None)
        return queryset.filter(pk__in=products(due, days.today()).values("pk")) if due else queryset


class SeenFilter(DropdownFilter):
    """By whether an inspector has ever come across the product."""

    title = "thấy ngoài chợ"
    parameter_name = "seen"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("never", "Chưa từng thấy"), ("once", "Đã thấy")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        never = products(Due.NEVER_SEEN, days.today()).values("pk")
        if self.value() == "never":
            return queryset.filter(pk__in=never)
        return queryset.exclude(pk__in=never) if self.value() == "once" else queryset


class StarsFilter(DropdownFilter):
    """By the stars of the certificate that counts today."""

    title = "hạng sao"
    parameter_name = "stars"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(str(stars), label) for stars, label in STARS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        if self.value() not in dict(self.lookup_choices):
            return queryset
        stars_today = Subquery(counting(days.today()).values("stars")[:1])
        starred = Product.objects.order_by().annotate(stars_today=stars_today).filter(stars_today=self.value())
        return queryset.filter(pk__in=starred.values("pk"))


class ProducerFilter(DropdownFilter):
    """By producer: where a list of them would be too long, the page of producers leads here."""

    title = "chủ thể"
    parameter_name = "producer"
    most = 300

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        rows = list(Producer.objects.order_by("name").values_list("pk", "name")[: self.most + 1])
        if len(rows) > self.most:
            chosen = whole_number(request.GET.get(self.parameter_name, ""))
            rows = list(Producer.objects.filter(pk=chosen).values_list("pk", "name")) if chosen is not None else []
        return [(str(pk), name) for pk, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        chosen = whole_number(self.value() or "")
        return queryset if chosen is None else queryset.filter(producer=chosen)
