"""Describes a kind of record: all that keeping and sending its records has to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of record (docs/api.md, Records). To have a new kind kept and sent, describe it so.

    `name` is used in addresses; `folder`, below the device's, holds its records, and `schema` is the number of the form
    in which they are written now. `files` is the body's name for the list of its files, where it has one.
    """

    name: str
    folder: str
    schema: int
    files: str = "files"
    anonymous: bool = False
    """Whether the server also takes it from somebody who is not signed in."""
    chained: bool = False
    """Whether each record names the hash of the one before it (`prev`)."""
    old_forms: tuple[int, ...] = ()
    """The forms that servers of version 0.1.0 take, at `/inspections`."""
    most_bytes: int = 64 * 1024
    """The longest canonical form that is taken of it."""
    in_a_file: int = 64
    """So many records are kept in one file, which is written anew when one of them changes."""
    waits_for_the_server: frozenset[str] = frozenset({"unknown_schema", "not_found"})
    """The codes of refusals after which a record waits for a newer server. Any other sets it aside."""


NOTE = Kind("note", "notes", schema=1, files="photos", anonymous=True, old_forms=(1,))
REPORT = Kind("report", "reports", schema=1, anonymous=True)
INSPECTION = Kind("inspection", "inspections", schema=1, chained=True, most_bytes=256 * 1024)
ROUND = Kind("round", "rounds", schema=1, chained=True, most_bytes=256 * 1024)
ANSWER = Kind("answer", "answers", schema=1, chained=True)
AUDIT = Kind("audit", "audits", schema=1, chained=True, most_bytes=2 * 1024 * 1024, in_a_file=8)
