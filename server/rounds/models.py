"""Rounds and their inspections, which nobody edits; names in them may be erased (rounds.erasing)."""

from __future__ import annotations

from django.db import models

from inspections.note import KNOWN_STATUSES
from records.models import StoredFile, StoredRecord
from rounds.words import Finding, PlaceKind, Sale

ALL_RIGHT = f" {Finding.MATCHES} "
"""What `Inspection.findings` says where all was as it should be; it is then said alone."""
_KINDS = [(kind.value, kind.label) for kind in PlaceKind]


class Round(StoredRecord):
    """One round: a record of the kind `round`."""

    place_kind = models.CharField("loại nơi", max_length=20, choices=_KINDS)
    place_name = models.CharField("nơi kiểm tra", max_length=200, blank=True)
    place_address = models.TextField("địa chỉ", blank=True)
    latitude = models.FloatField("vĩ độ", null=True)
    longitude = models.FloatField("kinh độ", null=True)
    inspected = models.CharField("người được kiểm tra", max_length=200, blank=True)
    case_number = models.CharField("số vụ việc", max_length=100, blank=True, db_index=True)
    opened_at = models.DateTimeField("mở lúc")
    closed_at = models.DateTimeField("đóng lúc")
    inspection_count = models.PositiveSmallIntegerField("số phiếu")
    erased_at = models.DateTimeField("xóa tên lúc", null=True, editable=False)
    # What a search looks through, without diacritics and case: place, people, case number, remarks.
    search_text = models.TextField(default="", editable=False)

    class Meta(StoredRecord.Meta):
        verbose_name = "đợt kiểm tra"
        verbose_name_plural = "đợt kiểm tra"
        indexes = (  # type: ignore[assignment]  # the stubs want as many as there are above
            *StoredRecord.Meta.indexes,
            models.Index(fields=["received_at", "id"], name="rounds_by_arrival"),
        )


class RoundFile(StoredFile):
    """A file that a round names."""

    record = models.ForeignKey(Round, models.CASCADE, related_name="files", verbose_name="đợt kiểm tra")

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_photo_once_a_round"),)


class Inspection(StoredRecord):
    """One inspection in a round: a record of the kind `inspection`."""

    # No foreign key, since the round is written when it is closed, and may never come.
    round = models.UUIDField("đợt", db_index=True)
    place_kind = models.CharField("loại nơi", max_length=20, choices=_KINDS)
    place_name = models.CharField("nơi kiểm tra", max_length=200, blank=True)
    place_address = models.TextField("địa chỉ", blank=True)
    latitude = models.FloatField("vĩ độ", null=True)
    longitude = models.FloatField("kinh độ", null=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    product_name = models.TextField("sản phẩm", blank=True)
    status = models.CharField("kết luận của ứng dụng", max_length=64, blank=True)
    findings = models.CharField("phát hiện", max_length=200, blank=True)  # the codes, between spaces
    sale = models.CharField("hàng", max_length=20, blank=True, choices=[(sale.value, sale.label) for sale in Sale])
    text = models.TextField("ghi chú", blank=True)
    erased_at = models.DateTimeField("xóa tên lúc", null=True, editable=False)
    # What a search looks through, without diacritics and case: place, product, codes, lot, text.
    search_text = models.TextField(default="", editable=False)

    class Meta(StoredRecord.Meta):
        verbose_name = "phiếu trong đợt"
        verbose_name_plural = "phiếu trong đợt"
        indexes = (  # type: ignore[assignment]
            *StoredRecord.Meta.indexes,
            models.Index(fields=["received_at", "id"], name="inspections_by_arrival"),
            models.Index(fields=["status", "received_at", "id"], name="inspections_by_status"),
            models.Index(fields=["place_name", "received_at"], name="inspections_at_a_place"),
            models.Index(fields=["gtin", "received_at", "account"], name="inspections_by_product"),
            models.Index(
                fields=["received_at", "id"],
                condition=~models.Q(status__in=KNOWN_STATUSES),
                name="inspections_of_newer_words",
            ),
            # Few of many: what was not as it should be. With the findings, so that the rows are not read for them.
            models.Index(
                fields=["received_at", "id", "findings"],
                condition=~models.Q(findings=ALL_RIGHT),
                name="inspections_with_findings",
            ),
        )

    def found(self) -> str:
        """What was found, in the back office's words."""
        return ", ".join(finding.label for finding in Finding if finding in self.findings.split())


class InspectionPhoto(StoredFile):
    """A photo that an inspection names."""

    record = models.ForeignKey(Inspection, models.CASCADE, related_name="files", verbose_name="phiếu")

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_photo_once_an_inspection"),)
