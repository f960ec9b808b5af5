"""Brings pictures of products to the device: one that somebody looks at, and an inspector's labels in advance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.register.catalogue import Catalogue
from services.register.pictures import NotWanted, Pictures
from services.register.products import Product
from services.storage.store import StoreWriteError
from services.sync.syncer import Cancelled, Progress, not_cancelled, not_told
from services.sync.turns import has_its_turn, within_bounds

LABEL_WIDTH = 640

_FAILED_IN_A_ROW = 3
_NO_LINE = ("no_connection", "timed_out", "no_server", "unproved_server", "another_register")


@dataclass(frozen=True)
class LabelReport:
    """What one pass over the labels did: how many were fetched. `problem` is as for FetchReport."""

    fetched: int = 0
    problem: str | None = None
    retry_after: float | None = None
    waiting: int = 0


def fetch_picture(
    registry: Registry, sha256: str, width: int, *, cancelled: Cancelled, gives_way: Cancelled
) -> bytes | None:
    """Fetch one picture, while nothing that a person has recorded is on its way; None where the register has none.

    A picture that is on its way then is let go, and begun anew afterwards. Raises Unreachable and Refused.
    """
    gives_way = within_bounds(gives_way)
    while has_its_turn(cancelled, gives_way):
        try:
            return registry.picture(sha256, width, cancelled=lambda: cancelled() or gives_way())
        except Unreachable as error:
            if error.reason != "cancelled":
                raise
    raise Unreachable("cancelled")


def fetch_labels(
    catalogue: Catalogue,
    pictures: Pictures,
    *,
    allowed: Callable[[], bool],
    looked_at: Iterable[str] = (),
    cancelled: Cancelled = not_cancelled,
    progress: Progress = not_told,
) -> LabelReport:
    """Fetch every product's label that is not on the shelf `ahead`, until that is full.

    Those of places from which the products `looked_at` (GTINs) come are first, the rest goes by GTIN. `allowed` is
    asked before each: where it says no, the rest waits for another pass. Each label is kept when it has come, so a pass
    that ends early has lost nothing. One that cannot be had does not keep the next from coming, but three in a row, or
    no connection, end the pass. Never raises for what the network, the server or the disk does.
    """
    fetched = in_a_row = 0
    report = LabelReport()
    if not allowed():
        return report
    labels = _by_need(catalogue, looked_at)
    for done, (_product, sha256) in enumerate(labels):
        key = sha256, LABEL_WIDTH
        if key in pictures.ahead:
            continue
        if cancelled():
            return replace(report, problem="cancelled")
        if not allowed():
            return report
        progress(done, len(labels))
        try:
            content = pictures.picture(*key, cancelled=lambda: cancelled() or not allowed(), ahead=True)
            if content is not None and key not in pictures.ahead:  # somebody has looked at it before
                if not pictures.ahead.keep(key, content):
                    return report
                pictures.seen.remove(key)
            fetched, in_a_row = fetched + (content is not None), 0
            report = replace(report, fetched=fetched)
        except (Unreachable, Refused, NotWanted) as error:
            if cancelled() or not allowed():
                continue
            report = replace(report, problem=_problem(error), retry_after=getattr(error, "retry_after", None))
            in_a_row += 1
            if report.problem in _NO_LINE or report.retry_after is not None or in_a_row == _FAILED_IN_A_ROW:
                return report
        except StoreWriteError:
            return replace(report, problem="not_saved")
    progress(len(labels), len(labels))
    return report


def _problem(error: Unreachable | Refused | NotWanted) -> str:
    if isinstance(error, NotWanted):
        return "cancelled"
    return error.reason if isinstance(error, Unreachable) else error.code


def _by_need(catalogue: Catalogue, looked_at: Iterable[str]) -> list[tuple[Product, str]]:
    """The labels in the order in which they are likely to be needed."""
    near: Counter[str] = Counter()
    for product in filter(None, map(catalogue.product, looked_at)):
        near.update(_places(product))
    labels = catalogue.labels()
    return sorted(labels, key=lambda label: -max((near[place] for place in _places(label[0])), default=0))


def _places(product: Product) -> set[str]:
    return {place.code for place in (product.commune, product.former_unit) if place}
