"""Two PostgreSQL servers of Debian's, PgBouncer and failover.py, on one machine, with the files of deploy/failover."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.registry_server import ROOT, free_port

DEPLOY = ROOT / "deploy/failover"
VERSION = "15"
PASSWORD, REPLICA_PASSWORD = "drill-ocop", "drill-replica"
NAMES = ("first", "second")


@dataclass(frozen=True)
class Databases:
    """Both servers and the pooler. Everything is below `folder`, also what Debian keeps in /etc."""

    folder: Path
    ports: dict[str, int]
    pooler_port: int

    @property
    def url(self) -> str:
        """The pooler's address, which the server is told."""
        return f"postgres://ocop:{PASSWORD}@127.0.0.1:{self.pooler_port}/ocop"

    @property
    def direct_url(self) -> str:
        """The address of whichever of the two takes writes, past the pooler."""
        hosts = ",".join("127.0.0.1" for _ in self.ports)
        ports = ",".join(map(str, self.ports.values()))
        there = f"host={hosts}&port={ports}&target_session_attrs=read-write"
        return f"postgres://ocop:{PASSWORD}@/ocop?{there}"

    def url_of(self, name: str) -> str:
        """The address of one of the databases itself."""
        return f"postgres://ocop:{PASSWORD}@127.0.0.1:{self.ports[name]}/ocop"

    def failover(self, *arguments: str) -> tuple[int, str]:
        """Run deploy/failover/failover.py; its end and what it says."""
        command = [
            sys.executable,
            str(DEPLOY / "failover.py"),
            "--config",
            str(self.folder / "failover.ini"),
            *arguments,
        ]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        return told.returncode, (told.stdout + told.stderr).strip()

    def processes(self, name: str) -> list[psutil.Process]:
        """A database's first process and all that it has started."""
        pid = int((self.folder / name / "postmaster.pid").read_text().splitlines()[0])
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to all processes of a database: SIGKILL, or SIGSTOP, as a machine that says nothing more."""
        for process in self.processes(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def start(self, name: str) -> None:
        """Start a database as its machine would."""
        self.debian("pg_ctlcluster", VERSION, name, "start")

    def cut_off(self, name: str, *, really: bool) -> None:
        """Let failover.py find nobody on this machine, as behind a broken line."""
        path = self.folder / f"{name}.cut"
        path.touch() if really else path.unlink(missing_ok=True)

    def debian(self, *command: str) -> str:
        """Run one of Debian's commands for clusters."""
        env = {**os.environ, "PG_CLUSTER_CONF_ROOT": str(self.folder / "etc")}
        told = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if told.returncode:
            raise RuntimeError(f"{' '.join(command)}: {told.stderr or told.stdout}")
        return told.stdout

    def sql(self, name: str, statement: str) -> str:
        """The answer to a statement of PostgreSQL's owner."""
        command = ["runuser", "-u", "postgres", "--", "psql", "-XAtq", "-p", str(self.ports[name]), "-d", "postgres"]
        told = subprocess.run([*command, "-c", statement], cwd="/", capture_output=True, text=True, check=True)
        return told.stdout.strip()


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[Databases]:
    """Set both up as docs/failover.md says, and the pooler; nothing is left of them."""
    folder.mkdir()
    folder.parent.chmod(0o755)
    folder.chmod(0o755)
    shutil.chown(folder, "postgres")
    found = Databases(folder, {name: free_port() for name in NAMES}, free_port())
    try:
        for name in NAMES:
            _create(found, name)
        found.start("first")
        _roles(found)
        _configure(found)
        _must(found, "begin", "first")
        _must(found, "join", "second", "--anew")
        yield found
    finally:
        if (folder / "stop").exists():
            subprocess.run([folder / "stop"], check=False)
        for name in NAMES:
            with contextlib.suppress(OSError, psutil.NoSuchProcess, ValueError, IndexError, RuntimeError):
                found.send(name, signal.SIGCONT)
                found.debian("pg_ctlcluster", "--skip-systemctl-redirect", VERSION, name, "stop", "-m", "immediate")


def _must(found: Databases, *arguments: str) -> None:
    status, told = found.failover(*arguments)
    if status:
        raise RuntimeError(f"failover.py {' '.join(arguments)}: {told}")


def _create(found: Databases, name: str) -> None:
    (found.folder / "etc").mkdir(exist_ok=True)
    found.debian(
        "pg_createcluster", VERSION, name, "--start-conf", "manual", "-p", str(found.ports[name]),
        "-d", str(found.folder / name), "-l", str(found.folder / f"{name}.log"), "-e", "UTF8", "--locale", "C.UTF-8",
    )  # fmt: skip
    to = found.folder / "etc" / VERSION / name / "conf.d/ocop.conf"
    to.write_text((DEPLOY / "postgresql.conf").read_text().replace("'*'", "'127.0.0.1'"))
    to.chmod(0o644)


def _roles(found: Databases) -> None:
    port = str(found.ports["first"])
    command = ["runuser", "-u", "postgres", "--", "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-p", port]
    words = {**os.environ, "OCOP_PASSWORD": PASSWORD, "OCOP_REPLICA_PASSWORD": REPLICA_PASSWORD}
    subprocess.run(command, input=(DEPLOY / "roles.sql").read_bytes(), cwd="/", check=True, env=words)


def _configure(found: Databases) -> None:
    """Write the files of deploy/failover with this folder's paths and ports in them."""
    folder = found.folder
    passwords = folder / "pgpass"
    passwords.write_text(f"127.0.0.1:*:*:ocop_replica:{REPLICA_PASSWORD}\n")
    users = folder / "userlist.txt"
    users.write_text(f'"ocop" "{PASSWORD}"\n')
    for path in (passwords, users):
        path.chmod(0o600)
        shutil.chown(path, "postgres")
    text = (DEPLOY / "pgbouncer.ini").read_text()
    for deployed, here in {
        "/etc/pgbouncer": folder,
        "listen_port = 6432": f"listen_port = {found.pooler_port}",
        "/var/log/postgresql": folder,
        "/var/run/postgresql/pgbouncer.pid": folder / "pgbouncer.pid",
    }.items():
        assert deployed in text, deployed
        text = text.replace(deployed, str(here))
    (folder / "pgbouncer.ini").write_text(text)
    (folder / "target.ini").write_text("[databases]\n")
    text = (DEPLOY / "failover.ini.example").read_text()
    for number, name in enumerate(NAMES, 11):
        there = f"env PG_CLUSTER_CONF_ROOT={folder}/etc PGPASSFILE={passwords} {folder}/run {name}"
        text = text.replace(f"ssh -o BatchMode=yes -o ConnectTimeout=3 root@10.0.0.{number}", there)
        text = text.replace(f"host = 10.0.0.{number}\nport = 5432", f"host = 127.0.0.1\nport = {found.ports[name]}")
    text = text.replace("cluster = main", "cluster = first", 1).replace("cluster = main", "cluster = second", 1)
    text = text.replace("/etc/pgbouncer", str(folder))
    text = text.replace("systemctl stop pgbouncer", f"{folder}/stop")
    text = text.replace("systemctl start pgbouncer", f"{folder}/start")
    (folder / "failover.ini").write_text(text)
    # In the place of ssh: fails as it does where the line is cut. In the place of systemctl: the same without systemd.
    cut = f'if [ -e "{folder}/$1.cut" ]; then echo "no route to $1" >&2; exit 255; fi'
    _script(folder / "run", cut, 'exec sh -c "$2"')
    pid = folder / "pgbouncer.pid"
    _script(
        folder / "stop",
        f"[ -e {pid} ] || exit 0; pid=$(cat {pid}); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.05; done",
    )
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    start = f"runuser -u postgres -- {program} --daemon --quiet {folder}/pgbouncer.ini"
    _script(folder / "start", f"cd / && {start} >/dev/null 2>&1 </dev/null")


def _script(path: Path, *lines: str) -> None:
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
