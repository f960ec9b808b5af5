"""Remove what has been kept long enough, or say what that would be."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy.keeping import MOST_COUNTED, preview, run


class Command(BaseCommand):
    help = (
        "Removes what has been kept long enough, in batches of 200. It may be stopped at any moment and begun again. "
        "The server does the same by itself, one batch an hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="say what is due now and within 30 days, no more")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, telling each batch."""
        if options["dry_run"]:
            for due in preview():
                more = "+" if due.soon >= MOST_COUNTED else ""
                self.stdout.write(f"{due.rule.key}: {due.now} now, {due.soon}{more} within 30 days")
            return
        total = run(lambda key, done: self.stdout.write(f"{key}: {done}"))
        self.stdout.write(f"{total} removed")
