"""Lets PostgreSQL itself make a database of a million inspections of one that has some thousands.

Nothing is made row by row in Python: each table is filled by one INSERT ... SELECT, without its indexes, which are
built anew afterwards.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SHIFT = "g.n * interval '7 minutes'"
# What of a row is another's in each copy of it, by column; t is the row, g.n the copy.
_OWN = {
    "id": "md5(t.id::text || g.n)::uuid",
    "record": "md5(t.record::text || g.n)::uuid",
    "record_id": "md5(t.record_id::text || g.n)::uuid",
    "inspection_id": "md5(t.inspection_id::text || g.n)::uuid",
    "round": "md5(t.round::text || g.n)::uuid",
    "to_record": "md5(t.to_record::text || g.n)::uuid",
    "event": "md5(t.event::text || g.n)::uuid",
    "device": "md5(t.device::text || g.n)::uuid",
    "sha256": "md5(t.sha256 || g.n) || md5(g.n || t.sha256)",
    "refresh_hash": "md5(t.refresh_hash || g.n) || md5(g.n || t.refresh_hash)",
    "mark": "md5(t.mark || g.n)",
    "sender": "md5(t.sender || g.n)",
    "serial": "t.serial || '-' || g.n",
    "cursor": "t.cursor + g.n * 100000000::bigint",
    "received_at": f"t.received_at - {_SHIFT}",
    "seen_at": f"t.seen_at - {_SHIFT}",
    "refreshed_at": f"t.refreshed_at - {_SHIFT}",
    "state_since": f"t.state_since - {_SHIFT}",
    # Half of the copies are done, a few each are being reviewed, wait for more, were answered, were closed.
    "is_open": "g.n % 2 = 1",
    "is_answered": "g.n = 5",
    "state": "CASE WHEN g.n % 2 = 0 AND t.id % 500 = 0 THEN 'closed' WHEN g.n % 2 = 0 THEN 'decided'"
    " WHEN g.n = 1 THEN 'reviewing' WHEN g.n IN (3, 5) THEN 'more_wanted' ELSE 'received' END",
}
_RECORD = ("id", "sha256", "cursor", "received_at")
_COPIED: tuple[tuple[str, int, tuple[str, ...], str], ...] = (
    ("inspections_inspection", 2, _RECORD, ""),
    ("rounds_inspection", 1, (*_RECORD, "round"), ""),
    ("rounds_round", 1, _RECORD, ""),
    ("answers_answer", 2, (*_RECORD, "to_record", "event"), ""),
    ("inspections_photo", 2, ("inspection_id",), ""),
    ("inspections_sighting", 1, ("mark", "sender", "serial", "seen_at"), ""),
    ("inspections_suspicion", 2, ("serial", "seen_at"), ""),
    ("accounts_devicesession", 2, ("device", "refresh_hash", "refreshed_at"), ""),
    ("overview_countedrecord", 2, ("record", "received_at"), "t.kind = 'note'"),
    ("overview_countedrecord", 1, ("record", "received_at"), "t.kind <> 'note'"),
    *(
        ("reviewing_case", part, ("record", "received_at", "state", "state_since", "is_open", "is_answered"), of)
        for part, of in ((2, "t.kind = 'note'"), (1, "t.kind <> 'note'"))
    ),
)
"""Each table, of the times which part is enough, which columns of a copy are its own, and which rows are copied."""
_MADE = {
    # What the office said of each record that is no longer new.
    "records_event": """
        INSERT INTO records_event (id, kind, record, account_id, cursor, at, state, text, number, written_by_id)
        SELECT md5('e' || c.id)::uuid, c.kind, c.record, coalesce(n.account_id, i.account_id, r.account_id),
            50000000 + c.id, c.state_since, c.state, 'Đã xem.', '', (SELECT min(id) FROM accounts_user)
        FROM reviewing_case c
        LEFT JOIN inspections_inspection n ON c.kind = 'note' AND n.id = c.record
        LEFT JOIN rounds_inspection i ON c.kind = 'inspection' AND i.id = c.record
        LEFT JOIN rounds_round r ON c.kind = 'round' AND r.id = c.record
        WHERE c.state <> 'received' AND NOT EXISTS (SELECT FROM records_event e WHERE e.record = c.record)""",
    # A photo to every second inspection; one of a thousand was announced and has not arrived.
    "rounds_inspectionphoto": """
        INSERT INTO rounds_inspectionphoto (record_id, number, sha256, size, type, file, stored_at)
        SELECT id, 0, sha256, 180000, 'image/jpeg',
            CASE WHEN cursor % 1000 = 0 THEN '' ELSE 'photos/' || sha256 || '.jpg' END, received_at
        FROM rounds_inspection WHERE cursor % 2 = 0""",
    "records_link": """
        INSERT INTO records_link (kind, record, sha256, prev, account_id, device, signature, chained, received_at)
        SELECT 'inspection', id, sha256, md5(sha256) || md5(sha256), account_id, device, '', true, received_at
        FROM rounds_inspection""",
    "logbook_entry": """
        INSERT INTO logbook_entry (at, by, who, "group", what, model, key, about, changes, why, search_text)
        SELECT timestamptz '2026-11-23 08:00Z' - n * interval '30 seconds', u.id, u.name,
            (ARRAY['register', 'case', 'case', 'case', 'account', 'sign_in'])[n % 6 + 1], 'Sửa', 'register.product',
            (n % 20000)::text, 'Sản phẩm ' || n % 20000, '[["tên", "cũ", "mới"]]', '',
            lower(u.username) || ' sua san pham ' || n % 20000 || ' ten cu moi'
        FROM generate_series(25000 * {times}, 1, -1) n
        JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many FROM accounts_user) u
            ON u.place = n % u.many""",
    "register_clockmark": """
        INSERT INTO register_clockmark (clock, value, mark)
        SELECT 'inspections', n, substr(md5(n::text), 1, 16) FROM generate_series(1, 25000 * {times}) n
        ON CONFLICT DO NOTHING""",
}
"""What a table is filled with that the smaller database has not got, or not so that a copy of it would be right."""


def multiply(times: int) -> None:
    """Let the database that Django is connected to have so many times its inspections, half as many times its notes.

    What it says goes to stderr.
    """
    from django.db import connection

    begin = time.perf_counter()
    with connection.cursor() as cursor, _in_a_hurry(cursor):
        for name, part, own, of in _COPIED:
            _copy(cursor, name, times // part, own, of)
        for name, statement in _MADE.items():
            with _without_indexes(cursor, name):
                cursor.execute(statement.replace("{times}", str(times)))
            _told(name, begin)
        last = times * 10**8
        cursor.execute("UPDATE register_registerclock SET value = %s WHERE name = 'inspections'", [last])
        cursor.execute("INSERT INTO register_clockmark (clock, value, mark) VALUES ('inspections', %s, 'fade')", [last])
        cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself in time
        _told("all, and VACUUM", begin)


def _copy(cursor: Any, name: str, times: int, own: tuple[str, ...], of: str) -> None:
    begin = time.perf_counter()
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO'", [name]
    )
    columns = [column for (column,) in cursor.fetchall()]
    values = ", ".join(_OWN[column] if column in own else f't."{column}"' for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    where = f" WHERE {of}" if of else ""
    with _without_indexes(cursor, name):
        cursor.execute(
            f"INSERT INTO {name} ({named}) SELECT {values} FROM {name} t, generate_series(1, {times - 1}) g (n){where}"
        )
    _told(name, begin)


@contextmanager
def _without_indexes(cursor: Any, name: str) -> Iterator[None]:
    """Leave a table its keys alone, and build its other indexes anew at the end, which is far quicker."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)",
        [name],
    )
    dropped = cursor.fetchall()
    for index, _ in dropped:
        cursor.execute(f'DROP INDEX "{index}"')
    yield
    for _, definition in dropped:
        cursor.execute(definition)


@contextmanager
def _in_a_hurry(cursor: Any) -> Iterator[None]:
    """Let the server be careless while it fills: a database that is made again needs no care."""
    careless = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "16GB"}
    for setting, value in careless.items():
        cursor.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
    cursor.execute("SELECT pg_reload_conf()")
    cursor.execute("SET maintenance_work_mem = '1GB'")
    cursor.execute("SET max_parallel_maintenance_workers = 0")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET session_replication_role = replica")  # no trigger looks each foreign key up
    yield
    for setting in careless:
        cursor.execute(f"ALTER SYSTEM RESET {setting}")
    cursor.execute("SELECT pg_reload_conf()")
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("RESET maintenance_work_mem")
    cursor.execute("CHECKPOINT")  # otherwise the next start has to do all of it again


def _told(name: str, begin: float) -> None:
    print(f"{name}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
