#!/usr/bin/env python
"""An audit of two thousand lines: count one more, undo, open, compare, export, close.

    .venv/bin/python benchmarks/audit.py [--lines 2000] [--rounds 5]

Everything goes through the book that keeps it, on the disk of the folder for temporary files. benchmarks/README.md says
what each figure means.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import Watch, measured_on, median, table  # noqa: E402
from services.accounts.author import Author  # noqa: E402
from services.accounts.viewer import Viewer  # noqa: E402
from services.audits.audit import Audit, Named, Seen  # noqa: E402
from services.audits.audit_book import AuditBook  # noqa: E402
from services.audits.comparing import compare  # noqa: E402
from services.audits.export import COLUMNS, audit_table  # noqa: E402
from services.audits.gravity import actions  # noqa: E402
from services.notes.content import NotedVerdict  # noqa: E402
from services.register.certificates import believed_today  # noqa: E402

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
VIEWER = Viewer("an account")
AUTHOR = Author("cuahang01", "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", VIEWER, 0)
TODAY = believed_today(NOW)
GOALS = {"count one more": 0.030, "open": 0.5, "compare with the last": 0.5, "write the XLSX": 2.0}
SHELF = 50  # lines


def pack(n: int) -> Seen:
    code = f"952{n:010d}"
    return Seen(
        text=code,
        symbology="ean_13",
        input="scanner",
        gtin=f"0{code}",
        product=Named(f"Trà shan tuyết cổ thụ Suối Giàng, hộp {n} g", "Hợp tác xã Suối Giàng, xã Suối Giàng"),
        verdict=NotedVerdict("certified", ("certificate_valid",), NOW),
        lot=f"L{n}",
        expiry=date(2027, 6, 1) + timedelta(days=n % 300),
        at=NOW + timedelta(seconds=n),
    )


def fill(book: AuditBook, lines: int, at: datetime) -> str:
    """An audit with so many lines, `SHELF` of them on each shelf."""
    audit = book.open("Cửa hàng Hạ Long", "Kệ 0", VIEWER, now=at).id
    for n in range(lines):
        if n % SHELF == 0 and n:
            book.shelf(audit, f"Kệ {n // SHELF}", now=at)
        book.take(audit, replace(pack(n), quantity=1 + n % (10 + at.day), at=at))
    return audit


def step(book: AuditBook, audit: str, another: Seen, last: Audit, watch: Watch) -> None:
    """What a person does with an audit that runs, once each."""
    watch.time("count one more", lambda: book.take(audit, another))
    watch.time("draw the running list", lambda: book.current(VIEWER))
    watch.time("undo", lambda: book.undo(audit))
    shelves = watch.time("the union of all tills", lambda: book.union(VIEWER))
    found = watch.time("compare with the last", lambda: compare(book.before(audit, VIEWER), book.union(VIEWER), TODAY))
    watch.time("what to take down", lambda: actions(shelves.lines, TODAY))
    titles = {column: column for column in COLUMNS}
    watch.time("write the XLSX", lambda: audit_table(last.lines, titles, lambda *_given: "từ", "xlsx"))
    if not found.differences or not found.same:
        raise RuntimeError("nothing was compared")


def _goal(what: str) -> str:
    return f"{GOALS[what] * 1000:.0f}" if what in GOALS else ""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    watch, size = Watch(), 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        book = AuditBook(path)
        last = book.close(fill(book, chosen.lines, NOW), AUTHOR, now=NOW)
        audit = fill(book, chosen.lines - 1, NOW + timedelta(days=1))
        for _ in range(chosen.rounds):
            book.shut()
            book = watch.time("open", lambda: AuditBook(path))
            step(book, audit, pack(chosen.lines), last, watch)
        book.take(audit, pack(chosen.lines))
        size = len(watch.time("close", lambda: book.close(audit, AUTHOR, now=NOW)).canonical())
    rows = [
        [what, *(f"{figure * 1000:.1f}" for figure in (median(seconds), max(seconds))), _goal(what)]
        for what, seconds in watch.seconds.items()
    ]
    print(measured_on())
    print(f"{chosen.lines} lines; the record has {size} bytes\n")
    print(table(["what", "median, ms", "longest, ms", "goal, ms"], rows))
    return int(any(median(watch.seconds[what]) > goal for what, goal in GOALS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
