"""Days of Vietnam's calendar, by which certificates and administrative units begin and end."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The day that it is in Vietnam now, whatever time zone the machine or the settings have."""
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    """The day in Vietnam on which an aware moment lies."""
    return moment.astimezone(VIETNAM).date()
