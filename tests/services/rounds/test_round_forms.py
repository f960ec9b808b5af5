"""What a round and an inspection say, in their wire form and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from services.notes.content import NotedCode, NotedVerdict, Position
from services.records.files import Photo
from services.rounds.inspection import (
    Answered,
    Compared,
    FilledChecklist,
    Finding,
    Found,
    InspectionDraft,
    ItemAnswer,
    Picture,
    Quantity,
    Sale,
    Seal,
    Sealed,
    Shows,
)
from services.rounds.place import Place, PlaceKind
from services.rounds.round import (
    Inspected,
    LookedAt,
    OpenRound,
    Pause,
    Person,
    Role,
    Signature,
    content_hash,
)

AT = datetime(2026, 11, 28, 8, 20, tzinfo=UTC)
PLACE = Place(PlaceKind.MARKET, "Chợ Cửa Sông", "Dãy B, sạp 12", Position(20.95, 107.08, 12.0))
FOUND = Found(
    gtin="09521234567899",
    product_name="Trà hoa vàng",
    producer_name="HTX Ba Chẽ",
    codes=(NotedCode("9521234567899", "EAN-13", "09521234567899", "L1", None, date(2027, 1, 31)),),
    verdict=NotedVerdict("certified", ("certificate_in_force",), AT),
    copy_as_of=AT,
    quantity=Quantity(24, "hộp"),
    price=185_000,
    lot=Compared("L1", "L2"),
    expiry=Compared("2027-01-31", "2027-01-31"),
    seal=Seal.INTACT,
    sale=Sale.ON_SALE,
    seller_said="Nhập tháng 10",
    findings=(Finding.STARS_DIFFER, Finding.OTHER),
    samples=(Sealed(0.5, "kg", "NP-01"),),
    held=Sealed(3, "hộp"),
    checklist=FilledChecklist(
        "0" * 64, "tp", "ND37/2026", "2026-11-28", (ItemAnswer("c1", Answered.WRONG, "person", "Sai tên", "a" * 64),)
    ),
    text="Sạp ngoài trời",
)


def through_json(document: dict[str, object]) -> dict[str, object]:
    read: dict[str, object] = json.loads(json.dumps(document))
    return read


def test_a_draft_is_read_back_as_it_was_written() -> None:
    pictures = (
        Picture(Photo("a" * 64, 1000), Shows.FRONT, sent=False),
        Picture(Photo("b" * 64, 900), Shows.FRONT, copy_of="a" * 64),
    )
    draft = InspectionDraft("id", "round", AT, FOUND, pictures, account="acc")
    assert InspectionDraft.from_json(through_json(draft.to_json())) == draft
    empty = InspectionDraft("id", "round", AT)
    assert InspectionDraft.from_json(through_json(empty.to_json())) == empty


def test_a_round_is_read_back_as_it_was_written() -> None:
    signature = Signature(Role.SELLER, "Trần Văn Lộc", AT, "c" * 64, (((0, 0), (1000, 400)),))
    refused = Signature(Role.WITNESS, "Lê Thị Hoa", AT, "c" * 64, refused="Không có mặt")
    of = OpenRound(
        id="id",
        opened_at=AT,
        place=PLACE,
        inspected=Inspected("Hộ kinh doanh Lộc", "22A8001234", present=True),
        people=(Person("Nguyễn Thu Hà", Role.INSPECTOR, "Đội trưởng"),),
        case_number="15/QĐ-KT",
        remarks="Trời mưa",
        pauses=(Pause(AT, AT), Pause(AT)),
        looked_at=(LookedAt("9521234567899", "09521234567899", "certified", AT),),
        signatures=(signature, refused),
        closed_at=AT,
        account="acc",
    )
    assert of.is_paused
    assert OpenRound.from_json(through_json(of.to_json())) == of
    empty = OpenRound("id", AT, Place(PlaceKind.SHOP, "Cửa hàng 12"))
    assert OpenRound.from_json(through_json(empty.to_json())) == empty


def test_people_sign_all_but_the_signatures_and_what_is_added_on_sealing() -> None:
    body = OpenRound("id", AT, PLACE).to_json() | {"prev": None, "created_at": "x", "clock_offset": None}
    signed = content_hash(body)
    assert content_hash(body | {"signatures": [1], "prev": "y", "created_at": "z", "clock_offset": 3}) == signed
    assert content_hash(body | {"remarks": "."}) != signed


def test_a_lot_differs_only_where_both_are_known() -> None:
    assert Compared("L1", "L2").differ
    assert not Compared("L1", "L1").differ
    assert not Compared(None, "L2").differ
    assert not Compared("L1", None).differ
