"""Takes an import back: the rows nobody has changed since. The others stay, and are listed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from imports import bulk
from imports.known import register_state
from imports.models import GOOD, ImportRow, ImportRun, RunState
from imports.publishing import RegisterChanged, end
from issuing.models import SignedStatement
from linking.models import ProductLink
from logbook import writing as log
from logbook.models import Group
from register.clock import lock_clock
from register.models import Certificate, PackCode, Picture, Producer, Product, Shop


def changed_since(run: ImportRun) -> set[int]:
    """The products of which something was changed after the import: itself, a certificate, a code, picture or link."""
    marks = run.marks
    since: set[int] = set(_after(Product, marks).values_list("id", flat=True))
    for model in (Certificate, PackCode):
        since.update(_after(model, marks).values_list("product_id", flat=True))
    for beside in (Picture, ProductLink):
        later = beside.history.filter(history_date__gt=run.published_at).order_by()
        since.update(later.values_list("product_id", flat=True))
    revoked = SignedStatement.objects.filter(revoked_at__isnull=False).order_by()
    since.update(revoked.values_list("certificate__product_id", flat=True))
    return since


def _after(model: Any, marks: dict[str, int]) -> Any:
    return model.history.filter(history_id__gt=marks[model.__name__]).order_by()


def undo(run: ImportRun, step: Callable[[int], None]) -> tuple[int, int, float]:
    """Take back what can be; return how many rows were taken back, how many stay, and for how long it locked.

    Raises RegisterChanged, with nothing written, where somebody changes the register meanwhile, and TakenAway as
    publishing does.
    """
    seen = register_state()
    rows = list(run.rows.filter(outcome__in=GOOD, kept=False).defer("read", "reasons", "asks", "changes"))
    since = changed_since(run)
    makers = set(Producer.objects.order_by().values_list("pk", flat=True))
    stay = [row for row in rows if row.product in since or _maker_before(row, makers) not in makers]
    staying = {row.pk for row in stay}
    back = [row for row in rows if row.pk not in staying]
    step(0)
    gone, statements, gtins = _prepare(run, back)
    moves = bool(gone["products"])
    cursors = bulk.mark_changes(statements, seen, gtins, _gtins(gone["products"]), moves)
    with transaction.atomic():
        lock_clock()
        began = time.monotonic()
        if register_state() != seen:
            raise RegisterChanged
        statements.run()
        for part in bulk.parts(gone["papers"]):
            SignedStatement.objects.filter(certificate__in=part)._raw_delete("default")
            Certificate.objects.filter(pk__in=part)._raw_delete("default")
        for model, keys in ((PackCode, gone["codes"]), (Product, gone["products"]), (Producer, gone["makers"])):
            for part in bulk.parts(keys):
                model.objects.filter(pk__in=part)._raw_delete("default")
        bulk.take_cursors(cursors, moves=moves)
        for part in bulk.parts([row.pk for row in stay]):
            ImportRow.objects.filter(pk__in=part).update(kept=True)
        end(run, state=RunState.UNDONE, undone_at=timezone.now())
        counted = [("Dòng hoàn tác", "", str(len(back))), ("Dòng giữ nguyên", "", str(len(stay)))]
        log.write(Group.IMPORT, "Hoàn tác nhập danh sách", run, counted, about=run.name, by=run.undone_by)
    return len(back), len(stay), time.monotonic() - began


def _gtins(keys: list[int]) -> set[str]:
    return {one.gtin for one in bulk.rows_of(Product, keys).values()}


def _maker_before(row: ImportRow, makers: set[int]) -> int:
    """The producer that would be put back; any other where the row changed none."""
    before: dict[str, int] = (row.taken or {}).get("before", {}).get("product", {})
    return before.get("producer_id", next(iter(makers), 0))


def _prepare(run: ImportRun, back: list[ImportRow]) -> tuple[dict[str, list[int]], bulk.Statements, set[str]]:
    """Put old values back and write the history of it; the deletes follow."""
    at, by, why = timezone.now(), run.undone_by_id, f"Hoàn tác nhập danh sách {run.name}"
    taken: list[dict[str, Any]] = [row.taken or {} for row in back]
    new = {one["new_product"] for one in taken if "new_product" in one}
    products = bulk.rows_of(Product, sorted({row.product for row in back if row.product}))
    papers = bulk.rows_of(Certificate, sorted({one[n] for one in taken for n in ("paper", "new_paper") if n in one}))
    codes = bulk.rows_of(PackCode, sorted({one["new_code"] for one in taken if "new_code" in one}))
    changed, changed_papers = [], []
    for row, one in zip(back, taken, strict=True):
        if before := one["before"].get("product"):
            changed.append(_put(products[row.product or 0], before))
        if before := one["before"].get("paper"):
            changed_papers.append(_put(papers[one["paper"]], before))
    gone_papers = [papers[one["new_paper"]] for one in taken if one.get("new_paper") in papers]
    statements = bulk.Statements()
    columns = ("name", "group", "producer", "place", "commune", "former_unit", "search")
    for rows, names in ((changed, columns), (changed_papers, ("stars", "valid_from", "valid_to"))):
        statements.add(rows, names)
        statements.add(bulk.editions(rows, bulk.CHANGED, by, at, why))
    gone_products = [products[key] for key in sorted(new) if key in products]
    makers = _makers_left_alone(run, new, changed)
    for rows in (gone_papers, list(codes.values()), gone_products, makers):
        statements.add(bulk.editions(rows, bulk.DELETED, by, at, why))
    gone = {
        "papers": [paper.pk for paper in gone_papers],
        "codes": list(codes),
        "products": [product.pk for product in gone_products],
        "makers": [maker.pk for maker in makers],
    }
    return gone, statements, {product.gtin for product in products.values()}


def _put(record: Any, before: dict[str, Any]) -> Any:
    for name, value in before.items():
        setattr(record, name, date.fromisoformat(value) if name in {"valid_from", "valid_to"} else value)
    return record


def _makers_left_alone(run: ImportRun, new: set[int], changed: list[Product]) -> list[Producer]:
    """The import's own producers that nobody has changed, that have no shop, and of which no product stays."""
    own = Producer.history.filter(
        history_type=bulk.ADDED, history_id__gt=run.marks["before"], history_id__lte=run.marks["Producer"]
    )
    keys = set(own.order_by().values_list("id", flat=True))
    keys -= set(_after(Producer, run.marks).values_list("id", flat=True))
    keys -= set(Shop.objects.order_by().values_list("producer_id", flat=True))
    back = new | {product.pk for product in changed}
    used = Product.objects.order_by().values_list("pk", "producer_id") if keys else ()
    keys -= {producer for pk, producer in used if pk not in back}
    keys -= {product.producer_id for product in changed}
    return list(bulk.rows_of(Producer, sorted(keys)).values())
