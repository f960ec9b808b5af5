"""Storing a note exactly once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from inspections import sightings
from inspections.models import Inspection, Photo
from inspections.note import Note, NotePhoto
from register.clock import lock_clock


class IdTaken(Exception):
    """The id already holds another body."""


class NotYours(Exception):
    """The note corrects a note of another sender."""


def receive(note: Note, body: bytes, sha256: str, account: User | None) -> tuple[Inspection, bool]:
    """Store a checked note; True when it is new, False when the same body was there. Raises IdTaken and NotYours.

    The primary key decides between two senders at the same moment; nothing is looked up before the insert.
    """
    inspection = _inspection(note, body, sha256, account)
    try:
        with transaction.atomic():
            clock = lock_clock("inspections")
            clock.value += 1
            inspection.cursor = clock.value
            inspection.save(force_insert=True)
            original = Inspection.objects.filter(pk=inspection.supersedes).first() if inspection.supersedes else None
            if original is not None and not original.is_same_sender(inspection):
                raise NotYours
            Photo.objects.bulk_create(_photos(note, inspection))
            sightings.record(inspection)
            clock.save(update_fields=["value"])
    except IntegrityError:
        stored = Inspection.objects.filter(pk=inspection.pk).first()
        if stored is None:
            raise
        if stored.sha256 != sha256:
            raise IdTaken from None
        return stored, False
    return inspection, True


def _inspection(note: Note, body: bytes, sha256: str, account: User | None) -> Inspection:
    return Inspection(
        id=UUID(note.id),
        sha256=sha256,
        body=body.decode(),
        account=account,
        device=UUID(note.device),
        created_at=datetime.fromisoformat(note.created_at),
        outcome=note.outcome,
        status=note.verdict.status if note.verdict else "",
        gtin=(note.code.gtin or "") if note.code else "",
        code_text=_column(note.code.text) if note.code else "",
        text=_column(note.text),
        latitude=note.place.lat if note.place else None,
        longitude=note.place.lon if note.place else None,
        supersedes=UUID(note.supersedes) if note.supersedes else None,
    )


def _photos(note: Note, inspection: Inspection) -> list[Photo]:
    named: dict[str, NotePhoto] = {}
    for photo in note.photos:
        named.setdefault(photo.sha256, photo)  # a photo that is named twice is kept once
    return [
        Photo(inspection=inspection, number=number, sha256=photo.sha256, size=photo.size, type=photo.type)
        for number, photo in enumerate(named.values())
    ]


def _column(text: str) -> str:
    # PostgreSQL's text cannot hold NUL, which a scanned code may carry; the body keeps it, escaped.
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
