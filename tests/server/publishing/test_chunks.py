"""A snapshot that is put together from chunks of the one before is byte for byte the one that is made of everything."""

from __future__ import annotations

import errno
import os
import random
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from registry_notes import TODAY

from publishing import chunks, kept_answers, snapshot
from register import sample
from register.clock import ClockMark
from register.management.commands.sample_register import write
from register.models import Certificate, Locality, Producer, Product, Shop


@pytest.fixture
def register(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(chunks, "MEAN", 4)
    with transaction.atomic():
        write(sample.build(sample.SEED, TODAY, products=60, producers=12))


@pytest.fixture
def all_read(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time that all products are read."""
    read: list[bool] = []

    def noted() -> Any:
        read.append(True)
        return chunks.product_documents()

    monkeypatch.setattr(snapshot, "product_documents", noted)
    return read


def _answer() -> bytes:
    return snapshot.snapshot(snapshot.RegisterState.now())[1]


def _anew() -> bytes:
    shutil.rmtree(kept_answers._folder())
    return _answer()


def _free_gtin(begins: bool) -> str:
    """A GTIN of no product, in the midst of those that are there, which begins a chunk or does not."""
    there = list(Product.objects.order_by("gtin").values_list("gtin", flat=True))
    middle = int(there[len(there) // 2][:13])
    bodies = (f"{middle + n:013}" for n in range(1, 500))
    gtins = (f"{body}{-sum(int(d) * (3, 1)[n % 2] for n, d in enumerate(body)) % 10}" for body in bodies)
    return next(gtin for gtin in gtins if gtin not in there and chunks.begins_chunk(gtin) is begins)


def _new(begins: bool) -> None:
    pattern = Product.objects.order_by("gtin")[20]
    pattern.pk, pattern.gtin = None, _free_gtin(begins)
    pattern.save(force_insert=True)


def _first_of_a_chunk() -> Product:
    return [product for product in Product.objects.order_by("gtin") if chunks.begins_chunk(product.gtin)][1]


def _renamed(product: Product | Producer) -> None:
    product.name += " mới"
    product.save()


def _ended(place: Locality | None) -> None:
    assert place is not None
    place.name += " cũ"
    place.save()


CHANGES: dict[str, Callable[[], object]] = {
    "a product": lambda: _renamed(Product.objects.order_by("gtin")[30]),
    "the first of a chunk": lambda: _renamed(_first_of_a_chunk()),
    "the first product goes": lambda: Product.objects.order_by("gtin")[0].delete(),
    "the last product goes": lambda: Product.objects.order_by("-gtin")[0].delete(),
    "the first of a chunk goes": lambda: _first_of_a_chunk().delete(),
    "one comes into a chunk": lambda: _new(begins=False),
    "one comes that begins a chunk": lambda: _new(begins=True),
    "a producer": lambda: _renamed(Producer.objects.order_by("pk")[3]),
    "a shop": lambda: Shop.objects.create(producer=Producer.objects.order_by("pk")[5], name="Quầy", position=1),
    "a certificate goes": lambda: Certificate.objects.order_by("pk")[9].delete(),
    "a commune": lambda: _ended(Product.objects.exclude(commune=None).order_by("gtin")[11].commune),
}


@pytest.mark.django_db
@pytest.mark.usefixtures("register")
def test_whatever_changes(all_read: list[bool]) -> None:
    _answer()
    chance = random.Random(952)
    for name in [*CHANGES, *chance.choices(list(CHANGES), k=12)]:
        before = len(all_read)
        CHANGES[name]()
        answer = _answer()
        assert len(all_read) == before, f"{name}: everything was read"
        assert answer == _anew(), name


@pytest.mark.django_db
@pytest.mark.usefixtures("register")
def test_all_is_made_anew_where_the_last_answer_is_of_another_course_or_damaged_or_much_has_changed(
    all_read: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer()
    _renamed(Product.objects.order_by("gtin")[1])
    ClockMark.objects.update(mark="0" * 16)  # as after a backup was restored
    answer = _answer()
    assert len(all_read) == 2
    for path in kept_answers._folder().glob("*.json.gz"):
        path.write_bytes(path.read_bytes()[:-20])
    _renamed(Product.objects.order_by("gtin")[1])
    answer = _answer()
    assert len(all_read) == 3
    assert b"m\xe1\xbb\x9bi m\xe1\xbb\x9bi" in zlib.decompress(answer, 31)
    monkeypatch.setattr(chunks, "MOST_ANEW", 0)
    _renamed(Product.objects.order_by("gtin")[1])
    assert (_answer() == _anew(), len(all_read)) == (True, 5)


@pytest.mark.django_db
@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("ending", [kept_answers._ANSWER, kept_answers._LIST])
def test_a_kept_file_that_is_damaged_or_gone_is_made_again(all_read: list[bool], ending: str) -> None:
    answer = _answer()
    (path,) = kept_answers._folder().glob(f"*{ending}")
    content = path.read_bytes()
    for times, damage in enumerate((content[:-1], content[:-9] + b"5" + content[-8:], b"", None), start=2):
        path.write_bytes(damage) if damage is not None else path.unlink()
        assert (_answer(), len(all_read)) == (answer, times)
        assert path.read_bytes() == content


@pytest.mark.django_db
@pytest.mark.usefixtures("register")
def test_a_full_disk_keeps_no_piece_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as disk:
        disk.setattr(kept_answers.os, "fsync", full)
        answer = _answer()
    assert list(kept_answers._folder().iterdir()) == []
    killed = kept_answers._folder() / "0123.tmp"
    killed.write_bytes(b"a piece")
    os.utime(killed, (0, 0))
    assert _answer() == answer
    assert not killed.exists()
