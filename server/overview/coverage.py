"""Tells which communes inspectors have visited with a round, and when last."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Max, Q

from guidance.communes import Communes
from inspections.suspicion import Witness
from overview.addresses import counted
from overview.models import CountedRecord
from overview.tables import Cell, Table
from register.days import VIETNAM, day_of


def table(since: date, communes: Communes) -> Table:
    """Each commune with its rounds since a day and the day of its last one; first those where none was for longest."""
    begins = datetime.combine(since, time(), VIETNAM)
    rounds = CountedRecord.objects.filter(kind=CountedRecord.Kind.ROUND, witness=Witness.INSPECTOR, replaced=False)
    seen: dict[str, tuple[int, Any]] = {
        code: (n, last)
        for code, n, last in rounds.order_by()
        .values_list("commune")
        .annotate(n=Count("pk", filter=Q(received_at__gte=begins)), last=Max("received_at"))
    }
    rows = []
    for code, name in communes.names.items():
        n, last = seen.get(code, (0, None))
        address = counted(kind="round", commune=code, witness="inspector", since=since.isoformat()) if n else ""
        rows.append((Cell(name), Cell(day_of(last) if last else "Chưa có đợt nào"), Cell(n, address)))
    rows.sort(key=lambda row: (isinstance(row[1].value, date), row[1].value, str(row[0].value)))
    columns = ("Xã, phường, đặc khu", "Đợt gần nhất nhận ngày", "Số đợt trong kỳ")
    return Table("dot-kiem-tra", "Nơi đã có đợt kiểm tra", columns, rows)


def visited(coverage: Table) -> int:
    """How many communes have a round in the time of the table."""
    return sum(1 for row in coverage.rows if row[2].value)
