"""Guessing from many addresses is stopped; the owner, on a device or in a browser of old, is not."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone
from registry_notes import Sender, error_of

from accounts import forgetting
from accounts.addresses import client_address
from accounts.models import AccessToken, DeviceSession, User
from config import environment

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
ADDRESSES = (f"198.51.{n // 250}.{n % 250 + 1}" for n in itertools.count())


def tried(password: str, username: str = "kiemtra01", device: str = "", address: str = "") -> Any:
    sender = Sender(Client(REMOTE_ADDR=address or next(ADDRESSES)))
    payload = {"username": username, "password": password, "device": device or str(uuid.uuid4())}
    return sender.post("/api/v1/auth/sign-in", payload)


@pytest.fixture
def guessed(settings: Any, inspector: User) -> None:
    """Somebody has guessed from many addresses, by both of the account's names."""
    settings.ACCOUNT_FAILURE_LIMIT = 6
    inspector.username = "lan.nt"
    inspector.save()
    for n in range(6):
        assert tried("sai", ("kiemtra01", "lan.nt", "ＬＡＮ.NT".lower())[n % 3]).status_code == 401


def test_guesses_from_many_addresses_are_counted_together(guessed: None) -> None:
    answer = tried("mau-kiemtra-01")
    assert error_of(answer) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "900"
    assert tried("mau-kiemtra-02", "kiemtra02").status_code == 200, "others are not concerned"


def test_a_name_that_nobody_bears_is_counted_alike(settings: Any, inspector: User) -> None:
    settings.ACCOUNT_FAILURE_LIMIT = 3
    assert [tried("sai", "khongco").status_code for _ in range(5)] == [401, 401, 401, 429, 429]


def test_one_address_alone_does_not_lock_an_account(settings: Any, inspector: User) -> None:
    settings.ACCOUNT_FAILURE_LIMIT = 12
    for n in range(12):
        AccessAttempt.objects.create(
            username="kiemtra01", ip_address="192.0.2.9", user_agent=str(n), failures_since_start=9
        )
    assert tried("mau-kiemtra-01").status_code == 200


def test_the_owners_device_and_session_go_on(sign_in: SignIn, settings: Any) -> None:
    owner = sign_in("kiemtra01")
    settings.ACCOUNT_FAILURE_LIMIT = 3
    assert [tried("sai").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert owner.get("/api/v1/inspections").status_code == 200
    assert owner.post("/api/v1/auth/refresh", {"refresh": owner.tokens["refresh"]}).status_code == 200
    assert tried("mau-kiemtra-01", device=owner.device).status_code == 200
    DeviceSession.objects.update(revoked_at=timezone.now())
    assert tried("mau-kiemtra-01", device=owner.device).status_code == 429, "the office has revoked that device"


def test_time_or_an_administrator_opens_the_account_again(guessed: None, inspector: User) -> None:
    office = Client()
    office.force_login(User.objects.get(username="quantri"))
    form = {"action": "unlock", "_selected_action": [inspector.pk]}
    assert office.post("/admin/accounts/user/", form).status_code == 302
    assert tried("mau-kiemtra-01").status_code == 200
    for _ in range(6):
        tried("sai")
    assert tried("mau-kiemtra-01").status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert tried("mau-kiemtra-01").status_code == 200


def test_in_the_back_office_the_browser_that_was_there_before_is_let_in(settings: Any, inspector: User) -> None:
    def signed_in(browser: Client) -> int:
        form = {"username": "quantri", "password": "mau-quantri-01"}
        return browser.post("/admin/login/", form, REMOTE_ADDR=next(ADDRESSES)).status_code

    known = Client()
    assert signed_in(known) == 302
    known.get("/admin/logout/")
    settings.ACCOUNT_FAILURE_LIMIT = 3
    for _ in range(3):
        tried("sai", "quantri")
    assert signed_in(Client()) == 429
    forged = Client()
    right = known.cookies["ocop-known"].value
    forged.cookies["ocop-known"] = right[:-1] + ("y" if right.endswith("x") else "x")
    assert signed_in(forged) == 429
    assert signed_in(known) == 302


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("::1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.1.2.3", "192.0.2.1", "192.0.2.1"),
        ("10.9.9.9", "192.0.2.1", "10.9.9.9"),
        ("203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ("2001:db8::5", "192.0.2.1", "2001:db8::"),
        ("", "192.0.2.1", ""),
    ],
)
def test_only_a_named_proxy_says_where_a_request_comes_from(
    settings: Any, monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: str, counted: str
) -> None:
    monkeypatch.setenv("OCOP_PROXY_ADDRESSES", "127.0.0.1, ::1, 10.1.0.0/16")
    settings.TRUSTED_PROXIES = 1
    settings.PROXY_ADDRESSES = environment.networks("OCOP_PROXY_ADDRESSES", "")
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == counted


@pytest.mark.parametrize(("peer", "secure"), [("127.0.0.1", True), ("203.0.113.5", False)])
def test_only_a_named_proxy_says_that_a_request_came_by_https(
    settings: Any, register: object, peer: str, secure: bool
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    gtin = register.products[0].gtin  # type: ignore[attr-defined]
    answer = Client().get(f"/01/{gtin}", REMOTE_ADDR=peer, headers={"X-Forwarded-Proto": "https"})
    assert answer.wsgi_request.is_secure() is secure


def test_rows_of_sign_ins_are_forgotten_by_themselves(
    sign_in: SignIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, owner = timezone.now() - timedelta(days=31), sign_in("kiemtra01")
    tried("sai", "kiemtra01")
    tried("sai", "khongco")
    AccessAttempt.objects.filter(username="khongco").update(attempt_time=old)
    for username in ("moi", "cu"):
        AccessLog.objects.create(username=username)
    AccessLog.objects.filter(username="cu").update(attempt_time=old)
    sign_in("kiemtra02")
    DeviceSession.objects.filter(user__username="kiemtra02").update(expires_at=old)
    Session.objects.create(session_key="cu", session_data="", expire_date=old)
    monkeypatch.setattr(forgetting, "_last", time.monotonic())
    Client().get("/api/v1/changes?limit=1")
    assert AccessLog.objects.count() == 2, "once an hour"
    monkeypatch.setattr(forgetting, "_last", time.monotonic() - forgetting.EVERY)
    Client().get("/api/v1/changes?limit=1")
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["kiemtra01"]
    assert list(AccessLog.objects.values_list("username", flat=True)) == ["moi"]
    assert [session.user.username for session in DeviceSession.objects.all()] == ["kiemtra01"]
    assert AccessToken.objects.count() == 1
    assert not Session.objects.filter(session_key="cu").exists()
    assert owner.get("/api/v1/inspections").status_code == 200
