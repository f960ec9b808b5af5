"""What the office still has to do with a record, who does it, and what colleagues say of it among themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models import Event

NO_DAY = date.max
"""The last day of a record that nobody has to answer. A day, so that every database sorts it behind all others."""


class Deadline(models.Model):
    """Within how many days the office answers a kind of record, counted from the day after its turn began."""

    kind = models.CharField("loại hồ sơ", max_length=20, primary_key=True)
    days = models.PositiveSmallIntegerField("số ngày")

    class Meta:
        verbose_name = "hạn xử lý"
        verbose_name_plural = "hạn xử lý"
        ordering = ("kind",)

    def __str__(self) -> str:
        return f"{self.days} ngày"


class Case(models.Model):
    """A record in the office's work. One row a record, read from its events and answers, so that lists need no search.

    `version` counts what was said of the record, in the office and to its sender. A page that was opened at another
    version has not seen all of it.
    """

    kind = models.CharField("loại hồ sơ", max_length=20)
    record = models.UUIDField("phiếu")
    received_at = models.DateTimeField("nhận lúc")
    state = models.CharField("trạng thái", max_length=20, choices=Event.State.choices, default=Event.State.RECEIVED)
    state_since = models.DateTimeField("từ lúc")
    # The office has not said its last word, or the sender has answered that.
    is_open = models.BooleanField("chưa xong", default=True)
    is_answered = models.BooleanField("người gửi đã trả lời", default=False)
    turn_from = models.DateField("tính từ ngày")
    due_on = models.DateField("hạn")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="người xử lý"
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        constraints = (models.UniqueConstraint(fields=["kind", "record"], name="a_case_once_a_record"),)
        indexes = (
            models.Index(fields=["kind", "due_on", "received_at", "id"], condition=Q(is_open=True), name="cases_open"),
            models.Index(
                fields=["kind", "assignee", "due_on", "received_at", "id"], condition=Q(is_open=True), name="cases_mine"
            ),
            models.Index(
                fields=["kind", "state", "due_on", "received_at", "id"],
                condition=Q(is_open=True),
                name="cases_by_state",
            ),
            # Lists of records by state, in the order of their arrival.
            models.Index(fields=["kind", "state", "received_at", "record"], name="cases_by_arrival"),
            models.Index(
                fields=["kind", "received_at", "record", "state"],
                condition=Q(is_open=True),
                name="cases_open_by_arrival",
            ),
            models.Index(fields=["kind", "-state_since", "-id"], condition=Q(is_open=False), name="cases_done"),
            models.Index(
                fields=["kind", "due_on", "received_at", "id"], condition=Q(is_answered=True), name="cases_answered"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"


class Remark(models.Model):
    """What the office says of a case inside the office: never to a device. Written once: never changed."""

    class What(models.TextChoices):
        COMMENT = "comment", "Ghi nội bộ"
        ASSIGNED = "assigned", "Giao việc"
        RELEASED = "released", "Trả lại việc"

    case = models.ForeignKey(Case, models.CASCADE, related_name="remarks", verbose_name="hồ sơ")
    at = models.DateTimeField("lúc", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi")
    what = models.CharField("việc", max_length=10, choices=What.choices)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="giao cho"
    )
    text = models.TextField("nội dung", blank=True)

    class Meta:
        verbose_name = "ghi nội bộ"
        verbose_name_plural = "ghi nội bộ"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.case_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the remark. Raises IntegrityError where it exists already."""
        super().save(*args, **{**kwargs, "force_insert": True})


class Digest(models.Model):
    """Whoever has one gets a mail each day with what waits; nobody does unless they ask for it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    address = models.EmailField("địa chỉ thư")
    sent_on = models.DateField("đã gửi ngày", null=True)

    class Meta:
        verbose_name = "thư hằng ngày"
        verbose_name_plural = "thư hằng ngày"

    def __str__(self) -> str:
        return self.address
