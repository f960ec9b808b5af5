"""What version 0.1.0 has left behind (tests/fixtures/0.1.0/make.py says how), and how to compare it with today."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import requests

from services.accounts.key_stores import KeyStoreSilent, kept_key
from services.accounts.sealing import SealingKey
from services.workspace import Device
from tests.support.registry_server import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "0.1.0"
EXPECTED: dict[str, Any] = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
REGISTER: str = EXPECTED["register"]
"""The address under which the app of then knew its server."""
PASSWORDS = {
    "kiemtra01": "mau-kiemtra-01",
    "kiemtra02": "mau-kiemtra-02",
    "cuahang01": "mau-cuahang-01",
    "quantri": "mau-quantri-01",
}
HOSTS = {"OCOP_ALLOWED_HOSTS": "register.example,127.0.0.1"}


class NoKeyStore:
    """A computer on which no key store answers: the key is in a file, as it was then."""

    def get(self, name: str) -> str | None:
        raise KeyStoreSilent("there is none")

    def set(self, name: str, secret: str) -> None:
        raise KeyStoreSilent("there is none")


def unlock(device: Device, key: str) -> None:
    """Give the device the key that seals its tokens, as the app does when it starts."""
    if key == "local":
        device.accounts.unlock(kept_key(device.folder, device.id, NoKeyStore(), make_file=False))
    else:
        device.accounts.unlock(SealingKey.of_browser(key))


def recorded() -> list[dict[str, Any]]:
    """Each request that the app of then has sent, in order, with the answer that it got."""
    return [json.loads(line) for line in (FIXTURES / "requests.jsonl").read_text(encoding="utf-8").splitlines()]


def unpack_server(folder: Path, database: str, url: str | None = None) -> dict[str, Any]:
    """Put that version's server's data into `folder`, and its dump into the database at `url`; what it said last.

    Its sessions live 90 days. They are given another, so that it is the code which is tried and not the calendar.
    """
    with tarfile.open(FIXTURES / f"{database}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    longer = "UPDATE accounts_devicesession SET expires_at = '{}'"
    if url is None:
        with contextlib.closing(sqlite3.connect(folder / "registry.sqlite3")) as file, file:
            file.execute(longer.format("9999-01-01 00:00:00"))
    else:
        with psycopg.connect(url) as connection:
            connection.execute((folder / "register.sql").read_bytes())
            connection.execute(
                longer.format("9999-01-01 00:00:00+00").replace("accounts_", "public.accounts_").encode()
            )
    answers: dict[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return answers


@contextlib.contextmanager
def client() -> Iterator[requests.Session]:
    """HTTP without what this machine's environment says of proxies and passwords."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def missing(then: Any, now: Any, *, free: frozenset[str] = frozenset(), where: str = "") -> list[str]:
    """Where `now` does not say all that `then` said. It may have more fields; the values of `free` ones may differ."""
    if isinstance(then, dict) and isinstance(now, dict):
        lost = [f"{where}/{name} is gone" for name in then if name not in now]
        kept = [name for name in then if name in now and name not in free]
        return lost + [
            line for name in kept for line in missing(then[name], now[name], free=free, where=f"{where}/{name}")
        ]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        return [line for n, (old, new) in pairs for line in missing(old, new, free=free, where=f"{where}/{n}")]
    return [] if then == now and type(then) is type(now) else [f"{where}: {then!r} was told, now it is {now!r}"]


def misshapen(then: Any, now: Any, where: str = "") -> list[str]:
    """Where a reader of `then` could not read `now`: a field that is gone, or is of another type."""
    if then is None or now is None:
        return []
    if isinstance(then, dict) and isinstance(now, dict):
        lost = [f"{where}/{name} is gone" for name in then if name not in now]
        return lost + [
            line for name in then if name in now for line in misshapen(then[name], now[name], f"{where}/{name}")
        ]
    if isinstance(then, list) and isinstance(now, list):
        return [line for old, new in zip(then[:1], now[:1], strict=False) for line in misshapen(old, new, f"{where}/0")]
    return [] if type(then) is type(now) else [f"{where}: {then!r} was told, now it is {now!r}"]
