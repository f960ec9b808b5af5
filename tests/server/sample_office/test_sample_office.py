"""The sample office: written as devices and reviewers write, whole after a break, taken away with nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jwt.api_jws import PyJWS
from office import browser_of
from registry_notes import Sender, picture, sha256

from accounts.models import Role, User
from imports.models import ImportRun, RunState
from inspections.models import Sighting, Suspicion
from issuing import keys
from issuing.models import IssuerKey
from logbook import writing as log
from logbook.models import Entry, Group
from overview.waiting import figures
from records import chain, events
from records.device_keys import is_signed
from records.kinds import all_kinds, kind_named
from records.models import Break, Event, Link
from records.receipts import receipt
from register import days
from register.description import Register
from register.models import Picture, Product
from reviewing.models import Case, Remark
from sample_office import filling
from sample_office.filling import fill
from sample_office.models import SampleOffice, Written
from sample_office.people import INSPECTORS, STAFF
from sample_office.planning import plan
from sample_office.steps import Sent, Told, Ware
from sample_office.writing import carry_out

SignIn = Callable[[str], Sender]
TODAY = date(2026, 11, 29)
KINDS = {"inspection", "round", "report", "note", "audit", "answer"}
COUNTED = (Case, Event, Link, Remark, Sighting, Suspicion, User, Product, ImportRun, Written)


def wares(today: date) -> list[Ware]:
    spans = ((-200, 400), (-900, 30), (-1200, -40))
    return [
        Ware(f"{9520000000000 + n:014}", f"Hàng {n}", "HTX", 3,
             ((today + timedelta(days=spans[n % 3][0]), today + timedelta(days=spans[n % 3][1]), None),), None, None)
        for n in range(30)
    ]  # fmt: skip


def test_the_plan_is_the_same_for_every_day_and_ends_on_the_evening_before() -> None:
    one, other = plan(wares(TODAY), TODAY), plan(wares(TODAY + timedelta(days=9)), TODAY + timedelta(days=9))
    assert [(type(step), step.at) for step in one] == [(type(s), s.at - timedelta(days=9)) for s in other]
    last = {days.day_of(step.at) for step in one}
    assert (min(last) - TODAY).days >= -57
    assert max(last) == TODAY - timedelta(days=1)
    sent = {step.name: step for step in one if isinstance(step, Sent)}
    assert {step.kind for step in sent.values()} == KINDS
    assert all(sent[step.name].at < step.at for step in one if isinstance(step, Told))


@pytest.mark.django_db
def test_it_is_written_as_devices_write_and_goes_without_anything_else(
    register: object, sign_in: SignIn, settings: Any, photo_folder: Path
) -> None:
    settings.IMPORTS_INLINE = True
    inspector, citizen = sign_in("kiemtra01"), Sender(Client())
    note = inspector.record("note")
    assert inspector.put_record("note", note).status_code == 201
    administrator = browser_of("quan", Role.ADMINISTRATOR)
    before = {model: model.objects.count() for model in COUNTED}
    _fill_with_a_break()

    _check_chains()
    _check_receipts()
    photos = [file for kind in KINDS for file in kind_named(kind).files.all()]
    assert photos
    assert all(file.file for file in photos)
    for kind in KINDS:
        ids = Written.objects.filter(what=kind).values_list("key", flat=True)
        assert kind_named(kind).records.count() == len(ids) + (kind == "note")
    _check_pages(administrator)

    assert Entry.objects.filter(who__contains="(mẫu)", at__lt=timezone.now() - timedelta(days=30)).exists()
    counts = {model: model.objects.count() for model in COUNTED}
    call_command("sample_office", "fill")
    assert {model: model.objects.count() for model in COUNTED} == counts

    # What real people do beside it: a report of a product, a word on a case of the sample, a changed product.
    product = Product.objects.get(gtin__startswith="0952987650001")
    report = citizen.record("report", picture(), gtin=product.gtin)
    assert citizen.put_record("report", report).status_code == 201
    assert citizen.put_file("report", report["id"], sha256(picture()), picture()).status_code == 201
    clerk = User.objects.get(username="quan")
    events.write(kind_named("report"), kind_named("report").records.get(pk=report["id"]), "reviewing", "", "", clerk)
    sampled = Written.objects.filter(what="round").first()
    assert sampled
    events.write(kind_named("round"), kind_named("round").records.get(pk=sampled.key), "reviewing", "", "", clerk)
    product.name = "Chả mực có người sửa"
    product.save()

    page = administrator.get(reverse("office-sample")).content.decode()
    assert "Trong đó 1 lời ghi" in page
    asked = administrator.post(reverse("office-sample")).content.decode()
    assert "Không lấy lại được" in asked
    assert SampleOffice.now().state == SampleOffice.State.FULL  # type: ignore[union-attr]
    assert browser_of("so", Role.REGISTRAR).post(reverse("office-sample"), {"sure": "yes"}).status_code == 403
    done = administrator.post(reverse("office-sample"), {"sure": "yes"}, follow=True).content.decode()
    assert "1 sản phẩm trong danh sách mẫu đã có người sửa" in done
    assert "Văn phòng mẫu" not in administrator.get("/admin/").content.decode().replace("Đã dọn văn phòng mẫu", "")

    assert not Entry.objects.filter(who__contains="(mẫu)").exists()
    assert Entry.objects.get(what="Dọn văn phòng mẫu").by == clerk.pk
    left = {model: model.objects.count() for model in COUNTED}
    more = {Case: 1, Event: 1, User: 1, Product: 1, ImportRun: 1}  # the report with its answer, the two that are named
    assert left == {model: before[model] + more.get(model, 0) for model in COUNTED}
    assert {str(record.pk) for kind in all_kinds().values() for record in kind.records.all()} == {
        note["id"], report["id"],
    }  # fmt: skip
    assert {file.name for file in (photo_folder / "photos").rglob("*.*")} == {f"{sha256(picture())}.jpg"}
    call_command("sample_office", "fill", "--once")
    assert {model: model.objects.count() for model in COUNTED} == left


def _fill_with_a_break() -> None:
    """Fill it, broken off within a day and taken up."""
    keys.ensure_one()
    Picture.objects.exclude(product__in=list(Product.objects.order_by("gtin")[:2])).delete()  # which take long to draw
    left = 60

    def broken(step: Any, photos: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        carry_out(step, photos)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "carry_out", broken)
        with pytest.raises(KeyboardInterrupt):
            list(fill())
    office = SampleOffice.now()
    assert office
    assert 0 < office.done < office.parts
    assert office.percent == 100 * office.done // office.parts
    list(fill())
    assert SampleOffice.now().state == SampleOffice.State.FULL  # type: ignore[union-attr]


def _check_chains() -> None:
    links = list(Link.objects.select_related("key").order_by("pk"))
    assert links
    assert not Break.objects.exists()
    assert not chain.clock_set_back(links)
    for link in links:
        assert link.key, link.kind
        assert is_signed(link.key, b"ocop-record\n" + link.sha256.encode(), link.signature)
        body = kind_named(link.kind).records.get(pk=link.record).body
        assert hashlib.sha256(body.encode()).hexdigest() == link.sha256


def _check_receipts() -> None:
    key = IssuerKey.objects.get()
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key.public_key + "="))
    for name in ("round", "inspection", "answer"):
        for record in kind_named(name).records.all():
            told = receipt(kind_named(name), record)
            proven = json.loads(PyJWS().decode(told["jws"], public, algorithms=["EdDSA"]))
            assert proven["sha256"] == record.sha256
            assert all(file["stored"] for file in told["files"])


def _check_pages(administrator: Client) -> None:
    for kind in ("report", "inspection", "round", "note", "audit"):
        page = administrator.get(reverse("office-inbox", args=[kind])).content.decode()
        assert "(mẫu)" in page or kind == "report", kind
    states = set(Case.objects.values_list("state", flat=True))
    assert states == set(Event.State.values)
    assert Case.objects.filter(is_answered=True, is_open=True).exists()
    assert Suspicion.objects.filter(decision="").exists()
    assert Suspicion.objects.filter(decision="confirmed", told=True).exists()
    run = ImportRun.objects.get()
    assert (run.state, run.counts["new"], run.counts["refused"]) == (RunState.PUBLISHED, 8, 2)
    page = administrator.get("/admin/").content.decode()
    assert "(mẫu)" in page  # devices with their last contact
    assert all(figure.value != "0" for figure in figures(User.objects.get(username="quan"), days.today())[:2])


@pytest.mark.django_db
def test_an_account_of_the_sample_that_somebody_uses_stays_theirs(register: object) -> None:
    administrator = browser_of("quan", Role.ADMINISTRATOR)
    next(fill())
    used, closed = (User.objects.get(username=person.username) for person in INSPECTORS[:2])
    used.set_password("mat-khau-that-01")
    used.name = "Trần Văn Thật"
    used.save()
    quan = User.objects.get(username="quan")
    log.write(Group.ACCOUNT, "Khóa tài khoản", closed, by=quan)
    log.write(Group.SIGN_IN, "Vào trang quản lý", used, by=used)
    done = administrator.post(reverse("office-sample"), {"sure": "yes"}, follow=True).content.decode()
    assert f"Tài khoản {used.username} đã có người đặt mật khẩu" in done
    used.refresh_from_db()
    assert used.is_active
    assert used.check_password("mat-khau-that-01")
    assert used.device_keys.exists()
    assert not User.objects.filter(username=closed.username).exists()
    said = set(Entry.objects.filter(by__in=[quan.pk, used.pk]).values_list("what", flat=True))
    assert said >= {"Khóa tài khoản", "Vào trang quản lý"}
    # A new sample takes nobody's account, and says why there is none.
    with pytest.raises(CommandError, match=used.username):
        call_command("sample_office", "fill")
    assert not SampleOffice.is_there()
    used.refresh_from_db()
    assert used.name == "Trần Văn Thật"


@pytest.mark.django_db
def test_no_real_register_is_given_a_sample(register: object) -> None:
    Register.objects.update(sample=False)
    with pytest.raises(CommandError):
        call_command("sample_office", "fill")
    assert not SampleOffice.objects.exists()
    assert not User.objects.filter(username=STAFF[0].username).exists()
