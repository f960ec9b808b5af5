"""Stores each record exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import UUIDField

from accounts.models import DeviceKey, User
from querying.inserts import insert
from querying.prepared import Prepared
from records import chain
from records.kinds import Kind
from records.models import StoredFile, StoredRecord
from records.wire import NamedFile, Record, Signed, check_canonical
from register.clock import next_value

CLOCK = "inspections"
"""The clock of the cursors of records and events, named after the first kind of record."""


class IdTaken(Exception):
    """The id is already used by another body."""


class NotYours(Exception):
    """The record corrects a record of another sender."""


def read(kind: Kind, body: bytes) -> Signed:
    """Read and check a body. Raises BadDigest, UnknownSchema, and pydantic's ValidationError."""
    document = check_canonical(body)
    return kind.form_of(document).model_validate(document)


def is_here(kind: Kind, form: Signed) -> bool:
    """Whether a record with this id is stored, this one or another."""
    return _stored_in(kind.records_model).first(UUID(form.id)) is not None


@cache
def _stored_in(model: type[StoredRecord]) -> Prepared[Any]:
    return Prepared(lambda record: model._default_manager.filter(pk=record).order_by().values_list("pk"), UUIDField())


def receive(
    kind: Kind,
    form: Signed,
    body: bytes,
    sha256: str,
    account: User | None,
    signed: tuple[DeviceKey, str] | None = None,
    stored: Mapping[str, str] = MappingProxyType({}),
) -> tuple[StoredRecord, bool]:
    """Store what `read` has checked; True when it is new, False when the same body was there.

    `signed` is what `chain.check` has found. `stored` has the names in the storage of those files that are durable
    already, by their hashes.

    Raises IdTaken and NotYours. Nothing is looked up before the insert: the primary key decides between two
    simultaneous senders.
    """
    record = kind.records_model(
        id=UUID(form.id),
        sha256=sha256,
        body=body.decode(),
        account=account,
        device=UUID(form.device),
        created_at=datetime.fromisoformat(form.created_at),
        supersedes=UUID(form.supersedes) if form.supersedes else None,
        **kind.columns(form),
    )
    try:
        with transaction.atomic():
            record.cursor = next_value(CLOCK)
            record.save(force_insert=True)
            original = kind.records.filter(pk=record.supersedes).first() if record.supersedes else None
            if original is not None and not original.is_same_sender(record):
                raise NotYours
            for file in _files(kind, form, record, stored):
                insert(file)
            chain.keep(kind, record, form.prev if isinstance(form, Record) and kind.chained else None, signed)
            kind.on_receiving(record)
    except IntegrityError:
        before: StoredRecord | None = kind.records.filter(pk=record.pk).first()
        if before is None:
            raise
        if before.sha256 != sha256:
            raise IdTaken from None
        chain.add_signature(kind, before, signed)
        return before, False
    kind.on_received(record, form)
    return record, True


def _files(kind: Kind, form: Signed, record: StoredRecord, stored: Mapping[str, str]) -> list[StoredFile]:
    named: dict[str, NamedFile] = {}
    for file in form.named_files:
        named.setdefault(file.sha256, file)  # a file that is named twice is kept once
    of_kind: Any = kind.files_model  # each kind's files have a `record` of their own
    return [
        of_kind(
            record=record,
            number=number,
            sha256=file.sha256,
            size=file.size,
            type=file.type,
            file=stored.get(file.sha256, ""),
            stored_at=record.received_at if file.sha256 in stored else None,
        )
        for number, file in enumerate(named.values())
    ]
