"""Fetches what the register tells inspectors alone: one small document, anew where it has changed."""

from __future__ import annotations

from services.accounts.accounts import Accounts
from services.client.answers import Refused
from services.client.registry import Registry
from services.guidance.guidance import GuidanceBook
from services.sync.calling import call_as


def guide(book: GuidanceBook, account: str, accounts: Accounts, registry: Registry) -> None:
    """Fetch and keep what this account is told.

    Where it may not have it any more, what was kept goes; a server that knows of no guidance leaves it. Raises
    Unreachable, Refused (SignInNeeded where the account is not signed in here) and StoreWriteError.
    """
    etag = book.etag(account, registry.url)
    try:
        answer = call_as(account, accounts, registry, lambda token: registry.guidance(token or "", etag))
    except Refused as refused:
        if refused.code == "not_allowed":
            book.forget(account)
        if refused.code not in ("not_allowed", "not_found"):
            raise
        return
    if answer is not None:
        book.keep(account, answer.products, answer.places, answer.as_of, server=registry.url, etag=answer.etag)
