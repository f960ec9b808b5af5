"""Inserts single rows by a statement that is put together once for each table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Names = Sequence[str]


def insert(row: Model, *, once: Names = (), anew: Names = ()) -> None:
    """Insert a row as `bulk_create([row])` does: one statement, no signal, the key filled in.

    Where there is one already with the same `once`, that stays; with `anew`, these fields of it are written instead.
    Raises IntegrityError.
    """
    sql, fields, returns = _statement(type(row), connection.vendor, tuple(once), tuple(anew))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if returns:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(
    model: type[Model], _vendor: str, once: tuple[str, ...], anew: tuple[str, ...]
) -> tuple[str, list[Field[Any, Any]], bool]:
    """The statement, the fields whose values it takes, and whether it returns the key."""
    meta: Any = model._meta
    quote = connection.ops.quote_name
    # The database gives the keys of these.
    fields = [field for field in meta.concrete_fields if not (field.generated or field.db_returning)]
    columns = ", ".join(quote(field.column) for field in fields)
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608
    if once:
        unique, update = ([quote(meta.get_field(name).column) for name in names] for names in (once, anew))
        written = ", ".join(f"{column} = EXCLUDED.{column}" for column in update)
        sql += f" ON CONFLICT ({', '.join(unique)}) DO {f'UPDATE SET {written}' if anew else 'NOTHING'}"
    # A row that stays returns nothing.
    returns = len(fields) < len(meta.concrete_fields) and not (once and not anew)
    return sql + (f" RETURNING {quote(meta.pk.column)}" if returns else ""), fields, returns
