"""A connection to PostgreSQL that is kept between requests is replaced where the server has ended it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.utils import Error

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connections to lose"),
]


@pytest.fixture
def kept() -> Iterator[Any]:
    """A second connection, as a thread of the server keeps one."""
    other = connection.copy()
    other.settings_dict = {**other.settings_dict, "CONN_HEALTH_CHECKS": True}
    yield other
    other.close()


@pytest.fixture
def server() -> Iterator[psycopg.Connection[Any]]:
    """What the server itself tells of its connections."""
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    with psycopg.connect(**wanted, autocommit=True) as asking:
        yield asking


def request(of: Any) -> int:
    """Do what a request does; returns the process that has answered."""
    of.close_if_unusable_or_obsolete()
    with of.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_that_waits_is_used_without_asking(kept: Any, server: psycopg.Connection[Any]) -> None:
    pid = request(kept)
    kept.close_if_unusable_or_obsolete()
    with kept.cursor():
        pass  # checked, and nothing asked yet
    last = server.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    assert last == ("SELECT pg_backend_pid()",)
    assert request(kept) == pid


def test_one_that_the_server_has_ended_is_replaced(kept: Any, server: psycopg.Connection[Any]) -> None:
    before = request(kept)
    server.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    after = request(kept)
    assert after != before


def test_one_on_which_a_statement_failed_is_asked(kept: Any, server: psycopg.Connection[Any]) -> None:
    pid = request(kept)
    with pytest.raises(Error), kept.cursor() as cursor:
        cursor.execute("SELECT nothing")
    kept.close_if_unusable_or_obsolete()
    last = server.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    assert last == ("SELECT 1",)
    assert request(kept) == pid
