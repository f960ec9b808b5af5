"""How many lookalikes of known domains are called out, how many ordinary names are, and how long that takes."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.domains import KNOWN, ORDINARY, RULES, lookalikes
from benchmarks.report import measured_on, median, percentile_95, table
from services.links import clean_address, read_link
from services.links.lookalikes import KnownDomains
from services.register.pack_codes import PackCodes

_LOAD = """
import time
from services.links import read_link
began = time.perf_counter()
read_link("https://traxanh-bache.vn/1", {"check.net.vn"})
print(time.perf_counter() - began)
"""


def found_rows(rounds: int, rng: random.Random) -> list[list[str]]:
    """By rule: how many lookalikes there were, how many of them were called out, and some that were not."""
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: dict[str, set[str]] = {rule: set() for rule in RULES}
    for _ in range(rounds):
        for domain in KNOWN:
            for rule, name in lookalikes(domain, rng):
                made[rule] += 1
                if read_link(f"https://{name}/", KNOWN).resembles:
                    found[rule] += 1
                else:
                    missed[rule].add(name)
    rows = [[rule, str(made[rule]), str(found[rule]), ", ".join(sorted(missed[rule])[:3])] for rule in RULES]
    total, all_found = made.total(), found.total()
    return [*rows, ["all", str(total), f"{all_found} ({all_found / total:.1%})", ""]]


def false_alarms() -> tuple[list[str], list[str]]:
    """Ordinary names that are called lookalikes of the known ones; and, each in turn, of all other ordinary names."""
    of_known = [name for name in ORDINARY if read_link(f"https://{name}/", KNOWN).resembles]
    of_others = []
    for name in ORDINARY:
        resembled = KnownDomains(other for other in ORDINARY if other != name).resembled(name)
        if resembled:
            of_others.append(f"{name} of {resembled}")
    return of_known, of_others


def pack_codes(products: int, patterns: int) -> PackCodes:
    """A register whose products have one exact code each, and patterns on the same host."""
    codes = PackCodes()
    for number in range(products):
        code = {"kind": "exact", "value": f"https://truyxuat.example/qn/{number:08x}"}
        codes.add(str(number), json.dumps({"codes": [code]}).encode())
    for number in range(patterns):
        code = {"kind": "pattern", "value": f"https://truyxuat.example/{'lo' * (number % 9)}/*/sp{number}?id=*"}
        codes.add(str(number), json.dumps({"codes": [code]}).encode())
    return codes


def timed(call: Callable[[], object], times: int) -> tuple[float, float]:
    """The median and the 95th percentile of the seconds that a call takes."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return median(seconds), percentile_95(seconds)


def time_rows(products: int, times: int) -> list[list[str]]:
    """How long it takes."""
    many = frozenset({*KNOWN, *(f"nha-vuon-{number}.com.vn" for number in range(500))})
    KnownDomains(KNOWN)  # reads the list of public suffixes, which is measured by itself
    began = time.perf_counter()
    codes = pack_codes(products, 0)
    building = time.perf_counter() - began
    patterned = pack_codes(0, 1000)
    assert patterned.find("https://truyxuat.example/lolo/a/sp11?id=7") == "11"
    long = "https://traxanh-bache.vn/" + "a" * 4000 + "?" + "utm_a=1&" * 500
    read_link(long, many)
    first = subprocess.run(
        [sys.executable, "-c", _LOAD], cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True
    )
    calls: dict[str, Callable[[], object]] = {
        "an unknown link, 515 known domains": lambda: read_link("https://sanphamtot.com.vn/qn/lo/1a2b3c4d", many),
        "a lookalike, 515 known domains": lambda: read_link("https://traxanh-bahce.vn/qn/lo/1a2b3c4d", many),
        "a link of 8,000 characters, 515 known domains": lambda: read_link(long, many),
        "a host of 2,000 letters beyond ASCII": lambda: clean_address("https://" + "ộ" * 2000 + "/"),
        "clean_address of a plain code": lambda: clean_address("https://truyxuat.example/qn/1a2b3c4d"),
        "making 515 known domains ready (once)": lambda: KnownDomains(many),
        "look-up, exact": lambda: codes.find("https://truyxuat.example/qn/00000001"),
        "look-up, 1,000 patterns on one host, one fits": lambda: patterned.find(
            "https://truyxuat.example/lolo/a/sp11?id=7"
        ),
        "look-up, 1,000 patterns on one host, none fits": lambda: patterned.find("https://truyxuat.example/lolo/a/b"),
    }
    rows = [[what, *(f"{1000 * each:.3f} ms" for each in timed(call, times))] for what, call in calls.items()]
    rows.append([f"entering {products:,} exact codes", f"{1000 * building:.0f} ms", ""])
    rows.append(["the first link of a process, public suffixes read", f"{1000 * float(first.stdout):.0f} ms", ""])
    return rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures the warnings of links and the look-up of codes on packs.")
    parser.add_argument("--rounds", type=int, default=12, help="lookalikes of each known domain by each rule")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=500, help="how often each call is timed")
    options = parser.parse_args()
    found = found_rows(options.rounds, random.Random(1))
    print(table(("lookalikes made by", "made", "called out", "not called out, for instance"), found))
    of_known, of_others = false_alarms()
    print(f"\nOf {len(ORDINARY)} ordinary names {len(of_known)} were called lookalikes of the {len(KNOWN)}: {of_known}")
    print(f"Each against all others of them: {len(of_others)}: {of_others}\n")
    print(table(("time", "median", "95 % within"), time_rows(options.products, options.times)))
    print(f"\n{measured_on('publicsuffixlist', 'idna')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
