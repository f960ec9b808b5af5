"""Lets several reads see the database at one moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """Let all reads in the block see the register at one moment, without making writers wait."""
    if connection.in_atomic_block:
        yield
        return
    # Not `atomic`, which would hold SQLite's write lock all the time.
    level = " ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN{level}")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
