"""Where threads are stuck, a server answers at once to what would have to wait behind them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from serving import crowding
from serving.crowding import Crowded, Crowding, is_crowded

STUCK, YOUNG = 0.0, 9.0
NOW = 10.0


@pytest.mark.parametrize(
    ("reads", "writes", "young", "refuses_reads", "refuses_writes"),
    [
        (0, 0, 8, False, False),  # quick requests may take all threads
        (0, 3, 4, False, False),
        (0, 4, 0, False, True),  # reading goes on
        (0, 4, 2, False, True),
        (0, 4, 4, True, True),
        (4, 0, 3, False, False),
        (8, 0, 0, True, True),
    ],
)
def test_who_is_refused(reads: int, writes: int, young: int, refuses_reads: bool, refuses_writes: bool) -> None:
    begun = [(STUCK, False)] * reads + [(STUCK, True)] * writes + [(YOUNG, True)] * young
    assert is_crowded(begun, NOW, 8, changes=False) is refuses_reads
    assert is_crowded(begun, NOW, 8, changes=True) is refuses_writes


def test_stuck_threads_are_counted_until_they_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "STUCK_SECONDS", 0.0)
    monkeypatch.setattr(crowding, "threads", 4)
    let_go, arrived = threading.Event(), threading.Semaphore(0)

    def view(_: Any) -> HttpResponse:
        arrived.release()
        assert let_go.wait(20)
        return HttpResponse()

    crowd, make = Crowding(view), RequestFactory()
    with ThreadPoolExecutor(3) as pool:
        stuck = [pool.submit(crowd, make.put("/")) for _ in range(2)]
        for _ in stuck:
            assert arrived.acquire(timeout=20)
        with pytest.raises(Crowded):
            crowd(make.put("/"))
        monkeypatch.setattr(crowding, "STUCK_SECONDS", 60.0)
        monkeypatch.setattr(crowding, "threads", 2)
        waiting = pool.submit(crowd, make.put("/"))  # for its turn
        let_go.set()
        assert waiting.result(20).status_code == 200
        assert crowd(make.get("/")).status_code == 200
    assert crowd(make.put("/")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/changes", "/p/08930000000019"])
def test_who_is_refused_is_told_when_to_try_again(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "is_crowded", lambda *_, **__: True)
    answer = Client(raise_request_exception=False).get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert ("unavailable" if path.startswith("/api/") else "Máy chủ đang bận") in answer.content.decode()
    assert Client().get("/health").status_code == 200
