"""The sample office: eight weeks of rounds, reports and answers, made up."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sample_office.emptying import NotWhole, empty, stock
from sample_office.filling import NoSampleRegister, fill
from sample_office.models import SampleOffice
from sample_office.writing import NameInUse


class Command(BaseCommand):
    help = "Fills the sample office with eight weeks of work, empties it, or tells what is in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what it can do."""
        actions = parser.add_subparsers(dest="action", required=True)
        filler = actions.add_parser("fill", help="write what is missing of it; a filling that broke off goes on")
        filler.add_argument("--once", action="store_true", help="not where it was emptied before")
        remover = actions.add_parser("empty", help="take away exactly what was written as the sample")
        remover.add_argument("--yes", action="store_true", help="without asking")
        actions.add_parser("show", help="what is in it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, and say what was done."""
        if options["action"] == "fill":
            try:
                for office in fill(again=not options["once"]):
                    self.stdout.write(f"{office.done}/{office.parts}")
            except NoSampleRegister as error:
                raise CommandError("The register holds no sample data: nothing was written.") from error
            except NameInUse as error:
                raise CommandError(f"Somebody uses the account {error}, so no sample was written.") from error
        elif options["action"] == "empty":
            self._empty(asking=not options["yes"])
        else:
            self.stdout.write(str(SampleOffice.now() or "none"))
            self.stdout.write("\n".join(f"{count} {name}" for name, count in stock().lines))

    def _empty(self, *, asking: bool) -> None:
        self.stdout.write("\n".join(f"{count} {name}" for name, count in stock().lines))
        if asking and input("Remove all of this? [yes/no] ") != "yes":
            raise CommandError("Nothing was removed.")
        try:
            kept = empty()
        except NotWhole as error:
            raise CommandError("The sample is being filled; nothing was removed.") from error
        self.stdout.write("\n".join(["Removed.", *kept]))
