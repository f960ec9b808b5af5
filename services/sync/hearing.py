"""Fetches what the office says of an account's records: one pass gets the events since the last pass."""

from __future__ import annotations

from collections.abc import Callable

from services.accounts.accounts import Accounts
from services.client.answers import Refused, SentRecords
from services.client.registry import Registry
from services.records.events import EventBook
from services.sync.calling import call_as


def hear(
    events: EventBook, account: str, accounts: Accounts, registry: Registry, *, cancelled: Callable[[], bool]
) -> None:
    """Fetch and keep every event of this account that the device does not have yet.

    Raises Unreachable, Refused (SignInNeeded where the account is not signed in here) and StoreWriteError; pages
    received before stay kept.
    """
    cursor = events.cursor(account, registry.url)
    while not cancelled():
        try:
            page = _page(account, cursor, accounts, registry)
        except Refused as refused:
            if refused.code != "cursor_too_old" or cursor is None:
                raise
            cursor = None
            continue
        events.keep(account, registry.url, page.events, page.next_cursor)
        if not page.more:
            return
        cursor = page.next_cursor


def _page(account: str, cursor: str | None, accounts: Accounts, registry: Registry) -> SentRecords:
    def ask(token: str | None) -> SentRecords:
        return registry.records(token or "", cursor, only_events=True)

    return call_as(account, accounts, registry, ask)
