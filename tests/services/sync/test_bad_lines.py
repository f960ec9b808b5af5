"""Lines that are slow and are cut again and again: all arrives, and little is sent twice."""

from __future__ import annotations

import os
from pathlib import Path

import requests

from services.accounts.accounts import Accounts
from services.client.line import LEAST, MOST, Line
from services.client.registry import Registry
from services.records.book import RecordBook
from services.records.files import PhotoFolder
from services.records.kind import NOTE
from services.register.catalogue import Catalogue
from services.sync.outbox import send
from services.sync.passes import FetchReport, fetch
from tests.services.conftest import picture
from tests.support.bad_line import BadLine
from tests.support.record_kinds import sign
from tests.support.registry_server import RegistryServer


def test_a_photo_arrives_over_a_slow_line_that_is_cut(
    server: RegistryServer, accounts: Accounts, tmp_path: Path
) -> None:
    book = RecordBook(tmp_path / "device", NOTE, PhotoFolder(tmp_path / "device" / "photos"))
    file = book.files.keep(picture() + os.urandom(100_000))
    sign(book, files=(file,))
    line = BadLine(server.port, rate=120_000, cut_every=60_000)
    registry = Registry(line.url, timeout=(2, 5), deadline=10)
    for _ in range(6):
        if book.outbox():
            send(book, accounts, registry, schemas={"note": (1,)})
    line.close()
    assert book.outbox() == []
    assert line.cuts >= 1
    assert line.up < 1.5 * file.size


def test_a_part_that_takes_longer_than_each_time_out_arrives(
    server: RegistryServer, accounts: Accounts, tmp_path: Path
) -> None:
    book = RecordBook(tmp_path / "device", NOTE, PhotoFolder(tmp_path / "device" / "photos"))
    file = book.files.keep(picture() + os.urandom(30_000))
    record = sign(book, files=(file,))
    Registry(server.url).put_record(record, None)
    line = BadLine(server.port, rate=7_000)
    registry = Registry(line.url, timeout=(2, 2.5), deadline=2.5)
    assert registry.put_file(record, file, book.files.read(file.sha256), None).stored
    line.close()


def test_the_register_arrives_though_each_fetch_is_cut(server: RegistryServer, tmp_path: Path) -> None:
    needed = _snapshot_bytes(server)
    catalogue = Catalogue.open(tmp_path / "catalogue")
    line = BadLine(server.port, rate=300_000, cut_every=int(needed * 0.6), queued=2048)
    for _ in range(3):
        # A new run of the app each time.
        report = fetch(Catalogue.open(tmp_path / "catalogue"), Registry(line.url))
        if report.problem is None:
            break
    line.close()
    catalogue = Catalogue.open(tmp_path / "catalogue")
    assert (report.problem, line.cuts) == (None, 1)
    assert (catalogue.copy.products, catalogue.copy.complete) == (393, True)
    assert line.down < 1.2 * needed
    assert not (tmp_path / "catalogue" / "snapshot.part").exists()


def test_what_a_person_has_recorded_goes_before_the_register(server: RegistryServer, tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue")
    line = BadLine(server.port, rate=200_000, queued=2048)
    left = [True] * 3

    def gives_way() -> bool:
        return catalogue.arriving.size > 0 and bool(left) and left.pop()

    assert fetch(catalogue, Registry(line.url), gives_way=gives_way) == FetchReport(changes=393)
    line.close()
    assert left == []
    assert line.down < 1.3 * _snapshot_bytes(server), "it went on where it had stopped"


def test_bytes_of_another_answer_are_not_put_together(server: RegistryServer, tmp_path: Path) -> None:
    """Whatever wrote the file: what does not fit together is thrown away, and the next fetch begins anew."""
    registry, catalogue = Registry(server.url), Catalogue.open(tmp_path / "catalogue")
    asked = [0]

    def stop() -> bool:
        asked[0] += 1
        return asked[0] > 1

    registry_stopped = fetch(catalogue, registry, cancelled=stop)
    assert registry_stopped.problem == "cancelled"
    part = tmp_path / "catalogue" / "snapshot.part"
    content = part.read_bytes()
    assert catalogue.arriving.size > 1000
    part.write_bytes(content[:-500] + bytes(500))
    report = fetch(Catalogue.open(tmp_path / "catalogue"), registry)
    if report.problem is not None:
        assert report == FetchReport(problem="not_the_registry")
        report = fetch(Catalogue.open(tmp_path / "catalogue"), registry)
    assert report.problem is None
    assert Catalogue.open(tmp_path / "catalogue").copy.products == 393


def test_parts_fit_the_line() -> None:
    line = Line()
    assert line.part() == LEAST, "nothing is known"
    for _ in range(6):
        line.carried(line.part(), 0.1)
    assert line.part() == MOST, "it is fast, and was not cut"
    line.cut()
    assert LEAST < line.part() < MOST, "an eighth of what passed between two cuts"
    for _ in range(9):
        line.carried(LEAST, 16)
    assert line.part() == LEAST, "what takes ten seconds"
    fast = Line()
    fast.carried(100 * MOST, 1)
    fast.too_large(MOST)
    assert fast.part() == MOST // 2


def _snapshot_bytes(server: RegistryServer) -> int:
    with requests.get(f"{server.url}/api/v1/snapshot", stream=True, timeout=20) as answer:
        return len(answer.raw.read(decode_content=False))
