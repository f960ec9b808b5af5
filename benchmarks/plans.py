#!/usr/bin/env python
"""How PostgreSQL answers what is asked with a million inspections: the times, and which tables are read whole.

    .venv/bin/python benchmarks/plans.py --kept FOLDER [--only poll] [--rounds 3] [--slow 0.1] [--notes 25000]

Where FOLDER is empty, a database is filled there as for benchmarks/office_lists.py, and PostgreSQL itself multiplies
its rows to a million inspections. Later calls find it there. Then the real calls and pages are asked for, and each
statement of theirs is explained. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import asked, multiplying, office_lists, postgresql  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, median, table  # noqa: E402

LARGE = 50_000
"""Rows from which on reading a whole table for one page is too much."""
_TICK = 1 / os.sysconf("SC_CLK_TCK")


def measure(rounds: int, only: str, slow: float) -> Iterator[tuple[str, ...]]:
    """Name, median time, processor, slowest statement, queries, and the large tables that were read whole."""
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
    with connection.cursor() as cursor:
        # The other processors of a busy server have other work; and what a second process reads is not counted.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    for name, call in asked.everything():
        if not name.startswith(only):
            continue
        seconds, processor = [], []
        for _ in range(rounds):
            begin, used = time.perf_counter(), time.process_time() + _processor_of(backend)
            with CaptureQueriesContext(connection) as queries:
                answer = call(office)
            seconds.append(time.perf_counter() - begin)
            processor.append(time.process_time() + _processor_of(backend) - used)
            if answer.status_code not in {200, 201, 302, 307}:  # 302: there is no page so deep
                print(f"{name}: {answer.status_code} {answer.content[:300]!r}", file=sys.stderr)
        statements = sorted(queries.captured_queries, key=lambda query: -float(query["time"]))
        slowest = float(statements[0]["time"]) if statements else 0.0
        whole = {node for query in statements for node in _read_whole(query["sql"]) if node in large}
        told = ", ".join(f"{node} ({large[node]:,})" for node in sorted(whole))
        times = (median(seconds), median(processor), slowest)
        row = (name, *(f"{one:.3f} s" for one in times), str(len(queries)), told)
        print(*row, sep=" | ", file=sys.stderr, flush=True)
        for query in statements:
            if slow and float(query["time"]) >= slow:
                print(f"\n    {query['time']} s: {query['sql']}\n{_explained(query['sql'])}\n", file=sys.stderr)
        yield row


def _processor_of(stat: Path) -> float:
    """The processor seconds that a process has used."""
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK


def _large_tables() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE]
        )
        return dict(cursor.fetchall())


def _read_whole(statement: str) -> Iterator[str]:
    """The tables that a statement's plan reads from their first to their last row."""
    if not statement.lstrip("( ").upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        return
    told = _run(f"EXPLAIN (FORMAT JSON) {statement}")[0][0]
    waiting = [plan["Plan"] for plan in (json.loads(told) if isinstance(told, str) else told)]
    while waiting:
        node = waiting.pop()
        if node["Node Type"] == "Seq Scan":
            yield node["Relation Name"]
        waiting += node.get("Plans", ())


def _explained(statement: str) -> str:
    """The plan of a statement that reads, as it went; of another, as it would go."""
    way = "ANALYZE, BUFFERS" if statement.lstrip("( ").upper().startswith("SELECT") else "COSTS"
    return "\n".join(f"        {line}" for (line,) in _run(f"EXPLAIN ({way}) {statement}"))


def _run(statement: str) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.cursor.execute(statement)  # unseen by whoever captures queries
        rows: list[Any] = cursor.fetchall()
        return rows


def _once(folder: Path, name: str, fill: Callable[[], object]) -> None:
    """Fill the database where that was not done before."""
    if not (done := folder / name).exists():
        begin = time.perf_counter()
        fill()
        done.touch()
        print(f"{name} in {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)


def main() -> None:
    """Fill, multiply, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", type=Path, metavar="FOLDER", required=True, help="where the database stays")
    parser.add_argument("--notes", type=int, default=25_000, help="of the small database that is multiplied")
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=40, help="how often its inspections are there in the end")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", metavar="WORDS", help="those whose names begin so")
    parser.add_argument("--slow", type=float, default=0, metavar="SECONDS", help="show the plans of slower statements")
    options = parser.parse_args()
    options.kept.mkdir(parents=True, exist_ok=True)
    with postgresql.cluster(options.kept) as url:
        os.environ.update(
            DATABASE_URL=url, OCOP_SERVER_DATA=str(options.kept), DJANGO_SETTINGS_MODULE="config.settings",
            OCOP_ALLOWED_HOSTS="testserver", OCOP_ANONYMOUS_NOTES_RATE="1000000",
        )  # fmt: skip
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        logging.disable(logging.INFO)
        call_command("migrate", verbosity=0)
        _once(options.kept, "filled-postgresql", lambda: office_lists.fill(options.notes, options.products))
        _once(options.kept, "multiplied", lambda: multiplying.multiply(options.times))
        rows = list(measure(options.rounds, options.only, options.slow))
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(_large_tables().items()))
        connections.close_all()
    print(table(("what", "median", "processor", "slowest statement", "queries", "large tables read whole"), rows))
    print(f"\n{counts}; {measured_on('django', 'psycopg')}")


if __name__ == "__main__":
    main()
