"""Erase the personal data of one round or one audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.erasing import erase as erase_audit
from audits.models import Audit
from records.erasing import Ground
from rounds.erasing import erase
from rounds.models import Round


class Command(BaseCommand):
    help = (
        "Erases the names, signatures and private place of a round and its inspections, or a shop's names in an audit. "
        "It cannot be taken back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("record", type=UUID, help="the id of the round or the audit, as its page shows it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Erase, and say so."""
        found = Round.objects.filter(pk=options["record"]).first()
        audit = Audit.objects.filter(pk=options["record"]).first()
        if found is None and audit is None:
            raise CommandError("There is no such round or audit.")
        if found is not None:
            erase(found, Ground.OFFICE)
            self.stdout.write(f"Erased in the round {found.pk}; its hash stays that of what was sent.")
        if audit is not None:
            erase_audit(audit, Ground.OFFICE)
            self.stdout.write(f"Erased in the audit {audit.pk}; its hash stays that of what was sent.")
