"""Within how many days the office answers each kind of record; administrators change it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from backoffice.editing import Edited
from backoffice.inbox_pages import TITLES
from reviewing.deadlines import set_days
from reviewing.models import Deadline


@admin.register(Deadline)
class DeadlineAdmin(Edited, ModelAdmin):
    list_display = ("what", "days")
    fields = ("what", "days")
    readonly_fields = ("what",)

    @admin.display(description="loại hồ sơ", ordering="kind")
    def what(self, deadline: Deadline) -> str:
        return TITLES.get(deadline.kind, deadline.kind)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse: each kind has its row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: each kind keeps its row."""
        return False

    def save_model(self, request: HttpRequest, obj: Deadline, form: forms.ModelForm[Any], change: bool) -> None:  # noqa: ARG002
        """Change the days of what waits already too."""
        set_days(obj.kind, obj.days)
