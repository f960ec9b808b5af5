"""One run: the app and the server in processes of their own, the plan's faults between them, and the reckoning."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import requests

from services.client.registry import Registry
from services.register.catalogue import Catalogue
from services.register.products import Product
from services.sync.passes import fetch
from tests.faults import app, disk
from tests.faults.fieldwork import INSPECTORS
from tests.faults.lives import Lives, was_killed
from tests.faults.plan import Fault, Plan
from tests.faults.postgresql import Cluster
from tests.faults.proxy import Elsewhere, Proxy
from tests.faults.reckoning import Findings, Stored, compare_run
from tests.support.registry_server import MADE_UP as KNOWS_MADE_UP
from tests.support.registry_server import READY_SECONDS, ROOT, RegistryServer

PATIENCE = 1.0
_STANDSTILL = 60.0
_EDIT_EVERY = 150
# The register changes while it is fetched: names, deletions, certificates; each line on its standard input is one time.
_EDITOR = """
import sys, time
from django.db import DatabaseError, InterfaceError, connection
from register.models import Product
def edit(turn):
    for product in Product.objects.order_by('gtin')[turn * 3 % 300 : turn * 3 % 300 + 20]:
        product.name = f'{product.name.split(" · ")[0]} · {turn}'
        product.save()
    Product.objects.order_by('-gtin').first().delete()
for turn, _ in enumerate(sys.stdin):
    for again in range(1800):
        try:
            edit(turn)
            break
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            why = error
            time.sleep(0.1)
    else:
        raise why
"""


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `faults` counts each kind as often as it happened."""

    findings: Findings
    faults: Counter[str]
    requests: int
    seen_by_server: Counter[str]
    app_kills: int
    server_kills: int
    database_kills: int
    register_edits: int
    seconds: float

    @property
    def deduplicated(self) -> int:
        """How often the server was given what it already had, and said so."""
        return self.seen_by_server["PUT 200"]


class Trial:
    """The run of `plan` in `folder`, on an SQLite file there unless a PostgreSQL is given."""

    def __init__(self, folder: Path, plan: Plan, notes: int, postgresql: Cluster | None = None) -> None:
        database_url = postgresql.url if postgresql else None
        self._postgresql = postgresql
        self._plan = plan
        self._notes = notes
        self._database_url = database_url
        self._server = RegistryServer(
            folder / "server", env=KNOWS_MADE_UP | ({"DATABASE_URL": database_url} if database_url else {})
        )
        self._elsewhere = Elsewhere()
        self._proxy = Proxy(
            self._server.port,
            lambda n, method, path: self._choose(n),
            PATIENCE,
            elsewhere=self._elsewhere.url,
            kill_app=lambda: self._app.kill(),
            kill_server=self._kill_server,
            kill_database=self._kill_database,
            expire_tokens=self._expire_tokens,
            disturb_disk=lambda: disk.disturb(folder / "app"),
            rename_accounts=self._rename_accounts,
            has_moved=lambda address: self._job.moved.write_text(address),
        )
        (folder / "app").mkdir(parents=True)
        self._job = app.Job(folder / "app", self._proxy.url, plan.seed, notes, PATIENCE)
        self._app = Lives(app.run, self._job)
        self._killing = threading.Lock()
        self._over = False
        self._broken: Exception | None = None
        self._server_kills = self._database_kills = self._edits = self._renames = 0
        (folder / "plan").write_text("\n".join(plan.written()) + "\n")

    def run(self) -> Outcome:
        """Until every note was received, or nothing new was stored for a minute."""
        began = time.monotonic()
        self._server.start()
        with self._editor() as self._editing:
            try:
                sent = self._until_sent()
                self._app.end()
                with contextlib.suppress(BrokenPipeError):
                    if self._editing.stdin:
                        self._editing.stdin.close()
                edited = self._editing.wait(READY_SECONDS)
                findings = self._reckon()
                if not sent:
                    findings.say("the server has stored nothing new for so many seconds", _STANDSTILL)
                if edited:
                    findings.say("an edit of the register failed", edited)
            finally:
                self._app.end()
                self._editing.kill()
                with self._killing:
                    self._over = True
                self._server.stop()
                self._proxy.close()
                self._elsewhere.close()
        return Outcome(
            findings,
            self._proxy.applied,
            self._proxy.requests,
            self._proxy.seen_by_server,
            self._app.kills,
            self._server_kills,
            self._database_kills,
            self._edits,
            time.monotonic() - began,
        )

    def _until_sent(self) -> bool:
        """Whether the app has come to its end; it is started again after each kill."""
        moved, moves_then = time.monotonic(), -1
        while True:
            self._app.begin()
            while (code := self._app.ended(0.2)) is None:
                if self._broken:
                    raise self._broken
                # What is started again takes its time, of a busy machine minutes, and nothing is stored meanwhile.
                moves = self._proxy.seen_by_server["PUT 201"] + self._app.kills
                if moves != moves_then or self._killing.locked():
                    moved, moves_then = time.monotonic(), moves
                if time.monotonic() - moved > _STANDSTILL:
                    return False
            if code == 0:
                return True
            if not was_killed(code):
                raise RuntimeError(f"the app ended by itself ({code}):\n{self._log()}")

    def _choose(self, n: int) -> Fault | None:
        if self._over:
            return None
        if n % _EDIT_EVERY == 0 and self._editing.stdin:
            self._edits += 1
            with contextlib.suppress(BrokenPipeError):  # it has ended, which is found out at the end
                self._editing.stdin.write(b"\n")
                self._editing.stdin.flush()
        return self._plan.at(n)

    def _kill_server(self) -> None:
        with self._starting_again():
            self._server.kill()
            self._server.start()
            self._server_kills += 1

    def _kill_database(self) -> None:
        with self._starting_again():
            if self._postgresql is None:
                raise RuntimeError("only a PostgreSQL of the trial's own can be killed")
            self._postgresql.kill()
            self._postgresql.start()
            self._database_kills += 1

    @contextlib.contextmanager
    def _starting_again(self) -> Iterator[None]:
        """One at a time, and the run ends with it where something cannot be started again."""
        with self._killing:
            if self._over:
                raise ConnectionError("the run is over")
            try:
                yield
            except Exception as error:
                self._broken = error

    def _expire_tokens(self) -> None:
        self._execute("UPDATE accounts_accesstoken SET expires_at = '2020-01-01 00:00:00'")

    def _rename_accounts(self) -> None:
        """As the back office does it; the number in the name counts the renames."""
        self._renames += 1
        statements = []
        for inspector, _ in INSPECTORS:
            name = f"{inspector}.{self._renames}"
            whose = f"(SELECT user_id FROM accounts_bornename WHERE name = '{inspector}')"
            statements.append(f"UPDATE accounts_user SET username = '{name}' WHERE id = {whose}")
            statements.append(f"INSERT INTO accounts_bornename (name, user_id) SELECT '{name}', {whose}")
        self._execute(*statements)
        self._expire_tokens()

    def _execute(self, *statements: str) -> None:
        """All of them at once, or none; again where the server's own work stood in the way."""
        for _ in range(9):
            with contextlib.suppress(psycopg.OperationalError):
                self._execute_once(statements)
                return
        self._execute_once(statements)

    def _execute_once(self, statements: Sequence[str]) -> None:
        if self._database_url:
            with self._killing, psycopg.connect(self._database_url) as connection:
                for statement in statements:
                    connection.execute(statement.encode())
            return
        with (
            contextlib.closing(sqlite3.connect(self._server.data / "registry.sqlite3", timeout=20)) as database,
            database,
        ):
            for statement in statements:
                database.execute(statement)

    def _editor(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "server" / "manage.py"), "shell", "--no-imports", "-c", _EDITOR],
            env={"OCOP_SERVER_DATA": str(self._server.data), "DATABASE_URL": self._database_url or ""},
            stdin=subprocess.PIPE,
        )

    def _reckon(self) -> Findings:
        disk.restore(self._job.folder)
        with self._killing:  # what is being killed is started again first
            self._over = True
        self._fetch_in_peace()
        stored = Stored.read(self._server.data, self._database_url)
        found = compare_run(self._job.workspace, self._job.journal, stored, seed=self._plan.seed, notes=self._notes)
        found.faults += [f"something reached the other host: {piece[:200]!r}" for piece in self._elsewhere.reached]
        found.faults += [f"the app's log: {line}" for line in self._log().splitlines() if line.startswith("ERROR")]
        self._compare_register(found)
        return found

    def _fetch_in_peace(self) -> None:
        """The pages that are left since the app's last fetch, on top of the copy as all the faults have left it."""
        self._over = True
        catalogue = Catalogue.open(self._job.workspace / "catalogue")
        report = fetch(catalogue, Registry(self._proxy.url))
        catalogue.close()
        if report.problem:
            raise RuntimeError(f"the register cannot be fetched in peace: {report.problem}")

    def _compare_register(self, found: Findings) -> None:
        catalogue = Catalogue.open(self._job.workspace / "catalogue", read_only=True)
        truth = requests.get(f"{self._server.url}/api/v1/snapshot", timeout=30).json()
        copy = catalogue.copy
        if not copy.complete or copy.products != len(truth["products"]):
            found.say("the copy of the register is not whole", (copy, len(truth["products"])))
        for product in truth["products"]:
            if catalogue.product(product["gtin"]) != Product.from_json(product):
                found.say("the copy of the register is wrong", product["gtin"], counts_as="wrong")

    def _log(self) -> str:
        return self._job.log.read_text() if self._job.log.exists() else ""
