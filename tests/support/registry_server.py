"""The real registry server as a subprocess, for tests of the app and of the server itself."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
SERVE = ROOT / "server" / "serve.py"
READY_SECONDS = 180
"""A loaded machine takes minutes to bring an old database up to date. A server that fails ends at once."""
# Tests send more from one address than a person would.
GENEROUS = {
    "OCOP_ANONYMOUS_NOTES_RATE": "1000000",
    "OCOP_ANONYMOUS_PHOTOS_RATE": "1000000",
    "OCOP_REPORT_TRIES_RATE": "1000000",
    "OCOP_READING_RATE": "1000000",
    "OCOP_SIGN_IN_RATE": "1000000",
}
# Where the settings of tests' servers are found: Argon2 would take a quarter of a second for each sign-in.
_QUICK = {"OCOP_SETTINGS": "tests.support.quick_settings", "PYTHONPATH": str(ROOT)}
# With these in its environment a server takes records of the kind `made_up` as well.
MADE_UP = _QUICK | {"OCOP_SETTINGS": "tests.support.made_up.settings"}


def free_port() -> int:
    """A port that nobody listens on now.

    Chosen at random below the ports that systems give to connections, since another process might get one of those
    before the server listens on it.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class RegistryServer:
    """A server with the sample register on `data`, an SQLite file unless `env` names a DATABASE_URL.

    `start()` again on the same data and port continues where `stop()` or `kill()` left it. The server's output goes to
    `server.log` in `data`.
    """

    def __init__(
        self,
        data: Path,
        port: int | None = None,
        env: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        program: Path = SERVE,
    ) -> None:
        self.data = data
        self.program = program
        self.arguments = arguments
        self.port = port or free_port()
        self.env = dict(env or {})
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The server's output so far."""
        return self.data / "server.log"

    def rows(self, sql: str) -> list[Any]:
        """Query its SQLite file beside the running server."""
        with sqlite3.connect(f"file:{self.data / 'registry.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def start(self) -> RegistryServer:
        """Start the server and wait until it listens. Raises RuntimeError with the end of the log if it does not."""
        if self.process is not None:
            raise RuntimeError("the server is running already")
        self.data.mkdir(parents=True, exist_ok=True)
        if "DATABASE_URL" not in self.env and not (self.data / "registry.sqlite3").exists():
            prepared = prepared_register()
            shutil.copy(prepared / "registry.sqlite3", self.data / "registry.sqlite3")
            shutil.copytree(prepared / "issuer-keys", self.data / "issuer-keys", dirs_exist_ok=True)
        self.process = _serve(self.data, self.port, self.env, self.arguments, self.program)
        return self

    def stop(self) -> None:
        """Ask it to stop (SIGTERM) and wait."""
        process, self.process = self.process, None
        if process is not None:
            process.terminate()
            _reap(process)

    def kill(self) -> None:
        """Stop it at once, as a power cut does."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            _reap(process)

    def __enter__(self) -> RegistryServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


@cache
def prepared_register() -> Path:
    """A folder with today's sample register and its keys, as this version of the server writes it.

    Migrating takes long, so the first process does it, once a day for each state of the server's code.
    """
    kept = ROOT / ".pytest_cache" / "registers"
    kept.mkdir(parents=True, exist_ok=True)
    folder = kept / state_of_the_server()
    with FileLock(kept / "lock"):
        if not folder.exists():
            for other in kept.glob("*/"):
                if other.stat().st_mtime < time.time() - 3600:  # others' tests may be copying from a newer one
                    shutil.rmtree(other, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=kept) as name:
                made = Path(name) / "register"
                made.mkdir()
                process = _serve(made, free_port(), {})
                process.terminate()
                _reap(process)
                made.rename(folder)
    return folder


@cache
def state_of_the_server() -> str:
    """A name for what a new register depends on: the server's files, what it draws with, its settings, and the day."""
    today = datetime.now(timezone(timedelta(hours=7))).date()  # Vietnam's
    state = hashlib.sha256(str(today).encode())
    for room in ("server", "printing", "requirements", "tests/support"):
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT)
            if path.is_file() and path.suffix != ".pyc" and not any(part.startswith(".") for part in name.parts):
                state.update(str(name).encode() + path.read_bytes())
    return state.hexdigest()[:32]


def _serve(
    data: Path, port: int, env: Mapping[str, str], arguments: Sequence[str] = (), program: Path = SERVE
) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL" and name[:5] != "OCOP_"}
    with (data / "server.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, str(program), "--port", str(port), "--data", str(data), "--sample", *arguments],
            env={**inherited, **GENEROUS, **_QUICK, **env},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    patience = threading.Timer(READY_SECONDS, process.kill)
    patience.start()
    line = process.stdout.readline()  # returns when the process ends at the latest
    patience.cancel()
    if not line.startswith("ready "):
        process.kill()
        _reap(process)
        raise RuntimeError(f"the server did not start:\n{(data / 'server.log').read_text()[-2000:]}")
    return process


def _reap(process: subprocess.Popen[str]) -> None:
    process.wait(timeout=20)
    if process.stdout is not None:
        process.stdout.close()
