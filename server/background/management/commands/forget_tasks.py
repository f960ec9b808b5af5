"""Delete what is left of tasks that are over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from background.queue import forget_tasks


class Command(BaseCommand):
    help = "Deletes the rows of tasks that ended or failed a week ago. What waits stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=7, help="keep those that are over for less than so many days")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Delete them, and say how many."""
        self.stdout.write(f"{forget_tasks(options['days'])} tasks")
