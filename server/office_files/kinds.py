"""The kinds of files that the office gives away. Each is a value; settings.OFFICE_FILES names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User

Tell = Callable[[int], None]
"""Hears how much is done, and raises where the work should end."""
Make = Callable[[Mapping[str, Any], User, Tell, IO[bytes]], None]
"""Writes the file that an account asked for. It may be begun again, so it changes nothing else before its end."""


class NotMade(Exception):
    """The file cannot be made; the text tells the person why."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file: the permission that it needs, what it counts, and up to how many are made at once."""

    name: str
    needed: str
    unit: str
    at_once: int
    make: Make

    def may(self, user: User) -> bool:
        """Whether the account may have such a file now."""
        return user.is_active and user.has_perm(self.needed)


@cache
def all_kinds() -> Mapping[str, FileKind]:
    """Every kind by its name."""
    found: list[FileKind] = [import_string(path) for path in settings.OFFICE_FILES]
    return {kind.name: kind for kind in found}
