"""The field in which the back office takes a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSingleDateWidget

from backoffice.words import day_in_words

_YEARS = range(1900, 3000)


def validate_year(day: date) -> None:
    """Refuse a day that devices do not take (docs/api.md, "What is not known"): they would set its product aside."""
    if day.year not in _YEARS:
        raise ValidationError("Năm phải từ %(first)s đến %(last)s.", params={"first": _YEARS[0], "last": _YEARS[-1]})


class DayInput(UnfoldAdminSingleDateWidget):
    """A day as dd/mm/yyyy, with the day in words beside it, so that the person sees which one was understood."""

    template_name = "backoffice/widgets/day.html"

    class Media:
        js = ("backoffice/days.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the day in words; nothing for a text that is no day."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        try:
            day = forms.DateField().to_python(value)
        except ValidationError:
            day = None
        return {**context, "words": day_in_words(day) if day else ""}


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A day in a form that is not Django's admin's: typed as dd/mm/yyyy."""
    return forms.DateField(
        label=label, required=required, help_text=help_text, validators=[validate_year],
        widget=forms.DateInput(attrs={"placeholder": "ngày/tháng/năm", "inputmode": "numeric", "size": 12}),
        error_messages={"invalid": "Không có ngày này, hoặc ghi khác cách. Hãy ghi ngày/tháng/năm, ví dụ 01/10/2026."},
    )  # fmt: skip
