"""Files that take long to make: who asked for which, how far it is, and where it lies once it is whole."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from background.work import LongWork


class FileState(models.TextChoices):
    """Where a file stands. MAKING is work in the background; READY alone has bytes."""

    MAKING = "making", "Đang làm"
    READY = "ready", "Đã xong"
    CANCELLED = "cancelled", "Đã dừng"
    FAILED = "failed", "Không làm được"


class OfficeFile(LongWork):
    """One file that somebody asked for. Only that account sees it, and it is removed after a day (`privacy.terms`).

    `kind` names the `kinds.FileKind` that makes it of `asked`. `file` is its name in the store and empty until all of
    it is there; `task` is the row of the queue that makes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    name = models.CharField(max_length=100)
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=FileState.choices, default=FileState.MAKING)
    told = models.TextField(blank=True)
    task = models.UUIDField(null=True)
    file = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "tệp đã yêu cầu"
        verbose_name_plural = "tệp đã yêu cầu"
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.title

    @property
    def at_work(self) -> bool:
        """Whether it is made now, or waits to be."""
        return self.state == FileState.MAKING
