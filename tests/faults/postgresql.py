"""A PostgreSQL of our own in a temporary folder, as durable as it is by default: fsync stays on."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.registry_server import free_port

_BINARIES = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Where the newest PostgreSQL's programs are, or None where there is none that could be started here."""
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found or (os.geteuid() == 0 and shutil.which("runuser") is None):
        return None
    return found[-1].parent


@contextlib.contextmanager
def temporary_postgresql() -> Iterator[str]:
    """The DATABASE_URL of a new cluster, which is gone afterwards. Raises RuntimeError where it cannot be started."""
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
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgres://ocop@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
