"""Tells what became of a report to whoever holds the secret that its sender's device made."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from records.models import Event
from reports.kind import REPORT
from reports.models import Report


def find(report_id: UUID, secret: bytes) -> Report | None:
    """The report of this id whose secret this is; None for an unknown id and for a wrong secret alike.

    The hashes are compared in a time that does not tell how much of them is the same. An id that is not here costs the
    same work.
    """
    report = Report.objects.filter(pk=report_id).first()
    kept = report.secret_hash if report else "0" * 64
    return report if hmac.compare_digest(hashlib.sha256(secret).hexdigest(), kept) else None


def said_of(report: Report) -> list[Event]:
    """What the office has said of a report, the oldest first."""
    return list(Event.objects.filter(kind=REPORT.name, record=report.pk).order_by("cursor"))
