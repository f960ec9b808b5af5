"""The second step of signing in to the office: codes, replays, recovery, lost phones, time-outs, lock-outs."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp
import pytest
from django.core.management import call_command
from django.test import Client
from office import browser_of

from accounts import second_factor
from accounts.models import RecoveryCode, Role, SecondFactor, User
from logbook.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "con-trau-vang-2026"
PAGE, HOME = "/admin/account/second-factor/", "/admin/register/product/"


@pytest.fixture
def registrar() -> User:
    return User.objects.create_user("so", password=PASSWORD, name="Sổ", role=Role.REGISTRAR)


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["registrar", "administrator"]


def signed_in(username: str = "so") -> Client:
    browser = Client()
    browser.post("/admin/login/", {"username": username, "password": PASSWORD, "next": "/admin/"})
    return browser


def code_at(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def set_up(user: User, steps: int = -1) -> tuple[str, list[str]]:
    secret = second_factor.new_secret()
    codes = second_factor.set_up(user, secret, code_at(secret, steps))
    assert codes
    return secret, codes


def test_a_role_that_needs_it_sets_it_up_before_anything_else(registrar: User, required: None) -> None:
    browser = signed_in()
    led = browser.get(HOME, follow=True)
    assert led.redirect_chain[0][0].startswith(PAGE)
    (secret,) = re.findall(r"people-id\">([A-Z2-7]{32})<", led.content.decode())
    assert "data:image/svg+xml" in led.content.decode()
    assert "chưa đúng" in browser.post(PAGE, {"code": "000000"}).content.decode()
    shown = browser.post(PAGE, {"code": code_at(secret), "next": HOME}).content.decode()
    codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", shown)
    assert len(codes) == second_factor.CODES
    assert browser.get(HOME).status_code == 200
    kept = str(list(SecondFactor.objects.values())) + str(list(RecoveryCode.objects.values()))
    assert secret not in kept
    assert not [code for code in codes if code.replace("-", "") in kept]

    other = signed_in()
    assert other.get(HOME).headers["Location"].startswith(PAGE), "each sign-in asks"
    assert other.post(PAGE, {"code": code_at(secret)}).status_code == 200, "a code is taken once"
    answered = other.post(PAGE, {"code": codes[0].upper(), "next": HOME})
    assert answered.headers["Location"] == HOME
    assert other.get(HOME).status_code == 200
    third = signed_in()
    assert third.post(PAGE, {"code": codes[0]}).status_code == 200, "and so is a recovery code"
    assert second_factor.codes_left(registrar) == second_factor.CODES - 1
    assert "không tắt" in other.get(PAGE).content.decode()
    other.post(PAGE, {"off": "1"})
    assert User.objects.get(pk=registrar.pk).second_factor_since


def test_who_knows_the_password_alone_cannot_change_it(registrar: User) -> None:
    secret, _ = set_up(registrar)
    browser, new = signed_in(), {"first": "khac-han-moi-2026", "again": "khac-han-moi-2026"}
    for given_by_another in (False, True):
        User.objects.filter(pk=registrar.pk).update(must_change_password=given_by_another)
        led = browser.post("/admin/account/password/", new)
        assert led.headers["Location"].startswith(PAGE)
        assert User.objects.get(pk=registrar.pk).check_password(PASSWORD)
    to_password = browser.post(f"{PAGE}?next=/admin/account/password/", {"code": code_at(secret)})
    assert to_password.headers["Location"] == "/admin/account/password/"
    browser.post("/admin/account/password/", new)
    assert User.objects.get(pk=registrar.pk).check_password("khac-han-moi-2026")
    # Nobody changes an own password without the present one, such as at a screen that was left.
    other = {"first": "con-mat-khau-3", "new_password1": "con-mat-khau-3", "new_password2": "con-mat-khau-3"}
    assert browser.post("/admin/account/password/", other).status_code == 200
    assert User.objects.get(pk=registrar.pk).check_password("khac-han-moi-2026")


def test_codes_beside_the_present_one_are_taken_once_each_and_no_others(registrar: User) -> None:
    secret, _ = set_up(registrar, steps=-1)
    assert not second_factor.check(registrar, code_at(secret, -1)), "used at the setting-up"
    assert not second_factor.check(registrar, code_at(secret, 3))
    assert second_factor.check(registrar, code_at(secret, 1))
    assert not second_factor.check(registrar, code_at(secret, 0)), "an earlier one than the last"


def test_where_the_office_wants_it_so_a_code_lives_for_its_own_30_seconds(
    registrar: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = set_up(registrar, steps=-1)
    now = 1_800_000_000.0 + 29.9  # the end of a step
    monkeypatch.setattr(second_factor.time, "time", lambda: now)
    SecondFactor.objects.update(last_step=0)
    settings.EXACT_CODES = True
    assert not second_factor.check(registrar, code_at(secret, -1))
    assert not second_factor.check(registrar, code_at(secret, 1))
    assert second_factor.check(registrar, code_at(secret))
    code, now = code_at(secret, 1), now + 60.2
    assert not second_factor.check(registrar, code), "a moment after its end"


def test_wrong_codes_close_it_for_a_while_and_an_administrator_opens_it(registrar: User) -> None:
    secret, codes = set_up(registrar)
    browser = signed_in()
    for _ in range(second_factor.TRIES):
        browser.post(PAGE, {"code": "123123"})
    told = browser.post(PAGE, {"code": code_at(secret)}).content.decode()
    assert "quá nhiều mã sai" in told
    with pytest.raises(second_factor.TooManyTries):
        second_factor.check(registrar, codes[0])
    office = browser_of("quan", Role.ADMINISTRATOR)
    assert "Mã xác nhận hai bước" in office.get("/admin/lockouts/").content.decode()
    office.post("/admin/lockouts/", {"name": "so"})
    assert "Không ai đang bị khóa" in office.get("/admin/lockouts/").content.decode()
    assert "Mở khóa" in office.get(f"/admin/people/{registrar.pk}/").content.decode(), "it is recorded"
    assert browser.post(PAGE, {"code": code_at(secret), "next": HOME}).headers["Location"] == HOME


def test_a_lost_phone_is_taken_away_by_an_administrator_or_on_the_server(registrar: User) -> None:
    set_up(registrar)
    office = browser_of("quan", Role.ADMINISTRATOR)
    office.post(f"/admin/people/{registrar.pk}/without-factor/", {"why": "Mất máy hôm qua"})
    assert "Mất máy hôm qua" in office.get(f"/admin/people/{registrar.pk}/").content.decode()
    assert Entry.objects.filter(why__contains="Mất máy hôm qua", about__contains="so").exists(), "and in the log"
    assert not SecondFactor.objects.exists()
    assert signed_in().get(HOME).status_code == 200
    set_up(User.objects.get(pk=registrar.pk))
    call_command("accounts", "second-factor", "so")
    assert not RecoveryCode.objects.exists()


def test_another_phone_takes_the_place_only_once_its_code_was_typed(registrar: User) -> None:
    secret, _ = set_up(registrar)
    browser = signed_in()
    browser.post(PAGE, {"code": code_at(secret)})
    browser.get(f"{PAGE}?new=1")
    assert second_factor.unseal(registrar, SecondFactor.objects.get().sealed) == secret


def test_a_secret_of_another_secret_key_is_told_and_recovery_goes_on(registrar: User, settings: Any) -> None:
    set_up(registrar)
    browser = signed_in()
    kept = SecondFactor.objects.get()
    other = User.objects.create_user("khac", name="Khác")
    SecondFactor.objects.update(sealed=second_factor.seal(other, "A" * 32))
    assert "không đọc được" in browser.post(PAGE, {"code": "123456"}).content.decode()
    assert kept.user == registrar


def test_an_unused_session_ends_and_the_page_is_told(registrar: User, settings: Any) -> None:
    browser = signed_in()
    alive = browser.get("/admin/account/alive/").json()
    assert 29 * 60 < alive["left"] <= 30 * 60
    session = browser.session
    session["seen"] -= 29 * 60
    session.save()
    assert browser.get("/admin/account/alive/").json()["left"] <= 60, "asking is no use"
    assert browser.get("/admin/account/alive/?stay=1").json()["left"] > 29 * 60
    session["seen"] = 0
    session.save()
    assert browser.get("/admin/account/alive/").json() == {"signed_in": False}
    led = browser.post("/admin/login/", {"username": "so", "password": PASSWORD, "next": HOME})
    assert led.headers["Location"] == HOME
    session = browser.session
    session["seen"] = 0
    session.save()
    told = browser.get(HOME, follow=True)
    assert told.redirect_chain[0][0].startswith("/admin/login/?next=%2Fadmin%2Fregister")
    assert "30 phút" in told.content.decode()
    settings.IDLE_MINUTES = 0
    assert signed_in().get("/admin/account/alive/").json()["left"] is None


def test_passwords_that_lock_are_listed_with_their_address_and_opened(registrar: User, settings: Any) -> None:
    guesser = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        guesser.post("/admin/login/", {"username": "so", "password": "sai"})
    office = browser_of("quan", Role.ADMINISTRATOR)
    page = office.get("/admin/lockouts/").content.decode()
    assert "chỉ từ địa chỉ 127.0.0.1" in page
    assert office.post("/admin/lockouts/", {"name": "so"}, follow=True).status_code == 200
    assert signed_in().get(HOME).status_code == 200
    assert "Mở khóa đăng nhập sau" in office.get(f"/admin/people/{registrar.pk}/").content.decode()
