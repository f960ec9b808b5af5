"""Signed-off notes and their photos, which nobody edits; sightings of packs; suspected serial numbers."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from inspections.note import KNOWN_STATUSES, Outcome
from inspections.suspicion import Reason, Witness
from records.models import StoredFile, StoredRecord


class Inspection(StoredRecord):
    """One note: a record of the kind `note`."""

    outcome = models.CharField(
        "kết quả", max_length=20, choices=[(outcome.value, outcome.label) for outcome in Outcome]
    )
    status = models.CharField("kết luận của ứng dụng", max_length=64, blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    code_text = models.TextField("mã đã quét", blank=True)
    text = models.TextField("ghi chú", blank=True)
    latitude = models.FloatField("vĩ độ", null=True)
    longitude = models.FloatField("kinh độ", null=True)
    erased_at = models.DateTimeField("xóa nội dung lúc", null=True, editable=False)
    # What a search looks through: the note's code and text, without diacritics and case.
    search_text = models.TextField(default="", editable=False)

    class Meta(StoredRecord.Meta):
        verbose_name = "phiếu kiểm tra"
        verbose_name_plural = "phiếu kiểm tra"
        # By which the back office lists and filters them.
        indexes = (  # type: ignore[assignment]  # the stubs want as many as there are above
            *StoredRecord.Meta.indexes,
            models.Index(fields=["received_at", "id"], name="notes_by_arrival"),
            models.Index(fields=["outcome", "received_at", "id"], name="notes_by_outcome"),
            models.Index(fields=["status", "received_at", "id"], name="notes_by_status"),
            models.Index(fields=["gtin", "received_at", "account"], name="notes_by_product"),
            models.Index(
                fields=["received_at", "id"],
                condition=~models.Q(status__in=KNOWN_STATUSES),
                name="notes_of_newer_words",
            ),
        )


class Photo(StoredFile):
    """A photo that a note names."""

    record = models.ForeignKey(
        Inspection, models.CASCADE, db_column="inspection_id", related_name="files", verbose_name="phiếu"
    )
    number = models.PositiveSmallIntegerField(db_column="place")

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_photo_once_a_note"),)


class Sighting(models.Model):
    """A pack with a serial number, seen once: roughly where and when, and by what kind of witness.

    It names no account, device or note. `mark` and `sender` are hashes keyed with the server's secret: `mark` finds the
    sighting when its note is corrected; `sender` tells apart the senders of one pack, and differs for other packs.
    """

    mark = models.CharField(max_length=32, unique=True, editable=False)
    sender = models.CharField(max_length=32, editable=False)
    gtin = models.CharField("GTIN", max_length=14)
    serial = models.CharField("số sê-ri", max_length=20)
    seen_at = models.DateTimeField("thấy lúc")  # rounded; by the server's clock if the device knew it
    time_is_sure = models.BooleanField("giờ chắc chắn")
    # The centre of a cell of inspections.grid.
    latitude = models.FloatField("vĩ độ", null=True)
    longitude = models.FloatField("kinh độ", null=True)
    sold = models.BooleanField("đã bán")
    witness = models.CharField(
        "người thấy",
        max_length=10,
        choices=[
            (Witness.CONSUMER.value, "Người tiêu dùng"),
            (Witness.SHOP.value, "Cửa hàng"),
            (Witness.INSPECTOR.value, "Cán bộ"),
        ],
    )

    class Meta:
        verbose_name = "lần thấy"
        verbose_name_plural = "lần thấy"
        indexes = (models.Index(fields=["gtin", "serial", "seen_at"]), models.Index(fields=["seen_at"]))

    def __str__(self) -> str:
        return f"{self.gtin} · {self.serial} · {self.seen_at:%d/%m/%Y}"


class Suspicion(models.Model):
    """A serial number that seems to be on more than one pack: what the rules found, and what the office decided.

    `told`: devices are told of it. Otherwise it is a lead, or dismissed, or the product's numbering seems faulty.
    """

    class Decision(models.TextChoices):
        RULES = "", "Theo quy tắc"
        DISMISSED = "dismissed", "Bỏ nghi vấn"
        CONFIRMED = "confirmed", "Xác nhận, báo cho các máy"

    gtin = models.CharField("GTIN", max_length=14)
    serial = models.CharField("số sê-ri", max_length=20)
    reason = models.CharField(
        "lý do nghi",
        max_length=20,
        choices=[
            (Reason.TOO_FAR_APART.value, "Thấy ở hai nơi quá xa nhau"),
            (Reason.SEEN_AFTER_SALE.value, "Bán rồi còn thấy bày bán"),
        ],
    )
    sold_on = models.DateField("báo đã bán ngày", null=True)
    sightings = models.JSONField("các lần thấy")  # as COPY in docs/api.md has them
    seen_at = models.DateTimeField("thấy gần nhất")
    accuses = models.BooleanField("đủ bằng chứng")  # Finding.accuses
    by_accounts = models.BooleanField("chỉ từ tài khoản")  # Finding.by_accounts
    told = models.BooleanField("các máy được báo", default=False)
    decision = models.CharField("quyết định", max_length=10, choices=Decision.choices, blank=True, default="")
    decision_reason = models.CharField("lý do quyết định", max_length=300, blank=True)
    # The last sighting that the office has judged.
    judged_through = models.BigIntegerField(default=-1, editable=False)
    history = HistoricalRecords(excluded_fields=["judged_through"])

    class Meta:
        verbose_name = "số sê-ri bị nghi sao chép"
        verbose_name_plural = "số sê-ri bị nghi sao chép"
        ordering = ("-seen_at", "-id")
        constraints = (models.UniqueConstraint(fields=["gtin", "serial"], name="a_serial_is_suspected_once"),)
        indexes = (
            models.Index(fields=["gtin"], condition=models.Q(told=True), name="suspicions_told"),
            models.Index(fields=["seen_at", "id"], name="suspicions_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.gtin} · {self.serial}"

    def document(self) -> dict[str, Any]:
        """COPY of docs/api.md."""
        sold_on = self.sold_on.isoformat() if self.sold_on else None
        return {"serial": self.serial, "reason": self.reason, "sold_on": sold_on, "sightings": self.sightings}
