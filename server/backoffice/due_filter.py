"""The filter of products by what the first page counts of their certificates."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from overview.certificates import Due, products
from register import days
from register.models import Product


class DueFilter(DropdownFilter):
    """By whose certificate ends soon, has ended, was withdrawn, and by what no inspector has ever seen."""

    title = "giấy chứng nhận cần chú ý"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(due.value, due.label) for due in Due]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        due = next((due for due in Due if due == self.value()), None)
        return queryset.filter(pk__in=products(due, days.today()).values("pk")) if due else queryset
