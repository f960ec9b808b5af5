"""What is kept of every kind of record, parts of files that are still arriving, and events by the office."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from querying.prepared import Prepared


class StoredRecord(models.Model):
    """One record, which nobody edits. `body` is the canonical JSON exactly as received.

    The other columns are read from it for lists, also those of a kind's own model. The primary key is the id that the
    device gave it, so the constraint alone decides which of two bodies came first.
    """

    id = models.UUIDField("mã phiếu", primary_key=True)
    sha256 = models.CharField(max_length=64)
    body = models.TextField("nội dung gốc")
    # Its cursor in the account's list; it moves forward when one of the record's files arrives.
    cursor = models.BigIntegerField(unique=True)
    received_at = models.DateTimeField("nhận lúc", auto_now_add=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người gửi"
    )
    device = models.UUIDField("thiết bị")
    created_at = models.DateTimeField("lập lúc")
    # The record that this one corrects. No foreign key, since the correction may arrive first.
    supersedes = models.UUIDField("thay cho phiếu", null=True, db_index=True)

    class Meta:
        abstract = True
        ordering = ("-received_at",)
        indexes = (models.Index(fields=["account", "cursor"]),)

    def __str__(self) -> str:
        return str(self.id)

    def is_same_sender(self, other: StoredRecord) -> bool:
        """Whether both were sent by one account or, without accounts, from one device."""
        if self.account_id is None and other.account_id is None:
            return self.device == other.device
        return self.account_id == other.account_id

    def corrected(self) -> Self | None:
        """The record that this one corrects, if it is here and from the same sender."""
        found = type(self)._default_manager.filter(pk=self.supersedes).first() if self.supersedes else None
        return found if found is not None and found.is_same_sender(self) else None

    @cached_property
    def corrections(self) -> list[Self]:
        """The records that correct this one, of the same sender, oldest first; as they were when first asked for."""
        found = _corrections_in(type(self)).rows(self.pk)
        return [correction for correction in found if correction.is_same_sender(self)]


@cache
def _corrections_in(model: type[StoredRecord]) -> Prepared[Any]:
    return Prepared(
        lambda record: model._default_manager.filter(supersedes=record).order_by("received_at"), models.UUIDField()
    )


class StoredFile(models.Model):
    """A file that a record names; `file` is empty until its bytes have arrived and been checked.

    A kind's own model adds `record`, the foreign key to its records (related name `files`), and the constraint that a
    record has a file once.
    """

    number = models.PositiveSmallIntegerField()  # in the record's list, from 0
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("số byte")
    type = models.CharField("kiểu", max_length=20)
    file = models.CharField("tệp", max_length=100, blank=True)  # name in the default storage
    stored_at = models.DateTimeField("nhận lúc", null=True)
    # Its bytes are no longer kept (records.erasing); the hash stays.
    erased_at = models.DateTimeField("xóa lúc", null=True, editable=False)

    class Meta:
        abstract = True
        ordering = ("number",)
        indexes = (
            # By its name a file is found that another record names as well; without one it has not arrived.
            models.Index(fields=["file"], name="%(app_label)s_%(class)s_name"),
            models.Index(
                fields=["id"],
                condition=Q(erased_at__isnull=False) & ~Q(file=""),
                name="%(app_label)s_%(class)s_gone",
            ),
        )

    def __str__(self) -> str:
        return self.sha256

    def receipt(self) -> dict[str, Any]:
        """The file's entry in RECEIPT. One that was erased did arrive: its sender has no need to send it again."""
        return {"sha256": self.sha256, "stored": bool(self.file or self.erased_at)}


class Link(models.Model):
    """A record's place in the chain of its account on its device, and by which key it was signed.

    Records of all kinds are here together, because one chain runs through them. `prev` is the hash of the record before
    it. A record without a signature has no `key`.
    """

    kind = models.CharField("loại phiếu", max_length=20)
    record = models.UUIDField("phiếu", db_index=True)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    prev = models.CharField("phiếu liền trước", max_length=64, null=True, db_index=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người gửi"
    )
    device = models.UUIDField("thiết bị")
    key = models.ForeignKey("accounts.DeviceKey", models.PROTECT, null=True, related_name="+", verbose_name="khóa")
    signature = models.CharField("chữ ký", max_length=86, blank=True)
    chained = models.BooleanField()
    received_at = models.DateTimeField("nhận lúc")

    class Meta:
        verbose_name = "mắt xích"
        verbose_name_plural = "mắt xích"
        constraints = (models.UniqueConstraint(fields=["kind", "record"], name="a_link_once_a_record"),)
        indexes = (models.Index(fields=["account", "device"], name="links_of_a_chain"),)

    def __str__(self) -> str:
        return str(self.record)

    @property
    def header(self) -> str | None:
        """`Record-Signature` of docs/api.md; None where it was not signed."""
        return f"{self.key_id};{self.signature}" if self.key_id else None


class Break(models.Model):
    """Where a chain is not what it should be: noticed when a record arrived, and kept.

    FORK: `link` and `other` name one predecessor. GAP: the predecessor of `link` is not here; `mended_at` tells when it
    arrived after all.
    """

    class What(models.TextChoices):
        FORK = "fork", "Hai phiếu cùng nối sau một phiếu"
        GAP = "gap", "Phiếu liền trước chưa tới"

    what = models.CharField("điều nhận thấy", max_length=10, choices=What.choices)
    link = models.ForeignKey(Link, models.CASCADE, related_name="breaks", verbose_name="phiếu")
    other = models.ForeignKey(Link, models.CASCADE, null=True, related_name="+", verbose_name="phiếu kia")
    noticed_at = models.DateTimeField("nhận thấy lúc")
    mended_at = models.DateTimeField("đã tới lúc", null=True)

    class Meta:
        verbose_name = "chỗ đứt của chuỗi phiếu"
        verbose_name_plural = "chỗ đứt của chuỗi phiếu"
        ordering = ("-noticed_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.link}"


class Part(models.Model):
    """Some bytes of an incomplete file, kept in the database, so that the next part may come to another server."""

    kind = models.CharField(max_length=20)
    record = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    offset = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "phần của tệp"
        verbose_name_plural = "phần của tệp"
        constraints = (
            models.UniqueConstraint(fields=["kind", "record", "sha256", "offset"], name="a_part_once_a_file"),
        )


class CopiesMark(models.Model):
    """Up to which cursor the small copies of photos were drawn (`records.copies`); one row."""

    cursor = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.cursor)


class Event(models.Model):
    """What the office says of a record to its sender. Written once: never changed, never deleted."""

    class State(models.TextChoices):
        RECEIVED = "received", "Đã tiếp nhận"
        REVIEWING = "reviewing", "Đang xem xét"
        MORE_WANTED = "more_wanted", "Cần bổ sung"
        DECIDED = "decided", "Đã có kết luận"
        CLOSED = "closed", "Đã đóng"

    id = models.UUIDField("mã", primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("loại phiếu", max_length=20)
    record = models.UUIDField("phiếu", db_index=True)
    # The record's sender, whose devices are told.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người gửi phiếu"
    )
    cursor = models.BigIntegerField(unique=True)  # from the clock of the records
    at = models.DateTimeField("lúc")
    state = models.CharField("trạng thái", max_length=20, choices=State.choices)
    text = models.TextField("lời nhắn", blank=True)
    number = models.CharField("số văn bản", max_length=100, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi")

    class Meta:
        verbose_name = "trạng thái xử lý"
        verbose_name_plural = "trạng thái xử lý"
        ordering = ("-at", "-cursor")
        indexes = (models.Index(fields=["account", "cursor"]),)

    def __str__(self) -> str:
        return str(self.get_state_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the event. Raises IntegrityError where it exists already."""
        super().save(*args, **{**kwargs, "force_insert": True})


class Erasure(models.Model):
    """That something was removed from a record: what, when, by whom, on which ground. The record's hash stays.

    `by` is empty where the time of keeping was over. Written once: never changed.
    """

    class What(models.TextChoices):
        CONTACT = "contact", "liên hệ"
        NAMES = "names", "tên và chữ ký"
        POSITION = "position", "vị trí"
        TEXT = "text", "lời viết"
        PHOTOS = "photos", "ảnh"

    class Ground(models.TextChoices):
        TIME = "time", "hết thời hạn lưu"
        REQUEST = "request", "theo yêu cầu của người có dữ liệu"
        OFFICE = "office", "theo quyết định của cơ quan"

    kind = models.CharField("loại phiếu", max_length=20)
    record = models.UUIDField("phiếu")
    what = models.CharField("điều đã xóa", max_length=10, choices=What.choices)
    ground = models.CharField("căn cứ", max_length=10, choices=Ground.choices)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người xóa"
    )

    class Meta:
        verbose_name = "lần xóa nội dung"
        verbose_name_plural = "lần xóa nội dung"
        constraints = (models.UniqueConstraint(fields=["record", "kind", "what"], name="erased_once"),)

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.get_ground_display()}"
