"""The folder of backups: what is wrong is told before anything is changed, and no end of a program harms a backup."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from backup_place import PASSPHRASE, Place, refused, run
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from registry_notes import picture, sha256

from backups import files, making
from backups.folder import LIST, MAKING, MANIFEST, digest, read_manifest, write_manifest
from inspections.models import Photo
from records import erasing


def test_a_folder_that_is_not_its_own_is_left_alone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = place.to
    assert "Make it, or mount the disk" in refused(lambda: run("back_up", str(disk / "backups")))
    disk.mkdir()
    about = disk / "ocop-backups.json"
    for content, told in (
        ('{"format": 2, "register": "x"}', "form 2"),
        ("{", "cannot be read"),
        ("[" * 5000, "cannot be read"),
        ('{"format": 1, "register": "x"}', "another register (x)"),
    ):
        about.write_text(content)
        assert told in refused(place.back_up)
        assert [path.read_text() for path in disk.iterdir()] == [content]
    about.rename(disk / "mine")
    assert "is not empty" in refused(place.back_up)
    assert [path.name for path in disk.iterdir()] == ["mine"]
    assert "holds no backups" in refused(place.restore)
    assert not (place.data / "last-backup").exists()
    (disk / "mine").rename(disk / ".partial-ocop-backups.json")  # a first backup that was ended as it began
    assert "0 files" in place.back_up()
    monkeypatch.setenv("OCOP_BACKUPS", str(disk))
    assert "0 files" in run("back_up")
    disk.rename(disk.with_name("unmounted"))
    disk.mkdir()
    assert "Is the disk mounted?" in refused(lambda: run("back_up"))
    assert list(disk.iterdir()) == []
    assert "0 files" in place.back_up()


def test_what_could_not_protect_or_survive_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.note("red")
    within, to = place.data / "backups", place.to
    place.to = within
    assert "is in the data folder" in refused(place.back_up)
    place.to = to
    for passphrase, told in (("", "OCOP_BACKUP_PASSPHRASE"), ("short", "12 are the least")):
        monkeypatch.setenv("OCOP_BACKUP_PASSPHRASE", passphrase)
        assert told in refused(place.back_up)
    assert not within.exists()
    assert not to.exists()
    monkeypatch.setenv("OCOP_BACKUP_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(making, "SPARE_BYTES", 2**60)
    assert "MiB free, and this backup may take" in refused(place.back_up)
    assert place.names == []
    with making.alone(to):
        assert "in use by another backup" in refused(place.back_up)
    assert "--keep is 1" in refused(lambda: place.back_up("--keep", "0"))
    monkeypatch.delenv("OCOP_BACKUPS", raising=False)
    assert "set OCOP_BACKUPS" in refused(lambda: run("check_backup"))


def test_a_backup_that_was_ended_leaves_the_earlier_one(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.note("red")
    (place.to / "lost+found").mkdir(parents=True)  # a disk of its own
    place.back_up()
    (made,) = place.names
    made_at = (place.data / "last-backup").stat().st_mtime_ns
    place.note("blue")
    for step in ("write_list", "write_manifest"):
        with monkeypatch.context() as patch:
            patch.setattr(making, step, ended)
            with pytest.raises(KeyboardInterrupt):
                place.back_up()
    # What a killed one leaves, which could not tidy up.
    left = place.to / f"{MAKING}20261129T000000000000"
    left.mkdir()
    (left / "database.dump").touch()
    (place.to / "files" / ".partial-abc").touch()
    assert place.names == [made]
    assert (place.data / "last-backup").stat().st_mtime_ns == made_at
    assert "all as they were copied; keys: 1 opened" in run("check_backup", str(place.to))
    place.back_up()
    assert len(place.names) == 2
    assert not left.exists()
    assert not any(name.startswith(".partial") for name in place.kept)


def ended(*args: Any) -> None:
    raise KeyboardInterrupt


def test_old_backups_go_by_their_number_and_erased_photos_with_the_last_that_names_them(place: Place) -> None:
    note = place.note("red", "blue")
    place.back_up()
    Photo.objects.filter(record_id=note["id"], sha256=sha256(picture("red"))).update(erased_at=timezone.now())
    erasing.delete_bytes(10)
    assert "1 files" in place.back_up("--keep", "2")
    assert len(place.kept) == 2
    assert "1 old backups removed, and 1 files" in place.back_up("--keep", "2")
    assert place.kept == {f"{sha256(picture('blue'))}.jpg"}
    assert len(place.names) == 2


def test_where_there_is_no_room_what_may_go_goes_before(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        place.back_up()
    left = place.to / "files/photos/aa/left-by-an-earlier-try.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"x")
    monkeypatch.setattr(making, "SPARE_BYTES", 2**60)
    newest = place.names[1:]
    assert "MiB free, and this backup may take" in refused(lambda: place.back_up("--keep", "2"))
    assert place.names == newest
    assert not left.exists()


def test_a_clock_that_was_ahead_costs_no_new_backup(place: Place) -> None:
    place.back_up()
    (ahead,) = place.names
    (place.to / ahead).rename(place.to / f"2099{ahead[4:]}")
    assert "so the clock is or was wrong" in place.back_up("--keep", "1")
    assert len(place.names) == 1
    assert place.names[0][:4] != "2099"


def test_nothing_goes_through_a_pooler(place: Place, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place.back_up()
    direct = dict(connection.settings_dict)
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    for command in (place.back_up, place.restore):
        assert "Set OCOP_DIRECT_DATABASE_URL" in refused(command)
    settings.DIRECT_DATABASE = {**direct, "DISABLE_SERVER_SIDE_CURSORS": False}
    assert "0 files" in place.back_up()
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]


def test_a_photo_that_is_gone_is_told_each_time_until_it_is_accepted(place: Place) -> None:
    place.note("red", "blue")
    lost, other = (Photo.objects.get(sha256=sha256(picture(colour))).file for colour in ("red", "blue"))
    (place.data / lost).unlink()
    (place.data / other).write_bytes(b"other bytes")
    assert "2 files that rows name are missing" in refused(place.back_up)
    assert not (place.data / "last-backup").exists()
    place.back_up("--accept-missing")
    assert (place.data / "last-backup").exists()
    assert "2 files were missing when it was made" in refused(lambda: run("check_backup", str(place.to)))
    place.move()
    assert f"2 files that rows name are not there: {lost}" in place.restore()


def test_a_damaged_copy_is_found_and_copied_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.note("red", "blue")
    place.back_up()
    copy = place.to / "files" / Photo.objects.get(sha256=sha256(picture("red"))).file
    copy.write_bytes(copy.read_bytes()[::-1])
    assert "1 of 2 files of the backup are missing or damaged" in refused(lambda: run("check_backup", str(place.to)))
    monkeypatch.setattr(files, "READ_AGAIN_DAYS", 1)
    assert "1 files of earlier backups were damaged, and are copied anew" in place.back_up()
    assert "2 files with" in run("check_backup", str(place.to))
    copy.unlink()
    assert "2 files: 1 copied" in place.back_up()


def test_a_damaged_backup_changes_nothing(place: Place) -> None:
    place.note("red")
    place.back_up()
    place.move()
    for part, told in (
        ("database.*", "damaged. Take another backup"),
        ("keys.sealed", "damaged. Take another backup"),
        ("files.gz", "damaged. Take another backup"),
        ("manifest.json", "missing or damaged"),
        ("../files/photos/*/*", "1 of 1 files of the backup are missing or damaged"),
    ):
        (path,) = (place.to / place.names[0]).glob(part)
        whole = path.read_bytes()
        content = bytearray(whole)
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert told in refused(lambda: run("check_backup", str(place.to)))
        why = refused(place.restore)
        assert told in why or (part == "keys.sealed" and "passphrase" in why)
        assert connection.introspection.table_names() == []
        assert sorted(path.name for path in place.data.iterdir() if "registry" not in path.name) == ["secret-key"]
        if "photos" in part:
            assert "1 files that rows name are not there" in place.restore("--accept-missing")
        path.write_bytes(whole)


def test_a_backup_that_somebody_else_has_written_leads_nowhere(place: Place) -> None:
    place.note("red")
    place.back_up()
    path = place.to / place.names[0]
    whole = read_manifest(path)

    def told(**changed: Any) -> str:
        write_manifest(path, replace(whole, **changed))
        return refused(lambda: run("check_backup", str(place.to)))

    for wrong in ({"rows": ["a"]}, {"engine": "making"}, {"database": "../database.sqlite3"}, {"migrations": (1,)}):
        assert "missing or damaged" in told(**wrong)
    for line, words in ((b"0 0 ../../etc/passwd\n", "outside"), (b"0 0 /etc/passwd\n", "outside"), (b"0\n", "form")):
        (path / LIST).write_bytes(gzip.compress(line))
        assert words in told(list_sha256=digest(path / LIST))
    (path / LIST).write_bytes(b"no gzip")
    assert "another form" in told(list_sha256=digest(path / LIST))
    for deep in ("[" * 5000, json.dumps({"sha256": hashlib.sha256(b"[" * 5000).hexdigest(), "manifest": "[" * 5000})):
        (path / MANIFEST).write_text(deep)
        assert "missing or damaged" in refused(lambda: run("check_backup", str(place.to)))


def test_a_backup_of_a_newer_version_is_refused(place: Place) -> None:
    MigrationRecorder(connection).record_applied("register", "9999_of_a_later_version")
    place.back_up()
    place.move()
    assert "does not know register.9999_of_a_later_version" in refused(place.restore)
    assert connection.introspection.table_names() == []


def test_a_key_of_the_same_name_is_kept_aside(place: Place) -> None:
    place.back_up()
    pem = next((place.data / "issuer-keys").glob("*.pem"))
    place.move()
    other = place.data / "issuer-keys" / pem.name
    other.parent.mkdir()
    other.write_text("another key")
    assert "had another key" in place.restore()
    assert other.read_text() == pem.read_text()
    assert [path.read_text() for path in other.parent.glob("*.replaced-*")] == ["another key"]
