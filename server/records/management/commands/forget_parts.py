"""Delete parts of files that were never finished."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from records.files import forget_parts


class Command(BaseCommand):
    help = "Deletes the parts of files of which nothing has come for 30 days. Whole files are not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=30, help="keep those of which something came in so many days")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Delete them, and say how many."""
        self.stdout.write(f"{forget_parts(timezone.now() - timedelta(days=options['days']))} parts")
