"""Delete old sightings of packs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from inspections import reviewing


class Command(BaseCommand):
    help = "Deletes sightings older than SIGHTINGS_DAYS, and suspicions with nothing newer. Notes are not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=settings.SIGHTINGS_DAYS, help="keep those of so many days")
        parser.add_argument("--all", action="store_true", help="keep none, as after a change of the secret key")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Delete them, and say how many."""
        kept = timedelta(days=-1 if options["all"] else options["days"])
        sightings, suspicions = reviewing.forget(timezone.now() - kept)
        self.stdout.write(f"{sightings} sightings, {suspicions} suspicions")
