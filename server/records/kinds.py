"""The kinds of records. Each is a value; settings.RECORD_KINDS names those that this server takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from records.models import StoredFile, StoredRecord
from records.wire import MAX_RECORD_BYTES, Signed


class UnknownKind(LookupError):
    """The server takes no records of this kind."""


class UnknownSchema(ValueError):
    """The server knows this kind, but not this form of it."""


@dataclass(frozen=True)
class Parts:
    """What is held of the records that one record names by their hashes, as a round names its inspections.

    `missing` have not arrived, `differing` are others under these ids, and `corrected` were corrected by others since.
    `facts` is what a paper's code says of the record by the names of PAPER; None where not all of it is held.
    """

    held: tuple[UUID, ...] = ()
    missing: int = 0
    differing: int = 0
    corrected: int = 0
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of record: what it may say, who may send it, where it is kept, and what its arrival leads to.

    `forms` has the shape of each schema by its number. A record has at most `max_bytes`. `columns` gives the values of
    its model's columns beyond those of `StoredRecord`. `parts` looks for the records that one names. `on_receiving`
    runs in the transaction that stores a record, with the records' clock locked; `on_received` runs once it is stored.
    The office sees those that fit `for_office`. `erasable` says by the names of `Erasure.What` which members take the
    place of what is removed from a body; its photos are removed alike in every kind.
    """

    name: str
    forms: Mapping[int, type[Signed]]
    records_model: type[StoredRecord]
    files_model: type[StoredFile]
    from_nobody: bool
    chained: bool
    max_bytes: int = MAX_RECORD_BYTES
    columns: Callable[[Any], Mapping[str, Any]] = lambda _: {}
    parts: Callable[[Any], Parts | None] = lambda _: None
    on_receiving: Callable[[Any], None] = lambda _: None
    on_received: Callable[[Any, Any], None] = lambda *_: None
    for_office: Q = field(default_factory=Q)
    erasable: Mapping[str, Callable[[Any], Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def records(self) -> QuerySet[Any]:
        """All records of this kind."""
        return self.records_model._default_manager.all()

    @property
    def office_records(self) -> QuerySet[Any]:
        """Those records of this kind that the back office shows."""
        return self.records.filter(self.for_office)

    @property
    def files(self) -> QuerySet[Any]:
        """The files of all records of this kind."""
        return self.files_model._default_manager.all()

    def form_of(self, document: Any) -> type[Signed]:
        """The shape that a document says it has; the newest, so that its errors are told, where it does not say.

        Raises UnknownSchema.
        """
        schema = document.get("schema") if isinstance(document, dict) else None
        if type(schema) is not int:
            return self.forms[max(self.forms)]
        if schema not in self.forms:
            raise UnknownSchema(f"This server does not know schema {schema} of this kind.")
        return self.forms[schema]


REMOVED = "(đã xóa)"
"""Stands where people's words were removed from a record, so that apps that know nothing of it show it too."""


def as_column(text: str) -> str:
    """A text of a record as a column holds it.

    PostgreSQL's text cannot hold NUL, which a scanned code may contain; the body keeps it, escaped.
    """
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


@cache
def all_kinds() -> Mapping[str, Kind]:
    """Every kind that this server takes, by its name."""
    found: list[Kind] = [import_string(path) for path in settings.RECORD_KINDS]
    return {kind.name: kind for kind in found}


def kind_named(name: str) -> Kind:
    """The kind of this name. Raises UnknownKind."""
    try:
        return all_kinds()[name]
    except KeyError:
        raise UnknownKind(name) from None


def schemas() -> dict[str, list[int]]:
    """The numbers of the forms that the server knows, by kind, as in REGISTER."""
    return {name: sorted(kind.forms) for name, kind in sorted(all_kinds().items())}
