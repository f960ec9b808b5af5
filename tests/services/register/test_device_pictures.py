"""The device's pictures: one fetch each, within a bound, checked, and gone with the product that showed them."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from services.register.catalogue import Catalogue
from services.register.pictures import Cancelled, NotWanted, Pictures, is_webp
from services.register.shelf import Shelf
from tests.services.conftest import product
from tests.services.register.test_catalogue import apply

A, B, C = "a1" * 32, "b2" * 32, "c3" * 32


def webp(width: int = 160, height: int = 120, colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "WEBP")
    return target.getvalue()


class Server:
    """Gives every picture that it has, and counts what it was asked for."""

    def __init__(self) -> None:
        self.has = {A: webp(colour="red"), B: webp(colour="green")}
        self.asked: list[tuple[str, int]] = []
        self.named: dict[str, int] = {A: 1, B: 2, C: 3}
        self.before: Callable[[], object] = lambda: None

    def fetch(self, sha256: str, width: int, cancelled: Cancelled) -> bytes | None:
        self.asked.append((sha256, width))
        self.before()
        return self.has.get(sha256)


@pytest.fixture
def server() -> Server:
    return Server()


def opened(folder: Path, server: Server) -> Pictures:
    return Pictures(folder, server.fetch, lambda: server.named)


def test_a_picture_is_fetched_once_and_then_comes_from_the_disk(tmp_path: Path, server: Server) -> None:
    pictures = opened(tmp_path, server)
    assert pictures.kept(A, 160) is None
    assert pictures.picture(A, 160) == pictures.picture(A, 160) == server.has[A]
    again = opened(tmp_path, server)
    assert again.kept(A, 160) == server.has[A]
    assert again.seen.size == len(server.has[A])
    assert server.asked == [(A, 160)]


def test_however_many_ask_at_once_it_is_fetched_once(tmp_path: Path, server: Server) -> None:
    pictures, here, on = opened(tmp_path, server), threading.Event(), threading.Event()
    server.before = lambda: (here.set(), on.wait(5))
    asks = [pictures.ask(A, 640)]
    assert here.wait(5)
    asks += [pictures.ask(A, 640), pictures.ask(A, 640)]
    left = threading.Event()
    left.set()
    with pytest.raises(NotWanted):  # who does not wait any more is let go while the fetch goes on
        pictures.picture(A, 640, cancelled=left.is_set)
    on.set()
    assert [ask.result(5) for ask in asks] == [server.has[A]] * 3
    assert server.asked == [(A, 640)]


def test_after_a_slow_failure_nothing_is_asked_for_a_moment(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        time.sleep(0.02)
        raise ConnectionError

    monkeypatch.setattr("services.register.pictures._SLOW", 0.01)

    pictures = opened(tmp_path, server)
    server.before = fail
    for sha256 in (A, B, A):
        with pytest.raises(ConnectionError):
            pictures.picture(sha256, 160)
    assert server.asked == [(A, 160)]
    assert pictures.kept(A, 160) is None


def test_what_the_register_has_not_is_not_asked_for_again_until_the_product_changes(
    tmp_path: Path, server: Server
) -> None:
    for pictures in (opened(tmp_path, server), opened(tmp_path, server)):
        assert pictures.picture(C, 640) is None
        pictures.follow_register()
    assert server.asked == [(C, 640)]
    server.named[C] = 4
    server.has[C] = webp()
    pictures.follow_register()
    assert opened(tmp_path, server).picture(C, 640) == server.has[C]


def test_a_picture_that_a_restored_register_gets_back_comes_after_a_day(tmp_path: Path, server: Server) -> None:
    pictures = opened(tmp_path, server)
    assert pictures.picture(C, 160) is None
    server.has[C] = webp()
    assert opened(tmp_path, server).picture(C, 160) is None
    (marker,) = (tmp_path / "none").iterdir()
    yesterday = time.time() - 25 * 3600
    os.utime(marker, (yesterday, yesterday))
    assert opened(tmp_path, server).picture(C, 160) == server.has[C]
    assert server.asked == [(C, 160)] * 2


def test_a_damaged_file_is_fetched_again(tmp_path: Path, server: Server) -> None:
    opened(tmp_path, server).picture(A, 160)
    (file,) = (tmp_path / "seen").iterdir()
    file.write_bytes(server.has[A][:-9] + b"damaged!!")
    pictures = opened(tmp_path, server)
    assert pictures.kept(A, 160) is None
    assert pictures.seen.size == 0
    assert pictures.picture(A, 160) == server.has[A]
    assert len(server.asked) == 2


def test_pictures_go_with_the_product_that_showed_them(tmp_path: Path, server: Server) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue")

    def named(n: int, sha256: str) -> dict[str, object]:
        shown = [{"sha256": sha256, "shows": "label", "width": 9, "height": 9}]
        return {"op": "upsert", "product": product(n, pictures=shown)}

    apply(catalogue, named(1, A), named(2, B), named(3, C))
    assert catalogue.pictures().keys() == {A, B, C}
    assert [(each.gtin[-1], label[:2]) for each, label in catalogue.labels()] == [("1", "a1"), ("2", "b2"), ("3", "c3")]
    pictures = Pictures(tmp_path / "pictures", server.fetch, catalogue.pictures)
    pictures.picture(A, 160)
    pictures.picture(A, 640, ahead=True)
    pictures.picture(B, 160)
    before = catalogue.pictures()[B]
    apply(catalogue, {"op": "delete", "gtin": product(1)["gtin"]}, cursor="2")
    pictures.follow_register()
    assert (len(pictures.seen), len(pictures.ahead)) == (1, 0)
    assert catalogue.pictures()[B] == before
    assert pictures.kept(B, 160)


def test_another_width_stands_in_where_this_one_cannot_be_had(tmp_path: Path, server: Server) -> None:
    pictures = opened(tmp_path, server)
    pictures.picture(A, 640, ahead=True)
    assert pictures.at_hand(A, 160) == server.has[A]
    assert pictures.at_hand(A, 1600) is None
    assert pictures.at_hand(A, 1600, smaller=True) == server.has[A]


@pytest.mark.parametrize(("sha256", "width"), [("../" * 21 + "x", 160), (A.upper(), 160), (A, 161), (A, 0)])
def test_what_names_no_picture_touches_no_file(tmp_path: Path, server: Server, sha256: str, width: int) -> None:
    with pytest.raises(ValueError, match="names no picture"):
        opened(tmp_path, server).picture(sha256, width)
    assert server.asked == []


def test_what_was_used_least_recently_goes_first(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 100)
    for name in "abc":
        shelf.keep((name * 64, 160), name.encode() * 30)
        time.sleep(0.002)
    shelf.read(("a" * 64, 160))
    shelf.keep(("d" * 64, 160), b"d" * 40)
    assert [shelf.read((name * 64, 160)) is not None for name in "abcd"] == [True, False, True, True]
    assert not shelf.keep(("e" * 64, 160), b"e" * 101)
    again = Shelf(tmp_path, 100)
    assert (len(again), again.size) == (3, 100)
    again.limit(45)
    assert [(name * 64, 160) in again for name in "acd"] == [False, False, True]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == again.size == 40


def test_a_picture_that_is_kept_anew_counts_once(tmp_path: Path) -> None:
    shelf, key = Shelf(tmp_path, 100), ("a" * 64, 160)
    for content in (b"x" * 30, b"x" * 30, b"y" * 20):
        shelf.keep(key, content)
    assert (shelf.size, len(list(tmp_path.iterdir())), shelf.read(key)) == (20, 1, b"y" * 20)


def test_what_an_interrupted_write_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"{A}-160-00000000.1.tmp").write_bytes(b"half")
    (tmp_path / "somebody-elses.txt").write_bytes(b"x")
    assert len(Shelf(tmp_path, 100)) == 0
    assert os.listdir(tmp_path) == ["somebody-elses.txt"]  # noqa: PTH208


def test_only_a_whole_picture_of_the_width_is_one() -> None:
    assert is_webp(webp(160, 160), 160)
    assert is_webp(webp(20, 9), 160)
    assert not is_webp(webp(161, 20), 160)
    assert not is_webp(webp(20, 161), 160)
    assert not is_webp(webp(160, 160)[:-20], 160)
    assert not is_webp(b"<html>", 160)
    assert not is_webp(b"", 160)
    frames, target = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green")], io.BytesIO()
    frames[0].save(target, "PNG")
    assert not is_webp(target.getvalue(), 160)
    frames[0].save(target := io.BytesIO(), "WEBP", save_all=True, append_images=frames[1:])
    assert not is_webp(target.getvalue(), 160)
