"""What tells one kind of record from another: all that keeping and sending it has to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of record (docs/api.md, Records). A further one is kept and sent by being described so.

    `name` is the one in addresses; `folder`, below the device's, holds its records, and `schema` numbers the form in
    which they are written now. `files` is what the body calls the list of its files, where it has one.
    """

    name: str
    folder: str
    schema: int
    files: str = "files"
    anonymous: bool = False
    """Whether it is also taken from somebody who is not signed in."""
    chained: bool = False
    """Whether each record names the one before it (`prev`)."""
    old_forms: tuple[int, ...] = ()
    """The forms that servers of version 0.1.0 take, at `/inspections`."""
    waits_for_the_server: frozenset[str] = frozenset({"unknown_schema", "not_found"})
    """The refusals after which a record waits for a newer server. All others set it aside."""


NOTE = Kind("note", "notes", schema=1, files="photos", anonymous=True, old_forms=(1,))
