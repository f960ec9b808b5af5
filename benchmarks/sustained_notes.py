"""How many notes with a photo the registry server takes for minutes on end, and whether its memory stays flat.

    .venv/bin/python benchmarks/sustained_notes.py                 # ten minutes, two workers, 8 connections
    .venv/bin/python benchmarks/sustained_notes.py --seconds 60

The real server on a PostgreSQL of its own, fsync on, over loopback. Every note comes from an account, is signed by its
device's key and brings a photo of about 180 kB that no other note has. Bodies, digests and signatures are made before
the clock runs, so that the process that sends them costs little; its share of the machine is printed beside. Photos
stay on disk until the end: 60,000 notes are 11 GB. Ends with 1 where a request failed, where fewer than `--goal` notes
a second were taken, or where the workers' memory grew by more than `--growth` percent after the first fifth.
"""

from __future__ import annotations

import argparse
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from benchmarks.notes_sent import Picture, SignedIn, note_request, sign_in  # noqa: E402 - found by the line above
from benchmarks.report import measured_on, table  # noqa: E402
from benchmarks.server_load import TIMEOUT, note, photo, processor_of, server  # noqa: E402

ROW_SECONDS = 30
NOTES_A_CONNECTION = 20
"""Devices come and go, so that the worker with less to do gets the next one."""


@dataclass
class Sent:
    """What the senders met so far."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)


def prepared(device: SignedIn, picture: Picture) -> tuple[bytes, bytes]:
    """A new note: what stands before the photo that all have in common, with the request's head, and what after it."""
    key = Ed25519PrivateKey.from_private_bytes(device.key)
    made = note_request(note(), picture, device.id, (device.kid, key))
    length = len(made.before) + len(picture.content) + len(made.after)
    head = f"PUT {made.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n{made.headers}"
    return f"{head}Authorization: Bearer {device.access}\r\n\r\n".encode() + made.before, made.after


def send_all(
    port: int, notes: queue.SimpleQueue[tuple[bytes, bytes]], picture: bytes, until: float, sent: Sent
) -> None:
    """Send notes one after another, until the time is over or there are none."""
    connection: socket.socket | None = None
    on_this = 0
    while time.monotonic() < until:
        try:
            before, after = notes.get_nowait()
        except queue.Empty:
            sent.wrong["no notes left: --most is too small"] += 1
            return
        try:
            connection = connection or socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
            parts = [memoryview(part) for part in (before, picture, after)]
            while parts:
                done = connection.sendmsg(parts)
                while parts and done >= len(parts[0]):
                    done -= len(parts.pop(0))
                if parts:
                    parts[0] = parts[0][done:]
            status, receipt = answer(connection)
            sent.statuses[status] += 1
            if status == "201" and not json.loads(receipt)["files"][0]["stored"]:
                sent.wrong["a photo was not stored"] += 1
            on_this = (on_this + 1) % NOTES_A_CONNECTION
            if on_this == 0:
                connection.close()
                connection = None
        except (OSError, ValueError) as error:
            sent.wrong[type(error).__name__] += 1
            if connection is not None:
                connection.close()
            connection = None
    if connection is not None:
        connection.close()


def answer(connection: socket.socket) -> tuple[str, bytes]:
    """The status and the body of an answer. Raises OSError where it breaks off."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += _some(connection)
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += _some(connection)
    return head.split()[1].decode(), body


def _some(connection: socket.socket) -> bytes:
    some = connection.recv(65536)
    if not some:
        raise ConnectionError("the server closed the connection")
    return some


def memory_of(process: subprocess.Popen[str] | None) -> list[float]:
    """Megabytes of each of its processes that no other process shares: the program, its workers, the queue."""
    assert process is not None
    return [one.memory_full_info().uss / 1e6 for one in psutil.Process(process.pid).children(recursive=True)]


def postgresql_seconds(port: int) -> float:
    """Seconds of processor that the cluster on a port has used, those of ended connections too."""
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and str(port) in (process.info["cmdline"] or []):
            times = process.cpu_times()
            alive = sum(sum(child.cpu_times()[:2]) for child in process.children())
            return float(sum(times[:2]) + times.children_user + times.children_system + alive)
    return 0.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--goal", type=float, default=100, help="notes a second")
    parser.add_argument("--growth", type=float, default=10, help="percent")
    parser.add_argument("--most", type=int, default=200, help="notes a second that are prepared")
    options = parser.parse_args()
    picture = Picture(photo())
    rows: list[tuple[str, ...]] = []
    memory: list[float] = []
    sent = Sent()
    with server(options.workers, options.threads) as (running, url):
        port_of_database = int(url.rpartition(":")[2].partition("/")[0])
        senders = sign_in(url, running.data, options.connections)
        notes: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
        for number in range(options.seconds * options.most):
            notes.put(prepared(senders[number % len(senders)], picture))
        began = time.monotonic()
        until = began + options.seconds
        threads = [
            threading.Thread(target=send_all, args=(running.port, notes, picture.content, until, sent), daemon=True)
            for _ in senders
        ]
        for thread in threads:
            thread.start()

        def state() -> tuple[float, int, float, float, float]:
            return (
                time.monotonic(), sent.statuses["201"], processor_of(running.process),
                postgresql_seconds(port_of_database), time.process_time(),
            )  # fmt: skip

        first = last = state()
        while (left := until - time.monotonic()) > 0.5:
            time.sleep(min(ROW_SECONDS, left))
            now, of_workers = state(), memory_of(running.process)
            memory.append(sum(of_workers))
            took = now[0] - last[0]
            rows.append((
                f"{now[0] - began:.0f}", f"{(now[1] - last[1]) / took:.0f}",
                *(f"{(now[part] - last[part]) / took:.2f}" for part in (2, 3, 4)),
                " + ".join(f"{one:.0f}" for one in of_workers),
            ))  # fmt: skip
            print(rows[-1], file=sys.stderr, flush=True)
            last = now
        for thread in threads:
            thread.join(TIMEOUT)
    rate = (last[1] - first[1]) / (last[0] - first[0])
    warm = memory[len(memory) // 5]
    growth = (memory[-1] / warm - 1) * 100
    print(table(("second", "notes/s", "server, cores", "PostgreSQL, cores", "sender, cores", "processes, MB"), rows))
    print(f"\n{rate:.1f} notes a second; memory {growth:+.1f} % from {warm:.0f} MB; answers {dict(sent.statuses)}")
    machine = measured_on("django", "waitress", "psycopg")
    print(f"{dict(sent.wrong) or 'nothing failed'}; {options.workers} workers of {options.threads} threads; {machine}")
    failed = sent.wrong or set(sent.statuses) != {"201"}
    return 1 if failed or rate < options.goal or growth > options.growth else 0


if __name__ == "__main__":
    sys.exit(main())
