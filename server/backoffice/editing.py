"""Lets several people edit one record of the back office without losing a change.

A page carries what it showed of each field (Django's `show_hidden_initial`). When it is saved, a field that another
person has changed meanwhile keeps their value if this person left it alone. If both changed it, nothing is saved, and
the page shows both values.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest
from unfold.forms import PaginationInlineFormSet

from backoffice.day_input import DayInput, validate_year
from backoffice.words import in_words, moment
from register.clock import lock_clock


class MergedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Merges by field what this person and others have changed since the page was shown, or refuses."""

    def clean(self) -> dict[str, Any]:
        """Drop fields that others have changed and this person has not; add an error where both have."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        mine = self.changed_data
        fresh = self.data.copy()  # type: ignore[attr-defined]
        self.merged = self.changed_by_others()
        for name in self.merged:
            stored = self._stored(name)
            _put(fresh, self.add_initial_prefix(name), stored)
            if name not in mine:
                _put(fresh, self.add_prefix(name), stored)
                cleaned.pop(name, None)  # so the record keeps what is stored
                self.errors.pop(name, None)
            elif self.fields[name].has_changed(self.get_initial_for_field(self.fields[name], name), self[name].data):
                self.add_error(name, self._both_changed(name))
        self.data = fresh  # a second try is made against what is stored now
        return cleaned

    def changed_by_others(self) -> list[str]:
        """The fields whose stored value is no longer the one that the page showed."""
        if self.instance._state.adding:
            return []
        compared = [name for name, field in self.fields.items() if field.show_hidden_initial and not field.disabled]
        if not any(self.add_initial_prefix(name) in self.data for name in compared):
            return []  # no page of ours, which tells what it showed
        return [name for name in compared if self._shown(name) != self._stored(name)]

    def _shown(self, name: str) -> str | list[str]:
        widget = self.fields[name].hidden_widget()
        return _plain(widget.value_from_datadict(self.data, self.files, self.add_initial_prefix(name)))

    def _stored(self, name: str) -> str | list[str]:
        field = self.fields[name]
        widget = field.hidden_widget()
        return _plain(widget.format_value(field.prepare_value(self.get_initial_for_field(field, name))))

    def _both_changed(self, name: str) -> str:
        field = self._meta.model._meta.get_field(name)
        stored = self.initial[name] if field.many_to_many else getattr(self.instance, name)
        return (
            f"Trong lúc bạn sửa, {_author(self.instance)} đã đổi mục này thành “{in_words(field, stored)}”. "
            "Điều bạn nhập vẫn ở đây và chưa được lưu. Hãy ghi giá trị đúng rồi lưu lại."
        )


class MergedFormSet(PaginationInlineFormSet):
    """Rows of `MergedForm`s. Nobody deletes a row without having seen its latest change.

    A row that another person has deleted stays deleted. What this person has changed in it becomes a new row of the
    page, which is saved if they save again.
    """

    data: Any
    files: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone, self.taken_up = 0, 0
        if self.is_bound:
            self._take_out_rows_that_are_gone()

    def clean(self) -> None:
        """Refuse where rows were deleted that others have changed meanwhile, or changed that others have deleted."""
        super().clean()
        for form in self.deleted_forms:
            if form.merged:
                text = f"“{form.instance}” chưa bị xóa, vì {_author(form.instance)} vừa sửa. Hãy xem lại rồi lưu lại."
                raise ValidationError(text)
        if self.taken_up:
            text = (
                "Chưa lưu. Trong lúc bạn sửa, người khác đã xóa dòng mà bạn sửa. Những gì bạn nhập nằm ở dòng mới cuối "
                "bảng: lưu lại để thêm dòng đó, hoặc bỏ nó đi."
            )
            raise ValidationError(text)

    def _take_out_rows_that_are_gone(self) -> None:
        """Number the rows anew without those that are gone, and put the changed ones at the end, as new ones."""
        management = self.management_form
        if not management.is_valid():
            return
        key = self.model._meta.pk.name
        there = {str(pk) for pk in self.get_queryset().values_list("pk", flat=True)}
        stored = range(management.cleaned_data[INITIAL_FORM_COUNT])
        gone = [n for n in stored if self.data.get(f"{self.add_prefix(n)}-{key}", "") not in there]
        if not gone:
            return
        changed = [n for n in gone if set(self._construct_form(n).changed_data) - {key, "DELETE"}]
        kept = [n for n in range(management.cleaned_data[TOTAL_FORM_COUNT]) if n not in gone]
        data, files = self.data.copy(), self.files.copy()
        for sent in (data, files):
            rows = {n: _take_row(sent, self.add_prefix(n)) for n in [*kept, *gone]}
            for number, n in enumerate([*kept, *changed]):
                for name, values in rows[n].items():
                    sent.setlist(name.replace(self.add_prefix(n), self.add_prefix(number), 1), values)
        for number in range(len(kept), len(kept) + len(changed)):
            data[f"{self.add_prefix(number)}-{key}"] = ""
        data[management.add_prefix(TOTAL_FORM_COUNT)] = str(len(kept) + len(changed))
        data[management.add_prefix(INITIAL_FORM_COUNT)] = str(len(stored) - len(gone))
        self.data, self.files = data, files
        self.gone, self.taken_up = len(gone), len(changed)
        del self.management_form


class Edited:
    """For admin classes and their inlines whose records people edit. Their forms are `MergedForm`s."""

    form = MergedForm
    formset = MergedFormSet
    clock = "register"
    """The counter whose lock a save takes first."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Let the page carry what it shows, show days in words, and take those that devices take."""
        is_day = isinstance(db_field, models.DateField) and not isinstance(db_field, models.DateTimeField)
        if is_day:
            kwargs["widget"] = DayInput
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.show_hidden_initial = True
            if is_day:
                field.validators.append(validate_year)
            if hasattr(self, "parent_model"):  # a row: its column's heading is no label to a screen reader
                field.widget.attrs.setdefault("aria-label", str(field.label))
        return field

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Lock before what is stored is read, so that nobody changes it before it is saved."""
        if request.method == "POST" and connection.in_atomic_block:
            lock_clock(self.clock)
        return super().get_object(request, object_id, from_field)  # type: ignore[misc]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Tell what others have changed meanwhile and was kept."""
        forms_saved = [form, *(one for formset in formsets or () for one in formset.forms)]
        kept = {str(one.fields[name].label) for one in forms_saved for name in getattr(one, "merged", ())}
        if any(getattr(formset, "gone", 0) for formset in formsets or ()):
            kept.add("dòng đã xóa")
        if kept:
            text = f"Trong lúc bạn sửa, người khác đã đổi: {', '.join(sorted(kept))}. Thay đổi đó được giữ nguyên."
            messages.info(request, text)
        return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]


def changed_by(editions: Any) -> str:
    """What is told where somebody has changed records since a page of several steps showed them, by their history."""
    return f"Chưa ghi gì: trong lúc bạn làm, {_latest(editions)} đã sửa. Hãy xem lại, rồi làm tiếp nếu vẫn đúng."


def _author(record: models.Model) -> str:
    """Who saved the record last and when, as far as its history tells."""
    return _latest(getattr(record, "history", None))


def _latest(editions: Any) -> str:
    latest = editions.select_related("history_user").first() if editions is not None else None
    if latest is None or latest.history_user is None:
        return "người khác"
    return f"{latest.history_user.name or latest.history_user.username} (lúc {moment(latest.history_date)})"


def _plain(value: Any) -> str | list[str]:
    """What a hidden input carries; browsers send a line feed as two characters."""
    if isinstance(value, (list, tuple)):
        return sorted(map(str, value))
    return "" if value is None else str(value).replace("\r\n", "\n")


def _take_row(data: Any, prefix: str) -> dict[str, list[str]]:
    """Take the fields of one row out of the form's data, and what the page showed of them."""
    names = [name for name in data if name.startswith((f"{prefix}-", f"initial-{prefix}-"))]
    return {name: data.pop(name) for name in names}


def _put(data: Any, key: str, value: str | list[str]) -> None:
    data.setlist(key, value if isinstance(value, list) else [value])
