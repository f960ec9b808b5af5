from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from services.records.book import RecordBook
from services.records.files import Photo, PhotoFolder
from services.records.kind import NOTE
from services.records.record import RecordInvalid, seal
from tests.services.conftest import new_id
from tests.support.record_kinds import DEVICE, MADE_UP, sign


def body(**fields: Any) -> dict[str, Any]:
    return {"schema": 1, "id": new_id(), "device": DEVICE, "account": "kiemtra01", "supersedes": None, **fields}


def test_a_record_is_named_by_the_hash_of_its_canonical_form(tmp_path: Path) -> None:
    photo = Photo("0" * 64, 12)
    record = sign(RecordBook(tmp_path, MADE_UP, PhotoFolder(tmp_path)), account="kiemtra01", files=(photo,))
    assert record.canonical() == rfc8785.dumps(record.body)
    assert record.sha256 == hashlib.sha256(record.canonical()).hexdigest()
    assert (record.account, record.device, record.schema, record.files) == ("kiemtra01", DEVICE, 1, (photo,))
    assert (record.supersedes, record.prev) == (None, None)
    again = replace(record, body=json.loads(json.dumps(record.body)))
    assert again.canonical() == record.canonical()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "x" * 70_000}, "too_large"),
        ({"text": "\ud800"}, "not_canonical"),
        ({"number": float("nan")}, "not_canonical"),
        ({"account": None}, "no_account"),
    ],
)
def test_what_the_server_would_refuse_for_good_is_not_sealed(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordInvalid) as error:
        seal(MADE_UP, body(**fields))
    assert error.value.reason == reason


def test_a_note_may_be_nobodys() -> None:
    assert seal(NOTE, body(account=None)).account is None
