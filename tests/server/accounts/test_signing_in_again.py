"""Sign-ins that have to be new, and passwords that are guessed early."""

from __future__ import annotations

import gzip
import re
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any, ClassVar

import pyotp
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from office import browser_of
from registry_notes import Sender, error_of

from accounts import breached, guessable, idle, invitations, office_sessions, passwords, second_factor, sessions
from accounts.models import RecoveryCode, Role, SecondFactor, User
from doctor import inside
from logbook.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "con-trau-vang-2026", "canh-buom-nau-ven-song"
PAGE, HOME, SIGN_IN = "/admin/account/second-factor/", "/admin/register/product/", "/admin/login/"
SESSIONS = "/admin/account/sessions/"


@pytest.fixture
def registrar() -> User:
    return User.objects.create_user("so", password=PASSWORD, name="Sổ", role=Role.REGISTRAR)


def signed_in(browser: Client | None = None) -> Client:
    browser = browser or Client()
    browser.post(SIGN_IN, {"username": "so", "password": PASSWORD, "next": "/admin/"})
    return browser


def grown_old(browser: Client, seconds: int) -> None:
    session = browser.session
    session["began"] -= seconds
    session.save()


def with_factor(user: User) -> tuple[str, list[str]]:
    secret = second_factor.new_secret()
    codes = second_factor.set_up(user, secret, pyotp.TOTP(secret).at(int(time.time()) - 30))
    assert codes
    return secret, codes


def test_a_sign_in_gives_another_session_than_the_one_before(registrar: User) -> None:
    browser = Client()
    browser.get(SIGN_IN)
    session = browser.session
    session["put"] = "by somebody else"
    session.save()
    browser.cookies["sessionid"] = planted = str(session.session_key)
    signed_in(browser)
    assert browser.get(HOME).status_code == 200
    first = browser.cookies["sessionid"].value
    assert first != planted
    assert len(first) >= 32
    signed_in(browser)
    assert browser.cookies["sessionid"].value != first, "signing in again, too"
    thief = Client()
    thief.cookies["sessionid"] = first
    assert thief.get(HOME).status_code == 302, "and the session before is gone"
    browser.post("/admin/logout/")
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert thief.get(HOME).status_code == 302


def test_a_session_ends_after_hours_of_use(registrar: User, settings: Any) -> None:
    browser = signed_in()
    assert browser.get("/admin/account/alive/").json()["ends"] > settings.SESSION_HOURS * 3600 - 60
    grown_old(browser, settings.SESSION_HOURS * 3600 - 30)
    assert browser.get(HOME).status_code == 200
    assert browser.get("/admin/account/alive/?stay=1").json()["ends"] <= 30, "the page is told, and use changes nothing"
    grown_old(browser, 30)
    assert browser.get("/admin/account/alive/").json() == {"signed_in": False}
    browser = signed_in()
    grown_old(browser, settings.SESSION_HOURS * 3600)
    led = browser.get(HOME, follow=True)
    assert led.redirect_chain[0][0].startswith(SIGN_IN)
    assert "12 giờ" in led.content.decode()


def test_a_screen_that_was_left_changes_no_second_factor(registrar: User) -> None:
    secret, _ = with_factor(registrar)
    browser = signed_in()
    browser.post(PAGE, {"code": pyotp.TOTP(secret).now()})
    grown_old(browser, idle.FRESH)
    before = list(RecoveryCode.objects.values_list("code_hash", flat=True)), SecondFactor.objects.get().sealed
    assert browser.get(PAGE).status_code == 200, "it may be looked at"
    for ask in (
        lambda: browser.post(PAGE, {"off": "1"}),
        lambda: browser.post(PAGE, {"codes": "1"}),
        lambda: browser.get(f"{PAGE}?new=1"),
        lambda: browser.post(f"{PAGE}?new=1", {"code": "123456"}),
    ):
        assert "Cần đăng nhập lại" in ask().content.decode()
        assert browser.get(HOME).status_code == 200, "an address alone, or a form, signs nobody out"
    assert before == (list(RecoveryCode.objects.values_list("code_hash", flat=True)), SecondFactor.objects.get().sealed)
    led = browser.post(f"{PAGE}?new=1", {"sign-in-again": "1"})
    assert led.headers["Location"].startswith(f"{SIGN_IN}?next=%2Fadmin%2Faccount%2Fsecond-factor")
    assert browser.get(HOME).status_code == 302, "the button has ended the session"
    browser.force_login(registrar, "django.contrib.auth.backends.ModelBackend")
    session = browser.session
    session["second_factor"] = User.objects.get(pk=registrar.pk).second_factor_since.isoformat()  # type: ignore[union-attr]
    session["began"] = int(time.time())
    session.save()
    assert "Mã dự phòng của bạn" in browser.post(PAGE, {"codes": "1"}).content.decode()


def test_a_first_second_factor_is_set_up_after_a_new_sign_in_alone(registrar: User) -> None:
    browser = signed_in()
    grown_old(browser, idle.FRESH)
    told = browser.get(PAGE).content.decode()
    assert ("Cần đăng nhập lại" in told, "people-qr" in told) == (True, False)
    assert browser.get(HOME).status_code == 200, "looking at it signs nobody out"
    assert "people-qr" in signed_in(browser).get(PAGE).content.decode()


def test_who_was_shown_a_secret_may_finish(registrar: User) -> None:
    browser = signed_in()
    grown_old(browser, idle.FRESH - 60)
    browser.get(PAGE)
    grown_old(browser, 120)
    assert "Mã chưa đúng" in browser.post(PAGE, {"code": "000000"}).content.decode()
    assert "people-qr" not in browser.get(PAGE).content.decode(), "the secret is not shown again"
    browser = signed_in()
    browser.get(PAGE)
    code = pyotp.TOTP(second_factor.unseal(registrar, browser.session["second_factor_to_come"])).now()
    grown_old(browser, idle.FRESH)
    assert "Mã dự phòng" in browser.post(PAGE, {"code": code}).content.decode()
    assert "Cần đăng nhập lại" in browser.get(f"{PAGE}?new=1").content.decode(), "nothing else is fresh by it"
    browser = signed_in()
    session = browser.session
    session["second_factor"] = User.objects.get(pk=registrar.pk).second_factor_since.isoformat()  # type: ignore[union-attr]
    session.save()
    browser.get(f"{PAGE}?new=1")
    session = browser.session
    session["began"] = session["second_factor_shown_at"] = int(time.time()) - idle.FRESH
    session.save()
    assert "Cần đăng nhập lại" in browser.post(f"{PAGE}?new=1", {"code": "000000"}).content.decode()


def test_a_password_alone_makes_no_session_new_that_had_shown_its_second_factor(registrar: User) -> None:
    secret, _ = with_factor(registrar)
    browser = signed_in()
    browser.post(PAGE, {"code": pyotp.TOTP(secret).now()})
    assert browser.get(HOME).status_code == 200
    assert signed_in(browser).get(HOME).headers["Location"].startswith(PAGE)


def test_the_api_changes_no_password_of_an_account_with_a_second_factor(registrar: User) -> None:
    with_factor(registrar)
    sign_in = {"username": "so", "password": PASSWORD, "device": str(uuid.uuid4())}
    sender = Sender(Client())
    for given_by_another in (False, True):
        User.objects.filter(pk=registrar.pk).update(must_change_password=given_by_another)
        answer = sender.post("/api/v1/auth/sign-in", sign_in | {"new_password": OTHER})
        assert error_of(answer) == (403, "password_change_in_office")
        assert User.objects.get(pk=registrar.pk).check_password(PASSWORD)
    assert error_of(sender.post("/api/v1/auth/sign-in", sign_in)) == (403, "password_change_in_office")
    User.objects.filter(pk=registrar.pk).update(must_change_password=False)
    wrong = sign_in | {"password": "sai-mat-khau", "new_password": OTHER}
    assert error_of(sender.post("/api/v1/auth/sign-in", wrong)) == (401, "wrong_credentials"), "tells nothing of it"
    second_factor.take_away(User.objects.get(pk=registrar.pk), registrar, "mất máy")
    assert sender.post("/api/v1/auth/sign-in", sign_in | {"new_password": OTHER}).status_code == 200


def test_the_app_asks_for_the_second_factor_as_the_office_does(registrar: User) -> None:
    secret, codes = with_factor(registrar)
    sender = Sender(Client())

    def sign_in(**more: str) -> Any:
        body = {"username": "so", "password": PASSWORD, "device": str(uuid.uuid4())}
        return sender.post("/api/v1/auth/sign-in", body | more)

    assert error_of(sign_in()) == (403, "second_factor_needed")
    assert error_of(sign_in(code="")) == (403, "second_factor_needed")
    assert error_of(sign_in(password="sai", code=codes[0])) == (401, "wrong_credentials"), "no code is tried before"
    assert error_of(sign_in(code="000000")) == (403, "second_factor_wrong")
    code = pyotp.TOTP(secret).now()
    assert sign_in(code=code).status_code == 200
    assert error_of(sign_in(code=code)) == (403, "second_factor_wrong"), "a code works once"
    assert sign_in(code=codes[1]).status_code == 200
    for _ in range(second_factor.TRIES):
        sign_in(code="000000")
    locked = sign_in(code=codes[2])
    assert error_of(locked) == (429, "too_many_requests")
    assert 0 < int(locked.headers["Retry-After"]) <= second_factor.REST.total_seconds()
    SecondFactor.objects.update(sealed="AAAA", failures=0)
    assert error_of(sign_in(code="123456")) == (403, "second_factor_wrong"), "the server's secret key is another one"
    assert sign_in(code=codes[2]).status_code == 200


def test_an_invitation_opens_no_session_past_the_second_factor(registrar: User) -> None:
    with_factor(registrar)
    _, link = invitations.renew(registrar, User.objects.create_user("quan", name="Quản", role=Role.ADMINISTRATOR))
    body = {"token": link, "password": OTHER, "device": str(uuid.uuid4()), "key": "A" * 43}
    answer = Sender(Client()).post("/api/v1/invitations/redeem", body)
    assert error_of(answer) == (403, "password_change_in_office")
    assert invitations.find(link), "it is not used up: in a browser it still sets the password"


def test_wrong_codes_and_used_ones_stand_in_the_log(registrar: User) -> None:
    _, codes = with_factor(registrar)
    assert not second_factor.check(registrar, "000000")
    assert second_factor.check(registrar, codes[0])
    said = list(Entry.objects.values_list("why", flat=True))
    assert any("Gõ sai mã xác nhận" in why for why in said)
    assert any("Dùng một mã dự phòng" in why for why in said)


def test_recovery_codes_are_hashed_as_passwords_and_earlier_ones_still_count(
    registrar: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config import settings as written

    monkeypatch.setattr(second_factor, "CODES", 2)
    settings.PASSWORD_HASHERS = written.PASSWORD_HASHERS
    code = second_factor.renew_codes(registrar)[0].replace("-", "")
    kept = list(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert all(one.startswith("argon2$argon2id$") for one in kept)
    assert len(set(kept)) == second_factor.CODES
    RecoveryCode.objects.exclude(pk=RecoveryCode.objects.earliest("pk").pk).delete()
    SecondFactor.objects.create(user=registrar, sealed=second_factor.seal(registrar, second_factor.new_secret()))
    assert second_factor.check(registrar, code)
    assert not second_factor.check(registrar, code)
    RecoveryCode.objects.create(user=registrar, code_hash=second_factor._hash(registrar, "abcdefghjk"))
    assert second_factor.check(registrar, "abcde-fghjk")
    assert not RecoveryCode.objects.exists()


class Watched(MD5PasswordHasher):
    """Tells in how many transactions something was hashed: the test's own is one."""

    algorithm = "watched"
    depths: ClassVar[list[int]] = []

    def encode(self, password: str, salt: str) -> str:
        self.depths.append(len(connection.atomic_blocks))
        return super().encode(password, salt)


def test_nothing_is_hashed_while_others_wait_to_write(registrar: User, settings: Any) -> None:
    """A wrong recovery code takes seconds, and on SQLite a transaction keeps all others from writing."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Watched", *settings.PASSWORD_HASHERS]
    Watched.depths.clear()
    _, codes = with_factor(registrar)
    assert not second_factor.check(registrar, "abcde-fghjk")
    assert second_factor.check(registrar, codes[3])
    passwords.choose(registrar, OTHER)
    _, link = invitations.renew(registrar, User.objects.create_user("quan", name="Quản", role=Role.ADMINISTRATOR))
    invitations.redeem(link, PASSWORD)
    assert User.objects.get(pk=registrar.pk).check_password(PASSWORD)
    assert len(Watched.depths) > 2 * second_factor.CODES
    assert set(Watched.depths) == {len(connection.atomic_blocks)}


def test_many_tries_at_once_are_no_more_than_the_limit(registrar: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is counted before it is judged, which takes long."""
    with_factor(registrar)
    judged: list[str] = []

    def another_meanwhile(user: User, typed: str) -> None:
        judged.append(typed)
        with suppress(second_factor.TooManyTries):
            second_factor.check(user, f"{len(judged):06}")

    monkeypatch.setattr(second_factor, "_recovery_code", another_meanwhile)
    assert not second_factor.check(registrar, "000000")
    assert len(judged) == second_factor.TRIES


@pytest.mark.parametrize(
    "typed",
    ["ngan-hai", "1234567890", "qwertyuiop1", "Password1234", "matkhau1234", "ocopquangninh", "QuangNinh2026!",
     "kiemtrakiemtra", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "halong12345", "verify2026!", "anhyeuem1234567",
     "anh yêu em", "Mật khẩu 1234!", "kiểm tra 2026", "Quảng Ninh 2026", "Ocop@2026!", "0912 345 678",
     "nguyễn thị nở 1990", "ĐỒNG-CHÍ-AN"],
)  # fmt: skip
def test_passwords_that_are_guessed_early_are_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(typed, User(username="dong.chi.an", name="Nguyễn Thị Nở"))


def test_no_password_takes_seconds_to_judge() -> None:
    """Signs that may stand for several letters cost zxcvbn the most."""
    from zxcvbn import zxcvbn

    zxcvbn("its lists are read once")
    began = time.process_time()
    for typed in ("password4@({[<369!1|0$57+%2" * 3, "con mèo " * 125, "a" * 1000):
        with suppress(ValidationError):
            validate_password(typed)
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    "typed",
    [
        PASSWORD,
        OTHER,
        "xanh do tim vang cam",
        "ớt hiểm rừng sâu",
        "mẹ đi chợ mua cá",
        "nhà tôi ở Hạ Long",
        "🐃🌾🛶🍵🎏🪷🐢🥥🌶🧺",
        "k3#Vq!9zLmPw",
        "con trâu vàng đi qua cánh đồng lúa chín " * 5,
    ],
)
def test_good_passwords_of_any_characters_are_taken(typed: str) -> None:
    user = User.objects.create_user("an", name="An")
    passwords.choose(user, typed)
    assert user.check_password(typed)
    assert not user.check_password(typed[:-1])
    assert not user.check_password(typed.swapcase()) or typed.swapcase() == typed


def test_every_common_password_of_the_lists_is_refused() -> None:
    """Those that the rule of ten characters lets through, of the 20,000 of Django and the 30,000 of zxcvbn."""
    from django.contrib.auth.password_validation import CommonPasswordValidator
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    listed = {*CommonPasswordValidator().passwords, *FREQUENCY_LISTS["passwords"]}
    long_ones = sorted(one for one in listed if len(one) >= 10)
    assert len(long_ones) > 2000
    let_through = []
    for one in long_ones[::12]:
        try:
            validate_password(one)
        except ValidationError:
            continue
        let_through.append(one)
    assert let_through == []


def test_passwords_of_breaches_are_refused_though_nothing_else_speaks_against_them() -> None:
    validator = breached.BreachedValidator()
    for typed in ("vortec2000", " Wy1I6exyfi "):
        with pytest.raises(ValidationError, match="bị lộ"):
            validator.validate(typed)
    for typed in (PASSWORD, OTHER, "", "\n", "zxcvbnm,./\nasdfghjkl;"):
        validator.validate(typed)
    assert any(isinstance(one, breached.BreachedValidator) for one in get_default_password_validators())


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no gzip", gzip.compress(b"a" * 999, mtime=0)[:-9], b"\x1f\x8b\x08\0" + b"\xff" * 99],
    ids=["missing", "empty", "no gzip", "cut off", "damaged"],
)
def test_a_damaged_list_keeps_nobody_from_a_password_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setattr(breached, "_LISTED", tmp_path / "breached.txt.gz")
    if content is not None:
        (tmp_path / "breached.txt.gz").write_bytes(content)
    validate_password(OTHER)
    assert "own list is damaged" in inside.breached_passwords().told


def test_a_file_of_all_breached_passwords_is_searched_where_it_lies(tmp_path: Path, settings: Any) -> None:
    known = [f"con-trau-thu-{number}" for number in range(500)]
    lines = sorted(f"{sha1(one.encode()).hexdigest().upper()}:{number * 7919}" for number, one in enumerate(known))
    file = tmp_path / "pwned.txt"
    settings.BREACHED_PASSWORDS = str(file)
    for end, last in (("\r\n", "\r\n"), ("\n", "")):
        file.write_text(end.join(lines) + last, newline="")
        with file.open("rb") as opened:
            assert all(breached.is_in(opened, one) for one in known)
            assert not any(breached.is_in(opened, f"{one}!") for one in known)
    with pytest.raises(ValidationError, match="bị lộ"):
        validate_password(known[0])
    validate_password(OTHER)
    file.write_bytes(b"")
    validate_password(known[0])
    file.unlink()
    validate_password(known[0])


def test_the_words_of_this_work_are_written_down() -> None:
    told = (Path(__file__).parents[3] / "docs/asvs.md").read_text(encoding="utf-8")
    assert [word for word in guessable.WORDS if f"`{word}`" not in told] == []


def test_passwords_may_be_pasted_and_kept_by_helpers() -> None:
    own = browser_of("nam")
    pages = [Client().get(SIGN_IN), own.get("/admin/password_change/")]
    User.objects.filter(username="nam").update(must_change_password=True)
    pages.append(own.get("/admin/account/password/"))
    for page in pages:
        html = page.content.decode()
        fields = [field for field in html.split("<input")[1:] if "password" in field.split(">")[0]]
        shown = [field.split(">")[0] for field in fields if 'type="hidden"' not in field.split(">")[0]]
        assert shown
        assert all('type="password"' in field for field in shown)
        assert not any('autocomplete="off"' in field or "onpaste" in field for field in shown)


def test_a_password_is_good_for_years(registrar: User) -> None:
    long_ago = timezone.now() - timedelta(days=3000)
    User.objects.filter(pk=registrar.pk).update(date_joined=long_ago, last_login=long_ago)
    assert signed_in().get(HOME).status_code == 200


def test_a_new_server_has_no_account(db: None) -> None:
    assert not User.objects.exists()
    fields = {field.name for field in User._meta.get_fields()}
    assert not [name for name in fields if "hint" in name or "question" in name or "answer" in name.split("_")]


def test_a_renewed_password_does_not_pass_by_the_second_factor(registrar: User) -> None:
    secret, _ = with_factor(registrar)
    administrator = User.objects.create_user("quan", name="Quản", role=Role.ADMINISTRATOR, password=PASSWORD)
    _, link = invitations.renew(registrar, administrator)
    browser = Client()
    browser.post(f"/invite/{link}", {"first": OTHER, "again": OTHER})
    assert User.objects.get(pk=registrar.pk).check_password(OTHER)
    assert browser.get(HOME).status_code == 302, "setting it signs nobody in"
    browser.post(SIGN_IN, {"username": "so", "password": OTHER, "next": "/admin/"})
    assert browser.get(HOME).headers["Location"].startswith(PAGE)
    browser.post(PAGE, {"code": pyotp.TOTP(secret).now()})
    assert browser.get(HOME).status_code == 200


def test_another_second_factor_is_asked_for_in_every_session(registrar: User) -> None:
    first, second = signed_in(), signed_in()
    first.get(PAGE)
    sealed = first.session["second_factor_to_come"]
    code = pyotp.TOTP(second_factor.unseal(registrar, sealed)).now()
    assert "Mã dự phòng" in first.post(PAGE, {"code": code}).content.decode()
    assert first.get(HOME).status_code == 200
    assert second.get(HOME).headers["Location"].startswith(PAGE)


def listed(browser: Client) -> tuple[str, list[str]]:
    """The page of one's own sessions, and what its buttons end."""
    page = browser.get(SESSIONS).content.decode()
    return page, re.findall(r'name="(?:browser|device)" value="(\w+)"', page)


def test_people_see_and_end_their_own_sessions(registrar: User) -> None:
    here, there, forgotten = signed_in(), signed_in(), signed_in()
    tokens = sessions.sign_in(registrar, uuid.uuid4(), sessions.Told("9.9.9-thu", 3))
    other = User.objects.create_user("khac", password=PASSWORD, name="Khác", role=Role.REGISTRAR)
    sessions.sign_in(other, uuid.uuid4())
    anothers = Client()
    anothers.force_login(other, "django.contrib.auth.backends.ModelBackend")
    session = forgotten.session
    session["seen"] = 0
    session.save()
    page, ends = listed(here)
    assert "Trình duyệt này" in page
    assert "9.9.9-thu" in page
    assert len(ends) == 2, "neither this one, nor one that has ended by itself, nor another person's"
    assert not [one for one in (here, there) if str(one.session.session_key) in page], "a page opens no session"
    here.post(SESSIONS, {"browser": ends[0]})
    assert there.get(HOME).status_code == 302
    assert here.get(HOME).status_code == 200
    here.post(SESSIONS, {"device": ends[1]})
    with pytest.raises(sessions.NotSignedIn):
        sessions.session_of(tokens.access)
    assert listed(here)[1] == []
    assert Entry.objects.filter(why__contains="Tự kết thúc 1 phiên").count() == 2

    again, device = signed_in(), sessions.sign_in(registrar, uuid.uuid4())
    here.post(SESSIONS, {"browser": office_sessions.mark_of(str(anothers.session.session_key))})
    here.post(SESSIONS, {"device": sessions.DeviceSession.objects.get(user=other).pk})
    here.post(SESSIONS, {"device": "9" * 40})
    assert again.get(HOME).status_code == 200
    here.post(SESSIONS, {"others": "1"})
    assert (again.get(HOME).status_code, here.get(HOME).status_code, anothers.get(HOME).status_code) == (302, 200, 200)
    with pytest.raises(sessions.NotSignedIn):
        sessions.session_of(device.access)
    assert sessions.DeviceSession.objects.get(user=other).revoked_at is None


def test_a_screen_that_was_left_ends_no_session(registrar: User) -> None:
    here, there = signed_in(), signed_in()
    grown_old(here, idle.FRESH)
    assert len(listed(here)[1]) == 1
    assert "Cần đăng nhập lại" in here.post(SESSIONS, {"others": "1"}).content.decode()
    assert there.get(HOME).status_code == 200
    assert here.post(SESSIONS, {"sign-in-again": "1"}).headers["Location"].startswith(SIGN_IN)
    signed_in(here).post(SESSIONS, {"others": "1"})
    assert there.get(HOME).status_code == 302


def test_every_page_shows_the_way_out(registrar: User) -> None:
    browser = signed_in()
    pages = [browser.get(address) for address in ("/admin/", HOME, PAGE)]
    User.objects.filter(pk=registrar.pk).update(must_change_password=True)
    pages.append(browser.get("/admin/account/password/"))
    with_factor(registrar)
    pages.append(browser.get(PAGE))
    for page in pages:
        assert page.status_code == 200
        assert 'action="/admin/logout/"' in page.content.decode()
