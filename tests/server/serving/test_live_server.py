"""The server as it runs: waitress, threads, a database on disk."""

from __future__ import annotations

import os
import signal
import socket
import stat
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import rfc8785
from registry_notes import content_digest, error_of, note, photo_of, picture, sha256
from scratch_database import scratch_database

from tests.support.registry_server import RegistryServer

API = "/api/v1"


def put(server: RegistryServer, document: dict[str, Any]) -> requests.Response:
    body = rfc8785.dumps(document)
    return requests.put(
        f"{server.url}{API}/inspections/{document['id']}",
        body,
        headers={"Content-Digest": content_digest(body), "Content-Type": "application/json"},
        timeout=60,
    )


def put_photo(server: RegistryServer, document: dict[str, Any], content: bytes) -> requests.Response:
    return requests.put(
        f"{server.url}{API}/inspections/{document['id']}/photos/{sha256(content)}",
        content,
        headers={"X-Device": document["device"], "Content-Type": "image/jpeg"},
        timeout=60,
    )


def sign_in(server: RegistryServer, username: str = "kiemtra01", password: str = "mau-kiemtra-01") -> dict[str, str]:
    device = "6f1d2c3b-0000-4000-8000-000000000002"
    answer = requests.post(
        f"{server.url}{API}/auth/sign-in",
        json={"username": username, "password": password, "device": device},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access']}"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{API}/records/note/{'0' * 8}-0000-4000-8000-{'0' * 12}/files/{'0' * 64}", 404),
        (f"{API}/changes", 200),
        (f"{API}/auth/sign-in", 405),
        ("/01/09520007900017", 307),
        ("/p/09520007900017", 200),
        ("/static/unfold/css/styles.css", 200),
    ],
)
def test_an_answer_to_head_has_no_body_that_the_next_answer_would_begin_with(
    live: RegistryServer, path: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as connection:
        for method, where in (("HEAD", path), ("GET", "/health")):
            connection.sendall(f"{method} {where} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            time.sleep(0.3)  # a body would be here by now
        got = b""
        while b"HTTP/1.1 200 OK" not in got.partition(b"\r\n\r\n")[2]:
            got += connection.recv(65536)
    head, _, rest = got.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert rest.startswith(b"HTTP/1.1 200 OK"), rest[:100]


def test_the_whole_sample_is_served_with_a_date(live: RegistryServer) -> None:
    answer = requests.get(f"{live.url}{API}/changes?limit=1000", timeout=60)
    assert len(answer.json()["changes"]) == 393
    assert abs(parsedate_to_datetime(answer.headers["Date"]) - datetime.now(UTC)) < timedelta(seconds=5)
    snapshot = requests.get(f"{live.url}{API}/snapshot", timeout=60)
    assert len(snapshot.json()["products"]) == 393
    assert snapshot.headers["Content-Encoding"] == "gzip"
    again = requests.get(f"{live.url}{API}/snapshot", headers={"If-None-Match": snapshot.headers["ETag"]}, timeout=60)
    assert again.status_code == 304


def test_static_files_and_pages_are_served(live: RegistryServer) -> None:
    script = requests.get(f"{live.url}/static/ninja/swagger-ui-bundle.js", timeout=60)
    assert script.status_code == 200
    assert "javascript" in script.headers["Content-Type"]
    assert requests.get(f"{live.url}/admin/login/", timeout=60).status_code == 200


def test_one_id_from_many_threads_is_stored_once(live: RegistryServer) -> None:
    """Eight senders of one body and eight of another, all at once: one body wins, and everybody is told the truth."""
    headers = sign_in(live)
    document = note(account="kiemtra01")
    bodies = [rfc8785.dumps({**document, "text": text}) for text in ("một", "hai")]
    gate = threading.Barrier(16)

    def send(body: bytes) -> tuple[bytes, requests.Response]:
        gate.wait()
        answer = requests.put(
            f"{live.url}{API}/inspections/{document['id']}",
            body,
            headers={"Content-Digest": content_digest(body), **headers},
            timeout=60,
        )
        return body, answer

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, bodies * 8))
    counts = Counter(answer.status_code for _, answer in answers)
    assert counts == {201: 1, 200: 7, 409: 8}, counts
    (winner,) = {body for body, answer in answers if answer.status_code < 300}
    receipts = {answer.text for _, answer in answers if answer.status_code < 300}
    assert len(receipts) == 1
    sent = requests.get(f"{live.url}{API}/inspections", headers=headers, timeout=60).json()["inspections"]
    (stored,) = [entry for entry in sent if entry["id"] == document["id"]]
    assert stored["sha256"] == sha256(winner)
    assert rfc8785.dumps(stored["body"]) == winner


def test_one_photo_from_many_threads_is_stored_once(live: RegistryServer) -> None:
    document = note(photos=[photo_of(picture("purple"))])
    assert put(live, document).status_code == 201
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: put_photo(live, document, picture("purple")), range(8)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    assert put(live, document).json()["photos"] == [{"sha256": sha256(picture("purple")), "stored": True}]


def test_many_notes_at_once_are_all_stored(live: RegistryServer) -> None:
    documents = [note() for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(lambda d: put(live, d), documents)} == {201}
        assert {answer.status_code for answer in pool.map(lambda d: put(live, d), documents)} == {200}


def test_a_body_over_every_limit_is_refused_before_it_is_read(live: RegistryServer) -> None:
    """Only the headers are sent: the answer must not wait for the body."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=20)
    connection.putrequest("PUT", f"{API}/inspections/{note()['id']}/photos/{'a' * 64}")
    connection.putheader("Content-Length", str(50 * 1024 * 1024))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert b'"too_large"' in answer.read()
    connection.close()


def test_a_sender_that_reads_only_after_its_whole_body_is_told_of_the_refusal(live: RegistryServer) -> None:
    """The connection is not reset under it, which would throw the answer away."""
    size = 12 * 1024 * 1024
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as connection:
        head = f"PUT {API}/inspections/{note()['id']}/photos/{'a' * 64} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        connection.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
        time.sleep(0.1)  # the answer is there by now
        for _ in range(size // 65536):
            connection.sendall(bytes(65536))
        told = b"".join(iter(lambda: connection.recv(65536), b""))
    assert told.startswith(b"HTTP/1.1 413 ")
    assert told.endswith(b"}")
    assert b'"too_large"' in told


def test_the_form_that_takes_pictures_alone_takes_larger_bodies(live: RegistryServer) -> None:
    pictures = b"x" * (9 * 1024 * 1024)
    answers = [
        requests.post(f"{live.url}/admin/register/{form}/1/change/", pictures, timeout=60)
        for form in ("product", "producer")
    ]
    assert [answer.status_code for answer in answers] == [403, 413]  # 403: it was read, and nobody is signed in


def test_a_note_over_its_limit_is_refused(live: RegistryServer) -> None:
    answer = put(live, note(text="x" * 70_000))
    assert error_of(answer) == (413, "too_large")


def test_what_is_no_http_is_answered_in_json(live: RegistryServer) -> None:
    answer = requests.get(f"{live.url}{API}/changes", headers={"X-Long": "x" * 300_000}, timeout=60)
    assert answer.status_code == 431
    assert answer.json()["error"] == "bad_request"


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_was_receipted_outlives_the_server(tmp_path: Path, end: str) -> None:
    document = note(account="kiemtra01", photos=[photo_of(picture())])
    with scratch_database() as env:
        server = RegistryServer(tmp_path, env=env).start()
        try:
            headers = sign_in(server)
            body = rfc8785.dumps(document)
            url = f"{server.url}{API}/inspections/{document['id']}"
            digest = {"Content-Digest": content_digest(body), **headers}
            receipt = requests.put(url, body, headers=digest, timeout=60)
            assert receipt.status_code == 201
            photo = requests.put(f"{url}/photos/{sha256(picture())}", picture(), headers=headers, timeout=60)
            assert photo.status_code == 201
            getattr(server, end)()
            with pytest.raises(requests.ConnectionError):
                requests.get(server.url, timeout=5)
            server.start()
            again = requests.put(url, body, headers=digest, timeout=60)
            assert again.status_code == 200  # signed in still, and stored already
            assert again.json()["sha256"] == receipt.json()["sha256"]
            assert again.json()["photos"][0]["stored"] is True
        finally:
            server.stop()


def test_it_stops_cleanly_and_says_nothing_of_people(tmp_path: Path) -> None:
    server = RegistryServer(tmp_path).start()
    sign_in(server)
    requests.post(
        f"{server.url}{API}/auth/sign-in",
        json={"username": "kiemtra01", "password": "mat-khau-sai", "device": note()["device"]},
        timeout=60,
    )
    process = server.process
    assert process is not None
    began, used, ended = time.monotonic(), psutil.Process(process.pid).cpu_times(), os.times()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
    assert time.monotonic() - began < 5
    all_of_it = os.times().children_user + os.times().children_system - ended.children_user - ended.children_system
    assert all_of_it - used.user - used.system < 0.3  # twice as much where Python looks for garbage once more
    server.stop()
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "kiemtra01" not in log
    assert "mat-khau" not in log


def test_secrets_are_the_owners_alone(live: RegistryServer) -> None:
    assert stat.S_IMODE((live.data / "secret-key").stat().st_mode) == 0o600


def test_a_second_start_does_no_work_again(tmp_path: Path) -> None:
    server = RegistryServer(tmp_path)
    with server:
        cursor = requests.get(f"{server.url}{API}/changes?limit=1000", timeout=60).json()["next_cursor"]
    with server:
        assert requests.get(f"{server.url}{API}/changes?cursor={cursor}", timeout=60).json()["changes"] == []
