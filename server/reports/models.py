"""Reports of people without an account, and their photos."""

from __future__ import annotations

from django.db import models

from records.models import StoredFile, StoredRecord
from reports.report import Seen


class Report(StoredRecord):
    """One report: a record of the kind `report`. Nobody edits it; its contact is erased in time (reports.contacts)."""

    secret_hash = models.CharField(max_length=64, editable=False)
    what = models.CharField("điều thấy lạ", max_length=100, blank=True)  # the codes, between spaces
    text = models.TextField("lời kể", blank=True)
    place = models.TextField("nơi thấy", blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True, db_index=True)
    scanned = models.TextField("mã đã quét", blank=True)  # a line for each code
    contact = models.CharField("liên hệ", max_length=200, blank=True)
    erased_at = models.DateTimeField("xóa liên hệ lúc", null=True)
    # What a search looks through: text, place and codes, without diacritics and case. The contact is not in it.
    search_text = models.TextField(default="", editable=False)

    class Meta(StoredRecord.Meta):
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"
        indexes = (  # type: ignore[assignment]  # the stubs want as many as there are above
            *StoredRecord.Meta.indexes,
            models.Index(fields=["received_at", "id"], name="reports_by_arrival"),
        )

    def seen(self) -> str:
        """What was found suspicious, in the back office's words."""
        return ", ".join(seen.label for seen in Seen if seen in self.what.split())


class ReportPhoto(StoredFile):
    """A photo that a report names."""

    record = models.ForeignKey(Report, models.CASCADE, related_name="files", verbose_name="báo cáo")

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_photo_once_a_report"),)
