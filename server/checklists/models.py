"""Versions of the checklists, each kept for ever: inspections name the version that they used by its hash."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from register.description import Described


class Checklist(Described):
    """One version: the document exactly as it came, and the days on which devices use it (None: open).

    A version that was replaced on its first day has a last day before that, and holds on no day.
    """

    sha256 = models.CharField("mã băm", primary_key=True, max_length=64, editable=False)
    document = models.TextField("nội dung", editable=False)
    valid_from = models.DateField("dùng từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, editable=False)
    added_at = models.DateTimeField("thêm lúc", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người thêm", editable=False
    )

    class Meta:
        verbose_name = "danh mục kiểm tra"
        verbose_name_plural = "danh mục kiểm tra"
        ordering = ("-valid_from", "-added_at")

    def __str__(self) -> str:
        return f"{self.valid_from:%d/%m/%Y} · {self.sha256[:12]}"

    def named(self) -> dict[str, Any]:
        """Its entry in REGISTER."""
        ends = self.valid_to.isoformat() if self.valid_to else None
        return {"sha256": self.sha256, "valid_from": self.valid_from.isoformat(), "valid_to": ends}


class Draft(models.Model):
    """A version that is being prepared: devices get nothing of it, and it can be changed or thrown away."""

    name = models.CharField("tên bản nháp", max_length=120)
    document = models.TextField("nội dung")
    made_at = models.DateTimeField("tạo lúc", auto_now_add=True)
    changed_at = models.DateTimeField("sửa lúc", auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="người sửa"
    )

    class Meta:
        verbose_name = "bản nháp danh mục"
        verbose_name_plural = "bản nháp danh mục"
        ordering = ("-changed_at",)

    def __str__(self) -> str:
        return self.name
