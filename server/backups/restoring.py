"""Restores a backup: files and keys first, the database last and at once, then looks at all of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from backups import files, keys
from backups.checking import check_backup, opened, refuse_damaged
from backups.engine import engine_of
from backups.folder import Backup, BackupRefused, Entry
from issuing.keys import held
from issuing.models import IssuerKey
from records.models import Break, Link
from records.storage import DurableStorage
from register.clock import new_course


@dataclass(frozen=True)
class Restored:
    """What was restored, and what whoever runs it has to know or do, in sentences."""

    rows: int
    files: int
    put: int
    told: tuple[str, ...]


def restore(
    backup: Backup,
    folder: Path,
    passphrase: str,
    *,
    replace: str | None = None,
    accept_missing: bool = False,
    tell: Callable[[str], object] = lambda _: None,
) -> Restored:
    """Restore a backup into the database, the photo store and the data folder of this installation.

    `replace` names the database that may be overwritten; without it the database has to be empty. All that can be
    refused is looked at before anything is written, and the database changes in one step at the end. Raises
    BackupRefused, and PhotosUnavailable where the photo store does not work.
    """
    way = engine_of(backup.manifest.engine)
    _refuse_newer(backup)
    secrets = opened(backup, passphrase)
    _refuse_full(way.is_empty(), way.name(), replace)
    way.refuse_while_used()
    tell("reading the backup")
    entries = check_backup(backup)
    if not accept_missing:
        refuse_damaged(entries, folder)
    _refuse_without_space(entries, backup.path / backup.manifest.database)
    tell(f"putting back {len(entries)} files")
    put, failed = files.give_back(entries, folder)
    told = keys.put_back(secrets)
    tell("loading the database")
    before = way.load(backup.path / backup.manifest.database, backup.manifest.rows, new_course(backup.manifest.clocks))
    if before:
        told.append(f"The database before it is now {before}. Remove it once you are sure.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    lost = [*backup.manifest.missing, *failed]
    if lost:
        told.append(f"{len(lost)} files that rows name are not there: {', '.join(lost[:5])}")
    told += _looked_at()
    return Restored(sum(backup.manifest.rows.values()), len(entries), put, tuple(told))


def _refuse_newer(backup: Backup) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if unknown := sorted(set(backup.manifest.migrations) - known):
        raise BackupRefused(
            f"The backup was made by a newer version: this one does not know {', '.join(unknown[:3])}. Nothing was "
            "changed. Install the version that made it."
        )


def _refuse_full(is_empty: bool, name: str, replace: str | None) -> None:
    if is_empty or replace == name:
        return
    if replace is not None:
        raise BackupRefused(f"--replace names {replace}, and the database is {name}. Nothing was changed.")
    raise BackupRefused(
        f"The database {name} is not empty. Nothing was changed. Restore into an empty one, or have it overwritten by: "
        f"--replace {name}"
    )


def _refuse_without_space(entries: list[Entry], database: Path) -> None:
    """Where files and database come onto this machine's disk, ask whether there is room for them."""
    wanted = 2 * database.stat().st_size if connection.vendor == "sqlite" else 0
    photos = Path(settings.MEDIA_ROOT)
    if settings.STORAGES["default"]["BACKEND"].endswith(DurableStorage.__name__):
        wanted += sum(entry.size for entry in entries if not (photos / entry.name).exists())
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < wanted:
        raise BackupRefused(
            f"{settings.DATA_DIR} has {free / 2**20:.0f} MiB free, and the backup takes {wanted / 2**20:.0f}. Nothing "
            "was changed. Make room."
        )


def _looked_at() -> list[str]:
    """What can only be seen once the database is there: whether keys fit, and whether chains hold."""
    fitting = {key.kid for key, _ in held()}
    others = IssuerKey.objects.filter(revoked_at=None).exclude(kid__in=fitting)
    told = [f"The private half of the key {key.kid} is not in {settings.ISSUER_KEYS}." for key in others]
    links = Link.objects.filter(chained=True).order_by()
    known = set(links.values_list("account", "device", "sha256").iterator())
    follows = links.exclude(prev=None).values_list("account", "device", "prev").iterator()
    gaps = sum(place not in known for place in follows)
    noticed = Break.objects.filter(what=Break.What.GAP, mended_at=None).count()
    if gaps != noticed:
        told.append(f"Chains of records have {gaps} gaps, and {noticed} were noticed when they came.")
    return told
