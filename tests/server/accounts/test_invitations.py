"""Links by which people set their own password: in a browser, in the app, once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from office import browser_of
from registry_notes import Sender, error_of

from accounts import invitations, sessions
from accounts.models import Invitation, Role, User

pytestmark = pytest.mark.django_db
GOOD = "con-trau-vang-2026"


@pytest.fixture
def administrator() -> User:
    return User.objects.create_user("quan", password=GOOD, name="Quản", role=Role.ADMINISTRATOR)


@pytest.fixture
def guest() -> User:
    return User.objects.create_user("an", name="Nguyễn Văn An", role=Role.INSPECTOR)


def redeem(secret: str, password: str = GOOD) -> object:
    document = {"token": secret, "password": password, "device": str(uuid.uuid4()), "app": "0.2.0", "waiting": 3}
    return Client().post("/api/v1/invitations/redeem", document, content_type="application/json")


def test_inviting_from_the_page_alone_until_the_person_has_signed_in() -> None:
    office = browser_of("quan", Role.ADMINISTRATOR)
    form = {"name": "Nguyễn Văn An", "username": "an", "role": "inspector", "area": "Hạ Long", "email": "an@o.example"}
    shown = office.post("/admin/people/invite/", form)
    link = next(word for word in shown.content.decode().split('"') if "/invite/" in word)
    secret = urlsplit(link).path.rpartition("/")[2]
    assert "no-store" in shown.headers["Cache-Control"]
    assert "data:image/svg+xml" in shown.content.decode(), "the QR code"
    user = User.objects.get(username="an")
    assert (user.area, user.email, user.has_usable_password()) == ("Hạ Long", "an@o.example", False)
    assert secret not in str(list(Invitation.objects.values())), "only a hash is kept"
    page = office.get(f"/admin/people/{user.pk}/").content.decode()
    assert secret not in page
    assert "Chờ dùng" in page

    browser = Client()
    opened = browser.get(urlsplit(link).path)
    assert "Nguyễn Văn An" in opened.content.decode()
    assert opened.headers["Referrer-Policy"] == "same-origin"
    weak = browser.post(urlsplit(link).path, {"first": "1234567890", "again": "1234567890"}).content.decode()
    assert 'role="alert"' in weak
    differ = browser.post(urlsplit(link).path, {"first": GOOD, "again": f"{GOOD}."}).content.decode()
    assert "khác nhau" in differ
    assert "Đã đặt mật khẩu" in browser.post(urlsplit(link).path, {"first": GOOD, "again": GOOD}).content.decode()
    again = browser.get(urlsplit(link).path)
    assert (again.status_code, "đã được dùng" in again.content.decode()) == (410, True)
    assert User.objects.get(username="an").check_password(GOOD)
    assert "Đã dùng" in office.get(f"/admin/people/{user.pk}/").content.decode()


def test_a_name_that_is_taken_is_told_in_the_form(administrator: User, guest: User) -> None:
    office = Client()
    office.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    shown = office.post("/admin/people/invite/", {"name": "An", "username": "AN".lower(), "role": "shop"})
    assert 'role="alert"' in shown.content.decode()
    assert not Invitation.objects.exists()


def test_redeeming_in_the_app_signs_in_and_binds_the_device(administrator: User, guest: User) -> None:
    _, secret = invitations.invite(guest, administrator)
    looked = Client().post("/api/v1/invitations/look", {"token": secret}, content_type="application/json").json()
    assert (looked["username"], looked["name"], looked["role"]) == ("an", "Nguyễn Văn An", "inspector")
    answer = redeem(secret)
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert answer.json()["account"]["username"] == "an"  # type: ignore[attr-defined]
    session = guest.sessions.get()
    assert (session.app_version, session.waiting) == ("0.2.0", 3)


def test_what_opens_nothing_says_why(administrator: User, guest: User) -> None:
    _, secret = invitations.invite(guest, administrator)
    assert error_of(redeem("a" * 43)) == (404, "invitation_unknown"), "another server's"
    assert error_of(redeem(secret, "123")) == (400, "weak_password")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert error_of(redeem(secret)) == (410, "invitation_expired")
    _, newer = invitations.invite(guest, administrator)
    assert error_of(redeem(secret)) == (410, "invitation_revoked"), "a newer link takes its place"
    assert redeem(newer).status_code == 200  # type: ignore[attr-defined]
    assert error_of(redeem(newer)) == (410, "invitation_used")
    _, third = invitations.renew(guest, administrator)
    guest.is_active = False
    guest.save()
    assert error_of(redeem(third)) == (410, "invitation_revoked")


def test_redeeming_is_limited_by_address(administrator: User, guest: User, settings: object) -> None:
    settings.SIGN_IN_RATE = 0  # type: ignore[attr-defined]
    _, secret = invitations.invite(guest, administrator)
    assert error_of(redeem(secret)) == (429, "too_many_requests")
    assert Client().get(f"/invite/{secret}").status_code == 429
    assert invitations.find(secret)


def test_a_renewal_ends_what_was_open_at_once(administrator: User, guest: User) -> None:
    guest.set_password(GOOD)
    guest.save()
    sender = Sender(Client(), account="an")
    credentials = {"username": "an", "password": GOOD, "device": sender.device}
    sender.tokens = sender.post("/api/v1/auth/sign-in", credentials).json()
    office = Client()
    office.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    shown = office.post(f"/admin/people/{guest.pk}/renew/")
    assert "/invite/" in shown.content.decode()
    assert sender.get("/api/v1/records").status_code == 401
    assert error_of(sender.post("/api/v1/auth/sign-in", credentials)) == (401, "wrong_credentials")
    assert "Đặt lại mật khẩu" in office.get(f"/admin/people/{guest.pk}/").content.decode(), "it is recorded"
    own = office.post(f"/admin/people/{administrator.pk}/renew/", follow=True)
    assert "/invite/" not in own.content.decode()
    assert User.objects.get(pk=administrator.pk).check_password(GOOD), "nobody shuts themselves out"


def test_a_password_that_somebody_else_has_set_opens_nothing_before_it_is_changed() -> None:
    office = browser_of("quan", Role.ADMINISTRATOR)
    made = {"username": "binh", "name": "Bình", "role": "registrar", "password1": GOOD, "password2": GOOD}
    office.post("/admin/accounts/user/add/", made)
    device = str(uuid.uuid4())

    def sign_in(**more: str) -> object:
        document = {"username": "binh", "password": GOOD, "device": device, **more}
        return Client().post("/api/v1/auth/sign-in", document, content_type="application/json")

    assert error_of(sign_in()) == (403, "password_change_needed")
    assert error_of(sign_in(new_password=GOOD)) == (400, "weak_password"), "the one before"
    browser = Client()
    browser.post("/admin/login/", {"username": "binh", "password": GOOD, "next": "/admin/"})
    asked = browser.get("/admin/register/product/", follow=True)
    assert asked.redirect_chain[0][0].startswith("/admin/account/password/")
    done = browser.post(
        "/admin/account/password/?next=/admin/register/product/",
        {"first": "mot-hai-ba-bon", "again": "mot-hai-ba-bon", "next": "/admin/register/product/"},
        follow=True,
    )
    assert done.redirect_chain[0][0] == "/admin/register/product/"
    assert done.status_code == 200
    user = User.objects.get(username="binh")
    office.post(
        f"/admin/accounts/user/{user.pk}/password/",
        {"password1": GOOD, "password2": GOOD, "usable_password": "true"},
    )
    assert error_of(sign_in()) == (403, "password_change_needed")
    assert sign_in(new_password="nam-sau-bay-tam").status_code == 200  # type: ignore[attr-defined]
    assert not User.objects.get(username="binh").must_change_password


def test_a_closed_account_that_is_opened_again_has_nothing_open(administrator: User, guest: User) -> None:
    office = Client()
    office.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    _, secret = invitations.invite(guest, administrator)
    at_work = User.objects.create_user("ba", password=GOOD, name="Ba", role=Role.INSPECTOR)
    tokens = sessions.sign_in(at_work, uuid.uuid4())
    for user in (guest, at_work):
        for what in ("close", "open"):
            office.post(f"/admin/people/{user.pk}/{what}/")
    assert User.objects.get(pk=at_work.pk).is_active
    with pytest.raises(sessions.NotSignedIn):
        sessions.refresh(tokens.refresh)
    with pytest.raises(invitations.CannotRedeem, match="revoked"):
        invitations.find(secret)


def test_a_password_that_an_administrator_sets_revokes_the_link(administrator: User, guest: User) -> None:
    office = Client()
    office.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    _, secret = invitations.invite(guest, administrator)
    office.post(f"/admin/accounts/user/{guest.pk}/password/", {"password1": GOOD, "password2": GOOD})
    assert User.objects.get(pk=guest.pk).check_password(GOOD)
    with pytest.raises(invitations.CannotRedeem, match="revoked"):
        invitations.redeem(secret, "cua-nguoi-khac-99")
