#!/usr/bin/env python
"""What one clock bears: how many changes of the register and how many notes a second its lock lets through.

    .venv/bin/python benchmarks/clock.py [--seconds 5] [--writers 1 2 4 8] [--products 2000]

The server's own code, in so many processes, on a PostgreSQL of its own with fsync on, without the network between.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import logging
import os
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import notes_sent, postgresql, server_load  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, table  # noqa: E402


def a_mark(_: int) -> Callable[[int], object]:
    """The least that a commit of the clock costs: its next value and the mark."""
    from django.db import transaction

    next_value = import_module("register.clock").next_value

    def once(_: int) -> None:
        with transaction.atomic():
            next_value("register")

    return once


def a_change(writer: int) -> Callable[[int], object]:
    """A product is saved, as the office's form does: its history, its mark as changed."""
    products = list(import_module("register.models").Product.objects.order_by("gtin")[writer * 50 : writer * 50 + 50])

    def once(number: int) -> None:
        product = products[number % len(products)]
        product.name = f"Tên {number}"
        product.save()

    return once


def a_note(writer: int) -> Callable[[int], object]:
    """A note without an account and without its photo, through the API."""
    import rfc8785
    from django.test import Client

    office, note, device = Client(), server_load.note(), uuid.uuid5(uuid.NAMESPACE_OID, str(writer))

    def once(_: int) -> None:
        identity = str(uuid.uuid4())
        said: Any = {**note, "id": identity, "device": str(device), "account": None, "photos": []}
        body = rfc8785.dumps(said)
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        answer = office.put(
            f"{notes_sent.API}/inspections/{identity}", body, "application/json", headers={"Content-Digest": digest}
        )
        assert answer.status_code == 201, answer.content

    return once


WORKS: dict[str, Callable[[int], Callable[[int], object]]] = {
    "a mark alone": a_mark, "a product is changed": a_change, "a note is taken": a_note
}  # fmt: skip


_ready: list[Any] = []


def meet(barrier: Any) -> None:
    """Keep, in a new process, where all of them wait for each other."""
    _ready[:] = [barrier]


def write(name: str, writer: int, seconds: float) -> tuple[int, float, float]:
    """Write for so many seconds once all are ready: how often, how long, the seconds of this process's processor."""
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    once = WORKS[name](writer)
    once(0)
    _ready[0].wait()
    count, used, began = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() < began + seconds:
        count += 1
        once(count)
    return count, time.perf_counter() - began, time.process_time() - used


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--products", type=int, default=2000)
    options = parser.parse_args()
    rows = []
    with postgresql.own_database(on_postgresql=True):
        os.environ |= {"OCOP_ANONYMOUS_NOTES_RATE": "100000000", "OCOP_ALLOWED_HOSTS": "testserver"}
        import django
        from django.core.management import call_command
        from django.db import connections, transaction

        django.setup()
        call_command("migrate", verbosity=0)
        sample = import_module("register.sample")
        with transaction.atomic():
            import_module("register.management.commands.sample_register").write(
                sample.build(sample.SEED, sample.date(2026, 11, 23), options.products, options.products // 5)
            )
        connections.close_all()
        context = get_context("spawn")
        for name in WORKS:
            for writers in options.writers:
                with ProcessPoolExecutor(writers, context, meet, (context.Barrier(writers),)) as pool:
                    each = [pool.submit(write, name, n, options.seconds) for n in range(writers)]
                    told = [one.result() for one in each]
                rate = sum(count / took for count, took, _ in told)
                processor = sum(used for *_, used in told) / sum(count for count, *_ in told)
                rows.append((name, str(writers), f"{rate:.0f}", f"{processor * 1000:.1f}"))
                print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    print(table(("what", "writers", "a second", "ms of a writer's processor each"), rows))
    print(f"\n{measured_on('django', 'psycopg')}")


if __name__ == "__main__":
    main()
