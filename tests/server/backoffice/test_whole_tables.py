"""Pages and calls whose questions an index answers: they would read a table of records from end to end otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from registry_notes import Sender

from accounts.models import User
from records.erasing import delete_bytes
from records.events import WAITING, State, with_state, write
from register.sample import SampleRegister
from reviewing.waiting import lengths
from rounds.kind import INSPECTION
from rounds.models import ALL_RIGHT, Inspection

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
LARGE = {
    "inspections_inspection", "inspections_photo", "rounds_inspection", "rounds_inspectionphoto", "rounds_round",
    "overview_countedrecord", "reviewing_case", "records_event", "logbook_entry",
}  # fmt: skip
ON_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite tells its plans in other words")


@pytest.fixture
def clerk(register: SampleRegister) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1])
    return client


def plans(ask: Callable[[], object]) -> tuple[set[str], set[str]]:
    """The large tables that are read whole though that is made as dear as can be, and the indexes that are used."""
    with CaptureQueriesContext(connection) as queries:
        ask()
    whole, used = set(), set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries:
            if query["sql"].lstrip("( ").startswith("SELECT"):
                cursor.cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                for node in nodes(cursor.fetchone()[0]):
                    used.add(node.get("Index Name", ""))
                    if node["Node Type"] == "Seq Scan":
                        whole.add(node["Relation Name"])
    return whole & LARGE, used


def nodes(told: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan."""
    waiting = [one["Plan"] for one in (json.loads(told) if isinstance(told, str) else told)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.get("Plans", ())


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("address", "index"),
    [
        ("/admin/?weeks=26", "counted_by_product"),
        ("/admin/?weeks=8", "rounds_inspectionphoto_name"),
        ("/admin/register/product/?seen=never", "counted_by_product"),
        ("/admin/rounds/inspection/?finding=no_papers", "inspections_with_findings"),
        ("/admin/rounds/inspection/?status=other", "inspections_of_newer_words"),
        ("/admin/rounds/inspection/?state=waiting", "cases_open_by_arrival"),
        ("/admin/rounds/inspection/?state=decided", "cases_by_arrival"),
        ("/admin/inspections/inspection/?status=other", "notes_of_newer_words"),
        ("/admin/privacy/", "rounds_by_arrival"),
        ("/admin/inbox/inspection/?state=answered", "cases_answered"),
        ("/admin/log/?group=case", "log_by_group"),
    ],
)
def test_no_page_of_the_office_reads_a_whole_table(clerk: Client, address: str, index: str) -> None:
    def page() -> None:
        assert clerk.get(address).status_code == 200

    whole, used = plans(page)
    assert not whole
    assert index in used


@ON_POSTGRESQL
def test_neither_guidance_nor_the_metrics_nor_the_clean_up_read_a_whole_table(clerk: Client, sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    whole, used = plans(lambda: sender.get("/api/v1/guidance"))
    assert not whole - {"rounds_round"}  # each place of a round is told
    assert {"notes_by_product", "inspections_by_product"} <= used
    assert plans(lengths)[0] == set()
    whole, used = plans(lambda: delete_bytes(10))
    assert not whole
    assert "inspections_photo_gone" in used


def test_a_list_by_state_has_what_the_events_tell_of_in_any_order_and_beside_other_filters(
    clerk: Client, sign_in: SignIn
) -> None:
    sender, head = sign_in("kiemtra01"), User.objects.get(username="quantri")
    for n, state in enumerate(
        (None, State.REVIEWING, State.DECIDED, State.REVIEWING, State.DECIDED, State.MORE_WANTED)
    ):
        document = sender.record(INSPECTION.name, findings=["no_papers"] if n % 2 else ["matches"])
        assert sender.put_record(INSPECTION.name, document).status_code == 201
        if state:
            write(INSPECTION, Inspection.objects.get(pk=document["id"]), state, "", "", head)
    told = with_state(INSPECTION, Inspection.objects.order_by("-received_at", "-pk"))
    for asked, states in {"waiting": WAITING, **{state: (state,) for state in State.values}}.items():
        of_state = list(told.filter(state__in=states))
        found = [one for one in of_state if one.findings != ALL_RIGHT]
        for more, rows in (({}, of_state), ({"finding": "no_papers"}, found), ({"o": "1"}, of_state[::-1])):
            answer = clerk.get(reverse("admin:rounds_inspection_changelist"), {"state": asked, **more})
            assert [row.pk for row in answer.context_data["cl"].result_list] == [row.pk for row in rows], (asked, more)
