"""The shop's own list of products: what it calls them, where they stand, what they cost, how many there should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.audits.union import ShelfState
from services.storage.store import Recovery
from services.subscriptions import Unsubscribe

MOST_PRODUCTS = 20_000


@dataclass(frozen=True)
class OwnProduct:
    """A product of the list. `gtin` has 14 digits, `shelf` is "" where it has none, `price` is in đồng."""

    gtin: str
    name: str
    shelf: str = ""
    price: int | None = None
    quantity: int | None = None


@dataclass(frozen=True)
class RefusedRow:
    """A row of a file that cannot be taken: its number as spreadsheets count, its reason, and what it says there.

    `reason` is `no_code`, `not_a_gtin`, `wrong_check_digit`, `code_lost_digits` (a spreadsheet has rounded it),
    `twice`, `no_name`, `name_too_long`, `shelf_too_long`, `bad_price`, `bad_quantity`.
    """

    row: int
    reason: str
    value: str = ""


class ListUnreadable(Exception):
    """The file is no list at all.

    `reason` is `too_large`, `not_utf8` (it is in an old encoding such as cp1258: save it as CSV UTF-8 or XLSX),
    `not_a_table` (neither CSV nor XLSX), `damaged`, `no_header` (a column is missing or not known), `no_rows`,
    `too_many_rows`.
    """

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


@dataclass(frozen=True)
class ReadList:
    """What a file says: taken whole (`replace`) where no row is refused, otherwise not at all."""

    products: tuple[OwnProduct, ...]
    refused: tuple[RefusedRow, ...]


def read_list(content: bytes) -> ReadList:
    """Read a CSV (UTF-8, by comma or semicolon) or an XLSX with the headers of the template. Raises ListUnreadable."""
    raise NotImplementedError


def template(language: str, kind: str) -> bytes:
    """A list to fill in: `kind` is `csv` or `xlsx`, `language` `vi` or `en`, with the headers and one example."""
    raise NotImplementedError


@dataclass(frozen=True)
class Missing:
    """A product of the list that was expected on a shelf that was looked at: `seen` packs, fewer than `expected`."""

    product: OwnProduct
    seen: int
    expected: int


def missing(products: Sequence[OwnProduct], state: ShelfState) -> list[Missing]:
    """What was expected and not seen, on shelves that were looked at alone; of others nothing is said."""
    raise NotImplementedError


class OwnList:
    """The list of one device. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open or begin the list in `folder`. The caller holds the FolderLock. Raises StoreError."""
        raise NotImplementedError

    @property
    def recovered(self) -> Recovery | None:
        """What had to be recovered on opening."""
        raise NotImplementedError

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        raise NotImplementedError

    def products(self) -> tuple[OwnProduct, ...]:
        """The list, in the order of its file."""
        raise NotImplementedError

    def product(self, gtin: str) -> OwnProduct | None:
        """The product with this GTIN (14 digits)."""
        raise NotImplementedError

    def replace(self, products: Sequence[OwnProduct]) -> None:
        """Put another list in its place; an empty one deletes it. Durable on return. Raises StoreWriteError."""
        raise NotImplementedError

    def close(self) -> None:
        """Refuse every later change."""
        raise NotImplementedError
