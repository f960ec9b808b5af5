"""Queries that differ in some values alone, whose SQL is put together once.

Django puts a query's SQL together each time it is asked. For what every note and every poll asks, that costs more than
asking the database does.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Field, QuerySet

Row = TypeVar("Row")


class Given(Expression):
    """A value that each call gives, in the place of the value itself."""

    def __init__(self, number: int, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.number = number

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Stand among the parameters until a call gives the value."""
        return "%s", [self]


class Prepared(Generic[Row]):
    """A query of one row, or of some, with a place for a value of each of `fields`.

    `make` returns the query; it is called with the places, once for each kind of database. Its filters compare them as
    they are, so none of them may be None.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]], *fields: Field[Any, Any]) -> None:
        self._make, self._fields = make, fields
        self._asked: dict[str, tuple[QuerySet[Any, Row], Any, str, Sequence[Any], Any]] = {}

    def first(self, *values: Any) -> Row | None:
        """The first row that the database gives; None where there is none."""
        return next(iter(self.rows(*values)), None)

    def rows(self, *values: Any) -> list[Row]:
        """All rows."""
        made = self._asked.get(connection.vendor) or self._ask()
        queryset, compiler, sql, places, converters = made
        given = [field.get_db_prep_value(value, connection) for field, value in zip(self._fields, values, strict=True)]
        ready = copy.copy(compiler)  # others may be asking the same now
        ready.connection = connection
        answer = sql, tuple(given[place.number] if isinstance(place, Given) else place for place in places)
        ready.as_sql = lambda *_args, **_kwargs: answer
        ready.get_converters = lambda _: converters
        # What Django's own way from rows to objects asks of a query set.
        rows_of: Any = queryset._iterable_class
        query = SimpleNamespace(get_compiler=lambda *_args, **_kwargs: ready)
        asked = SimpleNamespace(db=connection.alias, model=queryset.model, query=query, _known_related_objects={})
        return list(rows_of(asked))

    def _ask(self) -> tuple[QuerySet[Any, Row], Any, str, Sequence[Any], Any]:
        queryset = self._make(*(Given(number, field) for number, field in enumerate(self._fields)))
        compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        made = queryset, compiler, sql, places, converters
        self._asked[connection.vendor] = made
        return made
