"""Where the codes of products lead, beside their pages in the register."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from linking.kinds import KINDS
from register.models import Product, validate_https


class ProductLink(models.Model):
    """One link of a product: an address, what it is about, and for whom it is written."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="links", verbose_name="sản phẩm")
    kind = models.CharField("nội dung", max_length=60, choices=list(KINDS.items()))
    href = models.CharField("địa chỉ", max_length=500, validators=[validate_https])
    title = models.CharField("tên hiện cho người đọc", max_length=200)
    language = models.CharField(
        "ngôn ngữ", max_length=5, blank=True, help_text="Ví dụ vi hoặc en; để trống nếu không rõ.",
        validators=[RegexValidator(r"^[a-z]{2}(-[A-Z]{2})?$", "Hãy ghi hai chữ cái, ví dụ vi hoặc en.")],
    )  # fmt: skip
    media = models.CharField(
        "loại tệp", max_length=60, default="text/html",
        choices=[
            ("text/html", "Trang web"), ("application/pdf", "PDF"), ("application/json", "JSON"),
            ("application/ld+json", "JSON-LD"), ("video/mp4", "Video"),
        ],
    )  # fmt: skip
    history = HistoricalRecords()

    class Meta:
        verbose_name = "liên kết"
        verbose_name_plural = "liên kết"
        ordering = ("product", "kind", "language", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["product", "kind", "href", "language", "media"], name="a_link_once_a_product",
                violation_error_message="Sản phẩm đã có liên kết này.",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"
