"""An index is made and dropped beside writers, by operations that both databases take."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, migrations, models
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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite makes indexes in no other connection")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_index_that_the_connection_of_a_killed_migration_still_makes_is_waited_for() -> None:
    before = MigrationLoader(connection).project_state()
    add = AddIndexBesideWriters("inspection", INDEX)

    def make() -> None:
        with suppress(OperationalError), connection.cursor() as cursor:  # the other one may win the deadlock
            cursor.execute(f"CREATE INDEX CONCURRENTLY {INDEX.name} ON inspections_inspection (created_at)")
        connection.close()

    def half_made() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX.name])
            return cursor.fetchone() is not None

    writer = connections.create_connection("default")
    writer.inc_thread_sharing()
    writer.set_autocommit(False)
    writer.cursor().execute("LOCK TABLE inspections_inspection IN ROW EXCLUSIVE MODE")
    left = threading.Thread(target=make)
    left.start()
    ends = time.monotonic() + 8
    while not half_made() and time.monotonic() < ends:
        time.sleep(0.02)
    done = threading.Timer(0.5, writer.close)
    done.start()
    run(add, before)
    left.join()
    done.join()
    assert INDEX.name in indexes()
    run(add, before, back=True)
