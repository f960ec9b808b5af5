"""Leads past a pooler, to the database itself, for what leaves settings in its session.

A pooler in transaction mode lends a session to others after each transaction, with whatever was set in it. pg_dump, for
one, takes the search path away, and whoever is lent that session later finds no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


def is_pooled() -> bool:
    """Whether this process comes to the database through a pooler now."""
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


@contextmanager
def past_the_pooler() -> Iterator[None]:
    """Let this process's connection lead to the database itself, where OCOP_DIRECT_DATABASE_URL says where that is.

    All threads of the process share where it leads, so this is for commands, and for a start before there are others.
    """
    if not is_pooled() or not settings.DIRECT_DATABASE:
        yield
        return
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.DIRECT_DATABASE)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
