"""Erases the contacts that people left in reports, once nobody needs to ask them back (docs/threat-model.md)."""

from __future__ import annotations

import json
from datetime import timedelta

import rfc8785
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from records.events import with_state
from records.models import Event
from reports.kind import REPORT
from reports.models import Report


def forget() -> int:
    """Erase the contacts of reports that were closed long ago, or came very long ago. Returns how many.

    The record keeps its hash, which is that of what was sent; `erased_at` says why its body has another one now.
    """
    now = timezone.now()
    done = Q(
        state__in=[Event.State.DECIDED, Event.State.CLOSED],
        state_since__lt=now - timedelta(days=settings.CONTACT_DAYS),
    )
    old = Q(received_at__lt=now - timedelta(days=settings.LONGEST_CONTACT_DAYS))
    found = list(with_state(REPORT, Report.objects.exclude(contact="")).filter(done | old))
    for report in found:
        erase(report)
    return len(found)


def erase(report: Report) -> None:
    """Erase one report's contact, from its body too."""
    body = rfc8785.dumps({**json.loads(report.body), "contact": None}).decode()
    Report.objects.filter(pk=report.pk).update(contact="", body=body, erased_at=timezone.now())
