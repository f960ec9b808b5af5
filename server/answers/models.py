"""Answers of senders to what the office asked, and their photos."""

from __future__ import annotations

from django.db import models

from records.models import StoredFile, StoredRecord


class Answer(StoredRecord):
    """One answer: a record of the kind `answer`."""

    # No foreign keys: what was asked may be missing in a database that was restored.
    event = models.UUIDField("trả lời cho", db_index=True)
    to_kind = models.CharField("loại phiếu", max_length=20)
    to_record = models.UUIDField("về phiếu", db_index=True)
    text = models.TextField("trả lời")
    erased_at = models.DateTimeField("xóa nội dung lúc", null=True, editable=False)
    search_text = models.TextField(default="", editable=False)

    class Meta(StoredRecord.Meta):
        verbose_name = "trả lời"
        verbose_name_plural = "trả lời"
        indexes = (  # type: ignore[assignment]  # the stubs want as many as there are above
            *StoredRecord.Meta.indexes,
            models.Index(fields=["received_at", "id"], name="answers_by_arrival"),
        )


class AnswerPhoto(StoredFile):
    """A photo that an answer names."""

    record = models.ForeignKey(Answer, models.CASCADE, related_name="files", verbose_name="trả lời")

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_photo_once_an_answer"),)
