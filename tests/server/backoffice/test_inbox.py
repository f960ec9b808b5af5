"""The inbox and the page of a case: what waits, who does it, what is answered, and two people at once."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from office import browser_of
from registry_notes import PLACE, SECRET, Sender, picture, sha256

from accounts.models import Role, User
from answers.models import Answer
from backoffice.case_forms import AnswerForm
from backoffice.commune_map import draw, where
from backoffice.reason_words import in_words
from inspections.note import Outcome
from records import events
from records.kinds import kind_named
from records.models import Event
from records.receiving import read, receive
from register import days
from register.localities import COMMUNES
from register.models import Certificate, Picture, Product
from reviewing import acting
from reviewing.deadlines import due_on, set_days
from reviewing.filling import fill
from reviewing.models import NO_DAY, Case, Digest, Remark
from reviewing.waiting import beside
from rounds.models import Inspection
from services.verification import ReasonCode

pytestmark = pytest.mark.django_db
DECIDED = {"do": "answer", "state": "decided", "text": "Đã liên hệ cơ sở.\r\nLô này in nhầm.", "number": "12/QĐ-XPHC"}


@pytest.fixture
def office(db: None) -> Client:
    return browser_of("huong")


@pytest.fixture
def colleague(db: None) -> Client:
    return browser_of("minh")


@pytest.fixture
def inspector(db: None) -> User:
    return User.objects.create_user("kiemtra01", password="mat-khau-dai-01", name="Thu Hà", role=Role.INSPECTOR)


def device_of(user: User) -> Sender:
    """The user's device, signed in."""
    sender = Sender(Client(), account=user.username)
    entered = {"username": user.username, "password": "mat-khau-dai-01", "device": sender.device}
    sender.tokens = sender.post("/api/v1/auth/sign-in", entered).json()
    return sender


def sent(account: User | None, kind: str = "inspection", /, **changed: Any) -> uuid.UUID:
    """The id of a record that has arrived, stored as the server stores it."""
    body = rfc8785.dumps(Sender(Client(), account.username if account else None).record(kind, **changed))
    of = kind_named(kind)
    return receive(of, read(of, body), body, sha256(body), account)[0].pk


def stored(record: uuid.UUID) -> Case:
    return Case.objects.get(record=record)


def page_of(record: uuid.UUID, kind: str = "inspection") -> str:
    return reverse("office-case", args=[kind, record])


def version_of(page: Any) -> str:
    """The version that a page of a case carries, as its form would send it."""
    found = re.search(r'name="version" value="(\d+)"', page.content.decode())
    assert found
    return found.group(1)


def part(office: Client, kind: str = "inspection", **query: str) -> str:
    """A part of the inbox."""
    page = office.get(reverse("office-inbox", args=[kind]), query)
    assert page.status_code == 200
    return page.content.decode()


def rows(page: str) -> list[str]:
    """The ids of the records that a part of the inbox shows, in its order."""
    return re.findall(r'name="case" value="([0-9a-f-]{36}):\d+"', page)


def listed(office: Client, kind: str = "inspection", **query: str) -> list[str]:
    return rows(part(office, kind, **query))


def test_what_arrives_waits_in_its_part_and_what_was_in_order_waits_for_nobody(office: Client, inspector: User) -> None:
    fine = sent(inspector, findings=["matches"])
    found = sent(inspector)
    report = sent(None, "report")
    round_ = sent(inspector, "round")
    sent(inspector, "audit", office=False)
    assert listed(office, "report") == [str(report)]
    assert stored(round_).kind == "round"
    assert listed(office, "audit") == [], "what a shop keeps to itself is nobody's work"
    first = office.get(reverse("office-inbox-first"))
    assert first.headers["Location"] == reverse("office-inbox", args=["report"]) + "?state=wanted"
    page = part(office)
    assert rows(page) == [str(found), str(fine)]
    assert re.search(r"Phiếu trong đợt <b>1</b>", page), "only what wants an answer is counted"
    assert "Còn 3 ngày" in page
    assert "Không cần trả lời" in page


def test_a_records_page_is_named_by_what_the_record_says(office: Client, inspector: User) -> None:
    for kind, app in (
        ("inspection", "rounds_inspection"),
        ("round", "rounds_round"),
        ("note", "inspections_inspection"),
    ):
        record = sent(inspector, kind)
        page = office.get(reverse(f"admin:{app}_change", args=[record])).content.decode()
        named = re.search(r'class="of-title">([^<]*)<', page)
        assert named, kind
        assert named[1].strip(), kind
        assert str(record) not in named[1], "an id tells a person nothing"


def test_an_answer_goes_out_in_three_clicks_and_its_sender_sees_it(office: Client, inspector: User) -> None:
    record = sent(inspector)
    page = office.get(page_of(record))  # the first click, on the row; the second, into the field
    answer = {**DECIDED, "decided_on": "29/11/2026", "version": version_of(page)}
    done = office.post(page_of(record), answer, follow=True)  # the third
    assert "Máy của người gửi nhận được ở lần đồng bộ tới." in done.content.decode()
    (event,) = device_of(inspector).get("/api/v1/records?only=events").json()["events"]
    assert (event["state"], event["text"]) == ("decided", "Đã liên hệ cơ sở.\nLô này in nhầm.")
    assert event["number"] == "12/QĐ-XPHC ngày 29/11/2026"
    assert listed(office, state="done") == [str(record)]


def test_a_report_is_answered_at_the_reporters_own_address(office: Client, register: object) -> None:
    record = sent(None, "report")
    opened = office.get(page_of(record, "report"))
    office.post(page_of(record, "report"), {**DECIDED, "version": version_of(opened)})
    shown = Client().get(f"/api/v1/reports/{record}", headers={"Report-Secret": SECRET})
    assert shown.status_code == 200, shown.content
    assert shown.json()["events"][-1]["text"] == "Đã liên hệ cơ sở.\nLô này in nhầm."


def test_nothing_is_sent_on_what_somebody_has_not_seen(office: Client, colleague: Client, inspector: User) -> None:
    record = sent(inspector)
    mine, theirs = (version_of(one.get(page_of(record))) for one in (office, colleague))
    colleague.post(page_of(record), {"do": "answer", "state": "more_wanted", "text": "Còn mấy hộp?", "version": theirs})
    refused = office.post(page_of(record), {**DECIDED, "version": mine})
    text = html.unescape(refused.content.decode())
    assert refused.status_code == 409
    assert "Chưa gửi gì: phiếu này đã thay đổi" in text
    notice = text[text.index('role="alert"') : text.index('class="columns"')]
    assert "Người minh: “Còn mấy hộp?”" in notice, "what the other wrote is told"
    assert "Lô này in nhầm." in text, "what this one typed is still there"
    assert Event.objects.get().state == "more_wanted"
    again = office.post(page_of(record), {**DECIDED, "version": version_of(refused)})
    assert again.status_code == 302
    assert Event.objects.count() == 2


@pytest.mark.parametrize("said", ["comment", "take", "form of the list"])
def test_a_comment_an_assignment_and_the_other_form_count_as_changes_too(
    office: Client, colleague: Client, inspector: User, said: str
) -> None:
    record = sent(inspector)
    opened = "0"
    if said == "form of the list":
        form = f"{reverse('admin:rounds_inspection_event')}?inspection={record}"
        shown = colleague.get(form)
        seen = re.findall(r'name="case" value="([^"]+)"', shown.content.decode())
        assert colleague.post(form, {"state": "reviewing", "case": seen}).status_code == 302
        late = colleague.post(form, {"state": "closed", "case": seen})
        assert late.status_code == 409
        assert "Chưa ghi gì" in late.content.decode()
    else:
        colleague.post(page_of(record), {"do": said, "comment": "Cơ sở đã nộp giấy.", "version": opened})
    before = Event.objects.count()
    assert office.post(page_of(record), {**DECIDED, "version": opened}).status_code == 409
    assert Event.objects.count() == before


def test_a_page_that_says_no_version_writes_nothing(office: Client, inspector: User) -> None:
    record = sent(inspector)
    assert office.post(page_of(record), DECIDED).status_code == 409
    assert not Event.objects.exists()


def test_comments_stay_in_the_office(office: Client, inspector: User) -> None:
    record = sent(inspector)
    office.post(page_of(record), {"do": "comment", "comment": "Hỏi chị Lan trước.", "version": "0"})
    office.post(page_of(record), {"do": "take", "version": version_of(office.get(page_of(record)))})
    assert "Hỏi chị Lan trước." in office.get(page_of(record)).content.decode()
    told = device_of(inspector).get("/api/v1/records").content.decode()
    assert "chị Lan" not in told
    assert "huong" not in told
    assert not Event.objects.exists()
    remark = Remark.objects.earliest("pk")
    remark.text = "khác"
    with pytest.raises(Exception, match=r"UNIQUE|duplicate"):
        remark.save()


def test_who_does_it_is_found_and_given_back(office: Client, colleague: Client, inspector: User) -> None:
    mine, free = sent(inspector), sent(inspector)
    office.post(page_of(mine), {"do": "take", "version": "0"})
    assert listed(office, who="mine") == [str(mine)]
    assert listed(office, who="nobody") == [str(free)]
    other = User.objects.get(username="minh")
    office.post(page_of(mine), {"do": "assign", "to": other.pk, "version": "1"})
    assert stored(mine).assignee == other
    office.post(page_of(mine), {"do": "assign", "to": "", "version": "2"})
    assert office.post(page_of(mine), {"do": "assign", "to": inspector.pk, "version": "3"}).status_code == 200
    assert stored(mine).assignee is None


def test_several_are_done_at_once_and_told_before_and_after(office: Client, inspector: User) -> None:
    records = [sent(inspector), sent(inspector), sent(None, "note", outcome=Outcome.MISLABELLED)]
    cases = [f"{record}:0" for record in records[:2]]
    act = reverse("office-inbox-act", args=["inspection"])
    before = office.post(act, {"do": "closed", "case": cases}).content.decode()
    assert "2 phiếu sẽ được ghi “Đã đóng”" in before
    assert "rời khỏi danh sách chưa xong" in before
    assert not Event.objects.exists(), "nothing is done before it is confirmed"
    after = office.post(
        act, {"do": "closed", "state": "closed", "text": "Cảm ơn.", "case": cases, "confirmed": "1"}, follow=True
    )
    assert "Đã ghi “Đã đóng” cho 2 phiếu." in after.content.decode()
    assert {event["record"] for event in device_of(inspector).get("/api/v1/records").json()["events"]} == set(
        map(str, records[:2])
    )
    note = reverse("office-inbox-act", args=["note"])
    told = office.post(note, {"do": "reviewing", "case": [f"{records[2]}:0"]}).content.decode()
    assert "1 phiếu được gửi không có tài khoản" in told
    office.post(note, {"do": "take", "case": [f"{records[2]}:0"], "confirmed": "1"})
    assert stored(records[2]).assignee == User.objects.get(username="huong")


def test_where_one_of_several_has_changed_nothing_is_done(office: Client, inspector: User) -> None:
    first, second = sent(inspector), sent(inspector)
    acting.assign(kind_named("inspection"), {second: 0}, inspector, inspector)
    act = reverse("office-inbox-act", args=["inspection"])
    entered = {"do": "take", "case": [f"{first}:0", f"{second}:0"], "confirmed": "1"}
    refused = office.post(act, entered)
    assert refused.status_code == 409
    assert "1 phiếu đã thay đổi" in refused.content.decode()
    assert stored(first).assignee is None
    seen = re.findall(r'name="case" value="([^"]+)"', refused.content.decode())
    assert office.post(act, {**entered, "case": seen}).status_code == 302
    assert stored(first).assignee == stored(second).assignee == User.objects.get(username="huong")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "}, {"text": "x" * 5001}, {"state": "fine"}, {"decided_on": "13/13/2026"}, {"decided_on": "1/1/26"},
        {"number": "", "decided_on": "1/10/2026"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(wrong: dict[str, str]) -> None:
    assert not AnswerForm({**DECIDED, **wrong}).is_valid()


def test_what_does_not_fit_is_not_written(office: Client, inspector: User) -> None:
    record = sent(inspector)
    refused = office.post(page_of(record), {**DECIDED, "text": "", "version": "0"})
    assert "Hãy viết câu trả lời." in refused.content.decode()
    act = reverse("office-inbox-act", args=["inspection"])
    for case in ("x", f"{record}", f"{uuid.uuid4()}:0"):
        assert office.post(act, {"do": "take", "case": case, "confirmed": "1"}).status_code == 404
    assert "Chưa chọn phiếu nào" in office.post(act, {"do": "take"}, follow=True).content.decode()
    assert not Event.objects.exists()
    assert not Remark.objects.exists()


def test_a_question_is_the_senders_turn_and_their_answer_the_offices_again(office: Client, inspector: User) -> None:
    record, kind, writer = sent(inspector), kind_named("inspection"), User.objects.get(username="huong")
    of = {"to": {"kind": "inspection", "id": str(record)}}
    question = events.write(kind, Inspection.objects.get(), "more_wanted", "Còn mấy hộp?", "", writer)
    assert "Chờ người gửi" in office.get(page_of(record)).content.decode()
    sent(inspector, "answer", event=str(question.pk), **of)
    assert listed(office, state="answered") == [str(record)]
    assert "Có 12 hộp trên kệ." in office.get(page_of(record)).content.decode()
    decision = events.write(kind, Inspection.objects.get(), "decided", "Xong.", "", writer)
    assert not stored(record).is_open
    sent(inspector, "answer", event=str(decision.pk), **of)
    assert stored(record).is_open, "an objection to a decision is not lost among what is done"
    sent(User.objects.create_user("kiemtra02", name="Khác"), "answer", event=str(decision.pk), **of)
    assert Answer.objects.count() == 3
    assert stored(record).version == 4, "what somebody else says to it changes nothing"


def test_deadlines_are_data_and_a_change_counts_for_what_waits(inspector: User) -> None:
    record = sent(inspector)
    today = days.today()
    assert stored(record).due_on == today + timedelta(days=3)
    administrator = browser_of("truong", Role.ADMINISTRATOR)
    page = reverse("admin:reviewing_deadline_change", args=["inspection"])
    assert administrator.post(page, {"days": "10"}).status_code == 302
    assert stored(record).due_on == today + timedelta(days=10)
    assert due_on("inspection", today) == today + timedelta(days=10)


def test_what_is_late_comes_first_and_says_so(office: Client, inspector: User) -> None:
    first, late = sent(inspector), sent(inspector)
    Case.objects.filter(record=late).update(due_on=days.today() - timedelta(days=2))
    page = part(office)
    assert rows(page) == [str(late), str(first)]
    assert "Quá hạn 2 ngày" in page
    assert "1 quá hạn" in page
    assert beside(stored(late)) == (None, stored(first))
    assert f'href="{page_of(late)}" rel="prev"' in office.get(page_of(first)).content.decode()


def test_the_page_shows_all_that_is_needed_to_judge(office: Client, sign_in: Callable[[str], Sender]) -> None:
    device = sign_in("kiemtra01")
    inspector = User.objects.get(username="kiemtra01")
    product = Product.objects.filter(pictures__isnull=False, certificates__isnull=False)[0]
    certificate = product.certificates.all()[0]
    Certificate.objects.filter(pk=certificate.pk).update(withdrawn_on=days.today(), withdrawn_reason="Bán hàng khác.")
    verdict = {"status": "withdrawn", "reasons": ["certificate_withdrawn", "of_2030"], "as_of": "2026-11-23T07:00:00Z"}
    sent(inspector, gtin=product.gtin, findings=["no_papers"])
    sent(inspector, findings=["looks_copied"], gtin=None, product={"name": "Hũ mật", "producer": None})
    document = device.record("inspection", picture(), gtin=product.gtin, verdict=verdict)
    assert device.put_together("inspection", document, (sha256(picture()), picture())).status_code == 201
    record = uuid.UUID(document["id"])
    page = html.unescape(office.get(page_of(record)).content.decode())
    for words in (
        product.name, certificate.number, "Đã thu hồi", "Bán hàng khác.", "Giấy chứng nhận đã bị thu hồi.", "of_2030",
        "Không có giấy tờ", "Hũ mật: Nghi hàng nhái", "Nhập từ đại lý.", "phường Hồng Gai, theo địa chỉ đã ghi",
        "Máy chủ nhận phiếu", "<title>phường Hồng Gai</title>", '"seller_said"',
    ):  # fmt: skip
        assert words in page, words
    label = product.pictures.filter(shows=Picture.Shows.LABEL).first() or product.pictures.first()
    assert label
    assert f"/api/v1/pictures/{label.sha256}/1600" in page
    photo = re.search(r'src="([^"]+/large)"', page)
    assert photo
    assert office.get(photo.group(1)).headers["Content-Type"] == "image/jpeg"
    assert page.count('class="here"') == 2, "one commune and the name of its unit"
    assert page.index("<summary>Dữ liệu gốc</summary>") < page.index('"seller_said"'), "raw data are folded away"


def test_where_it_was_is_told_with_how_that_is_known(db: None) -> None:
    def told(address: str, *position: float) -> tuple[int, str]:
        found = where(address, *(position or (None, None)))
        return (len(found.communes), found.words) if found else (0, "")

    assert told("Sạp 12, phường Hồng Gai", 21.35, 107.6) == (1, "phường Hồng Gai, theo địa chỉ đã ghi")
    assert told("tổ 5, Hạ Long") == (1, "phường Hạ Long, theo địa chỉ đã ghi")
    assert told("Khu 3, huyện Ba Chẽ") == (3, "huyện Ba Chẽ cũ, theo địa chỉ đã ghi")
    assert told("", 21.35, 107.6) == (2, "gần Đầm Hà, theo vị trí của máy")
    assert told("Chợ đêm", 16.0, 108.2) == told("") == (0, "")
    assert draw(["06685"], "Hồng Gai").count('class="here"') == 2, "one commune and the name of its unit"
    assert draw([], "").count("<title>") == len(COMMUNES)


def test_every_kind_has_its_page(office: Client, inspector: User) -> None:
    for kind, make in (
        ("note", inspector),
        ("round", inspector),
        ("report", None),
        ("audit", inspector),
    ):
        page = office.get(page_of(sent(make, kind), kind))
        assert page.status_code == 200
        assert "Ghi kết luận và gửi" in page.content.decode()
        told = kind == "report"
        assert (str(kind_named(kind).records.get().device) not in page.content.decode()) is told, (
            "who reports is not told"
        )
    assert office.get(page_of(uuid.uuid4())).status_code == 404
    assert office.get(reverse("office-inbox", args=["answer"])).status_code == 404


def test_words_find_cases(office: Client, inspector: User) -> None:
    found, _other = sent(inspector, text="Hũ mật ong rừng"), sent(inspector, text="khác")
    assert listed(office, q="mat ONG") == [str(found)]
    assert listed(office, q="mat ong", state="done") == []


def test_a_list_and_a_page_cost_the_same_however_many_there_are(office: Client, inspector: User) -> None:
    place = {**PLACE, "address": "phường Hồng Gai"}
    record = sent(inspector, place=place)
    inbox, page = reverse("office-inbox", args=["inspection"]), page_of(record)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as ran:
            assert office.get(address).status_code == 200
        return len(ran)

    office.get(inbox)  # once, so that what is kept from then on is there
    sent(inspector, place=place)
    few = queries(inbox), queries(page)
    for _ in range(6):
        acting.assign(kind_named("inspection"), {sent(inspector, place=place): 0}, inspector, inspector)
    assert (queries(inbox), queries(page)) == few
    if connection.vendor != "sqlite":
        return  # PostgreSQL reads so few rows without an index
    plan = Case.objects.filter(kind="inspection", is_open=True).order_by("due_on", "received_at", "id")[:51].explain()
    assert "cases_" in plan, f"the list is read along an index, not sorted: {plan}"
    assert "TEMP B-TREE" not in plan


def test_records_from_before_there_were_cases_get_theirs(office: Client, inspector: User) -> None:
    waits, done, fine = sent(inspector), sent(inspector), sent(inspector, findings=["matches"])
    writer = User.objects.get(username="huong")
    events.write(kind_named("inspection"), Inspection.objects.get(pk=done), "closed", "", "", writer)
    before = list(Case.objects.order_by("record").values("record", "state", "is_open", "due_on"))
    Case.objects.all().delete()
    assert fill("inspection", Inspection.objects.all(), Event.objects, Case.objects) == 3
    assert list(Case.objects.order_by("record").values("record", "state", "is_open", "due_on")) == before
    assert fill("inspection", Inspection.objects.all(), Event.objects, Case.objects) == 0
    assert listed(office) == [str(waits), str(fine)]
    assert stored(fine).due_on == NO_DAY


def test_only_who_may_answer_sees_the_inbox(inspector: User) -> None:
    record = sent(inspector)
    addresses = [reverse("office-inbox", args=["inspection"]), page_of(record), reverse("office-digest")]
    for role in (Role.SHOP, Role.INSPECTOR):
        browser = browser_of(role, role)
        assert all(browser.get(address).status_code == 302 for address in addresses), "led to the sign-in"
        assert browser.post(page_of(record), {**DECIDED, "version": "0"}).status_code == 302
    assert all(Client().get(address).status_code == 302 for address in addresses)
    assert not Event.objects.exists()


def test_the_daily_mail_is_asked_for_and_says_what_waits_without_names(
    office: Client, colleague: Client, inspector: User, settings: Any
) -> None:
    settings.MAIL, settings.PUBLIC_URL = "smtp://mail.example", "https://ocop.example"
    record = sent(inspector)
    call_command("mail_waiting")
    assert mail.outbox == [], "nobody has asked for one"
    assert "Địa chỉ thư chưa đúng." in office.post(reverse("office-digest"), {"address": "huong"}).content.decode()
    office.post(reverse("office-digest"), {"address": "huong@ocop.example"})
    colleague.post(reverse("office-digest"), {"address": "minh@ocop.example"})
    colleague.post(reverse("office-digest"), {"off": "1"})
    office.post(page_of(record), {"do": "take", "version": "0"})
    Case.objects.update(due_on=days.today() - timedelta(days=1))
    call_command("mail_waiting")
    call_command("mail_waiting")
    (letter,) = mail.outbox
    assert letter.to == ["huong@ocop.example"], "once a day, to who wants it"
    assert "phiếu trong đợt: 1 (1 quá hạn, 1 của bạn)" in letter.body
    assert "https://ocop.example/admin/inbox/" in letter.body
    assert "Trà hoa vàng" not in letter.body
    assert Digest.objects.get().sent_on == days.today()
    settings.MAIL = ""
    with pytest.raises(CommandError, match="names no mail server"):
        call_command("mail_waiting")


def test_nothing_waits_nothing_is_mailed(office: Client, settings: Any) -> None:
    settings.MAIL, settings.PUBLIC_URL = "smtp://mail.example", "https://ocop.example"
    office.post(reverse("office-digest"), {"address": "huong@ocop.example"})
    call_command("mail_waiting")
    assert mail.outbox == []


def test_each_reason_that_the_app_knows_has_a_sentence() -> None:
    assert not [reason for reason in ReasonCode if reason in "".join(in_words([reason]))]


def test_days_of_a_kind_are_kept_where_nothing_waits() -> None:
    set_days("report", 2)
    assert due_on("report", days.today()) == days.today() + timedelta(days=2)
