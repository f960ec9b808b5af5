#!/usr/bin/env python
"""A long list: how long its preview, its publishing and its undoing take, how long they lock the register, and memory.

    .venv/bin/python benchmarks/import.py [--rows 20000] [--products 2000] [--postgresql]

A scratch database gets a register, and then a list of which half the rows are new products and half change or renew
one. The database is an SQLite file, or made in the PostgreSQL that DATABASE_URL names or --postgresql starts.
While the list is published, somebody else takes the clock of records again and again, as each note does; the longest
wait is told. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import postgresql  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, table  # noqa: E402

HEADER = (
    "STT", "Tên sản phẩm", "Chủ thể", "Địa chỉ", "Hạng sao", "Số QĐ công nhận", "Ngày QĐ", "Ngày hết hạn",
    "Nhóm sản phẩm", "Mã số mã vạch", "Ghi chú",
)  # fmt: skip


def list_of(rows: int, known: list[tuple[str, str, str]]) -> bytes:
    """An XLSX file of so many rows, title and header among them; `known` are GTIN, name and producer of products."""
    from openpyxl import Workbook

    check_digit = import_module("register.gtin").check_digit

    book = Workbook(write_only=True)
    sheet = book.create_sheet("2026")
    sheet.append(["DANH SÁCH SẢN PHẨM OCOP"])
    sheet.append(HEADER)
    for number in range(rows - 2):  # title and header are rows too
        digits = f"952{number + 500_000_000:09d}"
        gtin, name, producer = digits + check_digit(digits), f"Sản phẩm thứ {number}", f"HTX Số {number // 5}"
        if number % 2 and number // 2 < len(known):
            gtin, name, producer = known[number // 2]
        sheet.append([
            number + 1, name, producer, f"Thôn {number % 90}, xã Bình Liêu", f"{3 + number % 3} sao",
            f"{number}/QĐ-UBND", "23/01/2026", "22/01/2029", "Thực phẩm", gtin.removeprefix("0"), "",
        ])  # fmt: skip
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def longest_wait(work: Callable[[], None]) -> tuple[float, float, float]:
    """Seconds that the work took, those of the processor, and the longest that a note's writer waited meanwhile."""
    from django.db import connection, transaction

    lock_clock = import_module("register.clock").lock_clock

    longest, over = [0.0], threading.Event()

    def notes() -> None:
        while not over.is_set():
            began = time.monotonic()
            with transaction.atomic():
                lock_clock("inspections")
            longest[0] = max(longest[0], time.monotonic() - began)
            time.sleep(0.05)
        connection.close()

    writer = threading.Thread(target=notes)
    writer.start()
    began, computed = time.monotonic(), time.process_time()
    work()
    took, computed = time.monotonic() - began, time.process_time() - computed
    over.set()
    writer.join()
    return took, computed, longest[0]


def measure(rows: int, products: int) -> list[list[str]]:
    """One import from its file to its undoing."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.db import connection

    running, models, sample = (import_module(name) for name in ("imports.running", "imports.models", "register.sample"))
    write = import_module("register.management.commands.sample_register").write
    register = import_module("register.models")

    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    from django.db import transaction

    with transaction.atomic():
        write(sample.build(sample.SEED, sample.date(2026, 11, 23), products=products, producers=max(2, products // 4)))
    columns = ("gtin", "name", "producer__name")
    known = list(register.Product.objects.values_list(*columns)[: rows // 2])
    data = list_of(rows, known)
    settings.IMPORTS_INLINE = True
    run = models.ImportRun.objects.create(
        name="list.xlsx",
        sha256="b" * 64,
        size=len(data),
        state=models.RunState.CANCELLED,
        answers={"issuer": "UBND tỉnh"},
    )
    default_storage.save(run.path, ContentFile(data))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures: list[list[str]] = []

    def step(name: str, work: Callable[[], object], wanted: str) -> None:
        took, computed, waited = longest_wait(lambda: (work(), None)[1])
        run.refresh_from_db()
        assert run.state == wanted, (run.state, run.told)
        figures.append([name, f"{took:.1f} s", f"{computed:.1f} s", f"{waited:.2f} s"])

    step("preview", lambda: running.begin_reading(run), models.RunState.PREVIEW)
    counts = ", ".join(f"{name} {number}" for name, number in sorted(run.counts.items()))
    step("publishing", lambda: running.begin_publishing(run, None), models.RunState.PUBLISHED)
    step("undoing", lambda: running.begin_undoing(run, None), models.RunState.UNDONE)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures.append([f"memory of the process ({before // 1024} MB before)", f"{peak // 1024} MB", "", ""])
    print(f"{connection.vendor}, {rows} rows, {products} products before; {counts}; {measured_on()}\n")
    return figures


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=1, help="each is a run of its own; one is enough")
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    with postgresql.own_database(on_postgresql=chosen.postgresql):
        figures = measure(chosen.rows, chosen.products)
        from django.db import connections

        connections.close_all()
        print(table(["", "time", "processor", "longest wait of a note"], figures))


if __name__ == "__main__":
    main()
