"""What the commands are told by their environment: where the backups are, and the passphrase of their keys."""

from __future__ import annotations

import os
from pathlib import Path

from backups.folder import BackupRefused


def folder_of(named: str | None) -> Path:
    """The folder of all backups: the one that was named, else that of OCOP_BACKUPS. Raises BackupRefused."""
    to = named or os.environ.get("OCOP_BACKUPS")
    if not to:
        raise BackupRefused("Name the folder of the backups, or set OCOP_BACKUPS.")
    return Path(to).absolute()


def passphrase() -> str:
    """The passphrase of the keys; empty where it is not set."""
    return os.environ.get("OCOP_BACKUP_PASSPHRASE", "")
