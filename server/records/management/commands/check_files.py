"""`manage.py check_files`: reads every file of every record, and names those that are not what was received."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from records.kinds import all_kinds


class Command(BaseCommand):
    help = "Reads all photos and names those that are missing or have another hash than the record that names them."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Print one line for each; end with an error where there is one."""
        read = wrong = 0
        for kind in all_kinds().values():
            for file in kind.files.filter(erased_at=None).exclude(file="").iterator():
                read += 1
                if told := _fault(file):
                    wrong += 1
                    self.stdout.write(f"{told}: {kind.name} {file.record_id}, {file.file}")
        if wrong:
            raise CommandError(f"{wrong} of {read} files are not what was received")
        self.stdout.write(f"{read} files, all as they were received")


def _fault(file: Any) -> str | None:
    try:
        with default_storage.open(file.file) as stored:
            sha256 = hashlib.file_digest(stored, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    return None if sha256 == file.sha256 else "other bytes"
