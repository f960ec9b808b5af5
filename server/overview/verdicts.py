"""Counts what inspectors recorded: verdicts and findings by week, commune and product group.

What shops and citizens record is told beside it, as one number: everybody can send a note, so such notes must not make
a commune a hot spot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from guidance.communes import Communes
from inspections.suspicion import Witness
from overview.addresses import counted
from overview.counting import monday_of
from overview.models import CountedRecord
from overview.tables import Cell, Table
from overview.tones import Tone, tone_of
from register.models import Group
from rounds.words import Finding

UNKNOWN = "none"
"""In addresses, what has no commune or no group."""
_RECORDS = (CountedRecord.Kind.INSPECTION, CountedRecord.Kind.NOTE)


@dataclass
class Tally:
    """How many records of one week, commune or group had a verdict of each tone, and how many had findings."""

    tones: Counter[Tone] = field(default_factory=Counter)
    found: int = 0

    @property
    def total(self) -> int:
        """All records."""
        return self.tones.total()

    def add(self, status: str, findings: str, count: int) -> None:
        """Count so many alike."""
        self.tones[tone_of(status)] += count
        self.found += count if findings else 0


@dataclass(frozen=True)
class Verdicts:
    """What inspectors recorded since `since`; each week, commune and group that has something, by its value."""

    since: date
    weeks: dict[date, Tally]
    communes: dict[str, Tally]
    groups: dict[str, Tally]
    findings: Counter[Finding]
    by_others: int

    @property
    def total(self) -> int:
        """All records."""
        return sum(tally.total for tally in self.weeks.values())


def address(since: str, **filters: object) -> str:
    """The list of the records since a Monday, those of inspectors unless it is told of whom."""
    return counted(since=since, **{"witness": "inspector", "records": "1", **filters})


def first_week(today: date, weeks: int) -> date:
    """The Monday that begins the last so many weeks, this one among them."""
    return monday_of(today) - timedelta(weeks=weeks - 1)


def records_since(since: date) -> QuerySet[CountedRecord]:
    """The notes and inspections of inspectors from a Monday on, without those that others replace."""
    return CountedRecord.objects.filter(
        witness=Witness.INSPECTOR, week__gte=since, replaced=False, kind__in=_RECORDS
    ).order_by()


def count(today: date, weeks: int) -> Verdicts:
    """Count the last so many weeks. Two queries; that of others' records is answered from an index."""
    since = first_week(today, weeks)
    found = Verdicts(since, {since + timedelta(weeks=n): Tally() for n in range(weeks)}, {}, {}, Counter(), 0)
    of_inspectors = records_since(since)
    alike = of_inspectors.values_list("week", "commune", "product__group", "status", "findings").annotate(n=Count("*"))
    for week, commune, group, status, findings, n in alike:
        found.weeks.setdefault(week, Tally()).add(status, findings, n)
        found.communes.setdefault(commune, Tally()).add(status, findings, n)
        found.groups.setdefault(group or "", Tally()).add(status, findings, n)
        found.findings.update({finding: n for finding in Finding if f" {finding} " in findings})
    others = CountedRecord.objects.filter(
        witness__in=[Witness.SHOP, Witness.CONSUMER], week__gte=since, replaced=False, kind__in=_RECORDS
    ).count()
    return Verdicts(since, found.weeks, found.communes, found.groups, found.findings, others)


def tables(verdicts: Verdicts, communes: Communes) -> list[Table]:
    """By week, by commune, by group, and the findings by kind."""
    since = verdicts.since.isoformat()
    by_week = _table(
        "theo-tuan", "Kết luận theo tuần", "Tuần, từ thứ Hai", since, reversed(verdicts.weeks.items()),
        lambda week: week, lambda week: {"week": week.isoformat()},
    )  # fmt: skip
    by_commune = _table(
        "theo-xa", "Kết luận theo xã, phường, đặc khu", "Xã, phường, đặc khu", since,
        sorted(verdicts.communes.items(), key=lambda one: (-one[1].found, -one[1].total, one[0])),
        lambda code: communes.names.get(code, code) or "Không rõ nơi",
        lambda code: {"commune": code or UNKNOWN},
    )  # fmt: skip
    by_group = _table(
        "theo-nhom", "Kết luận theo nhóm sản phẩm", "Nhóm sản phẩm", since,
        sorted(verdicts.groups.items(), key=lambda one: (-one[1].total, one[0])),
        lambda group: Group(group).label if group else "Không có trong sổ đăng ký",
        lambda group: {"group": group or UNKNOWN},
    )  # fmt: skip
    rows = [
        (Cell(finding.label), Cell(n, address(since, finding=finding.value)))
        for finding, n in verdicts.findings.most_common()
    ]
    return [by_week, by_commune, by_group, Table("phat-hien", "Phát hiện theo loại", ("Phát hiện", "Số phiếu"), rows)]


def _table(
    name: str,
    title: str,
    first: str,
    since: str,
    tallies: Iterable[tuple[Any, Tally]],
    label: Callable[[Any], str | date],
    filters: Callable[[Any], dict[str, str]],
) -> Table:
    columns = (first, *(tone.label for tone in Tone), "Tổng số phiếu", "Có phát hiện")
    rows: list[tuple[Cell, ...]] = []
    for key, tally in tallies:
        counts = [(tally.tones[tone], {"tone": tone.value}) for tone in Tone]
        counts += [(tally.total, {}), (tally.found, {"finding": "any"})]
        cells = (Cell(n, address(since, **filters(key), **more) if n else "") for n, more in counts)
        rows.append((Cell(label(key)), *cells))
    return Table(name, title, columns, rows)
