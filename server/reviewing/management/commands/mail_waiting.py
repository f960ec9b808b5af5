"""Sends the daily mails with what waits for the office (docs/server.md)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from register import days
from reviewing.digest import send_due


class Command(BaseCommand):
    help = "Sends each person who asked for it a mail with what waits; at most one a day. Run it each morning."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Send them."""
        if not settings.MAIL:
            raise CommandError("OCOP_MAIL names no mail server, so no mail was sent.")
        if not settings.PUBLIC_URL:
            raise CommandError("OCOP_PUBLIC_URL is not set, so a mail could not lead to the inbox. None was sent.")
        self.stdout.write(f"{send_due(days.today())} mails sent.")
