"""Publishes a list in processes that are killed, each at another moment, and says what the register holds after each.

    python killed.py FOLDER

FOLDER holds the database of a register. Prints a line for each moment: the moment, the import's state once somebody
looks at it, how many of the list's products, certificates and editions the register has, and whether its clock moved.
"""
# ruff: noqa: E402 - Django is set up before anything of it is imported

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]
os.environ |= {"OCOP_SERVER_DATA": sys.argv[1], "DJANGO_SETTINGS_MODULE": "config.settings"}

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from imports import bulk, preview, publishing, running
from imports.models import ImportRun, RunState
from imports.rows import ReadRow, RowKind
from imports.values import Field, Outcome, Value
from register.clock import RegisterClock
from register.gtin import check_digit
from register.models import Certificate, Product

ROWS = 40
MOMENTS = ("worked out", "kept", "locked", "half written", "written", "marked", "committed", "not killed")


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(moment: str) -> None:
    """Let this process die at the moment."""
    whole = bulk.Statements.run

    def half(self: bulk.Statements) -> None:
        self._made = self._made[: len(self._made) // 2]
        whole(self)
        die()

    def then_die(module: Any, name: str) -> None:
        work = getattr(module, name)
        setattr(module, name, lambda *given, **named: (work(*given, **named), die()))

    after = {"worked out": "prepare", "kept": "keep_taken", "committed": "write"}
    if moment in after:
        then_die(publishing, after[moment])
    elif moment == "marked":
        then_die(bulk, "take_cursors")
    elif moment == "locked":
        bulk.Statements.run = die  # type: ignore[method-assign]
    elif moment == "half written":
        bulk.Statements.run = half  # type: ignore[method-assign]
    elif moment == "written":
        then_die(bulk.Statements, "run")


def rows() -> list[ReadRow]:
    """A list of new products."""
    made = []
    for number in range(ROWS):
        digits = f"952{900_000_000 + number:09d}"
        said: dict[Field, Any] = {
            Field.NAME: f"Miến {number}", Field.PRODUCER: f"HTX Kiên Trì {number // 4}", Field.STARS: 4,
            Field.DECISION_NUMBER: f"{number}/QĐ", Field.VALID_FROM: "2026-01-05", Field.VALID_TO: "2029-01-04",
            Field.GROUP: "thuc_pham", Field.GTIN: f"0{digits}{check_digit(digits)}",
        }  # fmt: skip
        values = {name: Value(str(read), Outcome.TAKEN, read) for name, read in said.items()}
        made.append(ReadRow(number + 2, RowKind.PRODUCT, (), values=values))
    return made


def main() -> None:
    """Kill a process at each moment."""
    call_command("migrate", verbosity=0)
    settings.IMPORTS_INLINE = True
    for moment in MOMENTS:
        run = ImportRun.objects.create(name="ds.xlsx", sha256="0" * 64, size=1, state=RunState.PREVIEW)
        preview.judge(run, rows(), lambda _: None)
        run.save()
        clock = RegisterClock.objects.get(name="register").value
        connection.close()
        child = os.fork()
        if not child:
            arm(moment)
            running.begin_publishing(run, None)
            os._exit(0)
        os.waitpid(child, 0)
        run.refresh_from_db()
        running.settle(run)
        held = Product.objects.filter(gtin__startswith="09529").count()
        papers = Certificate.objects.filter(product__gtin__startswith="09529").count()
        editions = Product.history.filter(gtin__startswith="09529").count()
        moved = RegisterClock.objects.get(name="register").value != clock
        print(moment, run.state, held, papers, editions, moved, sep="|")
        if moment == "committed":
            assert running.begin_undoing(run, None)


if __name__ == "__main__":
    main()
