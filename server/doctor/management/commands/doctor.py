"""Looks at a running installation, and says what to do."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from doctor import inside, outside


class Command(BaseCommand):
    help = (
        "Looks at this installation: settings, files, space, database, keys, photo store, backups, mail; with --url "
        "also at TLS and the proxy, as a device sees them. Each line says OK, or DO and what to do. Ends with 1 where "
        "there is something to do. Run it as the server's user, with the server's environment. It changes nothing."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--url", help="the register's address as devices know it, such as https://ocop.example")
        parser.add_argument("--ca", help="a file with the certificate of an authority that this machine does not know")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Look, and tell each finding at once."""
        seen = outside.findings(options["url"].rstrip("/"), options["ca"]) if options["url"] else ()
        open_ones = 0
        for finding in chain(inside.findings(), seen):
            self.stdout.write(str(finding))
            open_ones += not finding.is_well
        if open_ones:
            raise CommandError(f"{open_ones} to do.")
