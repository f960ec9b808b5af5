"""What the first page counts: one narrow row for each note, inspection and round."""

from __future__ import annotations

from django.db import models

from inspections.suspicion import Witness
from register.models import Product


class CountedRecord(models.Model):
    """What is counted of one record, read from it when it was stored, in the same transaction.

    The records themselves hold no commune and no week, and are too wide to be counted by the hundred thousand.
    """

    class Kind(models.TextChoices):
        """The names of the kinds of records that are counted."""

        INSPECTION = "inspection", "Phiếu trong đợt"
        NOTE = "note", "Phiếu kiểm tra lẻ"
        ROUND = "round", "Đợt kiểm tra"

    kind = models.CharField("loại", max_length=20, choices=Kind.choices)
    record = models.UUIDField("phiếu")
    received_at = models.DateTimeField("nhận lúc")
    week = models.DateField("tuần, từ thứ Hai")  # of the arrival, in Vietnam's calendar
    witness = models.CharField(
        "người ghi",
        max_length=10,
        choices=[
            (Witness.INSPECTOR.value, "Cán bộ"),
            (Witness.SHOP.value, "Cửa hàng"),
            (Witness.CONSUMER.value, "Người dân"),
        ],
    )
    commune = models.CharField("mã xã, phường, đặc khu", max_length=20, blank=True)  # where it was seen; "" unknown
    # The product as the register has it now, if it has it: what was not registered then may be today.
    product = models.ForeignKey(
        Product, models.DO_NOTHING, to_field="gtin", db_column="gtin", db_constraint=False, db_index=False,
        null=True, related_name="+", verbose_name="sản phẩm",
    )  # fmt: skip
    status = models.CharField("kết luận của ứng dụng", max_length=64, blank=True)
    findings = models.CharField("phát hiện", max_length=200, blank=True)  # codes between spaces; "" if all was right
    replaced = models.BooleanField("đã được phiếu khác thay", default=False)  # so it is not counted twice

    class Meta:
        verbose_name = "phiếu trong số liệu"
        verbose_name_plural = "phiếu trong số liệu"
        ordering = ("-received_at", "-id")
        constraints = (models.UniqueConstraint(fields=["kind", "record"], name="a_record_is_counted_once"),)
        indexes = (
            models.Index(fields=["received_at", "id"], name="counted_by_arrival"),
            # What the page asks for is in the index, so the rows are not read.
            models.Index(
                fields=["witness", "week", "replaced", "kind", "commune", "status", "findings", "product"],
                name="counted_by_week",
            ),
            models.Index(fields=["kind", "witness", "commune", "received_at"], name="counted_by_commune"),
            models.Index(fields=["product", "witness"], name="counted_by_product"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.record}"
