"""Pictures from the real server, and an inspector's labels in advance."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.client.registry import Registry
from services.client.transport import Unreachable
from services.register.catalogue import Catalogue
from services.register.pictures import Pictures, is_webp
from services.sync.connection import Connection
from services.sync.passes import fetch
from services.sync.pictures import LABEL_WIDTH, fetch_labels, fetch_picture
from services.workspace import Workspace
from tests.services.conftest import INSPECTOR, KEY, product, until
from tests.services.register.test_catalogue import apply
from tests.services.register.test_device_pictures import A, B, C, Server, webp
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer, captive_portal

LABELS = {1: A, 2: B, 3: C}
DATE = {"Date": "Mon, 23 Nov 2026 08:00:00 GMT"}
Strangers = Callable[[Callable[[str, str], Answer]], Registry]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Three products with labels; only the last one is of Đầm Hà."""
    catalogue = Catalogue.open(tmp_path / "catalogue")
    place = {"code": "dam-ha", "name": "Đầm Hà"}
    for n, sha256 in LABELS.items():
        shown = [{"sha256": sha256, "shows": shows, "width": 9, "height": 9} for shows in ("label",)]
        fields = {"former_unit": place, "commune": None} if n == 3 else {}
        apply(catalogue, {"op": "upsert", "product": product(n, pictures=shown, **fields)}, cursor=str(n))
    return catalogue


@pytest.fixture
def giving() -> Server:
    server = Server()
    server.has[C] = webp(colour="blue")
    return server


def opened(folder: Path, catalogue: Catalogue, giving: Server) -> Pictures:
    return Pictures(folder / "pictures", giving.fetch, catalogue.pictures)


def yes() -> bool:
    return True


def test_every_label_is_fetched_once_those_of_a_near_place_first(
    tmp_path: Path, catalogue: Catalogue, giving: Server
) -> None:
    pictures, told = opened(tmp_path, catalogue, giving), []
    report = fetch_labels(
        catalogue, pictures, allowed=yes, looked_at=[product(3)["gtin"]], progress=lambda *done: told.append(done)
    )
    assert (report.fetched, report.problem) == (3, None)
    assert giving.asked == [(sha256, LABEL_WIDTH) for sha256 in (C, A, B)]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    again = opened(tmp_path, catalogue, giving)
    assert fetch_labels(catalogue, again, allowed=yes).fetched == 0
    assert (len(again.ahead), len(giving.asked)) == (3, 3)


def test_a_pass_that_ended_early_goes_on_where_it_was(tmp_path: Path, catalogue: Catalogue, giving: Server) -> None:
    pictures, on_wifi = opened(tmp_path, catalogue, giving), True

    def leave() -> None:
        nonlocal on_wifi
        on_wifi = len(giving.asked) < 2

    giving.before = leave
    assert fetch_labels(catalogue, pictures, allowed=lambda: on_wifi).fetched == 2
    assert fetch_labels(catalogue, pictures, allowed=lambda: on_wifi).fetched == 0
    on_wifi, giving.before = True, lambda: None
    assert fetch_labels(catalogue, pictures, allowed=lambda: on_wifi).fetched == 1
    assert [sha256 for sha256, _width in giving.asked] == [A, B, C]


def test_the_labels_stop_at_their_bound(tmp_path: Path, catalogue: Catalogue, giving: Server) -> None:
    pictures = opened(tmp_path, catalogue, giving)
    pictures.ahead.most = len(giving.has[A]) + 1
    assert fetch_labels(catalogue, pictures, allowed=yes).problem is None
    assert (len(pictures.ahead), len(giving.asked)) == (1, 2)


def test_a_label_that_somebody_has_seen_is_not_fetched_again(
    tmp_path: Path, catalogue: Catalogue, giving: Server
) -> None:
    pictures = opened(tmp_path, catalogue, giving)
    pictures.picture(A, LABEL_WIDTH)
    fetch_labels(catalogue, pictures, allowed=yes)
    assert len(giving.asked) == 3
    assert (len(pictures.seen), len(pictures.ahead)) == (0, 3)


def test_a_failure_is_told_and_leaves_what_has_come(tmp_path: Path, catalogue: Catalogue, giving: Server) -> None:
    def break_off() -> None:
        if len(giving.asked) == 2:
            raise Unreachable("no_connection", retry_after=7)

    giving.before = break_off
    pictures = opened(tmp_path, catalogue, giving)
    report = fetch_labels(catalogue, pictures, allowed=yes)
    assert (report.fetched, report.problem, report.retry_after) == (1, "no_connection", 7)
    assert len(pictures.ahead) == 1


def test_a_label_that_cannot_be_had_does_not_keep_the_next_from_coming(
    tmp_path: Path, catalogue: Catalogue, giving: Server
) -> None:
    def break_one() -> None:
        if giving.asked[-1][0] == A:
            raise Unreachable("not_the_registry")

    giving.before = break_one
    pictures = opened(tmp_path, catalogue, giving)
    report = fetch_labels(catalogue, pictures, allowed=yes)
    assert (report.fetched, report.problem, len(pictures.ahead)) == (2, "not_the_registry", 2)


def test_a_picture_waits_for_what_a_person_has_recorded(stranger: Strangers) -> None:
    registry = stranger(lambda method, path: (200, DATE, webp()))
    sending = threading.Event()
    sending.set()
    found: list[bytes | None] = []

    def bring() -> None:
        found.append(fetch_picture(registry, A, 160, cancelled=lambda: False, gives_way=sending.is_set))

    thread = threading.Thread(target=bring)
    thread.start()
    thread.join(0.2)
    assert not found
    sending.clear()
    thread.join(5)
    assert found == [webp()]
    with pytest.raises(Unreachable, match="cancelled"):
        fetch_picture(registry, A, 160, cancelled=yes, gives_way=lambda: False)


@pytest.mark.parametrize(
    "answer",
    [
        (200, DATE, webp(161, 9)),
        (200, DATE, webp()[:-30]),
        (200, DATE, b""),
        (404, DATE, b"<html>"),
        captive_portal("GET", "/"),
        (200, DATE, b"RIFF" + b"x" * 200_000),
        (302, {"Location": "https://evil.example/"}, b""),
        (500, DATE, b""),
    ],
)
def test_what_is_no_such_picture_is_not_believed(stranger: Strangers, answer: Answer) -> None:
    registry = stranger(lambda method, path: answer)
    with pytest.raises(Unreachable):
        registry.picture(A, 160)
    assert registry.clock_offset is None


def test_a_caches_old_answer_does_not_set_the_clock(stranger: Strangers) -> None:
    registry = stranger(lambda method, path: (200, DATE, webp()))
    assert registry.picture(A, 160) == webp()
    assert registry.clock_offset is None


def test_the_real_server_gives_the_pictures_that_it_names(tmp_path: Path, server: RegistryServer) -> None:
    registry = Registry(server.url)
    catalogue = Catalogue.open(tmp_path)
    fetch(catalogue, registry)
    labels = catalogue.labels()
    assert len(labels) > 300
    _first, label = labels[0]
    small, large = (registry.picture(label, width) for width in (160, 640))
    assert small
    assert large
    assert len(small) < len(large)
    assert not is_webp(large, 160)
    assert registry.picture("0" * 64, 160) is None
    registry.close()


def test_an_inspectors_device_fetches_labels_on_wifi_alone(tmp_path: Path, server: RegistryServer) -> None:
    workspace = Workspace.open(tmp_path, server=server.url)
    try:
        device = workspace.device("local")
        device.accounts.unlock(KEY)
        assert until(lambda: workspace.catalogue.copy.complete)
        device.connected(Connection.UNMETERED)
        assert not device.wants_labels, "nobody is signed in"
        device.sign_in(*INSPECTOR)
        assert until(lambda: len(workspace.pictures.ahead) > 1)
        device.connected(Connection.METERED)
        assert until(lambda: not workspace.labels.status.running)
        held = len(workspace.pictures.ahead)
        assert held < len(workspace.catalogue.labels())
        assert not until(lambda: len(workspace.pictures.ahead) > held, 0.2)
        device.connected(Connection.UNMETERED)
        assert until(lambda: len(workspace.pictures.ahead) > held)
        device.settings.change(labels_ahead=False)
        assert until(lambda: not workspace.labels.status.running)
    finally:
        workspace.close()
