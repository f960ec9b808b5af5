from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.checklists.document import bundled, read
from services.client.registry import Registry
from services.register.arriving import Whose
from services.register.catalogue import Catalogue
from services.sync.passes import FetchReport, fetch
from tests.services.conftest import change_register, product
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer, captive_portal

Stranger = Callable[[Callable[[str, str], Answer]], Registry]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue.open(tmp_path / "catalogue")


def test_the_first_fetch_brings_the_whole_register(catalogue: Catalogue, registry: Registry) -> None:
    seen: list[tuple[int, int]] = []
    assert fetch(catalogue, registry, progress=lambda *at: seen.append(at)) == FetchReport(changes=393)
    copy = catalogue.copy
    assert (copy.products, copy.complete, copy.source, copy.sample) == (393, True, registry.url, True)
    assert seen[-1] == (393, 393)
    earlier = copy.as_of
    assert fetch(catalogue, registry) == FetchReport(changes=0)
    assert earlier
    assert catalogue.copy.as_of
    assert catalogue.copy.as_of >= earlier
    assert len(catalogue.search("", limit=1000)) == 393


def test_the_sample_register_has_the_apps_own_checklist(catalogue: Catalogue, registry: Registry) -> None:
    fetch(catalogue, registry)
    (version,) = catalogue.register.checklists
    content = registry.checklist(version.sha256)
    assert content == bundled()
    assert read(bundled()).sha256 == version.sha256
    assert registry.checklist("0" * 64) is None


def test_later_fetches_bring_what_changed(catalogue: Catalogue, tmp_path: Path) -> None:
    with RegistryServer(tmp_path / "registry") as server:
        registry = Registry(server.url)
        fetch(catalogue, registry)
        renamed, gone = (found.gtin for found in catalogue.search("", limit=2))
        change_register(
            server,
            "from register.models import Product\n"
            f"p = Product.objects.get(gtin='{renamed}'); p.name = 'Tên mới'; p.save()\n"
            f"Product.objects.get(gtin='{gone}').delete()\n",
        )
        assert fetch(catalogue, registry) == FetchReport(changes=2)
        found = catalogue.product(renamed)
        assert found
        assert found.name == "Tên mới"
        assert catalogue.product(gone) is None
        assert (catalogue.copy.products, catalogue.copy.complete) == (392, True)


def test_a_cursor_that_is_too_old_brings_the_snapshot(catalogue: Catalogue, registry: Registry) -> None:
    register = {"name": "x", "sample": True, "products": 1}
    snapshot = registry.snapshot()
    assert snapshot
    catalogue.replace_all([product(1)], "99999999", register, snapshot.as_of, source=registry.url)
    assert fetch(catalogue, registry) == FetchReport(changes=393)
    assert catalogue.product("9520000000001") is None
    assert catalogue.copy.products == 393


def test_another_servers_copy_stays_until_the_new_one_is_there(
    catalogue: Catalogue, registry: Registry, stranger: Stranger
) -> None:
    fetch(catalogue, registry)
    portal = stranger(captive_portal)
    assert fetch(catalogue, portal) == FetchReport(problem="not_the_registry")
    assert (catalogue.copy.products, catalogue.copy.source) == (393, registry.url)
    pages: list[str] = []

    def other(method: str, path: str) -> Answer:
        pages.append(path)
        register = {"name": "Other", "sample": False, "products": 1}
        body = {"products": [product(1)], "next_cursor": "5", "register": register}
        return 200, {}, json.dumps(body).encode()

    assert fetch(catalogue, stranger(other)) == FetchReport(changes=1)
    assert pages == ["/api/v1/snapshot"]
    assert (catalogue.copy.products, catalogue.copy.register_name) == (1, "Other")


def paged(pages: int, fail_at: int | None = None) -> Callable[[str, str], Answer]:
    """A register of one product a page, which fails on one of its pages."""

    def answer(method: str, path: str) -> Answer:
        register = {"name": "x", "sample": True, "products": pages}
        if "snapshot" in path:
            body = {"products": [], "next_cursor": "0", "register": register | {"products": 0}}
            return 200, {}, json.dumps(body).encode()
        n = int(path.split("cursor=")[1]) + 1
        if n == fail_at:
            return 503, {"Retry-After": "7"}, b""
        changes = [{"op": "upsert", "product": product(n)}]
        body = {"changes": changes, "next_cursor": str(n), "more": n < pages, "register": register}
        return 200, {}, json.dumps(body).encode()

    return answer


def test_pages_that_arrived_stay_when_a_later_one_fails(catalogue: Catalogue, stranger: Stranger) -> None:
    registry = stranger(paged(5, fail_at=3))
    fetch(catalogue, registry)
    assert fetch(catalogue, registry) == FetchReport(changes=2, problem="server_error", retry_after=7)
    assert (catalogue.copy.cursor, catalogue.copy.products) == ("2", 2)


def test_fetching_can_be_cancelled_between_pages(catalogue: Catalogue, stranger: Stranger) -> None:
    registry = stranger(paged(5))
    fetch(catalogue, registry)
    report = fetch(catalogue, registry, cancelled=lambda: catalogue.copy.cursor == "2")
    assert report == FetchReport(changes=2, problem="cancelled")
    assert fetch(catalogue, registry) == FetchReport(changes=3)


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (400, {"error": "bad_request", "detail": "No."}, "bad_request"),
        (403, {"error": "not_allowed", "detail": "No."}, "not_allowed"),
        (304, None, "not_the_registry"),
    ],
)
def test_a_server_that_refuses_the_changes_takes_nothing_from_the_copy(
    catalogue: Catalogue, stranger: Stranger, status: int, body: object, problem: str
) -> None:
    refusing = False

    def answer(method: str, path: str) -> Answer:
        if refusing:
            return status, {}, json.dumps(body).encode() if body else b""
        return paged(2)(method, path)

    registry = stranger(answer)
    fetch(catalogue, registry)
    fetch(catalogue, registry)
    refusing = True
    assert fetch(catalogue, registry) == FetchReport(problem=problem)
    assert (catalogue.copy.cursor, catalogue.copy.products) == ("2", 2)


def test_no_register_at_all_is_no_answer_to_who_has_none(catalogue: Catalogue, stranger: Stranger) -> None:
    """304 says "the one you have", and no copy was named in the question."""
    assert fetch(catalogue, stranger(lambda method, path: (304, {}, b""))) == FetchReport(problem="not_the_registry")
    assert (catalogue.copy.as_of, catalogue.copy.products) == (None, 0)


def test_a_copy_that_cannot_be_saved(catalogue: Catalogue, registry: Registry) -> None:
    catalogue.close()
    assert fetch(catalogue, registry) == FetchReport(problem="not_saved")


# A copy is taken whole or not at all


def test_a_truncated_register_is_not_taken_and_a_whole_one_is_fetched_instead(
    catalogue: Catalogue, stranger: Stranger
) -> None:
    register = {"name": "x", "sample": True, "products": 3}
    asked: list[str] = []
    there = {"snapshot": [1, 2, 3]}

    def answer(method: str, path: str) -> Answer:
        asked.append(path.split("/")[-1].partition("?")[0])
        if asked[-1] == "changes":
            page = [{"op": "delete", "gtin": product(2)["gtin"]}]
            body = {"changes": page, "next_cursor": "8-b", "more": False, "register": None}
        else:
            products = [product(n) for n in there["snapshot"]]
            body = {"products": products, "next_cursor": "7-a", "register": register}
        return 200, {}, json.dumps(body).encode()

    registry = stranger(answer)
    there["snapshot"] = [1, 2]
    assert fetch(catalogue, registry) == FetchReport(problem="wrong_count")
    assert (catalogue.copy.products, catalogue.copy.as_of, catalogue.copy.refused) == (0, None, "wrong_count")
    there["snapshot"] = [1, 2, 3]
    assert fetch(catalogue, registry) == FetchReport(changes=3)
    asked.clear()
    assert fetch(catalogue, registry) == FetchReport(changes=3), "a page that does not lead to the number is not taken"
    assert asked == ["changes", "snapshot"]
    there["snapshot"] = []
    assert fetch(catalogue, registry) == FetchReport(problem="wrong_count")
    assert (catalogue.copy.products, catalogue.copy.cursor) == (3, "7-a")


def test_who_must_know_is_told_of_a_restored_database_before_and_once_there_is_a_new_copy(
    catalogue: Catalogue, registry: Registry
) -> None:
    told: list[int] = []
    fetch(catalogue, registry)
    cursor = catalogue.copy.cursor
    assert cursor
    other = f"{cursor.partition('-')[0]}-{'0' * 16}"
    snapshot = registry.snapshot()
    assert snapshot
    catalogue.replace_all([product(1)], other, {"name": "x"}, snapshot.as_of, source=registry.url)

    def tell() -> None:
        told.append(catalogue.copy.products)

    report = fetch(catalogue, registry, when_unknown=tell, when_restored=tell)
    assert (report, told) == (FetchReport(changes=393), [1, 393])
    fetch(catalogue, registry, when_unknown=tell, when_restored=tell)
    assert told == [1, 393]


def test_a_server_that_does_not_know_its_own_cursors_is_not_asked_without_end(
    catalogue: Catalogue, stranger: Stranger
) -> None:
    """As it may be where each snapshot comes in two parts, because notes go first: then changes are asked for."""
    whole = gzip.compress(json.dumps({"products": [], "next_cursor": "7-a", "register": {"name": "x"}}).encode())
    asked: list[str] = []

    def answer(method: str, path: str) -> Answer:
        asked.append(path.split("/")[-1].partition("?")[0])
        if asked[-1] == "changes":
            return 410, {}, json.dumps({"error": "cursor_too_old", "detail": "Start over."}).encode()
        return 200, {}, json.dumps({"products": [], "next_cursor": "7-a", "register": {"name": "x"}}).encode()

    registry = stranger(answer)

    def came_before() -> bool:
        """What an earlier try has left is there whenever the pass looks whether it has its turn."""
        if not catalogue.arriving.size and len(asked) < 20:
            catalogue.arriving.begin(Whose(registry.url, '"1"', len(whole), "2026-11-23T08:00:00+00:00"))
            catalogue.arriving.add(whole)
        return False

    assert fetch(catalogue, registry, gives_way=came_before) == FetchReport(problem="cursor_too_old")
    assert asked == ["changes", "changes"]
