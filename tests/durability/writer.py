"""Saves of every kind, one after another and the same each time, and what must be found when they are confirmed."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.audits.audit import Seen
from services.audits.audit_book import AuditBook
from services.notes.notebook import Notebook
from services.records.book import RecordBook
from services.records.events import Event
from services.records.kind import AUDIT, INSPECTION, NOTE, ROUND, Kind
from services.records.record import Receipt
from services.register.catalogue import Catalogue
from services.rounds.inspection import Finding, Found, Shows
from services.rounds.kept import KeptRound
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, Role, Signature
from services.rounds.round_book import RoundBook
from services.settings import SettingsFile
from services.storage.store import FolderLock, Recovery
from tests.services.conftest import DEVICE, NOW, picture, product
from tests.support.record_kinds import SAMPLES, sign

REGISTER = {"name": "Mẫu", "sample": True}
ACCOUNT, SERVER = "kiemtra01", "https://register.example"
GTINS = [f"0952{n:010d}" for n in range(1, 5)]
AUTHOR, NOBODY = Author(ACCOUNT, DEVICE, Viewer(ACCOUNT), 0), Viewer(None)
IDS = {name: str(uuid.UUID(int=(4 << 76) | (8 << 60) | n)) for n, name in enumerate("ABCD", 1)}


@dataclass(frozen=True)
class Desk:
    """What the app holds open: one device, the copy of the register."""

    device: Path
    settings: SettingsFile
    notebook: Notebook
    rounds: RoundBook
    audits: AuditBook
    books: dict[str, RecordBook]
    catalogue: Catalogue

    @classmethod
    def open(cls, data: Path) -> Desk:
        device = data / "devices" / "d1"
        notebook = Notebook.open(device)
        rounds = RoundBook(device)
        audits = AuditBook(device)
        own = {book.kind.name: book for book in (notebook.records, *rounds.books, audits.records)}
        others = [kind for kind in _others() if kind.name not in own]
        books = own | {kind.name: RecordBook(device, kind, notebook.photos) for kind in others}
        catalogue = Catalogue.open(data / "catalogue")
        return cls(device, SettingsFile.open(device), notebook, rounds, audits, books, catalogue)

    def recovered(self) -> list[Recovery]:
        stores = [self.settings.recovered, self.catalogue.recovered]
        books = [recovery for book in self.books.values() for recovery in book.recovered]
        own = [*self.notebook.recovered, *self.rounds.recovered, *self.audits.recovered]
        return [*filter(None, [*stores, self.notebook.events.recovered]), *own, *books]

    def contents(self) -> dict[str, Any]:
        """Everything recorded, with every photo's bytes read and held against its hash. Raises PhotoLost."""
        notes = []
        for note in self.notebook.notes(limit=1000):
            held = note.draft or note.inspection
            assert held
            for photo in held.photos:
                self.notebook.photos.read(photo.sha256)
            told = note.draft.to_json() if note.draft else asdict(note.inspection) if note.inspection else None
            notes.append((note.id, note.state, told, note.reason, note.photos_sent, note.received_at))
        products = [found and found.name for found in map(self.catalogue.product, GTINS)]
        return {
            "settings": self.settings.value,
            "rounds": [self._told_round(kept) for kept in self.rounds.rounds(AUTHOR.viewer)],
            "audit": self.audits.current(AUTHOR.viewer),
            "audits": [(kept.audit, kept.state, kept.lines) for kept in self.audits.audits(AUTHOR.viewer)],
            "notes": notes,
            "records": {
                name: [_told(book, record_id) for record_id in book.newest()] for name, book in self.books.items()
            },
            "events": {note[0]: self.notebook.events.of(note[0]) for note in notes},
            "heard": self.notebook.events.cursor(ACCOUNT, SERVER),
            "copy": self.catalogue.copy,
            "products": products,
        }

    def _told_round(self, kept: KeptRound) -> tuple[Any, ...]:
        """All that is known of a round; each photo is read, those that stay on the device too."""
        inspections = self.rounds.inspections_of(kept.id, AUTHOR.viewer)
        for shot in (shot for each in inspections for shot in each.pictures):
            self.rounds.photos.read(shot.file.sha256)
        return kept.said, kept.state, [(each.id, each.found, each.pictures, each.state) for each in inspections]


def _others() -> list[Kind]:
    """All kinds but notes."""
    return [sample.kind for sample in SAMPLES.values() if sample.kind is not NOTE]


def _told(book: RecordBook, record_id: str) -> tuple[Any, ...]:
    """All that is known of a record; each of its files is read and held against its hash."""
    entry = book.entry(record_id)
    for file in entry.record.files:
        book.files.read(file.sha256)
    offsets = [book.offset(record_id, file.sha256) for file in entry.record.files]
    return (
        entry.record,
        entry.state,
        entry.reason,
        entry.detail,
        entry.files_sent,
        entry.received_at,
        entry.jws,
        offsets,
    )


def marked(desk: Desk) -> bool:
    """Whether a device with something to send would be opened at the next start."""
    return all(not book.waiting or RecordBook.has_unsent(desk.device, book.kind) for book in desk.books.values())


def _new_draft(name: str) -> Callable[[Desk], object]:
    minutes = "ABCD".index(name)
    return lambda desk: desk.notebook.new_draft(
        id=IDS[name], started_at=datetime(2026, 11, 23, 8, minutes, tzinfo=UTC), text=f"Ghi chép {name}"
    )


def _save_draft(name: str, text: str) -> Callable[[Desk], object]:
    def save(desk: Desk) -> None:
        draft = desk.notebook.draft(IDS[name])
        assert draft
        desk.notebook.save_draft(replace(draft, text=text))

    return save


def _add_photo(name: str, colour: str) -> Callable[[Desk], object]:
    return lambda desk: desk.notebook.add_photo(IDS[name], picture(colour, (24, 16)))


def _sign(name: str) -> Callable[[Desk], object]:
    return lambda desk: desk.notebook.sign(IDS[name], account=None, device=DEVICE, now=NOW, clock_offset=0)


def _receipt(name: str, *, photos: bool) -> Callable[[Desk], object]:
    def record(desk: Desk) -> None:
        note = desk.notebook.note(IDS[name])
        assert note
        assert note.inspection
        stored = frozenset(photo.sha256 for photo in note.inspection.photos) if photos else frozenset[str]()
        desk.notebook.records.record_receipt(Receipt(note.id, note.inspection.sha256, NOW, stored))

    return record


def _photo_sent(name: str) -> Callable[[Desk], object]:
    def record(desk: Desk) -> None:
        desk.notebook.records.record_file(IDS[name], desk.notebook.records.unsent_files(IDS[name])[0].sha256)

    return record


def _page(cursor: str, minutes: int, *numbers: int) -> Callable[[Desk], object]:
    changes = [{"op": "upsert", "product": product(n, name=f"Sản phẩm {n} {cursor}")} for n in numbers]
    moment = NOW + timedelta(minutes=minutes)
    return lambda desk: desk.catalogue.apply(changes, cursor, more=False, register=REGISTER, as_of=moment)


def _heard(cursor: str, *states: str) -> Callable[[Desk], object]:
    said = [
        Event(str(uuid.UUID(int=n)), IDS["A"], NOW + timedelta(minutes=n), state, "Đã nhận", None)
        for n, state in enumerate(states, len(cursor))
    ]
    return lambda desk: desk.notebook.events.keep(ACCOUNT, SERVER, said, cursor)


def _round_opened(desk: Desk) -> None:
    place = Place(PlaceKind.MARKET, "Chợ Hạ Long", "Sạp 12")
    desk.rounds.open(place, Inspected("Hoa"), (), None, AUTHOR.viewer, now=NOW, round_id=IDS["A"])


def _inspection_begun(desk: Desk) -> None:
    found = Found(findings=(Finding.NO_PAPERS,), text="Không có giấy tờ")
    desk.rounds.begin(IDS["A"], found, AUTHOR, now=NOW, draft_id=IDS["B"])


def _copy_of_its_photo(desk: Desk) -> None:
    draft = desk.rounds.draft(IDS["B"], AUTHOR.viewer)
    assert draft
    original = draft.pictures[0].file.sha256
    desk.rounds.add_photo(IDS["B"], picture("white", (24, 16)), Shows.SHELF, copy_of=original)


def _signed_by_a_person(desk: Desk) -> None:
    signature = Signature(Role.INSPECTOR, "Minh", NOW, desk.rounds.to_sign(IDS["A"], AUTHOR), (((1, 2), (900, 400)),))
    desk.rounds.sign(IDS["A"], signature, AUTHOR)


def _inspection_received(desk: Desk) -> None:
    record = desk.rounds.inspections.record(IDS["B"])
    receipt = Receipt(record.id, record.sha256, NOW, frozenset(), record.prev, "a.b.c")
    desk.rounds.inspections.record_receipt(receipt)


def _part_of_its_photo_sent(desk: Desk) -> None:
    book = desk.rounds.inspections
    book.record_offset(IDS["B"], book.unsent_files(IDS["B"])[0].sha256, 100)


ROUND_SAVES: list[tuple[str, Callable[[Desk], object]]] = [
    ("round opened", _round_opened),
    ("inspection begun", _inspection_begun),
    ("its photo", lambda desk: desk.rounds.add_photo(IDS["B"], picture("black", (24, 16)), Shows.SHELF)),
    ("a marked copy of it", _copy_of_its_photo),
    ("inspection finished", lambda desk: desk.rounds.finish(IDS["B"], AUTHOR, now=NOW)),
    ("round about to be closed", lambda desk: desk.rounds.to_sign(IDS["A"], AUTHOR, now=NOW)),
    ("signed by a person", _signed_by_a_person),
    ("round closed", lambda desk: desk.rounds.close(IDS["A"], AUTHOR, now=NOW)),
    ("inspection received", _inspection_received),
    ("part of its photo sent", _part_of_its_photo_sent),
]


_PACK = Seen("9520000000011", "ean_13", "scanner", "09520000000011", at=NOW)

AUDIT_SAVES: list[tuple[str, Callable[[Desk], object]]] = [
    ("audit opened", lambda desk: desk.audits.open("Cửa hàng", "Kệ 1", NOBODY, now=NOW, audit_id=IDS["C"])),
    ("a pack counted", lambda desk: desk.audits.take(IDS["C"], _PACK)),
    ("closed without an account", lambda desk: desk.audits.close(IDS["C"], AUTHOR, now=NOW)),
    ("taken over", lambda desk: desk.audits.take_over(IDS["C"], AUTHOR, now=NOW)),
]


def _of_kind(kind: Kind, number: int) -> list[tuple[str, Callable[[Desk], object]]]:
    """A record of any kind is signed and confirmed: its own form and folder are written.

    All kinds are kept by one book. Notes, inspections and audits go the whole way through it above.
    """
    record_id = str(uuid.UUID(int=(number << 100) | (4 << 76) | (8 << 60) | 1))
    shot = picture("black", (24, 16))

    def signed(desk: Desk) -> None:
        book = desk.books[kind.name]
        sign(book, f"Bản ghi {number}", account=ACCOUNT, files=[book.files.keep(shot)], record_id=record_id)

    def confirmed(desk: Desk) -> None:
        book = desk.books[kind.name]
        record = book.record(record_id)
        stored = frozenset(file.sha256 for file in record.files)
        book.record_receipt(Receipt(record_id, record.sha256, NOW, stored, record.prev, "a.b.c"))

    return [(f"{kind.name}: signed", signed), (f"{kind.name}: receipt", confirmed)]


SAVES: list[tuple[str, Callable[[Desk], object]]] = [
    ("first settings", lambda desk: desk.settings.change(theme="dark")),
    ("first draft", _new_draft("A")),
    ("draft saved again", _save_draft("A", "Tem mờ, không đọc được")),
    ("first photo", _add_photo("A", "red")),
    ("first note signed", _sign("A")),
    ("another draft", _new_draft("B")),
    ("another photo", _add_photo("B", "blue")),
    ("another note signed", _sign("B")),
    ("receipt", _receipt("A", photos=False)),
    ("photo sent", _photo_sent("A")),
    ("last receipt", _receipt("B", photos=True)),
    ("a draft to throw away", _new_draft("C")),
    ("its photo", _add_photo("C", "green")),
    ("draft thrown away", lambda desk: desk.notebook.discard_draft(IDS["C"])),
    ("fourth draft", _new_draft("D")),
    ("fourth note signed", _sign("D")),
    ("note refused", lambda desk: desk.notebook.records.record_refusal(IDS["D"], "bad_request", "No.")),
    ("note tried again", lambda desk: desk.notebook.retry(IDS["D"])),
    ("first copy", lambda desk: desk.catalogue.replace_all([product(1), product(2)], "1", REGISTER, NOW)),
    ("page of changes", _page("2", 1, 2, 3)),
    ("nothing changed", _page("2", 2)),
    ("another page", _page("3", 3, 4)),
    ("settings again", lambda desk: desk.settings.change(language="en")),
    ("first events", _heard("7", "received", "reviewing")),
    ("more events", _heard("12", "decided")),
    *ROUND_SAVES,
    *AUDIT_SAVES,
    *(
        save
        for number, kind in enumerate(_others(), 1)
        if kind not in (INSPECTION, ROUND, AUDIT)
        for save in _of_kind(kind, number)
    ),
]


@contextmanager
def opened(data: Path) -> Iterator[Desk]:
    """Open as the app does: nobody else writes in the folder meanwhile."""
    with FolderLock(data):
        yield Desk.open(data)


@dataclass(frozen=True)
class Moment:
    """After a number of saves: a copy of the folder, and what an opening finds in it."""

    folder: Path
    contents: dict[str, Any]


def moments(scratch: Path) -> list[Moment]:
    """Before the first save and after each."""
    data = scratch / "data"
    found: list[Moment] = []

    def keep() -> None:
        copy = scratch / str(len(found))
        shutil.copytree(data, copy)
        found.append(Moment(copy, Desk.open(data).contents()))

    data.mkdir()
    keep()
    with opened(data) as desk:
        for _name, save in SAVES:
            save(desk)
            keep()
    return found
