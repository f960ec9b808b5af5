"""Devices that behave as the app does where the server fails: they keep what was written, rest, and send it again."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import inspect
import json
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import rfc8785

from benchmarks.notes_sent import API, SignedIn
from services.client.registry import Registry

POLLS, NOTES, REFRESHES = 0.62, 0.17, 0.04
"""Shares of all requests; each note has its photo besides, which makes the rest."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # services/sync/syncer.py
WANTED = {"poll": {200}, "note": {200, 201}, "photo": {200, 201}, "refresh": {200}}
DRAIN = 60.0
"""Seconds that devices may still take for what is left when nobody writes any more."""


@dataclass(frozen=True)
class Work:
    """What the devices do: so many requests a second, for so many seconds."""

    port: int
    rate: float
    seconds: float
    signed_in: tuple[SignedIn, ...]
    cursor: str
    photo: bytes
    note: dict[str, object]
    begun: Path
    """A file that is made when they begin."""


@dataclass(frozen=True)
class Asked:
    """One request: when it ended by the system's monotonic clock, its kind, its status (0: none), how long it took."""

    at: float
    kind: str
    status: int
    seconds: float
    told: str


@dataclass
class Written:
    """A note: the hashes of its body and its photo, and which of both the server has confirmed."""

    sha256: str
    photo: str
    note_confirmed: bool = False
    photo_confirmed: bool = False


@dataclass
class Story:
    """What the devices met and hold at the end. `names` has one copy a device: product names by GTIN."""

    asked: list[Asked] = field(default_factory=list)
    written: dict[str, Written] = field(default_factory=dict)
    names: list[dict[str, str]] = field(default_factory=list)
    waiting: int = 0


class Failed(Exception):
    """An answer that says nothing was done, or none. `patience`: seconds that the server asked for."""

    def __init__(self, patience: float = 0.0) -> None:
        super().__init__()
        self.patience = patience


class Device:
    """One device, with a connection for its outbox and one for the register, as the app has."""

    def __init__(self, work: Work, number: int, story: Story) -> None:
        self.work, self.story = work, story
        self.chance = random.Random(number)
        self.access, self.refresh, self.id = work.signed_in[number][:3]
        self.cursor = work.cursor
        self.names: dict[str, str] = {}
        self.outbox: list[tuple[str, bytes, bytes]] = []
        self.woken = asyncio.Event()
        story.names.append(self.names)

    async def live(self, ends: float) -> None:
        """Write and poll until the time is over, then send what is left and poll to the end."""
        self.over = ends
        await asyncio.gather(self._write(), self._again(self._send), self._again(self._poll), self._again(self._renew))
        for left in (self._send, self._poll):
            with_time = time.monotonic() + DRAIN
            while time.monotonic() < with_time:
                try:
                    await left()
                    break
                except Failed as failed:
                    await asyncio.sleep(max(1.0, failed.patience))
        self.story.waiting += len(self.outbox)

    def _mean(self, share: float) -> float:
        """Seconds between two of a kind on this device."""
        return len(self.work.signed_in) / (self.work.rate * share)

    async def _write(self) -> None:
        await self._sleep(self.chance.random() * self._mean(NOTES))
        while time.monotonic() < self.over:
            identity = str(uuid.uuid4())
            photo = self.work.photo + identity.encode()  # what follows a JPEG's end is no part of the picture
            sha256 = hashlib.sha256(photo).hexdigest()
            named = [{"sha256": sha256, "size": len(photo), "type": "image/jpeg"}]
            about = {"id": identity, "device": self.id, "account": "kiemtra01", "photos": named}
            body = rfc8785.dumps({**self.work.note, **about, "text": f"Nhãn đúng. {identity}"})  # type: ignore[dict-item]
            self.story.written[identity] = Written(hashlib.sha256(body).hexdigest(), sha256)
            self.outbox.append((identity, body, photo))
            self.woken.set()
            await self._sleep(self.chance.expovariate(1 / self._mean(NOTES)))

    async def _again(self, do: Callable[[], Awaitable[None]]) -> None:
        """Do it again and again; after a failure rest as services/sync/syncer.py does."""
        share = {"_poll": POLLS, "_renew": REFRESHES}.get(do.__name__)
        failures = 0
        await self._sleep(self.chance.random() * self._mean(share or POLLS))
        while time.monotonic() < self.over:
            try:
                await do()
                failures = 0
            except Failed as failed:
                rest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**failures) * self.chance.uniform(0.5, 1)
                failures += 1
                self.woken.clear()
                await self._sleep(failed.patience)
                if share is None:  # a new note ends the rest, and not what the server asked for
                    await self._woken_or(rest - failed.patience)
                else:
                    await self._sleep(rest - failed.patience)
                continue
            if share is None:
                await self._woken_or(self.over - time.monotonic())
                self.woken.clear()
            else:
                await self._sleep(self.chance.expovariate(1 / self._mean(share)))

    async def _woken_or(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, min(seconds, self.over - time.monotonic()))):
                await self.woken.wait()
        except TimeoutError:
            pass

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, min(seconds, self.over - time.monotonic())))

    async def _send(self) -> None:
        while self.outbox:
            identity, body, photo = self.outbox[0]
            written = self.story.written[identity]
            address = f"{API}/inspections/{identity}"
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            head = f"Content-Digest: sha-256=:{digest}:\r\n"
            receipt = json.loads(await self._ask("note", "PUT", address, body, head))
            if receipt["sha256"] != written.sha256:
                raise RuntimeError("a wrong receipt")
            written.note_confirmed = True
            to = f"{address}/photos/{written.photo}"
            await self._ask("photo", "PUT", to, photo, f"X-Device: {self.id}\r\n")
            written.photo_confirmed = True
            self.outbox.pop(0)

    async def _renew(self) -> None:
        answer = await self._ask(
            "refresh", "POST", f"{API}/auth/refresh", json.dumps({"refresh": self.refresh}).encode()
        )
        self.access = json.loads(answer)["access"]

    async def _poll(self) -> None:
        more = True
        while more:
            page = json.loads(await self._ask("poll", "GET", f"{API}/changes?limit=500&cursor={self.cursor}"))
            for change in page["changes"]:
                if change["op"] == "upsert":
                    self.names[change["product"]["gtin"]] = change["product"]["name"]
            self.cursor, more = page["next_cursor"], page["more"]

    async def _ask(self, kind: str, method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\n{more}"
        if kind != "poll":
            head += f"Authorization: Bearer {self.access}\r\n"
        began, status, told, fields, answer = time.monotonic(), 0, "", dict[str, str](), b""
        try:
            async with asyncio.timeout(PATIENCE):
                status, fields, answer = await self._exchange(head.encode() + b"\r\n" + body)
        except (TimeoutError, OSError, EOFError, ValueError) as error:
            told = type(error).__name__
        ended = time.monotonic()
        if status == 503:
            told = f"Retry-After: {fields.get('retry-after')}"
        self.story.asked.append(Asked(ended, kind, status, ended - began, told))
        if status not in WANTED[kind]:
            raise Failed(float(fields.get("retry-after", 0)))
        return answer

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.work.port)
        try:
            writer.write(request)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            answer = await reader.readexactly(int(fields["content-length"]))
            return int(head[0].split()[1]), fields, answer
        finally:
            writer.close()


PATIENCE = float(inspect.signature(Registry).parameters["timeout"].default[1])
"""Seconds for which the app waits for the next piece of an answer."""


def live(work: Work) -> Story:
    """Let all devices live, in this process."""
    story = Story()
    work.begun.touch()

    async def all_of_them() -> None:
        ends = time.monotonic() + work.seconds
        await asyncio.gather(*(Device(work, number, story).live(ends) for number in range(len(work.signed_in))))

    asyncio.run(all_of_them())
    return story
