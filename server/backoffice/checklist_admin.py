"""Versions of the checklists in the back office: read, and added from a file, whole or not at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice import round_parts as parts
from backoffice.day_input import DayInput, validate_year
from backoffice.read_only import ReadOnly
from checklists.adding import AlreadyThere, TooEarly, add, check
from checklists.document import MOST_BYTES, Checklists, Refused, read
from checklists.models import Checklist
from register import days


class AddingForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """The file of a version, and the day from which devices use it."""

    file = forms.FileField(label="Tệp danh mục (JSON)", widget=UnfoldAdminFileFieldWidget)
    valid_from = forms.DateField(
        label="Dùng từ ngày", initial=days.today, widget=DayInput, validators=[validate_year],
        help_text="Bản trước hết hiệu lực vào ngày hôm trước. Bản đã thêm không sửa hay xóa được.",
    )  # fmt: skip

    class Meta:
        model = Checklist
        fields = ("valid_from",)

    def clean(self) -> dict[str, Any]:
        """Refuse, with the reason, a document that does not fit."""
        cleaned: dict[str, Any] = super().clean() or {}
        file, valid_from = cleaned.get("file"), cleaned.get("valid_from")
        if file is not None and valid_from is not None:
            cleaned["content"] = file.read(MOST_BYTES + 1)
            try:
                check(cleaned["content"], valid_from)
            except AlreadyThere:
                self.add_error("file", "Bản danh mục này đã có rồi.")
            except TooEarly as error:
                self.add_error(
                    "valid_from", f"Đã có bản dùng từ ngày {error.latest:%d/%m/%Y}: hãy chọn ngày đó hoặc sau đó."
                )
            except Refused as error:
                text = "Chưa thêm gì: tệp không đúng dạng danh mục. Hãy chuyển dòng sau cho người soạn tệp: "
                self.add_error("file", f"{text}“{error}”.")
        return cleaned


@admin.register(Checklist)
class ChecklistAdmin(ReadOnly, ModelAdmin):
    form = AddingForm
    list_display = ("valid_from", "valid_to", "sha256", "added_at", "added_by")
    fields = ("valid_from", "valid_to", "sha256", "added_at", "added_by", "laws", "lists", "items")
    readonly_fields = fields

    def has_add_permission(self, *request: object) -> bool:
        """A version may be added, and is then read alone."""
        return bool(ModelAdmin.has_add_permission(self, *request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Checklist]:
        """The list without documents."""
        versions: QuerySet[Checklist] = super().get_queryset(request)
        return versions.defer("document").select_related("added_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("file", "valid_from") if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Checklist, form: Any, change: bool) -> None:  # noqa: ARG002
        """Add the version; `obj` becomes the row that was stored."""
        added = add(form.cleaned_data["content"], form.cleaned_data["valid_from"], request.user)
        obj.__dict__.update(added.__dict__)

    @admin.display(description="văn bản luật")
    def laws(self, version: Checklist) -> Any:
        laws = _document(version).laws
        return parts.lines(f"{law.name}: {parts.day(law.valid_from)} – {parts.day(law.valid_to)}" for law in laws)

    @admin.display(description="danh mục theo nhóm hàng")
    def lists(self, version: Checklist) -> Any:
        document = _document(version)
        laws = {law.id: law.name for law in document.laws}
        groups = {group.id: group.name for ocop in document.groups for group in ocop.annex_groups}
        rows = [(one.label, laws[one.law], groups[one.group], len(one.items)) for one in document.lists]
        return parts.table(("Danh mục", "Luật", "Nhóm hàng", "Số mục"), rows)

    @admin.display(description="các mục")
    def items(self, version: Checklist) -> Any:
        document = _document(version)
        rows = [
            (
                item.id,
                item.text,
                "; ".join(document.sources[one].name for one in item.citation),
                "đã thấy trong luật" if item.certainty == "found" else "chưa xác minh",
            )
            for item in document.items
        ]
        return parts.table(("Mã", "Mục", "Căn cứ", "Mức chắc chắn"), rows)


def _document(version: Checklist) -> Checklists:
    return read(version.document.encode())
