"""Loses a whole server, restores it elsewhere from its backups, and holds all of it against what there was."""
# drill: backups of a full server while notes arrive, its loss, a restore elsewhere; a second between two notes
# needs: postgresql postgresql-client

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests
import rfc8785
from frame import Figures

from benchmarks import postgresql
from services.accounts.sealing import SealingKey
from services.client.registry import Registry
from services.notes.note import Inspection
from services.register.products import Product
from services.sync.outbox import send
from services.workspace import Device, Workspace
from tests.faults.fieldwork import INSPECTORS, picture
from tests.support.registry_server import ROOT, RegistryServer

PATIENCE = 600
MOST_WAITING = 5
SIDE = str(ROOT / "scripts/drills/restore_rows.py")
RENAME = """
from register.models import Product
for product in Product.objects.order_by("-gtin")[:5]:
    product.name += " xyzzy"
    product.save()
"""


@dataclass
class Place:
    """An installation: its data folder, its database's address (none: SQLite), and the folder of its backups."""

    data: Path
    url: str | None
    backups: Path

    @property
    def env(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url} if self.url else {}

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of the server as an operator does."""
        env = {name: value for name, value in os.environ.items() if name[:5] != "OCOP_" and name != "DATABASE_URL"}
        env |= {"OCOP_SERVER_DATA": str(self.data), "OCOP_BACKUP_PASSPHRASE": "a passphrase of the drill", **self.env}
        return subprocess.Popen(
            [sys.executable, *arguments], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=ROOT / "server",
        )  # fmt: skip

    def run(self, *arguments: str) -> tuple[int, str, float]:
        """Run a command; its end, its last line, and the seconds that it took."""
        began = time.monotonic()
        process = self.command(*arguments)
        out, err = process.communicate()
        lines = (out + err).strip().splitlines() or [""]
        return process.returncode, lines[-1] if len(lines[-1]) < 5000 else out, time.monotonic() - began

    def manage(self, *arguments: str) -> tuple[int, str, float]:
        return self.run("manage.py", *arguments)

    def told(self) -> dict[str, Any]:
        """All that is in the database and the store."""
        process = self.command(SIDE, "tell")
        out, err = process.communicate()
        if process.returncode:
            raise RuntimeError(err[-2000:])
        found: dict[str, Any] = json.loads(out)
        return found


@dataclass
class Person:
    """Somebody with the real app on a device of their own."""

    folder: Path
    server: str
    account: tuple[str, str] | None = None
    notes: list[Inspection] = field(default_factory=list)
    number: int = 0

    def open(self) -> Person:
        self.workspace = Workspace.open(self.folder, server=self.server)
        self.device: Device = self.workspace.device("local")
        self.device.accounts.unlock(SealingKey.of_browser(self.folder.name))
        return self

    def sign_in(self) -> None:
        if self.account:
            until(lambda: self.workspace.schemas is not None)
            self.device.sign_in(*self.account)

    def write(self) -> Inspection:
        """Write and sign a note with two photos."""
        self.number += 1
        notebook, of = self.device.notebook, int(hashlib.sha256(self.folder.name.encode()).hexdigest()[:6], 16)
        draft = notebook.new_draft(text=f"{self.folder.name} {self.number}", outcome="mislabelled")
        for photo in (1, 2):
            notebook.add_photo(draft.id, picture(of, 2 * self.number + photo))
        name = self.account[0] if self.account else None
        note = notebook.sign(draft.id, account=name, device=self.device.id, now=draft.started_at, clock_offset=None)
        self.notes.append(note)
        return note

    @property
    def waiting(self) -> int:
        return self.device.notebook.records.waiting

    def is_done(self) -> bool:
        """Whether it has the whole register, and nothing waits."""
        return not self.waiting and self.workspace.catalogue.copy.complete

    def wake(self) -> bool:
        self.workspace.wake()
        return True

    def is_right(self, products: dict[str, Product]) -> bool:
        """Whether the copy is the server's register, and nothing waits."""
        copy = self.workspace.catalogue
        return not self.waiting and all(copy.product(gtin) == product for gtin, product in products.items())

    def close(self) -> None:
        self.workspace.close()


def until(done: Callable[[], object], patience: float = PATIENCE) -> float:
    """Wait until it is so; the seconds that it took. Raises TimeoutError."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > patience:
            raise TimeoutError
        time.sleep(0.3)
    return time.monotonic() - began


def main() -> None:
    """Fill, back up, lose, restore, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--inspections", type=int, default=50_000)
    parser.add_argument("--photos", type=int, default=5_000)
    parser.add_argument("--sqlite", action="store_true")
    options = parser.parse_args()
    figures = Figures("restore")
    with tempfile.TemporaryDirectory(prefix="ocop-restore-") as name, ExitStack() as rest:
        root = Path(name)
        root.chmod(0o755)
        backups = root / "backups"
        with ExitStack() as first:
            place = Place(
                root / "first", _cluster(root / "first-db", first, sqlite=options.sqlite, archive=root / "wal"), backups
            )
            server = _full(figures, place, options)
            people = _people(root, server)
            base = root / "base"
            if not options.sqlite:
                _base_backup(figures, str(place.url), base)
            _while_notes_arrive(figures, place, people)
            before = _last(figures, place, people, server)
            second_between = _afterwards(figures, place, people, server, archived=not options.sqlite)
            server.kill()
        shutil.rmtree(root / "first")
        shutil.rmtree(root / "first-db", ignore_errors=True)
        figures.tell("the server, its disk and its database are gone", "")
        late = people["nobody, on"].write()  # while there is no server
        new = Place(root / "second", _cluster(root / "second-db", rest, sqlite=options.sqlite), backups)
        _restored(figures, new, before)
        server = RegistryServer(new.data, port=server.port, env=new.env)
        with server:
            _devices(figures, new, people, server, late)
        for person in people.values():
            person.close()
        if second_between:
            _a_second_between(figures, root, base, new, second_between)
    figures.exit()


def _cluster(folder: Path, stack: ExitStack, *, sqlite: bool, archive: Path | None = None) -> str | None:
    """Start a PostgreSQL of its own, which archives its log where that is wanted; its database's address."""
    if sqlite:
        return None
    folder.mkdir()
    if archive:
        archive.mkdir()
        shutil.chown(archive, "postgres", "postgres")
        with postgresql.cluster(folder) as url, psycopg.connect(url, autocommit=True) as database:
            command = f"test ! -f {archive}/%f && cp %p {archive}/%f"
            database.execute("ALTER SYSTEM SET archive_mode = 'on'")
            database.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
    return stack.enter_context(postgresql.cluster(folder))


def _full(figures: Figures, place: Place, options: argparse.Namespace) -> RegistryServer:
    place.data.mkdir(mode=0o700)
    place.manage("migrate", "--verbosity=0")
    began = time.monotonic()
    numbers = (str(options.products), str(options.inspections), str(options.photos))
    code, told, _ = place.run(SIDE, "fill", *numbers)
    if code:
        raise RuntimeError(told)
    place.manage("forget_cursors")  # what was filled in has drawn no marks, and devices are to get known cursors
    place.manage("issuer_keys", "new")  # those of the filled register have no private halves
    stored = sum(path.stat().st_size for path in (place.data / "photos").rglob("*.jpg"))
    figures.tell("filled: products, inspections, photos", ", ".join(numbers))
    figures.tell("MB of photos; seconds to fill", f"{stored / 1e6:.0f}; {time.monotonic() - began:.0f}")
    server = RegistryServer(place.data, env=place.env)
    return server.start()


def _people(root: Path, server: RegistryServer) -> dict[str, Person]:
    """Four devices that have the whole register, each with a note that the server has confirmed."""
    accounts = {"inspector, on": INSPECTORS[0], "inspector, off": INSPECTORS[1]}
    people = {}
    for name in ("inspector, on", "inspector, off", "nobody, on", "nobody, off"):
        person = people[name] = Person(root / name, server.url, accounts.get(name)).open()
        person.sign_in()
        person.write()
        until(person.is_done)
    return people


def _while_notes_arrive(figures: Figures, place: Place, people: dict[str, Person]) -> None:
    """Back up while notes are sent, once killed in the middle, and prove each."""
    ends, sender = threading.Event(), people["nobody, on"]

    def keep_sending() -> None:
        while not ends.wait(0.2):
            if sender.waiting < MOST_WAITING:  # no more than the server takes
                sender.write()

    thread = threading.Thread(target=keep_sending)
    thread.start()
    first = place.manage("back_up", str(place.backups))
    figures.hold("the first backup, while notes arrive", first[0] == 0, f"{first[1]}")
    killed = place.command("manage.py", "back_up", str(place.backups))
    until(lambda: any(place.backups.glob(".making-*/database*")) or killed.poll() is not None)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    left = len(list(place.backups.glob(".making-*")))
    figures.hold("a second one is killed while it copies", killed.returncode == -signal.SIGKILL and left == 1)
    checked = place.manage("check_backup", str(place.backups))
    figures.hold("the first is whole, all of it read", checked[0] == 0, f"{checked[2]:.1f} s")
    ends.set()
    thread.join()
    until(lambda: not sender.waiting)
    figures.tell("notes that were sent meanwhile", len(sender.notes))


def _last(figures: Figures, place: Place, people: dict[str, Person], server: RegistryServer) -> dict[str, Any]:
    """Back up once more while nothing happens, and give what there is."""
    people["inspector, off"].workspace.connect(None)  # it hears nothing from now on
    before = place.told()
    made = place.manage("back_up", str(place.backups))
    figures.hold("the next backup copies what is new", made[0] == 0, made[1])
    figures.hold("what the killed one left is gone", not list(place.backups.glob(".making-*")))
    size = sum(path.stat().st_size for path in place.backups.rglob("*") if path.is_file())
    figures.tell("MB of all backups together", f"{size / 1e6:.0f}")
    figures.hold(
        "nobody else wrote meanwhile", _same(before, place.told()) == [], requests.get(server.url + "/health").text
    )
    return before


def _afterwards(
    figures: Figures, place: Place, people: dict[str, Person], server: RegistryServer, *, archived: bool
) -> tuple[str, str, str, str] | None:
    """What the backup does not have: notes that are confirmed, and products that the office edits."""
    off, registry = people["inspector, off"], Registry(server.url)
    for person in people.values():
        person.write()
    sent = send(off.device.notebook.records, off.device.accounts, registry, is_told=False)
    until(lambda: not any(person.waiting for person in people.values()))
    figures.hold("each device has a note that was confirmed after the backup", sent.received == 1)
    people["nobody, off"].close()
    place.manage("shell", "--no-imports", "-c", RENAME)
    on = people["inspector, on"]
    until(lambda: on.wake() and len(on.workspace.catalogue.search("xyzzy", limit=9)) == 5)
    if not archived:
        return None
    cursor = requests.get(f"{server.url}/api/v1/changes", {"limit": 1000}, timeout=60).json()["next_cursor"]
    one = _plain_note(server)
    time.sleep(2)
    with psycopg.connect(str(place.url), autocommit=True) as database:
        (moment,) = database.execute("SELECT clock_timestamp()::text").fetchone()  # type: ignore[misc]
        time.sleep(2)
        other = _plain_note(server)
        (segment,) = database.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()  # type: ignore[misc]
        until(lambda: (place.data.parent / "wal" / segment).exists())
    return one, other, moment, cursor


def _plain_note(server: RegistryServer) -> str:
    sys.path += [str(ROOT / "tests/server")]
    from registry_notes import content_digest, note  # type: ignore[import-not-found]

    document = note()
    body = rfc8785.dumps(document)
    headers = {"Content-Digest": content_digest(body), "Content-Type": "application/json"}
    answer = requests.put(f"{server.url}/api/v1/inspections/{document['id']}", body, headers=headers, timeout=60)
    answer.raise_for_status()
    return str(document["id"])


def _restored(figures: Figures, new: Place, before: dict[str, Any]) -> None:
    code, told, seconds = new.manage("restore", str(new.backups))
    figures.hold("restored elsewhere by one command", code == 0, told)
    if code:
        figures.exit()
    figures.tell("minutes that the restore took", f"{seconds / 60:.1f}")
    after = new.told()
    rows = sum(count for count, _ in before["tables"].values())
    figures.hold(
        "all rows of all tables are equal", _same(before, after) == [], f"{rows} rows {_same(before, after)[:3]}"
    )
    equal = before["photos"] == after["photos"] and all(sha256 in name for name, sha256 in after["photos"].items())
    figures.hold("all photos are equal, by their hashes", equal, f"{len(after['photos'])} photos")
    figures.hold("the key signs as before", before["signed"] == after["signed"] is not None)
    again = new.manage("restore", str(new.backups))
    figures.hold("a second restore is refused: not empty", again[0] == 1 and "is not empty" in again[1])


def _same(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The tables whose rows differ."""
    one, other = before["tables"], after["tables"]
    return [table for table in sorted({*one, *other}) if one.get(table) != other.get(table)]


def _devices(figures: Figures, new: Place, people: dict[str, Person], server: RegistryServer, late: Inspection) -> None:
    """Let devices notice by themselves, and hold what they show and what they have sent against the server."""
    began = time.monotonic()
    people["nobody, off"].open()
    people["inspector, off"].workspace.connect(server.url)
    truth = requests.get(f"{server.url}/api/v1/snapshot", timeout=120).json()["products"]
    products = {each["gtin"]: Product.from_json(each) for each in truth}
    needed = []
    for name, person in people.items():
        person.wake()
        if person.account:
            with suppress(TimeoutError):
                until(_is_settled(new, person))
            if person.device.sign_in_need is not None:
                needed.append(name)
                person.sign_in()
    for name, person in people.items():
        with suppress(TimeoutError):
            until(_recovers(new, person, products))
        lost = _lost(new, person)
        figures.hold(f"{name}: all its notes are there, once, with photos", not lost, f"{len(person.notes)} {lost[:2]}")
        figures.hold(
            f"{name}: its copy is the restored register", person.is_right(products), f"{len(products)} products"
        )
    figures.tell("seconds from the server's start until all devices were right", f"{time.monotonic() - began:.0f}")
    figures.tell("accounts that had to sign in again", ", ".join(needed) or "none")
    figures.hold("the note that was written without a server is there", late.id in _there(new))
    shown = [person.workspace.catalogue.search("xyzzy", limit=9) for person in people.values()]
    figures.hold("no device shows what was edited after the backup", not any(shown))
    code, told, _ = new.manage("check_files")
    figures.hold("every photo that a row names is there", code == 0, told)


def _recovers(place: Place, person: Person, products: dict[str, Product]) -> Callable[[], bool]:
    return lambda: person.wake() and _held(place, person) and person.is_right(products)


def _is_settled(place: Place, person: Person) -> Callable[[], bool]:
    """Whether it is known that an account has to sign in again, or has no need to."""
    return lambda: person.wake() and (person.device.sign_in_need is not None or _held(place, person))


def _held(place: Place, person: Person) -> bool:
    return not person.waiting and not _lost(place, person)


def _lost(place: Place, person: Person) -> list[str]:
    """What of a person's notes is not on the server as it was written: from the database and the folder themselves."""
    there = _there(place)
    lost = [f"note {note.id}" for note in person.notes if there.get(note.id) != note.canonical().decode()]
    for note in person.notes:
        for photo in note.photos:
            path = place.data / "photos" / photo.sha256[:2] / f"{photo.sha256}.jpg"
            if not path.exists() or path.read_bytes() != person.device.notebook.photos.read(photo.sha256):
                lost.append(f"photo {photo.sha256[:8]}")
    return lost


def _there(place: Place) -> dict[str, str]:
    """The notes that the devices of this drill have sent, by id."""
    query = "SELECT CAST(id AS text), body FROM inspections_inspection WHERE cursor > 20000000"
    with _database(place) as rows:
        found = rows(query)
    return {str(_uuid(note)): body for note, body in found}


def _uuid(text: str) -> str:
    plain = text.replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"


@contextmanager
def _database(place: Place) -> Iterator[Callable[[str], list[Any]]]:
    if place.url:
        with psycopg.connect(place.url) as database:
            yield lambda query: database.execute(query.encode()).fetchall()
    else:
        yield RegistryServer(place.data).rows


def _base_backup(figures: Figures, url: str, base: Path) -> None:
    """Take a base backup of a cluster that archives its log, as docs/backup.md says."""
    base.mkdir()
    shutil.chown(base, "postgres", "postgres")
    with psycopg.connect(url, autocommit=True) as database:
        (mode,) = database.execute("SHOW archive_mode").fetchone()  # type: ignore[misc]
    began = time.monotonic()
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    told = subprocess.run(
        [*as_owner, "pg_basebackup", "--dbname", url, "--pgdata", str(base / "cluster"), "--checkpoint=fast"],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    figures.hold(
        "a base backup, with the log archived", told.returncode == 0 and mode == "on", told.stderr.strip()[-200:]
    )
    figures.tell("seconds that the base backup took", f"{time.monotonic() - began:.1f}")


def _a_second_between(figures: Figures, root: Path, base: Path, new: Place, known: tuple[str, str, str, str]) -> None:
    """Recover to a moment between two notes, from the base backup and the archived log alone."""
    one, other, moment, cursor = known
    third = root / "third-db"
    third.mkdir()
    base.rename(third / "postgresql")
    cluster = third / "postgresql" / "cluster"
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {root}/wal/%f %p'\nrecovery_target_time = '{moment}'\n")
        settings.write("recovery_target_action = 'promote'\narchive_mode = 'off'\n")
    (cluster / "recovery.signal").touch()
    shutil.chown(cluster / "recovery.signal", "postgres", "postgres")
    began = time.monotonic()
    with postgresql.cluster(third) as url:
        place = Place(new.data, url, new.backups)
        with psycopg.connect(url, autocommit=True) as database:
            until(lambda: database.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,))
        figures.tell("seconds of point-in-time recovery", f"{time.monotonic() - began:.1f}")
        there = _there(place)
        figures.hold("recovered to a second between two notes", one in there and other not in there, moment)
        forgotten = place.manage("forget_cursors")
        with RegistryServer(new.data, env=place.env) as server:
            answer = requests.get(f"{server.url}/api/v1/changes", {"cursor": cursor}, timeout=60)
            figures.hold(
                "devices are told to start over", (forgotten[0], answer.status_code) == (0, 410), answer.text[:40]
            )


if __name__ == "__main__":
    main()
