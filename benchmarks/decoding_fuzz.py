#!/usr/bin/env python
"""Decodes pictures that chance has changed, and counts crashes, exceptions, wrong texts and calls that take too long.

    .venv/bin/python benchmarks/decoding_fuzz.py [--pictures 100000] [--seed 1] [--corpus PATH] [--profile both]
                                                 [--jobs 1] [--budget SECONDS] [--only NUMBER [--save FILE]]

The pictures follow from the seed. Workers decode in processes of their own, so that a crash of one counts as one.
Ends with 1 where anything crashed, hung, raised something else than BadImage, or gave a text that is not there.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import Corpus, NoCorpus, opened  # noqa: E402 - of this project, not installed
from benchmarks.fuzz_changes import Chance  # noqa: E402
from benchmarks.fuzz_pictures import Code, Picture, fuzzed, key, symbol  # noqa: E402
from services.decoding import BadImage, decode, decode_phone, load  # noqa: E402

PROFILES = {"desktop": decode, "phone": decode_phone}
BUDGETS = (*[0.03] * 16, *[0.15] * 3, 0.6)
"""Seconds for the pictures, in turn: most for a frame's quick steps, some for nearly all steps."""
BATCH = 1000  # pictures a process
HUNG = 60
"""Seconds after which a picture counts as one that never ends."""
MEMORY = 4 << 30
"""Bytes of address space a worker may have: what takes more fails, and is counted, instead of taking the machine."""


@dataclass(frozen=True)
class Outcome:
    """What came of one picture. `read` counts right texts, `wrong` are the others, `seconds` is the call's own time."""

    number: int
    profile: str
    changes: tuple[str, ...]
    read: int = 0
    wrong: tuple[str, ...] = ()
    refused: bool = False
    error: str = ""
    budget: float = 0.0
    seconds: float = 0.0
    processor: float = 0.0


@dataclass
class Tally:
    """The outcomes of the run, under everything that was done to a picture."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    worst: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: float("-inf")))
    bad: list[str] = field(default_factory=list)
    memory: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one picture."""
        for name in dict.fromkeys(("all", outcome.profile, *outcome.changes)):
            row = self.counts[name]
            row["pictures"] += 1
            row["read"] += outcome.read > 0
            row["refused"] += outcome.refused
            row["wrong"] += bool(outcome.wrong)
            row["raised"] += bool(outcome.error)
            limit = outcome.budget * 1.1 + 0.002
            row["over"] += outcome.seconds > limit
            row["over, processor"] += outcome.processor > limit
            self.worst[name] = max(self.worst[name], outcome.seconds - outcome.budget)
        what = f"{outcome.number} ({outcome.profile}; {', '.join(outcome.changes)})"
        if outcome.error:
            self.bad.append(f"RAISED  {what}: {outcome.error}")
        if outcome.wrong:
            self.bad.append(f"WRONG   {what}: {', '.join(outcome.wrong)}")

    def crashed(self, number: int, how: str) -> None:
        """Count a picture that ended its process: itself, or a step of the one before that was late and ran on."""
        self.counts["all"]["pictures"] += 1
        self.counts["all"]["crashed"] += 1
        self.bad.append(f"CRASHED {number}: {how}")

    def table(self) -> str:
        """All counts, the changes in the order of their names below the totals."""
        columns = ("pictures", "read", "refused", "wrong", "raised", "crashed", "over", "over, processor")
        totals = [name for name in ("all", *PROFILES) if name in self.counts]
        lines = [f"{'':<14}" + "  ".join((*columns, "worst ms over"))]
        for name in (*totals, *sorted(self.counts.keys() - set(totals))):
            cells = [f"{self.counts[name][column]:>{len(column)}}" for column in columns]
            lines.append(f"{name:<14}" + "  ".join((*cells, f"{self.worst[name] * 1000:>13.1f}")))
        return "\n".join(lines)


def tried(number: int, options: argparse.Namespace, corpus: Corpus | None) -> Outcome:
    """Make the picture of that number and decode it."""
    made = fuzzed(options.seed, number, None if corpus is None else _photographs(corpus))
    profile = options.profile if options.profile != "both" else tuple(PROFILES)[number // 4 % 2]
    budget = options.budget or BUDGETS[number // len(PROFILES) // 4 % len(BUDGETS)]
    start, used = time.perf_counter(), time.process_time()
    symbols, refused, error = [], False, ""
    try:
        image = load(made.what) if isinstance(made.what, bytes) else made.what
        start, used = time.perf_counter(), time.process_time()
        symbols = PROFILES[profile](image, budget=budget)
    except BadImage:
        refused = True
    except Exception as raised:  # whatever it is, it is what is looked for
        error = f"{type(raised).__name__}: {raised}"[:200]
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    wrong = [s for s in symbols if made.codes is not None and not _there(corpus, (s.text, s.symbology), made.codes)]
    texts = tuple(f"{s.symbology} {s.text!r} by {s.engine} in step {s.step!r} ({s.confidence})" for s in wrong)
    right = len(symbols) - len(wrong)
    return Outcome(number, profile, made.changes, right, texts, refused, error, budget, seconds, processor)


def _there(corpus: Corpus | None, read: Code, codes: frozenset[Code]) -> bool:
    return any(key(read) == key(code) or (corpus is not None and corpus.same(read, code)) for code in codes)


def _photographs(corpus: Corpus) -> Callable[[Chance], Picture]:
    def photograph(chance: Chance) -> Picture:
        row = corpus.rows[chance.integers(len(corpus.rows))]
        codes = [(code["text"], code["symbology"]) for code in (*row["codes"], *row.get("also", ()))]
        known = row.get("complete", True) and all(text is not None for text, _ in codes)
        gray = cv2.cvtColor(corpus.pixels(row, 400), cv2.COLOR_BGR2GRAY)
        return Picture(gray, frozenset(codes) if known else None)

    return photograph


def _load_engines() -> None:
    """The first call loads them, and the second knows how long they take."""
    cv2.setNumThreads(1)
    for decoder in (*PROFILES.values(), *PROFILES.values()):
        decoder(symbol(np.random.default_rng(0)).pixels[:, ::-1], budget=5)
        decoder(np.full((80, 80), 255, np.uint8), budget=5)


# --- the processes


def work(options: argparse.Namespace) -> None:
    """Decode the pictures of --worker; say each one's number before it and what came of it after."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    corpus = None if options.corpus is None else opened(options.corpus)
    _load_engines()
    for number in range(*options.worker):
        print(number, flush=True)
        faulthandler.dump_traceback_later(HUNG, exit=True)
        outcome = tried(number, options, corpus)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps(asdict(outcome)), flush=True)
    print(json.dumps({"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)


def outcomes(first: int, last: int) -> Iterator[Outcome | tuple[int, str] | float]:
    """The outcomes of some pictures, from as many processes as it takes; (number, how) of one that ended its process.

    A number alone is the most memory that a process took, in MB.
    """
    while first < last:
        command = [sys.executable, "-W", "ignore", __file__, *sys.argv[1:], "--worker", str(first), str(last)]
        begun = first - 1
        with (
            tempfile.TemporaryFile("w+", errors="replace") as errors,  # libtiff says much
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as worker,
        ):
            assert worker.stdout is not None
            for line in worker.stdout:
                told: Any = json.loads(line)
                if isinstance(told, int):
                    begun = told
                elif "memory" in told:
                    yield float(told["memory"])
                else:
                    yield Outcome(**{**told, "changes": tuple(told["changes"]), "wrong": tuple(told["wrong"])})
            worker.wait()
            errors.seek(0)
            last_words = [line.strip() for line in errors if line.strip()]
        if worker.returncode == 0:
            return
        if begun < first:
            raise RuntimeError("\n".join(last_words))
        yield begun, f"exit {worker.returncode}, {' | '.join((*last_words[:3], *last_words[-3:]))}"
        first = begun + 1


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Decodes pictures that chance has changed.")
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first picture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="a corpus, whose photographs are a third of the pictures")
    parser.add_argument("--profile", choices=(*PROFILES, "both"), default="both", help="both: in turn")
    parser.add_argument("--budget", type=float, help="seconds for every picture; 0.03 to 0.6 in turn unless given")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--only", type=int, help="decode this picture alone, in this process")
    parser.add_argument("--save", type=Path, help="where to put the picture of --only: .png for an array")
    parser.add_argument("--worker", type=int, nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def replay(options: argparse.Namespace) -> int:
    """One picture, with all that is known of it."""
    _load_engines()
    corpus = None if options.corpus is None else opened(options.corpus)
    made = fuzzed(options.seed, options.only, None if corpus is None else _photographs(corpus))
    print("in it:", "unknown" if made.codes is None else sorted(made.codes))
    if options.save and isinstance(made.what, bytes):
        options.save.write_bytes(made.what)
    elif options.save:
        cv2.imwrite(str(options.save), made.what)
    outcome = tried(options.only, options, corpus)
    print(outcome)
    return int(bool(outcome.wrong or outcome.error))


def main() -> int:
    """Run, print the table and what is bad; 1 where anything is."""
    options = parsed()
    try:
        if options.worker:
            work(options)
            return 0
        if options.only is not None:
            return replay(options)
        if options.corpus:
            opened(options.corpus)
    except NoCorpus as error:
        print(error, file=sys.stderr)
        return 2
    tally, start = Tally(), time.monotonic()
    end = options.first + options.pictures

    def batch(first: int) -> None:
        for told in outcomes(first, min(first + BATCH, end)):
            if isinstance(told, Outcome):
                tally.add(told)
            elif isinstance(told, tuple):
                tally.crashed(*told)
            else:
                tally.memory = max(tally.memory, told)
        if sys.stderr.isatty():
            print(f"\r{tally.counts['all']['pictures']} pictures, {len(tally.bad)} bad", end="", file=sys.stderr)

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(batch, range(options.first, end, BATCH)))
    print(tally.table())
    print(*tally.bad, sep="\n")
    minutes = (time.monotonic() - start) / 60
    print(
        f"{options.pictures} pictures from {options.first}, seed {options.seed}, "
        f"{minutes:.1f} minutes, {tally.memory:.0f} MB at most, {len(tally.bad)} bad; "
        f"over: more than 1.1 times the budget and 2 ms, on a machine of {os.cpu_count()} processors"
    )
    return int(bool(tally.bad))


if __name__ == "__main__":
    sys.exit(main())
