"""Writes the table of docs/coverage.md: `python -m tests.support.coverage_table APP.json SERVER.json DOCUMENT`.

The two are coverage.py's JSON reports of the app's tests and of the server's, with branches. Only the table is written:
what the document says beside it is for people, and is looked at for the gaps that it explains.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
WITHOUT_GAPS = ("services/codes", "services/records", "services/storage", "services/sync", "services/verification")
"""Rooms in which nothing may be left out that the document does not explain."""
_COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def rooms(reports: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Statements, those that ran, branches, those that were taken, by room: `services/codes`, `printing`, ..."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for report in reports:
        for path, measured in report["files"].items():
            folders = PurePosixPath(path).parts[:-1]
            count = counts["/".join(folders[:2])]
            for n, name in enumerate(_COUNTS):
                count[n] += measured["summary"][name]
    return {room: count for room, count in sorted(counts.items()) if count[0]}


def table(reports: Iterable[Mapping[str, Any]]) -> str:
    """The rooms as a table, one line each, and the whole."""
    found = rooms(reports)
    lines = ["| room | statements | run | branches | taken |", "| --- | --- | --- | --- | --- |"]
    whole = [sum(numbers) for numbers in zip(*found.values(), strict=True)]
    named = {f"`{room}`": count for room, count in found.items()}
    for room, (statements, run, branches, taken) in {**named, "all": whole}.items():
        lines.append(f"| {room} | {statements} | {_share(run, statements)} | {branches} | {_share(taken, branches)} |")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def unexplained(reports: Iterable[Mapping[str, Any]], document: str) -> list[str]:
    """Gaps in the rooms that may have none, as `file, function: 17, 20->22`, where no line names both."""
    gaps = []
    for report in reports:
        for path, measured in sorted(report["files"].items()):
            if not path.startswith(tuple(f"{room}/" for room in WITHOUT_GAPS)):
                continue
            explained = [line for line in document.splitlines() if f"`{path}`" in line]
            for name, function in measured["functions"].items():  # code outside all functions has no name
                ways = [f"{line}->{'exit' if to < 0 else to}" for line, to in function["missing_branches"]]
                missing = [*map(str, function["missing_lines"]), *ways]
                own = name.rpartition(".")[2]
                if missing and not any(f"`{own}`" in line or not own for line in explained):
                    gaps.append(f"{path}, {name or 'outside of functions'}: {', '.join(missing)}")
    return gaps


def put(text: str, into: str) -> str:
    """Put the text between a document's two marks. Raises ValueError where either is missing or repeated."""
    block = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if len(block.findall(into)) != 1:
        raise ValueError("the document has no one place for the table")
    return block.sub(lambda _: f"{BEGIN}\n{text}\n{END}", into)


def main(arguments: list[str]) -> int:
    """Write the table of the given reports into the document, the last argument. Returns 1 where a gap is left."""
    *paths, document = map(Path, arguments)
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    said = document.read_text(encoding="utf-8")
    text = table(reports)
    document.write_text(put(text, said), encoding="utf-8")
    print(text)
    for gap in (gaps := unexplained(reports, said)):
        print(f"not run, and not explained in {document}: {gap}")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
