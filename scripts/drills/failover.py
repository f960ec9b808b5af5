"""The first database is lost under load, in two ways, and the standby takes over; then the standby is lost."""
# drill: two databases under load: the first is killed, then one falls silent; the standby takes over, nothing is lost
# needs: postgresql pgbouncer

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

import psycopg
import requests
from databases import Databases, databases
from devices import PATIENCE, Asked, Story, Work, live
from frame import Figures

from benchmarks import server_load
from benchmarks.notes_sent import API, sign_in
from tests.support.registry_server import ROOT, RegistryServer

WITHOUT_SERVICE = 30.0
SEEN = 30.0
"""Seconds in which /metrics has to tell that the standby is away."""
DEVICES_A_REQUEST = 2
"""So many devices for each request a second."""

# The office edits the register meanwhile, through the pooler as the server does. A line is an edit that was confirmed.
_EDITOR = """
import json, sys, time
ends = time.monotonic() + float(sys.argv[2])
import django; django.setup()
from django.db import InterfaceError, InternalError, OperationalError, connection
from register.models import Product
turn = 0
while time.monotonic() < ends:
    turn += 1
    while True:
        try:
            product = Product.objects.order_by('gtin')[turn % 40]
            product.name = f'{product.name.split(" · ")[0]} · {sys.argv[1]}.{turn}'
            product.save()
            break
        except (InterfaceError, InternalError, OperationalError):
            connection.close()
            time.sleep(1)
    print(json.dumps([product.gtin, product.name]), flush=True)
    time.sleep(1)
"""


@dataclass(frozen=True)
class Loss:
    """What happened while the devices worked: when it began, when somebody acted, and what they were told."""

    began: float
    acted: float
    done: float
    told: str = ""


@dataclass
class Drill:
    """What all three parts share."""

    figures: Figures
    databases: Databases
    server: RegistryServer
    rate: float
    seconds: float
    reaction: float
    turns: int = 0
    edits: dict[str, str] = field(default_factory=dict)

    def under_load(self, what: Callable[[], Loss]) -> tuple[Story, Loss]:
        """Let `what` happen after a third of the time, while devices and office work."""
        self.turns += 1
        count = round(DEVICES_A_REQUEST * self.rate)
        writer = self.writer
        signed_in = sign_in(self.databases.url_of(writer), self.server.data, count)
        cursor = requests.get(f"{self.server.url}{API}/snapshot", timeout=60).json()["next_cursor"]
        photo, note = server_load.photo(), server_load.note()
        begun = self.databases.folder / f"begun.{self.turns}"
        work = Work(self.server.port, self.rate, self.seconds, signed_in, cursor, photo, note, begun)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, self._office() as office:
            running = pool.submit(live, work)
            while not begun.exists():
                time.sleep(0.1)
            acts = time.monotonic() + self.seconds / 3
            self.back_up()
            time.sleep(max(0.0, acts - time.monotonic()))
            loss = what()
            story = running.result()
            office.wait(60)
            assert office.stdout is not None
            self.edits |= dict(json.loads(line) for line in office.stdout if line.endswith("\n"))
        return story, loss

    def back_up(self) -> None:
        """Make a backup beside the devices, past the pooler: it must spoil no session that the server is lent."""
        told = self.manage("back_up", str(self.databases.folder / "backups"))
        self.figures.hold(
            "a backup beside the devices", told.returncode == 0, (told.stdout + told.stderr).splitlines()[-1:]
        )

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's commands in its environment."""
        env = {**os.environ, **self.server.env, "OCOP_SERVER_DATA": str(self.server.data)}
        env["OCOP_BACKUP_PASSPHRASE"] = "words of the failover drill"
        program = [sys.executable, str(ROOT / "server/manage.py"), *command]
        return subprocess.run(program, cwd=ROOT / "server", env=env, capture_output=True, text=True, check=False)

    @property
    def writer(self) -> str:
        """Which of the two takes writes, by failover.py's file."""
        text = (self.databases.folder / "target.ini").read_text()
        return next(name for name, port in self.databases.ports.items() if f" port={port} " in text)

    @property
    def standby(self) -> str:
        """The other one."""
        return next(name for name in self.databases.ports if name != self.writer)

    def act(self, *arguments: str) -> Loss:
        """Somebody notices what has just happened, and runs failover.py."""
        began = time.monotonic()
        time.sleep(self.reaction)
        acted = time.monotonic()
        status, told = self.databases.failover(*arguments)
        done = time.monotonic()
        for line in told.splitlines():
            self.figures.tell("failover.py says", line)
        self.figures.hold(f"failover.py {' '.join(arguments)}", status == 0, f"{done - acted:.1f} s")
        return Loss(began, acted, done, told)

    @contextlib.contextmanager
    def _office(self) -> Iterator[subprocess.Popen[str]]:
        env = {**os.environ, **self.server.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        env["OCOP_SERVER_DATA"] = str(self.server.data)
        with (self.databases.folder / "office.log").open("a") as log:
            command = [sys.executable, "-c", _EDITOR, str(self.turns), str(self.seconds * 0.8)]
            office = subprocess.Popen(
                command, cwd=ROOT / "server", env=env, stdout=subprocess.PIPE, stderr=log, text=True
            )
            try:
                yield office
            finally:
                office.kill()
                office.wait()


def main() -> None:
    """Try all three, and tell what held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--seconds", type=float, default=90, help="of load, for each of the three")
    parser.add_argument("--reaction", type=float, default=5, help="seconds until somebody runs failover.py")
    given = parser.parse_args()
    figures = Figures("failover")
    with tempfile.TemporaryDirectory(prefix="ocop-failover-") as name, databases(Path(name) / "databases") as both:
        env = {"DATABASE_URL": both.url, "OCOP_POOLER": "1", "OCOP_DIRECT_DATABASE_URL": both.direct_url}
        server = RegistryServer(Path(name) / "server", env=env, arguments=("--workers", "2"))
        with server:
            drill = Drill(figures, both, server, given.rate, given.seconds, given.reaction)
            _killed(drill)
            _silent(drill)
            _without_standby(drill)
    figures.exit()


def _killed(drill: Drill) -> None:
    """SIGKILL to every process of the writer, as a power cut; then it comes back, and becomes a standby."""
    lost, standby = drill.writer, drill.standby
    print(f"\n{lost} is killed, {standby} takes over")

    def lose() -> Loss:
        drill.databases.send(lost, signal.SIGKILL)
        return drill.act("promote", standby)

    story, loss = drill.under_load(lose)
    _reckon(drill, story, loss)
    drill.databases.start(lost)
    is_standby = drill.databases.sql(lost, "SELECT pg_is_in_recovery()")
    drill.figures.hold(f"{lost}, started again by itself, takes no writes", is_standby == "t")
    _join(drill, lost)


def _silent(drill: Drill) -> None:
    """The writer says nothing more (SIGSTOP), and cannot be told anything either; later it wakes, and knows nothing."""
    lost, standby = drill.writer, drill.standby
    print(f"\n{lost} falls silent and cannot be reached, {standby} takes over")

    def lose() -> Loss:
        drill.databases.cut_off(lost, really=True)
        drill.databases.send(lost, signal.SIGSTOP)
        return drill.act("promote", standby)

    story, loss = drill.under_load(lose)
    _reckon(drill, story, loss)
    drill.databases.send(lost, signal.SIGCONT)
    time.sleep(2)
    confirmed, told = _try_to_write(drill.databases.url_of(lost))
    drill.figures.hold(f"{lost}, awake again, confirms no write", not confirmed, told)
    drill.databases.cut_off(lost, really=False)
    _join(drill, lost)


def _without_standby(drill: Drill) -> None:
    """The standby is killed: writes wait, until somebody lets the writer go on alone."""
    lost = drill.standby
    print(f"\n{lost}, the standby, is killed; {drill.writer} goes on alone")
    seen: list[float] = []

    def lose() -> Loss:
        drill.databases.send(lost, signal.SIGKILL)
        began = time.monotonic()
        while not seen and time.monotonic() - began < SEEN:
            with contextlib.suppress(requests.RequestException):
                metrics = requests.get(f"{drill.server.url}/metrics", timeout=PATIENCE).text
                if 'ocop_works{part="standby"} 0.0' in metrics.splitlines():
                    seen.append(time.monotonic() - began)
            time.sleep(0.2)
        return replace(drill.act("alone"), began=began)

    story, loss = drill.under_load(lose)
    drill.figures.hold("/metrics tells it", bool(seen), f"after {seen[0]:.1f} s" if seen else "")
    _reckon(drill, story, loss)
    status, told = drill.databases.failover("promote", lost)
    drill.figures.hold("the standby that was away may not take over", status == 1 and "alone" in told, told)
    drill.databases.start(lost)
    _join(drill, lost)


def _join(drill: Drill, lost: str) -> None:
    began = time.monotonic()
    status, told = drill.databases.failover("join", lost)
    drill.figures.hold(f"{lost} follows again, by pg_rewind", status == 0, f"{time.monotonic() - began:.1f} s")
    if status:
        drill.figures.tell("failover.py says", told)
    said = [line for line in drill.manage("doctor").stdout.splitlines() if "standby" in line]
    drill.figures.hold("the doctor sees the standby", said == ["OK  standby: confirms each commit"], said)


def _try_to_write(url: str) -> tuple[bool, str]:
    """Whether a database confirms a write within a few seconds, and what it says."""
    command = ["psql", "-Xq", url, "-c", "CREATE TABLE written_after_the_failover (n int)"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=8, check=False)
    except subprocess.TimeoutExpired:
        return False, "it waits for its standby"
    return told.returncode == 0, told.stderr.strip()


def _reckon(drill: Drill, story: Story, loss: Loss) -> None:
    """Hold what the devices were told against what stands in the database that took over."""
    hold, tell = drill.figures.hold, drill.figures.tell
    statuses = Counter(f"{asked.kind} {asked.status or asked.told}" for asked in story.asked)
    tell("requests, and a second", f"{len(story.asked)}, {len(story.asked) / drill.seconds:.0f}")
    tell("answers", ", ".join(f"{what}: {n}" for what, n in sorted(statuses.items())))
    _answers(drill, story)
    for kind in ("note", "poll"):
        gap = _gap(story.asked, kind, loss)
        told = f"{gap:.1f} s, of which {loss.acted - loss.began:.0f} until somebody acted"
        hold(f"seconds without service: {kind}s, under {WITHOUT_SERVICE:.0f}", gap < WITHOUT_SERVICE, told)
    _records(drill, story)
    truth = requests.get(f"{drill.server.url}{API}/snapshot", timeout=60).json()["products"]
    names = {product["gtin"]: product["name"] for product in truth}
    skipped = sum(names[gtin] != name for copy in story.names for gtin, name in copy.items())
    skipped += sum(copy.get(gtin) != names[gtin] for copy in story.names for gtin in _edited(drill))
    hold("changes that a device has not, or other than the register", skipped == 0, skipped)
    undone = [gtin for gtin, name in drill.edits.items() if _turn(names[gtin]) < _turn(name)]
    hold(
        "edits of the register that were confirmed and are lost", not undone, f"{len(undone)} of {len(_edited(drill))}"
    )


def _edited(drill: Drill) -> list[str]:
    return [gtin for gtin, name in drill.edits.items() if _turn(name)[0] == drill.turns]


def _turn(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.rpartition(" · ")[2].split(".")))


def _answers(drill: Drill, story: Story) -> None:
    hold = drill.figures.hold
    faults = [asked for asked in story.asked if asked.status not in {0, 200, 201, 503}]
    hold("answers that are neither what was asked for nor 503", not faults, len(faults))
    hasty = [asked for asked in story.asked if asked.status == 503 and asked.told.endswith("None")]
    hold("503 without Retry-After", not hasty, len(hasty))
    none = Counter(asked.told for asked in story.asked if asked.status == 0)
    hold(f"requests without an answer within the app's {PATIENCE:.0f} s", not none, dict(none) or 0)
    slowest = max((asked for asked in story.asked), key=lambda asked: asked.seconds)
    drill.figures.tell("the slowest answer", f"{slowest.seconds:.1f} s ({slowest.kind} {slowest.status})")


def _gap(asked: list[Asked], kind: str, loss: Loss) -> float:
    """The longest time without a success, from the loss on; the end counts as none."""
    times = sorted(one.at for one in asked if one.kind == kind and one.status in {200, 201})
    times.append(max(one.at for one in asked if one.kind == kind))
    return max(
        (later - earlier for earlier, later in itertools.pairwise(times) if later > loss.began), default=math.inf
    )


def _records(drill: Drill, story: Story) -> None:
    hold = drill.figures.hold
    with psycopg.connect(drill.databases.url_of(drill.writer)) as database:
        notes = database.execute("SELECT id::text, sha256, body FROM inspections_inspection").fetchall()
        photos = database.execute("SELECT inspection_id::text, sha256, file FROM inspections_photo").fetchall()
    hashes = {identity: sha256 for identity, sha256, _ in notes}
    files = {(identity, sha256): file for identity, sha256, file in photos if file}
    confirmed = {identity: written for identity, written in story.written.items() if written.note_confirmed}
    lost = [identity for identity, written in confirmed.items() if hashes.get(identity) != written.sha256]
    hold("confirmed notes that are lost", not lost, f"{len(lost)} of {len(confirmed)}")
    shown = {identity: written for identity, written in story.written.items() if written.photo_confirmed}
    gone = [
        identity
        for identity, written in shown.items()
        if not _is_kept(drill.server.data, files.get((identity, written.photo), ""), written.photo)
    ]
    hold("confirmed photos that are lost", not gone, f"{len(gone)} of {len(shown)}")
    texts = Counter(json.loads(body)["text"] for _, _, body in notes)
    doubled = sum(n - 1 for n in texts.values()) + len(photos) - len({(one, other) for one, other, _ in photos})
    hold("notes and photos that are there twice", doubled == 0, doubled)
    hold("notes that are still on a device", story.waiting == 0, f"{story.waiting} of {len(story.written)}")


def _is_kept(data: Path, file: str, sha256: str) -> bool:
    path = data / file
    return bool(file) and path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


if __name__ == "__main__":
    main()
