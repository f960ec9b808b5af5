"""What a request costs the server and PostgreSQL, and what 1, 2 and 4 workers bear."""
# drill: the load of many devices: what a request costs, and what 1, 2 and 4 workers bear
# needs: postgresql postgresql-client

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import requests
from frame import Figures

from benchmarks import server_load
from benchmarks.notes_sent import API, sign_in
from benchmarks.report import measured_on, table
from benchmarks.server_load import Device, Load, apart, one_after_another, percentile
from tests.support.registry_server import RegistryServer

THREADS = 8
GTIN = "09520000100018"


def main() -> None:
    """Measure and print; ends with 1 where a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--pause", type=float, default=1.0, help="a device's mean rest between two turns, in seconds")
    parser.add_argument("--turns", type=int, default=400, help="of each request whose cost is measured")
    options = parser.parse_args()
    figures = Figures("load")
    costs: list[tuple[str, ...]] = []
    rates: list[tuple[str, ...]] = []
    for number, workers in enumerate(options.workers):
        with _started(workers, max(8, options.devices)) as (server, load, home):
            if number == 0:
                for cost in _costs(server, load, home, options.turns):
                    costs.append(cost)
                    figures.tell(f"{cost[0]}: ms of the server, of PostgreSQL", f"{cost[1]}, {cost[2]}")
            load = replace(load, devices=options.devices, seconds=options.seconds, pause=options.pause)
            before = _server(server), _postgresql(home)
            tally = apart(server_load.run_devices, load)
            spent = _server(server) - before[0], _postgresql(home) - before[1]
        count = sum(map(len, tally.seconds.values()))
        slow = (f"{percentile(tally.seconds.get(kind, []), 95) * 1000:.0f}" for kind in ("poll", "note"))
        cores = (f"{part / tally.took:.2f}" for part in (*spent, tally.processor))
        rates.append((str(workers), f"{count / tally.took:.0f}", str(tally.failed()), *slow, *cores))
        figures.hold(f"{workers} workers: no request failed", tally.failed() == 0, tally.failed())
    print(table(("request", "ms of the server", "ms of PostgreSQL"), costs), end="\n\n")
    head = ("workers", "requests/s", "failed", "poll p95", "note p95")
    print(table((*head, "server, cores", "PostgreSQL, cores", "devices, cores"), rates))
    print(f"\n{options.devices} devices, times in ms; {measured_on('django', 'waitress', 'psycopg')}")
    figures.exit()


@contextmanager
def _started(workers: int, devices: int) -> Iterator[tuple[RegistryServer, Load, Path]]:
    with server_load.server(workers, THREADS) as (server, url):
        signed_in = sign_in(url, server.data, devices)
        cursor = requests.get(f"{server.url}{API}/snapshot", timeout=60).json()["next_cursor"]
        load = Load(server.port, 1, 0, 1.0, signed_in, cursor, server_load.photo(), server_load.note())
        yield server, load, server.data.parent


def _costs(server: RegistryServer, load: Load, home: Path, turns: int) -> Iterator[tuple[str, str, str]]:
    """Processor milliseconds of each kind of request: what others do on this machine changes them little."""
    session = requests.Session()

    def ask(path: str) -> Callable[[], object]:
        return lambda: [session.get(f"{server.url}{path}", timeout=60).content for _ in range(turns)]

    requested: dict[str, Callable[[], object]] = {
        "a poll that finds nothing": lambda: apart(one_after_another, load, Device, 4, turns, "poll"),
        "a note with its photo": lambda: apart(one_after_another, load, Device, 4, turns, "send_note"),
        "a product asked for": ask(f"{API}/products/{GTIN}"),
        "a product's page": ask(f"/p/{GTIN}"),
        "the snapshot of 393 products, again": ask(f"{API}/snapshot"),
    }
    for name, call in requested.items():
        before = _server(server), _postgresql(home)
        call()
        ours, database = _server(server) - before[0], _postgresql(home) - before[1]
        yield name, f"{1000 * ours / turns:.2f}", f"{1000 * database / turns:.2f}"


def _server(server: RegistryServer) -> float:
    return server_load.processor_of(server.process)


def _postgresql(home: Path) -> float:
    """Seconds of processor of the cluster, with those of its processes that have ended."""
    time.sleep(0.2)
    pid = int((home / "postgresql" / "cluster" / "postmaster.pid").read_text().split()[0])
    first = psutil.Process(pid)
    times = [first.cpu_times(), *(child.cpu_times() for child in first.children(recursive=True))]
    return sum(one.user + one.system for one in times) + times[0].children_user + times[0].children_system


if __name__ == "__main__":
    main()
