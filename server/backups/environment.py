"""What the commands are told by their environment: where the backups are, and the passphrase of their keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

from backups.folder import BackupRefused
from querying.pooler import is_pooled, past_the_pooler
from records.storage import PhotosUnavailable


def folder_of(named: str | None) -> Path:
    """The folder of all backups: the one that was named, else that of OCOP_BACKUPS. Raises BackupRefused."""
    to = named or os.environ.get("OCOP_BACKUPS")
    if not to:
        raise BackupRefused("Name the folder of the backups, or set OCOP_BACKUPS.")
    return Path(to).absolute()


def passphrase() -> str:
    """The passphrase of the keys; empty where it is not set."""
    return os.environ.get("OCOP_BACKUP_PASSPHRASE", "")


@contextmanager
def told_plainly(left: str) -> Iterator[None]:
    """Tell in words what kept a command from its work; `left` is how things stand then. Raises CommandError."""
    try:
        yield
    except BackupRefused as refused:
        raise CommandError(str(refused)) from None
    except PhotosUnavailable as error:
        why = error.__cause__ or "it gave no reason"
        raise CommandError(f"The photo store does not work now ({why}). {left}") from None
    except OSError as error:
        raise CommandError(f"{error}. {left}") from None


@contextmanager
def at_the_database_itself() -> Iterator[None]:
    """Let the connection lead past a pooler. Raises BackupRefused where it is not told where to.

    PostgreSQL's programs set their session up for themselves, and a pooler would lend it to the server as it is then.
    """
    with past_the_pooler():
        if is_pooled():
            raise BackupRefused(
                "DATABASE_URL leads to a pooler (OCOP_POOLER=1), through which no backup can be made or restored. "
                "Nothing was changed. Set OCOP_DIRECT_DATABASE_URL to the address of the database itself."
            )
        yield
