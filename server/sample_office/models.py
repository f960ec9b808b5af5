"""What was written as the sample office, so that exactly that can be taken away again."""

from __future__ import annotations

import hashlib
from datetime import date

from django.db import models


class SampleOffice(models.Model):
    """How far the sample is written, in one row; there is none where no sample was ever asked for.

    `day` is the day to which its eight weeks lead, `done` how many of its parts are written. After `EMPTIED` it is not
    filled again unless somebody asks for it.
    """

    class State(models.TextChoices):
        FILLING = "filling", "Đang nạp"
        FULL = "full", "Đã nạp"
        EMPTIED = "emptied", "Đã dọn"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    day = models.DateField()
    done = models.PositiveSmallIntegerField(default=0)
    parts = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "văn phòng mẫu"
        verbose_name_plural = "văn phòng mẫu"

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.done}/{self.parts}"

    @classmethod
    def now(cls) -> SampleOffice | None:
        """The row; None where there is none."""
        return cls.objects.filter(pk=1).first()

    @classmethod
    def is_there(cls) -> bool:
        """Whether there is something of it to be taken away."""
        return Written.objects.exists()

    @property
    def percent(self) -> int:
        """How much of it is written."""
        return 100 * self.done // self.parts

    @classmethod
    def begin(cls, day: date, parts: int) -> SampleOffice:
        """The row at the beginning of a new filling, or as far as another process has got that began it just now."""
        fresh = {"state": cls.State.FILLING, "day": day, "done": 0, "parts": parts}
        office, is_new = cls.objects.get_or_create(pk=1, defaults=fresh)
        if not is_new:
            cls.objects.filter(pk=1, state=cls.State.EMPTIED).update(**fresh)
            office.refresh_from_db()
        return office


class Written(models.Model):
    """One thing that was written as the sample: a record by its kind and id, an account, an import, or a password.

    Of the password, which nobody knows, it has the mark: an account with another one is somebody's.
    """

    ACCOUNT, IMPORT, PASSWORD = "account", "import", "password"

    what = models.CharField(max_length=20)
    key = models.CharField(max_length=40)

    class Meta:
        verbose_name = "dữ liệu mẫu đã ghi"
        verbose_name_plural = "dữ liệu mẫu đã ghi"
        constraints = (models.UniqueConstraint(fields=["what", "key"], name="a_sample_is_written_once"),)

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


def mark_of(password: str) -> str:
    """Tell one hashed password from others."""
    return hashlib.sha256(password.encode()).hexdigest()[:40]
