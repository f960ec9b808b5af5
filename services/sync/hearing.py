"""Fetches what the office says of an account's records, and what its other devices sent, since the last pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from services.accounts.accounts import Accounts
from services.client.answers import Refused, SentRecords
from services.client.registry import Registry
from services.records.book import RecordBook
from services.records.elsewhere import Elsewhere
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
    elsewhere: Elsewhere | None = None,
) -> None:
    """Fetch and keep every event of this account that the device does not have yet.

    With `elsewhere` the records that the account's other devices sent are kept there too; the first pass lists all.

    Where the server does not know the cursor, its database may be an older one. Then everything that it holds of the
    account is listed anew, and what the `books` have a receipt for and it does not hold goes back into their outboxes.
    Raises Unreachable, Refused (SignInNeeded where the account is not signed in here) and StoreWriteError; pages
    received before stay kept.
    """
    owns = accounts.viewer.owns
    books = tuple(books)
    kept = cursor = (elsewhere or events).cursor(account, registry.url)
    own = _Own(books)
    held: dict[tuple[str, str], tuple[str, frozenset[str]]] | None = None
    while not cancelled():
        try:
            page = _page(account, cursor, accounts, registry, only_events=held is None and elsewhere is None)
        except Refused as refused:
            # A server that does not know a cursor that it has just given is asked again with the next pass.
            if refused.code != "cursor_too_old" or cursor is None or held is not None:
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
        if elsewhere is not None:
            elsewhere.keep(account, registry.url, page.records, unfinished or page.next_cursor, own)
        if not page.more:
            return
        cursor = page.next_cursor


class _Own:
    """The ids of the records that this device keeps itself."""

    def __init__(self, books: Iterable[RecordBook]) -> None:
        self._books = tuple(books)

    def __contains__(self, record_id: object) -> bool:
        return isinstance(record_id, str) and any(record_id in book for book in self._books)


def _page(
    account: str, cursor: str | None, accounts: Accounts, registry: Registry, *, only_events: bool
) -> SentRecords:
    def ask(token: str | None) -> SentRecords:
        return registry.records(token or "", cursor, only_events=only_events)

    return call_as(account, accounts, registry, ask)
