"""Signed-off notes and their photos, which nobody edits; sightings of packs; serial numbers that are suspected."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from inspections.suspicion import Reason, Witness


class Inspection(models.Model):
    """One note. `body` is the canonical JSON exactly as received; the other columns are read from it for lists.

    The primary key is the id its device gave it: the constraint alone decides which of two bodies came first.
    """

    class Outcome(models.TextChoices):
        MATCHES = "matches", "Đúng với mã"
        MISLABELLED = "mislabelled", "Sai nhãn"
        EXPIRED = "expired", "Hết hạn"
        SUSPECTED_COPY = "suspected_copy", "Nghi mã bị sao chép"
        SOLD = "sold", "Đã bán"
        OTHER = "other", "Khác"

    id = models.UUIDField("mã phiếu", primary_key=True)
    sha256 = models.CharField(max_length=64)
    body = models.TextField("nội dung gốc")
    # Cursor of GET /inspections; moves forward when one of its photos arrives.
    cursor = models.BigIntegerField(unique=True)
    received_at = models.DateTimeField("nhận lúc", auto_now_add=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="inspections", verbose_name="người gửi"
    )
    device = models.UUIDField("thiết bị")
    created_at = models.DateTimeField("lập lúc")
    outcome = models.CharField("kết quả", max_length=20, choices=Outcome.choices)
    status = models.CharField("kết luận của ứng dụng", max_length=64, blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True, db_index=True)
    code_text = models.TextField("mã đã quét", blank=True)
    text = models.TextField("ghi chú", blank=True)
    latitude = models.FloatField("vĩ độ", null=True)
    longitude = models.FloatField("kinh độ", null=True)
    # The note that this one corrects. No foreign key: the correction may arrive first, and the other is never changed.
    supersedes = models.UUIDField("thay cho phiếu", null=True, db_index=True)

    class Meta:
        verbose_name = "phiếu kiểm tra"
        verbose_name_plural = "phiếu kiểm tra"
        ordering = ("-received_at",)
        indexes = (models.Index(fields=["account", "cursor"]),)

    def __str__(self) -> str:
        return str(self.id)

    def is_same_sender(self, other: Inspection) -> bool:
        """Whether both were sent by one account or, without accounts, from one device."""
        if self.account_id is None and other.account_id is None:
            return self.device == other.device
        return self.account_id == other.account_id

    def corrected(self) -> Inspection | None:
        """The note that this one corrects, where it is here and the same sender's."""
        found = Inspection.objects.filter(pk=self.supersedes).first() if self.supersedes else None
        return found if found is not None and found.is_same_sender(self) else None

    def corrections(self) -> list[Inspection]:
        """The notes that correct this one, of the same sender, oldest first."""
        found = Inspection.objects.filter(supersedes=self.pk).order_by("received_at")
        return [correction for correction in found if correction.is_same_sender(self)]


class Photo(models.Model):
    """A photo that a note names; `file` is empty until its bytes have arrived and been checked."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="photos", verbose_name="phiếu")
    number = models.PositiveSmallIntegerField(db_column="place")  # in the note's list, from 0
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("số byte")
    type = models.CharField("kiểu", max_length=20)
    file = models.CharField("tệp", max_length=100, blank=True)  # name in the default storage
    stored_at = models.DateTimeField("nhận lúc", null=True)

    class Meta:
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["inspection", "sha256"], name="a_photo_once_a_note"),)

    def __str__(self) -> str:
        return self.sha256

    def receipt(self) -> dict[str, Any]:
        """Its line in RECEIPT."""
        return {"sha256": self.sha256, "stored": bool(self.file)}


class Sighting(models.Model):
    """A pack with a serial number, seen once: roughly where and when, and by what kind of witness.

    Neither account nor device nor note is in it. `mark` and `sender` are hashes keyed with the server's secret: the one
    finds the sighting when its note is corrected, the other tells two senders of one pack apart, and of no other pack.
    """

    mark = models.CharField(max_length=32, unique=True, editable=False)
    sender = models.CharField(max_length=32, editable=False)
    gtin = models.CharField("GTIN", max_length=14)
    serial = models.CharField("số sê-ri", max_length=20)
    seen_at = models.DateTimeField("thấy lúc")  # rounded, by the server's clock as far as the device knew it
    time_is_sure = models.BooleanField("giờ chắc chắn")
    # The centre of a cell of places.GRID.
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
        return f"{self.gtin} · {self.serial} · {self.seen_at:%Y-%m-%d}"


class Suspicion(models.Model):
    """A serial number that more than one pack seems to bear: what the rules found, and what the office decided.

    `told`: devices are told of it. Else it is a lead, or dismissed, or its product's numbering seems to be at fault.
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
        ordering = ("-seen_at",)
        constraints = (models.UniqueConstraint(fields=["gtin", "serial"], name="a_serial_is_suspected_once"),)
        indexes = (models.Index(fields=["gtin"], condition=models.Q(told=True), name="suspicions_told"),)

    def __str__(self) -> str:
        return f"{self.gtin} · {self.serial}"

    def document(self) -> dict[str, Any]:
        """COPY of docs/api.md."""
        sold_on = self.sold_on.isoformat() if self.sold_on else None
        return {"serial": self.serial, "reason": self.reason, "sold_on": sold_on, "sightings": self.sightings}
