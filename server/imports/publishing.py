"""Publishes the good rows of a preview, all of them or none.

Everything is worked out before the register is locked. Under the lock its state is compared: where somebody has changed
it since the preview, the rows are judged again, and what the person has not seen is shown before it is written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from imports import bulk
from imports.known import register_state
from imports.models import GOOD, ImportRow, ImportRun, RowOutcome, RunState
from logbook import writing as log
from logbook.models import Group
from register.clock import lock_clock
from register.models import Certificate, PackCode, Producer, Product

HISTORIES = (Producer, Product, Certificate, PackCode)


class RegisterChanged(Exception):
    """Somebody has changed the register since it was read."""


class TakenAway(Exception):
    """The process was away for so long, as where its machine was held, that others may have done the work since."""


@dataclass
class Prepared:
    """What will be written, in order, and what each row's part in it is (`ImportRow.taken`)."""

    statements: bulk.Statements = field(default_factory=bulk.Statements)
    gtins: set[str] = field(default_factory=set)
    cursors: int = 0
    moves: bool = False
    rows: list[ImportRow] = field(default_factory=list)


def prepare(run: ImportRun, step: Callable[[int], None]) -> Prepared:
    """Work out all that the good rows write."""
    prepared = Prepared()
    rows = list(run.rows.filter(outcome__in=GOOD).defer("read", "reasons", "asks", "changes"))
    plans: list[dict[str, Any]] = [row.plan or {} for row in rows]
    makers = _makers(plans)
    old = bulk.rows_of(Product, sorted({plan["product"] for plan in plans if plan["product"]}))
    papers = bulk.rows_of(Certificate, sorted({p["paper"]["pk"] for p in plans if p["paper"] and p["paper"]["pk"]}))
    new_gtins = list(dict.fromkeys(plan["gtin"] for plan in plans if not plan["product"]))
    new_keys = dict(zip(new_gtins, bulk.next_keys(Product, len(new_gtins)), strict=True))
    paper_keys = iter(bulk.next_keys(Certificate, sum(1 for p in plans if p["paper"] and not p["paper"]["pk"])))
    code_keys = iter(bulk.next_keys(PackCode, sum(1 for plan in plans if plan["code"])))
    new: dict[str, Product] = {}
    changed: dict[int, Product] = {}
    added_papers, changed_papers, codes = [], [], []
    for number, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        taken: dict[str, Any] = {"before": {}}
        fields = _columns(plan, makers)
        if plan["product"]:
            product = old[plan["product"]]
            if fields:
                taken["before"]["product"] = _set(product, fields)
                changed[product.pk] = product
        elif plan["gtin"] not in new:
            product = new[plan["gtin"]] = Product(pk=new_keys[plan["gtin"]], gtin=plan["gtin"], **fields)
            taken["new_product"] = product.pk
        else:
            product = new[plan["gtin"]]
        if plan["paper"]:
            said = _days(plan["paper"]["fields"])
            if plan["paper"]["pk"]:
                paper = papers[plan["paper"]["pk"]]
                taken["before"]["paper"], taken["paper"] = _set(paper, said), paper.pk
                changed_papers.append(paper)
            else:
                issuer = run.answers.get("issuer", "")
                paper = Certificate(pk=next(paper_keys), product=product, issuer=issuer, **said)
                taken["new_paper"] = paper.pk
                added_papers.append(paper)
        if plan["code"]:
            code = PackCode(pk=next(code_keys), product=product, kind=PackCode.Kind.EXACT, value=plan["code"])
            taken["new_code"] = code.pk
            codes.append(code)
        row.product, row.taken = product.pk, taken
        prepared.gtins.add(plan["gtin"])
        if number % 500 == 0:
            step(number)
    _write(prepared, run, list(makers.values()), new, changed, added_papers, changed_papers, codes)
    prepared.rows, prepared.moves = rows, bool(new)
    prepared.cursors = bulk.mark_changes(prepared.statements, run.seen, prepared.gtins, (), prepared.moves)
    return prepared


def _makers(plans: list[dict[str, Any]]) -> dict[str, Producer]:
    """The producers that the register does not have, by their names."""
    said = {plan["maker"]["name"]: plan["maker"] for plan in plans if plan["maker"] and "producer" in plan["fields"]}
    keys = bulk.next_keys(Producer, len(said))
    return {name: Producer(pk=key, **maker) for key, (name, maker) in zip(keys, said.items(), strict=True)}


def _columns(plan: dict[str, Any], makers: dict[str, Producer]) -> dict[str, Any]:
    """The plan's fields as columns of a product."""
    columns = dict(plan["fields"])
    if "producer" in columns:
        key = columns.pop("producer")
        columns["producer_id"] = makers[plan["maker"]["name"]].pk if plan["maker"] else int(key)
    for name in ("commune", "former_unit"):
        if name in columns:
            columns[f"{name}_id"] = columns.pop(name)
    return columns


def _days(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name in {"valid_from", "valid_to"} else value
            for name, value in fields.items()}  # fmt: skip


def _set(record: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Set columns, and return their old values as JSON holds them."""
    before = {name: getattr(record, name) for name in fields}
    for name, value in fields.items():
        setattr(record, name, value)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()}


def _write(
    prepared: Prepared, run: ImportRun, makers: list[Producer], new: dict[str, Product], changed: dict[int, Product],
    added: list[Certificate], changed_papers: list[Certificate], codes: list[PackCode],
) -> None:  # fmt: skip
    at, by, why = timezone.now(), run.published_by_id, f"Nhập danh sách {run.name}"
    write = prepared.statements.add
    for rows in (makers, list(new.values()), added, codes):
        write(rows)
        write(bulk.editions(rows, bulk.ADDED, by, at, why))
    for model, touched, columns in (
        (Product, list(changed.values()), ("name", "group", "producer", "place", "commune", "former_unit", "search")),
        (Certificate, changed_papers, ("stars", "valid_from", "valid_to")),
    ):
        write(bulk.first_editions(model, [row.pk for row in touched], at))
        write(touched, columns)
        write(bulk.editions(touched, bulk.CHANGED, by, at, why))


def newest_editions() -> dict[str, int]:
    """The newest edition of each history, by model."""
    return {
        model.__name__: model.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0
        for model in HISTORIES
    }


def write(run: ImportRun, prepared: Prepared, seen: str) -> float:
    """Write it all in one transaction, and return how many seconds the register was locked.

    Raises RegisterChanged, with nothing written, where the register no longer stands as it was seen, and TakenAway
    where this process does not have the work any more.
    """
    with transaction.atomic():
        lock_clock()
        began = time.monotonic()
        if register_state() != seen:
            raise RegisterChanged
        before = newest_editions()["Producer"]
        prepared.statements.run()
        bulk.take_cursors(prepared.cursors, moves=prepared.moves)
        marks = {**newest_editions(), "before": before}
        end(run, state=RunState.PUBLISHED, published_at=timezone.now(), marks=marks)
        log.write(Group.IMPORT, "Nhập danh sách", run, _counted(run), about=run.name, by=run.published_by)
    return time.monotonic() - began


def end(run: ImportRun, **fields: Any) -> None:
    """Say in the same transaction how the import stands now. Raises TakenAway."""
    if not ImportRun.objects.filter(pk=run.pk, worker=run.worker).update(told="", **fields):
        raise TakenAway


def _counted(run: ImportRun) -> list[log.Change]:
    """What the log says of an import: how many rows of each outcome. What changed in each stands with its row."""
    return [(outcome.label, "", str(n)) for outcome in RowOutcome if (n := run.count(outcome))]


def keep_taken(rows: list[ImportRow], step: Callable[[int], None]) -> None:
    """Keep beforehand what each row will have written; it counts once the import is published."""
    sql = f"UPDATE {ImportRow._meta.db_table} SET product = %s, taken = %s WHERE id = %s"  # noqa: S608 - no text of anybody's
    for begin in range(0, len(rows), 1000):
        values = [(row.product, json.dumps(row.taken), row.pk) for row in rows[begin : begin + 1000]]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, values)
        step(begin)
