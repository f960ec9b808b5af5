"""One pass that brings the register's copy on the device up to date."""

from __future__ import annotations

from dataclasses import dataclass

from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.register.catalogue import Catalogue
from services.storage.store import StoreWriteError
from services.sync.syncer import Cancelled, Progress, not_cancelled, not_told

FETCH_EVERY = 15 * 60.0
SELDOMEST_FETCH = 2 * 60 * 60.0


@dataclass(frozen=True)
class FetchReport:
    """What one fetch did. `changes` counts the products applied, which stay applied whatever the problem.

    `problem`: Unreachable's reason, Refused's code, `not_saved` (the device's disk), `no_server` or `cancelled`.
    """

    changes: int = 0
    problem: str | None = None
    retry_after: float | None = None
    waiting: int = 0


def fetch(
    catalogue: Catalogue, registry: Registry, *, cancelled: Cancelled = not_cancelled, progress: Progress = not_told
) -> FetchReport:
    """Bring the copy up to date: the whole register at first or from another server, else the changes since its cursor.

    An old copy stays in use until the new one is on the disk. Never raises for what the network or the server does.
    """
    applied = 0
    try:
        copy = catalogue.copy
        cursor = copy.cursor if copy.source == registry.url else None
        while not cancelled():
            if cursor is None:
                return FetchReport(changes=_fetch_all(catalogue, registry, cancelled, progress))
            try:
                page = registry.changes(cursor)
            except Refused as refused:
                if refused.code != "cursor_too_old":
                    raise
                cursor = None
                continue
            catalogue.apply(page.changes, page.next_cursor, more=page.more, register=page.register, as_of=page.as_of)
            applied += len(page.changes)
            if not page.more:
                progress(applied, applied)
                return FetchReport(changes=applied)
            progress(applied, 0)
            cursor = page.next_cursor
        return FetchReport(changes=applied, problem="cancelled")
    except Unreachable as error:
        return FetchReport(changes=applied, problem=error.reason, retry_after=error.retry_after)
    except Refused as error:
        return FetchReport(changes=applied, problem=error.code)
    except StoreWriteError:
        return FetchReport(changes=applied, problem="not_saved")


def _fetch_all(catalogue: Catalogue, registry: Registry, cancelled: Cancelled, progress: Progress) -> int:
    snapshot = registry.snapshot(cancelled=cancelled)
    if snapshot is None:
        raise Unreachable("not_the_registry")
    total = len(snapshot.products)
    progress(0, total)
    catalogue.replace_all(
        snapshot.products, snapshot.next_cursor, snapshot.register, snapshot.as_of, source=registry.url
    )
    progress(total, total)
    return total
