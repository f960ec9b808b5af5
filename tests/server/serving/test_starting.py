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

from config import environment
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
    }
    with pytest.raises(environment.BadSetting) as caught:
        read[name]()
    assert str(caught.value).startswith(told)
    assert "secret" not in str(caught.value)


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
