"""How many small faults put into the code the tests notice (mutation testing with mutmut).

Works on a copy in a temporary folder. mutmut changes the bodies of functions; what a module does while it is imported
(tables, regular expressions, lambdas in tables) it leaves alone.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, table  # noqa: E402 - of this project, not installed

PARTS = {
    "codes": ("services/codes/*.py", ("tests/services/codes",)),
    "verification": ("services/verification/*.py", ("tests/services/verification/test_verdicts.py",)),
    "links": ("services/links/*.py", ("tests/services/links",)),
    "statements": ("services/register/statements.py", ("tests/services/register/test_statements.py",)),
}
"""The modules of each part, and the tests that are to notice."""

COPIED = ("services", "tests", "assets", "docs", "benchmarks", "server", "pyproject.toml")
"""What the tests need."""

CAUGHT = ("killed", "timeout", "suspicious", "segfault", "caught by type check")

SETUP = """
[mutmut]
source_paths=services
only_mutate=
    {modules}
also_copy=
    {copied}
pytest_add_cli_args_test_selection=
    {tests}
pytest_add_cli_args=
    -p
    no:cacheprovider
    -p
    fresh_caches
use_git_change_detection=False
"""

FRESH_CACHES = '''
"""Every test begins without what functools.cache kept: mutmut has to see which tests call what a table is built by."""

import functools
import gc

kept = []


def pytest_collection_finish():
    wrappers = [found for found in gc.get_objects() if isinstance(found, functools._lru_cache_wrapper)]
    kept.extend(found for found in wrappers if found.__module__.startswith("{package}"))


def pytest_runtest_setup():
    for found in kept:
        found.cache_clear()
'''

_RESULT = re.compile(r"^\s*(services\.[\w.]+?)\.x[_ǁ](.+)__mutmut_\d+: (.+)$")


def outcomes(part: str, folder: Path, jobs: int) -> list[tuple[str, str, str, str]]:
    """Name of the mutant, its module, its function and what became of it."""
    modules, tests = PARTS[part]
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".data"))
        else:
            shutil.copy(source, folder)
    copied = [*(name for name in COPIED if name != "services"), "fresh_caches.py"]
    setup = SETUP.format(modules=modules, copied="\n    ".join(copied), tests="\n    ".join(tests))
    (folder / "setup.cfg").write_text(setup)
    package = modules.removesuffix("*.py").removesuffix(".py").replace("/", ".")
    (folder / "fresh_caches.py").write_text(FRESH_CACHES.format(package=package))
    mutmut = [sys.executable, "-m", "mutmut"]
    run = subprocess.run([*mutmut, "run", "--max-children", str(jobs)], cwd=folder, capture_output=True, text=True)
    results = subprocess.run([*mutmut, "results", "--all", "true"], cwd=folder, capture_output=True, text=True)
    lines = filter(None, map(_RESULT.match, results.stdout.splitlines()))
    found = [(line[0].strip().rsplit(":", 1)[0], line[1], line[2].replace("ǁ", "."), line[3]) for line in lines]
    if not found or any(outcome == "not checked" for *_, outcome in found):  # the tests fail without any mutant
        raise RuntimeError(f"{run.stdout[-2000:]}\n{run.stderr[-2000:]}\n{results.stderr[-2000:]}")
    return found


def differences(folder: Path, names: list[str]) -> str:
    """What was changed, in the form of `diff`."""
    texts = []
    for name in names:
        shown = subprocess.run(
            [sys.executable, "-m", "mutmut", "show", name], cwd=folder, capture_output=True, text=True
        )
        changed = [line for line in shown.stdout.splitlines() if re.match(r"[-+](?![-+])", line)]
        texts.append("\n".join([name, *changed]))
    return "\n\n".join(texts)


def main() -> int:
    """Run, print a table by module and the mutants that no test noticed; 1 where fewer than --least per cent are."""
    parser = argparse.ArgumentParser(
        description="Puts small faults into the code and counts those that the tests notice."
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; may be given again")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--least", type=float, default=90.0, help="per cent of each part that have to be noticed")
    parser.add_argument("--show", action="store_true", help="show what was changed where no test noticed")
    options = parser.parse_args()
    rows, bad, short = [], [], False
    start = time.monotonic()
    for part in options.only or PARTS:
        with tempfile.TemporaryDirectory() as name:
            found = outcomes(part, Path(name), options.jobs)
            modules: dict[str, Counter[str]] = defaultdict(Counter)
            for _mutant, module, _function, outcome in found:
                modules[module][outcome] += 1
                modules[part][outcome] += 1
            for module in sorted(modules, key=lambda each: (each == part, each)):
                counts = modules[module]
                caught, total = sum(counts[outcome] for outcome in CAUGHT), counts.total()
                untested = counts["no tests"]
                rows.append((module, str(total), str(caught), str(total - caught - untested), str(untested),
                             f"{caught / total:.1%}"))  # fmt: skip
            short = short or caught / total * 100 < options.least
            missed = [mutant for mutant, _module, _function, outcome in found if outcome not in CAUGHT]
            bad.append(differences(Path(name), missed) if options.show else "\n".join(missed))
    print(table(("module", "mutants", "caught", "survived", "no test runs it", "caught"), rows))
    print(f"\n{(time.monotonic() - start) / 60:.1f} minutes. {measured_on('mutmut')}\n")
    print(*bad, sep="\n\n")
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
