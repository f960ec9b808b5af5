"""Describes reports as a kind of record."""

from __future__ import annotations

from typing import Any

from records.kinds import REMOVED, Kind, as_column
from register.folding import fold
from reports.models import Report as StoredReport
from reports.models import ReportPhoto
from reports.report import Report


def _columns(report: Report) -> dict[str, Any]:
    """Read from a report what the back office shows of it."""
    scanned = as_column("\n".join(report.scanned))
    text, place = as_column(report.text), as_column(report.place)
    return {
        "secret_hash": report.secret_hash,
        "what": f" {' '.join(report.what)} " if report.what else "",
        "text": text,
        "place": place,
        "gtin": report.gtin or "",
        "scanned": scanned,
        "contact": as_column(report.contact or ""),
        "search_text": fold(f"{text} {place} {report.gtin or ''} {scanned}"),
    }


REPORT = Kind(
    name="report",
    forms={1: Report},
    records_model=StoredReport,
    files_model=ReportPhoto,
    from_nobody=True,
    chained=False,
    columns=_columns,
    erasable={
        "contact": lambda _: {"contact": None},
        "text": lambda _: {"text": REMOVED, "place": ""},
    },
)
