"""Makes and drops indexes while others write to the table, on PostgreSQL; SQLite knows no such way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from querying.pooler import is_pooled

_LOOK_EVERY = 0.2
"""Seconds between two looks whether another connection still makes an index."""


class AddIndexBesideWriters(AddIndexConcurrently):
    """Adds an index without keeping writers of the table waiting. Its migration has `atomic = False`.

    PostgreSQL keeps an invalid index where the making was broken off. Such a one of the same name is dropped first. A
    whole one is left by a migration that got no further, since nothing takes its steps back: it stays.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index."""
        with _beside(schema_editor) as is_beside:
            model = to_state.apps.get_model(app_label, self.model_name)
            if is_beside:
                _drop_invalid(schema_editor, model, self.index.name)
            if _is_made(schema_editor, model, self.index.name):
                return
            way = AddIndexConcurrently if is_beside else migrations.AddIndex
            way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        with _beside(schema_editor) as is_beside:
            way = AddIndexConcurrently if is_beside else migrations.AddIndex
            way.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexBesideWriters(RemoveIndexConcurrently):
    """Drops an index without keeping writers of the table waiting. Its migration has `atomic = False`."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        with _beside(schema_editor) as is_beside:
            way = RemoveIndexConcurrently if is_beside else migrations.RemoveIndex
            way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index again."""
        with _beside(schema_editor) as is_beside:
            way = RemoveIndexConcurrently if is_beside else migrations.RemoveIndex
            way.database_backwards(self, app_label, schema_editor, from_state, to_state)


@contextmanager
def _beside(schema_editor: Any) -> Iterator[bool]:
    """Whether the database can. It then waits for all earlier transactions, which may take as long as a backup."""
    if schema_editor.connection.vendor != "postgresql":
        yield False
        return
    if schema_editor.collect_sql:
        yield True
        return
    if is_pooled():  # it would be set for others; where a wait is too long for the role, the step is tried again
        yield True
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()[0]
        cursor.execute("SET lock_timeout = 0")
        try:
            yield True
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


def _drop_invalid(schema_editor: Any, model: Any, name: str) -> None:
    if schema_editor.collect_sql or not _is_invalid(schema_editor, name):
        return
    # Where only the program that migrated was killed, its connection goes on making the index, and would deadlock with
    # whoever drops it or waits for its lock.
    while _is_being_made(schema_editor, model):
        time.sleep(_LOOK_EVERY)
    if _is_invalid(schema_editor, name):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f'DROP INDEX CONCURRENTLY "{name}"')


def _is_being_made(schema_editor: Any, model: Any) -> bool:
    with schema_editor.connection.cursor() as cursor:
        asked = "SELECT 1 FROM pg_stat_progress_create_index WHERE relid = to_regclass(%s)"
        cursor.execute(asked, [f'"{model._meta.db_table}"'])
        return cursor.fetchone() is not None


def _is_invalid(schema_editor: Any, name: str) -> bool:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [f'"{name}"'])
        return cursor.fetchone() is not None


def _is_made(schema_editor: Any, model: Any, name: str) -> bool:
    if schema_editor.collect_sql:
        return False
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        return name in connection.introspection.get_constraints(cursor, model._meta.db_table)
