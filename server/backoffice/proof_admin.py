"""Devices' keys, to be revoked, and where chains of records break, with both records."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from accounts.models import DeviceKey
from backoffice.folded_search import OfAccounts
from backoffice.issuing_admin import Revocable
from backoffice.large_lists import LargeList
from backoffice.read_only import ReadOnly
from backoffice.record_pages import signed_words
from backoffice.words import moment
from records import device_keys
from records.kinds import UnknownKind, kind_named
from records.models import Break, Link


@admin.register(DeviceKey)
class DeviceKeyAdmin(OfAccounts, LargeList, Revocable):
    list_display = ("kid", "user", "device", "certified_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = ("user__role",)
    search_fields = ("kid", "device")
    fields = ("kid", "user", "device", "certified_at", "revoked_at", "revoked_reason")

    def revoke(self, obj: DeviceKey) -> None:
        """Revoke the key, and end the session on its device."""
        device_keys.revoke(obj.kid, obj.revoked_reason)


class MendedFilter(DropdownFilter):
    """By whether the chain is whole again."""

    title = "còn hay đã tới"
    parameter_name = "mended"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("no", "Còn đứt"), ("yes", "Phiếu thiếu đã tới")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Break]) -> QuerySet[Break]:  # noqa: ARG002
        return queryset.filter(mended_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Break)
class BreakAdmin(OfAccounts, LargeList, ReadOnly, ModelAdmin):
    list_display = ("noticed_at", "what", "sender", "device", "mended_at")
    list_filter = ("what", MendedFilter)
    list_select_related = ("link__account", "link__key", "other__key")
    account = "link__account"
    search_fields = ("link__record", "other__record", "link__device", "link__prev")
    fields = ("what", "meaning", "noticed_at", "mended_at", "sender", "device", "prev", "record", "other_record")
    readonly_fields = ("meaning", "sender", "device", "prev", "record", "other_record")

    @admin.display(description="người gửi")
    def sender(self, found: Break) -> str:
        return str(found.link.account or "-")

    @admin.display(description="thiết bị")
    def device(self, found: Break) -> str:
        return str(found.link.device)

    @admin.display(description="ghi phiếu liền trước")
    def prev(self, found: Break) -> str:
        return found.link.prev or "Không có: là phiếu đầu tiên"

    @admin.display(description="nghĩa là")
    def meaning(self, found: Break) -> str:
        """What it may come from, for whoever has to ask."""
        if found.what == Break.What.FORK:
            return (
                "Hai phiếu từ cùng thiết bị ghi cùng một phiếu liền trước. Thường là do thư mục dữ liệu của máy được "
                "sao chép, được khôi phục từ bản cũ, hoặc bị hỏng; cũng có thể do người khác dùng bản sao của khóa. "
                "Hãy hỏi người gửi trước khi kết luận."
            )
        return (
            "Phiếu này ghi một phiếu liền trước mà máy chủ chưa có. Phiếu ấy có thể còn chờ mạng, bị từ chối, hoặc đã "
            "bị bỏ đi. Khi nó tới, chỗ đứt tự hết."
        )

    @admin.display(description="phiếu")
    def record(self, found: Break) -> SafeString:
        return _in_words(found.link)

    @admin.display(description="phiếu kia")
    def other_record(self, found: Break) -> SafeString | str:
        return _in_words(found.other) if found.other else "-"


def _in_words(link: Link) -> SafeString:
    """A record by its id, which leads to it, its hash, when it arrived, and by whom it was signed."""
    address = _address(link)
    name = format_html('<a href="{}">{}</a>', address, link.record) if address else format_html("{}", link.record)
    lines = [(f"SHA-256: {link.sha256}",), (f"Nhận lúc {moment(link.received_at)}",), (signed_words(link),)]
    return format_html("<p>{}</p>", name) + format_html_join("", "<p>{}</p>", lines)


def _address(link: Link) -> str | None:
    """The page of a link's record, where its kind has one and the office sees this record."""
    try:
        kind = kind_named(link.kind)
        of = kind.records_model._meta
        if not kind.office_records.filter(pk=link.record).exists():
            return None
        return reverse(f"admin:{of.app_label}_{of.model_name}_change", args=[link.record])
    except (UnknownKind, NoReverseMatch):
        return None
