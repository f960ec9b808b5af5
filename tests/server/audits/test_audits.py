"""Shelf audits: what is taken of them, what the account gets back, and that the office sees only those sent to it."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import rfc8785
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import browser_of
from registry_notes import Sender, audit, error_of, line, sha256

from accounts import forgetting
from accounts.models import Role, User
from audits.models import Audit
from records.models import Break, Link

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]

PASSWORD = "mat-khau-dai-01"
WITHDRAWN = {"status": "withdrawn", "reasons": ["withdrawn"], "as_of": None}
NOT_READ = {"text": "?", "gtin": None, "product": None, "own_name": None, "verdict": None, "lot": None}
NO_DATE = {"expiry": None, "expiry_by": None}


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Sign an account in; without the sample register, which costs more than all that is tested here."""
    for name in ("cuahang01", "cuahang02"):
        User.objects.create_user(name, password=PASSWORD, name=name, role=Role.SHOP)

    def signed_in(username: str) -> Sender:
        sender = Sender(Client(), account=username)
        credentials = {"username": username, "password": PASSWORD, "device": sender.device}
        sender.tokens = sender.post("/api/v1/auth/sign-in", credentials).json()
        return sender

    return signed_in


@pytest.fixture
def office(db: None) -> Client:
    return browser_of("sodangky")


def sent(sender: Sender, **changed: Any) -> dict[str, Any]:
    document = sender.record("audit", **changed)
    answer = sender.put_record("audit", document)
    assert answer.status_code == 201, answer.content
    return document


def page(office: Client, document: dict[str, Any]) -> str:
    answer = office.get(reverse("admin:audits_audit_change", args=[document["id"]]))
    assert answer.status_code == 200
    return answer.content.decode()


def listed(office: Client, **query: str) -> str:
    return office.get(reverse("admin:audits_audit_changelist"), query).content.decode()


# What is taken


FITTING = (
    {},
    {"office": False, "shop": "", "remarks": "", "copy_as_of": None, "pauses": []},
    {"lines": [line(1), line(7, **NOT_READ, **NO_DATE, price=None, stars_label=None, shows_mark=None)]},
    {"lines": [line(done={"what": "taken_down", "at": "2026-11-23T07:50:00Z"}, expiry_by="person")]},
    {"lines": [line(quantity=999_999, times=999_999, price=0, shelf="", symbology="", input="file")]},
)
SPOILT_LINES = (
    {"n": 0},
    {"n": True},
    {"quantity": 0},
    {"quantity": 1_000_000},
    {"quantity": 1.5},
    {"times": 0},
    {"shelf": "x" * 101},
    {"text": "x" * 501},
    {"own_name": "x" * 201},
    {"input": "guess"},
    {"gtin": "1"},
    {"verdict": {"status": "Đạt", "reasons": [], "as_of": None}},
    {"lot": "x" * 101},
    {"expiry": "31/01/2027"},
    {"expiry": None},
    {"expiry_by": None},
    {"expiry_by": "guess"},
    {"price": -1},
    {"stars_label": 6},
    {"shows_mark": 1},
    {"done": {"what": "burnt", "at": "2026-11-23T07:50:00Z"}},
    {"done": {"what": "asked"}},
    {"secret": 1},
)
SPOILT = (
    {"round": str(uuid.UUID(int=1))},
    {"office": None},
    {"office": 1},
    {"shop": "x" * 201},
    {"remarks": "x" * 5001},
    {"closed_at": None},
    {"pauses": [{"from": "2026-11-23T08:10:00Z"}]},
    {"lines": []},
    {"lines": [line(1), line(1, lot="khác")]},
    {"files": [{"sha256": "0" * 64, "size": 1, "type": "image/png"}]},
    {"taken": []},
)


def test_an_audit_that_fits_is_taken(sign_in: SignIn) -> None:
    sender = sign_in("cuahang01")
    for fits in FITTING:
        assert sender.put_record("audit", sender.record("audit", **fits)).status_code == 201, fits
    assert Audit.objects.count() == len(FITTING)


def test_an_audit_that_does_not_fit_is_refused(sign_in: SignIn) -> None:
    sender = sign_in("cuahang01")
    for spoilt in (*SPOILT, *({"lines": [line(**said)]} for said in SPOILT_LINES)):
        answer = sender.put_record("audit", sender.record("audit", **spoilt))
        assert error_of(answer) == (400, "bad_request"), spoilt
    assert not Audit.objects.exists()


def test_it_is_taken_from_accounts_alone(anonymous: Sender) -> None:
    assert error_of(anonymous.put_record("audit", anonymous.record("audit"))) == (403, "not_allowed")


def test_two_thousand_lines_are_taken_and_more_are_refused_with_the_reason(sign_in: SignIn) -> None:
    sender, plain = sign_in("cuahang01"), {"text": "", "own_name": None, "product": None}
    most = [line(n, **plain) for n in range(1, 2001)]
    assert sent(sender, lines=most)
    more = sender.put_record("audit", sender.record("audit", lines=[*most, line(2001, **plain)]))
    assert error_of(more) == (400, "bad_request")
    assert "lines" in more.json()["detail"]
    large = sender.record("audit", lines=[{**each, "text": "x" * 500, "own_name": "x" * 200} for each in most])
    assert len(rfc8785.dumps(large)) > 2 * 1024 * 1024
    refused = sender.put_record("audit", large)
    assert error_of(refused) == (413, "too_large")
    assert "2097152" in refused.json()["detail"]


def places(document: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for step, value in steps:
        found.append((*before, step))
        if isinstance(value, dict | list):
            found += places(value, (*before, step))
    return found


WHOLE = audit(lines=[line(done={"what": "asked", "at": "2026-11-23T07:50:00Z"})])
ANYTHING = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])) | st.just([]) | st.just({})
)  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.sampled_from(places(WHOLE)), value=ANYTHING)
def test_any_value_in_any_place_is_taken_whole_or_refused(
    sign_in: SignIn, office: Client, place: tuple[Any, ...], value: Any
) -> None:
    sender, of = sign_in("cuahang01"), str(uuid.uuid4())
    document = copy.deepcopy({**WHOLE, "id": of, "account": "cuahang01"})
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    answer = sender.put_record("audit", {"id": of}, rfc8785.dumps(document))
    if answer.status_code != 201:
        assert error_of(answer)[1] in {"bad_request", "bad_digest", "unknown_schema", "not_allowed"}
        return
    assert Audit.objects.get(pk=of).body == rfc8785.dumps(document).decode()
    if document["office"]:
        page(office, document)


# What comes back


def test_every_device_of_the_account_gets_it_back(sign_in: SignIn) -> None:
    till, other, stranger = sign_in("cuahang01"), sign_in("cuahang01"), sign_in("cuahang02")
    document = sent(till, office=False)
    (row,) = other.get("/api/v1/records").json()["records"]
    assert (row["kind"], row["id"], row["device"]) == ("audit", document["id"], till.device)
    assert row["body"] == document
    assert not stranger.get("/api/v1/records").json()["records"]


def test_a_page_holds_in_memory_no_more_than_it_may_send(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = sign_in("cuahang01")
    several = [sent(sender)["id"] for _ in range(4)]
    monkeypatch.setattr("records.listing.MOST_PAGE_BYTES", 2 * len(Audit.objects.all()[0].body.encode()))
    with CaptureQueriesContext(connection) as asked:
        told = sender.get("/api/v1/records").json()
    assert [row["id"] for row in told["records"]] == several[:2]
    assert told["more"]
    bodies = [
        query["sql"] for query in asked if '"audits_audit"."body"' in query["sql"] and "LENGTH" not in query["sql"]
    ]
    assert len(bodies) == 1
    assert uuid.UUID(several[2]).hex not in bodies[0].replace("-", "")
    rest = sender.get(f"/api/v1/records?since={told['next_cursor']}").json()["records"]
    assert [row["id"] for row in rest] == several[2:]


# What the office is shown


def test_the_office_sees_those_alone_that_were_sent_to_it(sign_in: SignIn) -> None:
    sender, office = sign_in("cuahang01"), browser_of("sodangky", Role.ADMINISTRATOR)
    shown, hidden = sent(sender, shop="Tạp hóa mở"), sent(sender, shop="Tạp hóa kín", office=False)
    assert "Trà hoa vàng" in page(office, shown)
    for query in ({}, {"q": "tap hoa"}, {"q": hidden["id"][:18]}, {"take_down": "no"}, {"state": "waiting"}):
        assert hidden["id"] not in listed(office, **query)
    address = reverse("admin:audits_audit_change", args=[hidden["id"]])
    assert office.get(address).status_code == 302
    assert "Tạp hóa kín" not in office.get(address, follow=True).content.decode()
    for other in ("event", "history"):
        to = reverse("admin:audits_audit_event") + f"?{urlencode({'audit': hidden['id']})}"
        if other == "history":
            to = reverse("admin:audits_audit_history", args=[hidden["id"]])
        assert office.get(to).status_code in {302, 404}
    stored = Audit.objects.get(pk=hidden["id"])
    assert (stored.shop, stored.search_text) == ("", ""), "no search finds what the office does not see"
    assert Audit.objects.get(pk=shown["id"]).shop == "Tạp hóa mở"


def test_a_break_of_its_chain_leads_to_no_page_that_the_office_may_not_open(sign_in: SignIn) -> None:
    sender, office = sign_in("cuahang01"), browser_of("sodangky", Role.ADMINISTRATOR)
    for seen in (True, False):
        document = sent(sender, office=seen)
        link = Link.objects.get(record=document["id"])
        found = Break.objects.create(what="gap", link=link, noticed_at=timezone.now())
        shown = office.get(reverse("admin:records_break_change", args=[found.pk])).content.decode()
        assert document["id"] in shown
        assert (reverse("admin:audits_audit_change", args=[document["id"]]) in shown) is seen


def test_it_is_shown_in_peoples_words_what_to_take_down_first(sign_in: SignIn, office: Client) -> None:
    sender = sign_in("cuahang01")
    done = {"what": "taken_down", "at": "2026-11-23T07:50:00Z"}
    document = sent(sender, lines=[
        line(1),
        line(2, product={"name": "<b>Mật ong</b>", "producer": None}, verdict=WITHDRAWN, quantity=3, done=done),
        line(3, product={"name": "Ruốc", "producer": None}, expiry="2026-11-22", expiry_by="person"),
        line(4, product={"name": "Ngày cuối", "producer": None}, expiry="2026-11-23"),
        line(5, **NOT_READ, **NO_DATE),
    ])  # fmt: skip
    shown = page(office, document)
    assert "5 dòng · 51 gói · 2 dòng nên cất khỏi kệ" in shown
    at = [shown.index(words) for words in ("&lt;b&gt;Mật ong", "Ruốc", "Trà hoa vàng", "Ngày cuối")]
    assert at == sorted(at)
    for words in (
        "Giấy chứng nhận bị thu hồi", "22/11/2026 (theo người kiểm)", "đã cất khỏi kệ, 23/11/2026 14:50", "Kệ trà",
        "nghỉ 23/11/2026 14:40 – khi đóng", "Tạp hóa bà Hoa", "Đã xem hết kệ trà.", "Không đọc được",
    ):  # fmt: skip
        assert words in shown, words


def test_lists_are_found_by_words_and_by_what_is_to_take_down_with_few_queries(sign_in: SignIn, office: Client) -> None:
    sender = sign_in("cuahang01")
    fine, bad = sent(sender, shop="Tạp hóa Bình"), sent(sender, lines=[line(verdict=WITHDRAWN)])

    def found(**query: str) -> list[bool]:
        text = listed(office, **query)
        return [document["id"] in text for document in (fine, bad)]

    assert found() == [True, True]
    assert found(take_down="yes") == [False, True]
    assert found(take_down="no") == [True, False]
    assert found(q="tap hoa binh ke tra") == [True, False]
    assert found(month="2020-01") == [False, False]
    with CaptureQueriesContext(connection) as few:
        listed(office)
    for _ in range(5):
        sent(sender)
    with CaptureQueriesContext(connection) as many:
        listed(office)
    assert len(many) == len(few)
    assert not [query for query in many if '"audits_audit"."body"' in query["sql"]]


def test_a_long_audit_says_how_many_lines_its_page_leaves_out(sign_in: SignIn, office: Client) -> None:
    sender = sign_in("cuahang01")
    document = sent(sender, lines=[line(n) for n in range(1, 503)])
    assert "Còn 2 dòng nữa trong nội dung gốc." in page(office, document)


def test_every_page_opens_with_whatever_was_taken(sign_in: SignIn, office: Client) -> None:
    sender, far, odd = sign_in("cuahang01"), "9999-12-31T23:59:59Z", "\x00%<&\u202e"
    strange = {"status": "tinned", "reasons": [odd], "as_of": far}
    lines = [line(product={"name": odd, "producer": odd}, shelf=odd, text=odd, own_name=odd, lot=odd, verdict=strange,
                  at=far, last_at="0001-01-01T00:00:00Z", expiry="0001-01-01")]  # fmt: skip
    for closed in (far, "0001-01-01T00:00:00Z"):
        document = sent(sender, shop=odd, remarks=odd, opened_at=far, closed_at=closed, created_at=closed, lines=lines,
                        pauses=[{"from": far, "to": closed}], copy_as_of=far)  # fmt: skip
        page(office, document)
        assert document["id"] in listed(office, q="%<&")


def test_who_sees_it(sign_in: SignIn) -> None:
    document = sent(sign_in("cuahang01"))
    address = reverse("admin:audits_audit_change", args=[document["id"]])
    for role, status in ((Role.SHOP, 302), (Role.INSPECTOR, 302), (Role.REGISTRAR, 200), (Role.ADMINISTRATOR, 200)):
        browser = browser_of(f"nguoi-{role}", role)
        assert browser.get(address).status_code == status
        assert browser.post(address, {"shop": "khác"}).status_code in {302, 403}
    assert Audit.objects.get().shop == "Tạp hóa bà Hoa"


def test_the_office_answers_and_the_shop_reads_it(sign_in: SignIn, office: Client) -> None:
    sender = sign_in("cuahang01")
    document = sent(sender)
    form = f"{reverse('admin:audits_audit_event')}?{urlencode({'audit': document['id']})}"
    assert "Tạp hóa bà Hoa · 1 dòng · 12 gói" in office.get(form).content.decode()
    said = {"text": "Đã xem", "number": "", "state": "reviewing"}
    assert office.post(form, said).status_code == 302
    (told,) = sender.get("/api/v1/records?only=events").json()["events"]
    assert (told["kind"], told["record"], told["text"]) == ("audit", document["id"], "Đã xem")


# What is erased


def test_the_shops_names_go_in_time_and_the_hash_stays(sign_in: SignIn, office: Client) -> None:
    sender = sign_in("cuahang01")
    old, young = sent(sender), sent(sender)
    Audit.objects.filter(pk=old["id"]).update(received_at=timezone.now() - timedelta(days=1826))
    forgetting.forget_all()
    erased, kept = Audit.objects.get(pk=old["id"]), Audit.objects.get(pk=young["id"])
    text = erased.body + erased.shop + erased.search_text
    assert not [word for word in ('Hoa"', "bà Hoa", "Kệ trà", "Trà vàng hộp nhỏ", "xem hết") if word in text]
    assert "09520000100016" in text
    assert erased.sha256 == sha256(rfc8785.dumps(old))
    assert (erased.erased_at is None, kept.erased_at, kept.shop) == (False, None, "Tạp hóa bà Hoa")
    call_command("erase_names", young["id"])
    kept.refresh_from_db()
    assert (kept.shop, kept.sha256) == ("", sha256(rfc8785.dumps(young)))
    assert "Đã xóa tên cửa hàng, kệ và ghi chú" in page(office, old)
