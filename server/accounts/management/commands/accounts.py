"""The way back in for whoever runs the server, where no administrator can sign in any more."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts import guessing, invitations, second_factor
from accounts.models import Role, User


class Command(BaseCommand):
    help = "Opens the way back in: a link for a new password, no second factor, no lock, the role of administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        """What is done, and to which account."""
        parser.add_argument("what", choices=["password", "second-factor", "unlock", "administrator"])
        parser.add_argument("username")

    def handle(self, *_: object, **options: Any) -> None:
        """Do it. The account's history tells that it was done here."""
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            raise CommandError(f"There is no account called {options['username']}.") from None
        match options["what"]:
            case "password":
                secret = invitations.invite(user, user)[1]
                address = f"{settings.PUBLIC_URL}{reverse('invitation', args=[secret])}"
                self.stdout.write(f"Open this on the server once, within 7 days: {address}")
            case "second-factor":
                second_factor.take_away(user, user, "bằng dòng lệnh trên máy chủ.")
                self.stdout.write(
                    "The second factor is gone. The next sign-in sets up another where the role needs one."
                )
            case "unlock":
                guessing.unlock(user)
                second_factor.unlock(user)
                self.stdout.write("The wrong tries are forgotten.")
            case "administrator":
                user.role, user.is_active = Role.ADMINISTRATOR, True
                user.save(update_fields=["role", "is_active", "is_staff", "is_superuser"])
                self.stdout.write("The account is open, and an administrator's.")
