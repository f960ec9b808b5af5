"""GET /changes and GET /snapshot."""

from __future__ import annotations

import gzip
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from registry_notes import error_of

from api import register_calls
from api.schemas import Changes, ProductOut, Snapshot
from publishing import kept_answers
from records.kinds import schemas
from register.clock import RegisterClock
from register.description import Register, settle
from register.models import Certificate, Locality, PackCode, Producer, Product, ProductChange, record_products
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> None:
    """Snapshots of one test stay in its folder."""
    settings.DATA_DIR = tmp_path


def get(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/changes", query)
    assert answer.status_code == 200, answer.content
    document: dict[str, Any] = answer.json()
    assert Changes.model_validate(document).model_dump(mode="json", by_alias=True) == document
    return document


def follow(client: Client, limit: int = 7, cursor: str | None = None) -> tuple[dict[str, Any], str]:
    """Read all pages as a device does: its copy by GTIN, and the cursor it ends with."""
    copy: dict[str, Any] = {}
    while True:
        page = get(client, limit=limit, **({"cursor": cursor} if cursor else {}))
        for change in page["changes"]:
            if change["op"] == "delete":
                copy[change["gtin"]] = None
            else:
                copy[change["product"]["gtin"]] = change["product"]
        cursor = page["next_cursor"]
        if not page["more"]:
            return copy, cursor


def test_pages_give_every_product_once(client: Client, register: SampleRegister) -> None:
    first = get(client, limit=7)
    assert (len(first["changes"]), first["more"]) == (7, True)
    copy, cursor = follow(client)
    assert set(copy) == {product.gtin for product in register.products}
    assert get(client, cursor=cursor) == {
        "changes": [],
        "next_cursor": cursor,
        "more": False,
        "register": None,
    }
    assert first["register"]["name"] == "OCOP Quảng Ninh (dữ liệu mẫu)"
    assert first["register"]["sample"] is True


def test_a_page_that_ends_exactly_at_the_limit_says_there_is_no_more(client: Client, register: SampleRegister) -> None:
    assert get(client, limit=30)["more"] is False
    assert get(client, limit=29)["more"] is True


def test_a_page_ends_before_devices_would_refuse_it(
    client: Client, register: SampleRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, cursor = follow(client, limit=1000)
    monkeypatch.setattr(register_calls, "MOST_PAGE_BYTES", 10_000)
    page = get(client, limit=1000)
    assert page["more"] is True
    assert len(json.dumps(page["changes"], ensure_ascii=False).encode()) <= 10_000 + 2 * len(page["changes"])
    assert follow(client, limit=1000) == (expected, cursor)
    monkeypatch.setattr(register_calls, "MOST_PAGE_BYTES", 1)  # one product is always given
    assert len(get(client, limit=1000)["changes"]) == 1
    assert follow(client, limit=1000) == (expected, cursor)


def test_product_document(client: Client, register: SampleRegister) -> None:
    copy, _ = follow(client)
    made = next(p for p in register.products if p.qr_kind == "exact" and len(p.certificates) == 2)
    document = copy[made.gtin]
    assert ProductOut.model_validate(document).model_dump(mode="json") == document
    assert document["name"] == made.name
    assert document["group"] == made.group
    assert document["producer"]["name"] == made.producer.name
    assert document["former_unit"]["code"] == made.former_unit
    assert document["commune"]["code"] == made.commune
    assert [c["number"] for c in document["certificates"]] == [c.number for c in made.certificates]
    assert document["certificates"][0]["valid_from"] > document["certificates"][1]["valid_from"]
    assert document["codes"] == [{"kind": "exact", "value": made.qr_text}]


def edit(model: type[Any], **fields: Any) -> Any:
    record = model.objects.first()
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    return record


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Product, {"name": "Tên khác"}),
        (Certificate, {"withdrawn_on": "2026-11-01"}),
        (PackCode, {"value": "https://khac.example/"}),
    ],
)
def test_an_edit_moves_one_product_to_the_end(
    client: Client, register: SampleRegister, model: type[Any], fields: dict[str, Any]
) -> None:
    _, cursor = follow(client)
    record = edit(model, **fields)
    copy, later = follow(client, cursor=cursor)
    assert list(copy) == [record.gtin if model is Product else record.product.gtin]
    assert int(later.partition("-")[0]) > int(cursor.partition("-")[0])
    assert follow(client, cursor=cursor)[0] == copy  # a replay is the same


@pytest.mark.parametrize("model", [Producer, Locality])
def test_an_edit_of_a_producer_or_place_moves_all_its_products(
    client: Client, register: SampleRegister, model: type[Any]
) -> None:
    _, cursor = follow(client)
    record = Producer.objects.first() if model is Producer else Product.objects.all()[0].commune
    assert record is not None
    record.name = "Tên mới"
    record.save()
    copy, _ = follow(client, cursor=cursor)
    assert set(copy) == set(record.changed_products().values_list("gtin", flat=True))
    assert copy
    place = "producer" if model is Producer else "commune"
    assert {product[place]["name"] for product in copy.values()} == {"Tên mới"}


def test_removing_a_certificate_marks_its_product(client: Client, register: SampleRegister) -> None:
    _, cursor = follow(client)
    certificate = Certificate.objects.all()[0]
    gtin = certificate.product.gtin
    Certificate.objects.filter(pk=certificate.pk).delete()  # a bulk delete, as the back office does it
    copy, _ = follow(client, cursor=cursor)
    assert list(copy) == [gtin]
    assert certificate.number not in str(copy)


def test_a_code_that_moves_marks_both_products(client: Client, register: SampleRegister) -> None:
    _, cursor = follow(client)
    code = PackCode.objects.all()[0]
    old = code.product
    new = Product.objects.exclude(pk=old.pk)[0]
    code.product = new
    code.save()
    assert set(follow(client, cursor=cursor)[0]) == {old.gtin, new.gtin}


def test_a_deleted_product_leaves_a_tombstone(client: Client, register: SampleRegister) -> None:
    _, cursor = follow(client)
    product = Product.objects.all()[0]
    gtin = product.gtin
    Product.objects.filter(pk=product.pk).delete()
    page = get(client, cursor=cursor)
    assert page["changes"] == [{"op": "delete", "gtin": gtin}]
    # a device that starts now learns the same
    assert follow(client)[0][gtin] is None


def test_a_changed_gtin_is_a_tombstone_and_a_new_product(client: Client, register: SampleRegister) -> None:
    _, cursor = follow(client)
    product = Product.objects.all()[0]
    old, product.gtin = product.gtin, "09529999999993"
    product.save()
    copy, _ = follow(client, cursor=cursor)
    assert copy[old] is None
    assert copy["09529999999993"]["name"] == product.name


def test_an_edit_that_is_rolled_back_changes_nothing(client: Client, register: SampleRegister) -> None:
    _, cursor = follow(client)

    with transaction.atomic():
        edit(Product, name="Không còn")
        transaction.set_rollback(True)
    assert get(client, cursor=cursor)["changes"] == []


@pytest.mark.parametrize("cursor", ["abc", "-1", "999999999", "1" * 40, "٣"])
def test_a_cursor_that_was_never_given_is_too_old(client: Client, register: SampleRegister, cursor: str) -> None:
    assert error_of(client.get("/api/v1/changes", {"cursor": cursor})) == (410, "cursor_too_old")


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_limit_outside_the_contract_is_refused(client: Client, register: SampleRegister, limit: str) -> None:
    assert error_of(client.get("/api/v1/changes", {"limit": limit})) == (400, "bad_request")


def test_snapshot_is_the_same_as_all_pages(client: Client, register: SampleRegister) -> None:
    answer = client.get("/api/v1/snapshot")
    document = answer.json()
    assert Snapshot.model_validate(document).model_dump(mode="json", by_alias=True) == document
    copy, cursor = follow(client)
    assert {product["gtin"]: product for product in document["products"]} == copy
    assert document["next_cursor"] == cursor
    assert "Content-Encoding" not in answer.headers


def test_snapshot_is_compressed_for_who_takes_it(client: Client, register: SampleRegister) -> None:
    answer = client.get("/api/v1/snapshot", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == client.get("/api/v1/snapshot").content


def test_snapshot_etag(client: Client, register: SampleRegister) -> None:
    for encoding in ({}, {"Accept-Encoding": "gzip"}):
        etag = client.get("/api/v1/snapshot", headers=encoding).headers["ETag"]
        again = client.get("/api/v1/snapshot", headers={"If-None-Match": etag, **encoding})
        assert (again.status_code, again.content) == (304, b"")
    edit(Product, name="Tên khác")
    changed = client.get("/api/v1/snapshot", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    Register.objects.update(name="Sổ khác")
    assert client.get("/api/v1/snapshot", headers={"If-None-Match": changed.headers["ETag"]}).status_code == 200


def test_queries_do_not_grow_with_the_page(
    client: Client, register: SampleRegister, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        client.get("/api/v1/changes")
    with django_assert_max_num_queries(22):
        client.get("/api/v1/snapshot")
    with django_assert_max_num_queries(7):
        client.get("/api/v1/snapshot")


def test_a_poll_that_found_nothing_is_one_query_in_an_index(
    client: Client, register: SampleRegister, django_assert_num_queries: Any
) -> None:
    cursor = client.get("/api/v1/snapshot").json()["next_cursor"]
    with django_assert_num_queries(1) as asked:
        nothing = client.get(f"/api/v1/changes?cursor={cursor}").json()
    with connection.cursor() as explaining:
        if connection.vendor == "postgresql":
            explaining.execute("SET LOCAL enable_seqscan = off")  # the sample register's few marks are read quicker so
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        explaining.execute(f"{explain} {asked[0]['sql']}")
        plan = str(explaining.fetchall())
    assert "a_mark_once_a_value" in plan or "sqlite_autoindex_register_clockmark" in plan, plan
    assert not any(word in plan for word in ("Sort", "TEMP B-TREE", "Seq Scan", "SCAN")), plan
    assert nothing == {"changes": [], "next_cursor": cursor, "more": False, "register": None}
    edit(Product, name="Tên khác")
    assert client.get(f"/api/v1/changes?cursor={cursor}").json()["changes"]


def test_a_snapshot_has_a_line_for_each_product(client: Client, register: SampleRegister) -> None:
    begin, *lines, end = client.get("/api/v1/snapshot").content.split(b"\n")
    assert (begin, end[:1]) == (b'{"products":[', b"]")
    assert [json.loads(line.rstrip(b","))["gtin"] for line in lines] == sorted(p.gtin for p in register.products)


def test_a_register_without_products_has_a_snapshot(client: Client) -> None:
    document = client.get("/api/v1/snapshot").json()
    assert (document["products"], document["next_cursor"]) == ([], "0")


def test_a_snapshot_is_made_once_for_each_state_of_the_register(
    client: Client, register: SampleRegister, settings: Any
) -> None:
    folder = Path(settings.DATA_DIR) / "snapshots"

    def files() -> set[str]:
        return {path.name for path in folder.glob("*.json.gz")}

    first = client.get("/api/v1/snapshot")
    made = files()
    assert len(made) == 1
    kept_answers.keep(
        next(iter(made)).split(".")[0], gzip.compress(b"made before"), kept_answers.Made(0, "", "", ()), []
    )
    assert client.get("/api/v1/snapshot").content == b"made before"
    edit(Product, name="Tên khác")
    later = client.get("/api/v1/snapshot")
    assert "Tên khác" in later.content.decode()
    assert later.headers["ETag"] != first.headers["ETag"]
    assert len(files() - made) == 1


def test_the_rest_of_a_snapshot_goes_on_though_the_register_has_changed(
    client: Client, register: SampleRegister, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = {"Accept-Encoding": "gzip"}
    whole = client.get("/api/v1/snapshot", headers=packed)
    etag, length = whole.headers["ETag"], len(whole.content)
    assert whole.headers["Accept-Ranges"] == "bytes"
    edit(Product, name="Tên khác")
    newer = client.get("/api/v1/snapshot", headers=packed)
    rest = client.get("/api/v1/snapshot", headers=packed | {"Range": "bytes=1000-", "If-Range": etag})
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert (rest.headers["ETag"], rest.headers["Content-Range"]) == (etag, f"bytes 1000-{length - 1}/{length}")
    for odd in (
        {"Range": "bytes=1000-"},
        {"Range": "bytes=1000-", "If-Range": '"0123456789abcdef0123456789abcdef"'},
        {"Range": "bytes=1000-", "If-Range": '"../../../../../etc/passwd"'},
        {"Range": f"bytes={length}-", "If-Range": etag},
        {"Range": "bytes=0-5", "If-Range": etag},
        {"Range": "bytes=-5", "If-Range": etag},
    ):
        answer = client.get("/api/v1/snapshot", headers=packed | odd)
        assert (answer.status_code, answer.content) == (200, newer.content), odd
    plain = client.get("/api/v1/snapshot", headers={"Range": "bytes=1000-", "If-Range": etag})
    assert (plain.status_code, plain.headers["ETag"]) == (200, f'{newer.headers["ETag"][:-1]}-plain"')
    monkeypatch.setattr(kept_answers, "KEPT_SECONDS", -10)
    edit(Product, name="Tên thứ ba")
    client.get("/api/v1/snapshot")
    assert len(list((Path(settings.DATA_DIR) / "snapshots").iterdir())) == 2  # the answer, and what it is made of


def test_another_register_at_the_same_cursor_has_another_snapshot(client: Client, register: SampleRegister) -> None:
    """A backup was restored, and other changes made since."""
    first = client.get("/api/v1/snapshot")
    clock = RegisterClock.objects.get(name="register")
    Product.objects.filter(pk=Product.objects.all()[0].pk).update(name="Tên khác")
    ProductChange.objects.filter(cursor=clock.value).update(changed_at=timezone.now())
    second = client.get("/api/v1/snapshot", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert "Tên khác" in second.content.decode()


def test_a_snapshot_that_cannot_be_kept_is_still_given(client: Client, register: SampleRegister, settings: Any) -> None:
    (Path(settings.DATA_DIR) / "snapshots").write_text("in the way")
    assert len(client.get("/api/v1/snapshot").json()["products"]) == 30


# The register's own identity, and what it holds and takes


def described(client: Client, cursor: str) -> dict[str, Any] | None:
    """REGISTER on the page after a cursor; the last page of it, as a device has it in the end."""
    found = None
    while True:
        page = get(client, cursor=cursor, limit=3)
        found, cursor = page["register"] or found, page["next_cursor"]
        if not page["more"]:
            return found


def test_the_register_is_the_same_whatever_its_name(client: Client, register: SampleRegister) -> None:
    before = get(client)["register"]
    assert uuid.UUID(before["id"]).version == 4
    edit(Register, name="Tên khác")
    assert get(client)["register"] == {**before, "name": "Tên khác"}
    assert client.get("/api/v1/snapshot").json()["register"]["id"] == before["id"]
    Register.objects.all().delete()
    assert get(client)["register"]["id"] != before["id"]


def test_a_register_whose_row_an_older_server_made_gets_an_identity_once(client: Client) -> None:
    Register.objects.update(identity=None)
    first, second = (client.get("/api/v1/snapshot").json()["register"]["id"] for _ in range(2))
    assert str(uuid.UUID(first)) == first == second


def test_the_number_of_products_is_told_when_it_changes(client: Client, register: SampleRegister) -> None:
    first = get(client, limit=7)
    assert first["register"]["products"] == 30
    _, cursor = follow(client)
    assert described(client, first["next_cursor"]) is None  # it came with the first page, and no page repeats it
    edit(Product, name="Tên khác")
    assert described(client, cursor) is None
    _, cursor = follow(client, cursor=cursor)
    Product.objects.filter(pk__in=Product.objects.values("pk")[:5]).delete()
    after = described(client, cursor)
    assert after is not None
    assert after["products"] == 25
    _, cursor = follow(client, cursor=cursor)
    producer = Producer.objects.earliest("pk")
    with transaction.atomic():
        Product.objects.bulk_create(
            [Product(gtin=f"0952999999{n:04}", name="Mới", group="thuc_pham", producer=producer) for n in range(3)]
        )
        record_products(f"0952999999{n:04}" for n in range(3))
    page = get(client, cursor=cursor, limit=1)
    assert (page["register"]["products"], page["more"]) == (28, True)
    rest = get(client, cursor=page["next_cursor"])
    assert (len(rest["changes"]), rest["register"]) == (2, None)
    snapshot = client.get("/api/v1/snapshot").json()
    assert snapshot["register"]["products"] == len(snapshot["products"]) == 28


def test_a_change_of_the_number_that_is_rolled_back_tells_nothing(client: Client, register: SampleRegister) -> None:
    _, cursor = follow(client)
    with transaction.atomic():
        Product.objects.all()[0].delete()
        transaction.set_rollback(True)
    assert get(client, cursor=cursor)["register"] is None


def test_the_forms_that_are_taken_are_told_when_they_change(client: Client, register: SampleRegister) -> None:
    assert get(client)["register"]["schemas"] == schemas()
    assert schemas() == {key: [1] for key in ["answer", "audit", "inspection", "made_up", "note", "report", "round"]}
    settle(schemas())
    _, cursor = follow(client)
    settle(schemas())  # as at each start
    assert described(client, cursor) is None
    for before in ({"note": [1]}, None):  # an older server's, and version 0.1.0's
        Register.objects.update(schemas=before)
        settle(schemas())
        after = described(client, cursor)
        assert after is not None
        assert after["schemas"] == schemas()
        _, cursor = follow(client, cursor=cursor)
