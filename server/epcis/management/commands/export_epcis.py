"""Writes the inspections of a span of time as one EPCIS 2.0 document (docs/epcis.md)."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from epcis.document import file_of
from epcis.reading import arrived, is_sample
from register.days import VIETNAM


def moment(text: str) -> datetime:
    """A moment; a day is its beginning in Vietnam, and so is what names no time zone."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day or moment, such as 2026-11-23 or 2026-11-23T08:00:00Z") from error
    return read if read.tzinfo else read.replace(tzinfo=VIETNAM)


class Command(BaseCommand):
    help = "Writes what arrived of inspections from one moment to before another as one EPCIS 2.0 document."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--since", type=moment, required=True, help="a day or a moment; what arrived from then on")
        parser.add_argument("--until", type=moment, help="a day or a moment; what arrived before it. Unless given: now")
        parser.add_argument("--out", type=Path, required=True, help="the file, which is replaced as a whole")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Write beside the file, and put it in its place once it is whole and on the disk."""
        now, out = timezone.now(), options["out"]
        since, until = options["since"], min(options["until"] or now, now)
        if since >= until:
            raise CommandError("--since is not before --until, or in the future. Nothing was written.")
        count = 0
        try:
            beside, name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
        except OSError as error:
            raise CommandError(f"{out.parent} cannot be written to ({error.strerror}). Nothing was written.") from error
        try:
            with os.fdopen(beside, "w", encoding="utf-8") as file:
                for count, piece in enumerate(file_of(arrived(since, until), now, sample=is_sample())):  # noqa: B007
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(out)
        except OSError as error:
            raise CommandError(
                f"{out} was not written ({error.strerror}). What stood there before still does."
            ) from error
        finally:
            Path(name).unlink(missing_ok=True)
        self.stdout.write(f"{count - 1} events, to {out}")
