"""`manage.py forget_cursors`: lets every device start over, after the database was brought back in another way."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from register.clock import RegisterClock, new_course


class Command(BaseCommand):
    help = (
        "Lets every device fetch the register anew and offer the records again that this database has lost. Run it "
        "once after point-in-time recovery, or after a standby took over that lacked what was confirmed. restore does "
        "it by itself."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Forget them; nothing that is kept changes."""
        # The records' clock before the register's, as every writer locks them.
        clocks = RegisterClock.objects.select_for_update().order_by("name")
        values = {clock.name: clock.value for clock in clocks}
        with connection.cursor() as cursor:
            for statement in new_course(values):
                cursor.execute(statement)
        self.stdout.write("No cursor that was given before is known any more: devices start over when they next ask.")
