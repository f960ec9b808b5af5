"""A PostgreSQL of one's own for the time of a measurement."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start the cluster in `folder` with PostgreSQL's own settings, fsync on; its database's address.

    It is made where there is none yet.

    Raises FileNotFoundError where PostgreSQL is not installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed: apt install postgresql")
    binaries = found[-1].parent
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = folder / "postgresql"
    is_new = not home.exists()
    home.mkdir(exist_ok=True)
    as_owner = []
    if os.geteuid() == 0:  # initdb refuses to run as root
        folder.chmod(0o711)
        subprocess.run(["chown", "postgres", str(home)], check=True)
        as_owner = ["runuser", "-u", "postgres", "--"]

    def run(*command: str) -> None:
        with (folder / "postgresql.log").open("a") as log:
            subprocess.run([*as_owner, *command], check=True, stdout=log, stderr=log, cwd="/")

    if is_new:
        run(
            f"{binaries}/initdb", "-D", f"{home}/cluster", "-U", "ocop", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
    run(f"{binaries}/pg_ctl", "-D", f"{home}/cluster", "-w", "-l", f"{home}/log", "-o", options, "start")
    try:
        yield f"postgres://ocop@127.0.0.1:{port}/postgres"
    finally:
        run(f"{binaries}/pg_ctl", "-D", f"{home}/cluster", "-m", "immediate", "stop")


@contextmanager
def own_database(*, on_postgresql: bool) -> Iterator[None]:
    """Lead the server's code in this process to an empty database of its own, and a data folder.

    That is in a fresh cluster, or else in the PostgreSQL that DATABASE_URL names, or an SQLite file.
    """
    from tests.server.scratch_database import scratch_database  # needs the development environment

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if on_postgresql:
            os.environ["DATABASE_URL"] = stack.enter_context(cluster(Path(folder)))
        env = stack.enter_context(scratch_database(empty=True))
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "OCOP_SERVER_DATA": folder, **env}
        yield
