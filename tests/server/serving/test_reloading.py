"""A server of several workers takes the code that is on the disk now, and nobody who asks notices."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import rfc8785
from registry_notes import content_digest, note
from scratch_database import scratch_database

from serving import reloading
from serving.reloading import Door
from serving.sockets import bind
from tests.support.made_up_version import MARK
from tests.support.registry_server import ROOT, RegistryServer

API = "/api/v1"


@pytest.fixture
def current(tmp_path: Path) -> Path:
    """A link to a copy of the server, as a release's folder is linked."""
    shutil.copytree(ROOT / "server", tmp_path / "1" / "server")
    link = tmp_path / "current"
    link.symlink_to("1")
    return link


@pytest.fixture
def running(tmp_path: Path, current: Path) -> Iterator[RegistryServer]:
    with (
        scratch_database() as env,
        RegistryServer(
            tmp_path / "data", env=env, arguments=("--workers", "2"), program=current / "server" / "serve.py"
        ) as server,
    ):
        yield server


def release(current: Path, number: int, file: str, more: str) -> None:
    """Put a further version in the place of the current one, as an upgrade does."""
    folder = current.parent / str(number)
    shutil.copytree(current.parent / "1", folder, copy_function=os.link)
    changed = folder / "server" / file
    code = changed.read_text() + more
    changed.unlink()  # it is the same file in all of them
    changed.write_text(code)
    link = current.parent / "next"
    link.symlink_to(folder.name)
    link.rename(current)


def reload(server: RegistryServer) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(server.program), "--reload", "--port", str(server.port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def soon(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
    return found


def listens(process: psutil.Process) -> bool:
    try:
        return any(end.status == psutil.CONN_LISTEN for end in process.net_connections())
    except psutil.NoSuchProcess:  # it has seen off all that it had
        return False


def version(server: RegistryServer) -> str:
    return requests.get(f"{server.url}/health", timeout=20).headers.get("X-Made-Up", "1")


class Askers:
    """Ask again and again over connections that they keep, and count what they got."""

    def __init__(self, server: RegistryServer, count: int = 3) -> None:
        self.answers, self._over = Counter[str](), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=[server.url]) for _ in range(count)]

    def _ask(self, url: str) -> None:
        with requests.Session() as session:
            while not self._over.is_set():
                try:
                    answer = session.get(f"{url}{API}/changes?limit=1", timeout=20)
                    self.answers[f"{answer.status_code} of {answer.headers.get('X-Made-Up', '1')}"] += 1
                except requests.RequestException as error:
                    self.answers[type(error).__name__] += 1
                time.sleep(0.02)

    def __enter__(self) -> Counter[str]:
        for thread in self._threads:
            thread.start()
        return self.answers

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="a server is reloaded on Linux alone")
def test_a_version_that_fails_changes_nothing_and_the_next_one_takes_over_unnoticed(
    running: RegistryServer, current: Path
) -> None:
    assert running.process is not None
    keeper = psutil.Process(running.process.pid)
    (old,) = keeper.children()
    workers = old.children()
    document = note()
    body = rfc8785.dumps(document)
    head = (
        f"PUT {API}/inspections/{document['id']} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        f"Content-Digest: {content_digest(body)}\r\n\r\n"
    )
    silent = requests.Session()
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as phone, Askers(running) as answers:
        release(current, 2, "config/settings.py", "\nraise ValueError('OCOP_MADE_UP is not set')\n")
        told = reload(running)
        assert (told.returncode, told.stdout) == (1, "")
        assert "the one before goes on: ValueError: OCOP_MADE_UP is not set" in told.stderr
        assert keeper.children() == [old]
        assert version(running) == "1"

        # Now, because a request has half a minute to arrive, and a connection may be silent for a minute.
        phone.sendall(head.encode() + body[:100])
        silent.get(f"{running.url}{API}/changes", timeout=20)
        release(current, 3, "config/wsgi.py", MARK.format(number=2))
        told = reload(running)
        assert (told.returncode, told.stderr) == (0, ""), told.stderr
        soon(lambda: not any(listens(worker) for worker in workers))
        assert {version(running) for _ in range(8)} == {"2"}

        # What was under way at the older one is finished by it, and so is the first request on a connection it has.
        phone.sendall(body[100:])
        answer = phone.recv(65536).decode()
        assert answer.startswith("HTTP/1.1 201 ")
        assert "Connection: close" in answer
        last = silent.get(f"{running.url}{API}/changes", timeout=20)
        assert (last.headers.get("Connection"), last.headers.get("X-Made-Up")) == ("close", None)
        soon(lambda: answers["200 of 2"] > 20)
    assert set(answers) == {"200 of 1", "200 of 2"}
    soon(lambda: not old.is_running())
    assert len(keeper.children()) == 1
    log = running.log.read_text()
    assert [log.count(f'"event": "{event}"') for event in ("reload_began", "reload_failed", "reloaded")] == [2, 1, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="a server is reloaded on Linux alone")
def test_a_generation_that_is_killed_is_replaced_and_nobody_else_is_asked_to_reload(running: RegistryServer) -> None:
    assert running.process is not None
    keeper = psutil.Process(running.process.pid)
    (killed,) = keeper.children()
    workers = killed.children()
    killed.kill()
    assert psutil.wait_procs(workers, timeout=20)[1] == []
    soon(lambda: [one for one in keeper.children() if one != killed and len(one.children()) == len(workers)])
    assert version(running) == "1"
    other = RegistryServer(running.data, program=running.program)
    told = reload(other)
    assert told.returncode == 1
    assert told.stderr == f"no server of several workers keeps port {other.port} of this machine\n"


@pytest.mark.skipif(sys.platform != "linux", reason="a server is reloaded on Linux alone")
def test_a_server_starts_though_somebody_has_the_name_by_which_it_would_be_reloaded() -> None:
    sockets = bind("127.0.0.1", 0)
    with sockets[0], Door(sockets), Door(sockets) as second:
        assert not second.is_asked(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="a server is reloaded on Linux alone")
def test_another_user_who_took_the_name_cannot_say_that_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sockets = bind("127.0.0.1", 0)
    with sockets[0], socket.socket(socket.AF_UNIX) as taken:
        port = int(sockets[0].getsockname()[1])
        taken.bind(reloading._name(port))
        ours = os.geteuid()
        if ours == 0:
            os.seteuid(65534)  # whoever begins to listen is who is told
        taken.listen()
        if ours == 0:
            os.seteuid(0)
        else:
            monkeypatch.setattr(os, "geteuid", lambda: ours + 1)
        monkeypatch.setattr(reloading, "_users_on", lambda _: {ours})
        answering = threading.Thread(target=lambda: taken.accept()[0].close())
        answering.start()
        assert reloading.reload(port) == 1
        answering.join()
    assert "answers in the place of the server" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="a server is reloaded on Linux alone")
def test_root_is_answered_by_whoever_listens_on_the_port() -> None:
    sockets = bind("127.0.0.1", 0)
    with sockets[0]:
        sockets[0].listen()
        port = int(sockets[0].getsockname()[1])
        assert reloading._users_on(port) == {os.geteuid()}
    assert reloading._users_on(port) == set()
