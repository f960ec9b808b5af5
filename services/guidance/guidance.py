"""Keeps what the register tells inspectors alone (docs/api.md, GET /guidance), each account's own copy offline."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.storage.store import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe

MOST_PRODUCTS, MOST_PLACES = 20_000, 5_000
"""More the server does not tell (docs/api.md), so that a fault of it does not fill the device."""


@dataclass(frozen=True)
class GuidedProduct:
    """A product that is worth a look. `reasons` may hold words that this version does not know."""

    gtin: str
    reasons: tuple[str, ...]
    last_seen: date | None = None
    reports: int = 0

    def to_json(self) -> dict[str, Any]:
        """The product as docs/api.md has it."""
        last_seen = self.last_seen.isoformat() if self.last_seen else None
        return vars(self) | {"reasons": list(self.reasons), "last_seen": last_seen}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> GuidedProduct:
        """Read the wire form. Raises KeyError, TypeError or ValueError for anything else."""
        gtin, reasons, reports = document["gtin"], document["reasons"], document["reports"]
        if not (isinstance(gtin, str) and gtin.isascii() and gtin.isdigit() and len(gtin) <= 14):
            raise ValueError("not a GTIN")
        if not isinstance(reports, int) or not all(isinstance(reason, str) for reason in reasons):
            raise TypeError("not guidance")
        return cls(gtin, tuple(reasons), _day(document["last_seen"]), reports)


@dataclass(frozen=True)
class GuidedPlace:
    """A place where rounds were held or that citizens have named; `commune` is a locality's code."""

    name: str
    commune: str | None = None
    last_visit: date | None = None
    reports: int = 0

    def to_json(self) -> dict[str, Any]:
        """The place as docs/api.md has it."""
        return vars(self) | {"last_visit": self.last_visit.isoformat() if self.last_visit else None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> GuidedPlace:
        """Read the wire form. Raises KeyError, TypeError or ValueError for anything else."""
        name, commune, reports = document["name"], document["commune"], document["reports"]
        if not isinstance(name, str) or not isinstance(commune, str | None) or not isinstance(reports, int):
            raise TypeError("not guidance")
        return cls(name, commune, _day(document["last_visit"]), reports)


@dataclass(frozen=True)
class Guidance:
    """All that was told, and when; `as_of` is None where nothing has been told yet."""

    products: tuple[GuidedProduct, ...] = ()
    places: tuple[GuidedPlace, ...] = ()
    as_of: datetime | None = None


NO_GUIDANCE = Guidance()


class GuidanceBook:
    """The guidance of a device's accounts, and each account's own list of products to look for. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Open or begin it in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "guidance.json")
        self._lock = threading.Lock()
        self._changed = Subscriptions()
        self._read: dict[str, tuple[Mapping[str, Any], Guidance]] = {}

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def of(self, account: str | None) -> Guidance:
        """What was told to this account."""
        row = self._row("guidance", account)
        if account is None or row is None:
            return NO_GUIDANCE
        with self._lock:
            if account not in self._read or self._read[account][0] is not row:
                products = tuple(map(GuidedProduct.from_json, row["products"]))
                places = tuple(map(GuidedPlace.from_json, row["places"]))
                self._read[account] = row, Guidance(products, places, datetime.fromisoformat(row["as_of"]))
            return self._read[account][1]

    def etag(self, account: str, server: str) -> str | None:
        """The mark of what this server told the account, by which it is asked for a newer one."""
        row = self._row("guidance", account)
        return row["etag"] if row and row["server"] == server else None

    def keep(
        self,
        account: str,
        products: Sequence[GuidedProduct],
        places: Sequence[GuidedPlace],
        as_of: datetime,
        *,
        server: str = "",
        etag: str | None = None,
    ) -> None:
        """Replace what was told to this account. Raises StoreWriteError."""
        row = {
            "account": account,
            "server": server,
            "etag": etag,
            "products": [each.to_json() for each in products],
            "places": [each.to_json() for each in places],
            "as_of": as_of.isoformat(),
        }
        with self._lock:
            self._store.commit({"guidance": {_key(account): row}})
        self._changed.notify()

    def forget(self, account: str) -> None:
        """Remove what was told to this account, which is no inspector's any more. Raises StoreWriteError."""
        if self._row("guidance", account) is not None:
            with self._lock:
                self._store.commit({"guidance": {_key(account): None}})
                self._store.commit({})  # the earlier generation of the file does not hold it either
            self._changed.notify()

    def my_list(self, account: str | None) -> tuple[str, ...]:
        """The GTINs that this account wants to look for, in the order in which they were put there."""
        row = self._row("lists", account)
        return tuple(row["gtins"]) if row else ()

    def put_on_list(self, account: str, gtin: str, *, wanted: bool) -> None:
        """Put a product on the account's list or take it off. Raises StoreWriteError."""
        with self._lock:
            row = self._store.durable.read().get("lists", {}).get(str(_key(account)))
            gtins = [each for each in (row["gtins"] if row else []) if each != gtin] + ([gtin] if wanted else [])
            self._store.commit({"lists": {_key(account): {"account": account, "gtins": gtins}}})
        self._changed.notify()

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()

    def _row(self, table: str, account: str | None) -> Mapping[str, Any] | None:
        if account is None:
            return None
        row: Mapping[str, Any] | None = self._store.durable.read().get(table, {}).get(str(_key(account)))
        return row


def _day(text: str | None) -> date | None:
    """A day of a moment or a day in ISO form."""
    return None if text is None else date.fromisoformat(text[:10])


def _key(account: str) -> int:
    return uuid.uuid5(uuid.NAMESPACE_OID, account).int >> 64
