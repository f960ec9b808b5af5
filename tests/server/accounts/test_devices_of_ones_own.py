"""An account sees in the app where it is signed in, and ends its sessions on other devices with its password."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from registry_notes import Sender, error_of

from accounts import sessions
from accounts.models import DeviceSession, User
from logbook.models import Entry

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
SESSIONS, END = "/api/v1/auth/sessions", "/api/v1/auth/sessions/end"
PASSWORD = "mau-kiemtra-01"


def end(sender: Sender, device: object = None, password: str = PASSWORD, **said: Any) -> Any:
    told = {"password": password, "device": None if device is None else str(device), **said}
    return sender.client.post(END, told, content_type="application/json", headers=sender.headers())


def devices_of(sender: Sender) -> list[str]:
    return [row["device"] for row in sender.get(SESSIONS).json()["sessions"]]


def is_open(sender: Sender) -> bool:
    answers = {sender.get(SESSIONS).status_code}
    answers.add(sender.post("/api/v1/auth/refresh", {"refresh": sender.tokens["refresh"]}).status_code)
    assert len(answers) == 1, "both tokens or none"
    return answers == {200}


def test_an_account_is_told_of_its_own_open_sessions_alone(sign_in: SignIn, inspector: User) -> None:
    here, there, colleague = sign_in("kiemtra01"), sign_in("kiemtra01"), sign_in("kiemtra02")
    heard = timezone.now() - timedelta(days=1)
    DeviceSession.objects.filter(device=there.device).update(refreshed_at=heard, app_version="9.9.9", waiting=3)
    for ended in ({"revoked_at": heard}, {"expires_at": heard}, {"password_mark": "another password's"}):
        gone = sign_in("kiemtra01")
        DeviceSession.objects.filter(device=gone.device).update(**ended)
    later = sign_in("kiemtra01")
    first, *others = here.get(SESSIONS).json()["sessions"]
    assert (first["device"], first["this"], first["app"], first["waiting"]) == (str(here.device), True, None, None)
    assert [row["device"] for row in others] == [str(later.device), str(there.device)], "by when they were heard of"
    assert others[1] == {
        "device": str(there.device),
        "this": False,
        "app": "9.9.9",
        "waiting": 3,
        "opened_at": others[1]["opened_at"],
        "heard_at": f"{heard:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert devices_of(colleague) == [str(colleague.device)]
    told = here.get(SESSIONS).content.decode()
    assert here.tokens["access"] not in told
    assert there.tokens["refresh"] not in told


def test_one_other_device_or_all_others_are_signed_out_at_once(sign_in: SignIn, inspector: User) -> None:
    here, lost, colleague = sign_in("kiemtra01"), sign_in("kiemtra01"), sign_in("kiemtra02")
    more = [sign_in("kiemtra01") for _ in range(2)]
    answer = end(here, lost.device)
    assert (answer.status_code, answer.json()) == (200, {"ended": 1})
    assert [is_open(one) for one in (lost, here, *more)] == [False, True, True, True]
    assert end(here, lost.device).json() == {"ended": 0}, "it had ended"
    assert end(here, colleague.device).json() == {"ended": 0}, "another's"
    assert end(here).json() == {"ended": 2}
    assert [is_open(one) for one in (here, colleague, *more)] == [True, True, False, False]
    assert devices_of(here) == [str(here.device)]
    said = Entry.objects.filter(why__contains="của mình trên máy khác").order_by("pk")
    assert [(one.by, one.why.split(" phiên")[0]) for one in said] == [
        (inspector.pk, "Tự kết thúc 1"),
        (inspector.pk, "Tự kết thúc 2"),
    ]


def test_without_the_password_nothing_ends(sign_in: SignIn) -> None:
    here, there = sign_in("kiemtra01"), sign_in("kiemtra01")
    anonymous = Sender(here.client)
    for answer in (anonymous.get(SESSIONS), end(anonymous)):
        assert error_of(answer) == (401, "not_signed_in")
    assert error_of(end(here, here.device)) == (400, "bad_request"), "this one is signed out here"
    assert error_of(end(here, "x")) == (400, "bad_request")
    told = {"password": PASSWORD}  # which device is meant has to be said
    answer = here.client.post(END, told, content_type="application/json", headers=here.headers())
    assert error_of(answer) == (400, "bad_request")
    tries = [end(here, uuid.uuid4(), "sai") for _ in range(9)]
    assert error_of(tries[0]) == (401, "wrong_credentials")
    assert error_of(tries[-1]) == (429, "too_many_requests"), "they count as tries to sign in"
    assert error_of(end(here)) == (429, "too_many_requests")
    assert is_open(there)


def test_asking_too_often_is_refused(sign_in: SignIn, settings: Any) -> None:
    here = sign_in("kiemtra01")
    settings.READING_RATE = settings.SIGN_IN_RATE = 2
    assert [here.get(SESSIONS).status_code for _ in range(3)] == [200, 200, 429]
    assert [end(here).status_code for _ in range(2)] == [200, 429], "the sign-in was the first of two"
    assert sessions.open_ones(User.objects.get(username="kiemtra01")).count() == 1
