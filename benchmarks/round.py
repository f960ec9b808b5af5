#!/usr/bin/env python
"""Twenty products in a row into a round, through the book that keeps it: what the store takes of an inspector's time.

    .venv/bin/python benchmarks/round.py [--products 20] [--photos 2] [--rounds 5]

Photos are of a phone's size, and are prepared as the app prepares them. benchmarks/README.md says what each figure
means.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import Watch, measured_on, median, percentile_95, table  # noqa: E402
from services.accounts.author import Author  # noqa: E402
from services.accounts.viewer import Viewer  # noqa: E402
from services.notes.content import NotedCode, NotedVerdict  # noqa: E402
from services.rounds.inspection import Finding, Found, Shows  # noqa: E402
from services.rounds.place import Place, PlaceKind  # noqa: E402
from services.rounds.round import Role, Signature  # noqa: E402
from services.rounds.round_book import RoundBook  # noqa: E402

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AUTHOR = Author("kiemtra01", "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", Viewer("an account"), 0)
PHOTO = (3000, 4000)


def shot(number: int) -> bytes:
    """A photo of 12 megapixels with as much detail as a label has, each another."""
    noise = np.random.default_rng(number).integers(0, 256, (PHOTO[1] // 8, PHOTO[0] // 8, 3), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).resize(PHOTO, Image.Resampling.BICUBIC).save(target, "JPEG", quality=85)
    return target.getvalue()


def found(number: int) -> Found:
    text = f"952000000{number:04d}"
    return Found(
        gtin=f"0{text}",
        product_name=f"Trà hoa vàng {number}",
        codes=(NotedCode(text, "EAN-13", f"0{text}"),),
        verdict=NotedVerdict("certified", ("certificate_in_force",), NOW),
    )


def day(folder: Path, products: int, shots: list[bytes], watch: Watch) -> None:
    """One round, from its opening to its record."""
    book = RoundBook(folder)
    viewer = AUTHOR.viewer
    said = book.open(Place(PlaceKind.MARKET, "Chợ Cửa Sông"), None, (), "12/QĐ", viewer)
    begun = time.perf_counter()
    for number in range(products):
        begin = time.perf_counter()
        draft = watch.time("begin", partial(book.begin, said.id, found(number), AUTHOR))
        said_of_it = replace(draft, found=replace(draft.found, findings=(Finding.STARS_DIFFER,), text="In 5 sao"))
        watch.time("save what was typed", partial(book.save, said_of_it, draft))
        for picture in shots:
            watch.time("prepare and keep a photo", partial(book.add_photo, draft.id, picture, Shows.LABEL))
        watch.time("finish", partial(book.finish, draft.id, AUTHOR))
        watch.seconds.setdefault("one product, whole", []).append(time.perf_counter() - begin)
    watch.seconds.setdefault(f"{products} products with {products * len(shots)} photos", []).append(
        time.perf_counter() - begun
    )
    content = watch.time("begin to close", lambda: book.to_sign(said.id, AUTHOR))
    line = tuple((n, n * 7 % 400) for n in range(200))
    for role in (Role.INSPECTOR, Role.SELLER):
        signature = Signature(role, role.value, NOW, content, (line,))
        watch.time("sign", partial(book.sign, said.id, signature, AUTHOR))
    closed = watch.time("close", lambda: book.close(said.id, AUTHOR))
    book.shut()
    again = watch.time("open the book again", lambda: RoundBook(folder))
    kept = {inspection for inspection, _sha256 in closed.inspections}
    here = [each.id for each in again.inspections_of(said.id, viewer)]
    if len(kept) != products or kept != set(here) or len(here) != products:
        raise SystemExit("an inspection is lost or there twice")
    again.shut()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--products", type=int, default=20)
    options.add_argument("--photos", type=int, default=2, help="photos of each product")
    options.add_argument("--rounds", type=int, default=5, help="how often the whole is measured")
    chosen = options.parse_args()
    watch = Watch()
    shots = [shot(number) for number in range(chosen.photos)]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(chosen.rounds):
            day(Path(folder) / str(number), chosen.products, shots, watch)
    units = ((what, [seconds * 1000 for seconds in each]) for what, each in watch.seconds.items())
    rows = [(what, f"{median(each):,.1f} ms", f"{percentile_95(each):,.1f} ms") for what, each in units]
    print(table(("what", "median", "95 % within"), rows))
    print(measured_on())


if __name__ == "__main__":
    main()
