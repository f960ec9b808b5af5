#!/usr/bin/env python
"""Finding records again: how long the list of many is read, and how long words and filters take in it.

    .venv/bin/python benchmarks/records.py [--records 5000] [--rounds 5]

benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, median, table  # noqa: E402 - of this project, not installed
from services.accounts.viewer import Viewer  # noqa: E402
from services.answers.answer_book import AnswerBook  # noqa: E402
from services.journal.journal import Journal, JournalFilter  # noqa: E402
from services.notes.notebook import Notebook  # noqa: E402
from services.records.elsewhere import Elsewhere  # noqa: E402
from services.records.kind import INSPECTION  # noqa: E402
from services.records.record import rfc3339, seal  # noqa: E402
from services.rounds.inspection import Found  # noqa: E402
from services.rounds.place import Place  # noqa: E402
from services.rounds.round_book import RoundBook  # noqa: E402

VIEWER = Viewer("kiemtra01")
NAMES = ("Trà hoa vàng Ba Chẽ", "Mực khô Vân Đồn", "Chả mực Hạ Long", "Rượu ba kích Ba Chẽ", "Mật ong hoa rừng")
PLACES = ("Chợ Cửa Sông", "Chợ Hạ Long 1", "Chợ Rừng", "Siêu thị Bãi Cháy")
FINDINGS = ("matches", "stars_differ", "label_differs", "past_date")


def filled(folder: Path, records: int) -> Journal:
    """The journal of a device with so many inspections, over two years."""
    notebook, rounds = Notebook.open(folder), RoundBook(folder)
    begun, round_id = datetime(2025, 1, 1, tzinfo=UTC), str(uuid.uuid4())
    for n in range(records):
        found = Found(
            gtin=f"0952{n % 400:010d}",
            product_name=f"{NAMES[n % len(NAMES)]} {n % 400}",
            findings=(FINDINGS[n % len(FINDINGS)],),
            text=f"Nhãn in khác giấy, gói số {n}",
        )
        body = found.to_json() | {
            "schema": 1, "kind": "inspection", "id": str(uuid.uuid4()), "device": str(uuid.UUID(int=1)),
            "account": VIEWER.account, "created_at": rfc3339(begun + timedelta(hours=3 * n)), "clock_offset": None,
            "round": round_id, "supersedes": None, "prev": None, "files": [], "photos": [],
            "place": Place("market", PLACES[n % len(PLACES)]).to_json(),
        }  # fmt: skip
        record = seal(INSPECTION, body)
        row = {"id": record.id, "body": record.body, "sha256": record.sha256, "received_at": rfc3339(begun)}
        # Put as the book keeps it: signing each one would measure the disk.
        rounds.inspections._rows.put(uuid.UUID(record.id).int, row | {"photos_sent": [], "refused": None})
    return Journal(notebook, rounds.books, Elsewhere(folder), AnswerBook(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        journal = filled(Path(folder), options.records)
        first = timed(lambda: journal.entries(VIEWER))
        rows = [["read for the first time", f"{first * 1000:.0f} ms", f"{len(journal.entries(VIEWER)):,}"]]
        again = []
        for _round in range(options.rounds):
            journal._read_anew()
            again.append(timed(lambda: journal.entries(VIEWER)))
        rows.append(["read again after a change", f"{median(again) * 1000:.0f} ms", ""])
        steps: list[tuple[str, str, JournalFilter]] = [
            ("words: `muc kho`", "muc kho", JournalFilter()),
            ("words: `goi so 49`", "goi so 49", JournalFilter()),
            ("words and two filters", "tra", JournalFilter(place=PLACES[0], finding="matches")),
        ]
        for name, words, where in steps:
            times = [timed(lambda w=words, f=where: journal.find(VIEWER, w, f)) for _round in range(options.rounds)]  # type: ignore[misc]
            found = len(journal.find(VIEWER, words, where))
            rows.append([name, f"{median(times) * 1000:.1f} ms", f"{found:,}"])
        plan = timed(lambda: journal.choices(VIEWER))
        rows.append(["what the filters offer", f"{plan * 1000:.1f} ms", ""])
    print(f"{options.records:,} inspections, {measured_on()}\n")
    print(table(["", "median", "found"], rows))


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
