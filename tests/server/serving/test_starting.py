"""What a start promises: one server at a time prepares a database, and nobody else can read what it makes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import rfc8785
from registry_notes import content_digest, note, photo_of, picture, sha256
from scratch_database import scratch_database

from config import environment, settings
from tests.support.registry_server import RegistryServer

SERVER = Path(environment.__file__).resolve().parents[1]
PROXY = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RegistryServer]]:
    """Two servers, started at once on an empty database, behind a proxy that speaks HTTPS."""
    folder = tmp_path_factory.mktemp("empty")
    mask = os.umask(0o022)  # as on most machines
    try:
        with scratch_database(empty=True) as env:
            env = env or {"DATABASE_URL": f"sqlite:///{folder}/registry.sqlite3"}
            servers = [RegistryServer(folder, env={**env, "OCOP_HTTPS": "1"}) for _ in range(2)]
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(RegistryServer.start, servers))
            yield servers
            for server in servers:
                server.stop()
    finally:
        os.umask(mask)


def test_two_servers_started_at_once_on_an_empty_database_serve_one_register(two: list[RegistryServer]) -> None:
    answers = [requests.get(f"{s.url}/api/v1/changes", headers=PROXY, timeout=60).json() for s in two]
    assert answers[0]["register"]["id"] == answers[1]["register"]["id"]
    assert answers[0]["register"]["products"] == 393
    assert len(answers[0]["register"]["issuer_keys"]) == 1


def test_behind_a_pooler_nothing_outlives_a_transaction(tmp_path: Path) -> None:
    url = "postgres://ocop:word@10.0.0.10:6432/ocop"
    itself, pooled = environment.database(url, tmp_path), environment.database(url, tmp_path, pooled=True)
    assert (itself["DISABLE_SERVER_SIDE_CURSORS"], pooled["DISABLE_SERVER_SIDE_CURSORS"]) == (False, True)
    assert "lock_timeout" in itself["OPTIONS"].pop("options")  # which a pooler passes on to nobody
    assert pooled["OPTIONS"] == itself["OPTIONS"]


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("OCOP_PROXIES", "one", "OCOP_PROXIES: 'one' is no whole number. Say one such as 0."),
        ("DATABASE_URL", "postgres://ocop:secret@[db/ocop", "DATABASE_URL: this is no address such as postgres://"),
        ("DATABASE_URL", "postgres://ocop:secret@db:x/ocop", "DATABASE_URL: this is no address such as postgres://"),
        ("OCOP_MAIL", "smtps://ocop:secret@mail:99999", "OCOP_MAIL: this is no address such as smtps://"),
        ("OCOP_PROXY_ADDRESSES", "10.0.0.0/99", "OCOP_PROXY_ADDRESSES: '10.0.0.0/99' does not appear to be"),
        ("OCOP_SECOND_FACTOR", "boss", "OCOP_SECOND_FACTOR: no role of the office is called boss"),
        ("DATABASE_URL", "postgres://ocop:12/secret@db/ocop", "DATABASE_URL: this is no address such as postgres://"),
        ("OCOP_DIRECT_DATABASE_URL", "secret", "OCOP_DIRECT_DATABASE_URL: the scheme '' is neither"),
        ("OCOP_HTTPS", "ture", "OCOP_HTTPS: 'ture' is neither yes nor no. Say 1 or 0."),
        ("OCOP_ALLOWED_HOSTS", "https://a.example", "OCOP_ALLOWED_HOSTS: 'https://a.example' is no host's name."),
        ("OCOP_ALLOWED_HOSTS", "a.example:443", "OCOP_ALLOWED_HOSTS: 'a.example:443' is no host's name."),
        ("OCOP_PUBLIC_URL", "ocop.example", "OCOP_PUBLIC_URL: this is no address such as https://"),
        ("OCOP_S3_ENDPOINT", "https://me:secret@s3.example", "OCOP_S3_ENDPOINT: this is no address such as https://"),
        ("OCOP_S3_ENDPOINT", "https://s3.example:x", "OCOP_S3_ENDPOINT: this is no address such as https://"),
        ("OCOP_S3_ADDRESSING", "pfad", "OCOP_S3_ADDRESSING: 'pfad' is none of auto, path, virtual."),
        ("OCOP_SETTINGS", "config.setings", "OCOP_SETTINGS: no module is called 'config.setings'."),
        ("OCOP_SETTINGS", "nowhere.at.all", "OCOP_SETTINGS: no module is called 'nowhere.at.all'."),
        ("OCOP_SERVER_DATA", "/dev/null/ocop", "OCOP_SERVER_DATA: /dev/null/ocop is no folder"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, said: str, told: str
) -> None:
    monkeypatch.setenv(name, said)
    read: dict[str, Callable[[], object]] = {
        "OCOP_PROXIES": lambda: environment.number(name, 0),
        "DATABASE_URL": lambda: environment.database(said, tmp_path),
        "OCOP_MAIL": lambda: environment.mail(said),
        "OCOP_PROXY_ADDRESSES": lambda: environment.networks(name, "::1"),
        "OCOP_SECOND_FACTOR": lambda: environment.roles(name, https=True),
        "OCOP_DIRECT_DATABASE_URL": lambda: environment.database(said, tmp_path, name=name),
        "OCOP_HTTPS": lambda: environment.flag(name),
        "OCOP_ALLOWED_HOSTS": lambda: environment.hosts(name, "localhost"),
        "OCOP_PUBLIC_URL": lambda: environment.address(name, "https://ocop.example"),
        "OCOP_S3_ENDPOINT": lambda: environment.address(name, "https://s3.example"),
        "OCOP_S3_ADDRESSING": lambda: environment.one_of(name, ("auto", "path", "virtual")),
        "OCOP_SETTINGS": environment.settings_module,
        "OCOP_SERVER_DATA": lambda: environment.folder(name, tmp_path),
    }
    with pytest.raises(environment.BadSetting) as caught:
        read[name]()
    assert str(caught.value).startswith(told)
    assert "secret" not in str(caught.value)


def test_settings_that_can_be_meant_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for said, is_yes in (("1", True), (" Yes ", True), ("on", True), ("", False), ("0", False), ("False", False)):
        monkeypatch.setenv("OCOP_HTTPS", said)
        assert environment.flag("OCOP_HTTPS") is is_yes
    monkeypatch.setenv("OCOP_ALLOWED_HOSTS", "ocop.example, .ocop.vn,[::1],10.0.0.1,*,")
    named = environment.hosts("OCOP_ALLOWED_HOSTS", "localhost")
    assert named == ["ocop.example", ".ocop.vn", "[::1]", "10.0.0.1", "*"], "a blank makes no host of its own"
    monkeypatch.setenv("OCOP_ALLOWED_HOSTS", "")
    assert environment.hosts("OCOP_ALLOWED_HOSTS", "localhost,127.0.0.1") == ["localhost", "127.0.0.1"]
    for said, address in (
        ("https://ocop.example/", "https://ocop.example"),
        ("http://10.0.0.1:8400/a", "http://10.0.0.1:8400/a"),
    ):
        monkeypatch.setenv("OCOP_PUBLIC_URL", said)
        assert environment.address("OCOP_PUBLIC_URL", "") == address
    database = environment.database("postgres://ocop:12%2F3%40@db/ocop", tmp_path)
    assert (database["PASSWORD"], database["NAME"]) == ("12/3@", "ocop")


def test_a_variable_that_nothing_reads_is_told_with_the_one_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OCOP_")]:
        monkeypatch.delenv(name)
    assert environment.unknown(settings.__doc__) == []
    for name in ("OCOP_HTPPS", "OCOP_CLAMD", "OCOP_VERIFY_SERVER", "OCOP_RAIN"):
        monkeypatch.setenv(name, "1")
    assert environment.unknown(settings.__doc__) == ["OCOP_HTPPS (OCOP_HTTPS?)", "OCOP_RAIN"]


def test_a_damaged_secret_key_is_told_and_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    made = environment.secret_key(path)
    assert environment.secret_key(path) == made
    for content in (b"", b"\n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(environment.BadSetting, match=r"secret-key is (empty|damaged)"):
            environment.secret_key(path)
        assert path.read_bytes() == content


def test_commands_read_the_settings_that_the_server_reads(tmp_path: Path) -> None:
    """As the days after which a daily command erases contacts."""
    (tmp_path / "own_days.py").write_text("from config.settings import *\nCONTACT_DAYS = 7\n")
    named = {"OCOP_SETTINGS": "own_days", "PYTHONPATH": str(tmp_path), "OCOP_SERVER_DATA": str(tmp_path)}
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | named
    program = [sys.executable, "manage.py", "shell", "-v", "0", "-c"]
    code = "from django.conf import settings; print(settings.CONTACT_DAYS)"
    done = subprocess.run([*program, code], cwd=SERVER, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "7", done.stderr


def test_a_server_without_a_way_to_its_database_says_so_in_one_line(tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/ocop", "OCOP_SERVER_DATA": str(tmp_path)}
    program = [sys.executable, "serve.py", "--port", "0"]
    done = subprocess.run(program, cwd=SERVER, env=env, capture_output=True, text=True, check=False)
    told = "DATABASE_URL: the database cannot be reached. unable to open database file\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


@pytest.mark.parametrize("program", [["manage.py", "check"], ["serve.py", "--port", "0"]])
def test_a_program_ends_with_one_line_about_such_a_setting(program: list[str], tmp_path: Path) -> None:
    env = {**os.environ, "OCOP_IDLE_MINUTES": "-1", "OCOP_SERVER_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, *program], cwd=SERVER, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "OCOP_IDLE_MINUTES: '-1' is no whole number. Say one such as 30.\n"


def test_http_is_led_to_https_except_for_who_asks_after_its_health(two: list[RegistryServer]) -> None:
    plain = requests.get(f"{two[0].url}/01/09520007900017", allow_redirects=False, timeout=60)
    assert (plain.status_code, plain.headers["Location"]) == (301, f"https{two[0].url[4:]}/01/09520007900017")
    secure = requests.get(f"{two[0].url}/p/09520007900017", headers=PROXY, timeout=60)
    assert secure.status_code == 200
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert requests.get(f"{two[0].url}/health", timeout=60).status_code == 200


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_what_the_server_makes(two: list[RegistryServer]) -> None:
    content = picture()
    document = note(photos=[photo_of(content)])
    body = rfc8785.dumps(document)
    address = f"{two[0].url}/api/v1/inspections/{document['id']}"
    sent = requests.put(address, body, headers={"Content-Digest": content_digest(body), **PROXY}, timeout=60)
    assert sent.status_code == 201
    photo = {"X-Device": document["device"], "Content-Type": "image/jpeg", **PROXY}
    assert requests.put(f"{address}/photos/{sha256(content)}", content, headers=photo, timeout=60).status_code == 201
    made = [path for path in two[0].data.rglob("*") if path.name != "server.log"]  # the test's own
    assert {path.name for path in made} >= {"secret-key", "issuer-keys", "photos", f"{sha256(content)}.jpg"}
    open_to_others = {str(path): oct(mode) for path in made if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077}
    assert open_to_others == {}
