"""An index is made and dropped beside writers, by operations that both databases take."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from migrating.indexes import AddIndexBesideWriters, RemoveIndexBesideWriters

INDEX = models.Index(fields=["created_at"], name="made_up_by_day")


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "inspections_inspection"))


def run(operation: Any, before: Any, *, back: bool = False) -> Any:
    migration = migrations.Migration("made_up", "inspections")
    migration.operations, migration.atomic = [operation], False
    way = migration.unapply if back else migration.apply
    with connection.schema_editor(atomic=False) as editor:
        return way(before.clone(), editor)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_index_is_made_and_dropped_forward_and_back() -> None:
    before = MigrationLoader(connection).project_state()
    add, remove = AddIndexBesideWriters("inspection", INDEX), RemoveIndexBesideWriters("inspection", INDEX.name)
    with CaptureQueriesContext(connection) as asked:
        after = run(add, before)
        assert INDEX.name in indexes()
        run(remove, after)
        assert INDEX.name not in indexes()
        run(remove, after, back=True)
        assert INDEX.name in indexes()
        run(add, before, back=True)
        assert INDEX.name not in indexes()
    if connection.vendor == "postgresql":
        changed = [query["sql"] for query in asked if INDEX.name in query["sql"] and "INDEX" in query["sql"]]
        assert len(changed) == 4
        assert all("CONCURRENTLY" in sql for sql in changed)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_migration_that_broke_off_after_an_index_goes_on() -> None:
    before = MigrationLoader(connection).project_state()
    add = AddIndexBesideWriters("inspection", INDEX)
    run(add, before)
    run(add, before)
    assert INDEX.name in indexes()
    run(add, before, back=True)
    assert INDEX.name not in indexes()
