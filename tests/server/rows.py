"""What a function writes into the test's database, written back as plain rows: each test begins anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]


class WrittenOnce:
    """Calls `write` once, and writes its rows whenever the tables that it has changed are as they were before."""

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write
        self._before: dict[str, Rows] | None = None
        self._gone: list[tuple[str, Any]] = []
        self._added: list[tuple[str, list[Any]]] = []

    def __call__(self) -> None:
        if self._before is None:
            self._record()
        elif all(_rows(table) == rows for table, rows in self._before.items()):
            with connection.cursor() as cursor:
                for statement, values in [*self._gone, *self._added]:
                    cursor.execute(statement, values)
        else:
            self._write()

    def _record(self) -> None:
        tables = connection.introspection.table_names()
        before = {table: _rows(table) for table in tables}
        self._write()
        after = {table: _rows(table) for table in tables}
        self._before = {table: before[table] for table in tables if before[table] != after[table]}
        for table in self._before:
            name = connection.ops.quote_name(table)
            gone, added = _without(before[table], after[table]), _without(after[table], before[table])
            if gone:
                with connection.cursor() as cursor:
                    key = connection.introspection.get_primary_key_column(cursor, table)
                    columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
                place = columns.index(str(key))
                self._gone += [(f"DELETE FROM {name} WHERE {key} = %s", [row[place]]) for row in gone]
            if added:
                row = f"({', '.join(['%s'] * len(added[0]))})"
                values = [value for one in added for value in one]
                self._added.append((f"INSERT INTO {name} VALUES {', '.join([row] * len(added))}", values))


def _rows(table: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return cursor.fetchall()


def _without(rows: Rows, others: Rows) -> Rows:
    known = Counter(others)
    return [row for row in rows if not known[row]]
