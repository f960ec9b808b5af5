"""One pass that brings the register's copy on the device up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.checklists.document import ChecklistRefused
from services.checklists.versions import Versions
from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.register.about import NamedChecklist
from services.register.catalogue import Catalogue, CopyRefused
from services.safe_errors import describe
from services.storage.store import StoreWriteError
from services.sync.syncer import Cancelled, Progress, not_cancelled, not_told
from services.sync.turns import has_its_turn, within_bounds

_log = logging.getLogger(__name__)

FETCH_EVERY = 15 * 60.0
SELDOMEST_FETCH = 2 * 60 * 60.0
_PAGE = 500
_MOST_SNAPSHOTS = 2
"""In one pass. The first may have come in part before, of a register that has changed since. Who does not know the
cursor of the second does not know its own, and is asked again with the next pass."""
_PRODUCT = 256
"""Bytes that one product takes on the way, about: a page of changes is as large as the line allows."""


@dataclass(frozen=True)
class FetchReport:
    """What one fetch did. `changes` counts the products applied, which stay applied whatever the problem.

    `problem`: Unreachable's reason, Refused's code, CopyRefused's reason, `not_saved` (the device's disk), `no_server`
    or `cancelled`; `unproved_server` or `another_register` where the address is new and nobody knows whose it is.
    """

    changes: int = 0
    problem: str | None = None
    retry_after: float | None = None
    waiting: int = 0


def fetch(
    catalogue: Catalogue,
    registry: Registry,
    *,
    cancelled: Cancelled = not_cancelled,
    progress: Progress = not_told,
    gives_way: Cancelled = not_cancelled,
    when_unknown: Callable[[], object] = lambda: None,
    when_restored: Callable[[], object] = lambda: None,
) -> FetchReport:
    """Bring the copy up to date: the whole register at first or from another server, else the changes since its cursor.

    The whole register is also fetched where the server does not know the cursor, or where the changes do not lead to
    the number of products that the register names. An old copy stays in use until the new one is on the disk. The whole
    register goes on where an earlier fetch broke off. While `gives_way()` is true nothing is fetched, because what a
    person has recorded goes first. `when_unknown` is called where the server does not know the cursor, before anything
    is fetched anew, so that what follows from it is kept should the app end meanwhile. `when_restored` is called once
    there is a new copy because the server did not know the cursor: its database may be an older one. Never raises for
    what the network or the server does.
    """
    applied, restored, snapshots = 0, False, 0
    gives_way = within_bounds(gives_way)
    try:
        copy = catalogue.copy
        cursor = copy.cursor if copy.source in registry.addresses else None
        while has_its_turn(cancelled, gives_way):
            if cursor is None:
                count, cursor = _fetch_all(catalogue, registry, cancelled, progress, gives_way)
                snapshots += 1
                if restored:
                    restored = False
                    when_restored()
                if cursor is None:
                    return FetchReport(changes=count)
                applied += count
                continue
            try:
                page = registry.changes(cursor, min(_PAGE, registry.line.part() // _PRODUCT))
                catalogue.apply(
                    page.changes, page.next_cursor, more=page.more, register=page.register, as_of=page.as_of
                )
            except Refused as refused:
                if refused.code != "cursor_too_old" or snapshots == _MOST_SNAPSHOTS:
                    raise
                when_unknown()
                cursor, restored = None, True
                continue
            except CopyRefused:
                if snapshots == _MOST_SNAPSHOTS:
                    raise
                cursor = None
                continue
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
    except CopyRefused as error:
        return FetchReport(changes=applied, problem=error.reason)
    except StoreWriteError:
        return FetchReport(changes=applied, problem="not_saved")


def fetch_checklists(
    versions: Versions, registry: Registry, named: Sequence[NamedChecklist], *, cancelled: Cancelled = not_cancelled
) -> None:
    """Fetch the versions of the checklists that the register names and this device has not.

    What does not come is asked for again with the next pass; until then the version before it stays in use. Never
    raises for what the network, the server or the disk does.
    """
    for sha256 in versions.missing(named):
        if cancelled():
            return
        try:
            if content := registry.checklist(sha256, cancelled=cancelled):
                versions.keep(sha256, content)
        except (Unreachable, Refused, StoreWriteError) as error:
            _log.info("a checklist could not be fetched: %s", describe(error))
            return
        except ChecklistRefused as refused:
            _log.warning("the checklist %s is not taken: %s", sha256[:12], refused)


def _fetch_all(
    catalogue: Catalogue, registry: Registry, cancelled: Cancelled, progress: Progress, gives_way: Cancelled
) -> tuple[int, str | None]:
    """Replace the copy by the whole register; how many products it has, and the cursor where changes are to follow."""
    arriving = catalogue.arriving

    def stopped() -> bool:
        # Where the server cannot go on, what has come would be lost.
        return cancelled() or (arriving.size > 0 and gives_way())

    while True:
        try:
            snapshot = registry.snapshot(arriving=arriving, cancelled=stopped, progress=progress)
            break
        except Unreachable as error:
            if error.reason != "cancelled" or not has_its_turn(cancelled, gives_way):
                raise
    if snapshot is None:
        raise Unreachable("not_the_registry")
    total = len(snapshot.products)
    progress(0, total)
    try:
        catalogue.replace_all(
            snapshot.products, snapshot.next_cursor, snapshot.register, snapshot.as_of, source=registry.url
        )
    except CopyRefused:
        arriving.drop()
        raise
    arriving.drop()
    progress(total, total)
    return total, snapshot.next_cursor if snapshot.resumed else None
