"""Delete the files of pictures that no product shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pictures.unused import remove_unused


class Command(BaseCommand):
    help = (
        "Deletes pictures that came a day ago or earlier and that no product shows, such as those of a form given up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=1, help="keep those that came in so many days")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Delete them, and say how many."""
        self.stdout.write(f"{remove_unused(timezone.now() - timedelta(days=options['days']))} pictures")
