"""The proof under fault: `python -m tests.faults.run --seed 2026 --notes 1000`.

Notes with two photos each, written and sent by the real app, received by the real server on a PostgreSQL of its own,
with everything between them going wrong, and both and the database killed again and again. Ends with 1 where anything
is lost, doubled or changed. The plan and both logs stay in `--folder`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from tests.faults.plan import Plan
from tests.faults.postgresql import temporary_postgresql
from tests.faults.trial import Outcome, Trial

# Requests that this many notes with two photos take without any fault.
REQUESTS_A_NOTE = 3


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ocop-faults-")))
        postgresql = None if options.sqlite else stack.enter_context(temporary_postgresql())
        plan = Plan(
            options.seed,
            rate=options.rate,
            requests=REQUESTS_A_NOTE * options.notes,
            app_kills=options.app_kills,
            server_kills=options.server_kills,
            database_kills=0 if options.sqlite else options.database_kills,
            renames=options.renames,
            moves=options.moves,
        )
        outcome = Trial(folder, plan, options.notes, postgresql).run()
    print(report(outcome, options.notes))
    return 1 if outcome.findings.faults else 0


def report(outcome: Outcome, notes: int) -> str:
    """Every count of a run, to be printed."""
    found = outcome.findings
    kinds = "".join(f"    {kind:32} {times:5}\n" for kind, times in sorted(outcome.faults.items()))
    statuses = ", ".join(f"{status}: {times}" for status, times in sorted(outcome.seen_by_server.items()))
    wrong = "".join(f"    {times} x {what}\n" for what, times in found.kinds.items())
    wrong += "".join(f"    {line}\n" for line in found.faults[:20])
    return (
        f"requests through the proxy: {outcome.requests}\n"
        f"faults: {outcome.faults.total()}\n{kinds}"
        f"the app killed: {outcome.app_kills}, the server killed: {outcome.server_kills}, "
        f"the database killed: {outcome.database_kills}\n"
        f"requests that the server answered: {outcome.seen_by_server.total()} ({statuses})\n"
        f"of these notes and photos that it had already: {outcome.deduplicated}\n"
        f"edits of the register meanwhile: {outcome.register_edits}\n"
        f"seconds: {outcome.seconds:.1f}\n"
        f"on the server: {found.notes} notes of {notes}, {found.photos} photos; "
        f"{found.records} records of other kinds\n"
        f"lost: {found.counts['lost']}, doubled: {found.counts['doubled']}, wrong: {found.counts['wrong']}\n"
        f"{wrong}{'NOT RIGHT' if found.faults else 'all is right'}"
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Send notes while everything goes wrong, and count what arrives.")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=0.12, help="share of requests that meet a fault")
    parser.add_argument("--app-kills", type=int, default=20)
    parser.add_argument("--server-kills", type=int, default=8)
    parser.add_argument("--database-kills", type=int, default=8, help="not with --sqlite")
    parser.add_argument("--renames", type=int, default=6, help="how often the accounts get other names")
    parser.add_argument("--moves", type=int, default=6, help="how often the server moves to another address")
    parser.add_argument("--sqlite", action="store_true", help="the server on an SQLite file instead of PostgreSQL")
    parser.add_argument("--folder", type=Path, help="where to keep the run; it must not hold an earlier one")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
