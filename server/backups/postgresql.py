"""Copies a PostgreSQL database in one snapshot, reads the copy back, and loads one in a single transaction.

PostgreSQL's own programs do it: pg_dump, pg_restore, psql. Passwords reach them by the environment, never by arguments.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

from django.db import connection
from psycopg.conninfo import make_conninfo

from backups.folder import NOT_MADE, BackupRefused, sync_file
from backups.rows import Rows, differences, record_tables

FILE = "database.dump"
_LIBPQ = (
    "host", "port", "user", "dbname", "service", "passfile", "connect_timeout", "target_session_attrs",
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "gssencmode", "krbsrvname", "channel_binding",
)  # fmt: skip
"""What of Django's parameters leads to a database. Limits of a session are not passed on: copying takes its time."""
_COPY = re.compile(rb'COPY (?:"?public"?\.)?"?([A-Za-z0-9_]+)"? \((.*)\) FROM stdin;\n')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_PIECE = 1024 * 1024


def name() -> str:
    """The name by which whoever replaces this database has to call it."""
    return _one("SELECT current_database()")


def is_empty() -> bool:
    """Whether nothing would be lost where another database took this one's place."""
    return not connection.introspection.table_names()


def size() -> int:
    """How many bytes a backup of it may need, at most: the dump is compressed, and holds no indexes."""
    return int(_one("SELECT pg_database_size(current_database())"))


def refuse_while_used() -> None:
    """Raise BackupRefused where another program is connected to the database."""
    others = int(
        _one(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
    )
    if others:
        raise BackupRefused(
            f"{others} connections to {name()} are open. Stop the server (and a pooler), and try again. Nothing was "
            "changed."
        )


def dump(path: Path) -> None:
    """Copy the database as the transaction of this process sees it. Raises BackupRefused."""
    with connection.cursor() as cursor:
        # The transaction only waits meanwhile, which may take longer than a transaction otherwise may.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    snapshot = _one("SELECT pg_export_snapshot()")
    options = ["--format=custom", "--compress=3", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    told = _run("pg_dump", *options, f"--file={path}", f"--dbname={_address()}")
    if told.returncode:
        raise BackupRefused(f"pg_dump could not copy the database: {_last(told.stderr)} {NOT_MADE}")
    sync_file(path)


def read_back(path: Path) -> Rows:
    """Read all of a dump as pg_restore would load it. Raises BackupRefused where it is damaged."""
    found, records = Rows(), record_tables()
    with _script(path, "--data-only") as script:
        for line in script:
            if match := _COPY.fullmatch(line):
                table = match[1].decode()
                columns = [column.strip().strip(b'"').decode() for column in match[2].split(b",")]
                found.counted[table] = _rows(script, found, table, columns if table in records else [])
    return found


def load(path: Path, rows: Mapping[str, int], afterwards: Sequence[str]) -> str:
    """Load a dump in the place of all tables, and run some statements; nothing is told of the one before.

    One transaction drops, loads, counts and compares with `rows`. It commits at the end, so whatever happens before
    leaves the database as it was. Raises BackupRefused.
    """
    tables = ", ".join(f"public.{connection.ops.quote_name(one)}" for one in connection.introspection.table_names())
    connection.close()
    with _psql() as psql:
        psql.write(b"BEGIN;\n" + (f"DROP TABLE {tables} CASCADE;\n".encode() if tables else b""))
        with _script(path) as script:
            while piece := script.read(_PIECE):
                psql.write(piece)
        # Only here, where all of the dump has been read: a program that ends earlier commits nothing.
        checks = "".join(_check(table, count) for table, count in rows.items())
        last = "".join(
            f"{statement};\n" for statement in ("SET search_path TO public", *afterwards, "COMMIT", "ANALYZE")
        )
        psql.write(f"DO $check$ BEGIN\n{checks}END $check$;\n{last}".encode())
    found = connection.introspection.table_names()
    if told := differences(dict.fromkeys(rows, 0), dict.fromkeys(found, 0)):
        raise BackupRefused(f"What was restored has other tables than what was backed up: {'; '.join(told)}")
    return ""


def _check(table: str, count: int) -> str:
    """Fail where a table that was loaded has another number of rows."""
    rows = f"SELECT count(*) FROM public.{connection.ops.quote_name(table)}"  # noqa: S608 - a table of the dump
    return f"IF ({rows}) <> {count:d} THEN RAISE EXCEPTION 'table % has not % rows', '{table}', {count:d}; END IF;\n"


def _rows(script: IO[bytes], found: Rows, table: str, columns: Sequence[str]) -> int:
    """Count the rows that follow, and compare records with their hashes where the columns are named."""
    places = [columns.index(one) for one in ("id", "sha256", "body")] if columns else []
    erased = columns.index("erased_at") if "erased_at" in columns else None
    for count, line in enumerate(script):
        if line == b"\\.\n":
            return count
        if places:
            cells = line.rstrip(b"\n").split(b"\t")
            if erased is None or cells[erased] == b"\\N":
                record, sha256, body = (_meant(cells[place]) for place in places)
                found.look_at(table, record.decode(), sha256.decode(), body)
    raise BackupRefused(f"The dump ends within the table {table}: it is damaged.")


def _meant(cell: bytes) -> bytes:
    """What a cell of COPY's text form means."""
    if b"\\" not in cell:
        return cell
    return _ESCAPED.sub(lambda match: _MEANT.get(match[1], match[1]), cell)


@contextlib.contextmanager
def _script(path: Path, *options: str) -> Iterator[IO[bytes]]:
    """A dump as a script for psql. Raises BackupRefused where pg_restore could not read all of it."""
    command = ["pg_restore", "--no-owner", "--no-privileges", "--no-comments", *options, "--file=-", str(path)]
    with _started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        script, errors = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stderr)
        yield script
        script.read()
        told = errors.read()
        if process.wait():
            raise BackupRefused(f"{path} is damaged: {_last(told)}")


@contextlib.contextmanager
def _psql() -> Iterator[IO[bytes]]:
    """Run psql, which ends at the first error. Raises BackupRefused where there was one, or what the block raises."""
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    with _started(
        ["psql", *options, f"--dbname={_address()}"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        script, errors = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stderr)
        try:
            yield script
            script.close()
        except BrokenPipeError:  # psql has ended, and says why
            with contextlib.suppress(BrokenPipeError):
                script.close()
        except BaseException:
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                script.close()
            raise
        told = errors.read()
        if process.wait():
            raise BackupRefused(f"The database was left as it was: {_last(told)}")


def _started(command: list[str], **streams: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, env=_environment(), **streams)  # noqa: S603 - our own arguments
    except FileNotFoundError:
        raise _missing(command[0]) from None


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run([program, *arguments], env=_environment(), capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise _missing(program) from None


def _missing(program: str) -> BackupRefused:
    return BackupRefused(f"{program} is not on this machine. Run: apt-get install postgresql-client")


def _last(stderr: bytes) -> str:
    """What PostgreSQL's programs say of an error, without the rows that it quotes."""
    lines = [
        line for line in stderr.decode(errors="replace").splitlines() if "DETAIL" not in line and "CONTEXT" not in line
    ]
    return " ".join(lines[:2])[:300] or "it gave no reason"


def _environment() -> dict[str, str]:
    password = connection.get_connection_params().get("password")
    return {**os.environ, "PGAPPNAME": "ocop-backup", **({"PGPASSWORD": str(password)} if password else {})}


def _address() -> str:
    told = connection.get_connection_params()
    return make_conninfo(**{key: told[key] for key in _LIBPQ if told.get(key)})


def _one(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])
