#!/usr/bin/env python
"""How PostgreSQL answers what is asked most with a million inspections: the times, and which tables are read whole.

    .venv/bin/python benchmarks/plans.py --kept FOLDER [--times 20] [--only poll] [--rounds 3]

FOLDER is one that `office_lists.py --kept FOLDER --postgresql` has filled. Its notes and inspections, their cases and
their counted rows are multiplied once by the database itself. Then the real calls and pages are asked for, and each
statement of theirs is explained. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import logging
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

import rfc8785  # noqa: E402

from benchmarks import office_lists, postgresql, server_load  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, median, table  # noqa: E402

LARGE = 50_000
"""Rows from which on reading a whole table for one page is too much."""
# What of a row is another's in each copy of it, by column; t is the row, g.n the copy.
OWN = {
    "id": "md5(t.id::text || g.n)::uuid",
    "sha256": "md5(t.sha256 || g.n) || md5(g.n || t.sha256)",
    "cursor": "t.cursor + g.n * 100000000",
    "received_at": "t.received_at - g.n * interval '7 minutes'",
    "record": "md5(t.record::text || g.n)::uuid",
}
RECORDS = ("inspections_inspection", "rounds_inspection")
ROWS_OF_RECORDS = ("reviewing_case", "overview_countedrecord")


def multiply(name: str, times: int, own: tuple[str, ...]) -> None:
    """Let a table have so many times its rows; what indexes words is built anew, which is quicker."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef ~ 'gin'", [name])
        words = cursor.fetchall()
        for index, _ in words:
            cursor.execute(f'DROP INDEX "{index}"')
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO'", [name]
        )
        columns = [column for (column,) in cursor.fetchall()]
        values = ", ".join(OWN[column] if column in own else f't."{column}"' for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(
            f"INSERT INTO {name} ({named}) SELECT {values} FROM {name} t, generate_series(1, {times - 1}) AS g (n)"
        )
        for _, definition in words:
            cursor.execute(definition)


def calls() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """What devices ask, by name; each takes Django's test client."""
    marks = import_module("register.cursors")
    clock = import_module("register.clock").RegisterClock.objects.get(name="register")
    newest = marks.cursor_text("register", clock.value)
    gtin = import_module("register.models").Product.objects.order_by("gtin")[7].gtin
    yield "poll: nothing new", lambda client: client.get(f"{server_load.API}/changes?cursor={newest}")
    yield "poll: a page of 500", lambda client: client.get(f"{server_load.API}/changes")
    yield "a product asked for", lambda client: client.get(f"{server_load.API}/products/{gtin}")
    yield "a product's page", lambda client: client.get(f"/p/{gtin}")
    yield "PUT of a note", _put_note


def _put_note(client: Any) -> Any:
    identity = str(uuid.uuid4())
    said: Any = {**server_load.note(), "id": identity, "device": str(uuid.uuid4()), "account": None, "photos": []}
    body = rfc8785.dumps(said)
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    address = f"{server_load.API}/inspections/{identity}"
    return client.put(address, body, "application/json", headers={"Content-Digest": digest})


def pages() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """The office's pages of `office_lists`, and the log."""
    from django.urls import reverse

    for name, model, asked in office_lists.pages():
        if not name.startswith(("every list", "one record")):
            address = model if model.startswith("/") else reverse(f"admin:{model}_changelist")
            query = {key: "150" if value == "deep" else value for key, value in asked.items()}
            yield name, lambda client, address=address, query=query: client.get(address, query)  # type: ignore[misc]
    yield "the log", lambda client: client.get("/admin/log/")


def measure(rounds: int, only: str) -> Iterator[tuple[str, ...]]:
    """Name, median time, slowest statement, queries, and the large tables that were read whole."""
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    large = _large_tables()
    office = Client()
    head = apps.get_model("accounts.User").objects.get(username="quantri")
    office.force_login(head, settings.AUTHENTICATION_BACKENDS[1])
    office.get("/admin/")  # compiles the templates of every page
    for name, call in (*calls(), *pages()):
        if not name.startswith(only):
            continue
        seconds: list[float] = []
        for _ in range(rounds):
            begin = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                answer = call(office)
            seconds.append(time.perf_counter() - begin)
            if answer.status_code not in {200, 201, 302}:  # 302: there is no page so deep
                raise SystemExit(f"{name}: {answer.status_code} {answer.content[:300]!r}")
        slowest = max((float(query["time"]) for query in queries.captured_queries), default=0.0)
        whole = {node for query in queries.captured_queries for node in _read_whole(query["sql"]) if node in large}
        told = ", ".join(f"{node} ({large[node]:,})" for node in sorted(whole))
        row = (name, f"{median(seconds):.3f} s", f"{slowest:.3f} s", str(len(queries)), told)
        print(*row, sep=" | ", file=sys.stderr, flush=True)
        yield row


def _large_tables() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE]
        )
        return dict(cursor.fetchall())


def _read_whole(statement: str) -> Iterator[str]:
    """The tables that a statement's plan reads from their first to their last row."""
    from django.db import connection

    if not statement.lstrip("( ").upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        return
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}".replace("%", "%%"))
        (told,) = cursor.fetchone()
    waiting = [plan["Plan"] for plan in (json.loads(told) if isinstance(told, str) else told)]
    while waiting:
        node = waiting.pop()
        if node["Node Type"] == "Seq Scan":
            yield node["Relation Name"]
        waiting += node.get("Plans", ())


def main() -> None:
    """Multiply, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", type=Path, metavar="FOLDER", required=True)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", metavar="WORDS", help="those whose names begin so")
    options = parser.parse_args()
    if not (options.kept / "filled-postgresql").exists():
        parser.error("office_lists.py --kept FOLDER --postgresql fills it first")
    with postgresql.cluster(options.kept) as url:
        os.environ.update(
            DATABASE_URL=url, OCOP_SERVER_DATA=str(options.kept), DJANGO_SETTINGS_MODULE="config.settings",
            OCOP_ALLOWED_HOSTS="testserver", OCOP_ANONYMOUS_NOTES_RATE="1000000",
        )  # fmt: skip
        import django
        from django.core.management import call_command
        from django.db import connection, connections

        django.setup()
        logging.disable(logging.INFO)
        call_command("migrate", verbosity=0)
        multiplied = options.kept / "multiplied"
        if not multiplied.exists():
            for name in RECORDS:
                multiply(name, options.times, ("id", "sha256", "cursor", "received_at"))
            for name in ROWS_OF_RECORDS:
                multiply(name, options.times, ("record",))
            multiplied.touch()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("CHECKPOINT")  # otherwise the next start has to do all of it again
        rows = list(measure(options.rounds, options.only))
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(_large_tables().items()))
        connections.close_all()
    print(table(("what", "median", "slowest statement", "queries", "large tables read whole"), rows))
    print(f"\n{counts}; {measured_on('django', 'psycopg')}")


if __name__ == "__main__":
    main()
