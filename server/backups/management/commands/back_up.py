"""`manage.py back_up`: makes a backup and proves it."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from backups.environment import at_the_database_itself, folder_of, passphrase, told_plainly
from backups.folder import NOT_MADE
from backups.making import back_up


class Command(BaseCommand):
    help = (
        "Copies database, photos, pictures and sealed keys of one moment into a folder, reads back what is new, "
        "and removes the oldest backups. The server may run meanwhile. OCOP_BACKUP_PASSPHRASE seals the keys."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("to", nargs="?", help="the folder of all backups; unless given, OCOP_BACKUPS names it")
        parser.add_argument("--keep", type=int, default=14, help="how many backups stay, with the new one (14)")
        parser.add_argument("--accept-missing", action="store_true", help="count it as made though files are missing")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make it, and say what was copied."""
        if options["keep"] < 1:
            raise CommandError("--keep is 1 at least.")
        began = time.monotonic()
        try:
            with told_plainly(NOT_MADE), at_the_database_itself():
                made = back_up(
                    folder_of(options["to"]),
                    passphrase(),
                    keep=options["keep"],
                    may_begin=options["to"] is not None,
                    accept_missing=options["accept_missing"],
                    tell=self.stdout.write,
                )
        except Error as error:
            raise CommandError(
                f"The database does not work now, or has not been migrated to this version ({type(error).__name__}). "
                f"{NOT_MADE}"
            ) from None
        if made.copied.mended:
            self.stdout.write(f"{len(made.copied.mended)} files of earlier backups were damaged, and are copied anew")
        if made.thinned or made.removed:
            self.stdout.write(f"{made.thinned} old backups removed, and {made.removed} files that none names any more")
        self.stdout.write(
            f"{made.backup.path.name}: {sum(made.backup.manifest.rows.values())} rows, {made.backup.manifest.files} "
            f"files, {made.copied.new_bytes / 2**20:.1f} MiB of them new, {time.monotonic() - began:.1f} s"
        )
