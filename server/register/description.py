"""What the register says of itself, and how a change of it is marked, so that devices fetch it again."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from register.clock import lock_clock

DEFAULT_NAME = "OCOP Quảng Ninh"


def validate_domains(value: str) -> None:
    """Refuse anything but a list of host names: `https://` or a path would match nothing."""
    label = r"(?!-)(?:[^\W_]|-){1,63}(?<!-)"
    for domain in value.split():
        if not re.fullmatch(rf"{label}(?:\.{label})+", domain):
            raise ValidationError(f"{domain}: chỉ ghi tên miền, ví dụ truyxuat.example, không có https:// hay dấu /.")


class Described(models.Model):
    """A model that is part of REGISTER (docs/api.md): a save gives the register's description the next cursor.

    `signals` does the same for deletes. Bulk writers call `record_register` themselves.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and mark the change."""
        with transaction.atomic():
            lock_clock()
            super().save(*args, **kwargs)
            record_register()


class Register(Described):
    """The register's identity and name, whether it holds sample data, and which domains it knows. One row.

    `cursor` is that of the last change of its description.
    """

    name = models.CharField("tên", max_length=200)
    sample = models.BooleanField("dữ liệu mẫu", default=False)
    domains = models.TextField(
        "tên miền đã biết", blank=True,
        help_text="Tên miền của sổ đăng ký và của các nền tảng truy xuất nguồn gốc, mỗi dòng một tên.",
        validators=[validate_domains],
    )  # fmt: skip
    cursor = models.BigIntegerField(default=0, editable=False)
    # Given once, and independent of name and address; null where an older server made the row.
    identity = models.UUIDField(default=uuid.uuid4, null=True, editable=False)
    # The forms of records that devices were last told of.
    schemas = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = "sổ đăng ký"
        verbose_name_plural = "sổ đăng ký"

    def __str__(self) -> str:
        return self.name


def record_register() -> None:
    """Give the register's description the next cursor."""
    with transaction.atomic():
        cursor = lock_clock().advance()
        if not Register.objects.update(cursor=cursor):
            Register.objects.bulk_create([Register(name=DEFAULT_NAME, cursor=cursor)])


def settle(schemas: dict[str, list[int]]) -> None:
    """Give the register an identity if it has none, and tell devices if other forms of records are taken now."""
    with transaction.atomic():
        lock_clock()
        register = Register.objects.first() or Register(name=DEFAULT_NAME)
        if register.identity is None or register.schemas != schemas:
            register.identity = register.identity or uuid.uuid4()
            register.schemas = schemas
            register.save()
