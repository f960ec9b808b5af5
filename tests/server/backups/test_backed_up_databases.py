"""Backups of a database: all of one moment comes back, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from backup_place import Place, refused, run
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.utils import timezone
from registry_notes import Sender, picture, sha256

from backups import restoring
from backups.rows import counted
from inspections.models import Inspection, Photo
from issuing import keys
from register.clock import RegisterClock
from register.cursors import UnknownCursor, cursor_text, cursor_value

CLOCKS = {"register_registerclock", "register_clockmark"}


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but the clocks'."""
    with connection.cursor() as cursor:
        found = {}
        for table in set(connection.introspection.table_names(cursor)) - CLOCKS:
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def clock() -> str:
    """The cursor of the last record."""
    return cursor_text("inspections", RegisterClock.objects.get(name="inspections").value)


def test_all_of_a_moment_comes_back_and_every_device_starts_over(place: Place) -> None:
    place.note("red", "blue")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # SQLite keeps what it learns in a table of its own
    assert "2 files: 2 copied" in place.back_up()
    note, old = place.note("green"), clock()
    assert "3 files: 1 copied" in place.back_up("--keep", "1")
    assert (place.data / "last-backup").exists()
    before, signed = rows(), keys.sign(b"a statement", timezone.now())
    secret, all_rows = (place.data / "secret-key").read_text(), sum(counted().values())
    place.note("yellow")
    later = clock()

    place.move()
    assert f"{all_rows} rows counted, 3 files compared, 3 of them put back" in place.restore()
    assert rows() == before
    for colour in ("red", "blue", "green"):
        name = Photo.objects.get(sha256=sha256(picture(colour))).file
        assert (place.data / name).read_bytes() == picture(colour)
    assert keys.sign(b"a statement", timezone.now()) == signed
    assert (place.data / "secret-key").read_text() == secret
    assert (place.data / "secret-key").stat().st_mode & 0o077 == 0
    for cursor in (old, later):  # also the device that has seen nothing since is told to start over
        with pytest.raises(UnknownCursor):
            cursor_value("inspections", cursor)
    # What a device offers again is taken as it was, and what is new counts on.
    assert Sender(Client()).put_note(note).status_code == 200
    place.note("yellow")
    assert cursor_value("inspections", clock()) > int(old.partition("-")[0])
    assert "4 files: 1 copied" in place.back_up()
    new = clock()
    assert "devices start over" in run("forget_cursors")
    with pytest.raises(UnknownCursor):
        cursor_value("inspections", new)


def test_a_record_that_was_changed_in_the_database_is_not_backed_up(place: Place) -> None:
    note = place.note()
    place.back_up()
    Inspection.objects.filter(pk=note["id"]).update(body=Concat("body", Value(" ")))
    told = refused(place.back_up)
    assert f"1 records have another hash than their row says: inspections_inspection {note['id'][:8]}" in told
    assert len(place.names) == 1
    Inspection.objects.filter(pk=note["id"]).update(erased_at=timezone.now())
    place.back_up()


def test_what_stands_there_is_not_overwritten_unless_it_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.note("red")
    place.back_up()
    later = place.note("blue")
    name = str(connection.settings_dict["NAME"]).rpartition("/")[2]
    assert f"--replace {name}" in refused(place.restore)
    assert f"the database is {name}" in refused(lambda: place.restore("--replace", "other"))
    with another_program():
        assert "Stop the server" in refused(lambda: place.restore("--replace", name))
    with monkeypatch.context() as patch:
        patch.setenv("OCOP_BACKUP_PASSPHRASE", "another passphrase")
        assert "passphrase is not the one" in refused(lambda: place.restore("--replace", name))
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "new_course", lambda clocks: ["DELETE FROM no_such_table"])
        assert "as it was" in refused(lambda: place.restore("--replace", name)) or connection.vendor == "sqlite"
    assert Inspection.objects.filter(pk=later["id"]).exists()
    assert "no backup 20200101T000000.000Z" in refused(lambda: place.restore("--backup", "20200101T000000.000Z"))
    place.restore("--replace", name)
    assert not Inspection.objects.filter(pk=later["id"]).exists()
    if connection.vendor == "sqlite":
        (kept,) = place.data.glob("registry.sqlite3.replaced-*")
        with closing(sqlite3.connect(kept)) as before:
            assert before.execute("SELECT count(*) FROM inspections_inspection").fetchone() == (2,)


@contextmanager
def another_program() -> Iterator[None]:
    """Hold the database as a running server does."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(told["NAME"])) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM sqlite_master")
            yield
    else:
        with closing(connection.copy()) as other:
            other.ensure_connection()
            yield
