"""Today's server opens the databases of version 0.1.0 with nothing lost, and takes what that version's app sends."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import psycopg
import pytest
import requests
from PIL import Image

from services.register.about import Register
from services.register.statements import check_statement, statement_in
from tests.compatibility.conftest import BroughtUp
from tests.compatibility.old import HOSTS, PASSWORDS, client, misshapen, missing, recorded
from tests.support.registry_server import ROOT, RegistryServer

pytestmark = pytest.mark.slow

ADMINISTRATOR = "quantri"
DEVICE = "00000000-0000-4000-8000-000000000001"
TOKENS = ("access", "refresh")
# Rows that come and go by themselves.
PASSING = {"accounts_requestcount", "accounts_accesstoken"}


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with client() as session:
        yield session


def _environment(url: str | None) -> dict[str, str]:
    return HOSTS | ({"DATABASE_URL": url} if url else {})


def test_all_that_the_database_holds_is_there(brought_up: BroughtUp, http: requests.Session) -> None:
    server, then = brought_up.server, brought_up.then
    api = f"{server.url}/api/v1"
    snapshot = http.get(f"{api}/snapshot", timeout=30).json()
    assert missing(then["snapshot"], snapshot, free=frozenset({"next_cursor"})) == []
    tokens = {who: _sign_in(http, api, who, password) for who, password in PASSWORDS.items() if who != ADMINISTRATOR}
    for username, sent in then["inspections"].items():
        answer = http.get(f"{api}/inspections?limit=500", headers=_bearer(tokens[username]), timeout=30)
        assert missing(sent, answer.json(), free=frozenset({"next_cursor"})) == []
    for note in then["notes"]:
        _assert_there(http, api, server.data, note, tokens)
    counted = {name: _count(server.data, brought_up.url, name) for name in then["rows"]}
    assert {name for name, rows in then["rows"].items() if counted[name] < rows} <= PASSING
    _assert_statement(http, server.url, then["statement"], snapshot)
    _assert_shown(http, server.url, then["notes"])


def test_cursors_of_then_lead_on(brought_up: BroughtUp, http: requests.Session) -> None:
    then = brought_up.then
    api = f"{brought_up.server.url}/api/v1"
    page = http.get(f"{api}/changes?cursor={then['cursors']['changes']}", timeout=30)
    assert page.status_code == 200
    assert missing(then["changes"], page.json(), free=frozenset({"next_cursor"})) == []
    assert any(c["op"] == "delete" for c in page.json()["changes"])
    # What the register did not tell of itself then comes to a device that has read all there was.
    caught_up = http.get(f"{api}/changes?cursor={then['changes']['next_cursor']}", timeout=30).json()
    assert uuid.UUID(caught_up["register"]["id"])
    assert caught_up["register"]["schemas"]["note"] == [1]
    token = _sign_in(http, api, "kiemtra01", PASSWORDS["kiemtra01"])
    since = then["cursors"]["inspections"]
    later = http.get(f"{api}/inspections?since={since}", headers=_bearer(token), timeout=30)
    assert later.status_code == 200
    assert [note["body"]["text"] for note in later.json()["inspections"]] == ["Gửi được một nửa"]


def test_what_the_app_of_then_sends_is_answered_as_then(
    database: tuple[str, str | None], folder: Path, http: requests.Session
) -> None:
    _kind, url = database
    _fresh_register(folder, url)
    renewed: dict[str, str] = {}  # tokens and cursors of then, and those that stand for them now
    statuses = set()
    with RegistryServer(folder, env=_environment(url)) as server:
        for then in recorded():
            answer = _send(http, server.url, then, renewed)
            where = f"{then['method']} {then['path']}"
            assert (where, answer.status_code) == (where, then["status"]), answer.text
            now = answer.json() if answer.content else None
            assert _unlike(then, now) == [], where
            statuses.add(then["status"])
            for name in (*TOKENS, "next_cursor"):
                if then["answer"] and name in then["answer"]:
                    renewed[then["answer"][name]] = now[name]
    assert statuses == {200, 201, 204, 401, 403, 404}


def _send(http: requests.Session, server: str, then: dict[str, Any], renewed: dict[str, str]) -> requests.Response:
    """Send a recorded request again, byte for byte but for the tokens and cursors that this server gave instead."""
    path, _, query = then["path"].partition("?")
    query = urlencode([(name, renewed.get(value, value)) for name, value in parse_qsl(query)])
    headers, body = dict(then["headers"]), base64.b64decode(then["body"])
    if then["status"] != 401:  # a token that was worth nothing then is worth nothing now
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if token:
            headers["Authorization"] = f"{scheme} {renewed[token]}"
        if path.endswith(("/refresh", "/sign-out")):
            body = json.dumps({"refresh": renewed[json.loads(body)["refresh"]]}).encode()
    return http.request(
        then["method"], f"{server}{path}" + (f"?{query}" if query else ""), headers=headers, data=body, timeout=30
    )


def _unlike(then: dict[str, Any], now: Any) -> list[str]:
    """What of a recorded answer is not so now. What a register holds may change, so there only the shape counts."""
    if "/auth/" in then["path"] or "/inspections" in then["path"]:
        differs = frozenset({*TOKENS, "expires_in", "received_at", "next_cursor", "detail"})
        return missing(then["answer"], now, free=differs)
    return misshapen(then["answer"], now)


def _fresh_register(folder: Path, url: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL" and name[:5] != "OCOP_"}
    environment |= {"OCOP_SERVER_DATA": str(folder), **_environment(url)}
    for command in (("migrate", "--verbosity", "0"), ("sample_register", "--products", "30", "--producers", "12")):
        subprocess.run(
            [sys.executable, str(ROOT / "server" / "manage.py"), *command],
            env=environment,
            check=True,
            capture_output=True,
        )


def _assert_there(http: requests.Session, api: str, folder: Path, note: dict[str, Any], tokens: dict[str, str]) -> None:
    """Sent again, a note and its photos get the receipts that they had got then: they are there, byte for byte."""
    body, receipt = note["body"].encode(), note["receipt"]
    document = json.loads(body)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    who = {"X-Device": document["device"]} | (_bearer(tokens[document["account"]]) if document["account"] else {})
    headers = who | {"Content-Type": "application/json", "Content-Digest": f"sha-256=:{digest}:"}
    answer = http.put(f"{api}/inspections/{document['id']}", body, headers=headers, timeout=30)
    assert answer.status_code == 200
    assert missing(receipt, answer.json()) == []
    for photo in receipt["photos"]:
        if photo["stored"]:
            sha256 = photo["sha256"]
            picture = (folder / "photos" / sha256[:2] / f"{sha256}.jpg").read_bytes()
            to = f"{api}/inspections/{document['id']}/photos/{sha256}"
            again = http.put(to, picture, headers=who | {"Content-Type": "image/jpeg"}, timeout=30)
            assert again.status_code == 200
            assert hashlib.sha256(picture).hexdigest() == sha256


def _assert_shown(http: requests.Session, server: str, notes: list[dict[str, Any]]) -> None:
    """The administrator of then signs in at the back office and finds every note there, with a copy of every photo."""
    page = http.get(f"{server}/admin/login/", timeout=30)
    (mark,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text))
    credentials = {"username": ADMINISTRATOR, "password": PASSWORDS[ADMINISTRATOR], "csrfmiddlewaretoken": mark}
    http.post(f"{server}/admin/login/?next=/admin/", credentials, timeout=30).raise_for_status()
    for note in notes:
        receipt = note["receipt"]
        shown = http.get(f"{server}/admin/inspections/inspection/{receipt['id']}/change/", timeout=30)
        assert html.escape(json.loads(note["body"])["text"].splitlines()[0]) in shown.text
        addresses = sorted(set(re.findall(r'src="(/admin/[^"]*photo/\d+/small)"', shown.text)))
        assert len(addresses) == sum(photo["stored"] for photo in receipt["photos"])
        for address in addresses:
            with Image.open(io.BytesIO(http.get(server + address, timeout=30).content)) as picture:
                assert picture.format == "JPEG"


def _assert_statement(http: requests.Session, server: str, statement: dict[str, str], snapshot: dict[str, Any]) -> None:
    """A statement that is printed on packs since then is still good, for the app and on the register's page."""
    token = statement_in(statement["url"])
    assert token
    checked = check_statement(token, Register.from_json(snapshot["register"]).issuer_keys)
    assert checked.fault is None
    assert checked.statement
    assert checked.statement.gtin == statement["gtin"]
    page = http.get(server + statement["url"].removeprefix("http://register.example"), timeout=30)
    assert page.status_code == 200


def _count(folder: Path, url: str | None, table: str) -> int:
    query = f"SELECT count(*) FROM {table}"
    if url is None:
        with contextlib.closing(sqlite3.connect(folder / "registry.sqlite3")) as file:
            return int(file.execute(query).fetchone()[0])
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row
        return int(row[0])


def _sign_in(http: requests.Session, api: str, username: str, password: str) -> str:
    body = {"username": username, "password": password, "device": DEVICE}
    answer = http.post(f"{api}/auth/sign-in", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access"])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
