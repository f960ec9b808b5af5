from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.answers.answer_book import AnswerBook
from services.journal.journal import Journal
from services.journal.seen import SeenEvents
from services.notes.note import Inspection as Note
from services.notes.notebook import Notebook
from services.records.chain import Signer
from services.records.elsewhere import Elsewhere
from services.records.events import Event
from services.rounds.inspection import Finding, Found, Inspection
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, OpenRound, Person, Role
from services.rounds.round_book import RoundBook
from tests.services.conftest import new_id
from tests.support.record_kinds import DEVICE, NOW

MINH, LAN = Viewer("acc-minh", frozenset({"kiemtra01"})), Viewer("acc-lan")
AUTHOR = Author("kiemtra01", DEVICE, MINH, 3)
SERVER = "https://register.example"


@dataclass(frozen=True)
class Books:
    """The books of one device, and its journal."""

    notebook: Notebook
    rounds: RoundBook
    answers: AnswerBook
    elsewhere: Elsewhere
    seen: SeenEvents
    journal: Journal

    def note(self, text: str, *, day: int = 0, **fields: Any) -> Note:
        """A note that is signed off `day` days after NOW."""
        draft = self.notebook.new_draft(
            **{"outcome": "mislabelled", "product_name": "Trà hoa vàng Ba Chẽ", "text": text} | fields
        )
        now = NOW + timedelta(days=day)
        return self.notebook.sign(draft.id, account="kiemtra01", device=DEVICE, now=now, clock_offset=None, viewer=MINH)

    def open(self, name: str = "Chợ Cửa Sông") -> OpenRound:
        place, seller = Place(PlaceKind.MARKET, name, "Dãy B"), Inspected("Trần Thị Hoa", "8012345678")
        return self.rounds.open(place, seller, (Person("Lê Minh", Role.INSPECTOR),), "12/QĐ", MINH, now=NOW)

    def inspection(self, said: OpenRound, name: str = "Mực khô Vân Đồn", **fields: Any) -> Inspection:
        found = replace(Found(gtin="09520000000028", product_name=name, findings=(Finding.STARS_DIFFER,)), **fields)
        draft = self.rounds.begin(said.id, found, AUTHOR, now=NOW)
        return self.rounds.finish(draft.id, AUTHOR, now=NOW + timedelta(hours=1))

    def say(self, record: str, *states: str, kind: str = "note", text: str = "", at: datetime = NOW) -> list[Event]:
        """What the office says of a record, one after another."""
        events = [
            Event(new_id(), record, at + timedelta(minutes=n), state, text, None, kind)
            for n, state in enumerate(states)
        ]
        self.notebook.events.keep("acc-minh", SERVER, events, new_id())
        return events

    def send_elsewhere(self, kind: str, body: dict[str, Any], *, own: Sequence[str] = ()) -> None:
        """Let another device of the account have sent this."""
        row = {
            "kind": kind, "id": body["id"], "sha256": "ab" * 32, "received_at": "2026-11-23T09:00:00Z",
            "files": [{"sha256": each["sha256"], "stored": True} for each in body.get("files", ())], "body": body,
        }  # fmt: skip
        self.elsewhere.keep("acc-minh", SERVER, [row], new_id(), own)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    folder, signer = tmp_path / "device", Signer()
    notebook = Notebook.open(folder)
    rounds = RoundBook(folder, signer, notebook.events)
    answers, elsewhere = AnswerBook(folder, signer), Elsewhere(folder)
    journal = Journal(notebook, rounds.books, elsewhere, answers)
    return Books(notebook, rounds, answers, elsewhere, SeenEvents(folder), journal)
