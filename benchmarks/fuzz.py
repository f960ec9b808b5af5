#!/usr/bin/env python
"""Every parser that meets what comes from outside, with inputs of chance: nothing but its own answers may come of them.

    .venv/bin/python benchmarks/fuzz.py --list
    .venv/bin/python benchmarks/fuzz.py                             # each target a minute of the processor
    .venv/bin/python benchmarks/fuzz.py --target books --seconds 600
    .venv/bin/python benchmarks/fuzz.py --target books --only /tmp/finds/books-1

Where atheris is installed (`pip install atheris`: Linux, Python up to 3.13), it watches which lines an input reaches,
and goes on from those that reach new ones. Else Hypothesis changes the seeds. benchmarks/README.md has what was found.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks.fuzzing import app, device, operating, server  # noqa: E402 - of this project, not installed
from benchmarks.fuzzing.made import Target  # noqa: E402
from benchmarks.report import measured_on, table  # noqa: E402

TARGETS = {**app.TARGETS, **device.TARGETS, **server.TARGETS, **operating.TARGETS}
SLOW = 2.0
"""Seconds of the processor that no input may take."""
MOST_FINDS = 20
LONGEST = 100_000
"""Bytes of an input."""


class Enough(BaseException):
    """The time is over."""


class Run:
    """Runs a target, and keeps what was raised by the place where it was."""

    def __init__(self, target: Target, seconds: float, finds: Path) -> None:
        self.target, self.finds = target, finds
        self.runs, self.slowest = 0, 0.0
        self.found: dict[str, str] = {}
        self._until = time.process_time() + seconds

    def once(self, data: bytes) -> None:
        """Run the target on one input. Raises Enough."""
        begin = time.process_time()
        self.runs += 1
        try:
            self.target.run(data)
        except Exception as error:  # what this looks for
            self._keep(
                f"{type(error).__name__} at {_place(error)}", data, "".join(traceback.format_exception(error)[-6:])
            )
        took = time.process_time() - begin
        self.slowest = max(self.slowest, took)
        if took > SLOW:
            self._keep(f"over {SLOW:.0f} s", data, f"{took:.1f} s")
        if time.process_time() > self._until or len(self.found) >= MOST_FINDS:
            raise Enough

    def _keep(self, what: str, data: bytes, words: str) -> None:
        if what in self.found:
            return
        path = self.finds.with_name(f"{self.finds.name}-{len(self.found) + 1}")
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(words, encoding="utf-8", errors="backslashreplace")
        self.found[what] = str(path)

    def told(self) -> dict[str, Any]:
        """What came of it, as JSON."""
        return {"runs": self.runs, "slowest": self.slowest, "found": self.found, "seconds": time.process_time()}


def _place(error: BaseException) -> str:
    """The last line of the project through which an error went."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if str(ROOT) in frame.filename and ".venv" not in frame.filename and "benchmarks" not in frame.filename
    ]
    frame = (own or list(frames))[-1]
    return f"{Path(frame.filename).relative_to(ROOT) if own else frame.filename}:{frame.lineno}"


def with_atheris(make: Callable[[], Target], run_of: Callable[[Target], Run], end: Callable[[Run], None]) -> None:
    """Let atheris choose the inputs; never returns."""
    import atheris

    packages = ["services", "printing", "views", *server.ROOMS]
    sys.path.insert(0, str(server.SERVER))
    with atheris.instrument_imports(include=packages, enable_loader_override=False):
        target = make()
    run = run_of(target)
    corpus = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed[:LONGEST])

    def once(data: bytes) -> None:
        try:
            run.once(data)
        except Enough:
            end(run)
            os._exit(0)

    options = [
        f"-max_len={LONGEST}",
        "-rss_limit_mb=0",
        "-timeout=1200",
        f"-artifact_prefix={corpus}/",
        "-verbosity=0",
        "-print_final_stats=0",
    ]
    atheris.Setup([sys.argv[0], str(corpus), *options], once, enable_python_coverage=True)
    atheris.Fuzz()


def with_hypothesis(make: Callable[[], Target], run_of: Callable[[Target], Run], end: Callable[[Run], None]) -> None:
    """Change the seeds at random places until the time is over."""
    import hypothesis
    from hypothesis import strategies

    target = make()
    run = run_of(target)
    piece = strategies.tuples(
        strategies.integers(0, 1 << 16), strategies.binary(max_size=12), strategies.integers(0, 8)
    )

    @hypothesis.settings(
        max_examples=2000, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(strategies.sampled_from(target.seeds), strategies.lists(piece, max_size=6))
    def once(seed: bytes, pieces: list[tuple[int, bytes, int]]) -> None:
        data = seed
        for at, put, taken in pieces:
            at %= len(data) + 1
            data = data[:at] + put + data[at + taken :]
        run.once(data)

    with contextlib.suppress(Enough):
        while True:
            once()
    end(run)


def fuzz(name: str, seconds: float, engine: str, finds: Path) -> dict[str, Any]:
    """Fuzz one target in a process of its own, which may crash, and tell what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = [
            sys.executable,
            __file__,
            "--worker",
            str(told),
            "--target",
            name,
            "--seconds",
            str(seconds),
            "--engine",
            engine,
        ]
        process = subprocess.run([*command, "--finds", str(finds)], capture_output=True, check=False)
        if told.exists():
            return dict(json.loads(told.read_text(encoding="utf-8")))
        words = process.stderr.decode("utf-8", "replace")[-1500:]
        return {
            "runs": 0,
            "slowest": 0.0,
            "seconds": 0.0,
            "found": {f"the process ended with {process.returncode}": words},
        }


def main() -> int:
    """Fuzz the targets, and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="tell the targets")
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="one of them; may be given again")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the processor, for each target")
    best = "atheris" if importlib.util.find_spec("atheris") else "hypothesis"
    parser.add_argument("--engine", choices=("atheris", "hypothesis"), default=best, help=f"here {best}, unless given")
    parser.add_argument(
        "--finds", type=Path, default=Path(tempfile.gettempdir()) / "finds", help="folder for inputs that were bad"
    )
    parser.add_argument("--only", type=Path, help="run one input, and let it raise")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.target or list(TARGETS)
    if options.list:
        print(*(f"{name:12} {TARGETS[name].__doc__}" for name in names), sep="\n")
        return 0
    if options.only:
        TARGETS[names[0]]().run(options.only.read_bytes())
        return 0
    options.finds.mkdir(parents=True, exist_ok=True)
    if options.worker:
        worker: Path = options.worker

        def end(run: Run) -> None:
            worker.write_text(json.dumps(run.told()), encoding="utf-8")

        engine = with_atheris if options.engine == "atheris" else with_hypothesis
        engine(TARGETS[names[0]], lambda target: Run(target, options.seconds, options.finds / names[0]), end)
        return 0
    rows, bad = [], []
    for name in names:
        came = fuzz(name, options.seconds, options.engine, options.finds)
        rows.append(
            (
                name,
                f"{came['runs']:,}",
                f"{came['seconds']:.0f}",
                f"{came['slowest'] * 1000:.0f}",
                str(len(came["found"])),
            )
        )
        bad += [f"{name}: {what}: {where}" for what, where in came["found"].items()]
        print(*rows[-1], *bad[-len(came["found"]) or len(bad) :], sep="  ", flush=True)
    print(table(("target", "inputs", "processor, s", "slowest, ms", "finds"), rows))
    print(*bad, sep="\n")
    print(f"{options.engine}. {measured_on()}")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
