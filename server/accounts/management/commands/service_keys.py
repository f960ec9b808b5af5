"""Lists, makes and revokes the keys by which other systems read, for whoever runs the server."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import service_keys
from accounts.models import ServiceKey

_LONGEST_NAME, _LONGEST_REASON = 100, 300


class Command(BaseCommand):
    help = "Lists the keys of other systems, makes one and prints it this once, or revokes one."

    def add_arguments(self, parser: CommandParser) -> None:
        """What is done."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="which keys there are, the newest first")
        make = acts.add_parser("make", help="makes a key; its secret is printed this once")
        make.add_argument("name", help="which system it is for")
        make.add_argument("--scope", action="append", required=True, choices=service_keys.Scope.values)
        make.add_argument("--days", type=int, default=365)
        make.add_argument("--per-minute", type=int, default=service_keys.PER_MINUTE)
        revoke = acts.add_parser("revoke", help="ends a key at once")
        revoke.add_argument("number", type=int, help="its number in the list")
        revoke.add_argument("--reason", required=True)

    def handle(self, *_: object, **options: Any) -> None:
        """Do it. Raises CommandError, and nothing was changed then."""
        match options["act"]:
            case "list":
                keys = [_line(key) for key in ServiceKey.objects.all()]
                self.stdout.write("\n".join(keys) or "There is no key yet.")
            case "make":
                self._make(options)
            case "revoke":
                self._revoke(options["number"], options["reason"].strip())

    def _make(self, options: dict[str, Any]) -> None:
        name, days, per_minute = options["name"].strip(), options["days"], options["per_minute"]
        if not (0 < len(name) <= _LONGEST_NAME and name.isprintable()):
            raise CommandError(f"Give a name of up to {_LONGEST_NAME} characters on one line. No key was made.")
        if not 1 <= days <= service_keys.LONGEST_DAYS:
            raise CommandError(f"A key lasts from 1 to {service_keys.LONGEST_DAYS} days. No key was made.")
        if not 1 <= per_minute <= service_keys.MOST_PER_MINUTE:
            raise CommandError(f"A key makes 1 to {service_keys.MOST_PER_MINUTE} calls a minute. No key was made.")
        scopes = [service_keys.Scope(scope) for scope in dict.fromkeys(options["scope"])]
        key, secret = service_keys.make(name, scopes, days, None, per_minute)
        self.stdout.write(f"Key {key.pk}, until {key.expires_at:%Y-%m-%d}. It is shown this once:")
        self.stdout.write(secret)

    def _revoke(self, number: int, reason: str) -> None:
        key = ServiceKey.objects.filter(pk=number).first()
        if key is None:
            raise CommandError(f"There is no key {number}. `service_keys list` tells which there are.")
        if not 0 < len(reason) <= _LONGEST_REASON:
            raise CommandError(f"Give a reason of up to {_LONGEST_REASON} characters. The key is as it was.")
        if not service_keys.revoke(key, reason):
            raise CommandError(f"Key {number} was revoked before.")
        self.stdout.write(f"Key {number} is revoked. It opens nothing from the next call on.")


def _line(key: ServiceKey) -> str:
    used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
    return (
        f"{key.pk}  {key.beginning}…  {service_keys.state_of(key)}  {key.name}  {key.scopes}  "
        f"{key.per_minute} a minute  until {key.expires_at:%Y-%m-%d}  last used {used}"
    )
