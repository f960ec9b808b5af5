"""Shelf audits, which nobody edits; the office sees those alone that were sent for it to see."""

from __future__ import annotations

from django.db import models

from records.models import StoredFile, StoredRecord


class Audit(StoredRecord):
    """One audit: a record of the kind `audit`. Names stand in its columns only where the office sees it."""

    office = models.BooleanField("cơ quan được xem")
    shop = models.CharField("cửa hàng", max_length=200, blank=True)
    opened_at = models.DateTimeField("mở lúc")
    closed_at = models.DateTimeField("đóng lúc")
    line_count = models.PositiveSmallIntegerField("số dòng")
    pack_count = models.PositiveBigIntegerField("số gói")
    take_down_count = models.PositiveSmallIntegerField("dòng nên cất khỏi kệ")
    erased_at = models.DateTimeField("xóa tên lúc", null=True, editable=False)
    # What a search looks through, without diacritics and case: shop, shelves, products, codes, lots, remarks.
    search_text = models.TextField(default="", editable=False)

    class Meta(StoredRecord.Meta):
        verbose_name = "lần kiểm kệ"
        verbose_name_plural = "lần kiểm kệ"
        indexes = (  # type: ignore[assignment]  # the stubs want as many as there are above
            *StoredRecord.Meta.indexes,
            models.Index(fields=["office", "received_at", "id"], name="audits_by_arrival"),
        )


class AuditFile(StoredFile):
    """Files of audits: schema 1 names none."""

    record = models.ForeignKey(Audit, models.CASCADE, related_name="files", verbose_name="lần kiểm kệ")

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_file_once_an_audit"),)
