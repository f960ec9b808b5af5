"""A cursor of a course that the database has left, as when a backup was restored, is known for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from registry_notes import Sender, error_of

from register.clock import ClockMark, RegisterClock, lock_clock
from register.cursors import cursor_text, cursor_value
from register.models import Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
CHANGES, SNAPSHOT = "/api/v1/changes", "/api/v1/snapshot"


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def rename(name: str, which: int = 0) -> None:
    product = Product.objects.order_by("gtin")[which]
    product.name = name
    product.save()


def lost(work: Callable[[], Any]) -> Any:
    """What `work` returns, done in a course of the database that is then given up for the state before."""
    with transaction.atomic():
        done = work()
        transaction.set_rollback(True)
    return done


def after(client: Client, cursor: str, limit: int = 500) -> dict[str, Any]:
    answer = client.get(CHANGES, {"cursor": cursor, "limit": limit})
    assert answer.status_code == 200, answer.content
    document: dict[str, Any] = answer.json()
    return document


def test_a_cursor_of_another_course_is_too_old_whatever_has_been_counted_since(
    client: Client, register: SampleRegister
) -> None:
    def work() -> list[str]:
        for n in range(3):
            rename(f"Tên {n}", n)
        cursor = cursor_text("register", RegisterClock.objects.get(name="register").value - 3)
        pages = []
        while after(client, cursor, 1)["more"] or not pages:
            cursor = after(client, cursor, 1)["next_cursor"]
            pages.append(cursor)
        return [*pages, after(client, cursor)["next_cursor"]]

    before = after(client, "0")["next_cursor"]
    cursors = lost(work)
    assert len(set(cursors)) == 3
    for n in range(5):
        assert {error_of(client.get(CHANGES, {"cursor": cursor})) for cursor in cursors} == {(410, "cursor_too_old")}
        rename(f"Khác {n}", n)
    assert len(after(client, before)["changes"]) == 5, "what was known before the backup leads on"


def test_each_page_within_one_commit_has_a_cursor_that_leads_on(client: Client, register: SampleRegister) -> None:
    first = after(client, "0", 7)
    assert first["more"]
    assert len(after(client, first["next_cursor"])["changes"]) == 23
    value, _, mark = first["next_cursor"].partition("-")
    for other in (
        f"{value}-{'0' * 16}",
        value,
        f"{value}-",
        f"-{mark}",
        f"{value}-{mark.upper()}x",
        f" {value}-{mark}",
    ):
        assert error_of(client.get(CHANGES, {"cursor": other})) == (410, "cursor_too_old"), other


def test_a_snapshot_of_another_course_is_not_taken_for_this_one(client: Client, register: SampleRegister) -> None:
    def work() -> Any:
        rename("Tên mới")
        return client.get(SNAPSHOT)

    then = lost(work)
    rename("Tên mới")  # the same change at the same value, in another course
    now = client.get(SNAPSHOT, headers={"If-None-Match": then.headers["ETag"]})
    assert now.status_code == 200
    mine, other = (json.loads(answer.content)["next_cursor"] for answer in (now, then))
    assert mine.partition("-")[0] == other.partition("-")[0]
    assert mine != other
    assert after(client, mine)["changes"] == []


@pytest.mark.parametrize("call", ["records", "inspections"])
def test_an_accounts_own_cursor_is_too_old_after_a_restore(sign_in: Callable[[str], Sender], call: str) -> None:
    sender = sign_in("kiemtra01")

    def listed(since: str) -> Any:
        return sender.get(f"/api/v1/{call}?since={since}")

    sender.put_note(sender.note())
    kept = listed("").json()["next_cursor"]

    def work() -> str:
        sender.put_note(sender.note())
        return str(listed(kept).json()["next_cursor"])

    cursor = lost(work)
    assert listed(kept).status_code == 200
    assert error_of(listed(cursor)) == (410, "cursor_too_old")
    sender.put_note(sender.note())
    assert error_of(listed(cursor)) == (410, "cursor_too_old")
    assert len(listed("").json()[call]) == 2


def test_a_number_alone_leads_on_as_far_as_version_0_1_0_had_counted(client: Client, register: SampleRegister) -> None:
    now = RegisterClock.objects.get(name="register").value
    assert error_of(client.get(CHANGES, {"cursor": str(now)})) == (410, "cursor_too_old")
    RegisterClock.objects.filter(name="register").update(unmarked=now)  # as the migration leaves it
    assert after(client, str(now))["changes"] == []
    rename("Tên mới")
    assert len(after(client, str(now))["changes"]) == 1
    assert error_of(client.get(CHANGES, {"cursor": str(now + 1)})) == (410, "cursor_too_old")


def test_every_step_of_a_clock_is_marked_once(register: SampleRegister) -> None:
    with transaction.atomic():
        clock = lock_clock()
        first, last = clock.advance(), clock.advance(5)
    marks = ClockMark.objects.filter(clock="register", value__gte=first).values_list("value", "mark")
    assert [value for value, _ in marks.order_by("value")] == [first, last] == [first, first + 5]
    assert len({mark for _, mark in marks}) == 2
    for value in range(first, last + 1):
        assert cursor_value("register", cursor_text("register", value)) == value
