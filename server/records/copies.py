"""Keeps the small copies of photos that lists show, so that each is drawn once.

Photos are unpacked when there is time, by whoever works off the queue (`draw_next`), and at once where somebody looks
before that. A copy is sealed with the hash of its photo by a key of this server: what was not made here of these very
bytes, or was damaged since, is drawn anew. Copies may be lost at any time.
"""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.crypto import constant_time_compare, salted_hmac

from records.kinds import Kind, all_kinds
from records.models import CopiesMark
from records.pictures import UnsupportedPhoto, copy_to_show
from records.receiving import CLOCK
from records.storage import PARTIAL, PhotosUnavailable
from register.clock import RegisterClock

logger = logging.getLogger(__name__)

SIDE = 400
"""Pixels a side: those of a photo in a record's list (12 rem on a dense screen)."""
FOLDER = "copies"
LOOK_EVERY = 5.0
"""Seconds between two looks for photos that have come."""
_AWAY = 60.0
_ASKED = 400
"""Copies whose photos are sought at a time."""
_SEAL_BYTES = hashlib.sha256().digest_size
_next_look = [0.0]


def small_copy(name: str, sha256: str, content: bytes) -> bytes:
    """The small copy of a photo, given its bytes, which were checked; drawn and kept where there is none yet.

    `name` is that of the photo in the store. Raises UnsupportedPhoto and PhotosUnavailable, but not where the copy
    cannot be kept: then it is drawn again next time.
    """
    if (kept := _kept(sha256)) is not None:
        return kept
    drawn = copy_to_show(content, SIDE)
    try:
        _keep(name, sha256, drawn)
    except PhotosUnavailable:
        logger.warning("copy_not_kept", exc_info=True)
    return drawn


def is_needed(name: str) -> bool:
    """Whether a record names these bytes and still keeps them."""
    return any(kind.files.filter(file=name, erased_at=None).exists() for kind in all_kinds().values())


def delete(name: str) -> None:
    """Delete a photo from the store, and before it its copy. Raises PhotosUnavailable."""
    default_storage.delete(_name_of(PurePosixPath(name).stem))
    default_storage.delete(name)


def remove_left(folder: str) -> int:
    """Remove copies that no photo needs, of those in one folder (two digits). Returns how many.

    One that was kept while its photo was erased, by a process that was killed just then, is left so.
    """
    try:
        names = default_storage.listdir(f"{FOLDER}/{folder}")[1]
    except FileNotFoundError:
        return 0
    removed = 0
    for start in range(0, len(names), _ASKED):
        part = names[start : start + _ASKED]
        photos = [f"photos/{folder}/{name.partition('-')[0]}.{end}" for name in part for end in ("jpg", "png")]
        needed = {
            PurePosixPath(photo).stem
            for kind in all_kinds().values()
            for photo in kind.files.filter(file__in=photos, erased_at=None).values_list("file", flat=True)
        }
        for name in part:
            # One of a photo that came after the question is drawn again.
            if name.partition("-")[0] not in needed and not name.startswith(PARTIAL):
                default_storage.delete(f"{FOLDER}/{folder}/{name}")
                removed += 1
    return removed


def draw_next() -> bool:
    """Draw the copies of the next record whose photos have come; whether there was one. For the queue's quiet moments.

    Records move to the end of their account's list when a photo arrives, so their cursor tells what has come since.
    Nothing is written when a photo is taken. Whoever moves the mark draws: if it is killed, the first look does.
    """
    if time.monotonic() < _next_look[0]:
        return False
    now = RegisterClock.objects.get(name=CLOCK).value
    # Photos that were there before there were copies are drawn when somebody looks.
    mark, _ = CopiesMark.objects.get_or_create(pk=1, defaults={"cursor": now})
    if mark.cursor == now:
        _next_look[0] = time.monotonic() + LOOK_EVERY
        return False
    found = min((one for kind in all_kinds().values() if (one := _first_after(kind, mark.cursor))), default=None)
    cursor = found[0] if found else now
    if CopiesMark.objects.filter(pk=1, cursor=mark.cursor).update(cursor=cursor) and found:
        _draw(*found[1:])
    return found is not None


def _first_after(kind: Kind, cursor: int) -> tuple[int, str, Any] | None:
    """The first record of the kind after a cursor that has a photo, as its cursor, the kind's name and its id."""
    files = kind.files.filter(record__cursor__gt=cursor).exclude(file="").order_by("record__cursor")
    first = files.values_list("record__cursor", "record_id").first()
    return (first[0], kind.name, first[1]) if first else None


def _draw(kind_name: str, record: Any) -> None:
    for photo in all_kinds()[kind_name].files.filter(record_id=record, erased_at=None).exclude(file=""):
        try:
            if _kept(photo.sha256) is not None:
                continue
            with default_storage.open(photo.file) as file:
                content = file.read()
            if hashlib.sha256(content).hexdigest() == photo.sha256:
                _keep(photo.file, photo.sha256, copy_to_show(content, SIDE))
        except (UnsupportedPhoto, FileNotFoundError):
            continue  # whoever looks at the record is told
        except PhotosUnavailable:
            logger.warning("copy_not_kept", exc_info=True)
            _next_look[0] = time.monotonic() + _AWAY
            return


def _kept(sha256: str) -> bytes | None:
    """The copy that is kept, or None where there is none that this server has made of the photo."""
    try:
        with default_storage.open(_name_of(sha256)) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return None
    seal, copy = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
    return copy if constant_time_compare(seal, _seal(sha256, copy)) else None


def _keep(name: str, sha256: str, copy: bytes) -> None:
    default_storage.delete(_name_of(sha256))  # a bucket writes no object twice
    default_storage.save(_name_of(sha256), ContentFile(_seal(sha256, copy) + copy))
    if not is_needed(name):  # it was erased meanwhile
        default_storage.delete(_name_of(sha256))


def _seal(sha256: str, copy: bytes) -> bytes:
    digest = hashlib.sha256(copy).hexdigest()
    return salted_hmac("records.copies", f"{sha256}:{digest}", algorithm="sha256").digest()


def _name_of(sha256: str) -> str:
    return f"{FOLDER}/{sha256[:2]}/{sha256}-{SIDE}"
