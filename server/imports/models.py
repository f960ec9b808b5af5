"""What is kept of an import: the file, who handed it in, what was asked and answered, and what became of each row."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from background.work import LongWork


class RunState(models.TextChoices):
    """Where an import stands. READING and PUBLISHING and UNDOING are work in the background."""

    READING = "reading", "Đang đọc"
    ASKING = "asking", "Cần chọn cột"
    PREVIEW = "preview", "Xem trước"
    PUBLISHING = "publishing", "Đang nhập"
    PUBLISHED = "published", "Đã nhập"
    UNDOING = "undoing", "Đang hoàn tác"
    UNDONE = "undone", "Đã hoàn tác"
    CANCELLED = "cancelled", "Đã bỏ"
    FAILED = "failed", "Không đọc được"
    INFECTED = "infected", "Có mã độc"


AT_WORK = (RunState.READING, RunState.PUBLISHING, RunState.UNDOING)


class RowOutcome(models.TextChoices):
    """What would become of a row, or has become of it once its import is published."""

    NEW = "new", "Mới"
    CHANGED = "changed", "Đổi"
    SAME = "same", "Như cũ"
    ASKED = "asked", "Cần hỏi"
    REFUSED = "refused", "Từ chối"
    LEFT_OUT = "left_out", "Bỏ qua"


GOOD = (RowOutcome.NEW, RowOutcome.CHANGED)
"""The rows that publishing takes."""


class ImportRun(LongWork):
    """One file that was handed in. It is never deleted, so that every import can be looked at later.

    The file itself is kept a short time only, since it may hold numbers of identity cards (`privacy`).

    `seen` is the register's state the rows were judged against (`known.register_state`),
    `judged` a mark that each judging draws anew. `marks` are the newest editions of the register's histories as it was
    published: what lies above them was changed since.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("tên tệp", max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField("cỡ")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="ai")
    at = models.DateTimeField("lúc", auto_now_add=True, db_index=True)
    state = models.CharField("tình trạng", max_length=12, choices=RunState.choices, default=RunState.READING)
    told = models.TextField("điều cần nói", blank=True)

    sheets = models.JSONField(default=list)
    sheet = models.PositiveSmallIntegerField(null=True)
    header = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    seen = models.CharField(max_length=100, blank=True)
    judged = models.CharField(max_length=32, blank=True)

    published_at = models.DateTimeField("nhập lúc", null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField("hoàn tác lúc", null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    marks = models.JSONField(default=dict)
    file_removed_at = models.DateTimeField("xóa tệp gốc lúc", null=True)

    class Meta:
        verbose_name = "lần nhập danh sách"
        verbose_name_plural = "lần nhập danh sách"
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The name of the file in the store, which is that of its content."""
        return f"imports/{self.sha256}"

    @property
    def at_work(self) -> bool:
        """Whether something is done in the background now."""
        return self.state in AT_WORK

    def count(self, *outcomes: str) -> int:
        """How many rows have one of these outcomes."""
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)

    @property
    def good(self) -> int:
        """How many rows publishing would take."""
        return self.count(*GOOD)


class ImportRow(models.Model):
    """One row of the sheet, or one of the products a person split it into.

    `read` is what was read of it (`stored.as_json`), `reasons` what judging has to tell, `asks` what a person decides,
    `plan` what publishing writes; `digest` differs where any of these does. `taken` tells what it wrote: the keys of
    new records, and old values by field.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    read = models.JSONField()
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices)
    reasons = models.JSONField(default=list)
    asks = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    plan = models.JSONField(null=True)
    digest = models.CharField(max_length=32, default="")
    product = models.BigIntegerField(null=True)
    taken = models.JSONField(null=True)
    kept = models.BooleanField(default=False)

    class Meta:
        ordering = ("position",)
        indexes = (models.Index(fields=["run", "outcome", "position"], name="rows_by_outcome"),)
        constraints = (models.UniqueConstraint(fields=["run", "position"], name="a_row_once_a_run"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The row's number as answers name it: 12, and 12.1 for the second product of a split row."""
        return row_label(self.number, self.part)


def row_label(number: int, part: int) -> str:
    """How answers name a row."""
    return f"{number}.{part}" if part else str(number)


class SourceMapping(models.Model):
    """Which column holds what in files with this header, as a person has said it."""

    words = models.CharField(max_length=64, primary_key=True)  # sha256 of the folded header
    columns = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.words


class ProducerMerge(models.Model):
    """Two producers that a person has found to be one: what was moved, so that it can be taken apart again."""

    kept = models.BigIntegerField()
    gone: Any = models.JSONField()
    products = models.JSONField()
    shops = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.gone['name']} → {self.kept}"
