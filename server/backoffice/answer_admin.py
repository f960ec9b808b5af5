"""Answers of senders to what the office asked, each beside its question."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from answers.kind import ANSWER
from answers.models import Answer, AnswerPhoto
from backoffice.large_lists import LargeList
from backoffice.note_filters import DayFilter, MonthFilter
from backoffice.read_only import ReadOnly
from backoffice.record_pages import RecordPages, link_to
from backoffice.record_photos import PhotosOfRecord, ShowsPhotos
from backoffice.words import moment
from records.events import State
from records.kinds import all_kinds
from records.models import Event


class AnswerPhotoInline(PhotosOfRecord):
    model = AnswerPhoto


@admin.register(Answer)
class AnswerAdmin(RecordPages, LargeList, ShowsPhotos, ReadOnly, ModelAdmin):
    kind = ANSWER
    list_display = ("received_at", "text_start", "question", "account", "photo_count")
    list_filter = (MonthFilter, DayFilter)
    list_select_related = ("account",)
    sortable_by = ("received_at",)
    inlines = (AnswerPhotoInline,)
    fields = (
        "id", "received_at", "written_at", "account", "device", "question", "about", "text", "corrects", "corrected_by",
        "chain", "erased", "sha256", "body",
    )  # fmt: skip
    readonly_fields = ("written_at", "question", "about", "corrects", "corrected_by", "chain", "erased")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With when, in which state and with which words each was asked; without the columns that no list shows."""
        answers: QuerySet[Any] = super().get_queryset(request)
        asked = Event.objects.filter(
            pk=OuterRef("event"), account=OuterRef("account"), kind=OuterRef("to_kind"), record=OuterRef("to_record")
        )
        told = {f"asked_{name}": Subquery(asked.values(name)) for name in ("at", "state", "text")}
        asked_of: QuerySet[Any] = answers.annotate(**told).defer("body", "search_text").prefetch_related("files")
        return asked_of

    def in_one_line(self, record: Answer) -> str:
        """What the sender answered."""
        return record.text[:80]

    @admin.display(description="trả lời")
    def text_start(self, answer: Answer) -> str:
        return self.in_one_line(answer)

    @admin.display(description="câu hỏi")
    def question(self, answer: Any) -> str:
        """What the office said; nothing where that is not here, or not about a record of the same sender."""
        if answer.asked_at is None:
            return "Không có ở đây"
        return f"{moment(answer.asked_at)}: {answer.asked_text or State(answer.asked_state).label}"

    @admin.display(description="về phiếu")
    def about(self, answer: Any) -> SafeString | str:
        kind = all_kinds().get(answer.to_kind)
        record = kind.records.filter(pk=answer.to_record).first() if kind and answer.asked_at else None
        return link_to(record) if record else str(answer.to_record)
