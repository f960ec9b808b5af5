"""The first page of the back office: what is counted, that each figure leads to as many records, and who sees what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from office import browser_of
from openpyxl import load_workbook
from registry_notes import Sender, photo_of, picture

from accounts.models import Role, User
from backoffice.overview_page import TABLES
from guidance.communes import Communes
from inspections.kind import NOTE
from inspections.models import Suspicion
from overview import certificates, coverage, devices, verdicts
from overview.certificates import Due
from overview.commune_grid import AT, level_of, tiles
from overview.counting import fill_all
from overview.models import CountedRecord
from overview.tables import Table
from overview.tones import VERDICTS, Tone
from overview.waiting import figures
from records.erasing import What, delete_bytes, erase
from register import days
from register.localities import COMMUNES
from register.models import Certificate, Product

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
HONG_GAI = "06685"
PACK = {"text": "x", "symbology": "typed", "lot": None, "serial": None, "expiry": None}


@pytest.fixture
def office(register: object) -> Client:
    return browser_of("quantri02", Role.ADMINISTRATOR)


def sent(sender: Sender, kind: str, **changed: Any) -> dict[str, Any]:
    document = sender.record(kind, **changed)
    assert sender.put_record(kind, document).status_code == 201
    return document


def verdict(status: str) -> dict[str, Any]:
    return {"verdict": {"status": status, "reasons": [], "as_of": None}}


def numbers(table: Table) -> dict[str, list[Any]]:
    return {str(row[0].value): [cell.value for cell in row[1:]] for row in table.rows}


def counted() -> verdicts.Verdicts:
    return verdicts.count(days.today(), 8)


def listed(office: Client, address: str) -> int:
    answer = office.get(address)
    assert answer.status_code == 200, (address, answer.headers.get("Location"))
    context: Any = answer.context_data  # type: ignore[attr-defined]
    return int(context["cl"].result_count)


def some_records(sign_in: SignIn) -> None:
    inspector, shop = sign_in("kiemtra01"), sign_in("cuahang01")
    gtin = Product.objects.order_by("gtin").values_list("gtin", flat=True)[0]
    sent(inspector, "inspection", gtin=gtin, findings=["matches"])
    wrong = sent(inspector, "inspection", gtin=gtin, findings=["past_date"], **verdict("withdrawn"))
    said = ["stars_differ", "no_papers"]
    sent(inspector, "inspection", gtin=gtin, findings=said, supersedes=wrong["id"], **verdict("star_mismatch"))
    sent(inspector, "note", code={**PACK, "gtin": "09529999999993"}, outcome="mislabelled", **verdict("of_a_new_app"))
    sent(inspector, "round")
    sent(shop, "note", code={**PACK, "gtin": gtin}, outcome="expired")


def test_what_inspectors_record_is_counted_once_and_others_beside_it(sign_in: SignIn) -> None:
    some_records(sign_in)
    found = counted()
    assert (found.total, found.by_others) == (3, 1)
    by_week, by_commune, by_group, findings = verdicts.tables(found, Communes.of_today())
    #                          fine, attention, stop, unknown, other; all; with findings
    assert numbers(by_week)[str(verdicts.first_week(days.today(), 1))] == [1, 1, 0, 0, 1, 3, 2]
    assert numbers(by_commune) == {"phường Hồng Gai": [1, 1, 0, 0, 0, 2, 1], "Không rõ nơi": [0, 0, 0, 0, 1, 1, 1]}
    assert numbers(by_group)["Không có trong sổ đăng ký"] == [0, 0, 0, 0, 1, 1, 1]
    assert numbers(findings) == {"Sai số sao": [1], "Không có giấy tờ": [1], "Nhãn khác đăng ký": [1]}


def test_each_figure_leads_to_as_many_records(sign_in: SignIn, office: Client) -> None:
    some_records(sign_in)
    communes, found = Communes.of_today(), counted()
    rounds = coverage.table(found.since, communes)
    due = certificates.table(certificates.counts(days.today()))
    followed = 0
    for table in [*verdicts.tables(found, communes), rounds, due]:
        for cell in [cell for row in table.rows for cell in row if cell.address][:4]:
            assert listed(office, cell.address) == cell.value, (table.name, cell)
            followed += 1
    assert followed > 15
    assert listed(office, verdicts.address(found.since.isoformat(), witness="others")) == found.by_others


def test_what_waits_leads_to_the_inbox(sign_in: SignIn, office: Client) -> None:
    some_records(sign_in)
    user = User.objects.get(username="quantri02")
    for serial, decision in (("1", ""), ("2", ""), ("3", "confirmed")):
        Suspicion.objects.create(
            gtin="09520000100016", serial=serial, sightings=[], seen_at=timezone.now(), accuses=True, by_accounts=True,
            told=True, decision=decision,
        )  # fmt: skip
    found = {figure.label: (figure.value, figure.address) for figure in figures(user, days.today())}
    assert found["Đợt kiểm tra chờ xem"] == ("1", "/admin/inbox/round/?state=wanted")
    assert found["Phiếu trong đợt có phát hiện"] == ("2", "/admin/inbox/inspection/?state=wanted")
    assert found["Phiếu lẻ có phát hiện"] == ("2", "/admin/inbox/note/?state=wanted")
    for value, address in found.values():
        if "/inbox/" in address:
            assert len(office.get(address).context["rows"]) == int(value), address
    copies, address = found["Mã nghi bị sao chép"]
    assert copies == "2"
    assert listed(office, address) == 2
    late = {figure.label for figure in figures(user, days.today() + timedelta(days=4)) if figure.late}
    assert late == {"Phiếu trong đợt có phát hiện"}
    assert found["Giấy hết hạn trong 30 ngày"][1] == "/admin/register/product/?due=30"
    page = office.get("/admin/").content.decode()
    assert all(f'href="{address}"'.replace("&", "&amp;") in page for _, address in found.values())
    assert figures(User.objects.get(username="cuahang01"), days.today()) == []


def test_a_commune_without_a_round_stands_first(sign_in: SignIn) -> None:
    sent(sign_in("kiemtra01"), "round")
    sent(sign_in("quantri"), "round")
    rounds = coverage.table(verdicts.first_week(days.today(), 8), Communes.of_today())
    assert [cell.value for cell in rounds.rows[-1]] == ["phường Hồng Gai", days.today(), 2]
    assert rounds.rows[0][1].value == "Chưa có đợt nào"
    assert (coverage.visited(rounds), len(rounds.rows)) == (1, 54)
    CountedRecord.objects.update(received_at=timezone.now() - timedelta(weeks=9))
    old = coverage.table(verdicts.first_week(days.today(), 8), Communes.of_today())
    assert (coverage.visited(old), old.rows[-1][2].value) == (0, 0)


def certificate(product: Product, begins: date, ends: date, withdrawn: date | None = None) -> None:
    Certificate.objects.create(
        product=product, number=f"{product.gtin} {begins}", stars=3, issuer="x", valid_from=begins, valid_to=ends,
        withdrawn_on=withdrawn, withdrawn_reason="x" if withdrawn else "",
    )  # fmt: skip


def test_a_product_is_due_by_its_last_certificate(register: object) -> None:
    today, day = date(2026, 11, 23), timedelta(days=1)
    Certificate.objects.all().delete()
    names = (
        "today",
        "in_30",
        "in_31",
        "in_90",
        "renewed",
        "ended",
        "withdrawn",
        "to_be_withdrawn",
        "then_ended",
        "none",
    )
    of = dict(zip(names, Product.objects.order_by("gtin"), strict=False))
    begin = today - 1000 * day
    certificate(of["today"], begin, today)
    certificate(of["in_30"], begin, today + 30 * day)
    certificate(of["in_31"], begin, today + 31 * day)
    certificate(of["in_90"], begin, today + 90 * day)
    certificate(of["renewed"], begin, today + 10 * day)
    certificate(of["renewed"], today + 11 * day, today + 1000 * day)
    certificate(of["ended"], begin, today - day)
    certificate(of["withdrawn"], begin, today + 500 * day, today)
    certificate(of["to_be_withdrawn"], begin, today + 500 * day, today + day)
    certificate(of["then_ended"], begin, today - day, today - 5 * day)
    named = {product.pk: name for name, product in of.items()}
    found = {
        due: sorted(named[pk] for pk in certificates.products(due, today).values_list("pk", flat=True) if pk in named)
        for due in Due
    }
    assert found == {
        Due.DAYS_30: ["in_30", "today"],
        Due.DAYS_60: ["in_30", "in_31", "today"],
        Due.DAYS_90: ["in_30", "in_31", "in_90", "today"],
        Due.ENDED: ["ended", "then_ended"],
        Due.WITHDRAWN: ["withdrawn"],
        Due.NEVER_SEEN: sorted(names),
    }


def test_what_only_a_shop_has_seen_was_never_seen(sign_in: SignIn) -> None:
    ours, theirs = Product.objects.order_by("gtin").values_list("gtin", flat=True)[:2]
    sent(sign_in("kiemtra01"), "inspection", gtin=ours)
    sent(sign_in("cuahang01"), "note", code={**PACK, "gtin": theirs})
    never = certificates.products(Due.NEVER_SEEN, days.today()).values_list("gtin", flat=True)
    assert ours not in never
    assert theirs in never


def test_what_a_bulk_writer_stored_is_counted_once(sign_in: SignIn) -> None:
    some_records(sign_in)
    columns = ("kind", "record", "week", "witness", "commune", "product", "status", "findings", "replaced")
    before = set(CountedRecord.objects.values_list(*columns))
    CountedRecord.objects.all().delete()
    assert fill_all() == len(before) == 6
    assert set(CountedRecord.objects.values_list(*columns)) == before
    assert fill_all() == 0


def test_a_photo_is_awaited_until_it_has_come_and_not_once_it_was_removed(sign_in: SignIn) -> None:
    sender, photo = sign_in("kiemtra01"), picture()
    document = sender.note(photos=[photo_of(photo)])
    assert sender.put_note(document).status_code == 201
    assert devices.count(timezone.now()).missing.total() == 1
    assert sender.put_photo(document["id"], photo).status_code == 201
    assert devices.count(timezone.now()).missing.total() == 0
    erase(NOTE, NOTE.records.get(pk=document["id"]), [What.PHOTOS])
    assert delete_bytes(10) == 1
    assert devices.count(timezone.now()).missing.total() == 0


def test_each_part_says_what_will_stand_there(office: Client) -> None:
    Certificate.objects.all().delete()
    Product.objects.all().delete()
    page = office.get("/admin/").content.decode()
    assert page.count("ov-empty") == 8
    for words in (
        "Sổ đăng ký chưa có sản phẩm nào", "chưa có phiếu nào của cán bộ", "Khi sổ đăng ký có giấy chứng nhận",
        "Chưa có phát hiện nào", "Chưa có phiếu nào", "Chưa có đợt nào", "Chưa có máy nào đăng nhập",
    ):  # fmt: skip
        assert words in page, words


def test_the_page_asks_as_much_of_many_records_as_of_few(sign_in: SignIn, office: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get("/admin/").status_code == 200
        return len(queries)

    asked()  # what is read once a process
    few = asked()
    some_records(sign_in)
    assert asked() == few


def test_a_file_has_days_as_days_and_runs_no_text(sign_in: SignIn, office: Client) -> None:
    sign_in("kiemtra01")
    User.objects.filter(username="kiemtra01").update(name='=HYPERLINK("https://x.example")')
    written = office.get("/admin/tong-quan/may.xlsx")
    assert written.headers["Content-Disposition"].startswith('attachment; filename="may-')
    cells = load_workbook(io.BytesIO(written.content)).active[2]
    assert (cells[0].value, cells[0].data_type) == ('=HYPERLINK("https://x.example")', "s")
    assert isinstance(cells[2].value, datetime)
    assert cells[2].number_format == "dd/mm/yyyy hh:mm"
    assert (cells[5].data_type, cells[5].number_format) == ("s", "@")
    rows = list(csv.reader(io.StringIO(office.get("/admin/tong-quan/may.csv").content.decode("utf-8-sig"))))
    assert rows[1][0] == '\'=HYPERLINK("https://x.example")'
    weeks = load_workbook(io.BytesIO(office.get("/admin/tong-quan/theo-tuan.xlsx?weeks=4").content)).active
    assert (weeks.max_row, weeks["A2"].number_format) == (5, "dd/mm/yyyy")
    assert weeks["A2"].value.date() == verdicts.first_week(days.today(), 1)
    assert office.get("/admin/tong-quan/may.exe").status_code == 404


def test_a_part_is_for_those_who_may_see_its_records(sign_in: SignIn, client: Client) -> None:
    sign_in("kiemtra01")
    registrar = browser_of("sodangky02")
    page = registrar.get("/admin/").content.decode()
    assert 'id="ov-weekly"' in page
    assert 'id="ov-devices"' not in page
    for name in TABLES:
        assert registrar.get(f"/admin/tong-quan/{name}.csv").status_code == (403 if name == "may" else 200), name
        assert client.get(f"/admin/tong-quan/{name}.csv").status_code == 302
        assert browser_of(f"kiemtra-{name}", Role.INSPECTOR).get(f"/admin/tong-quan/{name}.csv").status_code == 302


@pytest.mark.parametrize("weeks", ["4", "26", "7", "x", "²", "", "9" * 5000])
def test_any_time_may_be_asked_for(office: Client, weeks: str) -> None:
    page = office.get("/admin/", {"weeks": weeks})
    assert page.context["weeks"] == (int(weeks) if weeks in {"4", "26"} else 8)


def test_every_commune_has_a_tile_of_its_own() -> None:
    assert AT.keys() == {commune.code for commune in COMMUNES}
    assert len(set(AT.values())) == len(AT)
    drawn = tiles({HONG_GAI: "phường Hồng Gai", "06736": "phường Móng Cái 3"}, {HONG_GAI: 9, "": 90}, {})
    assert [(tile.lines, tile.count, tile.level) for tile in drawn] == [
        (("Móng", "Cái 3"), 0, 0),
        (("Hồng", "Gai"), 9, level_of(9, 9)),
    ]


def test_each_verdict_has_one_tone() -> None:
    from inspections.note import VERDICTS as KNOWN

    words = [word for words in VERDICTS.values() for word in words]
    assert sorted(words) == sorted(KNOWN)
    assert Tone.OTHER not in VERDICTS
