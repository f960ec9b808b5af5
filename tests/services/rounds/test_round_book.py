"""The rounds and inspections of one device."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.accounts.viewer import Viewer
from services.notes.content import NotedCode, NotedVerdict
from services.records.book import RecordState
from services.rounds.inspection import (
    Finding,
    Found,
    Inspection,
)
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, OpenRound, Person, Role, Signature, content_hash
from services.rounds.round_book import RoundBook
from services.rounds.sealing import Signer
from tests.services.conftest import DEVICE, NOW

MINH, LAN = Viewer("acc-minh", frozenset({"kiemtra01"})), Viewer("acc-lan")
SIGNER = Signer("kiemtra01", DEVICE, MINH, 3)
PLACE = Place(PlaceKind.MARKET, "Chợ Cửa Sông", "Dãy B")
SELLER = Inspected("Trần Thị Hoa", "8012345678")
LINE = (((10, 20), (30, 40), (500, 390)),)


@pytest.fixture
def book(tmp_path: Path) -> RoundBook:
    return RoundBook(tmp_path / "device")


def opened(book: RoundBook, viewer: Viewer = MINH) -> OpenRound:
    return book.open(PLACE, SELLER, (Person("Lê Minh", Role.INSPECTOR),), "12/QĐ", viewer, now=NOW)


def found(number: int = 1, **others: object) -> Found:
    text = f"95212345678{number:02d}"
    made = Found(
        gtin=f"0{text}",
        product_name=f"Trà {number}",
        codes=(NotedCode(text, "EAN-13", f"0{text}"),),
        verdict=NotedVerdict("certified", (), NOW),
        findings=(Finding.MATCHES,),
    )
    return replace(made, **others)  # type: ignore[arg-type]


def inspected(book: RoundBook, said: OpenRound, number: int = 1) -> Inspection:
    draft = book.begin(said.id, found(number), SIGNER, now=NOW)
    return book.finish(draft.id, SIGNER, now=NOW + timedelta(minutes=number))


def signed(book: RoundBook, said: OpenRound, role: Role = Role.INSPECTOR, name: str = "Lê Minh") -> Signature:
    content = book.to_sign(said.id, SIGNER, now=NOW + timedelta(hours=1))
    signature = Signature(role, name, NOW, content, LINE)
    book.sign(said.id, signature, SIGNER)
    return signature


def test_a_round_is_opened_inspected_signed_and_closed(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    first, second = inspected(book, said, 1), inspected(book, said, 2)
    signature = signed(book, said)
    closed = book.close(said.id, SIGNER, now=NOW + timedelta(hours=2))
    assert closed.inspections == ((first.id, first.sha256), (second.id, second.sha256))
    assert closed.said.signatures == (signature,)
    assert content_hash(closed.body) == signature.content
    assert first.body["place"] == PLACE.to_json()
    assert (first.body["round"], first.body["account"], first.owner) == (said.id, "kiemtra01", "acc-minh")
    assert [record.id for each in book.books for record in each.outbox()] == [first.id, second.id, said.id]
    book.shut()
    again = RoundBook(tmp_path / "device")
    kept = again.round(said.id, MINH)
    assert kept and kept.closed == closed and kept.state is RecordState.WAITING  # noqa: PT018
    assert again.current(MINH) is None
    assert [each.id for each in again.inspections_of(said.id, MINH)] == [second.id, first.id]
