"""A snapshot shows the register at one moment, whoever writes or asks meanwhile."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection, connections, transaction
from registry_notes import TODAY

from publishing import documents, snapshot
from register import sample
from register.management.commands.sample_register import write
from register.models import Product
from tests.support.registry_server import RegistryServer


@pytest.mark.skipif(connection.vendor != "postgresql", reason="tests on SQLite share one connection")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_committed_while_it_is_made_has_a_later_cursor(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    with transaction.atomic():
        write(sample.build(sample.SEED, TODAY, products=20, producers=8))
    product = Product.objects.order_by("gtin")[0]
    name, before = product.name, snapshot.RegisterState.now()

    def rename() -> None:
        product.name = "Tên mới"
        product.save()
        connections.close_all()

    def interrupted() -> Iterator[dict[str, Any]]:
        writer = threading.Thread(target=rename)
        writer.start()
        writer.join(20)
        assert not writer.is_alive(), "making a snapshot keeps a writer waiting"
        return documents.product_documents()

    monkeypatch.setattr(snapshot, "product_documents", interrupted)
    state, answer = snapshot.snapshot(snapshot.RegisterState.now())
    document = json.loads(zlib.decompress(answer, 31))
    assert document["products"][0]["name"] == name
    assert (document["next_cursor"], state.clock) == (before.cursor, before.clock)
    assert snapshot.RegisterState.now().clock == before.clock + 1


def test_many_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    with RegistryServer(tmp_path / "registry") as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(requests.get, [f"{server.url}/api/v1/snapshot"] * 8))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert len(answers[0].json()["products"]) == 393
        assert len(list((tmp_path / "registry" / "snapshots").glob("*.json.gz"))) == 1
        etag = {"If-None-Match": answers[0].headers["ETag"]}
        assert requests.get(f"{server.url}/api/v1/snapshot", headers=etag, timeout=20).status_code == 304
