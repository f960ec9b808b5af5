"""What the office enters of cases: an answer, whom a case is given to, a comment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, QueryDict

from accounts.models import User
from backoffice.day_input import day_field
from records.models import Event

NOT_EMPTY = {Event.State.MORE_WANTED: "Hãy viết điều cần hỏi.", Event.State.DECIDED: "Hãy viết câu trả lời."}
"""States in which the sender has to be told something, with what is said where nothing is."""


class AnswerForm(forms.Form):
    """What the sender is told. The day stands behind the number, as it does in letters, and goes out with it."""

    state = forms.ChoiceField(choices=Event.State.choices, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Trả lời người gửi", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    number = forms.CharField(label="Số quyết định hoặc văn bản", required=False, max_length=80)
    decided_on = day_field("Ngày ký", required=False)

    def clean_text(self) -> str:
        """Return the text with single line feeds; browsers send two characters."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        """A question asks something, a decision says something, and a day belongs to a number."""
        cleaned = super().clean() or {}
        if not cleaned.get("text", "").strip() and (missing := NOT_EMPTY.get(cleaned.get("state", ""))):
            self.add_error("text", missing)
        if cleaned.get("decided_on") and not cleaned.get("number"):
            self.add_error("number", "Hãy ghi số của văn bản có ngày này.")
        return cleaned

    def numbered(self) -> str:
        """The number with its day: 12/QĐ-XPHC ngày 29/11/2026."""
        number, day = self.cleaned_data["number"], self.cleaned_data["decided_on"]
        return f"{number} ngày {day:%d/%m/%Y}" if day else str(number)


class Colleagues(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Those who may answer, by their names."""

    def label_from_instance(self, obj: User) -> str:
        """The name as people write it."""
        return str(obj.name)


class AssignForm(forms.Form):
    """Whom a case is given to; nobody gives it back to all."""

    to = Colleagues(label="Người xử lý", queryset=User.objects.none(), required=False, empty_label="Chưa ai nhận")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(is_staff=True, is_active=True).order_by("name")  # type: ignore[attr-defined]


class CommentForm(forms.Form):
    """What colleagues read, and nobody else."""

    comment = forms.CharField(
        label="Ghi nội bộ", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Hãy viết điều cần ghi."},
    )  # fmt: skip

    def clean_comment(self) -> str:
        """Return the text with single line feeds."""
        return str(self.cleaned_data["comment"]).replace("\r\n", "\n")


def seen_in(posted: QueryDict) -> dict[UUID, int]:
    """The records that a page sends back, each with the version that it showed. Raises Http404."""
    try:
        pairs = [one.split(":") for one in posted.getlist("case")]
        return {UUID(record): int(version) for record, version in pairs}
    except ValueError:
        raise Http404 from None
