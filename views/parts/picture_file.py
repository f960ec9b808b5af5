"""A picture that the person chose, before anybody has looked into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PictureFile:
    """A picture's name and bytes; no bytes where the file could not be read."""

    name: str
    content: bytes | None

    @classmethod
    def at(cls, path: Path) -> PictureFile:
        """Read a file."""
        try:
            return cls(path.name, path.read_bytes())
        except OSError:
            return cls(path.name, None)


@dataclass(frozen=True)
class Rejected:
    """A picture that is not added, with the code of the problem."""

    name: str
    problem: str
