"""Erase the personal data of one round."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rounds.erasing import erase
from rounds.models import Round


class Command(BaseCommand):
    help = "Erases the names, signatures and private place of a round and its inspections. It cannot be taken back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("round", type=UUID, help="the round's id, as its page in the back office shows it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Erase, and say so."""
        found = Round.objects.filter(pk=options["round"]).first()
        if found is None:
            raise CommandError("There is no such round.")
        erase(found)
        self.stdout.write(f"Erased in the round {found.pk}; its hash stays that of what was sent.")
