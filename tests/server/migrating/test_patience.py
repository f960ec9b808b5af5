"""A migration that has to wait for a lock lets others go on meanwhile."""

from __future__ import annotations

import os
import threading
import time

import psycopg
import pytest
from django.db import connection

from migrating import patience

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(
        not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="DATABASE_URL names no PostgreSQL"
    ),
]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_others_read_on_while_a_migration_waits_for_a_long_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0.2)
    tries, waited, over = [], [], threading.Event()
    url = connection.get_connection_params()
    table = "inspections_sighting"

    def migrate() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN made_up integer NULL")

    def read_again_and_again() -> None:
        with psycopg.connect(host=url["host"], port=url["port"], user=url["user"], dbname=url["dbname"]) as reader:
            while not over.is_set():
                began = time.monotonic()
                reader.execute(f"SELECT count(*) FROM {table}")
                reader.commit()
                waited.append(time.monotonic() - began)

    with psycopg.connect(host=url["host"], port=url["port"], user=url["user"], dbname=url["dbname"]) as backup:
        backup.execute(f"SELECT count(*) FROM {table}")  # and its transaction goes on
        threading.Timer(1.2, backup.rollback).start()
        thread = threading.Thread(target=read_again_and_again)
        thread.start()
        try:
            patience.patiently(migrate)
        finally:
            over.set()
            thread.join()
    assert len(tries) > 2
    assert max(waited) < 1.0
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN made_up")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "20s"
