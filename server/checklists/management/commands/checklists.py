"""The versions of the checklists."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from checklists.adding import add
from checklists.document import Refused, read
from checklists.models import Checklist
from register import days

SAMPLE = Path(__file__).resolve().parents[2] / "sample" / "labels.json"


class Command(BaseCommand):
    help = "Lists the versions of the checklists, adds one from a file, or the one that comes with the server."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what it can do."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all versions, the newest first")
        new = actions.add_parser("add", help="let devices use a version from a day on; the one before it ends")
        new.add_argument("file", type=Path)
        new.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="YYYY-MM-DD; today unless given")
        actions.add_parser("sample", help="add the version that comes with the server, where there is none")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, and say what was done."""
        if options["action"] == "add":
            try:
                added = add(options["file"].read_bytes(), options["valid_from"] or days.today())
            except OSError as error:
                raise CommandError(f"{options['file']} could not be read: {error.strerror}") from error
            except Refused as error:
                raise CommandError(f"Nothing was added: {error}.") from error
            self.stdout.write(f"{added.sha256} is used from {added.valid_from} on.")
        elif options["action"] == "sample":
            if not Checklist.objects.exists():
                content = SAMPLE.read_bytes()
                add(content, read(content).begins)
        else:
            for version in Checklist.objects.all():
                self.stdout.write(f"{version.sha256}  {version.valid_from} - {version.valid_to or ''}")
