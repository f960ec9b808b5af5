"""Tells when each device was last here, what it said of itself then, and which announced photos have not arrived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import DeviceSession
from overview.addresses import listed
from overview.tables import Cell, Table
from records.kinds import kind_named

SILENT = timedelta(days=7)
"""A device that is signed in and was not here for so long may hold records that nobody has got."""
SHOWN, MOST = 10, 10_000
_KINDS = ("note", "inspection", "round", "report")


@dataclass(frozen=True)
class Devices:
    """How many devices are signed in, how many of them were not here for `SILENT`, and what is awaited of all."""

    count: int
    silent: int
    missing: Counter[UUID]


def signed_in(now: datetime) -> QuerySet[DeviceSession]:
    """The sessions that are alive, the one that was here longest ago first."""
    alive = DeviceSession.objects.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)
    return alive.select_related("user").order_by("refreshed_at", "pk")


def in_contact(now: datetime) -> int:
    """How many devices are signed in and were here within `SILENT`; those without an account are not known."""
    here = signed_in(now).filter(refreshed_at__gte=now - SILENT)
    return here.order_by().values("device").distinct().count()


def count(now: datetime) -> Devices:
    """Count the devices, and what they have announced."""
    silent = Count("pk", filter=Q(refreshed_at__lt=now - SILENT))
    counts = signed_in(now).order_by().aggregate(count=Count("pk"), silent=silent)
    missing: Counter[UUID] = Counter()
    for name in _KINDS:
        files = kind_named(name).files.filter(file="", erased_at=None).order_by()
        missing.update(dict(files.values_list("record__device").annotate(n=Count("pk"))))
    return Devices(counts["count"], counts["silent"], missing)


def table(now: datetime, devices: Devices, most: int = MOST) -> Table:
    """The devices, first those that were not here for longest."""
    rows = [
        (
            Cell(session.user.name or session.user.username, listed("accounts_devicesession", q=str(session.device))),
            Cell(session.user.get_role_display()),
            Cell(session.refreshed_at),
            Cell("Lâu chưa liên lạc" if session.refreshed_at < now - SILENT else "Có liên lạc"),
            Cell(session.app_version or "chưa rõ"),
            Cell("chưa rõ" if session.waiting is None else session.waiting),
            Cell(devices.missing[session.device]),
            Cell(str(session.device)),
        )
        for session in signed_in(now)[:most]
    ]
    columns = (
        "Người dùng máy", "Vai trò", "Gặp lần cuối", "Liên lạc", "Bản ứng dụng", "Phiếu chưa gửi", "Ảnh còn thiếu",
        "Mã máy",
    )  # fmt: skip
    return Table("may", "Máy đồng bộ", columns, rows)
