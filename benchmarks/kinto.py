#!/usr/bin/env python
"""The registry server beside Kinto, the well-kept server for records that devices copy: the same work, in one run.

    .venv/bin/python benchmarks/kinto.py [--products 20000] [--notes 1000] [--devices 500] [--seconds 30]
    .venv/bin/python benchmarks/kinto.py --only snapshot        # snapshot, polls, notes or devices; may be given again

Both run on one PostgreSQL of their own (a database each, fsync on), each behind Waitress with two workers of eight
threads. Kinto is installed into an environment of its own, by pip, which `--kinto FOLDER` keeps for the next run.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import requests

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import postgresql, server_load  # noqa: E402 - of this project, not installed
from benchmarks.notes_sent import API, sign_in  # noqa: E402
from benchmarks.report import measured_on, table  # noqa: E402
from benchmarks.server_load import Device, Load, Tally, apart, one_after_another, percentile  # noqa: E402
from tests.support.registry_server import RegistryServer, free_port  # noqa: E402

KINTO = "kinto[postgresql]==26.5.0"
ATTACHMENT = "kinto-attachment==8.0.0"
WORKERS, THREADS = 2, 8
PERSON, PASSWORD = "kiemtra01", "a password of the benchmark"
ACCOUNT = f"Basic {base64.b64encode(f'{PERSON}:{PASSWORD}'.encode()).decode()}"
PRODUCTS, NOTES, BASE64_NOTES = (
    f"/v1/buckets/ocop/collections/{name}/records" for name in ("products", "notes", "b64")
)
BOUNDARY = "a-boundary-of-the-benchmark"
SECONDS = 60.0

# Kinto's own settings, as `kinto init` writes them, but for the three that name this run's places, the attachments, and
# a log of one line a request as ours.
SETTINGS = """
[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.default_bucket
                 kinto.plugins.accounts
                 kinto_attachment
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.cache_backend = kinto.core.cache.postgresql
kinto.cache_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.userid_hmac_secret = 7a0e3c
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
kinto.account_create_principals = system.Everyone
kinto.attachment.base_path = {folder}/attachments
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = json
[logger_root]
level = INFO
handlers = console
[handler_console]
class = kinto.core.StreamHandlerWithRequestID
args = (sys.stderr,)
level = NOTSET
formatter = json
[formatter_json]
class = kinto.core.JsonLogFormatter
"""
# Kinto behind the same server as ours, with as many processes and threads.
LAUNCHER = """
import os, signal, socket, sys
from pyramid.paster import get_app, setup_logging
import waitress
setup_logging(sys.argv[1])
door = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=2048)
children = [os.fork() for _ in range(1)] if int(sys.argv[3]) == 2 else []
if all(children):
    signal.signal(signal.SIGTERM, lambda *_: ([os.kill(child, signal.SIGKILL) for child in children], os._exit(0)))
waitress.serve(get_app(sys.argv[1]), sockets=[door], threads=int(sys.argv[4]), connection_limit=1000,
               asyncore_use_poll=True)
"""


class KintoDevice(Device):
    """A device of Kinto: polls with `_since`, and sends a note with its photo as an attachment, in one request."""

    async def turn(self) -> None:
        """Poll, or send a note; Kinto's tokens need no refreshing."""
        if self.chance.random() < server_load.NOTE_SHARE:
            await self.send_note()
        else:
            await self.poll()

    async def poll(self) -> None:
        """Ask what has changed; the condition lets Kinto answer 304 by the collection's time alone."""
        await self.ask("poll", "GET", f"{PRODUCTS}?_since={self.cursor}", more=f'If-None-Match: "{self.cursor}"\r\n')

    def write_note(self) -> None:
        """Have one more note ready: its path, its body and its media type."""
        identity = str(uuid.uuid4())
        said = json.dumps({**self.load.note, "device": self.device.id, "account": PERSON}, ensure_ascii=False)
        self.ready.append(self.packed(identity, said))

    def packed(self, identity: str, said: str) -> tuple[str, Sequence[bytes], str]:
        """The request of an attachment's upload, with the record's members."""
        part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
        head = f'{part}data"\r\n\r\n{said}\r\n{part}attachment"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        body = (head.encode(), self.picture.content, f"{identity}\r\n--{BOUNDARY}--\r\n".encode())
        return f"{NOTES}/{identity}/attachment", body, f"multipart/form-data; boundary={BOUNDARY}"

    async def send_note(self) -> None:
        """Send a note and its photo: one that is ready, or a new one."""
        if not self.ready:
            self.write_note()
        path, body, media_type = self.ready.pop()
        method = "PUT" if media_type == "application/json" else "POST"
        await self.ask("note", method, path, body, f"Content-Type: {media_type}\r\n")

    async def ask(
        self, kind: str, method: str, path: str, body: str | Sequence[bytes] = (), more: str = ""
    ) -> bytes:  # fmt: skip
        """Send one request under the account, timed as ours are."""
        content = (body.encode(),) if isinstance(body, str) else body
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {sum(map(len, content))}\r\n{more}"
        head += f"Authorization: {ACCOUNT}\r\n\r\n"
        began = time.perf_counter()
        async with asyncio.timeout(server_load.TIMEOUT):
            status, answer = await self._exchange(head.encode(), content)
            while status == 409:  # two writers met: Kinto asks to send it again
                self.tally.seconds.setdefault("sent again", []).append(0.0)
                status, answer = await self._exchange(head.encode(), content)
        self.tally.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        self.tally.statuses[f"{kind} {status}"] += 1
        return answer


class Base64Device(KintoDevice):
    """A device of Kinto that puts its photo into the record."""

    def packed(self, identity: str, said: str) -> tuple[str, Sequence[bytes], str]:
        """The request of a record that holds its photo."""
        photo = base64.b64encode(self.picture.content + identity.encode())
        body = (b'{"data": {"photo": "', photo, f'", {said[1:]}}}'.encode())
        return f"{BASE64_NOTES}/{identity}", body, "application/json"


@dataclass(frozen=True)
class Side:
    """One of the two servers: how to reach it, and how to change one product of it."""

    name: str
    device: type[Device]
    load: Load
    snapshot: str
    products: int
    change: Callable[[int], object]


def checked(tally: Tally, name: str) -> Tally:
    """The tally. Raises SystemExit where a request failed: the figures would mean nothing."""
    bad = {status: n for status, n in tally.statuses.items() if status.split()[1] not in {"200", "201", "304"}}
    if bad or tally.errors:
        raise SystemExit(f"{name}: {bad} {dict(tally.errors)}")
    return tally


@dataclass(frozen=True)
class Fetched:
    """A snapshot: seconds until its last byte was there, until it was unpacked and until it was parsed; its bytes."""

    there: float
    unpacked: float
    parsed: float
    size: int


def fetched(side: Side) -> Fetched:
    """The whole register, fetched once. Raises requests.RequestException, and SystemExit where products are missing."""
    there = unpacked = parsed = 0.0
    size = products = 0
    page: str | None = side.snapshot
    with requests.Session() as session:
        session.headers.update({"Authorization": ACCOUNT} if "/v1/b" in side.snapshot else {})
        while page:  # Kinto gives at most 10,000 records in one answer
            began = time.perf_counter()
            answer = session.get(page, timeout=SECONDS, stream=True)
            content = answer.raw.read(decode_content=False)
            there += time.perf_counter() - began
            answer.raise_for_status()
            text = gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content
            unpacked += time.perf_counter() - began
            register = json.loads(text)
            parsed += time.perf_counter() - began
            size += len(content)
            products += len(register.get("products") or register["data"])
            page = answer.headers.get("Next-Page")
    if products != side.products:
        raise SystemExit(f"{side.name} gave {products} products of {side.products}")
    return Fetched(there, unpacked, parsed, size)


def snapshots(sides: Sequence[Side], rounds: int) -> Iterator[tuple[str, ...]]:
    """The register whole: again, and for the first time after one product has changed."""
    again: dict[str, list[Fetched]] = {side.name: [] for side in sides}
    first: dict[str, list[Fetched]] = {side.name: [] for side in sides}
    for side in sides:
        fetched(side)
    for number in range(rounds):
        for side in sides:
            again[side.name].append(fetched(side))
            side.change(number)
            first[side.name].append(fetched(side))
    for what, found in (("again", again), ("first after a change", first)):
        for until in ("there", "unpacked", "parsed"):
            medians = (1000 * statistics.median(getattr(one, until) for one in found[side.name]) for side in sides)
            yield line(f"snapshot {what}, ms until it is {until}", *medians)
    yield line("snapshot, kB on the line", *(again[side.name][0].size / 1000 for side in sides))


def polls(sides: Sequence[Side], turns: int) -> Iterator[tuple[str, ...]]:
    """Polls that find nothing, over eight connections."""
    told = [checked(apart(one_after_another, s.load, s.device, 8, turns, "poll"), s.name) for s in sides]
    rates = [len(tally.seconds["poll"]) / tally.took for tally in told]
    yield line("idle polls a second, 8 connections", *rates, more_is_better=True)
    yield line("idle polls, p99, ms", *(1000 * percentile(tally.seconds["poll"], 99) for tally in told))


def notes(sides: Sequence[Side], count: int) -> Iterator[tuple[str, ...]]:
    """Notes with a photo, by one client and by eight."""
    ours, kinto = sides
    for clients in (1, 8):
        tallies = [
            checked(apart(one_after_another, side.load, device, clients, count, "send_note"), device.__name__)
            for side, device in ((ours, ours.device), (kinto, KintoDevice), (kinto, Base64Device))
        ]
        rates = [len(tally.seconds["note"]) / tally.took for tally in tallies]
        yield line(f"notes with a photo a second, {clients} clients, by attachment", *rates[:2], more_is_better=True)
        yield line(f"the same, by base64, {clients} clients", rates[0], rates[2], more_is_better=True)
        yield line("sent again after 409", *(float(len(t.seconds.get("sent again", ()))) for t in tallies[:2]))


def devices(sides: Sequence[Side], count: int, seconds: float) -> Iterator[tuple[str, ...]]:
    """Many devices at once, each resting five seconds on average."""
    tallies = []
    for side in sides:
        load = replace(side.load, devices=count, seconds=seconds, pause=5.0)
        tallies.append(apart(server_load.run_devices, load, side.device))
        tallies[-1].statuses.pop("poll 304", None)
    yield line(f"{count} devices: failed", *(float(tally.failed()) for tally in tallies))
    for share in (95, 99):
        slow = (1000 * percentile(tally.seconds["note"], share) for tally in tallies)
        yield line(f"{count} devices: a note with its photo, p{share}, ms", *slow)


def line(what: str, ours: float, kinto: float, *, more_is_better: bool = False) -> tuple[str, ...]:
    """A row of the table: both, and how many times as good ours is."""
    better, worse = (ours, kinto) if more_is_better else (kinto, ours)
    return what, f"{ours:.0f}", f"{kinto:.0f}", f"{better / worse:.2f} x" if worse else "-"


@contextmanager
def our_side(folder: Path, url: str, products: int, clients: int) -> Iterator[Side]:
    """Our server with its sample register of so many products."""
    os.environ |= {
        "DATABASE_URL": url, "OCOP_SERVER_DATA": str(folder / "server"), "DJANGO_SETTINGS_MODULE": "config.settings"
    }  # fmt: skip
    import django
    from django.core.management import call_command
    from django.db import connections, transaction

    django.setup()
    call_command("migrate", verbosity=0)
    sample = import_module("register.sample")
    write = import_module("register.management.commands.sample_register").write
    with transaction.atomic():
        write(sample.build(sample.SEED, sample.date(2026, 11, 23), products, max(1, products // 5)))
    product = import_module("register.models").Product.objects.order_by("gtin")

    def change(number: int) -> None:
        one = product[number * 7 % products]
        one.name = f"Tên {number}"
        one.save()

    started = RegistryServer(
        folder / "server", env={"DATABASE_URL": url}, arguments=("--workers", str(WORKERS), "--threads", str(THREADS))
    )
    with started:
        signed_in = sign_in(url, started.data, clients)
        address = f"{started.url}{API}/snapshot"
        cursor = requests.get(address, timeout=SECONDS).json()["next_cursor"]
        load = Load(started.port, 1, 0, 5.0, signed_in, cursor, server_load.photo(), server_load.note())
        try:
            yield Side("ours", Device, load, address, products, change)
        finally:
            connections.close_all()


@contextmanager
def kinto_side(folder: Path, url: str, home: Path, products: Sequence[dict[str, Any]], ours: Side) -> Iterator[Side]:
    """Kinto with the same products, as documents."""
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", KINTO, ATTACHMENT], check=True)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE DATABASE kinto")
        database.execute("ALTER DATABASE kinto SET timezone TO 'UTC'")
    settings, port = folder / "kinto.ini", free_port()
    settings.write_text(SETTINGS.format(url=url.replace("postgres://", "postgresql://")[:-8] + "kinto", folder=folder))
    (folder / "kinto.log").touch()
    subprocess.run([str(home / "bin" / "kinto"), "migrate", "--ini", str(settings), "-q"], check=True)
    with (folder / "kinto.log").open("a") as log:
        command = [str(python), "-c", LAUNCHER, str(settings), str(port), str(WORKERS), str(THREADS)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    session = requests.Session()
    session.headers["Authorization"] = ACCOUNT

    def ask(method: str, path: str, **given: Any) -> requests.Response:
        answer = session.request(method, address + path, timeout=SECONDS, **given)
        answer.raise_for_status()
        return answer

    def change(number: int) -> None:
        gtin = products[number * 7 % len(products)]["gtin"]
        ask("PATCH", f"{PRODUCTS}/{gtin}", json={"data": {"name": f"Tên {number}"}})

    try:
        _until_it_answers(address)
        requests.put(f"{address}/v1/accounts/{PERSON}", json={"data": {"password": PASSWORD}}, timeout=SECONDS)
        ask("PUT", "/v1/buckets/ocop")
        for collection in (PRODUCTS, NOTES, BASE64_NOTES):
            ask("PUT", collection.removesuffix("/records"))
        _fill(url.replace("/postgres", "/kinto"), products)
        newest = ask("HEAD", PRODUCTS).headers["ETag"].strip('"')
        load = replace(ours.load, port=port, cursor=newest)
        yield Side("Kinto", KintoDevice, load, f"{address}{PRODUCTS}", len(products), change)
    finally:
        process.terminate()
        process.wait(20)


def _fill(url: str, products: Sequence[dict[str, Any]]) -> None:
    """Put the products where Kinto keeps records, as its own call would, which takes some 10 ms for each."""
    with psycopg.connect(url) as database, database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO objects (id, parent_id, resource_name, data, last_modified, deleted)"
            " VALUES (%s, '/buckets/ocop/collections/products', 'record', %s::jsonb, NULL, FALSE)",
            [(product["gtin"], json.dumps(product, ensure_ascii=False)) for product in products],
        )
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("ANALYZE")


def _until_it_answers(address: str) -> None:
    ends = time.monotonic() + SECONDS
    while True:
        try:
            requests.get(f"{address}/v1/", timeout=5).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
        else:
            return


def main(arguments: list[str] | None = None) -> None:
    """Measure both in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9, help="of the snapshots")
    parser.add_argument("--polls", type=int, default=4000)
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30, help="of the run with many devices")
    parser.add_argument("--kinto", type=Path, metavar="FOLDER", help="an environment to keep Kinto in")
    parser.add_argument("--only", action="append", choices=("snapshot", "polls", "notes", "devices"))
    options = parser.parse_args(arguments)
    parts = options.only or ("snapshot", "polls", "notes", "devices")
    rows: list[tuple[str, ...]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ocop-kinto-")))
        url = stack.enter_context(postgresql.cluster(folder))
        ours = stack.enter_context(our_side(folder, url, options.products, max(options.devices, 16)))
        documents = requests.get(ours.snapshot, timeout=SECONDS).json()["products"]
        home = (options.kinto or folder / "kinto").resolve()
        sides = (ours, stack.enter_context(kinto_side(folder, url, home, documents, ours)))
        measured: dict[str, Callable[[], Iterator[tuple[str, ...]]]] = {
            "snapshot": lambda: snapshots(sides, options.rounds),
            "polls": lambda: polls(sides, options.polls),
            "notes": lambda: notes(sides, options.notes),
            "devices": lambda: devices(sides, options.devices, options.seconds),
        }
        # Snapshots change products, so the devices' cursors are of before; they come last.
        for part in sorted(parts, key=("polls", "notes", "devices", "snapshot").index):
            for row in measured[part]():
                rows.append(row)
                print(*row, sep=" | ", file=sys.stderr, flush=True)
    print(table(("what", "ours", "Kinto", "ours is better by"), rows))
    print(f"\n{options.products:,} products, {KINTO}, {ATTACHMENT}; {measured_on('django', 'waitress', 'psycopg')}")


if __name__ == "__main__":
    main()
