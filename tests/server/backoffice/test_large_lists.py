"""Lists of very many rows: how many queries a page takes, which rows are reached, and what the search finds."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from registry_notes import Sender, photo_of, picture, sha256

from accounts.models import DeviceKey, DeviceSession, User
from answers.kind import ANSWER
from backoffice import large_lists
from inspections.models import Inspection, Photo, Suspicion
from issuing.models import IssuerKey, SignedStatement
from records.models import Break, Event, Link
from records.receiving import read, receive
from register.models import Certificate, Product
from register.sample import SampleRegister
from rounds.kind import INSPECTION, ROUND

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KINDS = {"rounds_round": ROUND, "rounds_inspection": INSPECTION, "answers_answer": ANSWER}


@pytest.fixture
def office(register: SampleRegister) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1])
    return client


def listed(office: Client, model: str = "inspections_inspection", **query: str) -> Any:
    answer = office.get(reverse(f"admin:{model}_changelist"), query)
    assert answer.status_code == 200, answer
    return answer


def add_rows(model: str, begin: int, end: int) -> None:
    """More rows of what a list shows, each with what the list shows of other tables."""
    user = User.objects.get(username="kiemtra01")
    for n in range(begin, end):
        of = uuid.UUID(int=n)
        if model == "inspections_inspection":
            note = Inspection.objects.create(
                id=of, sha256="", body="{}", cursor=n + 1, account=user, device=of, created_at=NOW, outcome="matches",
                status="certified", search_text="cho du",
            )  # fmt: skip
            Photo.objects.create(record=note, number=0, sha256=f"{n:064x}", size=1, type="image/jpeg")
        elif model == "inspections_suspicion":
            Suspicion.objects.create(
                gtin="09520000100016", serial=f"S{n}", reason="too_far_apart", seen_at=NOW, accuses=False,
                by_accounts=True, sightings=[],
            )  # fmt: skip
        elif model == "accounts_devicesession":
            DeviceSession.objects.create(
                user=user, device=of, refresh_hash=f"{n:064x}", password_mark="", signed_in_at=NOW, refreshed_at=NOW,
                expires_at=NOW,
            )  # fmt: skip
        elif model == "accounts_devicekey":
            DeviceKey.objects.create(kid=f"{n:032x}", user=user, device=of, public_key="A" * 43, certified_at=NOW)
        elif model == "records_break":
            link = Link.objects.create(
                kind="made_up", record=of, sha256=f"{n:064x}", account=user, device=of, chained=True, received_at=NOW
            )
            Break.objects.create(what="gap", link=link, noticed_at=NOW)
        elif model in KINDS:
            sender = Sender(Client(), account=user.username)
            kind, cursor = KINDS[model], 1000 * (1 + [*KINDS].index(model)) + n
            event = Event(kind="note", record=of, account=user, cursor=cursor, at=NOW, text="cho du")
            event.state, event.written_by = "more_wanted", user
            event.save()
            document = sender.record(
                kind.name, picture(), id=str(of), **({"text": "cho du"} if kind.name != "round" else {"remarks": "du"}),
                **({"event": str(event.pk), "to": {"kind": "note", "id": str(of)}} if kind.name == "answer" else {}),
            )  # fmt: skip
            body = rfc8785.dumps(document)
            receive(kind, read(kind, body), body, sha256(body), user)
        elif model == "register_signedstatement":
            key, _ = IssuerKey.objects.get_or_create(kid="k", defaults={"issuer": "", "valid_from": NOW})
            SignedStatement.objects.create(
                jti=f"{n:022}", certificate=Certificate.objects.earliest("pk"), key=key, digest=f"{n:064x}", token="",
                issued_at=NOW,
            )  # fmt: skip


def test_the_queries_of_a_page_do_not_grow_with_its_rows(office: Client) -> None:
    listed(office)
    lists = "inspections_inspection", "inspections_suspicion", "accounts_devicesession", "register_signedstatement"
    for model in (*lists, *KINDS, "accounts_devicekey", "records_break"):
        seen: dict[str, list[int]] = {"": [], "du": []}
        for begin, end in ((0, 3), (3, 12)):
            add_rows(model, begin, end)
            for term, counted in seen.items():
                with CaptureQueriesContext(connection) as queries:
                    listed(office, model, q=term)
                counted.append(len(queries))
        most = 10 if model in KINDS else 9
        assert all(few == many <= most for few, many in seen.values()), (model, seen)


def test_the_queries_of_the_products_page_do_not_grow_with_its_rows(
    office: Client, django_assert_max_num_queries: Any
) -> None:
    assert Product.objects.count() == 30
    listed(office, "register_product")
    with django_assert_max_num_queries(8):
        listed(office, "register_product")


def test_no_query_of_the_list_of_notes_reads_bodies_or_looks_at_the_whole_table(office: Client) -> None:
    add_rows("inspections_inspection", 0, 60)
    for query in ({}, {"p": "2"}, {"q": "cho"}, {"status": "certified"}, {"month": "2026-11", "day": "23"}):
        with CaptureQueriesContext(connection) as queries:
            listed(office, **query)
        said = [query["sql"] for query in queries if "inspections_inspection" in query["sql"]]
        assert said
        assert not [sql for sql in said if '"body"' in sql or "DISTINCT" in sql or "COUNT(" in sql]
        assert all("LIMIT" in sql or " IN (" in sql for sql in said)


def test_pages_reach_so_many_rows_and_the_rest_by_filters(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    add_rows("inspections_inspection", 0, 130)
    page = listed(office)
    assert page.context_data["cl"].result_count == 130
    assert "Chỉ mở được" not in page.content.decode()
    monkeypatch.setattr(large_lists, "MOST_ROWS", 120)
    newest = [str(pk) for pk in Inspection.objects.order_by("-received_at", "-pk").values_list("pk", flat=True)]
    seen: list[str] = []
    for number in ("1", "2", "3"):
        page = listed(office, p=number)
        seen += [str(note.pk) for note in page.context_data["cl"].result_list]
    assert seen == newest[:120]
    assert "Chỉ mở được 120 dòng đầu" in page.content.decode()
    beyond = office.get(reverse("admin:inspections_inspection_changelist"), {"p": "4"})
    assert beyond.headers["Location"].endswith("?e=1")
    assert newest[-1] in listed(office, q=newest[-1]).content.decode()
    assert newest[-1] in listed(office, o="1").content.decode(), "the oldest first"


def test_notes_are_found_by_every_word_without_accents(office: Client, sign_in: SignIn, anonymous: Sender) -> None:
    inspector = sign_in("kiemtra01")
    said = inspector.note(text="Rượu BA KÍCH ở chợ Đầm Hà", photos=[photo_of(picture())])
    other = anonymous.note(text="Rượu sim", code=None)
    assert [s.put_note(n).status_code for s, n in ((inspector, said), (anonymous, other))] == [201, 201]
    both = {said["id"], other["id"]}
    for term, found in (
        ("ruou", both),
        ("RƯỢU ba kich", {said["id"]}),
        ("dam ha", {said["id"]}),
        ("sim ba", set()),
        ("09520000100016", {said["id"]}),
        ("id.ocop.example/01", {said["id"]}),
        ("kiemtra01", {said["id"]}),
        ("Cán bộ KIEM TRA mẫu", {said["id"]}),
        (said["id"], {said["id"]}),
        (other["id"][:12], {other["id"]}),
        ("%", set()),
    ):
        page = listed(office, q=term).content.decode()
        assert {one for one in both if f"/{one}/change/" in page} == found, term


def test_keys_and_breaks_are_found_by_the_name_of_whose_they_are(office: Client) -> None:
    for model in ("accounts_devicekey", "records_break"):
        add_rows(model, 0, 1)
        for term, found in (("Cán bộ KIEM TRA mẫu", 1), ("kiemtra01", 1), (str(uuid.UUID(int=0)), 1), ("quantri", 0)):
            assert listed(office, model, q=term).context_data["cl"].result_count == found, (model, term)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such index")
def test_every_search_in_words_has_its_index(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'")
        found = {name for (name,) in cursor.fetchall()}
    kinds = {"rounds_by_words", "round_inspections_by_words", "reports_by_words", "answers_by_words"}
    assert found == {"notes_by_words", "audits_by_words", *kinds}


def test_notes_of_a_month_and_a_day_by_vietnams_calendar(office: Client, anonymous: Sender) -> None:
    arrived = {
        "2026-10-31T16:59:59+00:00": ("2026-10", "31"),
        "2026-10-31T17:00:00+00:00": ("2026-11", "01"),
        "2026-11-23T08:00:00+00:00": ("2026-11", "23"),
    }
    ids = {}
    for moment, when in arrived.items():
        document = anonymous.note(id=str(uuid.uuid4()))
        anonymous.put_note(document)
        Inspection.objects.filter(pk=document["id"]).update(received_at=datetime.fromisoformat(moment))
        ids[when] = document["id"]
    for (month, day), note in ids.items():
        found = listed(office, month=month, day=day)
        assert [str(one.pk) for one in found.context_data["cl"].result_list] == [note]
        assert f"{day}/{month[5:]}/{month[:4]}" in found.content.decode()
    assert len(listed(office, month="2026-11").context_data["cl"].result_list) == 2
    assert "Tháng 10 năm 2026" in listed(office).content.decode()


@pytest.mark.parametrize("day", ["0001-01-01 00:00:00+07:00", "9999-12-31 23:00:00-07:00", "0000-00-00"])
def test_a_filter_by_a_day_that_cannot_be_meant_breaks_no_list(office: Client, day: str) -> None:
    query = {"received_at__gte": day, "received_at__lt": day}
    assert office.get(reverse("admin:inspections_inspection_changelist"), query).status_code in {200, 302}


def test_an_action_on_all_rows_is_done_to_as_many_as_are_told(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_lists, "MOST_ROWS", 60)
    add_rows("accounts_devicesession", 0, 70)
    address = reverse("admin:accounts_devicesession_changelist")
    assert "60 phiên trên thiết bị" in office.get(address).content.decode()
    chosen = str(DeviceSession.objects.order_by("pk")[0].pk)
    office.post(address, {"action": "revoke", "select_across": "1", "index": "0", "_selected_action": chosen})
    assert DeviceSession.objects.exclude(revoked_at=None).count() == 60
