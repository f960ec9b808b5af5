#!/usr/bin/env python
"""How well and how fast photographs are read, beside zxing-cpp, pyzbar and OpenCV by themselves, in one run.

    .venv/bin/python benchmarks/decoding.py --corpus PATH [--every 20] [--steps] [--frames SALT] [--update-docs]
    .venv/bin/python benchmarks/decoding.py --several SALT [--pictures 1] [--films 2] [--update-docs]

The corpus brings its own judge. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import Array, Corpus, NoCorpus, Row, Verdict, opened  # noqa: E402 - of this project, not installed
from benchmarks.decoding_frames import drawn, frames_report  # noqa: E402
from benchmarks.decoding_several import FEW, MANY, several_report  # noqa: E402
from benchmarks.report import measured_on, median, percentile_95, put_between, table  # noqa: E402
from services.decoding import decode, decode_phone  # noqa: E402
from services.decoding.cascade import DESKTOP, PHONE, Step, run  # noqa: E402
from services.decoding.images import to_gray  # noqa: E402
from services.decoding.picture import Picture  # noqa: E402

MARKS = {False: "decoding", True: "several"}
DOCUMENT = ROOT / "docs" / "decoding.md"
OURS: dict[str, tuple[Callable[..., Sequence[object]], tuple[Step, ...]]] = {
    "`decode`": (decode, DESKTOP),
    "`decode_phone`": (decode_phone, PHONE),
}
STEP_TIME = 5.0  # seconds a step may have when it is timed by itself


@dataclass(frozen=True)
class Reading:
    """What one decoder made of one picture."""

    verdict: Verdict
    milliseconds: float
    steps: tuple[str, ...] = ()


Readings = dict[str, Reading]


@cache
def _corpus(path: Path) -> Corpus:
    return opened(path)


@cache
def _decoders(path: Path, budget: float | None) -> dict[str, Callable[[Array], Sequence[object]]]:
    cv2.setNumThreads(1)
    decoders: dict[str, Callable[[Array], Sequence[object]]] = {}
    for name, (decode_picture, _) in OURS.items():
        decoders[name] = partial(decode_picture, budget=budget)
    decoders.update(_corpus(path).baselines())
    for decoder in decoders.values():  # the first call loads the engines
        decoder(np.full((480, 640, 3), 200, np.uint8))
    return decoders


def readings(path: Path, budget: float | None, number: int) -> Readings:
    """One picture, by all decoders in turn."""
    corpus = _corpus(path)
    row = corpus.rows[number]
    pixels = corpus.pixels(row)
    made = {}
    for name, decoder in _decoders(path, budget).items():
        start = time.perf_counter()
        found = decoder(pixels)
        milliseconds = (time.perf_counter() - start) * 1000
        right = [s for s in found if corpus.judge(row, [s]).share()]
        steps = tuple(getattr(symbol, "step", "") for symbol in right)
        made[name] = Reading(corpus.judge(row, found), milliseconds, steps)
    return made


def step_times(path: Path, number: int) -> dict[tuple[str, str], float]:
    """The milliseconds of each step on one picture, by decoder and step; what steps share, the first of them pays."""
    corpus = _corpus(path)
    gray = to_gray(corpus.pixels(corpus.rows[number]))
    took = {}
    for name, (_, profile) in OURS.items():
        picture = None if gray is None else Picture(gray)
        for step in profile:
            if picture is not None:
                start = time.perf_counter()
                list(run(picture, (step,), time.monotonic() + STEP_TIME, lambda: False))
                took[name, step.name] = (time.perf_counter() - start) * 1000
    return took


def chosen(corpus: Corpus, options: argparse.Namespace) -> list[int]:
    """The numbers of the pictures that the options name, always the same ones."""
    sources = options.source.split(",") if options.source else None
    symbologies = set(options.symbology.split(",")) if options.symbology else None
    numbers = [
        number
        for number, row in enumerate(corpus.rows)
        if (sources is None or row["source"] in sources)
        and (symbologies is None or symbologies & {code["symbology"] for code in row["codes"]})
    ]
    return numbers[:: options.every][: options.limit]


def _read(decoder: str, group: Sequence[Readings], symbology: str | None) -> str:
    verdicts = [made[decoder].verdict for made in group]
    shares = [share for verdict in verdicts if (share := verdict.share(symbology)) is not None]
    read = f"{100 * sum(shares) / len(shares):.1f} %" if shares else "-"
    return f"{read}, {sum(bool(verdict.wrong) for verdict in verdicts)}"


def _time(decoder: str, group: Sequence[Readings]) -> str:
    took = [made[decoder].milliseconds for made in group]
    return f"{median(took):.0f}, {percentile_95(took):.0f}"


def read_report(rows: Sequence[Row], made: Sequence[Readings]) -> str:
    """All, by symbology and by source, and every wrong text."""
    decoders = list(made[0])
    groups: dict[str, list[Readings]] = {"with a code": [], "without a code": []}
    by_symbology, by_source = defaultdict(list), defaultdict(list)
    for row, reading in zip(rows, made, strict=True):
        groups["with a code" if row["codes"] else "without a code"].append(reading)
        by_source[row["source"]].append(reading)
        for symbology in sorted({code["symbology"] for code in row["codes"]}):
            by_symbology[symbology].append(reading)
    groups |= dict(sorted(by_symbology.items())) | dict(sorted(by_source.items()))
    groups = {name: group for name, group in groups.items() if group}
    reads = [
        [
            name,
            str(len(group)),
            *(_read(decoder, group, name if name in by_symbology else None) for decoder in decoders),
        ]
        for name, group in groups.items()
    ]
    times = [[name, *(_time(decoder, group) for decoder in decoders)] for name, group in groups.items()]
    wrong = [
        f"- {name}, {row['path']}: {text!r} ({symbology}); in it: {[code['text'] for code in row['codes']]}"
        for name in decoders
        for row, reading in zip(rows, made, strict=True)
        for text, symbology in reading[name].verdict.wrong
    ]
    return "\n\n".join(
        [
            table(["read, wrong pictures", "n", *decoders], reads),
            table(["ms: median, 95 % within", *decoders], times),
            "\n".join(["Wrong texts:", "", *wrong] if wrong else ["No wrong text."]),
        ]
    )


def steps_report(made: Sequence[Readings], took: Sequence[dict[tuple[str, str], float]]) -> str:
    """What each step costs by itself, and in how many pictures it was the one that made a code believed."""
    lines = []
    for name, (_, profile) in OURS.items():
        believed = [step for reading in made for step in dict.fromkeys(reading[name].steps)]
        names = dict.fromkeys([step.name for step in profile] + sorted(set(believed)))
        for step in names:
            times = [times[name, step] for times in took if (name, step) in times]
            cost = [f"{median(times):.1f}", f"{percentile_95(times):.1f}"] if times else ["-", "-"]
            added = believed.count(step)
            lines.append([f"{name}: {step}", *cost, str(added), f"{100 * added / len(made):.1f}"])
    return table(["step, by itself on every picture", "median ms", "p95 ms", "pictures it adds", "%"], lines)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures how well and how fast pictures are read.")
    parser.add_argument("--corpus", type=Path, help="folder with manifest.jsonl, evaluate.py, frames.py")
    parser.add_argument("--several", metavar="SALT", help="pictures and films of several codes drawn with this salt")
    parser.add_argument("--pictures", type=int, default=1, help="pictures of --several, of a kind, number and severity")
    parser.add_argument("--codes", help="how many codes the pictures of --several have, with commas between")
    parser.add_argument("--films", type=int, default=2, help="films of --several, of a number and severity")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th picture")
    parser.add_argument("--limit", type=int, help="at most so many pictures")
    parser.add_argument("--source", help="only pictures of these sources, with commas between")
    parser.add_argument("--symbology", help="only pictures with a code of these, with commas between")
    parser.add_argument("--budget", type=float, help="seconds a picture; the decoders' own unless given")
    parser.add_argument("--jobs", type=int, default=1, help="processes; more than 1 makes the times worse")
    parser.add_argument("--steps", action="store_true", help="the cost of each step and the pictures it adds")
    parser.add_argument("--frames", metavar="SALT", help="camera frames drawn with this salt, too")
    parser.add_argument("--severity", default="0,1,2,3,4", help="the severities of --frames")
    parser.add_argument("--sequences", type=int, default=2, help="sequences of --frames, of a symbology and severity")
    parser.add_argument("--no-pictures", action="store_true", help="--frames alone")
    parser.add_argument("--update-docs", action="store_true", help="put what is printed into docs/decoding.md")
    return parser.parse_args()


def picture_parts(options: argparse.Namespace) -> list[str]:
    """The tables of the photographs."""
    if options.corpus is None:
        raise NoCorpus("--corpus names the folder of the photographs")
    corpus = _corpus(options.corpus)
    numbers = chosen(corpus, options)
    if not numbers:
        raise NoCorpus("no picture of the corpus is asked for")
    with ProcessPoolExecutor(options.jobs) as pool:
        made = list(pool.map(partial(readings, options.corpus, options.budget), numbers))
        took = list(pool.map(partial(step_times, options.corpus), numbers)) if options.steps else []
    parts = [read_report([corpus.rows[number] for number in numbers], made)]
    return [*parts, steps_report(made, took)] if took else parts


def main() -> int:
    """Measure and print."""
    options = parsed()
    try:
        if options.several is not None:
            cv2.setNumThreads(1)
            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # OpenCV's own QR reader warns of each ECI
            codes = [int(number) for number in options.codes.split(",")] if options.codes else (*FEW, *MANY)
            parts = [several_report(options.several, pictures=options.pictures, films=options.films, codes=codes)]
        else:
            parts = [] if options.no_pictures else picture_parts(options)
        if options.frames is not None:
            with tempfile.TemporaryDirectory(prefix="ocop-frames-") as folder:
                frames = drawn(options.corpus, Path(folder), options.frames, options.severity, options.sequences)
                parts.append(frames_report(frames))
    except NoCorpus as error:
        print(error, file=sys.stderr)
        return 2
    report = "\n\n".join([*parts, measured_on("zxing-cpp", "pyzbar", "opencv-python")])
    print(report)
    if options.update_docs:
        mark = MARKS[options.several is not None]
        put_between(f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->", DOCUMENT, report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
