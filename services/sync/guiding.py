"""Fetches what the register tells inspectors alone, whole each time: it is small, and what is no longer true goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.accounts.accounts import Accounts
from services.client.answers import GuidancePage, Refused
from services.client.registry import Registry
from services.guidance.guidance import MOST_PLACES, MOST_PRODUCTS, GuidanceBook, GuidedPlace, GuidedProduct
from services.sync.calling import call_as


def guide(
    book: GuidanceBook,
    account: str,
    accounts: Accounts,
    registry: Registry,
    *,
    now: datetime,
    cancelled: Callable[[], bool],
) -> None:
    """Fetch every page and keep them as one; until the last has come, the earlier guidance stays.

    Where the account may not have it any more, what was kept goes; a server that knows of no guidance leaves it. Raises
    Unreachable, Refused (SignInNeeded where the account is not signed in here) and StoreWriteError.
    """
    products: list[GuidedProduct] = []
    places: list[GuidedPlace] = []
    cursor: str | None = None
    while not cancelled():
        try:
            page = _page(account, cursor, accounts, registry)
        except Refused as refused:
            if refused.code == "not_allowed":
                book.forget(account)
            if refused.code in ("not_allowed", "not_found"):
                return
            raise
        products += page.products
        places += page.places
        cursor = page.next_cursor
        if not page.more or len(products) >= MOST_PRODUCTS or len(places) >= MOST_PLACES:
            book.keep(account, products, places, now)
            return


def _page(account: str, cursor: str | None, accounts: Accounts, registry: Registry) -> GuidancePage:
    return call_as(account, accounts, registry, lambda token: registry.guidance(token or "", cursor))
