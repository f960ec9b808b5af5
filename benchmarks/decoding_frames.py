"""Camera frames at rising severity, drawn by the corpus's frames.py: read within four, and the time of an empty one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.corpus import Array, Corpus, NoCorpus, Row, opened
from benchmarks.report import median, table
from services.decoding import FrameTracker, decode, decode_phone
from services.decoding.cascade import DESKTOP, PHONE, Step

BUDGET = 0.033
"""Seconds for a frame: 30 frames a second."""
INTERVAL = 1 / 15
"""Seconds between two frames, for the tracker."""
_MATRIX = ("QR", "DataMatrix")

Look = Callable[[Array, float], Sequence[object]]


def drawn(corpus: Path, target: Path, salt: str, severities: str, sequences: int) -> Corpus:
    """The frames of that salt, drawn into `target`. Raises NoCorpus where they cannot be."""
    script = corpus / "frames.py"
    if not script.is_file():
        raise NoCorpus(f"no frames: {script} is not there")
    command = [sys.executable, str(script), str(target), "--salt", salt, "--severity", severities]
    run = subprocess.run([*command, "--sequences", str(sequences)], capture_output=True, text=True, check=False)
    if run.returncode:
        raise NoCorpus(f"no frames: {run.stderr.strip().splitlines()[-1]} (it needs scikit-image)")
    return opened(corpus, target / "manifest.jsonl")


def _lookers(corpus: Corpus) -> dict[str, Callable[[], Look]]:
    """What is compared; each is made anew for every sequence."""
    bare = corpus.baselines()

    def alone(read: Callable[[Array], Sequence[object]]) -> Callable[[], Look]:
        return lambda: lambda frame, _at: read(frame)

    def tracker(profile: tuple[Step, ...]) -> Look:
        tracking = FrameTracker(profile)
        return lambda frame, at: tracking.look(frame, at, budget=BUDGET).new

    return {
        "`decode`": alone(lambda frame: decode(frame, budget=BUDGET)),
        "`decode_phone`": alone(lambda frame: decode_phone(frame, budget=BUDGET)),
        "`FrameTracker`": lambda: tracker(DESKTOP),
        "`FrameTracker`, phone": lambda: tracker(PHONE),
        "zxing-cpp": alone(bare["zxing-cpp"]),
        "pyzbar": alone(bare["pyzbar"]),
    }


def frames_report(corpus: Corpus) -> str:
    """Both tables, and the texts that ours read wrong."""
    sequences: dict[str, list[Row]] = defaultdict(list)
    empty: list[Row] = []
    for row in corpus.rows:
        (sequences[row["seq"]] if row.get("seq") else empty).append(row)
    read: dict[tuple[float, bool, str], list[bool]] = defaultdict(list)
    wrong: dict[str, list[str]] = defaultdict(list)
    lookers = _lookers(corpus)
    for rows in sequences.values():
        frames = [corpus.pixels(row) for row in rows]
        matrix = rows[0]["codes"][0]["symbology"] in _MATRIX
        for name, make in lookers.items():
            look, got = make(), False
            for number, (row, frame) in enumerate(zip(rows, frames, strict=True)):
                verdict = corpus.judge(row, look(frame, number * INTERVAL))
                got = got or bool(verdict.share())
                wrong[name] += [f"- {name}, {row['path']}: {text}" for text in verdict.wrong]
            read[row["severity"], matrix, name].append(got)
    severities = sorted({severity for severity, _, _ in read})
    lines = [
        [f"{'2-D' if matrix else '1-D'}, severity {severity:g}", str(len(read[severity, matrix, "zxing-cpp"]))]
        + [f"{100 * sum(read[severity, matrix, name]) / len(read[severity, matrix, name]):.0f} %" for name in lookers]
        for matrix in (False, True)
        for severity in severities
        if read[severity, matrix, "zxing-cpp"]
    ]
    lines.append(["wrong texts", "", *(str(len(wrong[name])) for name in lookers)])
    ours = [text for name in lookers if name.startswith("`") for text in wrong[name]]
    return "\n\n".join(
        [
            f"Sequences read within four frames, at {BUDGET * 1000:g} ms a frame for ours:",
            table(["", "n", *lookers], lines),
            "\n".join(ours) or "None of ours read anything wrong.",
            _empty(corpus, empty, lookers),
        ]
    )


def _empty(corpus: Corpus, rows: list[Row], lookers: dict[str, Callable[[], Look]]) -> str:
    """Each decoder in turn on each frame without a code."""
    looks = {name: make() for name, make in lookers.items()}
    took: dict[str, list[float]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for number, row in enumerate(rows):
        frame = corpus.pixels(row)
        for name, look in looks.items():
            start = time.perf_counter()
            found = look(frame, number * INTERVAL)
            if number:  # the first loads the engines
                took[name].append((time.perf_counter() - start) * 1000)
            seen[name] += bool(found)
    bare = median(took["zxing-cpp"])
    lines = [
        [
            name,
            f"{median(took[name]):.1f}",
            f"{max(took[name]):.1f}",
            f"{median(took[name]) / bare:.2f}",
            str(seen[name]),
        ]
        for name in looks
    ]
    head = ["empty frame of 720 rows", "median ms", "longest ms", "of zxing-cpp", "false reads"]
    return table(head, lines)
