from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785

from services.notes.content import NotedCode, Position
from services.notes.note import Draft, NoteInvalid, sign
from services.records.files import Photo
from services.records.record import rfc3339
from tests.services.conftest import DEVICE, NOW, new_id

DRAFT = Draft(id=new_id(), started_at=NOW, outcome="other", text="Tem mờ", place=Position(20.0, 1, 5))


def signed(draft: Draft) -> Any:
    return sign(draft, account="kiemtra01", device=DEVICE, now=NOW, clock_offset=None)


def test_the_body_is_the_contracts_and_its_hash_that_of_its_canonical_form() -> None:
    photo = Photo("0" * 64, 12)
    inspection = signed(replace(DRAFT, photos=(photo,), product_name="Chả mực"))
    assert inspection.body == {
        "schema": 1,
        "id": DRAFT.id,
        "device": DEVICE,
        "account": "kiemtra01",
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": None,
        "code": None,
        "verdict": None,
        "outcome": "other",
        "text": "Tem mờ",
        "place": {"lat": 20.0, "lon": 1, "accuracy": 5},
        "photos": [{"sha256": "0" * 64, "size": 12, "type": "image/jpeg"}],
        "supersedes": None,
    }
    assert inspection.canonical() == rfc8785.dumps(inspection.body)
    assert inspection.sha256 == hashlib.sha256(inspection.canonical()).hexdigest()
    assert b'"lat":20,' in inspection.canonical()
    assert (inspection.account, inspection.photos, inspection.product_name) == ("kiemtra01", (photo,), "Chả mực")


def test_the_canonical_form_survives_json() -> None:
    inspection = signed(replace(DRAFT, place=Position(20.957311234567, 1e-7, 100.0), text="\u2028\t“é”"))
    again = replace(inspection, body=json.loads(json.dumps(inspection.body)))
    assert again.canonical() == inspection.canonical()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "x" * 5001}, "text_too_long"),
        ({"outcome": "fine"}, "no_outcome"),
        ({"photos": tuple(Photo(f"{n:064x}", 1) for n in range(21))}, "too_many_photos"),
        ({"code": NotedCode("x" * 70_000, "typed")}, "too_large"),
        ({"place": Position(float("nan"), 0.0, 1.0)}, "not_canonical"),
        ({"code": NotedCode("\ud800", "typed")}, "not_canonical"),
    ],
)
def test_what_the_server_would_refuse_for_good_is_not_signed(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoteInvalid) as error:
        signed(replace(DRAFT, **fields))
    assert error.value.reason == reason


def test_text_that_no_database_takes_is_cleaned() -> None:
    assert signed(replace(DRAFT, text="a\0b\ud83dc")).body["text"] == "ab?c"
    assert signed(replace(DRAFT, text="x" * 5000)).body["text"] == "x" * 5000


def test_a_draft_survives_json() -> None:
    draft = replace(DRAFT, photos=(Photo("0" * 64, 12),), started_at=datetime.now(UTC), supersedes=new_id())
    assert Draft.from_json(json.loads(json.dumps(draft.to_json()))) == draft


def test_times_are_utc_in_whole_seconds() -> None:
    hanoi = timezone(timedelta(hours=7))
    assert rfc3339(datetime(2026, 11, 23, 15, 0, 0, 999_999, hanoi)) == "2026-11-23T08:00:00Z"
