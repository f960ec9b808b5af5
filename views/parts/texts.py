"""The person's language: gettext catalogues in assets/locale, English being the language of the source."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from services.register.certificates import VIETNAM

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Translate = Callable[[str], str]


def mark_plural(one: str, several: str) -> tuple[str, str]:
    """Mark a message in a table that has a form for one and one for several; `Texts.ngettext` takes both."""
    return one, several


def assets_folder() -> Path:
    """The folder of the assets: as set for a packaged app, otherwise beside main.py."""
    return Path(os.environ.get("FLET_ASSETS_DIR") or Path(__file__).resolve().parents[2] / "assets")


class Texts:
    """One language's words and forms of writing dates and numbers."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "vi"
        folder = str(assets_folder() / "locale")
        # The messages themselves are English, so English needs no catalogue.
        found = gettext.translation("ocop", folder, [self.language], fallback=self.language == "en")
        self.gettext: Translate = found.gettext
        self.ngettext: Callable[[str, str, int], str] = found.ngettext

    def day(self, day: date) -> str:
        """A day as people write it: 23/11/2026, or in English 23 Nov 2026, which cannot be misread the American way."""
        if self.language == "vi":
            return f"{day.day:02}/{day.month:02}/{day.year}"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def near_day(self, day: date, today: date) -> str:
        """A day as people name it who know today: today, yesterday, 22/11 of this year, or the whole date."""
        _ = self.gettext
        if day == today:
            return _("Today")
        if day == today - timedelta(days=1):
            return _("Yesterday")
        whole = self.day(day)
        return whole.rpartition("/" if self.language == "vi" else " ")[0] if day.year == today.year else whole

    def moment(self, moment: datetime) -> str:
        """A time in Vietnam, to the minute: 08:05 23/11/2026."""
        local = moment.astimezone(VIETNAM)
        return f"{local:%H:%M} {self.day(local.date())}"

    def time(self, moment: datetime) -> str:
        """A time in Vietnam, to the minute, on a day that stands above it: 08:05."""
        return f"{moment.astimezone(VIETNAM):%H:%M}"

    def clock(self, moment: datetime) -> str:
        """A time of today in Vietnam, to the second: 08:05:09."""
        return f"{moment.astimezone(VIETNAM):%H:%M:%S}"

    def number(self, number: int) -> str:
        """A count with the language's thousands separator."""
        return f"{number:,}".replace(",", "." if self.language == "vi" else ",")

    def size(self, size: int) -> str:
        """A number of bytes in megabytes: 4,2 MB."""
        return f"{size / 1e6:.1f} MB".replace(".", "," if self.language == "vi" else ".")
