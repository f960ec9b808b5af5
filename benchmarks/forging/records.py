"""What is done to chains, folders, clocks, keys and the server; and what is no forgery and only looks like one."""

from __future__ import annotations

import contextlib
import html
import json
import re
import shutil
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.forging.changes import (
    kid_of,
)
from benchmarks.forging.town import Phone, Told, Town, phone_of, until
from services.records.record import Receipt
from services.rounds.round import Round
from services.storage.store import Store
from tests.support.closed_rounds import photo

YEAR = timedelta(days=365)


def photo_swapped_on_the_servers_disk(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        (inspection, _hash), *_ = closed.inspections
        record = phone.device.rounds.inspections.record(inspection)
        until(lambda: not phone.device.rounds.inspections.unsent_files(inspection))
        (stored,) = (town.server.data / "photos").rglob(f"{record.files[0].sha256}.*")
        kept = stored.read_bytes()
        stored.write_bytes(photo(99, (320, 240)))
        page = town.office.get(f"{town.server.url}/admin/rounds/inspection/{inspection}/change/", timeout=30).text
        address = re.search(r'src="(/admin/rounds/inspection/photo/\d+/small)"', page)
        assert address
        drawn = town.office.get(town.server.url + address[1], timeout=30).text
        told = town.told(phone, closed)
        found = [html.unescape(each) for each in re.findall(r"<text[^>]*>(.*?)</text>", drawn)]
        command = [line for line in town.manage("check_files").splitlines() if "bytes" in line or "files" in line]
        stored.write_bytes(kept)
        return replace(told, office=[*found, *[re.sub(r"[0-9a-f-]{36}|photos/.*", "…", line) for line in command]])


def record_left_out(town: Town) -> Told:
    """The inspection is never sent: the device is told that it was."""
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round()
        dropped = phone.device.rounds.inspections.record(closed.inspections[0][0])
        files = frozenset(file.sha256 for file in dropped.files)
        phone.device.rounds.inspections.record_receipt(Receipt(dropped.id, dropped.sha256, datetime.now(UTC), files))
        phone.online()
        phone.send()
        told = town.told(phone, closed)
        return replace(told, office=[*told.office, *town.shown("inspection", closed.inspections[1][0])])


def whole_disk_copied(town: Town) -> Told:
    """Both go on with one key. A copy of the folder alone is noticed, so the mark is made as a copied disk has it."""
    with phone_of(town) as phone:
        phone.round(1)
        phone.send()
        root = phone.root
        phone.close()
        copy = root.with_name(root.name + "-copy")
        shutil.copytree(root, copy, copy_function=shutil.copy2)
        (folder,) = (copy / "devices").iterdir()
        forge_mark(folder)
        phone.open()
        with contextlib.closing(Phone(town, copy.name)) as other:
            assert other.device.id == phone.device.id
            one, two = phone.round(1), other.round(1)
            phone.send()
            other.send()
            return town.told(other, two, phone.pdf(one), other.pdf(two))


def forge_mark(folder: Path) -> None:
    """Let a copied folder believe that it is the original, as it does on a copied disk."""
    mark = (folder / "device.mark").stat()
    store = Store(folder / "device.json")
    (kept,) = store.table("device")
    store.commit({"device": {1: dict(kept) | {"mark": [mark.st_ino, mark.st_ctime_ns]}}})
    store.close()


def correction_begun_and_folder_copied(town: Town) -> Told:
    """Original and copy both finish the correction, and each goes on: no fork, since the copy has a key of its own."""
    with phone_of(town) as phone:
        round_id = phone.begin(now := datetime.now(UTC))
        first = phone.inspect(round_id, 1, now)
        phone.send()
        phone.device.rounds.correct(first, phone.device.author.viewer)
        phone.close()
        copy = phone.root.with_name(phone.root.name + "-copy")
        shutil.copytree(phone.root, copy)
        phone.open()
        with contextlib.closing(Phone(town, copy.name)) as other:
            assert other.device.id != phone.device.id
            told = []
            for each in (phone, other):
                rounds, author = each.device.rounds, each.device.author
                (draft,) = rounds.drafts(author.viewer)
                rounds.finish(draft.id, author)
                said = rounds.current(author.viewer)
                assert said
                each.inspect(said.id, 2, datetime.now(UTC))
                closed = each.finish(said.id, datetime.now(UTC))
                each.send()
                told.append(town.told(each, closed))
            return Told(*([*getattr(told[0], n), *getattr(told[1], n)] for n in ("check", "page", "office")))


def key_revoked_afterwards(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        pdf = phone.pdf(closed)
        time.sleep(1.1)  # the times are of whole seconds
        town.revoke(kid_of(pdf))
        town.reader_syncs()
        return town.told(phone, closed, pdf)


def key_revoked_before_it_came(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round()
        pdf = phone.pdf(closed)
        town.revoke(kid_of(pdf))
        time.sleep(1.1)
        phone.online()
        phone.send()
        town.reader_syncs()
        return town.told(phone, closed, pdf)


def clock_set_back_before_the_round(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.round(1)
        closed = phone.round(2, datetime.now(UTC) - YEAR)
        phone.send()
        return town.told(phone, closed)


def clock_set_back_within_the_round(town: Town) -> Told:
    with phone_of(town) as phone:
        round_id = phone.begin(now := datetime.now(UTC))
        phone.inspect(round_id, 1, now)
        phone.inspect(round_id, 2, now - YEAR)
        closed = phone.finish(round_id, now - YEAR)
        phone.send()
        return town.told(phone, closed)


def clock_a_year_ahead(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round(2, datetime.now(UTC) + YEAR)
        phone.send()
        return town.told(phone, closed)


def a_year_without_a_network(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round(2, datetime.now(UTC) - YEAR)
        phone.online()
        phone.send()
        return town.told(phone, closed)


def register_restored(town: Town) -> Told:
    """From a copy that is older than the round; before the device has sent it again."""
    with phone_of(town) as phone:
        backup = town.scratch / "backup.sqlite3"
        database = town.server.data / "registry.sqlite3"
        with (
            contextlib.closing(sqlite3.connect(database)) as source,
            contextlib.closing(sqlite3.connect(backup)) as copy,
        ):
            source.backup(copy)
        closed = phone.round()
        phone.send()
        pdf = phone.pdf(closed)
        root = phone.root
        phone.close()
        town.server.stop()
        for path in town.server.data.glob("registry.sqlite3*"):
            path.unlink()
        shutil.copy(backup, database)
        town.server.start()
        told = town.told_of(pdf, closed)
        phone.root = root
        phone.open()
        phone.device.send_now()
        until(lambda: "matches" in town.proof(closed.id, closed.sha256))
        phone.send()
        return replace(
            told, page=[*told.page, f"after the device has heard of it: {town.proof(closed.id, closed.sha256)}"]
        )


def erased_by_law(town: Town) -> Told:
    """With an inspection that was corrected: both versions are erased."""
    with phone_of(town) as phone:
        closed = corrected_round(phone)
        phone.send()
        town.manage("erase_names", closed.id)
        rows = town.server.rows("SELECT body FROM rounds_inspection") + town.server.rows(
            "SELECT body FROM rounds_round"
        )
        bodies = [json.loads(body) for (body,) in rows]
        mine = [b for b in bodies if closed.id in (b["id"], b["round"])]
        left = [body["id"] for body in mine if body["place"]["address"] or body.get("inspected")]
        told = town.told(phone, closed)
        return replace(told, office=[*told.office, f"{len(mine)} stored bodies, {len(left)} with names or places"])


def corrected_round(phone: Phone) -> Round:
    """A round whose first of three inspections is corrected after the third, before it is closed."""
    round_id = phone.begin(now := datetime.now(UTC))
    _zero, first, _third = (phone.inspect(round_id, n, now) for n in range(3))
    rounds, author = phone.device.rounds, phone.device.author
    phone.device.rounds.inspections.take_up(first)
    rounds.finish(rounds.correct(first, author.viewer).id, author, now=now)
    return phone.finish(round_id, now)


def corrected_before_closing(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = corrected_round(phone)
        phone.send()
        return town.told(phone, closed)


def corrected_afterwards(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        before = phone.pdf(closed)
        rounds, author = phone.device.rounds, phone.device.author
        rounds.finish(rounds.correct(closed.inspections[0][0], author.viewer).id, author)
        phone.send()
        return town.told(phone, closed, before, phone.pdf(closed))


def signature_refused(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round(refused="Không đồng ý với số lượng")
        phone.send()
        return town.told(phone, closed)
