#!/usr/bin/env python
"""The first page of the back office: how long it takes, how long each part of it takes, and how many queries.

    .venv/bin/python benchmarks/office_overview.py [--inspections 200000] [--products 20000] [--rounds 5] [--postgresql]
    .venv/bin/python benchmarks/office_overview.py --kept FOLDER

A scratch database is filled as for benchmarks/office_lists.py: so many notes and as many inspections of a year, a tenth
as many rounds. Then an administrator opens the page, and its files. With --kept the database stays in that folder, and
later calls only ask. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks.office_lists import database, fill  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402


def measure(rounds: int) -> Iterator[tuple[str, ...]]:
    """Each address's name, the median and the 95th percentile of its times, this process's part, and its queries."""
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    office = Client()
    office.force_login(
        apps.get_model("accounts.User").objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1]
    )
    office.get("/admin/")  # compiles the templates
    asked = [("the page, 8 weeks", "/admin/"), ("the page, 26 weeks", "/admin/?weeks=26")]
    tables = import_module("backoffice.overview_page").TABLES
    asked += [(f"{name}.xlsx", f"/admin/tong-quan/{name}.xlsx") for name in tables]
    counted, of = "/admin/overview/countedrecord/", "witness=inspector&records=1"
    asked += [
        ("list: findings of a commune", f"{counted}?{of}&since=2026-10-05&commune=06685&finding=any"),
        ("list: a tone of a group", f"{counted}?{of}&since=2026-10-05&group=thuc_pham&tone=stop"),
        ("list: products, 90 days", "/admin/register/product/?due=90"),
        ("list: products, never seen", "/admin/register/product/?due=never_seen"),
    ]
    for name, address in asked:
        seconds: list[float] = []
        processor: list[float] = []
        while len(seconds) < rounds and sum(seconds) < 10:
            begin, used = time.perf_counter(), time.process_time()
            with CaptureQueriesContext(connection) as queries:
                answer = office.get(address)
            seconds.append(time.perf_counter() - begin)
            processor.append(time.process_time() - used)
            if answer.status_code != 200:
                raise SystemExit(f"{name}: {answer.status_code} {answer.headers.get('Location')}")
        times = (median(seconds), percentile_95(seconds), median(processor))
        yield name, *(f"{one:.3f} s" for one in times), str(len(queries))
        if "--slow" in sys.argv:
            for query in sorted(queries, key=lambda one: -float(one["time"]))[:4]:
                print(query["time"], query["sql"][:400], file=sys.stderr)


def main() -> None:
    """Fill a database, ask for the page, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspections", type=int, default=200_000)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true", help="a cluster of its own, instead of an SQLite file")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="fill a database there once, and ask it again")
    parser.add_argument("--slow", action="store_true", help="show the slowest queries of each address")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocop-overview-") as scratch:
        folder = options.kept or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        filled = folder / ("filled-postgresql" if options.postgresql else "filled")
        with database(folder, on_postgresql=options.postgresql) as url:
            os.environ.update(DATABASE_URL=url, OCOP_SERVER_DATA=str(folder), DJANGO_SETTINGS_MODULE="config.settings")
            os.environ["OCOP_ALLOWED_HOSTS"] = "testserver"

            import django
            from django.core.management import call_command
            from django.db import connections

            django.setup()
            logging.disable(logging.INFO)  # a line for each request
            call_command("migrate", verbosity=0)
            if not filled.exists():
                begin = time.perf_counter()
                fill(options.inspections, options.products)
                filled.touch()
                print(f"filled in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
            print(table(("address", "median", "95 % within", "processor", "queries"), measure(options.rounds)))
            connections.close_all()
    name = "PostgreSQL" if options.postgresql else "SQLite"
    told = f"{options.inspections:,} notes and as many inspections, {options.products:,} products"
    print(f"\n{told}, {name}; {measured_on('django')}")


if __name__ == "__main__":
    main()
