"""Makes a backup: database, files and keys of one moment, read back before it counts as made."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from backups import files, keys, sealing
from backups.engine import engine
from backups.folder import (
    FILES,
    FORMAT,
    KEYS,
    LIST,
    MAKING,
    REMOVING,
    Backup,
    BackupRefused,
    Entry,
    Manifest,
    alone,
    backups,
    digest,
    name_at,
    prepare_folder,
    read_backup,
    write_durably,
    write_list,
    write_manifest,
)
from backups.rows import counted, differences
from observing.gauges import BACKUP_MARKER
from publishing.moment import one_moment
from records.storage import sync_folder
from register.clock import RegisterClock
from register.description import Register

SPARE_BYTES = 64 * 1024 * 1024
"""What has to stay free on the disk of the backups."""


@dataclass(frozen=True)
class Made:
    """A backup that was made, what was copied for it, and how many earlier ones and files went."""

    backup: Backup
    copied: files.Copied
    thinned: int
    removed: int


@dataclass(frozen=True)
class _Moment:
    """What was read at the moment that the backup shows."""

    made_at: datetime
    rows: dict[str, int]
    clocks: dict[str, int]
    migrations: tuple[str, ...]
    wanted: list[files.Named]


def back_up(
    folder: Path,
    passphrase: str,
    *,
    keep: int,
    may_begin: bool = True,
    accept_missing: bool = False,
    tell: Callable[[str], object] = lambda _: None,
) -> Made:
    """Make a backup in the folder, and remove all but the newest `keep`. Raises BackupRefused.

    Without `may_begin` the folder must not be empty where a backup was made before: its disk may not be there.

    Nothing of it has its name before all of it was read back, so whatever ends the program leaves the earlier backups
    as they were. Where files are missing the backup is made, but the data folder is not told of it (`last-backup`)
    unless they are accepted.
    """
    sealing.check_passphrase(passphrase)
    if folder.resolve().is_relative_to(Path(settings.DATA_DIR).resolve()):
        raise BackupRefused(f"{folder} is in the data folder, which a backup is to survive. Name another disk's.")
    register = Register.objects.values_list("identity", flat=True).first()
    if register is None:
        raise BackupRefused("The database has no register yet. Start the server once.")
    marker = Path(settings.DATA_DIR) / BACKUP_MARKER
    prepare_folder(folder, str(register), may_begin=may_begin or not marker.exists())
    with alone(folder):
        _clear(folder)
        thinned = removed = 0
        if _lacking(folder, _earlier(folder)):  # what may go goes before, and files that an earlier try has left
            thinned, removed = _thin(folder, keep), _forget_files(folder, tell)
        made = _make(folder, passphrase, str(register), tell)
        thinned += _thin(folder, keep, made[0].path, tell)
        removed += _forget_files(folder, tell)
    backup, copied = made
    if copied.missing and not accept_missing:
        raise BackupRefused(
            f"The backup {backup.path.name} was made, but {len(copied.missing)} files that rows name are missing or "
            f"have other bytes: {', '.join(copied.missing[:5])}. Run manage.py check_files and look for them in "
            "earlier backups. Where they are lost for good, run back_up --accept-missing."
        )
    marker.touch(mode=0o600)
    return Made(backup, copied, thinned, removed)


def _make(folder: Path, passphrase: str, register: str, tell: Callable[[str], object]) -> tuple[Backup, files.Copied]:
    earlier = _earlier(folder)
    if lacking := _lacking(folder, earlier):
        raise BackupRefused(lacking)
    aside = folder / f"{MAKING}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    aside.mkdir(mode=0o700)
    try:
        moment = _copy_database(aside, tell)
        copied = files.copy(moment.wanted, folder, earlier, moment.made_at.date())
        if copied.missing:  # what was erased since then is not missed
            now = {file.name for file in files.named()}
            copied.missing = [name for name in copied.missing if name in now]
        tell(f"{len(copied.entries)} files: {len(copied.new)} copied, {copied.read_again} earlier ones read again")
        write_list(aside / LIST, copied.entries)
        names = _seal_keys(aside, passphrase)
        manifest = Manifest(
            format=FORMAT,
            made_at=moment.made_at.isoformat(),
            register=register,
            engine=connection.vendor,
            database=engine().FILE,
            database_sha256=digest(aside / engine().FILE),
            list_sha256=digest(aside / LIST),
            keys_sha256=digest(aside / KEYS),
            rows=moment.rows,
            clocks=moment.clocks,
            migrations=moment.migrations,
            files=len(copied.entries),
            file_bytes=sum(entry.size for entry in copied.entries),
            missing=tuple(copied.missing),
            keys=names,
        )
        write_manifest(aside, manifest)
        path = folder / name_at(moment.made_at)
        if path.exists():
            raise BackupRefused(f"{path} is there already: two backups began at once. Try again.")
        aside.rename(path)
        sync_folder(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Backup(path, manifest), copied


def _copy_database(aside: Path, tell: Callable[[str], object]) -> _Moment:
    """Copy the database as it is at one moment, and read the copy back."""
    way = engine()
    with one_moment():
        moment = _look()
        tell("copying the database")
        way.dump(aside / way.FILE)
    found = way.read_back(aside / way.FILE)
    if told := differences(moment.rows, found.counted):
        raise BackupRefused(f"The copy of the database has other rows: {'; '.join(told[:5])}. No backup was made.")
    if found.wrong:
        raise BackupRefused(
            f"{len(found.wrong)} records have another hash than their row says: {', '.join(found.wrong[:3])}. Somebody "
            "changed them in the database. No backup was made; the earlier ones stay."
        )
    tell(f"copied {sum(found.counted.values())} rows of {len(found.counted)} tables, read back and counted")
    return moment


def _seal_keys(aside: Path, passphrase: str) -> tuple[str, ...]:
    """Seal the keys, and read them back; the names of their files."""
    secrets = keys.gathered()
    write_durably(aside / KEYS, sealing.seal(secrets, passphrase))
    if sealing.unseal((aside / KEYS).read_bytes(), passphrase) != secrets:
        raise BackupRefused(f"{aside / KEYS} was read back with other keys. Is the disk well? No backup was made.")
    return tuple(secrets.issuer_keys)


def _look() -> _Moment:
    """Read what belongs to the moment. The first read begins it."""
    clocks = dict(RegisterClock.objects.values_list("name", "value"))
    made_at = datetime.now(UTC)
    applied = tuple(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()))
    return _Moment(made_at, counted(), clocks, applied, list(files.named()))


def _earlier(folder: Path) -> dict[str, Entry]:
    """What the backup before has in the folder, by name. One that is damaged has nothing, so all is copied anew."""
    for path in backups(folder):
        with contextlib.suppress(BackupRefused):
            return {entry.name: entry for entry in read_backup(path).entries()}
    return {}


def _lacking(folder: Path, earlier: dict[str, Entry]) -> str:
    """What to tell where there is too little space; else nothing."""
    wanted = engine().size() + files.needed(files.named(), earlier.keys()) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free >= wanted:
        return ""
    return (
        f"{folder} has {free / 2**20:.0f} MiB free, and this backup may take {wanted / 2**20:.0f}. No backup was made. "
        "Make room, or keep fewer backups (--keep)."
    )


def _clear(folder: Path) -> None:
    """Remove what a program that was ended has left: it never counted as a backup."""
    for path in [*folder.glob(f"{MAKING}*"), *folder.glob(f"{REMOVING}*")]:
        shutil.rmtree(path)
    for path in (folder / FILES).rglob(".partial-*"):
        path.unlink()


def _thin(folder: Path, keep: int, made: Path | None = None, tell: Callable[[str], object] = lambda _: None) -> int:
    """Remove all backups but the newest ones. Each loses its name first, so none is ever half there.

    `made`, the one that was just made, stays in any case. Where the clock was ahead once, backups of then look newer.
    """
    there = backups(folder)
    if made and (ahead := there[: there.index(made)]):
        tell(
            f"{', '.join(path.name for path in ahead[:3])}: dated after this backup, so the clock is or was wrong, and "
            "a restore would take it for the newest. Mend the clock, and remove by hand what it dated wrongly."
        )
    old = [path for path in there if path != made][keep - (made is not None) :]
    for path in old:
        aside = path.with_name(f"{REMOVING}{path.name}")
        path.rename(aside)
        sync_folder(folder)
        shutil.rmtree(aside)
    return len(old)


def _forget_files(folder: Path, tell: Callable[[str], object]) -> int:
    """Remove the files that no kept backup names, such as photos that were erased."""
    try:
        names = {entry.name for path in backups(folder) for entry in read_backup(path).entries()}
    except BackupRefused as refused:
        tell(f"{refused} No file was removed, because it may name any. Remove that backup by hand.")
        return 0
    return files.remove_unnamed(folder, names)
