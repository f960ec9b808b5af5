"""Adds a version of the checklists, whole or not at all."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from checklists.document import Refused, read
from checklists.models import Checklist
from register.clock import lock_clock


class AlreadyThere(Refused):
    """This very document is a version already."""


class TooEarly(Refused):
    """A later version is there, which begins on the day `latest`."""

    def __init__(self, latest: date) -> None:
        super().__init__(f"a version is there that begins later, on {latest.isoformat()}")
        self.latest = latest


def check(content: bytes, valid_from: date) -> str:
    """The hash of a version that may be added. Raises Refused."""
    read(content)
    sha256 = hashlib.sha256(content).hexdigest()
    if Checklist.objects.filter(pk=sha256).exists():
        raise AlreadyThere("this version is there already")
    latest = Checklist.objects.first()
    if latest is not None and latest.valid_from > valid_from:
        raise TooEarly(latest.valid_from)
    return sha256


def add(content: bytes, valid_from: date, by: Any = None) -> Checklist:
    """Let devices use a version from a day on; the one before it ends the day before. Raises Refused.

    Two versions may begin on one day: the one that was added later holds.
    """
    with transaction.atomic():
        lock_clock()
        sha256 = check(content, valid_from)
        Checklist.objects.filter(valid_to=None).update(valid_to=valid_from - timedelta(days=1))
        added = Checklist(sha256=sha256, document=content.decode(), valid_from=valid_from, added_by=by)
        added.save(force_insert=True)
        return added
