"""What `manage.py doctor` finds, one thing after the other."""

from __future__ import annotations

import io
import json
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from doctor import inside, outside
from doctor.finding import Finding
from issuing import keys
from issuing.models import IssuerKey
from observing import standby

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(settings: Any, tmp_path: Path) -> Path:
    """Settings as of a public server, with a folder of its own and a key; gives the folder."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    settings.DATA_DIR, settings.MEDIA_ROOT, settings.ISSUER_KEYS = data, data, data / "issuer-keys"
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["ocop.example"], "https://ocop.example"
    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES, settings.DEBUG = True, 1, False
    IssuerKey.objects.all().delete()
    keys.ensure_one()
    (data / "last-backup").touch()
    return data


def to_do(found: Iterator[Finding] | list[Finding]) -> list[str]:
    return [finding.what for finding in found if not finding.is_well]


def test_a_good_installation_has_nothing_to_do(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "_free", lambda: (200 * inside.GIB, 400 * inside.GIB))
    monkeypatch.setattr(inside, "_words", lambda: iter(()))
    monkeypatch.setattr(inside, "_durability", lambda: iter(()))  # tests' PostgreSQL is quick and forgetful
    told = io.StringIO()
    call_command("doctor", stdout=told)
    assert {line[:4] for line in told.getvalue().splitlines()} == {"OK  "}


def test_something_to_do_ends_with_1(public: Path) -> None:
    (public / "last-backup").unlink()
    told = io.StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=told)
    assert "DO  backup: none was ever made" in told.getvalue()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DEBUG", True, "OCOP_DEBUG"),
        ("SECURE_SSL_REDIRECT", False, "OCOP_HTTPS"),
        ("TRUSTED_PROXIES", 0, "OCOP_PROXIES"),
        ("ALLOWED_HOSTS", ["*"], "OCOP_ALLOWED_HOSTS is *"),
        ("ALLOWED_HOSTS", ["localhost"], "OCOP_ALLOWED_HOSTS names no host"),
        ("PUBLIC_URL", "", "OCOP_PUBLIC_URL"),
        ("SECRET_KEY", " ", "OCOP_SECRET_KEY is shorter"),
        ("UNKNOWN_VARIABLES", ["OCOP_HTPPS (OCOP_HTTPS?)"], "nothing reads OCOP_HTPPS (OCOP_HTTPS?)"),
    ],
)
def test_settings(public: Path, settings: Any, name: str, value: object, told: str) -> None:
    setattr(settings, name, value)
    (finding,) = inside.options()
    assert not finding.is_well
    assert finding.told.startswith(told)


@pytest.mark.skipif(os.name == "nt", reason="files have other permissions there")
def test_files_that_others_may_read(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert to_do(inside.permissions()) == []
    (key,) = (public / "issuer-keys").glob("*.pem")
    key.chmod(0o640)
    (finding,) = inside.permissions()
    assert f"chmod go= {key}" in finding.told
    key.chmod(0o600)
    monkeypatch.setattr(inside.os, "geteuid", lambda: 4711)
    (finding,) = inside.permissions()
    assert "Run it as the server's user" in finding.told


@pytest.mark.parametrize(("free", "is_well"), [(50, True), (9, False), (1, False)])
def test_space(free: int, is_well: bool, public: Path) -> None:
    assert inside.space(free * inside.GIB, 100 * inside.GIB).is_well is is_well


def test_a_database_that_cannot_be_asked_is_told_once(public: Path) -> None:
    def refuse(*_: Any) -> Any:
        raise OperationalError("secret inside")

    with connection.execute_wrapper(refuse):
        (finding,) = inside.database()
    assert not finding.is_well
    assert "secret" not in finding.told


def test_migrations_that_are_to_be_applied(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside.MigrationExecutor, "migration_plan", lambda *_: [("one", False)])
    assert to_do(inside._migrations()) == ["migrations"]


@pytest.mark.parametrize(
    ("asked", "has_slot", "confirms", "told"),
    [
        (True, True, True, "OK  standby: confirms each commit"),
        (True, True, False, "DO  standby: none confirms: every write waits for it."),
        (False, True, False, "DO  standby: none confirms: what is confirmed stands on one machine alone."),
        (False, False, False, ""),
    ],
)
def test_the_standby(asked: bool, has_slot: bool, confirms: bool, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answers:
        def execute(self, _: str) -> None:
            pass

        def fetchone(self) -> tuple[bool, bool, bool]:
            return asked, has_slot, confirms

    there = SimpleNamespace(vendor="postgresql", cursor=lambda: nullcontext(Answers()))
    monkeypatch.setattr(standby, "connection", there)
    found = list(inside._standby())
    assert " ".join(map(str, found)).startswith(told)
    assert bool(found) is bool(told)
    assert standby.works() == ({"standby": float(confirms)} if told else {})


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")
def test_a_postgresql_without_a_standby_expects_none() -> None:
    assert standby.standby() is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")
def test_postgresql_is_asked_for_its_extension_and_its_clock(public: Path) -> None:
    assert [finding.what for finding in (*inside._words(), *inside._clock())] == ["pg_trgm", "clock"]


def test_issuer_keys(public: Path) -> None:
    assert to_do(inside.issuer_key()) == []
    IssuerKey.objects.update(valid_from=timezone.now() - timedelta(days=inside.KEY_DAYS + 1))
    assert to_do(inside.issuer_key()) == ["issuer key"]
    for path in (public / "issuer-keys").glob("*.pem"):
        path.unlink()
    (finding,) = inside.issuer_key()
    assert "none signs now" in finding.told


def test_a_photo_store_that_takes_nothing(public: Path) -> None:
    assert inside.photo_store().is_well
    (public / "photos").rmdir()
    (public / "photos").write_text("")
    assert not inside.photo_store().is_well


@pytest.mark.parametrize(("hours", "is_well"), [(None, False), (1, True), (27, False)])
def test_backups(hours: int | None, is_well: bool) -> None:
    now = time.time()
    assert inside.backup(None if hours is None else now - hours * 3600, now).is_well is is_well


@pytest.mark.parametrize(("ahead", "is_well"), [(0.4, True), (-90, False), (90, False)])
def test_clocks(ahead: float, is_well: bool) -> None:
    assert inside.clock(ahead, "another").is_well is is_well


def test_a_mail_server_that_does_not_let_us_in(settings: Any) -> None:
    assert inside.mail().is_well  # none is set
    settings.MAIL, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp://127.0.0.1:1?tls=no", "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert not inside.mail().is_well


def test_the_list_of_breached_passwords(settings: Any, tmp_path: Path) -> None:
    assert inside.breached_passwords().is_well  # none is set
    file = tmp_path / "pwned.txt"
    settings.BREACHED_PASSWORDS = str(file)
    assert "cannot be read" in inside.breached_passwords().told
    sums = sorted(f"{sha1(one.encode()).hexdigest().upper()}:7" for one in ("password", "mat-khau", "trau", "bo"))
    for lines, is_well in ((sums, True), (sums[::-1], False), (["password", "trau"], False), ([], False)):
        file.write_text("\r\n".join(lines))
        assert inside.breached_passwords().is_well is is_well


Answer = tuple[int, dict[str, str]]
GOOD: dict[str, Answer] = {
    "/health": (200, {}),
    "/p/0": (404, {"Strict-Transport-Security": "max-age=31536000"}),
    "/metrics": (404, {}),
    "/api/v1/doctor": (404, {"X-Request-Id": "a"}),
}


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Callable[..., list[Finding]]]:
    """Looks from outside at a server that answers as it is told to, by TLS."""
    from tests.support.tls import _certificate

    answers = dict(GOOD)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers = answers[self.path]
            if self.headers.get("X-Forwarded-Proto") == "http" and "passes-on" in answers:
                status, headers = 301, {"Location": "https://127.0.0.1/"}
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            body = json.dumps({}).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_GET  # noqa: N815 - the base class calls it so

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + answers.get("late", (0, {}))[0])

        def log_message(self, *args: Any) -> None:
            pass

    pem = tmp_path / "proxy.pem"
    pem.write_bytes(_certificate())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()

    def look(changed: dict[str, Answer], ca: str | None = str(pem)) -> list[Finding]:
        answers.clear()
        answers.update(GOOD | changed)
        return list(outside.findings(f"https://127.0.0.1:{server.server_address[1]}", ca))

    yield look
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_seen_from_outside(proxy: Callable[..., list[Finding]]) -> None:
    wrong: dict[str, dict[str, Answer]] = {
        "health": {"/health": (503, {})},
        "clock": {"late": (-120, {})},
        "HSTS": {"/p/0": (404, {})},
        "passes on what a client": {"passes-on": (0, {})},
        "adds no X-Forwarded-For": {"/metrics": (200, {})},
        "answers 413 to 8 MiB": {"/api/v1/doctor": (413, {})},
    }
    assert to_do(proxy({})) == []
    for words, changed in wrong.items():
        (finding,) = [found for found in proxy(changed) if not found.is_well]
        assert words in str(finding)
    (finding,) = proxy({}, ca=None)
    assert finding.what == "TLS"
    assert not finding.is_well


@pytest.mark.parametrize(("days", "is_well"), [(None, False), (60.0, True), (5.0, False), (0.4, True), (-1.0, False)])
def test_certificates(days: float | None, is_well: bool) -> None:
    ends = None if days is None else time.time() + days * 86400
    (finding,) = outside._tls("https://127.0.0.1:8443", outside._Answer(200, {}, ends))
    assert finding.is_well is is_well


def test_an_address_without_an_answer() -> None:
    assert to_do(outside.findings("https://127.0.0.1:1")) == ["address"]
