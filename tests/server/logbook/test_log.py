"""The log: who did what, with the old and the new value; nobody changes it, and no secret is in it."""

from __future__ import annotations

import io
import json
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from office import browser_of, fields_of, save
from openpyxl import load_workbook
from registry_notes import Sender

from accounts.models import DeviceSession, Role, User
from accounts.recording import record
from imports import publishing
from imports.known import register_state
from imports.models import ImportRun
from issuing import keys, statements
from issuing.statements import statement_for
from logbook.models import Entry, Group, Unchangeable
from logbook.reading import Wanted, find
from logbook.watching import bulk
from logbook.writing import write
from records import events
from records.kinds import kind_named
from register.models import Certificate, Producer, Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-dai-01"


@pytest.fixture
def administrator() -> Client:
    return browser_of("quantri1", Role.ADMINISTRATOR)


def entries(**fits: Any) -> list[Entry]:
    return list(Entry.objects.filter(**fits).order_by("id"))


def test_a_change_on_a_page_is_kept_with_both_values_and_by_whom(register: SampleRegister) -> None:
    browser, producer = browser_of("sodangky"), Producer.objects.earliest("pk")
    address, before = reverse("admin:register_producer_change", args=[producer.pk]), producer.name
    save(browser, address, fields_of(browser.get(address).content.decode()), name="HTX Tên Mới")
    (entry,) = entries(model="register.producer", key=str(producer.pk))
    assert (entry.who, entry.what, entry.group) == ("Người sodangky (sodangky)", "Sửa", "register")
    assert [change for change in entry.changes if change[2] == "HTX Tên Mới"] == [
        ["tên chủ thể", before, "HTX Tên Mới"]
    ]


def test_cases_accounts_keys_and_sign_ins_are_in_it_and_secrets_are_not(
    register: SampleRegister, anonymous: Sender
) -> None:
    document = anonymous.record("report")
    assert anonymous.put_record("report", document).status_code == 201
    clerk = User.objects.create_user("thuky", password=PASSWORD, name="Thư ký", role=Role.REGISTRAR)
    report = kind_named("report")
    events.write(report, report.records.get(), "reviewing", "Đang xem nơi bán", "", clerk)
    clerk.set_password("mat-khau-khac-02")
    clerk.save()
    client = Client()
    client.post("/admin/login/", {"username": "thuky", "password": "sai-mat-khau-03"})
    client.post("/admin/login/", {"username": "mat-khau-go-nham-04", "password": "x"})
    client.post("/admin/login/", {"username": "thuky", "password": "mat-khau-khac-02"})
    client.post(reverse("admin:logout"))
    signed_in = {"username": "thuky", "password": "mat-khau-khac-02", "device": str(uuid.uuid4())}
    tokens = client.post("/api/v1/auth/sign-in", signed_in, content_type="application/json").json()
    client.post("/api/v1/auth/sign-out", {"refresh": tokens["refresh"]}, content_type="application/json")
    said = [entry.what for entry in entries()]
    for what in (
        "Trả lời người gửi", "Thêm", "Sửa", "Sai mật khẩu", "Vào trang quản lý", "Ra khỏi trang quản lý",
        "Đăng nhập trên máy", "Phiên trên máy",
    ):  # fmt: skip
        assert what in said, what
    assert said.count("Sai mật khẩu") == 1, "a name that nobody bears may be a password"
    whole = json.dumps(list(Entry.objects.values()), default=str, ensure_ascii=False)
    clerk.refresh_from_db()
    session = DeviceSession.objects.get()
    for secret in (
        PASSWORD, "mat-khau-khac-02", "sai-mat-khau-03", "mat-khau-go-nham-04", clerk.password, tokens["refresh"],
        tokens["access"], session.refresh_hash, session.password_mark,
    ):  # fmt: skip
        assert secret not in whole
    (password,) = [change for entry in entries(what="Sửa", key=str(clerk.pk)) for change in entry.changes]
    assert password[1:] == ["(không ghi)", "(không ghi, đã đổi)"]


def test_the_apps_own_refreshing_is_no_entry(register: SampleRegister) -> None:
    user = User.objects.create_user("may", password=PASSWORD, name="Máy", role=Role.SHOP)
    session = DeviceSession.objects.create(
        user=user, device=uuid.uuid4(), refresh_hash="a" * 64, signed_in_at=timezone.now(), refreshed_at=timezone.now(),
        expires_at=timezone.now(),
    )  # fmt: skip
    before = Entry.objects.count()
    session.refreshed_at = timezone.now()
    with CaptureQueriesContext(connection) as asked:
        session.save(update_fields=["refreshed_at"])
    assert (len(asked), Entry.objects.count()) == (1, before)


def test_nothing_changes_or_deletes_an_entry(administrator: Client) -> None:
    entry = write(Group.SETTING, "Đổi thử")
    for attempt in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(why="x")):
        with pytest.raises(Unchangeable):
            attempt()
    for name in ("office-log", "office-log-file"):
        address = reverse(name, args=["csv"] if name.endswith("file") else [])
        assert administrator.post(address, {"id": entry.pk}).status_code == 405
        assert administrator.delete(address).status_code == 405
    assert Entry.objects.filter(pk=entry.pk, why="").exists()


def test_it_is_searched_without_accents_and_filtered(administrator: Client) -> None:
    person = User.objects.create_user("loc", password=PASSWORD, name="Đỗ Thị Lộc", role=Role.REGISTRAR)
    write(Group.SETTING, "Đổi thời hạn", changes=[("Số ngày", "90", "60")], by=person)
    for asked, there in (
        ({"q": "do thi loc THOI han"}, True), ({"q": "do thi mai"}, False), ({"by": str(person.pk)}, True),
        ({"by": "0"}, False), ({"group": "setting"}, True), ({"group": "case"}, False),
        ({"first": f"{date.today():%d/%m/%Y}"}, True),  # noqa: DTZ011 - the tests' day
        ({"last": "01/01/2026"}, False),
    ):  # fmt: skip
        page = administrator.get(reverse("office-log"), asked).content.decode()
        assert ("Đổi thời hạn" in page) == there, asked
    for no_day in ("2026/13/40", "0001-01-01"):
        refused = administrator.get(reverse("office-log"), {"first": no_day})
        assert (refused.status_code, "Từ ngày chưa đúng" in refused.content.decode()) == (400, True)


def test_pages_follow_each_other_without_gap_and_ask_as_much_for_any_number(administrator: Client) -> None:
    Entry.objects.bulk_create(
        [
            Entry(group=Group.REGISTER, what=f"Việc {n}", at=timezone.now() - timedelta(seconds=n // 2))
            for n in range(120)
        ]
    )
    seen, before = [], None
    while True:
        found = find(Wanted(group="register"), before)
        seen += [entry.pk for entry in found.entries]
        if (before := found.before) is None:
            break
    assert len(seen) == len(set(seen)) == 120
    administrator.get(reverse("office-log"))
    with CaptureQueriesContext(connection) as few:
        administrator.get(reverse("office-log"), {"group": "case"})
    with CaptureQueriesContext(connection) as many:
        administrator.get(reverse("office-log"), {"group": "register"})
    assert len(many) == len(few)


def test_a_search_looks_through_a_part_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logbook.reading.LOOKED_THROUGH", 10)
    now = timezone.now()
    Entry.objects.bulk_create([
        Entry(group=Group.REGISTER, what="x", search_text="co" if n == 25 else "khong", at=now - timedelta(minutes=n))
        for n in range(30)
    ])  # fmt: skip
    found, turns = find(Wanted("có")), 1
    while not found.entries and found.before:
        assert found.looked_until is not None
        found, turns = find(Wanted("có"), found.before), turns + 1
    assert (len(found.entries), turns) == (1, 3)


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_file_runs_no_formula(administrator: Client, extension: str) -> None:
    write(Group.SETTING, "Đổi", changes=[("Tên", "=1+1", "@x"), ("Số", "1", "2")], why="-2+3")
    answer = administrator.get(reverse("office-log-file", args=[extension]), {"group": "setting"})
    if extension == "csv":
        text = answer.content.decode("utf-8-sig")
        assert ",'=1+1,'@x,'-2+3" in text
        assert text.count("Đổi") == 2, "a row for each field"
    else:
        cells = [cell for row in load_workbook(io.BytesIO(answer.content)).active for cell in row]
        assert {cell.data_type for cell in cells if cell.value in {"=1+1", "@x", "-2+3"}} == {"s"}


def test_an_entry_leads_to_its_record(administrator: Client, register: SampleRegister) -> None:
    product = Product.objects.earliest("pk")
    product.save()
    product.name = "Chè hoa vàng mới"
    product.save()
    run = ImportRun.objects.create(name="ds.xlsx", sha256="0" * 64, size=1)
    page = administrator.get(reverse("office-log")).content.decode()
    assert f'href="{reverse("admin:register_product_change", args=[product.pk])}"' in page
    assert f'href="{reverse("import-run", args=[run.pk])}"' in page
    assert "Chè hoa vàng mới" in page


def test_what_is_said_of_an_account_and_what_a_bulk_writer_adds_is_in_it(register: SampleRegister) -> None:
    clerk = User.objects.create_user("thuky", password=PASSWORD, name="Thư ký", role=Role.REGISTRAR)
    record(clerk, clerk, "Bật xác nhận hai bước.")
    (entry,) = entries(what="Việc với tài khoản")
    assert (entry.why, entry.who, entry.key) == ("Bật xác nhận hai bước.", "Thư ký (thuky)", str(clerk.pk))
    product = Product.objects.earliest("pk")
    paper = Certificate(
        product=product, number="99/QN-2026", stars=4, valid_from=date(2026, 1, 1), valid_to=date(2028, 12, 31)
    )
    with bulk([paper], "Cấp lại theo quyết định"):
        Certificate.objects.bulk_create([paper])
    (entry,) = entries(model="register.certificate")
    assert (entry.what, entry.why) == ("Thêm", "Cấp lại theo quyết định")
    assert "99/QN-2026" in [new for _, _, new in entry.changes]


def test_a_published_import_is_one_entry(register: SampleRegister, settings: Any) -> None:
    settings.IMPORTS_INLINE = True
    browser = browser_of("sodangky")
    lines = ["STT,Tên sản phẩm,Chủ thể,Địa chỉ,Sao"] + [f"{n},Miến {n},HTX {n},Bình Liêu,4" for n in range(1, 4)]
    browser.post(reverse("imports"), {"file": ContentFile("\n".join(lines).encode(), name="ds.csv")})
    run, clerk = ImportRun.objects.get(), User.objects.get(username="sodangky")
    (uploaded,) = entries(group="import")
    assert (uploaded.what, uploaded.who) == ("Đưa tệp lên", "Người sodangky (sodangky)")
    run.published_by = clerk
    with CaptureQueriesContext(connection) as asked:
        publishing.write(run, publishing.Prepared(), register_state())
    assert len([one for one in asked if "INSERT" in one["sql"]]) == 1
    (published,) = entries(group="import", what="Nhập danh sách")
    assert (published.who, published.about) == ("Người sodangky (sodangky)", "ds.csv")


def test_keys_of_the_register_and_what_is_revoked_are_in_it(
    register: SampleRegister, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR, settings.ISSUER_KEYS = tmp_path, tmp_path / "issuer-keys"
    settings.PUBLIC_URL = "https://ocop.example"
    key = keys.rotate()
    (made,) = entries(model="register.issuerkey", key=str(key.pk))
    assert (made.group, made.what) == ("key", "Thêm")
    statement = next(filter(None, (statement_for(product.gtin) for product in Product.objects.all())))
    assert not entries(model="register.signedstatement"), "signed because a device asked"
    statements.revoke(statement.jti, "In nhầm số")
    keys.revoke(key.kid, "Lộ khóa")
    (revoked,) = entries(model="register.signedstatement")
    assert (revoked.what, revoked.why) == ("Thu hồi xác nhận ký số", "In nhầm số")
    assert "Lộ khóa" in [entry.why for entry in entries(model="register.issuerkey", key=str(key.pk))]
