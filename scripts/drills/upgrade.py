"""A server is upgraded, given a version that does not start, taken back and upgraded again, while devices use it.

Devices of `benchmarks/server_load.py` poll, send notes with photos, refresh tokens and fetch snapshots from a server of
two workers on PostgreSQL, with `--proxy` through the proxy as it is deployed. Meanwhile versions change places, as
docs/operating.md says: the version of `--old`; that of this tree with a made-up column and its index, which its code
reads and writes; one whose settings raise; the old one again, on the database as it is now; one that has forgotten the
column; and one that drops it.
"""
# drill: an upgrade, a broken one, the way back and a contraction, each under load: none may fail
# needs: postgresql git caddy

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg
import requests
from frame import Figures
from proxied import proxy

from benchmarks import postgresql, server_load
from benchmarks.notes_sent import API, sign_in
from benchmarks.server_load import Device, Load, Tally, percentile
from tests.support.made_up_version import MARK
from tests.support.registry_server import ROOT, RegistryServer, free_port

WORKERS, THREADS = 2, 8
SNAPSHOT_SHARE = 0.01
PAUSE = 5.0
LONGEST_P99 = 0.5
WANTED = {"poll 200", "note 201", "refresh 200", "snapshot 200"}

COLUMN = "Inspection.add_to_class('made_up', models.IntegerField(db_default=7))"
EXPAND = """migrations.AddField("inspection", "made_up", models.IntegerField(db_default=7))"""
INDEX = """AddIndexBesideWriters("inspection", models.Index(fields=["made_up"], name="made_up_index"))"""
NO_INDEX = """RemoveIndexBesideWriters("inspection", "made_up_index")"""
FORGET = """migrations.SeparateDatabaseAndState([], [migrations.RemoveField("inspection", "made_up")])"""
DROP = """migrations.RunSQL("ALTER TABLE inspections_inspection DROP COLUMN made_up")"""
MIGRATION = """
from django.db import migrations, models
from migrating.indexes import AddIndexBesideWriters, RemoveIndexBesideWriters

class Migration(migrations.Migration):
    dependencies = [("inspections", "{before}")]
    atomic = False
    operations = [{operation}]
"""


@dataclass
class Timed(Tally):
    """What devices met, with when each answer came."""

    answers: list[tuple[float, float]] = field(default_factory=list)

    def failed(self) -> int:
        """Answers that the app would not have wanted, and tries without an answer."""
        return sum(self.errors.values()) + sum(n for status, n in self.statuses.items() if status not in WANTED)


class Phone(Device):
    """A device that now and then fetches the whole register as well, by TLS where there is a proxy."""

    tally: Timed
    authority: ClassVar[Path | None] = None
    over: ClassVar[Path]

    async def live(self, until: float) -> None:
        """Take turns until the time is over and all versions have changed places."""
        await asyncio.sleep(self.chance.random() * self.load.pause)
        while time.perf_counter() < until or not self.over.exists():
            try:
                await self.turn()
            except (TimeoutError, OSError, EOFError, ValueError, KeyError) as error:
                self.tally.errors[f"{type(error).__name__}: {error}"[:120]] += 1
                self.close()
            await asyncio.sleep(self.chance.expovariate(1 / self.load.pause))
        self.close()

    async def turn(self) -> None:
        """Fetch a snapshot, or do what devices do."""
        if self.chance.random() < SNAPSHOT_SHARE:
            await self.ask("snapshot", "GET", f"{API}/snapshot")
        else:
            await super().turn()

    async def ask(self, kind: str, method: str, path: str, body: str | Sequence[bytes] = (), more: str = "") -> bytes:
        """Send one request, and keep how long its answer took."""
        began = time.time()
        answer = await super().ask(kind, method, path, body, more)
        self.tally.answers.append((time.time(), time.time() - began))
        if answer.startswith(b'{"error"'):
            self.tally.errors[f"{kind}: {answer[:120].decode()}"] += 1
        return answer

    async def _exchange(self, head: bytes, body: Sequence[bytes]) -> tuple[int, bytes]:
        if self.authority is not None and (self.reader is None or self.reader.at_eof()):
            self.close()
            trusted = ssl.create_default_context(cafile=str(self.authority))
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.load.port, ssl=trusted, server_hostname="localhost"
            )
        return await super()._exchange(head.replace(b"Host: 127.0.0.1", b"Host: localhost", 1), body)


def run_phones(load: Load, authority: Path | None, over: Path) -> Timed:
    """Run all phones of a load in this process, until `over` is there; `authority` is the proxy's."""
    tally = Timed()
    Phone.authority, Phone.over = authority, over

    async def all_of_them() -> None:
        until = time.perf_counter() + load.seconds
        await asyncio.gather(*(Phone(load, number, tally).live(until) for number in range(load.devices)))

    began = time.perf_counter()
    asyncio.run(all_of_them())
    tally.took = time.perf_counter() - began
    return tally


class Releases:
    """Folders with one version of the server each, and a link to the one that is to be served."""

    def __init__(self, folder: Path, old: str) -> None:
        self._folder, self.current = folder, folder / "current"
        (folder / "1").mkdir()
        archive = subprocess.run(["git", "archive", old, "server"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(folder / "1")], input=archive, check=True)
        self.use("1")

    @property
    def program(self) -> Path:
        """What is started; the link in it is followed anew each time."""
        return self.current / "server" / "serve.py"

    def use(self, name: str) -> None:
        """Let the link lead to that version, from one moment to the next."""
        link = self._folder / "next"
        link.symlink_to(name)
        link.rename(self.current)

    def make(self, name: str, *, operations: tuple[str, ...], models: str = "", settings: str = "") -> None:
        """Make a version of this tree, with more migrations, models and settings, that marks its answers."""
        server = self._folder / name / "server"
        shutil.copytree(ROOT / "server", server, ignore=shutil.ignore_patterns("__pycache__", ".data"))
        migrations = server / "inspections" / "migrations"
        before = max(path.stem for path in migrations.glob("[0-9]*.py"))
        for number, operation in enumerate(operations, 901):
            text = MIGRATION.format(before=before, operation=operation)
            before = f"0{number}_made_up"
            (migrations / f"{before}.py").write_text(text)
        for path, more in (
            ("config/wsgi.py", MARK.format(number=name)),
            ("inspections/models.py", models),
            ("config/settings.py", settings),
        ):
            with (server / path).open("a") as code:
                code.write(f"\n{more}\n")


def last_release() -> str:
    """The newest version with a tag, else what was committed last."""
    told = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v*"], cwd=ROOT, check=False, capture_output=True
    )
    return told.stdout.decode().strip() or "HEAD"


def can_be_reloaded(revision: str) -> bool:
    """Whether that version knows how to give way to another."""
    shown = subprocess.run(
        ["git", "cat-file", "-e", f"{revision}:server/serving/keeper.py"], cwd=ROOT, check=False, capture_output=True
    )
    return shown.returncode == 0


def answering(server: RegistryServer) -> Counter[str]:
    """The versions that answer new connections."""
    asked = (requests.get(f"{server.url}/health", timeout=20) for _ in range(12))
    return Counter(answer.headers.get("X-Made-Up", "1") for answer in asked)


def reload(server: RegistryServer) -> tuple[int, str, float]:
    """Ask for what systemctl reload asks for: the status, what was said, and how many seconds it took."""
    began = time.monotonic()
    command = [sys.executable, str(server.program), "--reload", "--port", str(server.port)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.returncode, (told.stdout + told.stderr).strip(), time.monotonic() - began


def columns(url: str) -> set[str]:
    """Which of the made-up column and its index are there."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT 'column' FROM information_schema.columns WHERE column_name = 'made_up' "
            "UNION SELECT 'index' FROM pg_class JOIN pg_index ON indexrelid = oid "
            "WHERE relname = 'made_up_index' AND indisvalid"
        ).fetchall()
    return {str(row[0]) for row in rows}


def main() -> None:
    """Start everything, let versions change places, and tell what held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60, help="at least")
    parser.add_argument("--proxy", action="store_true", help="with the proxy in front, by TLS")
    parser.add_argument("--old", default=last_release(), help="the version before: a tag or a commit")
    options = parser.parse_args()
    figures = Figures("upgrade")
    if not can_be_reloaded(options.old):
        figures.hold(f"{options.old} can be reloaded", False, "stop it and start the new one: docs/operating.md")
        figures.exit()
    with tempfile.TemporaryDirectory(prefix="ocop-upgrade-") as name, postgresql.cluster(Path(name)) as url:
        folder = Path(name) / "releases"
        folder.mkdir()
        releases = Releases(folder, options.old)
        releases.make("2", operations=(EXPAND, INDEX), models=COLUMN)
        releases.make("broken", operations=(), settings="raise ValueError('OCOP_MADE_UP is not set')")
        releases.make("3", operations=(EXPAND, INDEX, FORGET.replace("[],", f"[{NO_INDEX}],")))
        releases.make("4", operations=(EXPAND, INDEX, FORGET.replace("[],", f"[{NO_INDEX}],"), DROP))
        server = RegistryServer(
            Path(name) / "data",
            env={"DATABASE_URL": url},
            arguments=("--workers", str(WORKERS), "--threads", str(THREADS)),
            program=releases.program,
        )
        with server, contextlib.ExitStack() as stack:
            way, authority = server.port, None
            if options.proxy:
                (Path(name) / "proxy").mkdir()
                way = free_port()
                authority = stack.enter_context(proxy(Path(name) / "proxy", way, free_port(), server.port, free_port()))
            _under_load(figures, options, releases, server, url, way, authority)
    figures.exit()


def _under_load(
    figures: Figures,
    options: argparse.Namespace,
    releases: Releases,
    server: RegistryServer,
    url: str,
    way: int,
    authority: Path | None,
) -> None:
    phones = round(options.rate * PAUSE)
    signed_in = sign_in(url, server.data, phones)
    cursor = requests.get(f"{server.url}{API}/snapshot", timeout=60).json()["next_cursor"]
    load = Load(way, phones, options.seconds, PAUSE, signed_in, cursor, server_load.photo(), server_load.note())
    figures.tell(
        "phones, seconds, the version before, the way",
        f"{phones}, {options.seconds:g}, {options.old}, {'by TLS through the proxy' if authority else 'direct'}",
    )
    over = server.data / "over"
    changes: list[tuple[float, float]] = []
    memory = [_memory(server)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        began = time.monotonic()
        running = pool.submit(run_phones, load, authority, over)

        def change(name: str, at: float) -> tuple[int, str, float]:
            time.sleep(max(0.0, began + at * options.seconds - time.monotonic()))
            releases.use(name)
            since = time.time()
            told = reload(server)
            memory.append(_memory(server))
            changes.append((since, time.time()))
            return told

        for name, at, what, wanted in (
            ("2", 0.1, "the new version, which expands the database", {"column", "index"}),
            ("broken", 0.3, "a version that does not start", {"column", "index"}),
            ("1", 0.4, "the old version again, on the database as it is", {"column", "index"}),
            ("3", 0.6, "a version that has forgotten the column", {"column"}),
            ("4", 0.8, "the version after it, which drops it", set[str]()),
        ):
            status, said, seconds = change(name, at)
            if name == "broken":
                refused = status == 1 and "OCOP_MADE_UP is not set" in said
                figures.hold(f"{what} is refused, and says why", refused, said)
                name = "2"
            else:
                figures.hold(f"{what} takes over", status == 0, f"{seconds:.1f} s" if not status else said)
            time.sleep(1.0)  # until the older workers have closed their ends of the sockets
            figures.hold("    new connections are answered by it alone", set(answering(server)) == {name}, name)
            figures.hold("    what is there of the column", columns(url) == wanted, sorted(columns(url)))
        over.touch()
        tally = running.result()
    _tell(figures, tally, changes)
    figures.tell("memory before, at most, MB", f"{memory[0]:.0f}, {max(memory):.0f}")
    log = server.log.read_text()
    for line in [line for line in log.splitlines() if '"level": "error"' in line or '"status": 5' in line][:8]:
        figures.tell("the log", line[:1500])
    told = {event: log.count(f'"event": "{event}"') for event in ("reloaded", "reload_failed", "migration_waits")}
    figures.hold("the log tells four that took over, and one that did not", log.count('"reloaded"') == 4, told)


def _memory(server: RegistryServer) -> float:
    assert server.process is not None
    first, total = psutil.Process(server.process.pid), 0.0
    for one in [first, *first.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # older versions go meanwhile
            total += one.memory_full_info().pss / 1e6
    return total


def _tell(figures: Figures, tally: Timed, changes: list[tuple[float, float]]) -> None:
    count = len(tally.answers)
    figures.tell("requests, a second", f"{count}, {count / tally.took:.0f}")
    figures.hold("failed", tally.failed() == 0, f"{tally.failed()} {dict(tally.statuses)} {dict(tally.errors)}")
    during = [took for at, took in tally.answers if any(since <= at <= until + 2 for since, until in changes)]
    rest = [took for at, took in tally.answers if not any(since <= at <= until + 2 for since, until in changes)]
    for what, values in (("while versions change places", during), ("otherwise", rest)):
        figures.tell(
            f"p50, p95, p99, longest, ms, {what} ({len(values)})",
            ", ".join(f"{percentile(values, share) * 1000:.0f}" for share in (50, 95, 99))
            + f", {max(values, default=0) * 1000:.0f}",
        )
    p99 = percentile([took for _, took in tally.answers], 99)
    figures.hold("p99 of all under 500 ms", p99 < LONGEST_P99, f"{p99 * 1000:.0f} ms")
    for kind, values in sorted(tally.seconds.items()):
        figures.tell(
            f"p50, p99, ms: {kind} ({len(values)})",
            f"{percentile(values, 50) * 1000:.0f}, {percentile(values, 99) * 1000:.0f}",
        )


if __name__ == "__main__":
    main()
