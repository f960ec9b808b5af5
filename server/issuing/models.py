"""The register's keys and the statements that they signed. Their tables belong to the application `register`."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords

from register.description import Described
from register.models import Certificate, Product, Recorded, with_its_certificate_unless_revoked


class IssuerKey(Described):
    """A key with which the register signs certificate statements (Ed25519). The private key is in a file of its own.

    It signs from `valid_from` to `valid_to` (None: still in use). Once it is revoked, everything it signed is
    worthless.
    """

    kid = models.CharField("mã khóa", max_length=40, unique=True)
    public_key = models.CharField("khóa công khai", max_length=43)  # base64url, 32 bytes without padding
    issuer = models.CharField("đơn vị ký", max_length=200)
    valid_from = models.DateTimeField("dùng từ")
    valid_to = models.DateTimeField("thôi dùng từ", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        app_label = "register"
        verbose_name = "khóa ký"
        verbose_name_plural = "khóa ký"
        ordering = ("-valid_from", "-pk")

    def __str__(self) -> str:
        return self.kid


class SignedStatement(Recorded):
    """A statement signed on one certificate: made once for a content and a key, and then given out unchanged.

    `digest` is the content's. A revoked statement stays, so that its id can be told, and a new one may follow it.
    """

    jti = models.CharField("mã xác nhận", max_length=22, primary_key=True)
    certificate = models.ForeignKey(
        Certificate,
        with_its_certificate_unless_revoked,
        related_name="statements",
        verbose_name="giấy chứng nhận",
    )
    key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="statements", verbose_name="khóa ký")
    digest = models.CharField(max_length=64, editable=False)
    token = models.TextField("xác nhận đã ký", editable=False)
    issued_at = models.DateTimeField("ký lúc")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    class Meta:
        app_label = "register"
        verbose_name = "xác nhận ký số"
        verbose_name_plural = "xác nhận ký số"
        ordering = ("-issued_at", "-jti")
        indexes = (models.Index(fields=["issued_at", "jti"], name="statements_by_time"),)
        constraints = (
            models.UniqueConstraint(
                fields=["certificate", "key", "digest"],
                condition=models.Q(revoked_at=None),
                name="one_statement_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.certificate.number} · {self.jti}"

    def changed_products(self) -> models.QuerySet[Product]:
        """The product whose list of revoked statements shows this one; none while it is not revoked."""
        if self.revoked_at is None:
            return Product.objects.none()
        return Product.objects.filter(certificates=self.certificate_id)
