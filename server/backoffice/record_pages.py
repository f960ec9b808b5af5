"""What the lists and pages of notes, rounds and inspections have in common."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from backoffice.folded_search import search_records
from backoffice.words import moment
from inspections.note import VERDICTS
from records.chain import breaks_of, chain_of, clock_set_back
from records.erasing import erasures_of
from records.kinds import Kind
from records.models import Link, StoredRecord

_LINK = "text-primary-600 dark:text-primary-500"


class RecordPages:
    """For the admin class of a kind of record: its search, and what a list and a page show of every record."""

    search_fields = ("search_text",)
    kind: Kind

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find records by the words in them, their sender's name, or their id's beginning."""
        return search_records(queryset, search_term), False

    def in_one_line(self, record: Any) -> str:
        """What a record says, beside when it came and from whom."""
        raise NotImplementedError

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record, with the words that its pages are named by; its id tells a person nothing."""
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if found is not None:
            found.in_one_line = self.in_one_line(found)
        return found

    @admin.display(description="lập lúc, theo đồng hồ của thiết bị")
    def written_at(self, record: StoredRecord) -> str:
        """When the device says that the record was written."""
        return by_devices_clock(record.created_at)

    @admin.display(description="kết luận của ứng dụng")
    def verdict(self, record: Any) -> str:
        """The app's word; as it is where only a newer app knows it."""
        status: str = record.status
        return VERDICTS.get(status, status)

    @admin.display(description="ảnh")
    def photo_count(self, record: Any) -> int:
        return len(record.files.all())

    @admin.display(description="thay cho phiếu")
    def corrects(self, record: StoredRecord) -> SafeString | str:
        original = record.corrected()
        return link_to(original) if original else "-"

    @admin.display(description="được thay bằng phiếu")
    def corrected_by(self, record: StoredRecord) -> SafeString | str:
        return format_html_join(mark_safe("<br>"), "{}", [(link_to(c),) for c in record.corrections]) or "-"

    @admin.display(description="đã xóa")
    def erased(self, record: Any) -> SafeString | str:
        return erased_words(self.kind, record)

    @admin.display(description="chữ ký của máy và chuỗi phiếu")
    def chain(self, record: Any) -> SafeString | str:
        """By which key the record was signed, and where its chain or the device's clock is not what it should be.

        A round's includes those of the inspections that it names.
        """
        link = Link.objects.filter(kind=self.kind.name, record=record.pk).select_related("key").first()
        if link is None:
            return "không có chữ ký của máy"
        links = chain_of(link, self.kind.parts(record))
        told = [signed_words(link), *dict.fromkeys(one.get_what_display() for one in breaks_of(*links))]
        if clock_set_back(links):
            told.append("Đồng hồ của máy đã bị chỉnh lùi: có phiếu ghi giờ trước phiếu mà nó nối sau")
        if record.created_at > record.received_at + timedelta(hours=1):
            told.append("Đồng hồ của máy đi trước: phiếu ghi giờ sau lúc nhận")
        return format_html_join("", "<p>{}</p>", [(line,) for line in told])


def erased_words(kind: Kind, record: StoredRecord) -> SafeString | str:
    """What was removed from a record, when, by whom and on which ground; a line each."""
    lines = [
        f"Đã xóa {one.get_what_display()} lúc {moment(one.at)}, {one.get_ground_display()}"
        f"{f', do {one.by.name or one.by.username}' if one.by else ', tự động'}"
        for one in erasures_of(kind, record)
    ]
    return format_html_join("", "<p>{}</p>", [(line,) for line in lines]) or "-"


def signed_words(link: Link) -> str:
    """By which key a record was signed, and whether it came before that was revoked."""
    if link.key is None:
        return "không có chữ ký của máy"
    if link.key.revoked_at is None:
        return f"ký bằng khóa {link.key.kid}"
    order = "sau khi đã nhận phiếu" if link.received_at < link.key.revoked_at else "trước khi nhận phiếu"
    return f"ký bằng khóa {link.key.kid}, bị thu hồi {moment(link.key.revoked_at)}, {order}"


def by_devices_clock(at: datetime) -> str:
    """A moment in Vietnam; the device's clock may be wrong, so the year may be any."""
    try:
        return f"{timezone.localtime(at):%d/%m/%Y %H:%M}"
    except OverflowError:
        return f"{at.replace(tzinfo=None).isoformat(' ')} UTC"


def link_to(record: StoredRecord, words: str = "") -> SafeString:
    """A link to a record's page, by its id or in other words."""
    meta = record._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    return format_html(
        '<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', address, words or record.pk
    )
