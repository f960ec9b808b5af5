#!/usr/bin/env python
"""The lists and pages of the back office: how long a page takes, and how many queries it needs.

    .venv/bin/python benchmarks/office_lists.py [--notes 200000] [--products 20000] [--rounds 5] [--postgresql]
    .venv/bin/python benchmarks/office_lists.py --kept FOLDER [--only inspections]

A scratch database is filled with notes and what comes with them. Then the real pages are asked for, as an
administrator: the large lists in many ways, then every list that the office has, one page of each, and the first page.
The database is an SQLite file or, with --postgresql, that of a cluster of its own. With --kept it stays in that
folder, and later calls only ask for the pages.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

import rfc8785  # noqa: E402

from benchmarks import postgresql  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402

BATCH = 2000
PAGE = 1500
"""The deep page; where a list has fewer, its last one."""
ACCOUNTS = 200
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WORDS = (
    "nhãn", "đúng", "còn", "hạn", "bao", "bì", "nguyên", "vẹn", "tem", "chống", "giả", "mờ", "thiếu", "ngày", "địa",
    "chỉ", "khác", "sổ", "số", "sao", "in", "sai", "lô", "hàng", "chợ", "Hạ", "Long", "Cẩm", "Phả", "chả", "mực", "trà",
    "hoa", "vàng", "miến", "dong", "rượu", "ba", "kích", "nước", "mắm", "mật", "ong", "sá", "sùng",
)  # fmt: skip
STATUSES = ("certified", "certificate_expired", "not_in_copy", "suspected_copy", "star_mismatch")


@contextmanager
def database(folder: Path, *, on_postgresql: bool) -> Iterator[str]:
    """The DATABASE_URL of a fresh database."""
    if on_postgresql:
        with postgresql.cluster(folder) as url:
            yield url
    else:
        yield f"sqlite:///{folder / 'office.sqlite3'}"


def fill(notes: int, products: int) -> None:
    """Put so many notes and inspections of a year into the database, and of the other lists a tenth as many.

    A photo to each fourth note.
    """
    from django.apps import apps
    from django.contrib.auth.hashers import make_password
    from django.db import connection, transaction

    user, session = apps.get_model("accounts.User"), apps.get_model("accounts.DeviceSession")
    notes_model, photo = apps.get_model("inspections.Inspection"), apps.get_model("inspections.Photo")
    sighting, suspicion = apps.get_model("inspections.Sighting"), apps.get_model("inspections.Suspicion")
    product, event = apps.get_model("register.Product"), apps.get_model("records.Event")
    sample, days = import_module("register.sample"), import_module("register.days")
    write = import_module("register.management.commands.sample_register").write

    with transaction.atomic():
        write(sample.build(sample.SEED, days.today(), products, max(1, products // 2)))
    password = make_password(None)
    user.objects.bulk_create(
        [user(username=f"nguoi{n:05}", name=f"Người {n}", role="inspector", password=password) for n in range(ACCOUNTS)]
    )
    accounts = list(user.objects.filter(role="inspector"))
    gtins = list(product.objects.values_list("gtin", flat=True))
    chance = random.Random(952)
    step = timedelta(days=365) / max(1, notes)

    def at(number: int) -> datetime:
        return NOW - step * number

    def in_batches(model: Any, count: int, make: Callable[[int], Any]) -> None:
        received = next((field for field in model._meta.fields if field.name == "received_at"), None)
        if received is not None:
            received.auto_now_add = False  # it would be now
        for begin in range(0, count, BATCH):
            rows = [make(number) for number in range(begin, min(count, begin + BATCH))]
            for number, row in enumerate(rows, start=begin):
                if received is not None:
                    row.received_at = at(number)
            with transaction.atomic():
                model.objects.bulk_create(rows)
        if received is not None:
            received.auto_now_add = True

    made: list[uuid.UUID] = []

    def note(number: int) -> Any:
        made.append(uuid.UUID(int=chance.getrandbits(128)))
        return _note(chance, number, made[-1], at(number), chance.choice(gtins), accounts)

    in_batches(notes_model, notes, note)
    in_batches(
        photo,
        notes // 4,
        lambda n: photo(
            record_id=made[n * 4], number=0, sha256=f"{n:064x}", size=180_000, type="image/jpeg",
            file=f"photos/{n:064x}.jpg", stored_at=NOW,
        ),
    )  # fmt: skip
    inspection, round_ = apps.get_model("rounds.Inspection"), apps.get_model("rounds.Round")
    rounds = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(max(1, notes // 10))]
    in_batches(round_, len(rounds), lambda n: _round(chance, n, rounds[n], at(n * 10), accounts))
    in_batches(
        inspection, notes, lambda n: _inspection(chance, n, rounds[n // 10 % len(rounds)], at(n), gtins, accounts)
    )
    in_batches(apps.get_model("answers.Answer"), notes // 10, lambda n: _answer(chance, n, made[n], at(n), accounts))
    in_batches(
        sighting,
        notes // 10,
        lambda n: sighting(
            mark=f"{n:032x}", sender=f"{n:032x}", gtin=chance.choice(gtins), serial=f"S{n // 3}", seen_at=at(n),
            time_is_sure=True, latitude=20.95, longitude=107.05, sold=False, witness="inspector",
        ),
    )  # fmt: skip
    in_batches(
        suspicion,
        notes // 10,
        lambda n: suspicion(
            gtin=gtins[n % len(gtins)], serial=f"S{n}", reason="too_far_apart", seen_at=at(n), accuses=False,
            by_accounts=True, sightings=[{"day": "2026-11-20", "place": "Hạ Long"}] * 2,
        ),
    )  # fmt: skip
    in_batches(
        event,
        notes // 10,
        lambda n: event(
            kind="note", record=made[n], account=accounts[n % len(accounts)], cursor=10_000_000 + n, at=at(n),
            state="reviewing", text="Đang xem.", written_by=accounts[0],
        ),
    )  # fmt: skip
    in_batches(
        session,
        notes // 10,
        lambda n: session(
            user=accounts[n % len(accounts)], device=uuid.UUID(int=n), refresh_hash=f"{n:064x}", password_mark="",
            signed_in_at=at(n), refreshed_at=at(n), expires_at=at(n) + timedelta(days=90),
        ),
    )  # fmt: skip
    _statements(products)
    _cases()
    import_module("overview.counting").fill_all()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_registerclock SET value = 20000000 WHERE name = 'inspections'")
        cursor.execute("ANALYZE")


def _note(chance: random.Random, number: int, of: uuid.UUID, at: datetime, gtin: str, accounts: Sequence[Any]) -> Any:
    """A note as it would have been received."""
    from django.apps import apps

    account = chance.choice(accounts) if chance.random() < 0.7 else None
    moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    status = STATUSES[0] if chance.random() < 0.8 else chance.choice(STATUSES)
    document: dict[str, Any] = {
        "schema": 1,
        "id": str(of),
        "device": str(uuid.UUID(int=chance.getrandbits(128))),
        "account": account.username if account else None,
        "created_at": moment,
        "clock_offset": -3,
        "code": {
            "text": f"https://id.ocop.example/01/{gtin}/10/L{number % 500}/21/{chance.getrandbits(40)}",
            "symbology": "QR Code", "gtin": gtin, "lot": f"L{number % 500}", "serial": None, "expiry": "2027-01-31",
        },
        "verdict": {"status": status, "reasons": ["certificate_valid"], "as_of": moment},
        "outcome": "matches" if chance.random() < 0.9 else "mislabelled",
        "text": " ".join(chance.choices(WORDS, k=chance.randint(3, 40))),
        "place": {"lat": 20.95, "lon": 107.08, "accuracy": 12},
        "photos": [],
        "supersedes": None,
    }  # fmt: skip
    kind = import_module("inspections.kind").NOTE
    columns, body = kind.columns(kind.forms[1].model_validate(document)), rfc8785.dumps(document)
    return apps.get_model("inspections.Inspection")(
        id=of, sha256=hashlib.sha256(body).hexdigest(), body=body.decode(), cursor=number + 1, account=account,
        device=uuid.UUID(document["device"]), created_at=at, **columns,
    )  # fmt: skip


def _sent(kind: Any, number: int, of: uuid.UUID, at: datetime, account: Any, said: dict[str, Any]) -> Any:
    """A record of an account as it would have been received."""
    document = {
        "schema": 1, "kind": kind.name, "id": str(of), "device": str(uuid.UUID(int=number)),
        "account": account.username, "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "clock_offset": -3, "round": None,
        "supersedes": None, "prev": None, "files": [], **said,
    }  # fmt: skip
    columns, body = kind.columns(kind.forms[1].model_validate(document)), rfc8785.dumps(document)
    return kind.records_model(
        id=of, sha256=hashlib.sha256(body).hexdigest(), body=body.decode(), cursor=number + 1, account=account,
        device=uuid.UUID(int=number), created_at=at, **columns,
    )  # fmt: skip


def _words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(3, most)))


def _place(number: int) -> dict[str, Any]:
    communes = import_module("register.localities").COMMUNES
    commune = communes[number % len(communes)]
    address = f"Sạp 12, {commune.kind} {commune.name}"
    return {"kind": "market", "name": f"Chợ {number}", "address": address, "position": None}


def _round(chance: random.Random, number: int, of: uuid.UUID, at: datetime, accounts: Sequence[Any]) -> Any:
    """A round, which names no inspections: lists do not show them."""
    moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    said: dict[str, Any] = {
        "place": _place(number % 3000), "inspected": None, "people": [], "case_number": f"{number % 500}/KT",
        "opened_at": moment, "closed_at": moment, "pauses": [], "remarks": _words(chance, 40), "inspections": [],
        "looked_at": [], "signatures": [],
    }  # fmt: skip
    return _sent(import_module("rounds.kind").ROUND, number, of, at, accounts[number % len(accounts)], said)


def _inspection(
    chance: random.Random, number: int, of: uuid.UUID, at: datetime, gtins: Sequence[str], accounts: Sequence[Any]
) -> Any:
    """One of ten inspections of the round `of`."""
    nothing = {"code": None, "label": None}
    status = STATUSES[0] if chance.random() < 0.8 else chance.choice(STATUSES)
    said: dict[str, Any] = {
        "round": str(of), "place": _place(number // 10 % 3000), "gtin": chance.choice(gtins),
        "product": {"name": _words(chance, 4), "producer": None}, "codes": [],
        "verdict": {"status": status, "reasons": [], "as_of": None}, "copy_as_of": None, "quantity": None,
        "price": None, "lot": nothing, "produced": nothing, "expiry": nothing, "seal": None, "sale": None,
        "seller_said": "",
        "findings": ["matches"] if chance.random() < 0.9 else ["past_date", "no_papers"], "samples": [], "held": None,
        "checklist": None, "photos": [], "text": _words(chance, 40),
    }  # fmt: skip
    kind, account = import_module("rounds.kind").INSPECTION, accounts[number // 10 % len(accounts)]
    return _sent(kind, number, uuid.UUID(int=chance.getrandbits(128)), at, account, said)


def _answer(chance: random.Random, number: int, note: uuid.UUID, at: datetime, accounts: Sequence[Any]) -> Any:
    """An answer about a note."""
    of, event = (uuid.UUID(int=chance.getrandbits(128)) for _ in range(2))
    said = {"event": str(event), "to": {"kind": "note", "id": str(note)}, "text": _words(chance, 40)}
    return _sent(import_module("answers.kind").ANSWER, number, of, at, accounts[number % len(accounts)], said)


def _cases() -> None:
    """What the office has to do with them: nothing is done, which is the most that can wait. A tenth has an owner."""
    from django.apps import apps

    cases, events = apps.get_model("reviewing.Case").objects, apps.get_model("records.Event").objects
    for kind in import_module("reviewing.following").kinds_of_inbox():
        import_module("reviewing.filling").fill(kind.name, kind.office_records, events, cases)
    owner = apps.get_model("accounts.User").objects.get(username="quantri")
    cases.filter(pk__in=cases.order_by("pk").values("pk")[: cases.count() // 10]).update(assignee=owner)


def _statements(products: int) -> None:
    """A signed statement to each product's first certificate."""
    from django.apps import apps

    key = apps.get_model("register.IssuerKey")(kid="thu", public_key="A" * 43, issuer="Thử", valid_from=NOW)
    key.save()
    statement, certificates = apps.get_model("register.SignedStatement"), apps.get_model("register.Certificate").objects
    statement.objects.bulk_create(
        [
            statement(
                jti=f"{n:022}", certificate=certificate, key=key, digest=f"{n:064x}", token="x" * 400, issued_at=NOW
            )
            for n, certificate in enumerate(certificates.all()[:products])
        ],
        BATCH,
    )


def pages() -> Iterator[tuple[str, str, dict[str, str]]]:
    """What is asked for: its name, the list of a model or the address of another page, and the query."""
    from django.apps import apps

    rows = apps.get_model("inspections.Inspection").objects.order_by("received_at")
    note = rows[rows.count() // 2]
    local = note.received_at
    notes = "inspections_inspection"
    yield "notes: the list", notes, {}
    yield "notes: a deep page", notes, {"p": "deep"}
    yield "notes: search, a word in most", notes, {"q": "nhãn"}
    yield "notes: search, three words", notes, {"q": "rượu sá sùng"}
    yield "notes: search, a GTIN", notes, {"q": note.gtin}
    yield "notes: search, an id", notes, {"q": str(note.pk)}
    yield "notes: search, an account", notes, {"q": "nguoi00017"}
    yield "notes: search, nothing found", notes, {"q": "khongcogi"}
    yield "notes: an outcome", notes, {"outcome__exact": "mislabelled"}
    yield "notes: a verdict", notes, {"status": "star_mismatch"}
    yield "notes: a verdict and a word", notes, {"status": "star_mismatch", "q": "rượu"}
    yield "notes: a day", notes, {"month": f"{local:%Y-%m}", "day": f"{local:%d}"}
    inspections, rounds = "rounds_inspection", "rounds_round"
    yield "inspections: the list", inspections, {}
    yield "inspections: a deep page", inspections, {"p": "deep"}
    yield "inspections: search, three words", inspections, {"q": "rượu sá sùng"}
    yield "inspections: search, nothing found", inspections, {"q": "khongcogi"}
    yield "inspections: a verdict", inspections, {"status": "star_mismatch"}
    yield "inspections: a finding", inspections, {"finding": "no_papers"}
    yield "inspections: a place", inspections, {"place": "Chợ 17"}
    yield "inspections: a case", inspections, {"case": "17/KT"}
    yield "inspections: a state", inspections, {"state": "decided"}
    yield "inspections: being reviewed", inspections, {"state": "reviewing"}
    yield "inspections: waiting", inspections, {"state": "waiting"}
    yield "inspections: answered", inspections, {"state": "answered"}
    yield "rounds: the list", rounds, {}
    yield "rounds: search, three words", rounds, {"q": "rượu sá sùng"}
    yield "rounds: a state", rounds, {"state": "decided"}
    yield "answers: the list", "answers_answer", {}
    yield "answers: search, three words", "answers_answer", {"q": "rượu sá sùng"}
    yield "suspected copies: the list", "inspections_suspicion", {}
    yield "suspected copies: search", "inspections_suspicion", {"q": "S17"}
    yield "sessions: the list", "accounts_devicesession", {}
    yield "sessions: a deep page", "accounts_devicesession", {"p": "deep"}
    yield "sessions: search", "accounts_devicesession", {"q": "nguoi00017"}
    registered = apps.get_model("register.Product").objects.order_by("pk")
    product = registered[registered.count() // 2]
    yield "products: the list", "register_product", {}
    yield "products: a deep page", "register_product", {"p": "deep"}
    yield "products: search, a name", "register_product", {"q": product.name.split()[0]}
    yield "products: search, a GTIN", "register_product", {"q": product.gtin}
    yield "products: stars", "register_product", {"stars": "4"}
    yield "producers: the list", "register_producer", {}
    yield "statements: the list", "register_signedstatement", {}
    yield "accounts: the list", "accounts_user", {}
    inbox = "/admin/inbox/inspection/"
    yield "inbox: the list", inbox, {}
    yield "inbox: a deep page (200)", inbox, {"page": "200"}
    yield "inbox: one's own", inbox, {"who": "mine"}
    yield "inbox: nobody's", inbox, {"who": "nobody"}
    yield "inbox: a state", inbox, {"state": "reviewing"}
    yield "inbox: answered", inbox, {"state": "answered"}
    yield "inbox: done", inbox, {"state": "done"}
    yield "inbox: search, three words", inbox, {"q": "rượu sá sùng"}
    yield "inbox: search, nothing found", inbox, {"q": "khongcogi"}
    case = apps.get_model("reviewing.Case").objects.filter(kind="inspection", is_open=True).order_by("-due_on", "id")[0]
    yield "inbox: the page of a case", f"{inbox}{case.record}/", {}
    yield "first page", "/admin/", {}
    yield "first page: 26 weeks", "/admin/", {"weeks": "26"}
    yield from _all_pages()


def _all_pages() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every list of the office, and the page of one record of each."""
    from django.contrib import admin
    from django.urls import reverse

    for model in sorted(admin.site._registry, key=lambda one: one._meta.label):
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield f"every list: {model._meta.label}", name, {}
        rows = model._default_manager.order_by("pk")
        if one := rows.values_list("pk", flat=True)[rows.count() // 2 :].first():
            yield f"one record: {model._meta.label}", reverse(f"admin:{name}_change", args=(one,)), {}


def measure(rounds: int, only: str = "") -> Iterator[tuple[str, ...]]:
    """Each page's name, the median and the 95th percentile of its times, this process's part of it, and its queries."""
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    office = Client()
    office.force_login(
        apps.get_model("accounts.User").objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1]
    )
    office.get("/admin/")  # compiles the templates of every page
    for name, model, asked in (page for page in pages() if page[0].startswith(only)):
        address = model if model.startswith("/") else reverse(f"admin:{model}_changelist")
        query = dict(asked)
        if query.get("p") == "deep":
            deep = _changelist(office.get(address))
            query["p"] = str(min(PAGE, deep.paginator.num_pages))
            name = f"{name} ({query['p']})"
        seconds: list[float] = []
        processor: list[float] = []
        while len(seconds) < rounds and sum(seconds) < 20:
            begin, used = time.perf_counter(), time.process_time()
            with CaptureQueriesContext(connection) as queries:
                answer = office.get(address, query)
            seconds.append(time.perf_counter() - begin)
            processor.append(time.process_time() - used)
            if answer.status_code != 200:
                raise SystemExit(f"{name}: {answer.status_code} {answer.headers.get('Location')}")
        if address != model and "cl" in (answer.context_data or {}):
            name = f"{name}: {_changelist(answer).result_count:,} found"
        times = (median(seconds), percentile_95(seconds), median(processor))
        yield name, *(f"{one:.3f} s" for one in times), str(len(queries))


def _changelist(answer: Any) -> Any:
    """What Django's list says of itself."""
    return answer.context_data["cl"]


def main() -> None:
    """Fill a database, ask for the pages, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=200_000)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true", help="a cluster of its own, instead of an SQLite file")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="fill a database there once, and ask it again")
    parser.add_argument("--only", default="", metavar="WORDS", help="the pages whose names begin so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocop-office-") as scratch:
        folder = options.kept or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        name, filled = str(folder), folder / ("filled-postgresql" if options.postgresql else "filled")
        with database(folder, on_postgresql=options.postgresql) as url:
            os.environ.update(DATABASE_URL=url, OCOP_SERVER_DATA=name, DJANGO_SETTINGS_MODULE="config.settings")
            os.environ["OCOP_ALLOWED_HOSTS"] = "testserver"

            import django
            from django.core.management import call_command
            from django.db import connections

            django.setup()
            logging.disable(logging.INFO)  # a line for each request
            call_command("migrate", verbosity=0)
            if not filled.exists():
                begin = time.perf_counter()
                fill(options.notes, options.products)
                filled.touch()
                print(f"filled in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
            columns = ("page", "median", "95 % within", "processor", "queries")
            print(table(columns, measure(options.rounds, options.only)))
            connections.close_all()
    database_name = "PostgreSQL" if options.postgresql else "SQLite"
    print(f"\n{options.notes:,} notes, {options.products:,} products, {database_name}; {measured_on('django')}")


if __name__ == "__main__":
    main()
