"""How the registry server bears many devices at once: `python benchmarks/server_load.py`.

The real server with two workers on a PostgreSQL of its own (a temporary cluster, fsync on), over loopback, and devices
that behave like the app but in less time: each polls for changes, now and then sends a signed note with its photo of
180 kB, in one request, and now and then refreshes its token. They run in another process of this machine, whose cost is
printed beside. Ends with 1 where any request failed. `--plot` draws docs/server-load.svg.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from benchmarks import postgresql  # noqa: E402 - found by the line above
from benchmarks.notes_sent import API, NoteRequest, Picture, SignedIn, note_request, sign_in  # noqa: E402
from benchmarks.report import measured_on, table  # noqa: E402
from tests.support.registry_server import RegistryServer  # noqa: E402

PLOT = ROOT / "docs" / "server-load.svg"
# Of a device's turns; the rest are polls.
NOTE_SHARE, REFRESH_SHARE = 0.2, 0.05
NOBODY_SHARE = 0.2  # of the devices: those of consumers without an account
TIMEOUT = 60.0


@dataclass(frozen=True)
class Load:
    """One run: how many devices, for how many seconds, and how many seconds each rests on average."""

    port: int
    devices: int
    seconds: float
    pause: float
    signed_in: tuple[SignedIn, ...]
    cursor: str  # the devices hold the register already
    photo: bytes
    note: dict[str, object]


@dataclass
class Tally:
    """What the devices met: seconds by kind of request, statuses by kind, errors of the connection."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    took: float = 0.0
    processor: float = 0.0

    def failed(self) -> int:
        """Answers that the app would not have wanted, and tries without an answer."""
        wanted = {"poll 200", "note 201", "refresh 200"}
        return sum(self.errors.values()) + sum(n for status, n in self.statuses.items() if status not in wanted)

    def five_hundreds(self) -> int:
        """Answers of 500 and above."""
        return sum(n for status, n in self.statuses.items() if status.split()[1].startswith("5"))


class Device:
    """One device with one connection that it keeps, as the app's session does."""

    def __init__(self, load: Load, number: int, tally: Tally) -> None:
        self.load, self.tally = load, tally
        self.chance = random.Random(number)
        self.device = load.signed_in[number]
        nobody = number % round(1 / NOBODY_SHARE) == 0
        self.access = "" if nobody else self.device.access
        self.signer = None if nobody else (self.device.kid, Ed25519PrivateKey.from_private_bytes(self.device.key))
        self.picture = Picture(load.photo)
        self.ready: list[Any] = []
        self.cursor = load.cursor
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def live(self, until: float) -> None:
        """Take turns until the time is over; all devices begin within one pause."""
        await asyncio.sleep(self.chance.random() * self.load.pause)
        while time.perf_counter() < until:
            try:
                await self.turn()
            except (TimeoutError, OSError, EOFError, ValueError) as error:
                self.tally.errors[type(error).__name__] += 1
                self.close()
            rest = self.chance.expovariate(1 / self.load.pause)
            await asyncio.sleep(max(0.0, min(rest, until - time.perf_counter())))
        self.close()

    def close(self) -> None:
        """Drop the connection."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def turn(self) -> None:
        """Poll, or send a note with its photo, or refresh the token."""
        turn = self.chance.random()
        if turn < NOTE_SHARE:
            await self.send_note()
        elif turn < NOTE_SHARE + REFRESH_SHARE and self.access:
            answer = await self.ask(
                "refresh", "POST", f"{API}/auth/refresh", json.dumps({"refresh": self.device.refresh})
            )
            self.access = json.loads(answer)["access"]
        else:
            await self.poll()

    async def poll(self) -> None:
        """Ask what has changed."""
        answer = await self.ask("poll", "GET", f"{API}/changes?limit=500&cursor={self.cursor}")
        self.cursor = json.loads(answer)["next_cursor"]

    def write_note(self) -> None:
        """Have one more note ready to be sent, no two of which are the same."""
        self.ready.append(note_request(self.load.note, self.picture, self.device.id, self.signer))

    async def send_note(self) -> None:
        """Send a note with its photo: one that is ready, or a new one."""
        if not self.ready:
            self.write_note()
        note: NoteRequest = self.ready.pop()
        body = (note.before, self.picture.content, note.after)
        receipt = json.loads(await self.ask("note", "PUT", note.path, body, note.headers))
        if receipt.get("sha256") != note.sha256 or not receipt["files"][0]["stored"]:
            self.tally.errors["wrong receipt"] += 1

    async def ask(
        self, kind: str, method: str, path: str, body: str | Sequence[bytes] = (), more: str = ""
    ) -> bytes:  # fmt: skip
        """Send one request and return the answer's body, timed from the first byte sent to the last one read."""
        content = (body.encode(),) if isinstance(body, str) else body
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {sum(map(len, content))}\r\n{more}"
        if isinstance(body, str):
            head += "Content-Type: application/json\r\n"
        if self.access and kind != "poll":
            head += f"Authorization: Bearer {self.access}\r\n"
        began = time.perf_counter()
        async with asyncio.timeout(TIMEOUT):
            status, answer = await self._exchange(head.encode() + b"\r\n", content)
        self.tally.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        self.tally.statuses[f"{kind} {status}"] += 1
        return answer

    async def _exchange(self, head: bytes, body: Sequence[bytes]) -> tuple[int, bytes]:
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self.close()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.load.port)
        self.writer.writelines((head, *body))
        await self.writer.drain()
        answered = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in answered[1:])}
        answer = await self._body(self.reader, fields)
        if fields.get("connection", "").lower() == "close":
            self.close()
        return int(answered[0].split()[1]), answer

    async def _body(self, reader: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
        if fields.get("transfer-encoding") != "chunked":  # as proxies send what they pass on piece by piece
            return await reader.readexactly(int(fields.get("content-length", 0)))
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body


def run_devices(load: Load, kind: type[Device] = Device) -> Tally:
    """Run all devices of a load in this process."""
    tally = Tally()

    async def all_of_them() -> None:
        until = time.perf_counter() + load.seconds
        await asyncio.gather(*(kind(load, number, tally).live(until) for number in range(load.devices)))

    began = time.perf_counter()
    asyncio.run(all_of_them())
    tally.took = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    tally.processor = used.ru_utime + used.ru_stime
    return tally


def one_after_another(load: Load, kind: type[Device], clients: int, turns: int, what: str) -> Tally:
    """Let so many clients take so many turns altogether (a method of the device), without a rest, in this process.

    The notes that they send are ready before the clock runs.
    """
    tally = Tally()
    devices = [kind(load, number + 1, tally) for number in range(clients)]  # number 0 has no account
    if what == "send_note":
        for one in devices:
            for _ in range(turns // clients):
                one.write_note()

    async def client(one: Device) -> None:
        for _ in range(turns // clients):
            await getattr(one, what)()
        one.close()

    async def all_of_them() -> None:
        await asyncio.gather(*map(client, devices))

    began = time.perf_counter()
    asyncio.run(all_of_them())
    tally.took = time.perf_counter() - began
    return tally


def apart(call: Callable[..., Tally], *arguments: object) -> Tally:
    """The same in a process of its own, so that its cost is not this one's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(call, *arguments).result()


def photo() -> bytes:
    """A JPEG of about 180 kB, as one of 1280 x 960 from a phone."""
    noise = np.random.default_rng(952).normal(128, 22, (480, 640, 3)).clip(0, 255).astype("uint8")
    file = BytesIO()
    Image.fromarray(noise).resize((1280, 960)).save(file, "JPEG", quality=55)
    return file.getvalue()


def note() -> dict[str, object]:
    """What the notes say; the rest is each note's own."""
    code = {"text": "https://id.ocop.example/01/09520000100016", "symbology": "QR Code", "gtin": "09520000100016"}
    return {
        "schema": 1,
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": 0,
        "code": {**code, "lot": None, "serial": None, "expiry": None},
        "verdict": {"status": "certified", "reasons": ["certificate_valid"], "as_of": "2026-11-23T07:00:00Z"},
        "outcome": "matches",
        "text": "Nhãn đúng, còn hạn dùng, bao bì nguyên vẹn.",
        "place": {"lat": 20.95, "lon": 107.08, "accuracy": 12},
        "supersedes": None,
    }


@contextmanager
def server(workers: int, threads: int) -> Iterator[tuple[RegistryServer, str]]:
    """The server and its database's address, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ocop-load-") as folder, postgresql.cluster(Path(folder)) as url:
        started = RegistryServer(
            Path(folder) / "server",
            env={"DATABASE_URL": url},
            arguments=("--workers", str(workers), "--threads", str(threads)),
        )
        with started:
            yield started, url


def processor_of(process: subprocess.Popen[str] | None) -> float:
    """Seconds of processor that a process and its children have used."""
    assert process is not None
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of 100 do not exceed, 0 of nothing."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share) - 1] if len(values) > 1 else 0.0


HEAD = (
    "devices", "requests", "requests/s", "failed", "5xx", "note p50", "note p95", "note p99", "poll p50", "poll p95",
    "refresh p95", "server, cores", "devices, cores",
)  # fmt: skip


def row(load: Load, tally: Tally, cores: float) -> tuple[str, ...]:
    """One line of the table; times in milliseconds."""
    count = sum(len(values) for values in tally.seconds.values())

    def ms(kind: str, share: float) -> str:
        return f"{percentile(tally.seconds.get(kind, []), share) * 1000:.0f}"

    return (
        str(load.devices), str(count), f"{count / tally.took:.0f}", str(tally.failed()), str(tally.five_hundreds()),
        ms("note", 50), ms("note", 95), ms("note", 99), ms("poll", 50), ms("poll", 95), ms("refresh", 95),
        f"{cores:.2f}", f"{tally.processor / tally.took:.2f}",
    )  # fmt: skip


def draw(runs: list[tuple[Load, Tally]], path: Path) -> None:
    """Draw p95 and throughput over the number of devices."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "ocop"
    from matplotlib import pyplot as plt

    devices = [load.devices for load, _ in runs]
    figure, (above, below) = plt.subplots(2, 1, figsize=(6, 5), sharex=True, layout="constrained")
    for kind, words in (("note", "PUT of a note with its photo"), ("poll", "poll")):
        values = [percentile(tally.seconds.get(kind, []), 95) * 1000 for _, tally in runs]
        above.plot(devices, values, marker="o", label=words)
    above.set(ylabel="p95, ms", ylim=(0, None))
    above.legend()
    rates = [sum(map(len, tally.seconds.values())) / tally.took for _, tally in runs]
    below.plot(devices, rates, marker="o", color="black")
    below.set(xlabel="devices at once", ylabel="requests a second", ylim=(0, None))
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Many devices at once against the real server on PostgreSQL.")
    parser.add_argument("--devices", type=int, nargs="+", default=[50, 100, 200, 300, 400, 500])
    parser.add_argument("--seconds", type=float, default=30, help="of each run")
    parser.add_argument("--pause", type=float, default=5, help="a device's mean rest between two turns, in seconds")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--plot", action="store_true", help=f"draw {PLOT.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    runs: list[tuple[Load, Tally]] = []
    rows = []
    with server(options.workers, options.threads) as (running, url):
        signed_in = sign_in(url, running.data, max(options.devices))
        cursor = requests.get(f"{running.url}{API}/snapshot", timeout=TIMEOUT).json()["next_cursor"]
        for devices in options.devices:
            load = Load(running.port, devices, options.seconds, options.pause, signed_in, cursor, photo(), note())
            before = processor_of(running.process)
            tally = apart(run_devices, load)
            runs.append((load, tally))
            rows.append(row(load, tally, (processor_of(running.process) - before) / tally.took))
            print(dict(zip(HEAD, rows[-1], strict=True)), dict(tally.statuses), dict(tally.errors), file=sys.stderr)
    print(table(HEAD, rows))
    print()
    print(
        f"Times in milliseconds; each device rests {options.pause:g} s on average, {options.workers} workers of "
        f"{options.threads} threads; {measured_on('django', 'waitress', 'psycopg')}"
    )
    if options.plot:
        draw(runs, PLOT)
    return 1 if any(tally.failed() for _, tally in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
