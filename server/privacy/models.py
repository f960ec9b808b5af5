"""Times that the office has set otherwise, and what people have asked for."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class TermSet(models.Model):
    """The days that the office has set for one of `terms.ALL`."""

    key = models.CharField("thời hạn", max_length=20, primary_key=True)
    days = models.PositiveIntegerField("số ngày")

    class Meta:
        verbose_name = "thời hạn lưu"
        verbose_name_plural = "thời hạn lưu"

    def __str__(self) -> str:
        return self.key


class PersonRequest(models.Model):
    """What a person has asked of the office about their own data, until when it is answered, and what was answered.

    `phone` to `device` say what is searched for. Name and what was searched for are erased in time (`keeping`).
    """

    class What(models.TextChoices):
        COPY = "copy", "Xem hoặc nhận bản sao"
        RECTIFY = "rectify", "Sửa cho đúng"
        ERASE = "erase", "Xóa"
        WITHDRAW = "withdraw", "Rút lại đồng ý hoặc phản đối"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField("yêu cầu", max_length=10, choices=What.choices)
    name = models.CharField("họ và tên", max_length=200)
    reach = models.CharField("trả lời tới", max_length=200)
    said = models.TextField("lời yêu cầu", blank=True)
    phone = models.CharField("số điện thoại", max_length=30, blank=True)
    mail = models.CharField("thư điện tử", max_length=200, blank=True)
    account = models.CharField("tên tài khoản", max_length=150, blank=True)
    device = models.UUIDField("mã thiết bị", null=True, blank=True)
    received_on = models.DateField("nhận ngày")
    answer_by = models.DateField("hạn trả lời")
    carry_out_by = models.DateField("hạn thực hiện")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi")
    answer = models.TextField("trả lời", blank=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    done_at = models.DateTimeField("thực hiện xong lúc", null=True)
    erased_at = models.DateTimeField("xóa tên lúc", null=True, editable=False)

    class Meta:
        verbose_name = "yêu cầu về dữ liệu cá nhân"
        verbose_name_plural = "yêu cầu về dữ liệu cá nhân"
        ordering = ("answer_by", "pk")
        default_permissions = ("view", "change")
        indexes = (models.Index(fields=["done_at", "carry_out_by"], name="requests_open"),)

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.received_on:%d/%m/%Y}"
