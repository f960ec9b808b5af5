"""The log: one row for each thing that somebody or the system did. Nobody changes it, and no page deletes from it."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils import timezone

from register.folding import fold


class Group(models.TextChoices):
    """What an entry is about, as the page filters it."""

    REGISTER = "register", "Sổ đăng ký"
    CASE = "case", "Hồ sơ"
    IMPORT = "import", "Nhập danh sách"
    ACCOUNT = "account", "Tài khoản và máy"
    SIGN_IN = "sign_in", "Đăng nhập"
    KEY = "key", "Khóa và chữ ký"
    SETTING = "setting", "Thiết đặt"
    PRIVACY = "privacy", "Dữ liệu cá nhân"


class Unchangeable(Exception):
    """An entry of the log can neither be changed nor deleted."""


class _Entries(models.QuerySet["Entry"]):
    """Entries: read and added to, nothing else."""

    def update(self, **_: Any) -> NoReturn:
        raise Unchangeable

    def delete(self) -> NoReturn:
        raise Unchangeable


class Entry(models.Model):
    """One thing that was done.

    `by` is the account's number and `who` its name then, so that a deleted account changes no entry; both are empty for
    what the system did. `model` and `key` name the record, `about` says what it was called. `changes` has a list of
    field, old value and new value, in words, for each field. Only `privacy` takes entries away, when their time is
    over, and `sample_office` those of its made-up people.
    """

    at = models.DateTimeField("lúc", default=timezone.now)
    by = models.BigIntegerField(null=True)
    who = models.CharField("ai", max_length=200, blank=True)
    group = models.CharField("loại", max_length=10, choices=Group.choices)
    what = models.CharField("việc", max_length=100)
    model = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=64, blank=True)
    about = models.CharField("bản ghi", max_length=300, blank=True)
    changes = models.JSONField(default=list)
    why = models.TextField("lý do", blank=True)
    # Without diacritics and case: who, what, record, values, reason.
    search_text = models.TextField(default="", editable=False)

    objects: ClassVar[models.Manager[Entry]] = models.Manager.from_queryset(_Entries)()

    class Meta:
        verbose_name = "dòng nhật ký"
        verbose_name_plural = "nhật ký"
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=["-at", "-id"], name="log_by_time"),
            models.Index(fields=["by", "-at", "-id"], name="log_by_person"),
            models.Index(fields=["group", "-at", "-id"], name="log_by_group"),
            models.Index(fields=["model", "key", "-at", "-id"], name="log_by_record"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the entry. Raises Unchangeable for one that is there."""
        if not self._state.adding:
            raise Unchangeable
        values = [str(part) for change in self.changes for part in change]
        self.search_text = fold(self.who, self.what, self.about, *values, self.why)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise Unchangeable
