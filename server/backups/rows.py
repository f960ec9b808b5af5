"""What the rows of a database prove: how many there are in each table, and that records still have their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from records.kinds import all_kinds


@dataclass
class Rows:
    """Rows as they were read back: how many by table, and which records' bodies have another hash than their row."""

    counted: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def look_at(self, table: str, record: str, sha256: str, body: bytes) -> None:
        """Compare a record's body with its hash."""
        if hashlib.sha256(body).hexdigest() != sha256:
            self.wrong.append(f"{table} {record}")


def record_tables() -> frozenset[str]:
    """The tables of all kinds of records. Each has the columns id, sha256, body and perhaps erased_at.

    A record from which something was erased has another body than the one that its hash was made of.
    """
    return frozenset(kind.records_model._meta.db_table for kind in all_kinds().values())


def differences(told: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Where two counts of tables differ, in words."""
    return [
        f"{table}: {told.get(table, 'none')} there, {found.get(table, 'none')} here"
        for table in sorted({*told, *found})
        if told.get(table) != found.get(table)
    ]


def counted() -> dict[str, int]:
    """How many rows each table of the database has now, or at the moment that a transaction sees.

    Tables of SQLite's own, such as its statistics, are not counted.
    """
    with connection.cursor() as cursor:
        found = {}
        tables = connection.introspection.table_names(cursor)
        for table in (table for table in tables if not table.startswith("sqlite_")):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            found[table] = int(cursor.fetchone()[0])
    return found
