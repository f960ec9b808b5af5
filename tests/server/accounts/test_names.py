"""An account's id stays, its names may change, and names and passwords are the same however they are typed."""

from __future__ import annotations

import time
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from registry_notes import Sender, error_of

from accounts.models import BorneName, LastAdministrator, Role, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]


def tried(username: str, password: str) -> Any:
    payload = {"username": username, "password": password, "device": str(uuid.uuid4())}
    return Sender(Client()).post("/api/v1/auth/sign-in", payload)


def renamed(user: User, name: str) -> User:
    user.username = name
    user.full_clean(exclude=["email"])
    user.save()
    return user


def test_after_a_rename_both_names_and_the_id_mean_the_account(sign_in: SignIn, inspector: User) -> None:
    sender = sign_in("kiemtra01")
    renamed(inspector, "lan.nt")
    for account in ("kiemtra01", "lan.nt", str(inspector.uuid)):
        assert sender.put_note(sender.note(account=account)).status_code == 201
    for account in ("kiemtra02", str(uuid.uuid4()), "", None):
        assert error_of(sender.put_note(sender.note(account=account))) == (403, "not_allowed")
    assert error_of(Sender(Client()).put_note(sender.note(account="lan.nt"))) == (403, "not_allowed")
    told = tried("lan.nt", "mau-kiemtra-01").json()["account"]
    assert told["id"] == sender.tokens["account"]["id"] == str(inspector.uuid)
    assert (told["username"], told["former_names"]) == ("lan.nt", ["kiemtra01"])
    refreshed = sender.post("/api/v1/auth/refresh", {"refresh": sender.tokens["refresh"]}).json()
    assert refreshed["account"] == told
    assert tried("kiemtra01", "mau-kiemtra-01").json()["account"] == told, "who types the former name is let in"


def test_a_correction_of_a_note_under_the_former_name_is_the_same_senders(sign_in: SignIn, inspector: User) -> None:
    sender = sign_in("kiemtra01")
    first = sender.note()
    assert sender.put_note(first).status_code == 201
    renamed(inspector, "lan.nt")
    assert sender.put_note(sender.note(account="lan.nt", supersedes=first["id"])).status_code == 201


def test_a_name_once_borne_is_never_given_to_another_account(inspector: User) -> None:
    renamed(inspector, "lan.nt")
    other = User.objects.get(username="kiemtra02")
    for name in ("kiemtra01", "lan.nt", "ｌａｎ.ｎｔ", "lan\u200b.nt"):
        with pytest.raises(ValidationError):
            renamed(other, name)
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(name, password="mat-khau-dai-01", name="Khác")
    User.objects.filter(pk=inspector.pk).delete()
    assert BorneName.objects.filter(name="kiemtra01", user=None).exists(), "nor after the account is gone"
    renamed(User.objects.get(username="kiemtra02"), "kiemtra02")


def test_an_account_may_bear_its_former_name_again(inspector: User) -> None:
    renamed(renamed(inspector, "lan.nt"), "kiemtra01")
    assert inspector.borne_names == ["kiemtra01", "lan.nt"]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_name_and_a_password_sign_in_however_they_are_typed(db: None, form: Any) -> None:
    User.objects.create_user(
        unicodedata.normalize("NFD", "hồng.lê"), password=unicodedata.normalize("NFD", "mật khẩu Ｄài ½"), name="Hồng"
    )
    name, password = (unicodedata.normalize(form, text) for text in ("hồng.lê", "mật khẩu Ｄài ½"))
    assert tried(f" {name}\u200b", password).status_code == 200
    assert Client().post("/admin/login/", {"username": name, "password": password}).status_code == 200, (
        "no office staff"
    )
    assert tried(name, password + "x").status_code == 401


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_a_password_that_an_earlier_version_hashed_as_it_was_typed_still_counts(db: None, form: Any) -> None:
    user = User.objects.create_user("hong", name="Hồng")
    password = unicodedata.normalize(form, "mật khẩu dài")
    User.objects.filter(pk=user.pk).update(password=make_password(password))
    assert tried("hong", unicodedata.normalize("NFC", "mật khẩu dài")).status_code == 200


@pytest.fixture
def office(register: object) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username="quantri"))
    return browser


def change(browser: Client, user: User, **fields: str) -> Any:
    form = {"username": user.username, "name": user.name, "role": user.role, "is_active": "on", **fields}
    form = {name: value for name, value in form.items() if value}
    return browser.post(f"/admin/accounts/user/{user.pk}/change/", form)


def test_the_last_administrator_stays_in_every_way_of_the_office(office: Client) -> None:
    last = User.objects.get(username="quantri")
    for fields in ({"role": "registrar"}, {"is_active": ""}, {"role": "shop", "is_active": ""}):
        answer = change(office, last, **fields)
        assert answer.status_code == 200
        assert "tài khoản quản trị cuối cùng" in answer.content.decode()
    page = office.get(f"/admin/accounts/user/{last.pk}/password/").content.decode()
    assert "usable_password" not in page
    answer = office.post(f"/admin/accounts/user/{last.pk}/password/", {"usable_password": "false", "set-password": "1"})
    assert answer.status_code == 200
    assert office.post(f"/admin/accounts/user/{last.pk}/delete/", {"post": "yes"}).status_code == 403
    for doomed in (User.objects.filter(pk=last.pk), User.objects.filter(role=Role.ADMINISTRATOR)):
        with pytest.raises(LastAdministrator), transaction.atomic():
            doomed.delete()
    last.refresh_from_db()
    assert (last.role, last.is_active, last.has_usable_password()) == ("administrator", True, True)


def test_with_another_administrator_the_first_may_go(office: Client) -> None:
    first = User.objects.get(username="quantri")
    second = User.objects.create_user("quantri02", password="mat-khau-dai-01", name="Hai", role=Role.ADMINISTRATOR)
    closed = User.objects.create_user("quantri03", name="Ba", role=Role.ADMINISTRATOR, is_active=False)
    assert change(office, first, role="registrar").status_code == 302
    first.refresh_from_db()
    assert first.role == "registrar"
    second.is_active = False
    with pytest.raises(ValidationError, match="quản trị cuối cùng"):
        second.clean()
    assert closed.pk


def test_marks_without_end_hold_nobody_up(inspector: User) -> None:
    """Unicode's order of n marks takes n² steps, which held a worker up for minutes before anybody had signed in."""
    marks = "a" + "\u0301" * 20_000 + "\u0327" * 20_000
    began = time.process_time()
    browser = Client()
    browser.post("/admin/login/", {"username": marks, "password": marks})
    browser.post("/admin/", {"anything": marks})
    inspector.set_password(marks)
    assert inspector.check_password(marks)
    assert time.process_time() - began < 1.5
