"""One chain for each account on a device, across the kinds that are chained."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.accounts.device_key import DeviceKey
from services.records.book import RecordBook
from services.records.chain import Signer, signature_of
from services.records.files import PhotoFolder
from services.records.kind import ANSWER, INSPECTION, Kind
from services.records.record import Record
from tests.services.conftest import NOW
from tests.support.record_kinds import DEVICE

KEY = DeviceKey.new()


def opened(folder: Path, kind: Kind, signer: Signer | None) -> RecordBook:
    return RecordBook(folder, kind, PhotoFolder(folder / "photos"), signer)


def sign(
    book: RecordBook,
    *,
    account: str = "kiemtra01",
    owner_id: str | None = None,
    device: str = DEVICE,
    at: datetime = NOW,
) -> Record:
    body: dict[str, Any] = {
        "schema": 1,
        "kind": book.kind.name,
        "id": str(uuid.uuid4()),
        "device": device,
        "account": account,
        "created_at": at.isoformat(),
        "prev": None,
        "supersedes": None,
    }
    return book.sign(body, owner_id)


def test_records_of_several_kinds_follow_one_another_also_after_the_next_start(tmp_path: Path) -> None:
    signer = Signer(lambda _owner, _device: KEY)
    inspections, answers = opened(tmp_path, INSPECTION, signer), opened(tmp_path, ANSWER, signer)
    first, second = sign(inspections), sign(answers)
    assert (first.prev, second.prev) == (None, first.sha256)
    assert answers.entry(second.id).signature == signature_of(second, KEY)

    signer = Signer(lambda _owner, _device: KEY)
    answers, inspections = opened(tmp_path, ANSWER, signer), opened(tmp_path, INSPECTION, signer)
    assert sign(inspections).prev == second.sha256


def test_each_account_and_each_device_has_a_chain_of_its_own(tmp_path: Path) -> None:
    signer = Signer()
    book = opened(tmp_path, INSPECTION, signer)
    assert sign(book).prev is None
    assert sign(book, account="kiemtra02").prev is None
    assert sign(book, device=str(uuid.uuid4())).prev is None


def test_a_chain_goes_on_where_an_account_is_known_by_its_id_from_now_on(tmp_path: Path) -> None:
    signer = Signer(same=lambda owner: {"kiemtra01": "an id"}.get(owner, owner))
    book = opened(tmp_path, INSPECTION, signer)
    first = sign(book)
    second = sign(book, owner_id="an id")
    assert (second.prev, sign(book).prev) == (first.sha256, second.sha256)


def test_what_was_sealed_and_not_kept_leaves_neither_gap_nor_fork(tmp_path: Path) -> None:
    signer = Signer()
    book = opened(tmp_path, INSPECTION, signer)
    first = sign(book)
    signer.seal(INSPECTION, first.body | {"id": str(uuid.uuid4())})
    assert sign(book).prev == first.sha256


def test_without_a_key_a_record_is_made_all_the_same_and_signed_once_there_is_one(tmp_path: Path) -> None:
    keys: list[DeviceKey] = []
    book = opened(tmp_path, INSPECTION, Signer(lambda _owner, _device: keys[0] if keys else None))
    record = sign(book)
    assert (book.entry(record.id).signature, book.signature(record.id)) == (None, None)
    keys.append(KEY)
    assert book.signature(record.id) == signature_of(record, KEY)
    assert opened(tmp_path, INSPECTION, None).entry(record.id).signature == signature_of(record, KEY)


def test_only_the_last_record_that_nobody_has_seen_is_taken_back(tmp_path: Path) -> None:
    signer = Signer()
    book, answers = opened(tmp_path, INSPECTION, signer), opened(tmp_path, ANSWER, signer)
    first, second = sign(book), sign(answers)
    assert not book.take_back(first.id), "a later one names it"
    assert answers.take_back(second.id)
    assert (second.id in answers, answers.waiting) == (False, 0)
    third = sign(book)
    assert third.prev == first.sha256
    book.mark_sending(third.id)
    book.mark_sending(None)
    assert not book.take_back(third.id), "the server may have it"
    fourth = sign(answers)
    assert not opened(tmp_path, ANSWER, None).take_back(fourth.id), "nor after the next start"
    with pytest.raises(KeyError):
        answers.record(second.id)


def test_after_damage_the_chain_goes_on_from_the_latest_record_that_is_left(tmp_path: Path) -> None:
    signer = Signer()
    book, answers = opened(tmp_path, INSPECTION, signer), opened(tmp_path, ANSWER, signer)
    sign(book)
    sign(answers)
    last = sign(book)
    for file in (tmp_path / ANSWER.folder).glob("*.json"):
        file.unlink()
    again = opened(tmp_path, INSPECTION, None)
    assert sign(again).prev == last.sha256


def test_after_damage_a_clock_that_was_set_back_forks_no_chain(tmp_path: Path) -> None:
    signer = Signer()
    book, answers = opened(tmp_path, INSPECTION, signer), opened(tmp_path, ANSWER, signer)
    sign(book)
    back = NOW - timedelta(days=365)
    sign(answers, at=back)
    last = sign(book, at=back)
    for file in (tmp_path / ANSWER.folder).glob("*.json"):
        file.unlink()
    assert sign(opened(tmp_path, INSPECTION, None), at=back).prev == last.sha256
