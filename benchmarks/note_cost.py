"""What one note with its photo, and one poll that finds nothing, cost the server's processor.

    .venv/bin/python benchmarks/note_cost.py                     # on a PostgreSQL of its own, fsync on
    .venv/bin/python benchmarks/note_cost.py --sqlite
    .venv/bin/python benchmarks/note_cost.py --tree ../before    # another checkout of the project beside this one
    .venv/bin/python benchmarks/note_cost.py --profile           # where it goes: functions and statements

The whole WSGI application with its middleware answers in a process of its own, without the web server in front. Each
note comes from an account and is signed as the app signs it; its photo of 180 kB is in the same request. What each
trial costs is its process's processor time, with PostgreSQL's beside it (benchmarks/README.md).
"""

from __future__ import annotations

import argparse
import base64
import cProfile
import io
import json
import os
import pstats
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).resolve().parent.parent
TREE = Path(os.environ.get("NOTE_COST_TREE") or ROOT)
"""The checkout whose server this process runs."""
# What sends is this checkout's for both, so that both get the same.
sys.path[:0] = [str(ROOT), str(TREE / "server")]

from benchmarks import postgresql  # noqa: E402 - found by the line above
from benchmarks.notes_sent import API, Picture, note_request  # noqa: E402
from benchmarks.report import measured_on, median, table  # noqa: E402
from benchmarks.server_load import note, photo  # noqa: E402

BLOCK = 50
"""Trials that one checkout makes before it is the other's turn."""
WARM = 300
"""Trials before the first that counts: photos then have nearly all their folders."""


@dataclass(frozen=True)
class Sender:
    """An inspector's device: its account's token, and the key that signs its records."""

    device: str
    access: str
    kid: str
    key: Ed25519PrivateKey

    def note(self, picture: Picture) -> dict[str, Any]:
        """The WSGI environment of a new note and its photo, no two of which are the same."""
        made = note_request(note(), picture, self.device, (self.kid, self.key))
        request = environ("PUT", made.path, body=made.before + picture.content + made.after)
        fields = dict(line.split(": ", 1) for line in made.headers.splitlines())
        return request | {
            "CONTENT_TYPE": fields["Content-Type"],
            "HTTP_AUTHORIZATION": f"Bearer {self.access}",
            "HTTP_CONTENT_DIGEST": fields["Content-Digest"],
            "HTTP_RECORD_SIGNATURE": fields["Record-Signature"],
        }


def environ(method: str, path: str, query: str = "", body: bytes = b"") -> dict[str, Any]:
    """What a web server hands to the application."""
    return {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8400", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8400", "HTTP_USER_AGENT": "OCOP-Verify", "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip


class Answering:
    """The application in this process, on a database of its own."""

    def __init__(self) -> None:
        import django

        django.setup()
        from django.apps import apps
        from django.core.management import call_command
        from django.db import connection

        # By name: the server's types are checked with the server.
        device_keys = import_module("records.device_keys")
        call_command("migrate", interactive=False, verbosity=0)
        import_module("issuing.keys").ensure_one()
        import_module("register.description").settle(import_module("records.kinds").schemas())
        user = apps.get_model("accounts", "User")(username="kiemtra01", name="Kiểm tra viên", role="inspector")
        user.save()
        device, key = uuid.uuid4(), Ed25519PrivateKey.generate()
        public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
        device_keys.certify(user, device, public)
        access = import_module("accounts.sessions").sign_in(user, device).access
        self.sender = Sender(str(device), access, device_keys.kid_of(public), key)
        self.application, self.picture = import_module("config.wsgi").application, Picture(photo())
        self.database = Database(connection)
        self.cursor = json.loads(self.answer(environ("GET", f"{API}/snapshot"), 200))["next_cursor"]

    def answer(self, request: dict[str, Any], wanted: int) -> bytes:
        """The body of the answer. Raises RuntimeError where its status is another one."""
        told: list[str] = []
        answer = self.application(request, lambda status, _headers, _error=None: told.append(status))
        body = b"".join(answer)
        answer.close()
        if int(told[0].split()[0]) != wanted:
            raise RuntimeError(f"{told[0]}: {body[:300]!r}")
        if "HTTP_ACCEPT_ENCODING" in request and body[:2] == b"\x1f\x8b":
            import gzip

            body = gzip.decompress(body)
        return body

    def note(self) -> Callable[[], object]:
        """A note that is ready to be sent; its receipt must say that the photo is there."""
        request = self.sender.note(self.picture)

        def send() -> None:
            if not json.loads(self.answer(request, 201))["files"][0]["stored"]:
                raise RuntimeError("the photo was not stored")

        return send

    def poll(self) -> Callable[[], object]:
        """A poll that finds nothing."""
        request = environ("GET", f"{API}/changes", f"limit=500&cursor={self.cursor}")
        return lambda: self.answer(request, 200)

    def block(self, what: str, trials: int) -> dict[str, list[float]]:
        """Milliseconds of processor of so many trials, each one's, and the database's share on average."""
        ready = [getattr(self, what)() for _ in range(trials)]
        before, own = self.database.seconds(), []
        for trial in ready:
            began = time.process_time()
            trial()
            own.append((time.process_time() - began) * 1000)
        return {"own": own, "database": [(self.database.seconds() - before) * 1000 / trials]}

    def profile(self, what: str, trials: int, lines: int) -> str:
        """Where the time of so many trials goes."""
        ready = [getattr(self, what)() for _ in range(trials)]
        statements = Statements()
        with self.database.connection.execute_wrapper(statements):
            for trial in ready[: trials // 2]:
                trial()
        profiler = cProfile.Profile()
        for trial in ready[trials // 2 :]:
            profiler.runcall(trial)
        told = io.StringIO()
        stats = pstats.Stats(profiler, stream=told).strip_dirs()
        stats.sort_stats("cumulative").print_stats(lines)
        stats.sort_stats("tottime").print_stats(lines)
        shown = "\n".join(line for line in told.getvalue().splitlines() if line.strip())
        return f"{statements.told(trials // 2)}\n\nprofile of {trials - trials // 2} trials:\n{shown}"


class Database:
    """What the database's own processes cost; nothing in SQLite, which works within this one."""

    def __init__(self, connection: Any) -> None:
        self.connection, self._server = connection, 0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                status = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
            self._server = int(status.rpartition(")")[2].split()[1])

    def seconds(self) -> float:
        """Seconds of processor that the server's processes have used so far."""
        if not self._server:
            return 0.0
        children = Path(f"/proc/{self._server}/task/{self._server}/children").read_text().split()
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in children) / 1e9


class Statements:
    """Counts and times statements, by their text."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run a statement."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds[re.sub(r'"s\d+_x\d+"', "...", " ".join(str(sql).split()))].append(time.perf_counter() - began)

    def told(self, trials: int) -> str:
        """A line for each statement: how often in a trial, and its milliseconds by the clock."""
        lines = [f"{sum(map(len, self.seconds.values())) / trials:.1f} statements a trial"]
        for sql, seconds in self.seconds.items():
            lines.append(f"{len(seconds) / trials:5.2f} x {median(seconds) * 1000:6.2f} ms  {sql[:150]}")
        return "\n".join(lines)


def work(*, on_postgresql: bool) -> None:
    """Answer this process's parent: a line of JSON with the arguments of a call, and one with what it returned."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with postgresql.own_database(on_postgresql=on_postgresql):
        running = Answering()
        print("{}", file=answers, flush=True)
        for line in sys.stdin:
            method, *arguments = json.loads(line)
            print(json.dumps(getattr(running, method)(*arguments)), file=answers, flush=True)


class Checkout:
    """A process that runs the server of one checkout."""

    def __init__(self, tree: Path, *, on_postgresql: bool, log: Path) -> None:
        self.log = log
        command = [sys.executable, __file__, "--work", *([] if on_postgresql else ["--sqlite"])]
        with log.open("w") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, "NOTE_COST_TREE": str(tree.resolve()), "PYTHONPATH": f"{tree.resolve()}/server"},
            )  # fmt: skip
        self._heard()

    def ask(self, method: str, *arguments: Any) -> Any:
        """Call a method of its `Answering`. Raises RuntimeError with the end of its log where that fails."""
        assert self.process.stdin is not None
        print(json.dumps([method, *arguments]), file=self.process.stdin, flush=True)
        return self._heard()

    def _heard(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.log.read_text()[-3000:])
        return json.loads(line)


@contextmanager
def checkouts(trees: list[Path], *, on_postgresql: bool) -> Iterator[list[Checkout]]:
    """A process for each tree, gone afterwards."""
    started: list[Checkout] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for number, tree in enumerate(trees):
                started.append(Checkout(tree, on_postgresql=on_postgresql, log=Path(folder) / f"{number}.log"))
            yield started
        finally:
            for checkout in started:
                checkout.process.communicate()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=400)
    parser.add_argument("--polls", type=int, default=1000)
    parser.add_argument("--sqlite", action="store_true", help="in an SQLite file instead of PostgreSQL")
    parser.add_argument("--tree", type=Path, help="another checkout, whose server is measured in turns with this one's")
    parser.add_argument("--profile", action="store_true", help="tell where the time goes, of this checkout alone")
    parser.add_argument("--lines", type=int, default=45, help="of the profile")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(on_postgresql=not options.sqlite)
        return 0
    trees = [ROOT] if options.tree is None or options.profile else [options.tree, ROOT]
    counts = {"note": options.notes, "poll": options.polls}
    with checkouts(trees, on_postgresql=not options.sqlite) as running:
        for checkout in running:
            for what in counts:
                checkout.ask("block", what, WARM)
        if options.profile:
            for what, trials in counts.items():
                print(f"## {what}\n\n{running[0].ask('profile', what, trials, options.lines)}\n")
            return 0
        rows = []
        for what, trials in counts.items():
            blocks: list[list[dict[str, list[float]]]] = [[] for _ in running]
            for _ in range(max(1, trials // BLOCK)):
                for checkout, made in zip(running, blocks, strict=True):
                    made.append(checkout.ask("block", what, min(BLOCK, trials)))
            for name, made in zip(["before", "now"][-len(running) :], blocks, strict=True):
                own = sorted(value for block in made for value in block["own"])
                database = [value for block in made for value in block["database"]]
                rows.append(
                    [f"{what}, {name}", str(len(own)), f"{median(own):.2f}", f"{own[0]:.2f}",
                     f"{own[int(len(own) * 0.95)]:.2f}", f"{median(database):.2f}"]
                )  # fmt: skip
    print(f"{'SQLite' if options.sqlite else 'PostgreSQL'}, {measured_on()}; milliseconds of processor\n")
    print(table(["", "trials", "median", "min", "p95", "PostgreSQL beside it"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
