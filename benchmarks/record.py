"""Makes the PDF of a round and checks it without network, as a device does, and says how long each takes.

    benchmarks/record.py                     # 20 inspections with 40 photos and checklists
    benchmarks/record.py --both              # the same in Vietnamese and English
    benchmarks/record.py --pages FOLDER      # and the pages as pictures, to be looked at

The photos are of 2560 x 1920 pixels; their print copies are made before the clock runs, as the app makes them when a
photo is taken. Ends with 1 where a limit is passed (2 s for the PDF, 0.3 s for the check) or the file is not whole.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from services.checklists.versions import Versions  # noqa: E402 - found through the path above
from services.papers.checking import check_pdf  # noqa: E402
from services.papers.content import Source  # noqa: E402
from services.papers.kept_record import lists_of  # noqa: E402
from services.papers.making import make_pdf  # noqa: E402
from services.rounds.pictures import InspectionPhotos  # noqa: E402
from tests.support.closed_rounds import SITE, TRUST, ClosedRound, closed_round  # noqa: E402
from views.parts.fonts import FOLDER  # noqa: E402
from views.parts.texts import Texts, assets_folder  # noqa: E402

PHOTO = (2560, 1920)
PDF_LIMIT, CHECK_LIMIT = 2.0, 0.3


def busy_photo(number: int, size: tuple[int, int]) -> bytes:
    """A photo with as much detail as one of a shelf, so that its file is as large."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(0, 255, (48, 64, 3), np.uint8)
    picture = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), np.int16)
    noisy = np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(noisy).save(target, "JPEG", quality=85)
    return target.getvalue()


def main() -> int:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspections", type=int, default=20, metavar="N", help="inspections, two photos each (20)")
    parser.add_argument("--both", action="store_true", help="in Vietnamese and English")
    parser.add_argument("--times", type=int, default=5, help="how often each is done; the median counts (5)")
    parser.add_argument("--pages", type=Path, metavar="FOLDER", help="write the pages as pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        versions, photos = Versions(Path(folder) / "checklists"), InspectionPhotos(Path(folder) / "photos")
        listed = versions.own.lists[0]
        closed = closed_round(
            options.inspections, 2, items=listed.items, version=versions.own.sha256, size=PHOTO, draw=busy_photo
        )
        for jpeg in closed.photos.values():
            photos.keep(jpeg)
        made, pdf = [], b""
        for _ in range(options.times):
            start = time.perf_counter()
            pdf = pdf_of(closed, photos, versions, both=options.both)
            made.append(time.perf_counter() - start)
        checked = []
        for _ in range(options.times):
            start = time.perf_counter()
            found = check_pdf(pdf, TRUST)
            checked.append(time.perf_counter() - start)
    if options.pages:
        write_pages(pdf, options.pages)
    taken, checking = statistics.median(made), statistics.median(checked)
    said = f"{options.inspections} inspections, {2 * options.inspections} photos, {len(pdf) / 1e6:.1f} MB"
    print(f"{said}: PDF {taken:.2f} s, check {checking * 1000:.0f} ms, whole: {found.is_whole}")
    return int(taken > PDF_LIMIT or checking > CHECK_LIMIT or not found.is_whole)


def pdf_of(closed: ClosedRound, photos: InspectionPhotos, versions: Versions, *, both: bool) -> bytes:
    """The PDF, with code and seal."""
    return make_pdf(
        closed.round,
        closed.inspections,
        photos.print_copy,
        [Texts("vi"), Texts("en")] if both else [Texts("vi")],
        assets_folder() / FOLDER,
        Source("OCOP Quảng Ninh", sample=True),
        lists=lists_of(versions),
        site=SITE,
        proof=closed.proof,
        key=closed.key,
    ).pdf


def write_pages(pdf: bytes, folder: Path) -> None:
    """Draw each page as a picture."""
    import pypdfium2

    folder.mkdir(parents=True, exist_ok=True)
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, 1):
        page.render(scale=1.5).to_pil().save(folder / f"page-{number:02}.png")
    document.close()


if __name__ == "__main__":
    sys.exit(main())
