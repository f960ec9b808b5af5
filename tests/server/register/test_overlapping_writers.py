"""Writers that overlap never hide a change from a device that follows the cursor."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import rfc8785
from django.db import connection, connections, transaction
from django.test import Client
from registry_notes import TODAY, note, sha256

from accounts import sessions
from accounts.models import User
from inspections.kind import NOTE
from inspections.note import Note
from records.receiving import receive
from register import sample
from register.management.commands.sample_register import write
from register.models import Product

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer at a time; set DATABASE_URL to a PostgreSQL"
    ),
]


@pytest.fixture
def products() -> Iterator[list[Product]]:
    with transaction.atomic():
        write(sample.build(sample.SEED, TODAY, products=20, producers=8))
    yield list(Product.objects.order_by("gtin"))
    connections.close_all()


def follow(cursor: str) -> tuple[list[str], str]:
    """What a device reads after `cursor`."""
    answer = Client().get("/api/v1/changes", {"cursor": cursor}).json()
    return [change["product"]["name"] for change in answer["changes"]], answer["next_cursor"]


def rename(product: Product, name: str, while_open: Callable[[], object] = lambda: None) -> None:
    """Rename in one transaction that stays open while `while_open` runs."""
    try:
        with transaction.atomic():
            product.name = name
            product.save()
            while_open()
    finally:
        connections.close_all()


def test_a_writer_that_commits_late_is_not_skipped(products: list[Product]) -> None:
    """The first writer takes its cursor first and commits last; a device reads in between."""
    _, cursor = follow("0")
    has_cursor, may_commit = threading.Event(), threading.Event()

    def hold() -> None:
        has_cursor.set()
        assert may_commit.wait(20)

    first = threading.Thread(target=rename, args=(products[0], "Tên thứ nhất", hold))
    second = threading.Thread(target=rename, args=(products[1], "Tên thứ hai"))
    first.start()
    assert has_cursor.wait(20)
    second.start()
    second.join(1)
    seen, cursor = follow(cursor)
    may_commit.set()
    first.join(20)
    second.join(20)
    later, _ = follow(cursor)
    assert sorted(seen + later) == ["Tên thứ hai", "Tên thứ nhất"]


def test_a_device_that_follows_many_writers_misses_nothing(products: list[Product]) -> None:
    done = threading.Event()
    seen: dict[str, str] = {}

    def read() -> None:
        cursor, last = "0", False
        try:
            while True:
                answer = Client().get("/api/v1/changes", {"cursor": cursor, "limit": "5"}).json()
                seen.update({c["product"]["gtin"]: c["product"]["name"] for c in answer["changes"]})
                cursor = answer["next_cursor"]
                if last and not answer["more"]:
                    return
                last = done.is_set()
        finally:
            connections.close_all()

    def edit(worker: int) -> None:
        rng = random.Random(worker)
        for turn in range(25):
            product = Product.objects.get(pk=rng.choice(products).pk)
            rename(product, f"Lần {turn} của {worker}", lambda: time.sleep(rng.random() / 200))

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(edit, range(6)))
    done.set()
    reader.join(60)
    assert seen == dict(Product.objects.values_list("gtin", "name"))


def test_a_note_that_commits_late_is_not_skipped(products: list[Product]) -> None:
    """The same for what an account has sent: the first note is stored first and committed last."""
    owner = User.objects.get(username="kiemtra01")
    has_cursor, may_commit = threading.Event(), threading.Event()
    documents = [note(account="kiemtra01") for _ in range(2)]

    def send(document: dict[str, Any], while_open: Callable[[], object]) -> None:
        body = rfc8785.dumps(document)
        try:
            with transaction.atomic():
                receive(NOTE, Note.model_validate(document), body, sha256(body), owner)
                while_open()
        finally:
            connections.close_all()

    def hold() -> None:
        has_cursor.set()
        assert may_commit.wait(20)

    first = threading.Thread(target=send, args=(documents[0], hold))
    second = threading.Thread(target=send, args=(documents[1], lambda: None))
    phone = sessions.sign_in(owner, uuid.uuid4())

    def listed(since: str) -> tuple[list[str], str]:
        answer = (
            Client()
            .get("/api/v1/inspections", {"since": since}, headers={"Authorization": f"Bearer {phone.access}"})
            .json()
        )
        return [entry["id"] for entry in answer["inspections"]], answer["next_cursor"]

    first.start()
    assert has_cursor.wait(20)
    second.start()
    second.join(1)
    seen, cursor = listed("")
    may_commit.set()
    first.join(20)
    second.join(20)
    later, _ = listed(cursor)
    assert sorted(seen + later) == sorted(document["id"] for document in documents)


def test_overlapping_deletes_and_edits_do_not_deadlock(products: list[Product]) -> None:
    """Both take the clock before any row, so one waits for the other."""

    def delete(product: Product) -> None:
        try:
            product.delete()
        finally:
            connections.close_all()

    def edit_two(pair: tuple[Product, Product]) -> None:
        try:
            with transaction.atomic():
                for product in pair:
                    product.name += " (sửa)"
                    product.save()
        finally:
            connections.close_all()

    forward, backward = (products[0], products[1]), (products[1], products[0])
    with ThreadPoolExecutor(6) as pool:
        edits = [pool.submit(edit_two, pair) for pair in (forward, backward) * 10]
        deletes = [pool.submit(delete, product) for product in products[2:12]]
        for future in (*edits, *deletes):
            future.result(60)
    answer = Client().get("/api/v1/changes").json()["changes"]
    assert {change["gtin"] for change in answer if change["op"] == "delete"} == {p.gtin for p in products[2:12]}
