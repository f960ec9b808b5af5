"""Days of Vietnam's calendar, by which certificates and administrative units begin and end, and moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """Today's day in Vietnam, whatever the time zone of the machine or the settings."""
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    """The day in Vietnam on which an aware moment lies; at the end of all years the day by Greenwich."""
    try:
        return moment.astimezone(VIETNAM).date()
    except OverflowError:  # a device's clock may say anything
        return moment.date()


def rfc3339(moment: datetime) -> str:
    """A moment in UTC to the second, with `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
