"""Reads a backup as a restore would, and changes nothing."""

from __future__ import annotations

import importlib
from pathlib import Path

from backups import files, sealing
from backups.folder import KEYS, Backup, BackupRefused, Entry, digest
from backups.rows import differences


def check_backup(backup: Backup) -> list[Entry]:
    """Read the database, the list and all files of a backup, and compare them; its files. Raises BackupRefused.

    The keys are compared by their hash. Only who has the passphrase can open them (`opened`).
    """
    told = backup.manifest
    if digest(backup.path / told.database) != told.database_sha256:
        raise BackupRefused(f"{backup.path / told.database} is missing or damaged. Take another backup.")
    way = importlib.import_module(f"backups.{told.engine}")
    found = way.read_back(backup.path / told.database)
    if wrong := differences(told.rows, found.counted):
        raise BackupRefused(f"{backup.path} has other rows than were backed up: {'; '.join(wrong[:5])}")
    if digest(backup.path / KEYS) != told.keys_sha256:
        raise BackupRefused(f"{backup.path / KEYS} is missing or damaged. Take another backup.")
    return backup.entries()


def refuse_damaged(entries: list[Entry], folder: Path) -> None:
    """Read the files of a backup. Raises BackupRefused where some are not what was copied."""
    if wrong := files.damaged(entries, folder):
        raise BackupRefused(
            f"{len(wrong)} of {len(entries)} files of the backup are missing or damaged: {', '.join(wrong[:5])}. The "
            "next back_up copies them again where the server still has them; to restore the rest: --accept-missing."
        )


def opened(backup: Backup, passphrase: str) -> sealing.Secrets:
    """The sealed keys of a backup. Raises BackupRefused."""
    try:
        return sealing.unseal((backup.path / KEYS).read_bytes(), passphrase)
    except OSError as error:
        raise BackupRefused(f"{backup.path / KEYS} is missing or damaged. Take another backup.") from error
