"""Fetches what the office says of an account's records: one pass gets the events since the last pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from services.accounts.accounts import Accounts
from services.client.answers import Refused, SentRecords
from services.client.registry import Registry
from services.records.book import RecordBook
from services.records.events import EventBook
from services.sync.calling import call_as


def hear(
    events: EventBook,
    account: str,
    accounts: Accounts,
    registry: Registry,
    *,
    cancelled: Callable[[], bool],
    books: Iterable[RecordBook] = (),
) -> None:
    """Fetch and keep every event of this account that the device does not have yet.

    Where the server does not know the cursor, its database may be an older one. Then everything that it holds of the
    account is listed anew, and what the `books` have a receipt for and it does not hold goes back into their outboxes.
    Raises Unreachable, Refused (SignInNeeded where the account is not signed in here) and StoreWriteError; pages
    received before stay kept.
    """
    owns = accounts.viewer.owns
    kept = cursor = events.cursor(account, registry.url)
    held: dict[tuple[str, str], tuple[str, frozenset[str]]] | None = None
    while not cancelled():
        try:
            page = _page(account, cursor, accounts, registry, only_events=held is None)
        except Refused as refused:
            if refused.code != "cursor_too_old" or cursor is None:
                raise
            cursor, held = None, {}
            continue
        if held is not None:
            held |= page.held
            if not page.more:
                for book in books:
                    book.compare(owns, held)
        # Until all is listed and compared, the unknown cursor stays, so that a pass which ends early is repeated.
        unfinished = kept if held is not None and page.more else None
        events.keep(account, registry.url, page.events, unfinished or page.next_cursor)
        if not page.more:
            return
        cursor = page.next_cursor


def _page(
    account: str, cursor: str | None, accounts: Accounts, registry: Registry, *, only_events: bool
) -> SentRecords:
    def ask(token: str | None) -> SentRecords:
        return registry.records(token or "", cursor, only_events=only_events)

    return call_as(account, accounts, registry, ask)
