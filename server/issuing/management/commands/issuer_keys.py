"""The keys that sign certificate statements."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from issuing import keys
from issuing.models import IssuerKey


class Command(BaseCommand):
    help = "Lists the keys that sign certificate statements, makes a new one, or revokes one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what it can do."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all keys, the newest first")
        new = actions.add_parser("new", help="make a key that signs from now on, in place of the one before")
        new.add_argument("--issuer", default=keys.DEFAULT_ISSUER, help="who states: shown to those who check")
        revoke = actions.add_parser("revoke", help="take all worth from what a key has signed; for good")
        revoke.add_argument("kid")
        revoke.add_argument("--reason", required=True, help="shown to those who check")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, and say what was done."""
        if options["action"] == "new":
            try:
                key = keys.rotate(options["issuer"])
            except OSError as error:
                raise CommandError(f"The key could not be kept: {error}") from error
            self.stdout.write(f"{key.kid} signs from now on. Back up its file: it cannot be made again.")
        elif options["action"] == "revoke":
            try:
                keys.revoke(options["kid"], options["reason"])
            except keys.NoSuchKey as error:
                raise CommandError(f"There is no key {options['kid']}, or it is revoked already.") from error
            self.stdout.write(f"{options['kid']} is revoked. Devices learn of it when they next connect.")
        else:
            for key in IssuerKey.objects.all():
                state = "revoked" if key.revoked_at else "retired" if key.valid_to else "in use"
                self.stdout.write(f"{key.kid}  {state}  {key.valid_from:%Y-%m-%d}  {key.issuer}")
