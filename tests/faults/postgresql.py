"""A PostgreSQL of our own in a temporary folder, as durable as it is by default: fsync stays on."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.registry_server import READY_SECONDS, free_port

_BINARIES = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Where the newest PostgreSQL's programs are, or None where there is none that could be started here."""
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found or (os.geteuid() == 0 and shutil.which("runuser") is None):
        return None
    return found[-1].parent


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL. `start` starts it again after `kill`."""

    url: str
    folder: Path
    start: Callable[[], None]

    def kill(self) -> None:
        """Stop all its processes at once, as a power cut does."""
        first = psutil.Process(int((self.folder / "postmaster.pid").read_text().splitlines()[0]))
        processes = [first, *first.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=20)


@contextlib.contextmanager
def temporary_postgresql() -> Iterator[Cluster]:
    """Start a new cluster, which is gone afterwards. Raises RuntimeError where it cannot be started."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("there is no PostgreSQL here")
    with tempfile.TemporaryDirectory(prefix="ocop-postgresql-") as name:
        folder, port = Path(name), free_port()
        # initdb refuses to run as root, and `postgres` must be able to enter the folder.
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if as_postgres:
            folder.chmod(0o711)
            shutil.chown(folder, "postgres")
        cluster = folder / "cluster"

        def run(program: str, *arguments: str) -> None:
            command = [*as_postgres, str(programs / program), "-D", str(cluster), *arguments]
            with (folder / "said").open("a") as said:
                if subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False).returncode:
                    raise RuntimeError(f"{program}:\n{(folder / 'said').read_text()[-2000:]}")

        run("initdb", "-U", "ocop", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=60"

        def start() -> None:
            run("pg_ctl", "-w", "-t", str(READY_SECONDS), "-l", str(folder / "log"), "-o", options, "start")

        start()
        try:
            yield Cluster(f"postgres://ocop@127.0.0.1:{port}/postgres", cluster, start)
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
