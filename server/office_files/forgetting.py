"""Removes files that were asked for, each with its bytes, and bytes that no row names."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from office_files.making import FOLDER
from office_files.models import OfficeFile
from records.storage import BEING_WRITTEN


def due(before: datetime) -> QuerySet[OfficeFile]:
    """The files that were asked for before a moment, in whatever state they are."""
    return OfficeFile.objects.filter(at__lt=before)


def remove(file: OfficeFile) -> None:
    """Remove a file: first its bytes, so that a run which is killed is finished by the next."""
    if file.file:
        default_storage.delete(file.file)
    file.delete()


def forget(before: datetime, most: int) -> int:
    """Remove files that were asked for before a moment, at most so many. Returns how many."""
    found = list(due(before).order_by("at")[:most])
    for file in found:
        remove(file)
    return len(found)


def remove_left() -> int:
    """Remove bytes that no row names, as a try that was killed leaves them. Returns of how many files."""
    try:
        names = {f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]}
    except FileNotFoundError:  # the first file makes the folder
        return 0
    names -= set(OfficeFile.objects.exclude(file="").values_list("file", flat=True))
    newest = timezone.now() - BEING_WRITTEN
    removed = 0
    for name in names:
        with suppress(FileNotFoundError):  # written aside a moment ago, it has its name by now
            if default_storage.get_modified_time(name) < newest:
                default_storage.delete(name)
                removed += 1
    return removed
