"""Looks at the installation from inside: settings, files, database, keys, photo store, backups, mail."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from accounts import breached
from doctor.finding import Finding, to_do, well
from imports import scanning
from issuing import keys
from observing.gauges import last_backup
from observing.standby import standby
from records.storage import PhotosUnavailable

GIB = 1024**3
LEAST_FREE_BYTES, LEAST_FREE = 2 * GIB, 0.1
BACKUP_HOURS = 26
KEY_DAYS = 400
_KEY_CHARACTERS = 32
CLOCK_SECONDS = 5.0
_PHOTOS, _BREACHED, _SCANNER = "photo store", "breached passwords", "virus scanner"


def findings() -> Iterator[Finding]:
    """Everything that can be seen from inside, in the order in which it is best put right."""
    yield from options()
    yield from permissions()
    yield space(*_free())
    yield from database()
    yield photo_store()
    yield backup(last_backup(), time.time())
    yield mail()
    yield breached_passwords()
    yield scanner()


def options() -> Iterator[Finding]:
    """What the environment says, where it does not fit a public server."""
    is_public = bool(getattr(settings, "SECURE_SSL_REDIRECT", False))
    wrong = {
        "OCOP_DEBUG shows faults in full to everybody. Remove it.": settings.DEBUG,
        "OCOP_HTTPS is not 1: cookies and passwords go unprotected. Set it behind a proxy with TLS.": not is_public,
        "OCOP_PROXIES is 0: every sender counts as the proxy. Set it to 1.": is_public and not settings.TRUSTED_PROXIES,
        "OCOP_ALLOWED_HOSTS names no host but this machine. Name the register's.": (
            set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
        ),
        "OCOP_ALLOWED_HOSTS is *: name the hosts, so that a device can be sure of this one.": (
            "*" in settings.ALLOWED_HOSTS
        ),
        "OCOP_SECRET_KEY is shorter than 32 characters, so it can be guessed. Say a random one (openssl rand -hex 32): "
        "people sign in again, and set up their second factors anew.": len(settings.SECRET_KEY) < _KEY_CHARACTERS,
        "OCOP_PUBLIC_URL is not set: labels are printed with it. Set it.": not settings.PUBLIC_URL,
    }
    found = [to_do("settings", told) for told, is_wrong in wrong.items() if is_wrong]
    if settings.UNKNOWN_VARIABLES:
        found.append(to_do("settings", f"nothing reads {', '.join(settings.UNKNOWN_VARIABLES)}. Mend or remove them."))
    yield from found or [well("settings", f"as a public server's, for {', '.join(settings.ALLOWED_HOSTS)}")]


def permissions() -> Iterator[Finding]:
    """Files that only the server's own user may read, and that are this user's."""
    data = settings.DATA_DIR
    if os.name == "nt":
        yield well("files", "not looked at on Windows")
        return
    private = [data, data / "secret-key", data / "registry.sqlite3", settings.ISSUER_KEYS]
    private += sorted(settings.ISSUER_KEYS.glob("*.pem"))
    there = [path for path in private if path.exists()]
    found = [_private(path) for path in there]
    owner = data.stat().st_uid
    if owner != os.geteuid():
        found.append(f"{data} belongs to user {owner}, and this is user {os.geteuid()}. Run it as the server's user.")
    yield from [to_do("files", told) for told in found if told] or [well("files", f"{len(there)} are private")]


def _private(path: Path) -> str:
    others = stat.S_IMODE(path.stat().st_mode) & 0o077
    return f"others may read {path}. Run: chmod go= {path}" if others else ""


def _free() -> tuple[int, int]:
    disk = shutil.disk_usage(settings.DATA_DIR)
    return disk.free, disk.total


def space(free: int, total: int) -> Finding:
    """Whether enough is free where the data folder is, in bytes."""
    told = f"{free / GIB:.1f} GiB of {total / GIB:.0f} free at {settings.DATA_DIR}"
    if free < LEAST_FREE_BYTES or free < LEAST_FREE * total:
        return to_do("space", f"{told}. Make the disk larger (docs/alerts.md, OcopDiskFilling).")
    return well("space", told)


def database() -> Iterator[Finding]:
    """The database, and what stands in it. Where it cannot be reached, nothing else is asked of it."""
    for look in (_reached, _migrations, _words, _durability, _standby, _clock, issuer_key):
        try:
            yield from look()
        except Error as error:
            kind = f"{type(error).__module__}.{type(error).__name__}"
            yield to_do("database", f"cannot be asked ({kind}). Is it running, and is DATABASE_URL right?")
            return


def _reached() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    yield well("database", f"{connection.vendor} answers")


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    open_ones = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if open_ones:
        yield to_do("migrations", f"{len(open_ones)} are to be applied. Restart the server, or run manage.py migrate.")
    else:
        yield well("migrations", "all applied")


def _words() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            yield well("pg_trgm", "there: searches of the office are quick")
        else:
            yield to_do("pg_trgm", "missing: searches read every row. Add it (docs/server.md, PostgreSQL).")


def _durability() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if (value := cursor.fetchone()[0]) == "off":
                yield to_do(name, f"is {value}: a receipt would not survive a power cut. Set it to on.")


def _standby() -> Iterator[Finding]:
    found = standby()
    if found is None:
        return
    if found.confirms:
        yield well("standby", "confirms each commit")
    else:
        what = "every write waits for it" if found.writes_wait else "what is confirmed stands on one machine alone"
        yield to_do("standby", f"none confirms: {what}. See docs/alerts.md, OcopStandbyAway.")


def _clock() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        yield clock((cursor.fetchone()[0] - datetime.now(UTC)).total_seconds(), "the database")


def clock(ahead: float, other: str) -> Finding:
    """Compare this machine's clock with another's, which is so many seconds ahead."""
    if abs(ahead) > CLOCK_SECONDS:
        told = f"{abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} {other}. Run: timedatectl set-ntp true"
        return to_do("clock", told)
    return well("clock", f"within {max(abs(ahead), 0.1):.1f} s of {other}")


def issuer_key() -> Iterator[Finding]:
    """The key that signs statements and receipts."""
    found = keys.in_use()
    if found is None:
        told = f"none signs now: its file is not in {settings.ISSUER_KEYS}, or it is revoked"
        yield to_do("issuer key", f"{told}. Put the file back, or run: manage.py issuer_keys new")
        return
    age = datetime.now(UTC) - found[0].valid_from
    if age > timedelta(days=KEY_DAYS):
        yield to_do("issuer key", f"{found[0].kid} is {age.days} days old. Run: manage.py issuer_keys new")
    else:
        yield well("issuer key", f"{found[0].kid}, {age.days} days old")


def photo_store() -> Finding:
    """Whether a photo could be kept now."""
    check: Callable[[], None] = default_storage.check  # type: ignore[attr-defined]  # both storages have it
    try:
        check()
    except PhotosUnavailable as error:
        kind = type(error.__cause__).__name__
        return to_do(_PHOTOS, f"takes nothing ({kind}). See docs/alerts.md, OcopPhotoStoreGone.")
    return well(_PHOTOS, os.environ.get("OCOP_S3_BUCKET") or str(settings.DATA_DIR / "photos"))


def backup(made: float | None, now: float) -> Finding:
    """How old the last backup is, by the file that whoever makes them touches. Both times in seconds since 1970."""
    if made is None:
        return to_do("backup", "none was ever made. Run: manage.py back_up (docs/backup.md).")
    hours = (now - made) / 3600
    if hours > BACKUP_HOURS:
        return to_do("backup", f"the last is {hours:.0f} hours old. See docs/alerts.md, OcopBackupOld.")
    return well("backup", f"{hours:.0f} hours old")


def mail() -> Finding:
    """Whether the mail server lets this one in. No mail is sent."""
    if not settings.MAIL:
        return well("mail", "none is sent: OCOP_MAIL is not set")
    server = get_connection()
    try:
        server.open()
    except OSError as error:  # smtplib's errors are of this kind
        return to_do("mail", f"{settings.EMAIL_HOST} does not let us in ({type(error).__name__}). See OCOP_MAIL.")
    server.close()
    return well("mail", f"{settings.EMAIL_HOST} lets us in")


def breached_passwords() -> Finding:
    """Whether the lists of breached passwords can be searched: each has to hold a most used one."""
    try:
        whole = breached.is_listed("password123")
    except OSError:
        whole = False
    if not whole:
        return to_do(_BREACHED, "the server's own list is damaged. Install the server anew.")
    if not settings.BREACHED_PASSWORDS:
        return well(_BREACHED, "the server's own list: OCOP_BREACHED_PASSWORDS is not set")
    try:
        if breached.is_in_all("password"):
            return well(_BREACHED, settings.BREACHED_PASSWORDS)
    except OSError as error:
        told = f"cannot be read ({type(error).__name__}), so only the server's own list counts"
        return to_do(_BREACHED, f"{told}. See OCOP_BREACHED_PASSWORDS.")
    told = "the file holds no hashes in their order (SHA-1:COUNT), so only the server's own list counts"
    return to_do(_BREACHED, f"{told}. Get it anew (docs/server.md).")


def scanner() -> Finding:
    """Whether the virus scanner answers."""
    if not settings.CLAMD:
        return well(_SCANNER, "none looks at files of lists: OCOP_CLAMD is not set")
    try:
        return well(_SCANNER, scanning.version())
    except scanning.CannotScan as error:
        told = f"{settings.CLAMD} does not answer ({error}), so files of lists are not taken"
        return to_do(_SCANNER, f"{told}. Run: systemctl restart clamav-daemon")
