"""Prints a label for every product of the sample register, as dots of a printer, and reads every code back.

    benchmarks/labels.py                        # all 393 products at 300 dpi, about a minute
    benchmarks/labels.py --every 20 --dpi 600

A code counts where exactly one symbol is read in its picture and says what was meant: GTIN; GTIN, expiry, lot and
serial number; the whole link with the register's signed statement. Ends with 1 where one does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from commands.label_texts import demonstration_pack, label_of  # noqa: E402 - found through the path above
from commands.labels import MOST  # noqa: E402
from printing.sheet import QR_ROOM, Label, cells, sheet  # noqa: E402
from services.client.answers import Refused  # noqa: E402
from services.client.registry import Registry  # noqa: E402
from services.register.catalogue import Catalogue  # noqa: E402
from services.sync.passes import fetch  # noqa: E402
from tests.printing.label_pixels import by_the_app, by_zxing, pixels, says, symbols_of  # noqa: E402
from tests.support.registry_server import RegistryServer  # noqa: E402

READERS = {"services.decoding": by_the_app, "zxing-cpp": by_zxing}


def sample_labels(every: int) -> list[Label]:
    """Labels of every so manieth product, with the statements that the real server signs."""
    pack = demonstration_pack(date(2026, 11, 24))
    with tempfile.TemporaryDirectory() as folder, RegistryServer(Path(folder) / "server") as server:
        catalogue, registry = Catalogue.open(Path(folder) / "copy"), Registry(server.url)
        problem = fetch(catalogue, registry).problem
        if problem:
            raise SystemExit(f"the register cannot be had: {problem}")
        made = []
        for product in catalogue.search("", limit=MOST)[::every]:
            try:
                statement = registry.statement(product.gtin)
            except Refused:
                statement = None
            made.append(label_of(product, pack, server.url, statement))
        registry.close()
        return made


def main() -> int:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th product (1)")
    parser.add_argument("--dpi", type=int, default=300, help="dots an inch of the printer (300)")
    options = parser.parse_args()
    labels = sample_labels(options.every)
    start = time.perf_counter()
    size = len(sheet(labels, register="OCOP", sample=True))
    seconds = time.perf_counter() - start
    pages = max(page for page, _column, _row in cells(labels)) + 1
    signed = sum(label.signed for label in labels)
    print(f"{len(labels)} labels, {signed} with a signed statement, on {pages} pages: {size:,} bytes, {seconds:.1f} s")
    right: Counter[tuple[str, str]] = Counter()
    wrong = []
    for label in labels:
        for kind, symbol in symbols_of(label, QR_ROOM).items():
            picture = pixels(symbol, options.dpi)
            for name, reader in READERS.items():
                read = reader(picture, kind)
                if says(read, label, kind):
                    right[name, kind] += 1
                else:
                    wrong.append(f"{name}: {kind} of {label.gtin} gives {[text for text, _code in read]}")
    for (name, kind), count in sorted(right.items()):
        print(f"{name:<18} {kind:<12} {count} of {len(labels)} at {options.dpi} dpi")
    for line in wrong:
        print(line)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
