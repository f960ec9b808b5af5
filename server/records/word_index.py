"""The index for searches by words, in migrations of kinds of records."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, migrations, transaction


def index_words(name: str, table: str) -> migrations.RunPython:
    """Make the index `name` of a table's `search_text`, where PostgreSQL has pg_trgm and lets us use it.

    Then a search need not look at every row. Elsewhere nothing is done (docs/server.md says how to add it later).
    """

    def make(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
        if schema_editor.connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(schema_editor.connection.alias):
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError:
            return
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (search_text gin_trgm_ops)")

    def drop(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(make, drop)
