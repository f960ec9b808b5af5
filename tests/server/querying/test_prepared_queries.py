"""Queries and inserts that are put together once do what Django's own do."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, UUIDField
from django.utils import timezone

from accounts import sessions
from accounts.models import AccessToken, Role, User
from querying.inserts import insert
from querying.prepared import Prepared
from records.models import Link, Part
from register.clock import ClockMark

pytestmark = pytest.mark.django_db


def link(**changed: Any) -> Link:
    """A link in no chain, not stored."""
    told = {"kind": "note", "record": uuid.uuid4(), "sha256": "0" * 64, "device": uuid.uuid4(), "chained": False}
    return Link(**{**told, "received_at": timezone.now(), **changed})


def test_rows_are_those_that_the_query_finds_with_what_belongs_to_them(django_assert_num_queries: Any) -> None:
    asked = Prepared(
        lambda device: (
            AccessToken.objects.select_related("session__user").filter(session__device=device).order_by("-expires_at")
        ),
        UUIDField(),
    )
    for number in range(3):
        user = User.objects.create(username=f"kiemtra{number}", name=f"Người {number}", role=Role.INSPECTOR)
        device = uuid.uuid4()
        access = sessions.sign_in(user, device).access
        found = asked.rows(device)
        assert found == list(AccessToken.objects.filter(session__device=device))
        with django_assert_num_queries(0):
            assert (found[0].session.device, found[0].session.user) == (device, user)
            assert found[0].session.user.name == f"Người {number}"
        # A row is as good as any other of its table: it can be changed and stored.
        session = found[0].session
        session.app_version = "1.2"
        session.save(update_fields=["app_version"])
        assert sessions.session_of(access).app_version == "1.2"
        assert found[0].expires_at == AccessToken.objects.get(session=session).expires_at
    assert asked.rows(uuid.uuid4()) == []
    assert asked.first(uuid.uuid4()) is None


def test_a_value_is_a_value_whatever_is_in_it() -> None:
    asked = Prepared(lambda clock: ClockMark.objects.filter(clock=clock).values_list("value", "mark")[:1], CharField())
    for number, clock in enumerate(("'; --", "%s", "100%", 'a"b', "{}", "ồ"), 1):
        insert(ClockMark(clock=clock, value=number, mark="m"))
        assert asked.first(clock) == (number, "m")
    assert asked.first("' OR '1'='1") is None
    with pytest.raises(ValueError, match="shorter"):
        asked.first()


def test_one_call_in_the_midst_of_another_changes_nothing_of_it() -> None:
    """As threads call it: between the other's values and its rows."""
    asked = Prepared(lambda clock: ClockMark.objects.filter(clock=clock), CharField())
    for clock, mark in (("one", "1"), ("other", "2")):
        insert(ClockMark(clock=clock, value=1, mark=mark))
    between: list[str] = []

    def interrupted(execute: Any, *arguments: Any) -> Any:
        if not between:
            between.append("")
            between[:] = [found.mark for found in asked.rows("other")]
        return execute(*arguments)

    for _ in range(2):  # the first call puts the SQL together
        between.clear()
        with connection.execute_wrapper(interrupted):
            assert [found.mark for found in asked.rows("one")] == ["1"]
        assert between == ["2"]


def test_an_insert_stores_what_a_save_would() -> None:
    one, other = link(prev="1" * 64), link(prev="1" * 64)
    insert(one)
    other.save()
    assert one.pk is not None
    assert not one._state.adding
    for stored in (one, other):
        assert [getattr(Link.objects.get(pk=stored.pk), field.attname) for field in Link._meta.concrete_fields] == [
            getattr(stored, field.attname) for field in Link._meta.concrete_fields
        ]


def test_a_row_that_is_there_stays_or_is_written_anew_or_is_an_error() -> None:
    first = link()
    insert(first)
    again = link(record=first.record, sha256="2" * 64, device=first.device)
    insert(again, once=("kind", "record"))
    assert Link.objects.get(record=first.record).sha256 == first.sha256
    insert(again, once=("kind", "record"), anew=("sha256",))
    stored = Link.objects.get(record=first.record)
    assert (stored.pk, stored.sha256, stored.received_at) == (first.pk, "2" * 64, first.received_at)
    assert again.pk == first.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(link(record=first.record))


def test_fields_that_fill_themselves_are_filled() -> None:
    before = timezone.now()
    part = Part(kind="note", record=uuid.uuid4(), sha256="0" * 64, offset=0, size=3, content=b"\x00\xff%")
    insert(part)
    stored = Part.objects.get(pk=part.pk)
    assert before <= stored.received_at == part.received_at <= timezone.now()
    assert bytes(stored.content) == b"\x00\xff%"
