"""`manage.py restore`: restores a backup into this installation."""

from __future__ import annotations

import getpass
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from backups.environment import at_the_database_itself, folder_of, passphrase, told_plainly
from backups.folder import chosen
from backups.restoring import restore

_LEFT = "The database is as it was. Restoring again goes on."


class Command(BaseCommand):
    help = (
        "Restores database, photos, pictures and keys into an empty installation, and compares them. The server must "
        "not run meanwhile. Asks for the passphrase where OCOP_BACKUP_PASSPHRASE is not set."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("of", nargs="?", help="the folder of all backups; unless given, OCOP_BACKUPS names it")
        parser.add_argument("--backup", help="its name, such as 20261129T013000.000Z; unless given, the newest")
        parser.add_argument("--replace", metavar="DATABASE", help="overwrite the database of this name")
        parser.add_argument("--accept-missing", action="store_true", help="restore the rest where files are damaged")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Restore it, and say what is left to do."""
        began, opens = time.monotonic(), passphrase()
        if not opens and sys.stdin.isatty():
            opens = getpass.getpass("The passphrase of the keys: ")
        try:
            with told_plainly(_LEFT):
                folder = folder_of(options["of"])
                backup = chosen(folder, options["backup"])
                with at_the_database_itself():
                    done = restore(
                        backup,
                        folder,
                        opens,
                        replace=options["replace"],
                        accept_missing=options["accept_missing"],
                        tell=self.stdout.write,
                    )
        except Error as error:
            raise CommandError(f"The database does not work ({type(error).__name__}). Is DATABASE_URL right?") from None
        for sentence in done.told:
            self.stdout.write(f"note: {sentence}")
        self.stdout.write(
            f"restored {backup.path.name}: {done.rows} rows counted, {done.files} files compared, {done.put} of them "
            f"put back, {time.monotonic() - began:.1f} s. Start the server: devices notice by themselves."
        )
