"""Kills a writer at random moments, again and again on the same folder, and looks for everything it had confirmed.

    python -m tests.durability.random_kills --runs 1000 --seed 2026

What is written, and when it is to be killed, follow from the seed; where the kill falls also depends on the machine.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.audits.audit import Seen
from services.audits.audit_book import AuditBook
from services.notes import photos
from services.records.book import RecordBook
from services.records.kind import AUDIT, INSPECTION, NOTE, ROUND
from services.records.record import Receipt
from services.rounds.inspection import Found
from services.rounds.place import Place, PlaceKind
from services.rounds.round_book import RoundBook
from tests.durability.writer import ACCOUNT, AUTHOR, REGISTER, Desk, opened
from tests.services.conftest import DEVICE, NOW, picture, product
from tests.support.record_kinds import SAMPLES, sign, words_of

RUNS_ON_ONE_FOLDER = 25
LONGEST = 0.03
"""Seconds of the processor that a writer has at most, from its beginning to its kill."""
_LONGEST_WAIT = 5.0

_PICTURES = [picture(colour, (24, 16)) for colour in ("red", "green", "blue", "white")]
_HASHES = [hashlib.sha256(photos.prepare(shot)).hexdigest() for shot in _PICTURES]
_PRODUCTS = 20
_OTHERS = [name for name in SAMPLES if name != NOTE.name]
"""Notes come from the notebook; records of all other kinds are put into their books as they are."""

_SAVES = (
    "draft", "save", "photo", "sign", "sign", "receipt", "page", "theme", "record", "round", "round", "audit", "audit",
)  # fmt: skip
_LISTS = ("drafts", "notes", "begun", "records", "products")

Record = dict[str, Any]
"""What is known of a folder: drafts, notes and records of other kinds by id, names of products by number, the theme.

`begun` holds the inspections that are being written, and `open` the id of the open round. `shelf` is the running audit:
its id, and its packs by code.
"""


def nothing() -> Record:
    return {
        "drafts": {},
        "notes": {},
        "begun": {},
        "open": None,
        "shelf": None,
        "records": {},
        "products": {},
        "theme": "system",
    }


@dataclass
class Counts:
    """What a series of kills came to. `confirmed` counts saves, `inside` kills between a save's beginning and end."""

    runs: int = 0
    confirmed: int = 0
    inside: int = 0
    checked: int = 0
    recovered: int = 0
    lost: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.runs} kills, {self.inside} of them inside a save; {self.confirmed} saves confirmed, "
            f"{self.checked} notes, drafts, records and products looked up again; {self.recovered} recoveries, "
            f"{len(self.lost)} lost, {len(self.unreadable)} unreadable"
        )


def kill_at_random(runs: int, seed: int, folder: Path) -> Counts:
    """Kill `runs` writers in folders below `folder`, a new one after every 25 kills."""
    counts = Counts()
    chance = random.Random(seed)
    data, expected = folder / "0", nothing()
    for run in range(runs):
        if run % RUNS_ON_ONE_FOLDER == 0:
            shutil.rmtree(data, ignore_errors=True)
            data, expected = folder / str(run), nothing()
        done, begun = _killed(data, random.Random(f"{seed} {run}"), chance.uniform(0, LONGEST))
        for save in done:
            apply(expected, save)
        counts.runs += 1
        counts.confirmed += len(done)
        counts.inside += begun is not None
        after = copy.deepcopy(expected)
        if begun:
            apply(after, begun)
        where = f"--seed {seed}, run {run}, {data}, in {begun}"
        try:
            with opened(data) as desk:
                counts.recovered += len(desk.recovered())
                found = look(desk)
        except Exception as error:
            counts.unreadable.append(f"{where}: {error!r}")
            data, expected = folder / f"after {run}", nothing()
            continue
        counts.checked += sum(len(found[kind]) for kind in _LISTS)
        if found not in (expected, after):
            counts.lost.append(f"{where}: {difference(expected, found)}")
        expected = found
    return counts


def _killed(data: Path, chance: random.Random, seconds: float) -> tuple[list[Record], Record | None]:
    """The saves that a writer confirmed before it was killed, and the one it had begun."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(told)
            os.write(tell, b"\n")
            _write(data, chance, lambda line: os.write(tell, line))
        except BaseException as error:
            os.write(tell, json.dumps({"failed": repr(error)}).encode() + b"\n")
        finally:
            os._exit(70)
    os.close(tell)
    os.read(told, 1)
    _wait_for(child, seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    done: list[Record] = []
    begun = None
    with os.fdopen(told, "rb") as pipe:
        for line in pipe.read().splitlines():
            save = json.loads(line)
            if "failed" in save:
                raise RuntimeError(save["failed"])
            if save == "done":
                assert begun
                done.append(begun)
                begun = None
            else:
                begun = save
    return done, begun


def _wait_for(process: int, seconds: float) -> None:
    """Wait until it has had so much of the processor since now: of a busy one it gets less in the same time."""
    clock = (~process << 3) | 2  # clock_getcpuclockid(3)
    ends = time.clock_gettime(clock) + seconds
    gives_up = time.monotonic() + _LONGEST_WAIT
    while time.clock_gettime(clock) < ends and time.monotonic() < gives_up:
        time.sleep(0.0002)


def _write(data: Path, chance: random.Random, tell: Callable[[bytes], object]) -> None:
    with opened(data) as desk:
        while True:
            save, do = _next(desk, chance)
            tell(json.dumps(save).encode() + b"\n")
            do()
            tell(b'"done"\n')


def _next(desk: Desk, chance: random.Random) -> tuple[Record, Callable[[], object]]:
    notebook = desk.notebook
    text = f"{chance.random()} " + "Tem mờ, không đọc được. " * chance.randrange(20)
    drafts = notebook.drafts()
    unsent = notebook.outbox()
    kind = chance.choice(
        [
            "draft",
            "save",
            "photo",
            "sign",
            "sign",
            "receipt",
            "page",
            "theme",
            "record",
            "round",
            "round",
            "audit",
            "audit",
        ]
    )
    if kind == "audit":
        return _next_of_audit(desk.audits, chance, text)
    if kind == "round":
        return _next_of_round(desk.rounds, chance, text)
    if kind == "record":
        return _next_of_kind(desk.books[chance.choice(_OTHERS)], chance, text)
    if kind in ("save", "photo", "sign") and drafts:
        draft = chance.choice(drafts)
        if kind == "save":
            return {"save": draft.id, "text": text}, lambda: notebook.save_draft(replace(draft, text=text))
        if kind == "photo":
            n = chance.randrange(len(_PICTURES))
            return {"photo": draft.id, "sha256": _HASHES[n]}, lambda: notebook.add_photo(draft.id, _PICTURES[n])
        signed = {"account": None, "device": DEVICE, "now": NOW, "clock_offset": None}
        return {"sign": draft.id}, lambda: notebook.sign(draft.id, **signed)  # type: ignore[arg-type]
    if kind == "receipt" and unsent:
        note = chance.choice(unsent)
        receipt = Receipt(note.id, note.sha256, NOW, frozenset(photo.sha256 for photo in note.photos))
        return {"receipt": note.id}, lambda: notebook.records.record_receipt(receipt)
    if kind == "page":
        numbers = chance.sample(range(_PRODUCTS), 3)
        changes = [{"op": "upsert", "product": product(n, name=text)} for n in numbers]
        cursor = f"{chance.random()}"
        return (
            {"page": numbers, "name": text},
            lambda: desk.catalogue.apply(changes, cursor, more=False, register=REGISTER, as_of=NOW),
        )
    if kind == "theme":
        theme = chance.choice(["light", "dark", "contrast"])
        return {"theme": theme}, lambda: desk.settings.change(theme=theme)
    new_id = _new_id(chance)
    return {"draft": new_id, "text": text}, lambda: notebook.new_draft(id=new_id, text=text, started_at=NOW)


def _next_of_round(rounds: RoundBook, chance: random.Random, text: str) -> tuple[Record, Callable[[], object]]:
    """What a person does in a round: begins an inspection, finishes it or undoes that, closes the round."""
    said, drafts, new_id = rounds.current(AUTHOR.viewer), rounds.drafts(AUTHOR.viewer), _new_id(chance)
    if said is None:
        place = Place(PlaceKind.FAIR, text[:100])
        return {"open": new_id}, lambda: rounds.open(place, None, (), None, AUTHOR.viewer, round_id=new_id)
    what = chance.choice(["begin", "begin", "finish", "finish", "undo", "close"])
    if what == "finish" and drafts:
        draft = chance.choice(drafts)
        return {"finish": draft.id}, lambda: rounds.finish(draft.id, AUTHOR)
    undoable = [kept.id for kept in rounds.inspections_of(said.id, AUTHOR.viewer) if kept.may_undo]
    if what == "undo" and undoable:
        return {"undo": undoable[0]}, lambda: rounds.undo(undoable[0], AUTHOR.viewer)
    if what == "close" and not drafts:
        return {"close": said.id}, lambda: rounds.close(said.id, AUTHOR)
    found = Found(text=text)
    return {"begin": new_id, "text": text}, lambda: rounds.begin(said.id, found, AUTHOR, draft_id=new_id)


def _next_of_audit(audits: AuditBook, chance: random.Random, text: str) -> tuple[Record, Callable[[], object]]:
    """What a person does at the shelves: counts packs, undoes that, closes the audit."""
    said, new_id = audits.current(AUTHOR.viewer), _new_id(chance)
    if said is None:
        return {"shelf": new_id}, lambda: audits.open("", text[:90], AUTHOR.viewer, audit_id=new_id)
    what = chance.choice(["take", "take", "take", "take", "undo", "close"])
    if what == "undo" and said.may_undo:
        return {"uncounted": said.newest_first[0].text}, lambda: audits.undo(said.id)
    if what == "close" and said.lines:
        return {"count": said.id, "remarks": text}, lambda: audits.close(said.id, AUTHOR, remarks=text)
    pack = Seen(f"95200000000{chance.randrange(10, 15)}", "ean_13", "camera")
    return {"counted": pack.text}, lambda: audits.take(said.id, pack)


def _next_of_kind(book: RecordBook, chance: random.Random, text: str) -> tuple[Record, Callable[[], object]]:
    """What happens to a record of any kind: it is signed, confirmed, set aside, tried again."""
    unsent, refused = book.outbox(), book.refused()
    what = chance.choice(["add", "add", "confirm", "refuse", "retry"])
    if what == "confirm" and unsent:
        record = chance.choice(unsent)
        stored = frozenset(file.sha256 for file in record.files)
        receipt = Receipt(record.id, record.sha256, NOW, stored, record.prev, "a.b.c")
        return {"record": record.id, "state": "received"}, lambda: book.record_receipt(receipt)
    if what == "refuse" and unsent:
        record = chance.choice(unsent)
        return {"record": record.id, "state": "refused"}, lambda: book.record_refusal(record.id, "bad_request", "No.")
    if what == "retry" and refused:
        record_id = chance.choice(refused)
        return {"record": record_id, "state": "waiting"}, lambda: book.retry(record_id)
    shots = chance.sample(_PICTURES, chance.randrange(3))
    new_id, hashes = _new_id(chance), [hashlib.sha256(shot).hexdigest() for shot in shots]

    def add() -> None:
        sign(book, text, account=ACCOUNT, files=[book.files.keep(shot) for shot in shots], record_id=new_id)

    return {"add": new_id, "kind": book.kind.name, "text": text, "photos": hashes}, add


def _new_id(chance: random.Random) -> str:
    new = f"{chance.getrandbits(128):032x}"
    return f"{new[:8]}-{new[8:12]}-4{new[13:16]}-8{new[17:20]}-{new[20:]}"


def apply(record: Record, save: Record) -> None:
    """What a save changes."""
    match save:
        case {"draft": draft, "text": text}:
            record["drafts"][draft] = {"text": text, "photos": []}
        case {"save": draft, "text": text}:
            record["drafts"][draft]["text"] = text
        case {"photo": draft, "sha256": sha256}:
            if sha256 not in record["drafts"][draft]["photos"]:
                record["drafts"][draft]["photos"].append(sha256)
        case {"sign": draft}:
            record["notes"][draft] = {**record["drafts"].pop(draft), "received": False}
        case {"receipt": note}:
            record["notes"][note]["received"] = True
        case {"open": new}:
            record["open"] = new
        case {"begin": draft, "text": text}:
            record["begun"][draft] = text
        case {"finish": draft}:
            text = record["begun"].pop(draft)
            record["records"][draft] = {"kind": INSPECTION.name, "text": text, "photos": [], "state": "waiting"}
        case {"undo": draft}:
            record["begun"][draft] = record["records"].pop(draft)["text"]
        case {"close": one}:
            record["records"][one] = {"kind": ROUND.name, "text": "", "photos": [], "state": "waiting"}
            record["open"] = None
        case {"shelf": new}:
            record["shelf"] = {"id": new, "packs": {}}
        case {"counted": text}:
            record["shelf"]["packs"] |= {text: record["shelf"]["packs"].get(text, 0) + 1}
        case {"uncounted": text}:
            record["shelf"]["packs"][text] -= 1
            if not record["shelf"]["packs"][text]:
                del record["shelf"]["packs"][text]
        case {"count": one, "remarks": text}:
            record["records"][one] = {"kind": AUDIT.name, "text": text, "photos": [], "state": "waiting"}
            record["shelf"] = None
        case {"add": new, "kind": kind, "text": text, "photos": shas}:
            record["records"][new] = {"kind": kind, "text": text, "photos": shas, "state": "waiting"}
        case {"record": one, "state": state}:
            record["records"][one]["state"] = state
        case {"page": numbers, "name": name}:
            record["products"] |= dict.fromkeys(map(str, numbers), name)
        case {"theme": theme}:
            record["theme"] = theme


def look(desk: Desk) -> Record:
    """What a folder holds; every photo is read and held against its hash. Raises PhotoLost."""
    found = nothing()
    for note in desk.notebook.notes(limit=100_000):
        held = note.draft or note.inspection
        assert held
        for photo in held.photos:
            desk.notebook.photos.read(photo.sha256)
        shas = [photo.sha256 for photo in held.photos]
        if note.draft:
            found["drafts"][note.id] = {"text": note.draft.text, "photos": shas}
        elif note.inspection:
            received = note.received_at is not None and note.photos_sent == len(shas)
            found["notes"][note.id] = {"text": note.inspection.body["text"], "photos": shas, "received": received}
    said = desk.rounds.current(AUTHOR.viewer)
    found["open"] = said.id if said else None
    audit = desk.audits.current(AUTHOR.viewer)
    if audit:
        found["shelf"] = {"id": audit.id, "packs": {line.text: line.quantity for line in audit.lines}}
    found["begun"] = {draft.id: draft.found.text for draft in desk.rounds.drafts(AUTHOR.viewer)}
    for kind in _OTHERS:
        book = desk.books[kind]
        for record_id in book.newest():
            entry = book.entry(record_id)
            shas = [file.sha256 for file in entry.record.files]
            for sha256 in shas:
                book.files.read(sha256)
            said = {"kind": kind, "text": words_of(entry.record.body), "photos": shas, "state": entry.state.value}
            found["records"][record_id] = said
    for n in range(_PRODUCTS):
        if kept := desk.catalogue.product(product(n)["gtin"]):
            found["products"][str(n)] = kept.name
    found["theme"] = desk.settings.value.theme
    return found


def difference(expected: Record, found: Record) -> str:
    """The first thing of `expected` that was not found as it was."""
    for kind in _LISTS:
        for key, row in expected[kind].items():
            if found[kind].get(key) != row:
                return f"{kind} {key}: {row} became {found[kind].get(key)}"
    return f"something is there that was never saved, or the theme or the round: {found['theme']}, {found['open']}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=1000)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--folder", type=Path, help="where to write (a folder of the system's for temporary files)")
    chosen = options.parse_args()
    begun = datetime.now(UTC)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        counts = kill_at_random(chosen.runs, chosen.seed, Path(folder))
    print(f"seed {chosen.seed}: {counts} ({(datetime.now(UTC) - begun).total_seconds():.0f} s)")
    print(*counts.lost, *counts.unreadable, sep="\n")
    return 1 if counts.lost or counts.unreadable else 0


if __name__ == "__main__":
    sys.exit(main())
