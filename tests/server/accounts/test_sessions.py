"""Signing in, refreshing, signing out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, check_password, make_password
from django.test import Client, override_settings
from django.utils import timezone
from registry_notes import Sender, error_of

from accounts import sessions
from accounts.models import AccessToken, DeviceSession, Role, User
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
SENT = "/api/v1/inspections"


def test_sign_in_answers_the_contract(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    assert set(sender.tokens) == {"access", "expires_in", "refresh", "account", "certificate"}
    assert sender.tokens["expires_in"] == 900
    assert sender.tokens["account"] == {
        "id": str(User.objects.get(username="kiemtra01").uuid),
        "username": "kiemtra01",
        "former_names": [],
        "name": "Cán bộ kiểm tra mẫu 01",
        "role": "inspector",
    }
    assert sender.get(SENT).status_code == 200


def test_only_hashes_of_tokens_are_stored(sign_in: SignIn) -> None:
    tokens = sign_in("kiemtra01").tokens
    stored = str(list(DeviceSession.objects.values()) + list(AccessToken.objects.values()))
    assert tokens["access"] not in stored
    assert tokens["refresh"] not in stored


@pytest.mark.parametrize(("username", "password"), [("kiemtra01", "sai"), ("khongco", "mau-kiemtra-01")])
def test_wrong_credentials(inspector: User, anonymous: Sender, username: str, password: str) -> None:
    answer = anonymous.post(
        "/api/v1/auth/sign-in", {"username": username, "password": password, "device": str(uuid.uuid4())}
    )
    assert error_of(answer) == (401, "wrong_credentials")


@pytest.mark.parametrize(
    "payload", ["{", "[]", '{"username": "a"}', '{"username": "a", "password": "b", "device": "x"}', "\xff"]
)
def test_a_malformed_sign_in_is_a_bad_request(anonymous: Sender, payload: str) -> None:
    answer = anonymous.client.post("/api/v1/auth/sign-in", payload, content_type="application/json")
    assert error_of(answer) == (400, "bad_request")


def test_the_detail_does_not_repeat_the_password(anonymous: Sender) -> None:
    answer = anonymous.post("/api/v1/auth/sign-in", {"username": "a", "password": "bi-mat-123", "device": "x"})
    assert b"bi-mat-123" not in answer.content


def test_passwords_are_kept_as_argon2(register: SampleRegister) -> None:
    """By the settings as they are: the fixture that stands in another hasher changes them for tests alone."""
    from config import settings as written

    assert written.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    with override_settings(PASSWORD_HASHERS=written.PASSWORD_HASHERS):
        user = User.objects.create_user("moi", password="mat-khau-dai-01", name="Mới")
        assert user.password.startswith("argon2$argon2id$")
        assert check_password("mat-khau-dai-01", user.password)
        # One that was kept otherwise is kept so from the next sign-in on.
        User.objects.filter(pk=user.pk).update(password=make_password("mat-khau-dai-01", hasher="pbkdf2_sha256"))
        answer = Sender(Client()).post(
            "/api/v1/auth/sign-in", {"username": "moi", "password": "mat-khau-dai-01", "device": str(uuid.uuid4())}
        )
        assert answer.status_code == 200
        assert User.objects.get(pk=user.pk).password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("who", ["kiemtra01", "khongco", "dadong"])
@pytest.mark.parametrize("path", ["/api/v1/auth/sign-in", "/admin/login/"])
def test_a_password_is_hashed_whoever_is_named(
    inspector: User, client: Client, monkeypatch: pytest.MonkeyPatch, who: str, path: str
) -> None:
    """Else the time of an answer would tell which accounts there are."""
    User.objects.create_user("dadong", password="x", name="Đã đóng", is_active=False)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(args[1]) or encode(*args))
    wrong = {"username": who, "password": "sai", "device": str(uuid.uuid4())}
    answer = client.post(path, wrong, content_type="application/json") if "api" in path else client.post(path, wrong)
    assert answer.status_code == (401 if "api" in path else 200)
    assert hashed == ["sai"]


@pytest.mark.parametrize("username", ["a\x00b", "\x00"])
def test_a_name_that_no_database_can_look_for(anonymous: Sender, username: str) -> None:
    answer = anonymous.post(
        "/api/v1/auth/sign-in", {"username": username, "password": "x", "device": str(uuid.uuid4())}
    )
    assert error_of(answer) == (400, "bad_request")


def test_many_failures_lock_the_account_for_that_address(inspector: User, anonymous: Sender) -> None:
    wrong = {"username": "kiemtra01", "password": "sai", "device": str(uuid.uuid4())}
    answers = [anonymous.post("/api/v1/auth/sign-in", wrong) for _ in range(9)]
    assert error_of(answers[0]) == (401, "wrong_credentials")
    assert error_of(answers[-1]) == (429, "too_many_requests")
    assert int(answers[-1].headers["Retry-After"]) > 0
    right = anonymous.post("/api/v1/auth/sign-in", {**wrong, "password": "mau-kiemtra-01"})
    assert right.status_code == 429
    other = anonymous.post("/api/v1/auth/sign-in", {**wrong, "username": "kiemtra02", "password": "mau-kiemtra-02"})
    assert other.status_code == 200


def test_sign_in_is_throttled_by_address(inspector: User, settings: object, anonymous: Sender) -> None:
    settings.SIGN_IN_RATE = 1  # type: ignore[attr-defined]
    payload = {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": str(uuid.uuid4())}
    assert anonymous.post("/api/v1/auth/sign-in", payload).status_code == 200
    answer = anonymous.post("/api/v1/auth/sign-in", payload)
    assert error_of(answer) == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_refresh_gives_a_new_access_token_and_keeps_the_rest(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    answer = sender.post("/api/v1/auth/refresh", {"refresh": sender.tokens["refresh"]})
    assert answer.status_code == 200
    renewed = answer.json()
    assert renewed["access"] != sender.tokens["access"]
    assert {**renewed, "access": ""} == {**sender.tokens, "access": ""}
    assert sender.get(SENT).status_code == 200  # the earlier one lives until it expires
    sender.tokens = renewed
    assert sender.get(SENT).status_code == 200


def test_an_expired_access_token_is_refused_and_can_be_renewed(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert error_of(sender.get(SENT)) == (401, "not_signed_in")
    sender.tokens = sender.post("/api/v1/auth/refresh", {"refresh": sender.tokens["refresh"]}).json()
    assert sender.get(SENT).status_code == 200
    assert AccessToken.objects.count() == 1  # the expired one is gone


def test_lifetimes() -> None:
    assert sessions.ACCESS_LIFE.total_seconds() == 15 * 60
    assert sessions.REFRESH_LIFE.days == 90


def refused(sender: Sender) -> None:
    assert error_of(sender.get(SENT)) == (401, "not_signed_in")
    answer = sender.post("/api/v1/auth/refresh", {"refresh": sender.tokens["refresh"]})
    assert error_of(answer) == (401, "not_signed_in")


def test_sign_out_ends_both_tokens_and_may_be_repeated(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    for token in (sender.tokens["refresh"], sender.tokens["refresh"], "khong-co"):
        answer = sender.post("/api/v1/auth/sign-out", {"refresh": token})
        assert (answer.status_code, answer.content) == (204, b"")
    refused(sender)


def test_an_expired_refresh_token_is_refused(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    DeviceSession.objects.update(expires_at=timezone.now())
    refused(sender)


def test_a_closed_account_is_refused(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    User.objects.filter(username="kiemtra01").update(is_active=False)
    refused(sender)


def test_a_changed_password_ends_its_sessions(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    user = User.objects.get(username="kiemtra01")
    user.set_password("mat-khau-moi")
    user.save()
    refused(sender)


def test_signing_in_again_on_a_device_ends_its_former_session(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    former = dict(sender.tokens)
    payload = {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": sender.device}
    renewed = sender.post("/api/v1/auth/sign-in", payload).json()
    refused(sender)
    sender.tokens = renewed
    assert sender.get(SENT).status_code == 200
    assert former["refresh"] != renewed["refresh"]


def test_devices_are_revoked_one_by_one(sign_in: SignIn) -> None:
    phone, tablet = sign_in("kiemtra01"), sign_in("kiemtra01")
    sessions.revoke(DeviceSession.objects.get(device=phone.device))
    refused(phone)
    assert tablet.get(SENT).status_code == 200


@pytest.mark.parametrize("authorization", [None, "Bearer khong-co", "Bearer", "Basic YTpi"])
def test_what_is_no_access_token_is_refused(client: Client, db: None, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    assert error_of(client.get(SENT, headers=headers)) == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("role", "staff", "superuser"),
    [
        (Role.SHOP, False, False),
        (Role.INSPECTOR, False, False),
        (Role.REGISTRAR, True, False),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_the_role_decides_about_the_back_office(db: None, role: Role, staff: bool, superuser: bool) -> None:
    user = User.objects.create_user("ai-do", role=role, is_superuser=True)
    assert (user.is_staff, user.is_superuser) == (staff, superuser)
    assert user.has_perm("register.change_product") is staff
    assert user.has_perm("inspections.view_inspection") is staff
    assert user.has_perm("accounts.change_user") is superuser


def test_createsuperuser_makes_an_administrator(db: None) -> None:
    assert User.objects.create_superuser("sep", password="mat-khau-dai", name="Sếp").role == Role.ADMINISTRATOR
