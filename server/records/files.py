"""Keeps the bytes of files that records name: whole, or in parts, each of which may come to another server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import User
from records.kinds import Kind
from records.models import Part, StoredFile, StoredRecord
from records.pictures import UnsupportedPhoto, extension_of
from records.receiving import CLOCK
from records.wire import MIN_PART_BYTES, MOST_SMALL_PARTS, BadDigest, NamedFile
from register.clock import lock_clock


class WrongOffset(Exception):
    """The part does not begin right after the `held` bytes that are here."""

    def __init__(self, held: int) -> None:
        super().__init__(held)
        self.held = held


class TooLarge(ValueError):
    """The file would have more bytes than the record says."""


class TooSmall(ValueError):
    """The file has fewer bytes than the record says, or many parts of it have been small ones."""


def find(kind: Kind, record_id: UUID, sha256: str) -> Any | None:
    """The file with this hash that the record with this id names, and the record; None where there is none."""
    return kind.files.select_related("record").filter(record_id=record_id, sha256=sha256).first()


def is_senders(record: StoredRecord, account: User | None, device: str) -> bool:
    """Whether a record was sent by this account or, without an account, by this device."""
    if account is not None or record.account_id is not None:
        return account is not None and record.account_id == account.pk
    return device == str(record.device)


def held(kind: Kind, file: Any) -> int:
    """How many bytes of a file are here, without a gap from the first."""
    if file.file or file.erased_at:
        return int(file.size)
    return sum(size for _, size in _without_gap(parts_of(kind, file).values_list("offset", "size")))


def parts_of(kind: Kind, file: Any) -> QuerySet[Part]:
    """The parts of a file that are here, in order."""
    return Part.objects.filter(kind=kind.name, record=file.record_id, sha256=file.sha256).order_by("offset")


def keep(kind: Kind, file: Any, content: bytes) -> bool:
    """Keep a whole file, and drop its parts; False when it was kept before, also where it was erased since.

    Raises BadDigest, TooLarge, TooSmall, UnsupportedPhoto, and PhotosUnavailable where it cannot be kept now. The bytes
    are durable before the row tells so. The record moves to the end of its account's list, so that other devices are
    told.
    """
    if file.file or file.erased_at:
        check(file, content)
        return False
    name = store(file, content)
    with transaction.atomic():
        clock = lock_clock(CLOCK)
        first = kind.files.filter(pk=file.pk, file="", erased_at=None).update(file=name, stored_at=timezone.now())
        parts_of(kind, file).delete()
        if first:
            kind.records.filter(pk=file.record_id).update(cursor=clock.advance())
    if first:
        store_again_if_gone(name, content)
    return bool(first)


def store(file: StoredFile | NamedFile, content: bytes) -> str:
    """Make the bytes of a file durable, and return their name in the storage; no row tells of them yet.

    Raises what `keep` raises.
    """
    check(file, content)
    name = f"photos/{file.sha256[:2]}/{file.sha256}.{extension_of(content, file.type)}"
    return default_storage.save(name, ContentFile(content))


def store_again_if_gone(name: str, content: bytes) -> None:
    """Make bytes durable once more that were removed after `store`, before a row told of them.

    `erasing.delete_bytes` removes the same photo of an erased record while it holds the records' clock: so it sees the
    row, or is over before the row is there. Raises PhotosUnavailable.
    """
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))


def check(file: StoredFile | NamedFile, content: bytes) -> None:
    """Check that the bytes are those that the record names. Raises BadDigest, TooLarge, TooSmall."""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise BadDigest("The bytes do not hash to the file's name.")
    if len(content) != file.size:
        raise TooLarge if len(content) > file.size else TooSmall


def add_part(kind: Kind, file: Any, offset: int, content: bytes) -> bool:
    """Take the next part of a file; True when that completes the file.

    Raises WrongOffset, TooLarge, TooSmall, and what `keep` raises; bytes with a wrong digest are then deleted. The last
    part is not kept separately: either the file is complete, or the last part still has to come.
    """
    if file.file or file.erased_at:
        return False
    if offset + len(content) < file.size:
        _put(kind, file, offset, content)
        return False
    if offset + len(content) > file.size:
        raise TooLarge
    before = _without_gap(parts_of(kind, file).values_list("offset", "size", "content"))
    if (length := sum(size for _, size, _ in before)) != offset:
        file.refresh_from_db(fields=["file", "erased_at"])
        if file.file or file.erased_at:  # another request was faster
            return False
        raise WrongOffset(length)
    whole = b"".join([*(bytes(part) for _, _, part in before), content])
    try:
        return keep(kind, file, whole)
    except (BadDigest, UnsupportedPhoto):
        parts_of(kind, file).delete()
        raise


def forget_parts(before: datetime) -> int:
    """Delete the parts of files to which nothing was added since a moment. Returns how many."""
    names = ("kind", "record", "sha256")
    left = Part.objects.values(*names).annotate(last=Max("received_at")).filter(last__lt=before)
    return sum(
        Part.objects.filter(**{name: of[name] for name in names}, received_at__lt=before).delete()[0] for of in left
    )


@transaction.atomic
def _put(kind: Kind, file: Any, offset: int, content: bytes) -> None:
    """Keep a part that is not the last. Raises WrongOffset and TooSmall."""
    # One request at a time, and none completes the file meanwhile.
    locked: StoredFile = kind.files.select_for_update().get(pk=file.pk)
    here = held(kind, locked)
    if offset != here:
        raise WrongOffset(here)
    if 0 < len(content) < MIN_PART_BYTES and parts_of(kind, file).count() >= MOST_SMALL_PARTS:
        raise TooSmall
    if content:
        Part.objects.create(
            kind=kind.name,
            record=file.record_id,
            sha256=file.sha256,
            offset=offset,
            size=len(content),
            content=content,
        )


def _without_gap(parts: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The first part and all that follow it without a gap. Each is given by its offset, its size, and anything else."""
    following: list[tuple[Any, ...]] = []
    end = 0
    for part in parts:
        if part[0] != end:
            break
        following.append(part)
        end += part[1]
    return following
