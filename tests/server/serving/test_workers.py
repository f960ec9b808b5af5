"""Several worker processes: one port, one count of everything, none of them missed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import rfc8785
from prometheus_client.parser import text_string_to_metric_families
from registry_notes import content_digest, error_of, note, photo_of, picture, sha256
from scratch_database import scratch_database

from tests.support.registry_server import SERVE, RegistryServer, free_port

API = "/api/v1"
TWO = ("--workers", "2", "--no-queue")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    folder = tmp_path_factory.mktemp("two")
    limits = {"OCOP_ANONYMOUS_NOTES_RATE": "100"}
    with scratch_database() as env, RegistryServer(folder, env={**env, **limits}, arguments=TWO) as server:
        yield server


def workers(server: RegistryServer) -> list[psutil.Process]:
    process = server.process
    assert process is not None
    return soon(lambda: [c for c in [grandchildren(process.pid)] if len(c) == 2])[0]  # type: ignore[no-any-return]


def grandchildren(pid: int) -> list[psutil.Process]:
    """The workers: children of what the first process keeps running."""
    return [worker for generation in psutil.Process(pid).children() for worker in generation.children()]


def soon(condition: Callable[[], Any]) -> Any:
    """What the condition gives once it holds."""
    for _ in range(1000):
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came true")


def put(server: RegistryServer, document: dict[str, Any], **headers: str) -> requests.Response:
    body = rfc8785.dumps(document)
    return requests.put(
        f"{server.url}{API}/inspections/{document['id']}",
        body,
        headers={"Content-Digest": content_digest(body), **headers},
        timeout=60,
    )


def counted(server: RegistryServer, name: str, **labels: str) -> float:
    text = requests.get(f"{server.url}/metrics", timeout=20).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_both_answer_and_count_together(two: RegistryServer) -> None:
    assert len(workers(two)) == 2
    stored = counted(two, "ocop_notes_total", sender="nobody")
    asked = counted(two, "ocop_requests_total", route="/api/v1/changes", status="200")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: requests.get(f"{two.url}{API}/changes?limit=1", timeout=60), range(64)))
        sent = Counter(pool.map(lambda _: put(two, note()).status_code, range(120)))
    # The limit of 100 an hour holds for all of them together.
    assert sent == {201: 100, 429: 20}
    assert counted(two, "ocop_notes_total", sender="nobody") == stored + 100
    assert counted(two, "ocop_requests_total", route="/api/v1/changes", status="200") == asked + 64
    assert counted(two, "ocop_refused_total", code="too_many_requests") >= 20
    assert counted(two, "ocop_note_age_seconds_count") == stored + 100
    wrote = {opened.path for worker in workers(two) for opened in worker.open_files() if "histogram_" in opened.path}
    assert len(wrote) == 2, "one of them answered nothing"


def test_one_id_at_both_workers_is_stored_once(two: RegistryServer) -> None:
    """Two bodies under one id, eight times each, many times over: one wins, whichever worker it came to."""
    who = {"username": "cuahang01", "password": "mau-cuahang-01", "device": str(uuid.uuid4())}
    tokens = requests.post(f"{two.url}{API}/auth/sign-in", json=who, timeout=60).json()
    bearer = {"Authorization": f"Bearer {tokens['access']}"}
    with ThreadPoolExecutor(16) as pool:
        for _ in range(10):
            document = note(account="cuahang01")
            bodies = [document, {**document, "text": "hai"}] * 8
            counts = Counter(pool.map(lambda body: put(two, body, **bearer).status_code, bodies))
            assert counts == {201: 1, 200: 7, 409: 8}


def test_failed_sign_ins_lock_an_account_for_all(two: RegistryServer) -> None:
    def fail(_: int) -> int:
        wrong = {"username": "kiemtra02", "password": "sai", "device": str(uuid.uuid4())}
        return requests.post(f"{two.url}{API}/auth/sign-in", json=wrong, timeout=60).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(fail, range(16))) == {401, 429}
    right = {"username": "kiemtra02", "password": "mau-kiemtra-02", "device": str(uuid.uuid4())}
    answers = [requests.post(f"{two.url}{API}/auth/sign-in", json=right, timeout=60) for _ in range(8)]
    assert {error_of(answer) for answer in answers} == {(429, "too_many_requests")}


def test_a_token_of_one_worker_is_revoked_for_all(two: RegistryServer) -> None:
    who = {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": str(uuid.uuid4())}
    tokens = requests.post(f"{two.url}{API}/auth/sign-in", json=who, timeout=60).json()
    headers = {"Authorization": f"Bearer {tokens['access']}"}
    statuses = [requests.get(f"{two.url}{API}/inspections", headers=headers, timeout=60).status_code for _ in range(8)]
    assert set(statuses) == {200}
    requests.post(f"{two.url}{API}/auth/sign-out", json={"refresh": tokens["refresh"]}, timeout=60)
    statuses = [requests.get(f"{two.url}{API}/inspections", headers=headers, timeout=60).status_code for _ in range(8)]
    assert set(statuses) == {401}


def test_a_worker_that_dies_is_replaced(two: RegistryServer) -> None:
    victim, other = workers(two)
    victim.kill()
    soon(lambda: len({w.pid for w in workers(two)} - {victim.pid}) == 2)
    assert other.is_running()
    assert {requests.get(f"{two.url}{API}/changes?limit=1", timeout=60).status_code for _ in range(20)} == {200}
    assert '"event": "worker_ended"' in two.log.read_text()


def test_requests_under_way_are_finished_before_it_stops(tmp_path: Path) -> None:
    """A note is half sent when SIGTERM comes; its other half follows, and it is stored."""
    document = note()
    body = rfc8785.dumps(document)
    head = (
        f"PUT {API}/inspections/{document['id']} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        f"Content-Digest: {content_digest(body)}\r\n\r\n"
    )
    with scratch_database() as env:
        server = RegistryServer(tmp_path, env=env, arguments=TWO).start()
        process = server.process
        assert process is not None
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as phone:
            phone.sendall(head.encode() + body[:100])
            soon(lambda: any(len(worker.net_connections()) > 1 for worker in workers(server)))
            process.terminate()
            soon(lambda: not is_listening(server.port))
            phone.sendall(body[100:])
            answer = phone.recv(65536)
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert process.wait(timeout=20) == 0
        server.stop()
        assert "Traceback" not in server.log.read_text()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_no_worker_outlives_the_process_that_started_it(tmp_path: Path) -> None:
    with scratch_database() as env:
        server = RegistryServer(tmp_path, env=env, arguments=TWO).start()
        orphans = workers(server)
        server.kill()
        assert psutil.wait_procs(orphans, timeout=20)[1] == []
        server.start()  # on the same port
        assert requests.get(f"{server.url}/health", timeout=20).status_code == 200
        server.stop()


@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--threads", "0"]])
def test_impossible_numbers_are_refused(arguments: list[str], tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(SERVE), "--data", str(tmp_path), *arguments], check=False, capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "are 1 at least" in run.stderr


# For those who run it


def test_health_says_what_is_wrong(tmp_path: Path) -> None:
    with scratch_database() as env, RegistryServer(tmp_path, env=env) as server:
        answer = requests.get(f"{server.url}/health", headers={"Host": "10.0.0.7"}, timeout=20)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "photos": "ok"})
        if not env:
            (tmp_path / "registry.sqlite3").rename(tmp_path / "away")
            for rest in ("-wal", "-shm"):
                (tmp_path / f"registry.sqlite3{rest}").unlink(missing_ok=True)
            (tmp_path / "registry.sqlite3").mkdir()
            answer = soon(lambda: unwell(server))
            assert answer == {"status": "unavailable", "database": "unavailable", "photos": "ok"}


def unwell(server: RegistryServer) -> Any:
    # Threads keep their connections: one that opens its own sees what is there now.
    answers = list(ThreadPoolExecutor(8).map(lambda _: requests.get(f"{server.url}/health", timeout=20), range(16)))
    return next((answer.json() for answer in answers if answer.status_code == 503), None)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_metrics_are_for_this_machine_alone(live: RegistryServer, header: str) -> None:
    assert requests.get(f"{live.url}/metrics", timeout=20).status_code == 200
    assert requests.get(f"{live.url}/metrics", headers={header: "127.0.0.1"}, timeout=20).status_code == 404


def test_garbage_is_looked_for_while_it_serves(live: RegistryServer) -> None:
    """A start leaves that out, and what it has loaded is not looked through later."""
    before = counted(live, "python_gc_collections_total")
    for _ in range(10):
        assert requests.get(f"{live.url}{API}/changes?limit=50", timeout=20).status_code == 200
    assert counted(live, "python_gc_collections_total") > before


def test_metrics_by_token(tmp_path: Path) -> None:
    with scratch_database() as env:
        with RegistryServer(tmp_path, env={**env, "OCOP_METRICS_TOKEN": "chia-khoa-do"}) as server:
            right, wrong = ({"Authorization": f"Bearer {token}"} for token in ("chia-khoa-do", "khac"))
            assert requests.get(f"{server.url}/metrics", headers=right, timeout=20).status_code == 200
            assert requests.get(f"{server.url}/metrics", headers=wrong, timeout=20).status_code == 404
            assert requests.get(f"{server.url}/metrics", timeout=20).status_code == 404
        log = server.log.read_text()
        assert "chia-khoa-do" not in log


def test_behind_a_proxy_the_forwarded_address_counts(tmp_path: Path) -> None:
    limits = {"OCOP_ANONYMOUS_NOTES_RATE": "1", "OCOP_PROXIES": "1"}
    with scratch_database() as env, RegistryServer(tmp_path, env={**env, **limits}, arguments=TWO) as server:

        def statuses(*addresses: str) -> list[int]:
            return [put(server, note(), **{"X-Forwarded-For": address}).status_code for address in addresses]

        assert statuses("192.0.2.1", "192.0.2.2", "192.0.2.1") == [201, 201, 429]
        assert statuses("192.0.2.3, 192.0.2.1", "192.0.2.2, 192.0.2.4") == [429, 201]
        # Whoever has one IPv6 address has all of its /64.
        assert statuses("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "[2001:db8:1:3::1]:443") == [201, 429, 201]
        assert statuses("::ffff:192.0.2.1", "192.0.2.4:5678") == [429, 429]


# The log

PERSONAL = {
    "text": "Chị Nguyễn Thị Hoa bán ở sạp 12",
    "code": "https://id.ocop.example/01/09520000100016/21/RIENG77",
    "password": "mat-khau-cua-toi",
    "username": "nguoi-dung-rieng",
    "query": "tu-khoa-rieng",
    "place": "20.987654",
}


def test_the_log_is_json_and_says_nothing_of_people(tmp_path: Path) -> None:
    with scratch_database() as env, RegistryServer(tmp_path, env=env, arguments=TWO) as server:
        device, said = str(uuid.uuid4()), list(PERSONAL.values())
        account = {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": device}
        tokens = requests.post(f"{server.url}{API}/auth/sign-in", json=account, timeout=60).json()
        bearer = {"Authorization": f"Bearer {tokens['access']}"}
        wrong = {"username": PERSONAL["username"], "password": PERSONAL["password"], "device": device}
        document = note(
            account="kiemtra01",
            device=device,
            text=PERSONAL["text"],
            code={**note()["code"], "text": PERSONAL["code"]},
            place={"lat": 20.987654, "lon": 107.1, "accuracy": None},
            photos=[photo_of(picture())],
        )
        address = f"{server.url}{API}/inspections/{document['id']}"
        answers = [
            requests.post(f"{server.url}{API}/auth/sign-in", json=wrong, timeout=60),
            requests.post(f"{server.url}{API}/auth/refresh", json={"refresh": tokens["refresh"]}, timeout=60),
            put(server, document, **bearer),
            put(server, {**document, "text": "x" + PERSONAL["text"]}, **bearer),
            requests.put(address, b"{" + PERSONAL["text"].encode(), headers=bearer, timeout=60),
            requests.put(f"{address}/photos/{sha256(picture())}", picture(), headers=bearer, timeout=60),
            requests.get(f"{server.url}{API}/inspections?since=1{PERSONAL['query']}", headers=bearer, timeout=60),
            requests.get(f"{server.url}{API}/inspections", headers=bearer, timeout=60),
            requests.get(f"{server.url}{API}/changes?cursor={PERSONAL['query']}", timeout=60),
            requests.get(f"{server.url}{API}/snapshot", timeout=60),
            requests.get(f"{server.url}{API}/{PERSONAL['query']}", timeout=60),
            requests.get(f"{server.url}/01/09520000100016/21/RIENG77", timeout=60),
            requests.get(f"{server.url}/{PERSONAL['query']}", timeout=60),
            requests.get(f"{server.url}/admin/login/?next={PERSONAL['query']}", timeout=60),
            requests.post(f"{server.url}/admin/login/", wrong, timeout=60),
            requests.get(f"{server.url}/admin/inspections/inspection/{document['id']}/change/", timeout=60),
            requests.get(f"{server.url}{API}/changes", headers={"Host": f"{PERSONAL['query']}.example"}, timeout=60),
            requests.post(f"{server.url}{API}/auth/sign-out", json={"refresh": tokens["refresh"]}, timeout=60),
            requests.get(f"{server.url}/static/{PERSONAL['query']}.js", timeout=60),
            requests.get(f"{server.url}/health", timeout=60),
            requests.get(f"{server.url}/metrics", timeout=60),
        ]
        said += [device, document["id"], sha256(picture()), "kiemtra01", "mau-kiemtra", "09520000100016", "127.0.0.1"]
        said += [tokens["access"], tokens["refresh"], content_digest(rfc8785.dumps(document))]
    log = server.log.read_text()
    assert [text for text in said if text in log or json.dumps(text)[1:-1] in log] == []
    lines = [json.loads(line) for line in log.splitlines()]
    told = {line["request"]: line for line in lines if line["event"] == "request"}
    assert {answer.headers["X-Request-Id"] for answer in answers[:-2]} <= set(told)
    stored = told[answers[2].headers["X-Request-Id"]]
    assert (stored["method"], stored["route"], stored["status"]) == ("PUT", "/api/v1/inspections/<id>", 201)
    assert stored["level"] == "info"
    assert stored["bytes_in"] == len(rfc8785.dumps(document))
    assert stored["bytes_out"] == len(answers[2].content)
    assert stored["ms"] > 0
    assert told[answers[3].headers["X-Request-Id"]]["code"] == "id_taken"


def test_a_fault_is_told_by_its_place_and_not_by_what_was_sent(tmp_path: Path) -> None:
    """The table of photos is gone: the database's message would quote the statement."""
    with scratch_database() as env, RegistryServer(tmp_path, env=env) as server:
        if env:
            import psycopg

            with psycopg.connect(env["DATABASE_URL"], autocommit=True) as database:
                database.execute("DROP TABLE inspections_photo")
        else:
            import sqlite3

            with sqlite3.connect(tmp_path / "registry.sqlite3") as file:
                file.execute("DROP TABLE inspections_photo")
            file.close()
        answer = put(server, note(text=PERSONAL["text"], photos=[photo_of(picture())]))
        assert answer.status_code in {500, 503}
        assert answer.json()["error"] == "unavailable"
    log = server.log.read_text()
    assert PERSONAL["text"] not in log
    assert "INSERT" not in log
    fault = next(json.loads(line) for line in log.splitlines() if '"error": {' in line)
    assert fault["request"] == answer.headers["X-Request-Id"]
    assert any("receiving.py" in place for place in fault["error"]["at"])
    assert fault["error"]["kind"].startswith("django.db.utils.")


def test_the_port_is_taken(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        run = subprocess.run(
            [sys.executable, str(SERVE), "--data", str(tmp_path), "--port", str(port)],
            check=False,
            capture_output=True,
            text=True,
        )
    assert run.returncode == 1
    assert "Address already in use" in run.stderr
