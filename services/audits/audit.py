"""An audit of a shop's shelves: while it runs, and as the record that is written when it is closed (docs/api.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from services.notes.content import NotedVerdict
from services.records.kind import AUDIT, Kind
from services.records.pauses import Pause
from services.records.record import Record, rfc3339

MOST_LINES = 2000
MOST_QUANTITY = 999_999
MOST_PRICE = 1_000_000_000
LONGEST_SHOP, LONGEST_SHELF, LONGEST_REMARKS = 200, 100, 5000
LONGEST_TEXT, LONGEST_NAME, LONGEST_OWN_NAME, LONGEST_LOT = 500, 500, 200, 100


class AuditClosed(Exception):
    """There is no such running audit, or no such line in it (any more): it was closed, dropped or undone."""


class AuditInvalid(Exception):
    """This may not be, or the server would refuse it for good.

    `reason` is `already_open`, `full` (close it, and open another), `empty` (nothing was counted), `too_many_pauses`,
    `bad_quantity`, `bad_price`, `bad_stars`, `shop_too_long`, `shelf_too_long`, `lot_too_long`, `name_too_long`,
    `remarks_too_long`, `no_account`, `too_large` or `not_canonical`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Input(StrEnum):
    """How a code came in."""

    CAMERA = "camera"
    SCANNER = "scanner"
    TYPED = "typed"
    FILE = "file"


class What(StrEnum):
    """What the person did with a line that was to be taken down or looked at."""

    TAKEN_DOWN = "taken_down"
    CHECKED = "checked"
    ASKED = "asked"


@dataclass(frozen=True)
class Done:
    """What was done (a What's value), and when."""

    what: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "at": rfc3339(self.at)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Done:
        """Read the wire form. Raises KeyError or ValueError."""
        return cls(document["what"], datetime.fromisoformat(document["at"]))


@dataclass(frozen=True)
class Named:
    """A product's name and its producer's, as the app showed them."""

    name: str
    producer: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "producer": self.producer}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Named:
        """Read the wire form. Raises KeyError."""
        return cls(document["name"], document["producer"])


class Key(NamedTuple):
    """What makes a line: a product (its GTIN, else its code's text) on a shelf, with one lot and one expiry."""

    shelf: str
    product: str
    lot: str | None
    expiry: date | None


@dataclass(frozen=True)
class Seen:
    """A pack that was scanned or typed, as the screen judged it; the book never judges.

    `gtin` has 14 digits. `verdict` is None where nothing was read or judged. `serial` is the pack's own number: the
    same pack is not counted twice. `quantity` is that of `×12`.
    """

    text: str
    symbology: str
    input: str
    gtin: str | None = None
    product: Named | None = None
    verdict: NotedVerdict | None = None
    lot: str | None = None
    expiry: date | None = None
    at: datetime | None = None
    quantity: int = 1
    serial: str | None = None
    own_name: str | None = None
    price: int | None = None
    stars_label: int | None = None
    shows_mark: bool | None = None


@dataclass(frozen=True)
class Line:
    """One product on one shelf, with one lot and one expiry.

    `n` tells it from the audit's other lines and is never given again. `times` is how often it was scanned, `price` is
    in đồng. `expiry_by` is `code` or `person`. What nobody answered of the label is None.
    """

    n: int
    at: datetime
    last_at: datetime
    shelf: str
    text: str
    symbology: str
    input: str
    gtin: str | None = None
    product: Named | None = None
    own_name: str | None = None
    verdict: NotedVerdict | None = None
    quantity: int = 1
    times: int = 1
    lot: str | None = None
    expiry: date | None = None
    expiry_by: str | None = None
    price: int | None = None
    stars_label: int | None = None
    shows_mark: bool | None = None
    done: Done | None = None

    @property
    def key(self) -> Key:
        return Key(self.shelf, self.product_key, self.lot, self.expiry)

    @property
    def product_key(self) -> str:
        """What tells its product from others: the GTIN, else the code's text."""
        return self.gtin or self.text

    @property
    def name(self) -> str | None:
        """What the shop calls it, else what the register does."""
        return self.own_name or (self.product.name if self.product else None)

    def to_json(self) -> dict[str, Any]:
        """The line as docs/api.md has it (AUDIT)."""
        return vars(self) | {
            "at": rfc3339(self.at),
            "last_at": rfc3339(self.last_at),
            "product": self.product.to_json() if self.product else None,
            "verdict": self.verdict.to_json() if self.verdict else None,
            "expiry": self.expiry.isoformat() if self.expiry else None,
            "done": self.done.to_json() if self.done else None,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Line:
        """Read the wire form. Raises KeyError, TypeError or ValueError."""
        named, verdict, done, expiry = (document[name] for name in ("product", "verdict", "done", "expiry"))
        plain = {name: document[name] for name in _PLAIN}
        return cls(
            at=datetime.fromisoformat(document["at"]),
            last_at=datetime.fromisoformat(document["last_at"]),
            product=Named.from_json(named) if named else None,
            verdict=NotedVerdict.from_json(verdict) if verdict else None,
            expiry=date.fromisoformat(expiry) if expiry else None,
            done=Done.from_json(done) if done else None,
            **plain,
        )


_PLAIN = (
    "n", "shelf", "text", "symbology", "input", "gtin", "own_name", "quantity", "times", "lot", "expiry_by", "price",
    "stars_label", "shows_mark",
)  # fmt: skip


@dataclass(frozen=True)
class OpenAudit:
    """A running audit. `shelf` is the one that is looked at now; `lines` are in the order in which they were begun.

    `account` is as a note's draft has it. `touched` are the lines' numbers, the one last that was scanned or changed
    last; moments do not tell it, because a clock may be set back. Lines of which nothing is left (quantity 0) are among
    them, and are not written when it is closed.
    """

    id: str
    opened_at: datetime
    shop: str
    shelf: str
    account: str | None = None
    pauses: tuple[Pause, ...] = ()
    lines: tuple[Line, ...] = ()
    touched: tuple[int, ...] = ()
    may_undo: bool = False

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def newest_first(self) -> list[Line]:
        """The lines, the one that was scanned or changed last on top."""
        by_number = {line.n: line for line in self.lines}
        return [by_number[n] for n in reversed(self.touched)]

    def line(self, n: int) -> Line | None:
        """The line with this number."""
        return next((line for line in self.lines if line.n == n), None)


@dataclass(frozen=True)
class Taken:
    """What taking a pack did: its line as it is now, and `how`.

    `new`: a line was begun. `again`: one more of the line that was taken last. `second_time`: the line was there
    already, and something else was taken in between. `line.times` says how often it was scanned. `counted` is False
    where this very pack, by its serial number, was counted before.
    """

    line: Line
    how: str
    counted: bool = True


@dataclass(frozen=True)
class Undone:
    """The change that was undone: `what` is `seen`, `quantity`, `changed`, `done` or `shelf`.

    `before` is its line as it was until now, `after` as it is. None: there was, or is, no such line.
    """

    what: str
    before: Line | None = None
    after: Line | None = None


@dataclass(frozen=True)
class Audit(Record):
    """A closed audit: its record, and typed access to what that says.

    Without an account it is kept on the device in the same form; its hash then proves nothing to anybody.
    """

    kind: Kind = AUDIT

    @classmethod
    def of(cls, record: Record) -> Audit:
        """Make an audit of its record."""
        return cls(record.id, record.body, record.sha256, record.kind, record.owner_id)

    @property
    def shop(self) -> str:
        shop: str = self.body["shop"]
        return shop

    @property
    def opened_at(self) -> datetime:
        return datetime.fromisoformat(self.body["opened_at"])

    @property
    def closed_at(self) -> datetime:
        return datetime.fromisoformat(self.body["closed_at"])

    @property
    def pauses(self) -> tuple[Pause, ...]:
        return tuple(map(Pause.from_json, self.body["pauses"]))

    @property
    def office(self) -> bool:
        """Whether the owner let the office see it."""
        office: bool = self.body["office"]
        return office

    @property
    def remarks(self) -> str:
        remarks: str = self.body["remarks"]
        return remarks

    @property
    def copy_as_of(self) -> datetime | None:
        """The date of the oldest copy of the register that a line was judged by; None: of none."""
        as_of = self.body["copy_as_of"]
        return datetime.fromisoformat(as_of) if as_of else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines, read anew each time."""
        return tuple(map(Line.from_json, self.body["lines"]))


def with_ticks(lines: tuple[Line, ...], ticks: Mapping[int, Done | None]) -> tuple[Line, ...]:
    """The lines with what was done after the audit was closed."""
    return tuple(replace(line, done=ticks[line.n]) if line.n in ticks else line for line in lines)
