"""Writes many rows fast: the statements are made before the register is locked, and only run while it is.

Keys are taken beforehand, so that rows can refer to each other. The register's writers all change its state
(`known.register_state`), so whoever finds it unchanged under the lock knows that the keys are still free.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from register.clock import lock_clock
from register.description import record_register
from register.models import STOOD_BEFORE, changes_from

BATCH = 400
ADDED, CHANGED, DELETED = "+", "~", "-"


def mark_changes(statements: Statements, seen: str, gtins: Iterable[str], gone: Container[str], moves: bool) -> int:
    """Mark products as changed, as `record_products` does, but beforehand; return how many cursors that takes.

    `seen` is the register's state under the lock, which tells the cursors. `moves` tells that the number of products
    changes: the caller then gives the register's description the cursor before theirs.
    """
    wanted = sorted(set(gtins))
    first = int(seen.partition(":")[0]) + 1 + moves
    present = {gtin for gtin in wanted if gtin not in gone}
    statements.add(changes_from(first, wanted, present), ("cursor", "deleted", "changed_at"))
    return len(wanted)


def take_cursors(count: int, *, moves: bool) -> None:
    """Move the locked clock past the cursors that `mark_changes` gave."""
    if moves:
        record_register()
    if count:
        lock_clock().advance(count)


def next_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that no row of the model has or has had."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return list(range(first, first + count))


class Statements:
    """Statements in the order in which they are run."""

    def __init__(self) -> None:
        self._made: list[tuple[str, Sequence[Any]]] = []

    def add(self, rows: Sequence[Any], changed: Sequence[str] = ()) -> None:
        """Insert rows of one model, which have their keys or get them; with `changed`, change these columns by key."""
        if not rows:
            return
        model = type(rows[0])
        meta = model._meta
        fields = [field for field in meta.concrete_fields if rows[0].pk is not None or field is not meta.pk]
        size = connection.ops.bulk_batch_size(fields, rows) if connection.vendor == "sqlite" else BATCH
        for begin in range(0, len(rows), size):
            query = InsertQuery(
                model,
                on_conflict=OnConflict.UPDATE if changed else None,
                update_fields=[meta.get_field(name) for name in changed] or None,
                unique_fields=[meta.pk] if changed else None,
            )
            query.insert_values(fields, list(rows[begin : begin + size]))
            for sql, params in query.get_compiler(connection=connection).as_sql():
                self._made.append((sql, params))
        if connection.vendor == "postgresql":
            self._made[:] = [_whole(sql, params) for sql, params in self._made]

    def run(self) -> None:
        """Run them all, within the caller's transaction."""
        with connection.cursor() as cursor:
            for sql, params in self._made:
                cursor.execute(sql, params or None)


def _whole(sql: str, params: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The statement with its values in it, so that this takes no time under the lock."""
    if not params:
        return sql, params
    with connection.cursor() as cursor:
        text: str = cursor.mogrify(sql, params)  # psycopg's client-side cursor
    return text, ()


def editions(rows: Iterable[Any], kind: str, by: Any, at: datetime, why: str) -> list[Any]:
    """The history of rows of one model that were added, changed or deleted."""
    told = list(rows)
    if not told:
        return []
    model = type(told[0]).history.model  # made anew at each look, which costs more than an edition
    names = [field.attname for field in model.tracked_fields]
    return [
        model(
            history_date=at,
            history_user_id=by,
            history_change_reason=why[:100],
            history_type=kind,
            **{name: getattr(row, name) for name in names},
        )
        for row in told
    ]


def first_editions(model: Any, keys: Sequence[int], at: datetime) -> list[Any]:
    """The history of rows that a bulk writer stored without one, so that their first change has an old value."""
    told: set[int] = set()
    for part in parts(keys):
        told.update(model.history.filter(id__in=part).order_by().values_list("id", flat=True))
    missing = [key for key in keys if key not in told]
    return editions(rows_of(model, missing).values(), ADDED, None, at, STOOD_BEFORE)


def rows_of(model: Any, keys: Sequence[int]) -> dict[int, Any]:
    """The rows of these keys."""
    found: dict[int, Any] = {}
    for part in parts(keys):
        found.update(model._base_manager.in_bulk(part))
    return found


def parts(keys: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    """The keys in pieces that every database takes."""
    return (keys[begin : begin + size] for begin in range(0, len(keys), size))
