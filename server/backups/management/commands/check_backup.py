"""`manage.py check_backup`: reads a backup as a restore would, and changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups.checking import check_backup, opened, refuse_damaged
from backups.environment import folder_of, passphrase
from backups.folder import BackupRefused, backups, chosen


class Command(BaseCommand):
    help = (
        "Reads a backup: its database, all its files and, where OCOP_BACKUP_PASSPHRASE is set, its keys. Ends with 1 "
        "where something is missing or damaged. Changes nothing, and needs no database."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("of", nargs="?", help="the folder of all backups; unless given, OCOP_BACKUPS names it")
        parser.add_argument("--backup", help="its name, such as 20261129T013000.000Z; unless given, the newest")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Read it, and say what it holds."""
        try:
            folder = folder_of(options["of"])
            backup = chosen(folder, options["backup"])
            entries = check_backup(backup)
            refuse_damaged(entries, folder)
            keys = "not opened, because OCOP_BACKUP_PASSPHRASE is not set"
            if passphrase():
                keys = f"{len(opened(backup, passphrase()).issuer_keys)} opened"
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        told = backup.manifest
        self.stdout.write(f"{len(backups(folder))} backups in {folder}")
        self.stdout.write(
            f"{backup.path.name}: {sum(told.rows.values())} rows of {len(told.rows)} tables, {len(entries)} files with "
            f"{told.file_bytes / 2**20:.1f} MiB, all as they were copied; keys: {keys}"
        )
        if told.missing:
            raise CommandError(
                f"{len(told.missing)} files were missing when it was made: {', '.join(told.missing[:5])}"
            )
